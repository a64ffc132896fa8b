"""What an answer does once it counts: the clock goes on, or the award is voided, changed, taken back or given."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict
from points.ledger.clocks import set_clock
from points.ledger.corrections import CorrectAward, correct_award
from points.ledger.operations import make_transfer
from points.ledger.results import NewTransfer
from points.notices.models import Notice, Objection
from points.notices.publishing import Award, award_in_place_of, publish_awards
from points.notices.rows import lock_record, set_record
from points.people.operations import write_act
from points.people.queries import community_by_id
from points.review.models import AgendaItem
from points.rules.queries import rules_by_id

LONGEST_PUBLIC_REASON = 300


def put_in_force(session: Session, doubt: Objection, notice: Notice | None, *, now: datetime) -> None:
    """Applies the answer that stands in ``doubt`` and writes it into the record's history and on the public list.

    Raises Conflict ``reversal_would_overdraw`` when points that were spent are to go back and nobody has confirmed it;
    ``budget_short`` when the budget cannot pay what is to be given; the ledger's own refusals.
    """
    doubt.answered_at = now
    doubt.state = "dismissed" if doubt.points_after is None else "upheld"
    by = _By(doubt.community_id, doubt.answered_by)
    if doubt.points_after is None:
        _dismiss(session, doubt, notice, now)
        write_act(session, by, "objection_dismissed", doubt.kind, _short(doubt.answer), now=now)
        return
    if doubt.kind == "objection":
        _change_on_notice(session, doubt, notice, now)
    elif notice is not None and notice.state == "on_notice":
        _correct_posted(session, doubt, notice, now)
    else:
        _give(session, doubt, notice, now)
    arrow = f"{doubt.points_before} → {doubt.points_after}"
    event = f"{doubt.kind}_{'changed' if doubt.points_after else 'upheld'}"
    state = "on_notice" if doubt.points_after else "voided"
    set_record(session, doubt, state, event, doubt.answered_by, now=now, note=arrow)
    write_act(session, by, "award_corrected", arrow, _short(doubt.answer), now=now)


@dataclass(frozen=True)
class _By:
    """Whose act it is, for the public list."""

    community_id: int
    actor_id: uuid.UUID


def _short(answer: str) -> str:
    """The public list has room for less; the whole answer stands on the notice."""
    return answer if len(answer) <= LONGEST_PUBLIC_REASON else answer[: LONGEST_PUBLIC_REASON - 1] + "…"


def _dismiss(session: Session, doubt: Objection, notice: Notice | None, now: datetime) -> None:
    if doubt.kind == "appeal":
        set_record(session, doubt, None, "appeal_dismissed", doubt.answered_by, now=now)
        return
    notice.state, notice.ends_at = "on_notice", now + timedelta(seconds=doubt.remaining_seconds)
    set_clock(session, notice.community_id, notice.transfer_id, notice.ends_at)
    set_record(session, doubt, "on_notice", "objection_dismissed", doubt.answered_by, now=now)


def _change_on_notice(session: Session, doubt: Objection, notice: Notice, now: datetime) -> None:
    """The pending award is voided; another amount is a new pending award for the time that was left."""
    _void(session, notice, doubt, now)
    if doubt.points_after:
        _hang(session, doubt, notice, now + timedelta(seconds=doubt.remaining_seconds), now)
    else:
        notice.state = "voided"


def _correct_posted(session: Session, doubt: Objection, notice: Notice, now: datetime) -> None:
    """The points are in the wallet: a correcting transfer of the difference, or of what is left of it."""
    command = CorrectAward(
        doubt.community_id, new_id(), notice.transfer_id, doubt.points_after, doubt.answered_by, doubt.answer,
        doubt.confirmed_by,
    )  # fmt: skip
    try:
        doubt.shortfall = correct_award(session, command, now=now).shortfall
    except Conflict as error:
        raise _worded(error) from error
    if doubt.points_after:
        notice.points = doubt.points_after
    else:
        notice.state, notice.ends_at = "voided", None


def _give(session: Session, doubt: Objection, notice: Notice | None, now: datetime) -> None:
    """A rejected or voided deed gets its points after all, by the same way as every award: over the board."""
    community = community_by_id(session, doubt.community_id)
    if notice is not None:
        notice.published_at = now
        _hang(session, doubt, notice, now + timedelta(days=community.notice_days), now)
        return
    row = lock_record(session, doubt.community_id, doubt.record_id)
    rule = rules_by_id(session, doubt.community_id, {row.rule_item_id})[row.rule_item_id]
    award = Award(row, rule, _granted(session, doubt))
    if not publish_awards(session, doubt.community_id, [award], actor_id=doubt.answered_by, now=now):
        raise Conflict("budget_short")


@dataclass(frozen=True)
class _Granted:
    """The rejected item, with the points that the supervision group gave instead."""

    id: uuid.UUID
    points: int
    votes_for: int
    votes_against: int
    votes_abstained: int
    block: str


def _granted(session: Session, doubt: Objection) -> _Granted:
    item = session.scalars(
        sa.select(AgendaItem)
        .where(
            AgendaItem.community_id == doubt.community_id, AgendaItem.record_id == doubt.record_id,
            AgendaItem.outcome.is_not(None),
        )
        .order_by(AgendaItem.id.desc())
        .limit(1)
    ).one()  # fmt: skip
    return _Granted(
        item.id, doubt.points_after, item.votes_for, item.votes_against, item.votes_abstained, item.block
    )


def _void(session: Session, notice: Notice, doubt: Objection, now: datetime) -> None:
    new = NewTransfer(
        notice.community_id, new_id(), "objection", kind="void", pending_id=notice.transfer_id, ref_kind="record",
        ref_id=notice.record_id, done_on=notice.done_on, actor_id=doubt.answered_by, reason=doubt.answer,
    )  # fmt: skip
    make_transfer(session, new, now=now)


def _hang(session: Session, doubt: Objection, notice: Notice, ends_at: datetime, now: datetime) -> None:
    """The notice shows the new amount, with a pending award and a clock of its own."""
    community = community_by_id(session, doubt.community_id)
    try:
        notice.transfer_id = award_in_place_of(
            session, community, notice.transfer_id, doubt.points_after, ends_at, actor_id=doubt.answered_by, now=now
        )  # fmt: skip
    except Conflict as error:
        raise _worded(error) from error
    notice.points, notice.state, notice.ends_at = doubt.points_after, "on_notice", ends_at


def _worded(error: Conflict) -> Conflict:
    """What an empty account means here: the budget pays awards."""
    return Conflict("budget_short") if error.code == "exceeds_credits" else error
