"""Review sessions: the list, calling and opening one, and ending one whose time is over."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.overdue import close_overdue_sessions
from app.permissions import requires
from app.schemas.commands import CallSessionSchema
from app.transaction import transact
from app.web.forms import blank_form, load_form, posted_form, request_key, show_again
from points.conduct.filing import cases_due
from points.errors import DomainError
from points.people.queries import community_by_id
from points.review.cadence import next_due
from points.review.closing import CloseSession, close_session
from points.review.queries import SessionView, session_by_id, sessions_of, waiting_records
from points.review.sessions import (
    CallSession,
    OpenDueSession,
    OpenSession,
    convene_session,
    due_session,
    open_due_session,
    open_session,
)

views = Blueprint("review", __name__)
SHOWN = 20


@views.before_request
def end_what_is_over() -> None:
    """A session ends at its time even if no job runs: the first thing anybody does afterwards closes it."""
    if request.method == "POST":
        close_overdue_sessions(current_user.community_id)


def sitting_of(session_id: uuid.UUID) -> SessionView:
    """A session of the viewer's community. NotFound ``session_not_found``."""
    return session_by_id(db.session(), current_user.community_id, session_id, now=clock.now())


@views.get("/review")
@requires("review.see")
def index() -> ResponseReturnValue:
    """What waits, the session that is called or open, and those that were."""
    context = _list()
    community = context["community"]
    form = blank_form(
        secrecy=community.session_secrecy, kind=community.session_kind, seats=community.panel_seats
    )
    return render_template("review/index.html", form=form, **context)


def _list() -> dict[str, object]:
    session, community_id, now = db.session(), current_user.community_id, clock.now()
    before = request.args.get("before", type=uuid.UUID)
    earliest = sitting_of(before).scheduled_for if before else None
    sittings = sessions_of(session, community_id, now=now, before=earliest, before_id=before, limit=SHOWN)
    community = community_by_id(session, community_id)
    return {
        "community": community,
        "due": due_session(session, community, now=now),
        "next_due": next_due(community, now),
        "waiting": waiting_records(session, community_id) + cases_due(session, community_id, now=now),
        "sittings": sittings,
        "older": sittings[-1].id if len(sittings) == SHOWN else None,
        "current": next((sitting for sitting in sittings if sitting.state != "closed"), None),
        "uncounted": next((sitting for sitting in sittings if is_uncounted(sitting)), None),
        "is_first_page": before is None,
    }


def is_uncounted(sitting: SessionView) -> bool:
    """Its time is over, but nobody has done anything since, so that its votes are not counted yet."""
    return sitting.state == "closed" and sitting.closed_at is None


@views.post("/review")
@requires("review.chair")
def call() -> Response:
    """Calls today's session and opens it at once."""
    form = posted_form()
    try:
        values = load_form(CallSessionSchema)
        command = CallSession(
            current_user.community_id, current_user.member_id, request_key(),
            values["scheduled_for"] or clock.now(), values["secrecy"], values["kind"], values["seats"],
        )  # fmt: skip
        session_id = transact(convene_session, command)
    except DomainError as error:
        return show_again("review/index.html", form, error, **_list())
    return redirect(url_for("review.desk", session_id=session_id), 303)


@views.post("/review/due")
@requires("review.see")
def open_due() -> Response:
    """Opens what the calendar says is due; whoever comes first does, and nobody has to wait for the chair."""
    session_id = transact(open_due_session, OpenDueSession(current_user.community_id))
    if session_id is None:
        flash(_("现在没有到时间的评议会。"), "wait")
        return redirect(url_for("review.index"), 303)
    return redirect(url_for("review.show", session_id=session_id), 303)


@views.post("/review/<uuid:session_id>/open")
@requires("review.chair")
def open_called(session_id: uuid.UUID) -> Response:
    """Opens a session that was called before."""
    transact(open_session, OpenSession(current_user.community_id, current_user.member_id, session_id))
    return redirect(url_for("review.desk", session_id=session_id), 303)


@views.post("/review/<uuid:session_id>/settle")
@requires("review.see")
def settle(session_id: uuid.UUID) -> Response:
    """Counts a session whose time is over; anybody who may see it can ask for that."""
    transact(close_session, CloseSession(current_user.community_id, None, session_id))
    flash(_("时间到了，票已经数好。"), "ok")
    return redirect(url_for("review.show", session_id=session_id), 303)
