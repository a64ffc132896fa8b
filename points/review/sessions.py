"""Calling a session, opening it by hand or by the calendar, and the roll-call."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.codes import new_code
from points.conduct.filing import file_due_cases
from points.errors import Conflict, Invalid, NotAllowed, NotFound
from points.people.models import SECRECIES, SESSION_KINDS
from points.people.operations import lock_community, write_code
from points.people.queries import CommunityView, community_by_id
from points.records.models import Record
from points.review.agenda import build_agenda
from points.review.cadence import last_due
from points.review.models import AgendaItem, ReviewSession, Seat
from points.review.policy import FEWEST_SEATS, LONGEST_SESSION, PAPER_DAYS
from points.review.reading import lock_session, require_chair, require_open
from points.review.rolls import Sitting, draw_panel, freeze_roll, new_seed, seat_everybody, sitting_of


@dataclass(frozen=True)
class CallSession:
    """Call a session of the review group. ``secrecy`` and ``kind`` are decided before it opens and never relaxed.

    ``seats``: how many are drawn for a panel (None: as the community's settings say).
    """

    community_id: int
    actor_id: uuid.UUID
    request_key: str
    scheduled_for: datetime
    secrecy: str = "open"
    kind: str = "live"
    seats: int | None = None


def call_session(session: Session, command: CallSession, *, now: datetime) -> uuid.UUID:
    """Makes a session with a seat for each reviewer and for the chair, or for those drawn; the caller chairs. Once for
    each key.

    Raises Invalid ``secrecy_unknown``, ``kind_unknown``; NotAllowed ``not_chair``; Conflict ``session_already_called``
    while another waits or is open, ``too_few_reviewers``, ``too_few_for_panel``.
    """
    repeated = session.scalar(
        sa.select(ReviewSession).where(
            ReviewSession.community_id == command.community_id,
            ReviewSession.request_key == command.request_key,
        )
    )
    if repeated is not None:
        return repeated.id
    if command.secrecy not in SECRECIES:
        raise Invalid("secrecy_unknown")
    if command.kind not in SESSION_KINDS:
        raise Invalid("kind_unknown")
    sitting = sitting_of(session, command.community_id, "review", now=now)
    if command.actor_id not in sitting.judges or not sitting.judges[command.actor_id].is_chair:
        raise NotAllowed("not_chair")
    lock_community(session, command.community_id)
    if _waiting_session(session, command.community_id) is not None:
        raise Conflict("session_already_called")
    return make_session(session, command, sitting, now=now).id


def make_session(
    session: Session, command: CallSession, sitting: Sitting, *, now: datetime, body: str = "review"
) -> ReviewSession:
    """The session with its seats and its roll-call code."""
    if len(sitting.judges) < FEWEST_SEATS and body == "review":
        raise Conflict("too_few_reviewers", least=FEWEST_SEATS)
    community = community_by_id(session, command.community_id)
    is_panel = command.kind == "panel"
    meeting = ReviewSession(
        community_id=command.community_id, id=new_id(), kind=command.kind, body=body,
        lasts_minutes=int(length_of(community, command.kind).total_seconds()) // 60,
        draw_seed=new_seed() if is_panel else None, scheduled_for=command.scheduled_for, chair_id=command.actor_id,
        state="scheduled", secrecy=command.secrecy, roll_call_token=new_code(), request_key=command.request_key,
        current_position=1, revision=0,
    )  # fmt: skip
    session.add(meeting)
    session.flush()  # seats point at it
    if is_panel:
        draw_panel(session, meeting, sitting.judges, command.seats or community.panel_seats)
    else:
        seat_everybody(session, meeting, sitting.judges)
    write_code(session, meeting.roll_call_token, command.community_id, "roll_call", meeting.id, now=now)
    session.flush()  # it is read again under its lock
    return meeting


def length_of(community: CommunityView, kind: str) -> timedelta:
    """How long a session stays open when nobody closes it."""
    if kind == "panel":
        return timedelta(hours=community.panel_hours)
    return PAPER_DAYS if kind == "paper" else LONGEST_SESSION


def _waiting_session(session: Session, community_id: int) -> ReviewSession | None:
    """The review group's session that is called or open; a panel of the supervision group goes on beside it."""
    return session.scalar(
        sa.select(ReviewSession).where(
            ReviewSession.community_id == community_id, ReviewSession.state.in_(("scheduled", "open")),
            ReviewSession.body == "review",
        )
    )  # fmt: skip


def convene_session(session: Session, command: CallSession, *, now: datetime) -> uuid.UUID:
    """Calls a session and opens it at once: all or nothing, so that an empty agenda leaves no called session behind.

    Raises what ``call_session`` and ``open_session`` raise.
    """
    session_id = call_session(session, command, now=now)
    open_session(session, OpenSession(command.community_id, command.actor_id, session_id), now=now)
    return session_id


@dataclass(frozen=True)
class OpenSession:
    """The chair opens a called session."""

    community_id: int
    actor_id: uuid.UUID
    session_id: uuid.UUID


def open_session(session: Session, command: OpenSession, *, now: datetime) -> int:
    """Opens it: everything reported since the last one lies on the table, oldest first, and every case about conduct
    whose reply window is over; the chair is present.

    Returns the number of items; opening again returns it again. Raises NotFound, NotAllowed ``not_chair``,
    Conflict ``session_closed``, ``agenda_empty``.
    """
    meeting = lock_session(session, command.community_id, command.session_id)
    require_chair(meeting, command.actor_id)
    if meeting.state == "closed":
        raise Conflict("session_closed")
    if meeting.state == "open":
        return _count_items(session, meeting)
    count = begin(session, meeting, command.actor_id, now=now, since=now)
    if meeting.kind != "panel":
        _attend(session, meeting, command.actor_id, now)
    return count


def begin(
    session: Session, meeting: ReviewSession, actor_id: uuid.UUID | None, *, now: datetime, since: datetime
) -> int:
    """Builds the agenda and freezes the roll; the session ends its length after ``since``. Conflict ``agenda_empty``."""
    file_due_cases(session, meeting.community_id, now=now)
    count = build_agenda(session, meeting, actor_id, now)
    if count == 0:
        raise Conflict("agenda_empty")
    start(session, meeting, now=now, since=since)
    return count


def start(session: Session, meeting: ReviewSession, *, now: datetime, since: datetime) -> None:
    """From here on ballots count, and the roll stays as it is."""
    freeze_roll(session, meeting)
    meeting.state, meeting.opened_at = "open", now
    meeting.closes_at = since + timedelta(minutes=meeting.lasts_minutes)
    meeting.revision += 1


@dataclass(frozen=True)
class OpenDueSession:
    """Open what the calendar says is due; nobody has to have called it."""

    community_id: int


def open_due_session(session: Session, command: OpenDueSession, *, now: datetime) -> uuid.UUID | None:
    """Opens the session whose time has come, called before or not; None when nothing is due. Again: nothing more.

    A time at which nobody came is not made up for: the session would be over already. Without reports, without a chair
    or with too few reviewers there is nothing to open.
    """
    community = community_by_id(session, command.community_id)
    lock_community(session, command.community_id)
    waiting = _waiting_session(session, command.community_id)
    if waiting is not None:
        if waiting.state == "open" or waiting.scheduled_for > now or not _has_reports(session, community.id):
            return None
        since = max(waiting.scheduled_for, now - timedelta(minutes=waiting.lasts_minutes - 1))
        begin(session, waiting, None, now=now, since=since)
        return waiting.id
    due = due_session(session, community, now=now)
    if due is None:
        return None
    sitting = sitting_of(session, community.id, "review", now=now)
    key = f"due:{due.isoformat()}"
    called = CallSession(
        community.id, sitting.chair_id, key, due, community.session_secrecy, community.session_kind,
        min(community.panel_seats, len(sitting.judges)),
    )  # fmt: skip
    meeting = make_session(session, called, sitting, now=now)
    begin(session, meeting, None, now=now, since=due)
    return meeting.id


def due_session(session: Session, community: CommunityView, *, now: datetime) -> datetime | None:
    """When the session was due that could open now and has not: None when there is none."""
    due = last_due(community, now)
    if due is None or due + length_of(community, community.session_kind) <= now:
        return None
    sitting = sitting_of(session, community.id, "review", now=now)
    if sitting.chair_id is None or len(sitting.judges) < FEWEST_SEATS:
        return None
    if _waiting_session(session, community.id) is not None or _was_held(session, community.id, due):
        return None
    return due if _has_reports(session, community.id) else None


def _was_held(session: Session, community_id: int, due: datetime) -> bool:
    held = session.scalar(
        sa.select(ReviewSession.id)
        .where(ReviewSession.community_id == community_id, ReviewSession.scheduled_for >= due,
               ReviewSession.body == "review")
        .limit(1)
    )  # fmt: skip
    return held is not None


def _has_reports(session: Session, community_id: int) -> bool:
    return (
        session.scalar(
            sa.select(Record.id).where(Record.community_id == community_id, Record.state == "submitted").limit(1)
        )
        is not None
    )  # fmt: skip


@dataclass(frozen=True)
class JoinSession:
    """A reviewer scanned the roll-call code, or opened the page of a panel."""

    community_id: int
    actor_id: uuid.UUID
    session_id: uuid.UUID


def join_session(session: Session, command: JoinSession, *, now: datetime) -> None:
    """Notes a reviewer as present. Raises NotFound; NotAllowed ``not_on_roll``; Conflict ``session_closed``,
    ``session_not_open``."""
    meeting = lock_session(session, command.community_id, command.session_id)
    require_open(meeting, now)
    _attend(session, meeting, command.actor_id, now)


@dataclass(frozen=True)
class NoteArrival:
    """The chair sees somebody at the table who has no phone to say so."""

    community_id: int
    actor_id: uuid.UUID
    session_id: uuid.UUID
    member_id: uuid.UUID


def note_arrival(session: Session, command: NoteArrival, *, now: datetime) -> None:
    """Notes a reviewer as present for them. Raises NotAllowed ``not_chair``, ``not_on_roll``; Conflict as for joining."""
    meeting = lock_session(session, command.community_id, command.session_id)
    require_chair(meeting, command.actor_id)
    require_open(meeting, now)
    _attend(session, meeting, command.member_id, now)


@dataclass(frozen=True)
class ShowItem:
    """Which item the projector shows."""

    community_id: int
    actor_id: uuid.UUID
    session_id: uuid.UUID
    position: int


def show_item(session: Session, command: ShowItem, *, now: datetime) -> None:
    """Turns the projector to an item. Raises NotAllowed ``not_chair``, NotFound ``item_not_found``, Conflict."""
    meeting = lock_session(session, command.community_id, command.session_id)
    require_chair(meeting, command.actor_id)
    require_open(meeting, now)
    if not 1 <= command.position <= _count_items(session, meeting):
        raise NotFound("item_not_found")
    meeting.current_position = command.position
    meeting.revision += 1


def _attend(session: Session, meeting: ReviewSession, member_id: uuid.UUID, now: datetime) -> None:
    seat = session.scalar(
        sa.select(Seat).where(
            Seat.community_id == meeting.community_id, Seat.session_id == meeting.id,
            Seat.member_id == member_id, Seat.left_at.is_(None),
        )
    )  # fmt: skip
    if seat is None:
        raise NotAllowed("not_on_roll")
    if seat.attended_at is None:
        seat.attended_at = now
        meeting.revision += 1


def _count_items(session: Session, meeting: ReviewSession) -> int:
    return session.scalar(
        sa.select(sa.func.count())
        .select_from(AgendaItem)
        .where(AgendaItem.community_id == meeting.community_id, AgendaItem.session_id == meeting.id,
               AgendaItem.follows_id.is_(None))
    )  # fmt: skip
