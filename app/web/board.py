"""The public notice board: open to everybody, names masked. Its first page is one of the two hottest of the site."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import Connection

from app import clock
from app.api.cursors import as_id, as_moment, read_cursor, write_cursor
from app.database import db
from app.i18n import day, is_elder, language, local_now, named
from app.permissions import public
from app.web.frames import framed
from points.notices.policy import appeal_until
from points.notices.queries import (
    AnswerView,
    NoticeView,
    answers_about,
    board_marks,
    next_change,
    notice_by_id,
)
from points.notices.queries import board as board_page
from points.people.queries import CommunityView, community_by_code
from points.review.decisions import decision_of

views = Blueprint("notices", __name__)

ROWS = 50
SHOWN = {"running": "running", "over": "over"}
MOST_BOARDS = 60
Before = tuple[datetime, uuid.UUID] | None


@dataclass(frozen=True)
class Line:
    """A row of the board, ready to be printed: the template calls nothing for it."""

    notice: NoticeView
    what: str
    rule: str
    tally: str
    unit: str
    url: str
    object_url: str


def community_of(code: str, reader: Connection | None = None) -> CommunityView:
    """The community whose board is looked at; its zone is the page's. NotFound ``community_not_found``."""
    found = community_by_code(reader or db.session(), code)
    g.zone = found.zone
    return found


@views.get("/c/<code>")
@public
def short(code: str) -> ResponseReturnValue:
    """The address people type."""
    return redirect(url_for("notices.board", code=code), 302)


@views.get("/c/<code>/board")
@public
def board(code: str) -> ResponseReturnValue:
    """Fifty notices, newest first."""
    reader = db.session().connection()  # the ORM's session around it would cost a tenth of the page
    community, before = community_of(code, reader), _cursor(request.args.get("before"))
    show = SHOWN.get(request.args.get("show", ""), "running")
    drawn = _drawn_board(reader, community, show, before)
    return framed("notices/board.html", "notices/_drawn.html", ("main",), community=community, drawn=drawn)


def _drawn_board(reader: Connection, community: CommunityView, show: str, before: Before) -> Markup:
    """The board itself, drawn once for each state it is in. It is never stale: what can change about a notice is read
    each time, and time is asked."""
    now = clock.now()
    asked = {"now": now, "before": before, "limit": ROWS + 1, "show": show}
    marks = board_marks(reader, community.id, **asked)
    kind = (community, show, before, language(), is_elder(), marks)
    boards: dict[tuple[object, ...], tuple[Markup, datetime]] = current_app.extensions.setdefault(
        "boards", {}
    )
    drawn, until = boards.get(kind, (None, now))
    if drawn is not None and now < until:
        return drawn
    found = board_page(reader, community.id, **asked)
    last = found[ROWS - 1] if len(found) > ROWS else None
    drawn = Markup(
        render_template(
            "notices/_board.html", community=community, lines=lines_of(community.code, found[:ROWS]), show=show,
            older=write_cursor(last.published_at, last.id) if last else None,
        )
    )  # fmt: skip
    if board_marks(reader, community.id, **asked) == marks:  # nothing happened between the two reads
        if len(boards) >= MOST_BOARDS:
            boards.clear()
        # The year is not written in the current year.
        boards[kind] = drawn, min(next_change(found, now), _midnight())
    return drawn


def _midnight() -> datetime:
    """When the day ends where the board hangs."""
    return local_now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def public_address(endpoint: str, **values: str) -> str:
    """What a QR code on paper opens."""
    return site_address() + url_for(endpoint, **values)


def site_address() -> str:
    """How addresses on paper begin: as the operator set it, else as the visitor typed it."""
    return current_app.config["SITE_URL"] or request.host_url.rstrip("/")


def _cursor(text: str | None) -> Before:
    return tuple(read_cursor(text, as_moment, as_id)) if text else None


def lines_of(code: str, notices: list[NoticeView]) -> list[Line]:
    """Rows in words. Words that are the same in every row are asked for once."""
    points, honour, together = _("分"), _("荣誉分"), _("一并通过")
    version, tally = _("第 %(number)s 版"), _("同意 %(yes)s 不同意 %(no)s 弃权 %(none)s")
    base = url_for("notices.board", code=code)
    return [
        Line(
            notice,
            f"{named(notice, 'rule')} · {day(notice.done_on)}",
            f"{notice.rule_code} · {version % {'number': notice.rule_version}}",
            together if notice.by_consent else tally % {
                "yes": notice.votes_for, "no": notice.votes_against, "none": notice.votes_abstained
            },
            honour if notice.score == "honour" else points,
            f"{base}/{notice.id}",
            f"{base}/{notice.id}/object" if notice.state == "on_notice" else "",
        )
        for notice in notices
    ]  # fmt: skip


@views.get("/c/<code>/board/<uuid:notice_id>")
@public
def show(code: str, notice_id: uuid.UUID) -> ResponseReturnValue:
    """One notice: what was done, how it was decided, what became of objections; never who objected."""
    community, session = community_of(code), db.session()
    notice = notice_by_id(session, community.id, notice_id, now=clock.now())
    return render_template(
        "notices/show.html",
        community=community,
        line=lines_of(community.code, [notice])[0],
        notice=notice,
        decision=decision_of(session, community.id, notice.item_id),
        appeal_until=_appeal_until(notice),
        **_doubts(notice, answers_about(session, community.id, notice.record_id, now=clock.now())),
        # Of another community: may read the board, has no say in it.
        is_stranger=current_user.is_authenticated and current_user.community_id != community.id,
    )


def _doubts(notice: NoticeView, answers: list[AnswerView]) -> dict[str, list[AnswerView]]:
    """Objections and appeals in the order of the story: before it hung here (again), while it hung, afterwards."""
    hung = [one for one in answers if one.filed_at >= notice.published_at]
    return {
        "answers": answers,
        "before": [one for one in answers if one not in hung],
        "meanwhile": [one for one in hung if one.kind == "objection"],
        "afterwards": [one for one in hung if one.kind == "appeal"],
    }


def _appeal_until(notice: NoticeView) -> datetime | None:
    """Until when anybody may appeal what was posted."""
    until = appeal_until(notice.ends_at) if notice.state == "posted" else None
    return until if until and until > clock.now() else None
