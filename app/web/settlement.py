"""Shop and village settle: what a shop is owed for a period, signed by both, and as a file to keep."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.files.papers import Cell, Paper, as_pdf, as_workbook, shown
from app.i18n import stamp, written_in
from app.permissions import requires
from app.schemas.settlement import DrawSchema, SignSchema, UnitValueSchema
from app.sentences.settlement import LINES, SIDES
from app.transaction import transact
from app.web.catalogue import shop_in
from app.web.forms import blank_form, load_form, posted_form, show_again
from points.days import midnight_of
from points.errors import DomainError, NotAllowed
from shop.queries import ShopView, shops_of
from shop.settlement.operations import (
    DrawStatement,
    SetUnitValue,
    SignStatement,
    draw_statement,
    set_unit_value,
    sign_statement,
    unit_value_at,
)
from shop.settlement.policy import Part
from shop.settlement.queries import StatementView, is_still_the_same, statement_by_id, statements_of
from shop.vouchers.queries import vouchers_settled

views = Blueprint("settlement", __name__)

ROWS = 30  # statements on a page
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def settled_shops() -> list[ShopView]:
    """The shops whose accounts the viewer may read: staff their own, the village's office all.

    Raises NotAllowed ``no_shop_of_yours`` for staff who have none.
    """
    shops = shops_of(db.session(), current_user.community_id)
    if current_user.can("settlement.all"):
        return shops
    if current_user.shop_id is None:
        raise NotAllowed("no_shop_of_yours")
    return [shop for shop in shops if shop.id == current_user.shop_id]


def settled_shop(text: str | None) -> ShopView:
    """One of them, by the address. NotFound ``shop_not_found``."""
    return shop_in(text, settled_shops())


@views.get("/settlement")
@requires("settlement.see")
def index() -> str:
    """Every statement, newest first, and what comes next."""
    return render_template("settlement/index.html", form=blank_form(), **_list())


def _list() -> dict[str, object]:
    session, community_id = db.session(), current_user.community_id
    shops = settled_shops()
    own = None if current_user.can("settlement.all") else shops[0].id
    first = current_user.today.replace(day=1)
    before = request.args.get("before", type=uuid.UUID)
    found = statements_of(session, community_id, shop_id=own, before=before, limit=ROWS + 1)
    return {
        "shops": shops,
        "statements": found[:ROWS],
        "older": found[ROWS - 1].id if len(found) > ROWS else None,
        "unit_value": unit_value_at(session, community_id, clock.now()),
        "last_month": first - timedelta(days=1),
    }


@views.post("/settlement")
@requires("settlement.draw")
def draw() -> ResponseReturnValue:
    """Draws a statement up to the end of a day; of today: up to now."""
    form = posted_form()
    try:
        values = load_form(DrawSchema)
        shop = settled_shop(str(values["shop"]))
        made = transact(
            draw_statement,
            DrawStatement(
                current_user.community_id, current_user.member_id, shop.id, _end_of(values["until"])
            ),
        )
    except DomainError as error:
        return show_again("settlement/index.html", form, error, **_list())
    flash(_("结算单出好了，请双方核对签字。"), "ok")
    return redirect(url_for("settlement.show", statement_id=made), 303)


def _end_of(day: date):
    """The first moment after a day; today has lasted until now."""
    if day == current_user.today:
        return clock.now()
    return midnight_of(day + timedelta(days=1), current_user.zone)


@views.post("/settlement/unit-value")
@requires("settlement.draw")
def value() -> ResponseReturnValue:
    """What a point is worth from now on."""
    form = posted_form()
    try:
        values = load_form(UnitValueSchema)
        command = SetUnitValue(
            current_user.community_id, current_user.member_id, values["fen"], values["reason"]
        )
        transact(set_unit_value, command)
    except DomainError as error:
        return show_again("settlement/index.html", form, error, **_list())
    flash(_("记好了，从现在起兑换的按这个算。"), "ok")
    return redirect(url_for("settlement.index"), 303)


@views.get("/settlement/<uuid:statement_id>")
@requires("settlement.see")
def show(statement_id: uuid.UUID) -> str:
    """One statement: its lines, whether adding up again finds the same, and the signatures."""
    return render_template("settlement/show.html", form=blank_form(), **_statement(statement_id))


def _statement(statement_id: uuid.UUID) -> dict[str, object]:
    view, parts = _read(statement_id)
    same = is_still_the_same(db.session(), current_user.community_id, view, parts)
    may = [side for side in SIDES if _may_sign(view, side)]
    return {
        "statement": view,
        "worth": _worth(parts),
        "rows": [[shown(cell) for cell in row] for row in _rows(view, parts)],
        "vouchers": vouchers_settled(
            db.session(),
            current_user.community_id,
            view.account_id,
            view.first_seq,
            view.last_seq,
            now=clock.now(),
        ),
        "same": same,
        "may": may,
        "side_words": SIDES,
    }


def _read(statement_id: uuid.UUID) -> tuple[StatementView, tuple[Part, ...]]:
    view, parts = statement_by_id(db.session(), current_user.community_id, statement_id)
    settled_shop(str(view.shop_id))
    return view, parts


def _worth(parts: tuple[Part, ...]) -> str:
    """What a point was worth, in yuan; every value of the period once, in their order."""
    values = dict.fromkeys(f"{part.unit_value_fen / 100:.2f}" for part in parts)
    return _("%(yuan)s 元", yuan=_("、").join(values))


def _rows(view: StatementView, parts: tuple[Part, ...]) -> list[tuple[Cell, Cell, Cell]]:
    """The table of a statement; where the value of a point changed, each part has a head and a sum of its own."""
    rows: list[tuple[Cell, Cell, Cell]] = []
    for part in parts:
        if len(parts) > 1:
            name = _("第 %(first)s 笔到第 %(last)s 笔", first=part.first_seq, last=part.last_seq)
            rows.append((name, "", ""))
        rows += [(str(LINES[line.kind]), line.entries, line.points) for line in part.lines]
        if len(parts) > 1:
            rows.append((_("小计"), _entries(part), part.points))
            worth = f"{part.unit_value_fen / 100:.2f}"
            rows.append((_("小计（元），一分折 %(yuan)s 元", yuan=worth), "", part.fen / 100))
    return [
        *rows,
        (_("合计"), sum(_entries(part) for part in parts), view.points),
        (_("应付（元）"), "", view.fen / 100),
    ]


def _entries(part: Part) -> int:
    return sum(line.entries for line in part.lines)


def _may_sign(view: StatementView, side: str) -> bool:
    """The shop's own people for the shop, the steward for the village, and nobody for both."""
    if view.signed(side) or any(one.member_id == current_user.member_id for one in view.signatures):
        return False
    return current_user.shop_id == view.shop_id if side == "shop" else current_user.can("settlement.draw")


@views.post("/settlement/<uuid:statement_id>/sign")
@requires("settlement.see")
def sign(statement_id: uuid.UUID) -> ResponseReturnValue:
    """The viewer's signature. NotAllowed ``not_your_side``."""
    form = posted_form()
    view, _lines = _read(statement_id)
    try:
        side = load_form(SignSchema)["side"]
        own = current_user.shop_id == view.shop_id if side == "shop" else current_user.can("settlement.draw")
        if not own:
            raise NotAllowed("not_your_side")
        count = transact(
            sign_statement,
            SignStatement(current_user.community_id, current_user.member_id, statement_id, side),
        )
    except DomainError as error:
        return show_again("settlement/show.html", form, error, **_statement(statement_id))
    flash(_("双方都签好了，这一期结清。") if count == 2 else _("签好了，等另一方签字。"), "ok")
    return redirect(url_for("settlement.show", statement_id=statement_id), 303)


@views.get("/settlement/<uuid:statement_id>.<any(pdf,xlsx):kind>")
@requires("settlement.see")
def file(statement_id: uuid.UUID, kind: str) -> Response:
    """The statement as a file, in Chinese: the same bytes for everybody, as long as nobody has signed since."""
    view, parts = _read(statement_id)
    with written_in("zh"):
        paper = _paper(view, parts)
    data = as_pdf(paper) if kind == "pdf" else as_workbook(paper)
    answer = Response(data, mimetype="application/pdf" if kind == "pdf" else XLSX)
    name = f"settlement-{view.number}-{view.until_at:%Y%m%d}.{kind}"
    answer.headers.set(
        "Content-Disposition", "inline" if request.args.get("look") else "attachment", filename=name
    )
    return answer


def _paper(view: StatementView, parts: tuple[Part, ...]) -> Paper:
    signed = [
        _("%(side)s签字：%(name)s（%(when)s）", side=str(words), name=one.name, when=stamp(one.signed_at))
        if (one := view.signed(side))
        else _("%(side)s签字：", side=str(words))
        for side, words in SIDES.items()
    ]
    return Paper(
        title=_("%(village)s积分超市结算单", village=view.village),
        facts=(
            (_("商店"), view.shop),
            (_("第几张"), view.number),
            (_("这一期"), _("%(first)s 到 %(last)s", first=stamp(view.from_at), last=stamp(view.until_at))),
            (_("账页"), _("第 %(first)s 笔到第 %(last)s 笔", first=view.first_seq, last=view.last_seq)),
            (_("一分折"), _worth(parts)),
        ),
        head=(_("项目"), _("笔数"), _("分")),
        rows=tuple(_rows(view, parts)),
        notes=(*signed, _("核对码 %(digest)s", digest=view.digest)),
        made_at=max([view.drawn_at, *(one.signed_at for one in view.signatures)]),
    )
