"""The register books a village must keep: in, out, donations; on A4 and as a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.files.downloads import csv_answer
from app.i18n import day, named
from app.permissions import requires
from app.web.months import month_called, months_of
from app.web.stock import managed_shop, managed_shops, views
from points.days import month_span
from points.errors import NotFound
from points.people.queries import community_by_id
from shop.queries import DeliveryView, OutLine, ShopView, deliveries_in, out_book

Rows = list[list[str]]


@dataclass(frozen=True)
class Book:
    """A book on paper: its heading, its columns (the last are for hands to sign), and its rows."""

    title: str
    columns: list[str]
    rows: Rows


@views.get("/stock/books/<which>")
@requires("stock.sign")
def book(which: str) -> ResponseReturnValue:
    """One book of one shop and month."""
    shop, month, months = _chosen()
    return render_template(
        "stock/book.html", which=which, book=_book(which, shop, month), shop=shop, shops=managed_shops(),
        month=month, months=months, printed_at=clock.now(),
    )  # fmt: skip


@views.get("/stock/books/<which>.csv")
@requires("stock.sign")
def book_table(which: str) -> ResponseReturnValue:
    """The same as a table."""
    shop, month, _months = _chosen()
    found = _book(which, shop, month)
    return csv_answer([found.columns, *found.rows], f"{which}-{month:%Y-%m}.csv")


def _chosen() -> tuple[ShopView, date, list[date]]:
    """Shop and month of the address; this month when nothing is said. NotFound ``month_not_found``."""
    community = community_by_id(db.session(), current_user.community_id)
    months = months_of(community, clock.now())
    asked = request.args.get("month")
    month = month_called(asked) if asked else months[0]
    if month not in months:
        raise NotFound("month_not_found")
    return managed_shop(request.args.get("shop")), month, months


def _book(which: str, shop: ShopView, month: date) -> Book:
    """NotFound ``book_not_found`` for a book that nobody keeps."""
    made: dict[str, Callable[[ShopView, date], Book]] = {"in": _in, "out": _out, "donations": _donations}
    if which not in made:
        raise NotFound("book_not_found")
    return made[which](shop, month)


def _in(shop: ShopView, month: date) -> Book:
    columns = [
        _("日期"), _("单号"), _("来路"), _("东西"), _("件数"), _("进价（元）"), _("保质期到"), _("登记人"), _("确认人"),
    ]  # fmt: skip
    rows = [
        [
            day(slip.confirmed_at), str(slip.number), _source(slip), named(line), str(line.came),
            f"{line.cost_fen / 100:.2f}", day(line.best_before) if line.best_before else "", slip.entered_name,
            slip.confirmed_name or "",
        ]
        for slip in _slips(shop, month)
        for line in slip.lines
    ]  # fmt: skip
    return Book(_("来货登记簿"), columns, rows)


def _donations(shop: ShopView, month: date) -> Book:
    columns = [
        _("日期"),
        _("单号"),
        _("捐赠人"),
        _("东西"),
        _("件数"),
        _("心愿"),
        _("登记人"),
        _("确认人"),
        _("捐赠人签字"),
    ]
    rows = [
        [
            day(slip.confirmed_at), str(slip.number), slip.donor or "", named(line), str(line.came), slip.wish,
            slip.entered_name, slip.confirmed_name or "", "",
        ]
        for slip in _slips(shop, month, "donated")
        for line in slip.lines
    ]  # fmt: skip
    return Book(_("捐赠登记簿"), columns, rows)


def _out(shop: ShopView, month: date) -> Book:
    columns = [_("日期"), _("事由"), _("户号"), _("东西"), _("件数"), _("经手人"), _("说明"), _("领取人签字")]
    lines: list[OutLine] = out_book(db.session(), current_user.community_id, shop.id, _span(month))
    words = current_app.jinja_env.get_template("stock/_words.html").module
    rows = [
        [
            day(line.moved_at), str(words.move_words(line.move)), line.household or "", named(line), str(line.pieces),
            line.actor or "", line.note, "",
        ]
        for line in lines
    ]  # fmt: skip
    return Book(_("发放登记簿"), columns, rows)


def _slips(shop: ShopView, month: date, *sources: str) -> list[DeliveryView]:
    look = db.session(), current_user.community_id
    return deliveries_in(*look, _span(month), shop_id=shop.id, sources=sources)


def _span(month: date) -> tuple:
    return month_span(month, current_user.zone)


def _source(slip: DeliveryView) -> str:
    words = current_app.jinja_env.get_template("stock/_words.html").module
    return str(words.source_words(slip.source)) + (f" · {slip.donor or slip.from_shop or slip.note}").rstrip(
        " ·"
    )
