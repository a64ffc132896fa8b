"""Selling at the counter: goods, whose points, a look together, and out they go. Goods first, then the code, or the other
way round; the site remembers when it saw a code, so that it does not grow old while somebody chooses."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.headers import allow_wasm
from app.permissions import requires
from app.sentences import say
from app.sentences.counter import still_needed
from app.transaction import transact
from app.web.counter import Again, device, device_id, override, override_reason, own_shop, show_answer
from app.web.forms import Form, blank_form
from app.web.seen_codes import seal_code, seen_at
from points.amounts import parse_points
from points.base import new_id
from points.errors import DomainError, Invalid, NotFound
from shop.counter.lost import answer_of
from shop.counter.operations import redeem_code
from shop.counter.requests import ask_resident, request_by_id
from shop.counter.scan import Outcome, RedeemCode, SaleLine, is_nonce
from shop.orders.operations import MOST_PIECES
from shop.queries import ItemView, items_at, wishes_at

views = Blueprint("sale", __name__)
_LINE = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):(\d{1,3}):(\d{1,6})")


@views.get("/counter/sale")
@requires("counter.redeem")
def pick() -> ResponseReturnValue:
    """What goes over the counter: by picture and name, by barcode, with the total in points."""
    return _pick_page(
        blank_form(code=request.args.get("code", ""), seen=seal_code(request.args.get("code", "")))
    )


@views.post("/counter/sale")
@requires("counter.redeem")
def picked() -> ResponseReturnValue:
    """Goods are chosen; then the code, if nobody has scanned one yet."""
    try:
        lines = _picked_lines()
    except DomainError as error:
        return _pick_page(Form(_typed(), {}, say(error)), 422)
    if not request.form.get("code", "").strip():
        return _pay_page(lines, new_id().hex)
    return _look(lines, new_id().hex)


@views.post("/counter/sale/pay")
@requires("counter.redeem")
def pay() -> ResponseReturnValue:
    """The code was scanned after the goods: who, what and how much, before anything leaves."""
    lines, nonce = _kept_lines(), _nonce()
    if not request.form.get("code", "").strip():
        return _pay_page(
            lines, nonce, Form({}, {"code": [_("请扫对方的码或卡，也可以输入。")]}, _("还没有码。"))
        )
    return _look(lines, nonce)


@views.post("/counter/sell")
@requires("counter.redeem")
def sell() -> ResponseReturnValue:
    """Hands over, once for each nonce; above the limit with a PIN."""
    lines, nonce = _kept_lines(), _nonce()
    pin = request.form.get("pin", "").strip() or None
    command = replace(_command(lines, nonce), pin=pin)
    try:
        outcome = transact(redeem_code, command)
    except DomainError as error:
        return _pick_page(Form(_typed_lines(lines), {}, say(error)), 409, answered=nonce)
    if outcome.status == "incomplete":
        return _check_page(lines, nonce, outcome, 422, is_answer=True)
    return show_answer(outcome, nonce, _again(lines))


@views.post("/counter/ask")
@requires("counter.redeem")
def ask() -> ResponseReturnValue:
    """Puts the sale before the resident: on the phone whose code was scanned, or whoever scans the shop's code."""
    lines, nonce = _kept_lines(), _nonce()
    command = _command(lines, nonce)
    try:
        waiting = transact(ask_resident, command)
    except DomainError as error:
        return _pay_page(lines, nonce, Form({}, {}, say(error)))
    return redirect(url_for("sale.asked", request_id=waiting.id), 303)


@views.get("/counter/asked/<uuid:request_id>")
@requires("counter.redeem")
def asked(request_id: uuid.UUID) -> ResponseReturnValue:
    """Waits for the resident's word, and shows the answer as soon as there is one."""
    session = db.session()
    waiting = request_by_id(session, current_user.community_id, request_id)
    if waiting.shop_id != own_shop().id:
        raise NotFound("request_not_found")
    scan = RedeemCode(
        current_user.community_id, current_user.member_id, waiting.shop_id, device(), "", waiting.nonce
    )
    outcome = answer_of(session, scan)
    if outcome is not None:
        return show_answer(outcome, waiting.nonce)
    is_over = waiting.declined_at is not None or waiting.expires_at <= clock.now()
    return render_template("sale/asked.html", shop=own_shop(), waiting=waiting, is_over=is_over)


@views.get("/counter/asked/<uuid:request_id>/now")
@requires("counter.redeem")
def asked_now(request_id: uuid.UUID) -> ResponseReturnValue:
    """For the waiting page: 204 while nothing has happened, then the way to the answer."""
    waiting = request_by_id(db.session(), current_user.community_id, request_id)
    scan = RedeemCode(
        current_user.community_id, current_user.member_id, waiting.shop_id, device(), "", waiting.nonce
    )
    is_over = waiting.declined_at is not None or waiting.expires_at <= clock.now()
    if not is_over and answer_of(db.session(), scan) is None:
        return "", 204
    return "", 200, {"HX-Redirect": url_for("sale.asked", request_id=request_id)}


def _command(lines: tuple[SaleLine, ...], nonce: str) -> RedeemCode:
    code = request.form.get("code", "").strip()
    return RedeemCode(
        current_user.community_id, current_user.member_id, own_shop().id, device(), code, nonce, lines=lines,
        seen_at=seen_at(code), device_id=device_id(), **override(),
    )  # fmt: skip


def _look(lines: tuple[SaleLine, ...], nonce: str) -> ResponseReturnValue:
    """Nothing is handed over yet; a refusal is shown, and stored, at once."""
    command = _command(lines, nonce)
    try:
        seen = transact(redeem_code, replace(command, looks=True))
        if seen.status == "error":
            return show_answer(seen, nonce, _again(lines))
    except DomainError as error:
        return _pick_page(Form(_typed_lines(lines), {}, say(error)), 409)
    return _check_page(lines, nonce, seen)


def _pick_page(form: Form, status: int = 200, *, answered: str = "") -> ResponseReturnValue:
    """``answered``: the nonce of the sale that this page says did not happen."""
    allow_wasm()
    shop = own_shop()
    items = [
        item
        for item in items_at(db.session(), current_user.community_id, shop.id, now=clock.now())
        if item.on_hand
    ]
    wishes = wishes_at(db.session(), current_user.community_id, shop.id)
    page = render_template(
        "sale/pick.html", shop=shop, items=items, form=form, most=MOST_PIECES, wishes=wishes,
        answered=answered,
    )  # fmt: skip
    return make_response(page, status)


def _pay_page(lines: tuple[SaleLine, ...], nonce: str, form: Form | None = None) -> ResponseReturnValue:
    allow_wasm()
    form = form or blank_form()
    named = _named(lines)
    total = sum(points for _item, _quantity, points in named)
    page = render_template(
        "sale/pay.html", shop=own_shop(), lines=named, total=total, kept=_kept(lines), nonce=nonce, form=form
    )
    return make_response(page, 422 if form.error else 200)


def _check_page(
    lines: tuple[SaleLine, ...], nonce: str, outcome: Outcome, status: int = 200, *, is_answer: bool = False
) -> ResponseReturnValue:
    """``is_answer``: goods were confirmed, and this says what is still wanting."""
    body: dict[str, Any] = outcome.body
    code = request.form.get("code", "").strip()
    needs = body.get("requires", ()) if outcome.status == "incomplete" else ()
    page = render_template(
        "sale/check.html", shop=own_shop(), found=body["redemption"], balance=body["balance"], needs=needs,
        sentence=still_needed(outcome) if needs else "", wrong=body.get("pin"), kept=_kept(lines), nonce=nonce,
        code=code, seen=seal_code(code), why=override_reason(), answered=nonce if is_answer else "",
    )  # fmt: skip
    return make_response(page, status)


def _again(lines: tuple[SaleLine, ...]) -> Again:
    code = request.form.get("code", "").strip()
    return Again(url_for("sale.pay"), code, tuple(_kept(lines)), seal_code(code))


def _picked_lines() -> tuple[SaleLine, ...]:
    """The quantities typed beside the items, at the prices of now. Invalid ``order_empty``, ``quantity_wrong``."""
    prices = {str(item.id): item.points for item in _items()}
    lines = tuple(
        SaleLine(uuid.UUID(key), pieces, prices[key])
        for key, pieces in picked_pieces().items()
        if key in prices
    )
    if not lines:
        raise Invalid("order_empty")
    return lines


def picked_pieces() -> dict[str, int]:
    """The quantities typed beside items, without noughts: text of an item's id -> pieces. Invalid ``quantity_wrong``."""
    typed = {name[2:]: text for name, text in request.form.items() if name.startswith("q-") and text.strip()}
    pieces = {key: parse_points(text, least=0, most=MOST_PIECES) for key, text in typed.items()}
    return {key: count for key, count in pieces.items() if count}


def _items() -> list[ItemView]:
    return items_at(db.session(), current_user.community_id, own_shop().id, now=clock.now())


def _kept(lines: tuple[SaleLine, ...]) -> list[str]:
    """Lines as the next page carries them."""
    return [f"{line.item_id}:{line.quantity}:{line.points_each}" for line in lines]


def _kept_lines() -> tuple[SaleLine, ...]:
    """Invalid ``order_empty`` when the page lost them."""
    found = [_LINE.fullmatch(text) for text in request.form.getlist("line")]
    lines = tuple(SaleLine(uuid.UUID(one[1]), int(one[2]), int(one[3])) for one in found if one)
    if not lines:
        raise Invalid("order_empty")
    return lines


def _named(lines: tuple[SaleLine, ...]) -> list[tuple[ItemView, int, int]]:
    items = {item.id: item for item in _items()}
    return [
        (items[line.item_id], line.quantity, line.quantity * items[line.item_id].points)
        for line in lines
        if line.item_id in items
    ]


def _typed() -> dict[str, list[str]]:
    return {name: values for name, values in request.form.lists() if name != "pin"}


def _typed_lines(lines: tuple[SaleLine, ...]) -> dict[str, list[str]]:
    code = request.form.get("code", "").strip()
    return {f"q-{line.item_id}": [str(line.quantity)] for line in lines} | {
        "code": [code],
        "seen": [seal_code(code)],
    }


def _nonce() -> str:
    """The sale's own nonce, carried from page to page."""
    typed = request.form.get("nonce", "")
    return typed if is_nonce(typed) else new_id().hex
