"""My points: what can be used now, what waits, and every line of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.i18n import language
from app.identity.viewer import Viewer
from app.permissions import requires
from app.web.entry_titles import Title, titles_and_honour
from points.errors import Invalid
from points.ledger.entries import WaitingLine, honour_accounts, waiting_in
from points.ledger.policy import WalletView
from points.ledger.queries import EntryLine, entries_of, wallet

views = Blueprint("points", __name__)

ROWS = 20
_EMPTY = WalletView(available=0, held=0, on_notice=0, expiring=())


@dataclass(frozen=True)
class Row:
    """A line of the page, ready to be printed: the template calls nothing for it."""

    url: str
    title: str
    detail: str
    points: int
    state: str


@views.get("/points")
@requires("points.own")
def mine() -> ResponseReturnValue:
    """The balance, large and first; what is on notice and held; every coming expiry; twenty entries."""
    session, viewer, now = db.session(), current_user._get_current_object(), clock.now()
    before = cursor(request.args.get("before"))
    view, lines, older = _EMPTY, [], None
    if viewer.wallet_id is not None:
        purse = wallet(session, viewer.community_id, viewer.wallet_id, now=now, today=viewer.today)
        entries, older = _page_of(viewer, viewer.wallet_id, before)
        view, lines = purse.view, entries if before else [*purse.matured, *entries]
    titles, honour = titles_and_honour(
        session, viewer.community_id, ((line.ref_kind, line.ref_id) for line in lines),
        (viewer.member_id, viewer.household_id), now=now,
    )  # fmt: skip
    return render_template(
        "points/mine.html", purse=view, honour=honour, rows=_entry_rows(lines, titles, viewer), before=before,
        older=url_for("points.mine", before=older) if older else "",
    )  # fmt: skip


@views.get("/points/honour")
@requires("points.own")
def honour() -> ResponseReturnValue:
    """Honour points: thanks that no shop can take; their lines."""
    session, viewer, now = db.session(), current_user._get_current_object(), clock.now()
    lines: list[EntryLine] = []
    for account_id in honour_accounts(session, viewer.community_id, (viewer.member_id, viewer.household_id)):
        purse = wallet(session, viewer.community_id, account_id, now=now, today=viewer.today)
        lines += [*purse.matured, *entries_of(session, viewer.community_id, account_id, rows=100)]
    lines.sort(key=lambda line: line.effective_at, reverse=True)
    titles, total = titles_and_honour(
        session, viewer.community_id, ((line.ref_kind, line.ref_id) for line in lines),
        (viewer.member_id, viewer.household_id), now=now,
    )  # fmt: skip
    return render_template("points/honour.html", total=total or 0, rows=_entry_rows(lines, titles, viewer))


@views.get("/points/on-notice")
@requires("points.own")
def on_notice() -> ResponseReturnValue:
    """Awards that are on public notice and will post by themselves."""
    lines, rows = _waiting(incoming=True)
    return render_template("points/on_notice.html", total=sum(line.points for line in lines), rows=rows)


@views.get("/points/held")
@requires("points.own")
def held() -> ResponseReturnValue:
    """Points that open orders hold."""
    lines, rows = _waiting(incoming=False)
    return render_template("points/held.html", total=-sum(line.points for line in lines), rows=rows)


def cursor(text: str | None) -> int | None:
    """The number below which a page begins. Raises Invalid ``bad_cursor``."""
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Invalid("bad_cursor")
    return int(text)


def _page_of(viewer: Viewer, account_id: uuid.UUID, before: int | None) -> tuple[list[EntryLine], int | None]:
    """Twenty lines, and the number the next page begins below: one line more is read than shown."""
    lines = entries_of(db.session(), viewer.community_id, account_id, before=before, rows=ROWS + 1)
    if len(lines) <= ROWS:
        return lines, None
    return lines[:ROWS], lines[ROWS - 1].seq


def _waiting(*, incoming: bool) -> tuple[Sequence[WaitingLine], list[Row]]:
    session, viewer, now = db.session(), current_user._get_current_object(), clock.now()
    if viewer.wallet_id is None:
        return (), []
    lines = waiting_in(session, viewer.community_id, viewer.wallet_id, incoming=incoming, now=now)
    titles, _honour = titles_and_honour(
        session, viewer.community_id, ((line.ref_kind, line.ref_id) for line in lines), now=now
    )
    days = DayNames(viewer)
    prefix = _entry_prefix()
    return lines, [
        Row(prefix + str(line.transfer_id), heading("", titles.get(line.ref_id)), _wait(line, incoming, days),
            line.points, "wait" if incoming else "held")
        for line in lines
    ]  # fmt: skip


def _wait(line: WaitingLine, incoming: bool, days: DayNames) -> str:
    if line.until is None:
        return _("有人提了异议，答复以后再说")
    day = days.of(line.until)
    return _("%(day)s 到账", day=day) if incoming else _("%(day)s 前来取", day=day)


class DayNames:
    """Days as a viewer reads them. The filter ``day`` asks for zone, language and year anew each time."""

    def __init__(self, viewer: Viewer) -> None:
        self._zone, self._english = ZoneInfo(viewer.zone), language() == "en"
        self._year = viewer.today.year

    def of(self, value: datetime | date) -> str:
        """11月20日 / 20 Nov, with the year when it is not this one."""
        if isinstance(value, datetime):
            value = value.astimezone(self._zone)
        other = value.year != self._year
        if self._english:
            return f"{value.day} {value:%b}" + (f" {value.year}" if other else "")
        return (f"{value.year}年" if other else "") + f"{value.month}月{value.day}日"


def _entry_prefix() -> str:
    return url_for("points.mine") + "/entries/"


def _entry_rows(lines: Iterable[EntryLine], titles: dict[uuid.UUID, Title], viewer: Viewer) -> list[Row]:
    days, prefix = DayNames(viewer), _entry_prefix()
    rows = []
    for line in lines:
        title = titles.get(line.ref_id)
        detail = days.of(line.effective_at)
        if title is not None and title.who:
            detail = f"{detail} · {title.who}"
        rows.append(
            Row(prefix + str(line.transfer_id), heading(line.code, title), detail, line.points,
                "in" if line.points > 0 else "out")
        )  # fmt: skip
    return rows


def heading(code: str, title: Title | None) -> str:
    """What a line is called: the deed or the goods, with a word before it when something else happened to them."""
    name = ""
    if title is not None:
        name = title.en if language() == "en" else title.zh
        if title.more:
            name = _("%(item)s 等 %(count)s 样", item=name, count=title.more + 1)
    if code in ("award", "order", "redemption", "") and name:
        return name
    word = code_word(code)
    return _("%(word)s：%(what)s", word=word, what=name) if name else word


def code_word(code: str) -> str:
    """The word for a kind of movement."""
    words = {
        "award": _("做好事得分"), "order": _("留货"), "redemption": _("换东西"), "cancel": _("取消退回"),
        "lapse": _("过期没取，退回"), "annul": _("柜台撤销，退回"), "refund": _("退货退回"), "expiry": _("过期的积分"),
        "gift": _("转赠"), "correction": _("更正"), "objection": _("异议成立，作废"), "opening": _("启用时带来的"),
        "grant": _("发放"),
    }  # fmt: skip
    return words.get(code, _("其他"))
