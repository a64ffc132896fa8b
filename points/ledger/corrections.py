"""Reversals and corrections: a wrong entry is never changed, a new one names it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import Conflict, Invalid, NotFound
from points.ledger.models import WALLET_KINDS, Transfer
from points.ledger.operations import lock_accounts, make_transfer
from points.ledger.results import NewTransfer
from points.ledger.settling import without_lapsed
from points.people.operations import write_act

transfer = Transfer.__table__


@dataclass(frozen=True)
class ReverseTransfer:
    """Correct a posted transfer. ``second_actor_id`` and ``reason`` are needed when less is left than must go back."""

    community_id: int
    id: uuid.UUID
    original_id: uuid.UUID
    actor_id: uuid.UUID
    code: str = "correction"
    reason: str | None = None
    second_actor_id: uuid.UUID | None = None


@dataclass(frozen=True)
class TransferReversed:
    """``shortfall``: points that could not be taken back because they were spent; nobody's wallet goes below zero."""

    id: uuid.UUID
    amount: int
    shortfall: int


def reverse_transfer(session: Session, command: ReverseTransfer, *, now: datetime) -> TransferReversed:
    """Books the counter-transfer of a posted one, once. A correction (not the undoing of a scan, which the counter
    tells itself) is a line of the public list.

    Raises NotFound ``transfer_not_found``; Conflict ``transfer_not_posted``, ``transfer_already_reversed``,
    ``reversal_would_overdraw`` (two persons and a reason may then take back what is left); Invalid
    ``second_person_needed``, ``reason_needed``.
    """
    original = session.execute(
        sa.select(transfer).where(
            transfer.c.community_id == command.community_id, transfer.c.id == command.original_id
        )
    ).one_or_none()
    if original is None:
        raise NotFound("transfer_not_found")
    sides = lock_accounts(
        session, command.community_id, [original.debit_account_id, original.credit_account_id], now=now
    )
    earlier = session.execute(
        sa.select(transfer.c.id, transfer.c.amount).where(
            transfer.c.community_id == command.community_id, transfer.c.reverses_id == original.id
        )
    ).one_or_none()
    if earlier is not None and earlier.id == command.id:
        return TransferReversed(earlier.id, earlier.amount, original.amount - earlier.amount)
    if earlier is not None:
        raise Conflict("transfer_already_reversed")
    if original.kind not in ("posted", "post"):
        raise Conflict("transfer_not_posted")
    if sides[original.credit_account_id].kind in WALLET_KINDS:
        sides, _ = without_lapsed(session, sides, original.credit_account_id, now=now)
    amount = _most_to_take(command, original.amount, sides[original.credit_account_id])
    if amount == 0:
        raise Conflict("nothing_left_to_reverse")
    make_transfer(
        session,
        NewTransfer(
            command.community_id, command.id, command.code,
            debit_account_id=original.credit_account_id, credit_account_id=original.debit_account_id, amount=amount,
            reverses_id=original.id, ref_kind=original.ref_kind, ref_id=original.ref_id, done_on=original.done_on,
            actor_id=command.actor_id, second_actor_id=command.second_actor_id, reason=command.reason,
        ),
        now=now,
    )  # fmt: skip
    if command.code == "correction":
        write_act(session, command, "points_corrected", str(amount), command.reason or "", now=now)
    return TransferReversed(command.id, amount, original.amount - amount)


def _most_to_take(command: ReverseTransfer | CorrectAward, wanted: int, holder: sa.Row) -> int:
    """How much of ``wanted`` can go back: all, or with two persons and a reason what is left."""
    if not holder.debits_must_not_exceed_credits:
        return wanted
    left = points_left(holder)
    if left >= wanted:
        return wanted
    if command.second_actor_id is None:
        raise Conflict("reversal_would_overdraw", left=left, amount=wanted)
    if command.second_actor_id == command.actor_id:
        raise Invalid("second_person_needed")
    if not command.reason:
        raise Invalid("reason_needed")
    return left


def points_left(holder: sa.Row) -> int:
    """What an account's owner can still give, in its unit; never below zero."""
    return max(0, holder.credits_posted - holder.debits_posted - holder.debits_pending)


@dataclass(frozen=True)
class CorrectAward:
    """Bring what an award gave to ``amount``. ``award_id``: its pending transfer, which time has posted.

    ``second_actor_id`` and ``reason`` are needed when less is left than must go back (docs/decisions/0007).
    """

    community_id: int
    id: uuid.UUID
    award_id: uuid.UUID
    amount: int
    actor_id: uuid.UUID
    reason: str
    second_actor_id: uuid.UUID | None = None


@dataclass(frozen=True)
class AwardCorrected:
    """``difference``: points that came (positive) or went back (negative); ``shortfall``: what was spent already."""

    difference: int
    shortfall: int


def correct_award(session: Session, command: CorrectAward, *, now: datetime) -> AwardCorrected:
    """Books the difference between what the award has brought so far and ``amount``, as one transfer.

    It names the entry it corrects: the award, or the correction before it; so the corrections of an award are one
    chain, and the database refuses a second end of it. Raises NotFound ``transfer_not_found``; Conflict
    ``transfer_not_posted``, ``reversal_would_overdraw``, ``exceeds_credits`` (an empty budget), the closed accounts'.
    """
    award = session.execute(
        sa.select(transfer).where(
            transfer.c.community_id == command.community_id, transfer.c.id == command.award_id
        )
    ).one_or_none()
    if award is None:
        raise NotFound("transfer_not_found")
    wallet_id, source_id = award.credit_account_id, award.debit_account_id
    sides = lock_accounts(session, command.community_id, [wallet_id, source_id], now=now)
    booked = _booked_for(session, award)
    if not booked:
        raise Conflict("transfer_not_posted")
    stands = sum(row.amount if row.credit_account_id == wallet_id else -row.amount for row in booked)
    wanted = command.amount - stands
    if wanted < 0 and sides[wallet_id].kind in WALLET_KINDS:
        sides, _ = without_lapsed(session, sides, wallet_id, now=now)
    difference = wanted if wanted >= 0 else -_most_to_take(command, -wanted, sides[wallet_id])
    if difference:
        debit, credit = (source_id, wallet_id) if difference > 0 else (wallet_id, source_id)
        make_transfer(
            session,
            NewTransfer(
                command.community_id, command.id, "correction", debit_account_id=debit, credit_account_id=credit,
                amount=abs(difference), points_expire_on=award.points_expire_on, reverses_id=_last(booked),
                ref_kind=award.ref_kind, ref_id=award.ref_id, done_on=award.done_on, actor_id=command.actor_id,
                second_actor_id=command.second_actor_id, reason=command.reason,
            ),
            now=now,
        )  # fmt: skip
    return AwardCorrected(difference, difference - wanted)


def _booked_for(session: Session, award: sa.Row) -> list[sa.Row]:
    """What was really booked in the award's wallet for its deed, corrections included, in the statement's order."""
    wallet_id = award.credit_account_id
    line = sa.case(
        (transfer.c.credit_account_id == wallet_id, transfer.c.credit_seq), else_=transfer.c.debit_seq
    )
    return list(
        session.execute(
            sa.select(transfer.c.id, transfer.c.amount, transfer.c.credit_account_id, transfer.c.reverses_id)
            .where(
                transfer.c.community_id == award.community_id, transfer.c.ref_kind == award.ref_kind,
                transfer.c.ref_id == award.ref_id, transfer.c.kind.in_(("posted", "post")),
                sa.or_(transfer.c.credit_account_id == wallet_id, transfer.c.debit_account_id == wallet_id),
            )
            .order_by(line)
        )
    )  # fmt: skip


def _last(booked: list[sa.Row]) -> uuid.UUID:
    """The newest entry that no other one corrects."""
    named = {row.reverses_id for row in booked}
    return [row.id for row in booked if row.id not in named][-1]
