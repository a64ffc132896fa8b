"""Calling a session, opening it with an agenda that builds itself, and the roll-call."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.codes import new_code
from points.conduct.filing import file_due_cases
from points.errors import Conflict, Invalid, NotAllowed, NotFound
from points.people.models import Community
from points.people.operations import write_code
from points.people.queries import holders_of, members_by_id
from points.records.events import write_events
from points.records.models import Record
from points.review.models import AgendaItem, Recusal, ReviewSession, Seat
from points.review.policy import LONGEST_SESSION, MOST_ITEMS, recusal_reason
from points.rules.policy import is_routine
from points.rules.queries import RuleView, rules_by_id

FEWEST_SEATS = 3

record = Record.__table__


@dataclass(frozen=True)
class CallSession:
    """Call a session of all reviewers. ``secrecy`` is decided before it opens and never relaxed."""

    community_id: int
    actor_id: uuid.UUID
    request_key: str
    scheduled_for: datetime
    secrecy: str = "open"


def call_session(session: Session, command: CallSession, *, now: datetime) -> uuid.UUID:
    """Makes a session with a seat for each reviewer and for the chair, who is the caller; once for each key.

    Raises Invalid ``secrecy_unknown``; NotAllowed ``not_chair``; Conflict ``session_already_called`` while another waits
    or is open, ``too_few_reviewers``.
    """
    repeated = session.scalar(
        sa.select(ReviewSession).where(
            ReviewSession.community_id == command.community_id,
            ReviewSession.request_key == command.request_key,
        )
    )
    if repeated is not None:
        return repeated.id
    if command.secrecy not in ("open", "secret"):
        raise Invalid("secrecy_unknown")
    holders = holders_of(session, command.community_id, "chair")
    if command.actor_id not in holders:
        raise NotAllowed("not_chair")
    _lock_community(session, command.community_id)
    waiting = session.scalar(
        sa.select(ReviewSession.id).where(
            ReviewSession.community_id == command.community_id, ReviewSession.state.in_(("scheduled", "open"))
        )
    )
    if waiting is not None:
        raise Conflict("session_already_called")
    judges = {command.actor_id, *holders_of(session, command.community_id, "reviewer")}
    if len(judges) < FEWEST_SEATS:
        raise Conflict("too_few_reviewers", least=FEWEST_SEATS)
    meeting = ReviewSession(
        community_id=command.community_id, id=new_id(), scheduled_for=command.scheduled_for, chair_id=command.actor_id,
        state="scheduled", secrecy=command.secrecy, roll_call_token=new_code(), request_key=command.request_key,
        current_position=1, revision=0,
    )  # fmt: skip
    session.add(meeting)
    session.flush()  # seats point at it
    session.add_all(
        Seat(community_id=command.community_id, session_id=meeting.id, member_id=judge) for judge in judges
    )
    write_code(session, meeting.roll_call_token, command.community_id, "roll_call", meeting.id, now=now)
    return meeting.id


def _lock_community(session: Session, community_id: int) -> None:
    """Two calls at one moment wait for each other, or both would find that no session is called. Rows that only point
    at the community go on (FOR NO KEY UPDATE)."""
    session.execute(
        sa.select(Community.id).where(Community.id == community_id).with_for_update(key_share=True)
    ).one()


def convene_session(session: Session, command: CallSession, *, now: datetime) -> uuid.UUID:
    """Calls a session and opens it at once: all or nothing, so that an empty agenda leaves no called session behind.

    Raises what ``call_session`` and ``open_session`` raise.
    """
    session_id = call_session(session, command, now=now)
    session.flush()  # the session is read again under its lock
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
    file_due_cases(session, meeting.community_id, now=now)
    count = _build_agenda(session, meeting, now)
    if count == 0:
        raise Conflict("agenda_empty")
    meeting.state, meeting.opened_at, meeting.closes_at = "open", now, now + LONGEST_SESSION
    meeting.revision += 1
    _attend(session, meeting, command.actor_id, now)
    return count


@dataclass(frozen=True)
class JoinSession:
    """A reviewer scanned the roll-call code."""

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


def lock_session(session: Session, community_id: int, session_id: uuid.UUID) -> ReviewSession:
    """The session under lock, freshly read. NotFound ``session_not_found``."""
    meeting = session.scalar(
        sa.select(ReviewSession)
        .where(ReviewSession.community_id == community_id, ReviewSession.id == session_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if meeting is None:
        raise NotFound("session_not_found")
    return meeting


def require_chair(meeting: ReviewSession, actor_id: uuid.UUID) -> None:
    """NotAllowed ``not_chair``."""
    if meeting.chair_id != actor_id:
        raise NotAllowed("not_chair")


def require_open(meeting: ReviewSession, now: datetime) -> None:
    """Open, and its time not over: a session closes at its time even if no job runs."""
    if meeting.state == "scheduled":
        raise Conflict("session_not_open")
    if meeting.state == "closed" or meeting.closes_at <= now:
        raise Conflict("session_closed")


def _attend(session: Session, meeting: ReviewSession, member_id: uuid.UUID, now: datetime) -> None:
    seat = session.scalar(
        sa.select(Seat).where(
            Seat.community_id == meeting.community_id,
            Seat.session_id == meeting.id,
            Seat.member_id == member_id,
        )
    )
    if seat is None:
        raise NotAllowed("not_on_roll")
    if seat.attended_at is None:
        seat.attended_at = now
        meeting.revision += 1


def _count_items(session: Session, meeting: ReviewSession) -> int:
    return session.scalar(
        sa.select(sa.func.count())
        .select_from(AgendaItem)
        .where(AgendaItem.community_id == meeting.community_id, AgendaItem.session_id == meeting.id)
    )


def _build_agenda(session: Session, meeting: ReviewSession, now: datetime) -> int:
    """Votes first, the block that may pass by consent last; recusals are written down with the items."""
    rows = session.execute(
        sa.select(record)
        .where(record.c.community_id == meeting.community_id, record.c.state == "submitted")
        .order_by(record.c.id)
        .limit(MOST_ITEMS)
        .with_for_update()
    ).all()
    rules = rules_by_id(session, meeting.community_id, {row.rule_item_id for row in rows})
    rows.sort(key=lambda row: (_is_consent(rules[row.rule_item_id], row.quantity), row.id))
    items = [
        {
            "community_id": meeting.community_id,
            "id": new_id(),
            "session_id": meeting.id,
            "record_id": row.id,
            "position": position,
            "block": "consent" if _is_consent(rules[row.rule_item_id], row.quantity) else "vote",
            **dict.fromkeys(
                ("votes_for", "votes_against", "votes_abstained", "recused", "present", "quorum"), 0
            ),
        }
        for position, row in enumerate(rows, 1)
    ]
    if items:
        session.execute(sa.insert(AgendaItem.__table__), items)
        _write_recusals(session, meeting, {row.id: row for row in rows}, items)
        session.execute(
            sa.update(record)
            .where(record.c.community_id == meeting.community_id, record.c.id.in_([row.id for row in rows]))
            .values(state="on_agenda")
        )
        write_events(
            session,
            meeting.community_id,
            [row.id for row in rows],
            "put_on_agenda",
            meeting.chair_id,
            now=now,
        )
    return len(items)


def _is_consent(rule: RuleView, quantity: int) -> bool:
    return is_routine(rule.review_path, rule.points_default * quantity)


def _write_recusals(
    session: Session, meeting: ReviewSession, records: dict[uuid.UUID, sa.Row], items: list[dict]
) -> None:
    seats = session.scalars(
        sa.select(Seat.member_id).where(
            Seat.community_id == meeting.community_id, Seat.session_id == meeting.id
        )
    ).all()
    judges = members_by_id(session, meeting.community_id, seats)
    recusals = []
    for item in items:
        row = records[item["record_id"]]
        for judge in judges:
            reason = recusal_reason(
                judge=judge, judge_household=judges[judge].household_id,
                member=row.member_id, household=row.household_id, reporter=row.reporter_id,
            )  # fmt: skip
            if reason:
                recusals.append(
                    {"community_id": meeting.community_id, "id": new_id(), "item_id": item["id"], "member_id": judge,
                     "reason": reason}
                )  # fmt: skip
    if recusals:
        session.execute(sa.insert(Recusal.__table__), recusals)
