"""Reversals: a wrong entry is never changed, a new one names it."""

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
    amount = _amount_to_reverse(command, original, sides[original.credit_account_id])
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


def _amount_to_reverse(command: ReverseTransfer, original: sa.Row, holder: sa.Row) -> int:
    if not holder.debits_must_not_exceed_credits:
        return original.amount
    left = holder.credits_posted - holder.debits_posted - holder.debits_pending
    if left >= original.amount:
        return original.amount
    if command.second_actor_id is None:
        raise Conflict("reversal_would_overdraw", left=left, amount=original.amount)
    if command.second_actor_id == command.actor_id:
        raise Invalid("second_person_needed")
    if not command.reason:
        raise Invalid("reason_needed")
    if left <= 0:
        raise Conflict("nothing_left_to_reverse")
    return left
