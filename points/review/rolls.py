"""Who sits: the roll of a session, the draw of a panel, and what happens when somebody leaves."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, Invalid, NotAllowed
from points.groups.queries import judges_on, supervisors_on
from points.people.operations import write_act
from points.people.queries import members_by_id
from points.review.agenda import write_recusals
from points.review.ballots import void_ballots
from points.review.draw import order_of_draw, roll_hash
from points.review.models import Candidate, ReviewSession, Seat
from points.review.policy import FEWEST_SEATS
from points.review.reading import lock_session


@dataclass(frozen=True)
class Judge:
    """Somebody who may sit."""

    id: uuid.UUID
    name: str
    is_chair: bool


@dataclass(frozen=True)
class Sitting:
    """Who may sit in a session of one body, and who of them takes the chair (None: nobody does)."""

    judges: dict[uuid.UUID, Judge]

    @property
    def chair_id(self) -> uuid.UUID | None:
        """The first who may chair."""
        return next((judge.id for judge in self.judges.values() if judge.is_chair), None)


def sitting_of(session: Session, community_id: int, body: str, *, now: datetime) -> Sitting:
    """The review group, or the supervision group as the other panel, whose every member can take the chair."""
    found = (judges_on if body == "review" else supervisors_on)(session, community_id, now)
    names = members_by_id(session, community_id, [judge.member_id for judge in found])
    return Sitting(
        {
            judge.member_id: Judge(
                judge.member_id, names[judge.member_id].name, judge.is_chair or body == "supervision"
            )
            for judge in found
            if judge.member_id in names
        }
    )


def seat_everybody(session: Session, meeting: ReviewSession, judges: dict[uuid.UUID, Judge]) -> None:
    """A seat for each of the group."""
    session.add_all(_seat(meeting, judge) for judge in judges)


def draw_panel(session: Session, meeting: ReviewSession, judges: dict[uuid.UUID, Judge], seats: int) -> None:
    """Seats the first ``seats`` of the draw. Conflict ``too_few_for_panel`` when the group is smaller."""
    if len(judges) < seats:
        raise Conflict("too_few_for_panel", count=len(judges), seats=seats)
    listed = sorted(judges.values(), key=lambda judge: (judge.name, judge.id))
    places = {number: place for place, number in enumerate(order_of_draw(meeting.draw_seed, len(listed)), 1)}
    for number, judge in enumerate(listed, 1):
        session.add(
            Candidate(
                community_id=meeting.community_id, id=new_id(), session_id=meeting.id, member_id=judge.id,
                number=number, place=places[number],
            )
        )  # fmt: skip
        if places[number] <= seats:
            session.add(_seat(meeting, judge.id))


def new_seed() -> str:
    """A seed that nobody could have chosen or known before: 64 hexadecimal digits."""
    return secrets.token_hex(32)


def _seat(meeting: ReviewSession, member_id: uuid.UUID) -> Seat:
    return Seat(
        community_id=meeting.community_id, id=new_id(), session_id=meeting.id, member_id=member_id
    )  # fmt: skip


def freeze_roll(session: Session, meeting: ReviewSession) -> None:
    """Writes down how many sit and the fingerprint of their names; neither ever changes."""
    names = roll_names(session, meeting.community_id, meeting.id)
    if len(names) < FEWEST_SEATS and meeting.body == "review":
        raise Conflict("too_few_reviewers", least=FEWEST_SEATS)
    meeting.roll_size, meeting.roll_hash = len(names), roll_hash(names)


def roll_names(session: Session, community_id: int, session_id: uuid.UUID) -> list[str]:
    """The names on the roll, in the order in which the minutes print them."""
    rows = session.scalars(
        sa.select(Seat.member_id).where(
            Seat.community_id == community_id, Seat.session_id == session_id, Seat.left_at.is_(None)
        )
    ).all()
    return sorted(member.name for member in members_by_id(session, community_id, rows).values())


@dataclass(frozen=True)
class LeaveSeat:
    """A judge cannot go on: the judge says so, or the chair does for them."""

    community_id: int
    actor_id: uuid.UUID
    session_id: uuid.UUID
    member_id: uuid.UUID
    reason: str


def leave_seat(session: Session, command: LeaveSeat, *, now: datetime) -> uuid.UUID | None:
    """Ends a seat, voids its ballots, and seats the next of the draw; a public line says so. Again: nothing more.

    Returns who sits now instead, if anybody. Raises NotFound; NotAllowed ``not_chair``, ``not_on_roll``; Conflict
    ``session_closed``, ``chair_cannot_leave``; Invalid ``reason_needed``.
    """
    meeting = lock_session(session, command.community_id, command.session_id)
    if meeting.state == "closed" or (meeting.closes_at and meeting.closes_at <= now):
        raise Conflict("session_closed")
    if command.actor_id not in (command.member_id, meeting.chair_id):
        raise NotAllowed("not_chair")
    if not command.reason.strip():
        raise Invalid("reason_needed")
    if command.member_id == meeting.chair_id and meeting.kind != "panel":
        raise Conflict("chair_cannot_leave")
    seat = session.scalar(
        sa.select(Seat).where(
            Seat.community_id == command.community_id, Seat.session_id == meeting.id,
            Seat.member_id == command.member_id,
        )
    )  # fmt: skip
    if seat is None:
        raise NotAllowed("not_on_roll")
    if seat.left_at is not None:
        return None
    seat.left_at = now
    meeting.revision += 1
    void_ballots(session, meeting, command.member_id, None, command.actor_id, now)
    following = _replace(session, meeting)
    names = members_by_id(session, command.community_id, [following] if following else [])
    detail = f"{meeting.scheduled_for.date()}" + "".join(f" {brief.name}" for brief in names.values())
    write_act(
        session, command, "seat_left", detail, command.reason.strip(), subject_id=command.member_id, now=now
    )
    return following


def _replace(session: Session, meeting: ReviewSession) -> uuid.UUID | None:
    """Seats the next of the draw; a session where everybody sits has no next."""
    following = session.scalar(
        sa.select(Candidate.member_id)
        .where(
            Candidate.community_id == meeting.community_id, Candidate.session_id == meeting.id,
            ~sa.exists().where(
                Seat.community_id == meeting.community_id, Seat.session_id == meeting.id,
                Seat.member_id == Candidate.member_id,
            ),
        )
        .order_by(Candidate.place)
        .limit(1)
    )  # fmt: skip
    if following is not None:
        session.add(_seat(meeting, following))
        session.flush()  # recusals look at the seats
        write_recusals(session, meeting, [following])
    return following
