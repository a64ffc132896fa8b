"""Voting on an item, and taking an item out of the consent block."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, Invalid, NotAllowed, NotFound
from points.records.models import Record
from points.review.models import CHOICES, AgendaItem, Ballot, Recusal, ReviewSession, Seat
from points.review.sessions import lock_session, require_open
from points.rules.queries import rules_by_id

LONGEST_REASON = 500


@dataclass(frozen=True)
class CastBallot:
    """A vote. ``points`` for the whole deed with ``approve``; ``reason`` with ``reject``."""

    community_id: int
    actor_id: uuid.UUID
    session_id: uuid.UUID
    record_id: uuid.UUID
    choice: str
    points: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class BallotCast:
    """The reviewer's own ballot as it stands."""

    choice: str
    points: int | None
    reason: str


@dataclass(frozen=True)
class QuestionItem:
    """Take an item out of the block that would pass by consent: it is voted on like the others."""

    community_id: int
    actor_id: uuid.UUID
    session_id: uuid.UUID
    record_id: uuid.UUID


def cast_ballot(session: Session, command: CastBallot, *, now: datetime) -> BallotCast:
    """Casts or changes a ballot while the session is open. Voting on an item of the consent block questions it.

    Raises NotFound ``session_not_found``, ``item_not_found`` (also for the recused, who do not see the item);
    NotAllowed ``not_on_roll``; Conflict ``session_closed``, ``session_not_open``, ``not_present``; Invalid
    ``choice_unknown``, ``points_needed``, ``points_out_of_range``, ``points_only_with_approval``, ``reason_needed``,
    ``note_too_long``.
    """
    meeting, item = _seat_at_item(session, command, now)
    _check_form(session, command, item)
    if item.block == "consent":
        _question(meeting, item, command.actor_id)
    ballot = session.scalar(
        sa.select(Ballot).where(
            Ballot.community_id == command.community_id, Ballot.item_id == item.id,
            Ballot.member_id == command.actor_id,
        )
    )  # fmt: skip
    if ballot is None:
        ballot = Ballot(
            community_id=command.community_id, id=new_id(), item_id=item.id, member_id=command.actor_id
        )
        session.add(ballot)
        meeting.revision += 1  # the projector counts ballots; it never sees them
    ballot.choice, ballot.points, ballot.cast_at = command.choice, command.points, now
    ballot.reason = command.reason.strip()
    return BallotCast(ballot.choice, ballot.points, ballot.reason)


def question_item(session: Session, command: QuestionItem, *, now: datetime) -> None:
    """Moves an item from the consent block to the vote; again: nothing more happens. Raises as ``cast_ballot``."""
    meeting, item = _seat_at_item(session, command, now)
    if item.block == "consent":
        _question(meeting, item, command.actor_id)


def _question(meeting: ReviewSession, item: AgendaItem, actor_id: uuid.UUID) -> None:
    item.block, item.questioned_by = "vote", actor_id
    meeting.revision += 1


def _seat_at_item(
    session: Session, command: CastBallot | QuestionItem, now: datetime
) -> tuple[ReviewSession, AgendaItem]:
    meeting = lock_session(session, command.community_id, command.session_id)
    require_open(meeting, now)
    seat = session.scalar(
        sa.select(Seat).where(
            Seat.community_id == command.community_id, Seat.session_id == meeting.id,
            Seat.member_id == command.actor_id,
        )
    )  # fmt: skip
    if seat is None:
        raise NotAllowed("not_on_roll")
    if seat.attended_at is None:
        raise Conflict("not_present")
    item = session.scalar(
        sa.select(AgendaItem)
        .where(
            AgendaItem.community_id == command.community_id, AgendaItem.session_id == meeting.id,
            AgendaItem.record_id == command.record_id,
            ~sa.exists().where(
                Recusal.community_id == command.community_id, Recusal.item_id == AgendaItem.id,
                Recusal.member_id == command.actor_id,
            ),
        )
        .execution_options(populate_existing=True)
    )  # fmt: skip
    if item is None:
        raise NotFound("item_not_found")
    return meeting, item


def _check_form(session: Session, command: CastBallot, item: AgendaItem) -> None:
    if command.choice not in CHOICES:
        raise Invalid("choice_unknown")
    if len(command.reason) > LONGEST_REASON:
        raise Invalid("note_too_long", most=LONGEST_REASON)
    if command.choice == "reject" and not command.reason.strip():
        raise Invalid("reason_needed")
    if command.choice != "approve":
        if command.points is not None:
            raise Invalid("points_only_with_approval")
        return
    if command.points is None:
        raise Invalid("points_needed")
    least, most = points_range(session, command.community_id, item.record_id)
    if not least <= command.points <= most:
        raise Invalid("points_out_of_range", least=least, most=most)


def points_range(session: Session, community_id: int, record_id: uuid.UUID) -> tuple[int, int]:
    """The rule's range for the whole deed: its range for one piece, times the pieces; of a deduction, what it takes."""
    row = session.execute(
        sa.select(Record.rule_item_id, Record.quantity).where(
            Record.community_id == community_id, Record.id == record_id
        )
    ).one()
    rule = rules_by_id(session, community_id, {row.rule_item_id})[row.rule_item_id]
    return rule.range_for(row.quantity)
