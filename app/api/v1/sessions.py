"""Review sessions: called, opened, joined, voted in, closed. Nobody's ballot leaves before the end but to who cast it."""

from __future__ import annotations

import uuid
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, Response
from flask_login import current_user
from sqlalchemy.orm import Session

from app import clock
from app.api.calls import call, give, give_page
from app.api.cursors import as_id, as_moment, as_number, read_cursor, write_cursor
from app.api.paging import PageQuery
from app.api.repeats import answer_once, asked_by
from app.api.v1.records import RECORD
from app.database import db
from app.overdue import close_overdue_sessions
from app.permissions import requires
from app.schemas.answers.base import page_of
from app.schemas.answers.review import (
    AgendaItemSchema,
    BallotSchema,
    SessionClosedSchema,
    SessionDetailSchema,
    SessionSchema,
)
from app.schemas.commands import CallSessionSchema, CastBallotSchema
from app.schemas.fields import Command, Text
from points.codes import read_code
from points.errors import Invalid
from points.review.ballots import CastBallot, cast_ballot
from points.review.closing import CloseSession, SessionClosed, close_session
from points.review.queries import SessionView, agenda_for, seats_of, session_by_id, sessions_of
from points.review.sessions import (
    CallSession,
    JoinSession,
    OpenSession,
    call_session,
    join_session,
    open_session,
)

views = Blueprint("api_sessions", __name__, url_prefix="/sessions")

SessionPage, AgendaPage = page_of(SessionSchema), page_of(AgendaItemSchema)
CHAIR = {"id": "0199a0aa-5c00-7d21-8a7e-2f60d3d1b010", "name": "李建国"}
SITTING = {
    "id": "0199a0aa-5c00-7d21-8a7e-2f60d3d1b006", "state": "scheduled", "kind": "live", "body": "review",
    "secrecy": "open", "chair": CHAIR, "roll_size": None, "roll_hash": None, "draw_seed": None,
    "scheduled_for": "2026-09-07T00:30:00Z", "opened_at": None, "closes_at": None, "closed_at": None, "agenda_count": 0,
}  # fmt: skip
OPENED = SITTING | {
    "state": "open", "opened_at": "2026-09-07T00:31:05Z", "closes_at": "2026-09-07T04:31:05Z", "agenda_count": 1,
    "roll": [
        {"member_id": CHAIR["id"], "name": "李建国", "attended_at": "2026-09-07T00:31:05Z", "left_at": None}
    ],
    "roll_size": 1, "roll_hash": "9b1f3c60e5d4ad32cb5d9fbb95d0f0a5ef0e0f1b64b8f37be0d35f4aa1c9dc07",
    "roll_call_code": "7Q9M2K4X8B6T3D5V1N0W2Z",
}  # fmt: skip
CLOSED = SITTING | {
    "state": "closed", "opened_at": "2026-09-07T00:31:05Z", "closes_at": "2026-09-07T04:31:05Z",
    "closed_at": "2026-09-07T00:52:00Z", "agenda_count": 1, "outcomes": {"approved": 1},
}  # fmt: skip
BALLOT = {"choice": "approve", "points": 5, "reason": ""}
AGENDA_ITEM = {
    "record": RECORD | {"state": "on_agenda"}, "others": [],
    "note": "陪王奶奶去卫生室", "evidence": [], "position": 1, "block": "vote",
    "points_min": 3, "points_max": 10, "ballots_cast": 1, "may_decide": 4, "quorum": 3, "recused": 0, "ballot": BALLOT,
    "outcome": None, "points": None, "tally": None,
}  # fmt: skip


class JoinSchema(Command):
    """What the QR code in the hall carries."""

    code = Text(required=True, shortest=1, longest=200)


@views.post("")
@requires("review.chair")
@call(
    "Call a review session of all reviewers, or of a panel drawn from them; the caller chairs.",
    SessionSchema, status=201, body=CallSessionSchema, takes_key=True,
    sent={"scheduled_for": "2026-09-07T08:30:00+08:00", "kind": "live", "secrecy": "open"}, example=SITTING,
)  # fmt: skip
def convene(body: dict[str, Any]) -> Response:
    """Without a time it is due at once."""
    viewer = current_user
    asked = asked_by(viewer, body)
    close_overdue_sessions(viewer.community_id)  # one that nobody closed in time is no hindrance
    command = CallSession(
        viewer.community_id, viewer.member_id, asked.request_key, body["scheduled_for"] or clock.now(),
        body["secrecy"], body["kind"], body["seats"],
    )  # fmt: skip
    return answer_once(asked, call_session, command, SessionSchema, status=201, show=_called)


def _called(session: Session, session_id: uuid.UUID, *, now: datetime) -> SessionView:
    return session_by_id(session, current_user.community_id, session_id, now=now)


@views.get("")
@requires("review.see")
@call(
    "Review sessions, newest first.", SessionPage, query=PageQuery, example={"items": [SITTING], "next": None}
)
def listed(query: dict[str, Any]) -> Response:
    """By the time they are due."""
    before, before_id = read_cursor(query["after"], as_moment, as_id) if query["after"] else (None, None)
    found = sessions_of(
        db.session(), current_user.community_id, now=clock.now(), before=before, before_id=before_id,
        limit=query["limit"] + 1,
    )  # fmt: skip
    return give_page(
        SessionPage, found, query["limit"], lambda last: write_cursor(last.scheduled_for, last.id)
    )


def _detail(session: Session, session_id: uuid.UUID, now: datetime) -> SimpleNamespace:
    viewer = current_user
    found = session_by_id(session, viewer.community_id, session_id, now=now)
    tells_code = found.chair_id == viewer.member_id and found.state != "closed"
    return SimpleNamespace(
        **vars(found),
        roll=seats_of(session, viewer.community_id, session_id),
        roll_call_code=found.roll_call_token if tells_code else None,
    )


@views.get("/<uuid:session_id>")
@requires("review.see")
@call("A session with its roll.", SessionDetailSchema, example=OPENED | {"roll_call_code": None})
def show(session_id: uuid.UUID) -> Response:
    """The chair also gets the roll-call code, until it is closed."""
    return give(SessionDetailSchema, _detail(db.session(), session_id, clock.now()))


@views.post("/<uuid:session_id>/open")
@requires("review.chair")
@call(
    "Open a called session: everything reported since the last one lies on the table.", SessionDetailSchema,
    takes_key=True, example=OPENED,
)  # fmt: skip
def begin(session_id: uuid.UUID) -> Response:
    """The chair is present with that."""

    def detail(session: Session, _items: int, *, now: datetime) -> SimpleNamespace:
        return _detail(session, session_id, now)

    command = OpenSession(current_user.community_id, current_user.member_id, session_id)
    return answer_once(asked_by(current_user), open_session, command, SessionDetailSchema, show=detail)


@views.post("/<uuid:session_id>/join")
@requires("review.vote")
@call(
    "Answer the roll-call with the code that hangs in the hall.", SessionDetailSchema, body=JoinSchema, takes_key=True,
    sent={"code": "7Q9M2K4X8B6T3D5V1N0W2Z"}, example=OPENED | {"roll_call_code": None},
)  # fmt: skip
def join(session_id: uuid.UUID, body: dict[str, Any]) -> Response:
    """Presence is shown with the code, not said from afar."""

    def join_with_code(session: Session, command: JoinSession, *, now: datetime) -> None:
        meeting = session_by_id(session, command.community_id, session_id, now=now)
        if read_code(body["code"]) != meeting.roll_call_token:
            raise Invalid("roll_call_code_wrong")
        join_session(session, command, now=now)

    def detail(session: Session, _joined: None, *, now: datetime) -> SimpleNamespace:
        return _detail(session, session_id, now)

    command = JoinSession(current_user.community_id, current_user.member_id, session_id)
    return answer_once(
        asked_by(current_user, body), join_with_code, command, SessionDetailSchema, show=detail
    )


@views.get("/<uuid:session_id>/agenda")
@requires("review.see")
@call(
    "The items this member may see: all but those the member is recused from.", AgendaPage, query=PageQuery,
    example={"items": [AGENDA_ITEM], "next": None},
)  # fmt: skip
def agenda(session_id: uuid.UUID, query: dict[str, Any]) -> Response:
    """Votes first, then the block that may pass by consent."""
    after = read_cursor(query["after"], as_number)[0] if query["after"] else 0
    viewer = current_user
    items = agenda_for(db.session(), viewer.community_id, session_id, viewer.member_id, now=clock.now())
    lines = [item for item in items if item.position > after]
    return give_page(AgendaPage, lines, query["limit"], lambda last: write_cursor(last.position))


@views.put("/<uuid:session_id>/items/<uuid:record_id>/ballot")
@requires("review.vote")
@call(
    "Vote, or change one's vote: points with approve, a reason with reject.", BallotSchema, body=CastBallotSchema,
    takes_key=True, sent={"choice": "approve", "points": 5}, example=BALLOT,
)  # fmt: skip
def vote(session_id: uuid.UUID, record_id: uuid.UUID, body: dict[str, Any]) -> Response:
    """Voting on an item of the consent block takes it out of the block."""
    command = CastBallot(
        current_user.community_id, current_user.member_id, session_id, record_id, body["choice"], body["points"],
        body["reason"],
    )  # fmt: skip
    return answer_once(asked_by(current_user, body), cast_ballot, command, BallotSchema)


@views.post("/<uuid:session_id>/close")
@requires("review.chair")
@call(
    "Close a session: ballots are counted, approvals go on public notice.", SessionClosedSchema, takes_key=True,
    example=CLOSED,
)  # fmt: skip
def end(session_id: uuid.UUID) -> Response:
    """Every item gets its written outcome."""

    def counted(session: Session, closed: SessionClosed, *, now: datetime) -> SimpleNamespace:
        found = session_by_id(session, current_user.community_id, session_id, now=now)
        return SimpleNamespace(**vars(found), outcomes=closed.outcomes)

    command = CloseSession(current_user.community_id, current_user.member_id, session_id)
    return answer_once(asked_by(current_user), close_session, command, SessionClosedSchema, show=counted)
