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
from points.checkpoints.queries import newest_checkpoint
from points.notices.queries import NoticeView, answers_about, board_marks, next_change, notice_by_id
from points.notices.queries import board as board_page
from points.people.names import mask_name
from points.people.queries import CommunityView, acts_of, community_by_code
from points.review.decisions import decision_of

views = Blueprint("notices", __name__)

ROWS = 50
# A poster shows what is on notice, on as many sheets as it takes.
POSTER_ROWS = 200
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
    """Fifty notices, newest first; ``print=1``: a poster for the wall."""
    reader = db.session().connection()  # the ORM's session around it would cost a tenth of the page
    community, before = community_of(code, reader), _cursor(request.args.get("before"))
    show = SHOWN.get(request.args.get("show", ""), "running")
    if request.args.get("print") == "1":
        return _poster(community)
    drawn = _drawn_board(reader, community, show, before)
    return framed("notices/board.html", "notices/_drawn.html", ("main",), community=community, drawn=drawn)


def _poster(community: CommunityView) -> str:
    now = clock.now()
    found = board_page(db.session(), community.id, now=now, limit=POSTER_ROWS, show="running")
    return render_template(
        "notices/poster.html", community=community, lines=_lines(community.code, found), printed_at=now,
        address=board_address(community.code), newest=newest_checkpoint(db.session(), community.id),
    )  # fmt: skip


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
            "notices/_board.html", community=community, lines=_lines(community.code, found[:ROWS]), show=show,
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


def board_address(code: str) -> str:
    """What the QR code on the poster opens."""
    return site_address() + url_for("notices.board", code=code)


def site_address() -> str:
    """How addresses on paper begin: as the operator set it, else as the visitor typed it."""
    return current_app.config["SITE_URL"] or request.host_url.rstrip("/")


def _cursor(text: str | None) -> Before:
    return tuple(read_cursor(text, as_moment, as_id)) if text else None


def _lines(code: str, notices: list[NoticeView]) -> list[Line]:
    """Words that are the same in every row are asked for once."""
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
        line=_lines(community.code, [notice])[0],
        notice=notice,
        decision=decision_of(session, community.id, notice.item_id),
        answers=answers_about(session, community.id, notice_id),
        # Of another community: may read the board, has no say in it.
        is_stranger=current_user.is_authenticated and current_user.community_id != community.id,
    )


@views.get("/c/<code>/changes")
@public
def changes(code: str) -> ResponseReturnValue:
    """What those who administer changed, with the reason they gave; names masked."""
    community = community_of(code)
    acts = acts_of(db.session(), community.id)
    return render_template(
        "notices/changes.html",
        community=community,
        acts=[(act, mask_name(act.actor) if act.actor else "", mask_name(act.subject) if act.subject else "")
              for act in acts],
    )  # fmt: skip
