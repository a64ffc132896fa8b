"""Voting on an item by phone or on paper, voiding a ballot, and taking an item out of the consent block."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, Invalid, NotAllowed, NotFound
from points.review.models import (
    CHOICES,
    SEALED,
    AgendaItem,
    Ballot,
    BallotChange,
    Recusal,
    ReviewSession,
    Seat,
)
from points.review.reading import lock_session, require_open
from points.review.scale import scale_of
from points.review.secrecy import Choice, seal

LONGEST_REASON = 500


@dataclass(frozen=True)
class CastBallot:
    """A vote. ``points`` for the whole deed with ``approve``; ``reason`` with ``reject``, and with an unusual score."""

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
    NotAllowed ``not_on_roll``; Conflict ``session_closed``, ``session_not_open``, ``not_present``, ``vote_on_paper``;
    Invalid ``choice_unknown``, ``points_needed``, ``points_out_of_range``, ``points_only_with_approval``,
    ``reason_needed``, ``outlier_needs_reason``, ``note_too_long``.
    """
    meeting, item = _seat_at_item(session, command, command.actor_id, now)
    if meeting.kind == "paper":
        raise Conflict("vote_on_paper")
    return put_in_box(session, meeting, item, command, command.actor_id, None, now)


@dataclass(frozen=True)
class EnterPaperBallot:
    """A ballot that ``member_id`` filled in on paper; the actor types it in and stands for it by name."""

    community_id: int
    actor_id: uuid.UUID
    session_id: uuid.UUID
    record_id: uuid.UUID
    member_id: uuid.UUID
    choice: str
    points: int | None = None
    reason: str = ""


def enter_paper_ballot(session: Session, command: EnterPaperBallot, *, now: datetime) -> BallotCast:
    """Counts a paper ballot like one from a phone: one person, one ballot.

    A ballot cast by phone stands: its owner was there. One from paper may be corrected by an officer, or replaced by
    the owner's phone; both leave a trail. Raises as ``cast_ballot``; Conflict ``ballot_already_cast``,
    ``secret_needs_own_hand``; NotAllowed ``own_ballot_by_phone``.
    """
    if command.actor_id == command.member_id:
        raise NotAllowed("own_ballot_by_phone")
    meeting, item = _seat_at_item(session, command, command.member_id, now)
    if meeting.secrecy == "secret":
        raise Conflict("secret_needs_own_hand")
    stands_aside = session.scalar(
        sa.select(Recusal.id).where(
            Recusal.community_id == command.community_id, Recusal.item_id == item.id,
            Recusal.member_id == command.actor_id,
        )
    )  # fmt: skip
    if stands_aside is not None:
        raise NotAllowed("related_to_item")
    existing = _ballot_of(session, item, command.member_id)
    if existing is not None and existing.entered_by is None:
        raise Conflict("ballot_already_cast")
    return put_in_box(session, meeting, item, command, command.member_id, command.actor_id, now)


def put_in_box(
    session: Session, meeting: ReviewSession, item: AgendaItem, command: CastBallot | EnterPaperBallot,
    member_id: uuid.UUID, entered_by: uuid.UUID | None, now: datetime,
) -> BallotCast:  # fmt: skip
    """Checks the form of a ballot and writes it; the former one goes into the trail."""
    _check_form(session, command, item)
    if item.block == "consent":
        _question(meeting, item, member_id)
    ballot = _ballot_of(session, item, member_id)
    if ballot is None:
        ballot = Ballot(community_id=command.community_id, id=new_id(), item_id=item.id, member_id=member_id)
        session.add(ballot)
        meeting.revision += 1  # the projector counts ballots; it never sees them
    else:
        _write_trail(session, ballot, "changed", entered_by or member_id, now)
    choice = Choice(command.choice, command.points, command.reason.strip())
    ballot.entered_by, ballot.cast_at = entered_by, now
    if meeting.secrecy == "secret":
        ballot.choice, ballot.points, ballot.reason = SEALED, None, ""
        ballot.sealed = seal(session, choice)
    else:
        ballot.choice, ballot.points, ballot.reason = choice.choice, choice.points, choice.reason
    return BallotCast(choice.choice, choice.points, choice.reason)


def _ballot_of(session: Session, item: AgendaItem, member_id: uuid.UUID) -> Ballot | None:
    return session.scalar(
        sa.select(Ballot).where(
            Ballot.community_id == item.community_id, Ballot.item_id == item.id,
            Ballot.member_id == member_id,
        )
    )  # fmt: skip


def _write_trail(
    session: Session, ballot: Ballot, change: str, changed_by: uuid.UUID | None, now: datetime
) -> None:
    session.add(
        BallotChange(
            community_id=ballot.community_id, id=new_id(), item_id=ballot.item_id, member_id=ballot.member_id,
            change=change, choice=ballot.choice, points=ballot.points, reason=ballot.reason, changed_at=now,
            changed_by=changed_by,
        )
    )  # fmt: skip


def void_ballots(
    session: Session, meeting: ReviewSession, member_id: uuid.UUID, item_ids: Collection[uuid.UUID] | None,
    changed_by: uuid.UUID | None, now: datetime,
) -> list[uuid.UUID]:  # fmt: skip
    """Takes a judge's ballots out of the box: those on ``item_ids``, or (None) all of the session; each leaves a trail.

    Returns the items. Nobody may void a ballot that was lawful when it counted: the session is open.
    """
    query = (
        sa.select(Ballot)
        .join(AgendaItem, sa.and_(AgendaItem.community_id == Ballot.community_id, AgendaItem.id == Ballot.item_id))
        .where(Ballot.community_id == meeting.community_id, AgendaItem.session_id == meeting.id,
               Ballot.member_id == member_id)
    )  # fmt: skip
    if item_ids is not None:
        query = query.where(Ballot.item_id.in_(item_ids))
    ballots = session.scalars(query).all()
    for ballot in ballots:
        _write_trail(session, ballot, "voided", changed_by, now)
        session.delete(ballot)
    if ballots:
        meeting.revision += 1
    return [ballot.item_id for ballot in ballots]


def question_item(session: Session, command: QuestionItem, *, now: datetime) -> None:
    """Moves an item from the consent block to the vote; again: nothing more happens. Raises as ``cast_ballot``."""
    meeting, item = _seat_at_item(session, command, command.actor_id, now)
    if item.block == "consent":
        _question(meeting, item, command.actor_id)


def _question(meeting: ReviewSession, item: AgendaItem, actor_id: uuid.UUID) -> None:
    item.block, item.questioned_by = "vote", actor_id
    meeting.revision += 1


def _seat_at_item(
    session: Session,
    command: CastBallot | QuestionItem | EnterPaperBallot,
    member_id: uuid.UUID,
    now: datetime,
) -> tuple[ReviewSession, AgendaItem]:
    """The session under its lock and the item, for somebody who sits at the table and is not recused."""
    meeting = lock_session(session, command.community_id, command.session_id)
    require_open(meeting, now)
    seat = session.scalar(
        sa.select(Seat).where(
            Seat.community_id == command.community_id, Seat.session_id == meeting.id,
            Seat.member_id == member_id, Seat.left_at.is_(None),
        )
    )  # fmt: skip
    if seat is None:
        raise NotAllowed("not_on_roll")
    if seat.attended_at is None:
        if meeting.kind != "panel":
            raise Conflict("not_present")
        seat.attended_at = now  # a panel has no hall: who votes is there
        meeting.revision += 1
    item = session.scalar(
        sa.select(AgendaItem)
        .where(
            AgendaItem.community_id == command.community_id, AgendaItem.session_id == meeting.id,
            AgendaItem.record_id == command.record_id, AgendaItem.follows_id.is_(None),
            ~sa.exists().where(
                Recusal.community_id == command.community_id, Recusal.item_id == AgendaItem.id,
                Recusal.member_id == member_id,
            ),
        )
        .execution_options(populate_existing=True)
    )  # fmt: skip
    if item is None:
        raise NotFound("item_not_found")
    return meeting, item


def _check_form(session: Session, command: CastBallot | EnterPaperBallot, item: AgendaItem) -> None:
    if command.choice not in CHOICES:
        raise Invalid("choice_unknown")
    reason = command.reason.strip()
    if len(reason) > LONGEST_REASON:
        raise Invalid("note_too_long", most=LONGEST_REASON)
    if command.choice == "reject" and not reason:
        raise Invalid("reason_needed")
    if command.choice != "approve":
        if command.points is not None:
            raise Invalid("points_only_with_approval")
        return
    if command.points is None:
        raise Invalid("points_needed")
    scale = scale_of(session, command.community_id, item.record_id)
    if not scale.least <= command.points <= scale.most:
        raise Invalid("points_out_of_range", least=scale.least, most=scale.most)
    if not reason and scale.is_outlier(command.points):
        raise Invalid("outlier_needs_reason", default=scale.default)
