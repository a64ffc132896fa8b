"""My points: what can be used now, what waits, and every line of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup, escape

from app import clock
from app.database import db
from app.i18n import language
from app.identity.viewer import Viewer
from app.permissions import requires
from app.web.entry_titles import titles_of
from app.web.frames import framed, row_form
from app.web.statement_rows import Line, Statement, statement
from points.errors import Invalid
from points.ledger.entries import WaitingLine, honour_accounts, waiting_in
from points.ledger.policy import WalletView, notice_of
from points.ledger.queries import wallet
from shop.offline.queries import allowances_of

views = Blueprint("points", __name__)
# Holds that are no order, by what they are for.
_HELD = {"loan": "deposit", "allowance": "allowance"}

ROWS = 20
_EMPTY = WalletView(available=0, held=0, on_notice=0, expiring=())


@views.get("/points")
@requires("points.own")
def mine() -> ResponseReturnValue:
    """The balance, large and first; what is on notice and held; every coming expiry; twenty entries."""
    viewer, now, before = current_user._get_current_object(), clock.now(), cursor(request.args.get("before"))
    days, ways = DayNames(viewer, now), _ways()
    purse, found = _EMPTY, Statement([], None, None)
    if viewer.wallet_id is not None:
        reader = db.session().connection()  # the ORM's session around it costs a tenth of this page
        own = (viewer.member_id, viewer.household_id)
        purse = wallet(reader, viewer.community_id, viewer.wallet_id, now=now, today=days.today).view
        found = statement(
            reader, viewer.community_id, viewer.wallet_id, own, now=now, before=before, rows=ROWS
        )
    return framed(
        "points/mine.html",
        "points/_mine.html",
        ("hero", "main"),
        purse=purse,
        expiring=[(days.of(day), points, days.left(day)) for day, points in purse.expiring],
        honour=found.honour,
        rows=_rows(found.lines, days),
        before=before,
        older=f"{ways['mine']}?before={found.older}" if found.older else "",
        ways=ways,
    )


@views.get("/points/honour")
@requires("points.own")
def honour() -> ResponseReturnValue:
    """Honour points: thanks that no shop can take; their lines."""
    session, viewer, now = db.session(), current_user._get_current_object(), clock.now()
    own = (viewer.member_id, viewer.household_id)
    lines, total = [], 0
    for account_id in honour_accounts(session, viewer.community_id, own):
        found = statement(session.connection(), viewer.community_id, account_id, own, now=now, rows=200)
        lines, total = lines + found.lines, found.honour or 0
    lines.sort(key=lambda line: line.effective_at, reverse=True)
    return render_template("points/honour.html", total=total, rows=_rows(lines, DayNames(viewer, now)))


@views.get("/points/on-notice")
@requires("points.own")
def on_notice() -> ResponseReturnValue:
    """Awards that are on public notice and will post by themselves."""
    lines, rows = _waiting(incoming=True)
    return render_template("points/on_notice.html", total=sum(line.points for line in lines), rows=rows)


@views.get("/points/held")
@requires("points.own")
def held() -> ResponseReturnValue:
    """Points that open orders hold, and those kept for a counter without network."""
    lines, rows = _waiting(incoming=False)
    viewer, reserved = current_user, []
    if any(line.ref_kind == "allowance" for line in lines):
        reserved = allowances_of(
            db.session(), viewer.community_id, viewer.household_id, viewer.member_id, now=clock.now()
        )
    total = -sum(line.points for line in lines)
    return render_template("points/held.html", total=total, rows=rows, reserved=reserved)


def cursor(text: str | None) -> int | None:
    """The number below which a page begins. Raises Invalid ``bad_cursor``."""
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Invalid("bad_cursor")
    return int(text)


class DayNames:
    """Days as a viewer reads them. The filter ``day`` asks for zone, language and year anew each time."""

    def __init__(self, viewer: Viewer, now: datetime) -> None:
        self._zone, self._english = ZoneInfo(viewer.zone), language() == "en"
        self.today = now.astimezone(self._zone).date()
        self._year = self.today.year

    def left(self, value: date) -> int | None:
        """How many days points still last, once it is time to say so."""
        return (value - self.today).days if notice_of(value, self.today) else None

    def of(self, value: datetime | date) -> str:
        """11月20日 / 20 Nov, with the year when it is not this one."""
        if isinstance(value, datetime):
            value = value.astimezone(self._zone)
        other = value.year != self._year
        if self._english:
            return f"{value.day} {value:%b}" + (f" {value.year}" if other else "")
        return (f"{value.year}年" if other else "") + f"{value.month}月{value.day}日"


@cache
def _ways() -> dict[str, str]:
    """Addresses of these pages: finding one costs as much as printing three lines."""
    return {name: url_for(f"points.{name}") for name in ("mine", "on_notice", "held", "honour")}


def _row(form: str, key: object, title: str, detail: str, points: int, state: str) -> str:
    signed = f"+{points:,}" if points > 0 else f"−{-points:,}"
    return form % (f"{_ways()['mine']}/entries/{key}", escape(title), escape(detail), state, signed)


def _form() -> str:
    return row_form("points/_row.html", "url", "title", "detail", "state", "points")


def _rows(lines: Sequence[Line], days: DayNames) -> Markup:
    """The lines as list items, ready to be printed."""
    form, english = _form(), language() == "en"
    rows = []
    for key, _seq, code, points, moment, zh, en, who, more in lines:
        day = days.of(moment)
        title = heading(code, en if english else zh, more)
        rows.append(
            _row(form, key, title, f"{day} · {who}" if who else day, points, "in" if points > 0 else "out")
        )
    return Markup("".join(rows))


def _waiting(*, incoming: bool) -> tuple[Sequence[WaitingLine], Markup]:
    session, viewer, now = db.session(), current_user._get_current_object(), clock.now()
    if viewer.wallet_id is None:
        return (), Markup()
    lines = waiting_in(session, viewer.community_id, viewer.wallet_id, incoming=incoming, now=now)
    titles = titles_of(session, viewer.community_id, (line.ref_id for line in lines))
    days, form, english = DayNames(viewer, now), _form(), language() == "en"
    rows = []
    for line in lines:
        title = titles.get(line.ref_id)
        name = (title.en if english else title.zh) if title else None
        code = "award" if incoming else _HELD.get(line.ref_kind, "order")
        word = heading(code, name, title.more if title else 0)
        detail = _until(line, incoming, days) + (f" · {title.who}" if title and title.who else "")
        rows.append(_row(form, line.transfer_id, word, detail, line.points, "wait" if incoming else "held"))
    return lines, Markup("".join(rows))


def _until(line: WaitingLine, incoming: bool, days: DayNames) -> str:
    if line.ref_kind == "loan":
        return _("东西还了就退")
    if line.until is None:
        return _("有人提了异议，答复以后再说")
    day = days.of(line.until)
    if line.ref_kind == "allowance":
        return _("没用完的最晚 %(day)s 自己回来", day=day)
    return _("%(day)s 到账", day=day) if incoming else _("%(day)s 前来取", day=day)


def heading(code: str, name: str | None, more: int = 0) -> str:
    """What a line is called: the deed or the goods, with a word before it when something else happened to them."""
    if name and more:
        name = _("%(item)s 等 %(count)s 样", item=name, count=more + 1)
    if name and code in ("award", "order", "redemption"):
        return name
    return _("%(word)s：%(what)s", word=code_word(code), what=name) if name else code_word(code)


def code_word(code: str) -> str:
    """The word for a kind of movement."""
    words = {
        "award": _("做好事得分"), "order": _("留货"), "redemption": _("换东西"), "cancel": _("取消退回"),
        "lapse": _("过期没取，退回"), "annul": _("柜台撤销，退回"), "refund": _("退货退回"), "expiry": _("过期的积分"),
        "gift": _("转赠"), "correction": _("更正"), "objection": _("异议成立，作废"), "opening": _("启用时带来的"),
        "grant": _("发放"), "deposit": _("押金"), "voucher": _("用券"), "allowance": _("留给柜台没网时用"),
    }  # fmt: skip
    return words.get(code, _("其他"))
