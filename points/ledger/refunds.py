"""Giving back a part of what a wallet paid, with the days its points had."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, NotFound
from points.ledger.lots import uses_of
from points.ledger.models import WALLET_KINDS, Transfer
from points.ledger.operations import lock_accounts, make_transfer
from points.ledger.policy import refund_days, take_oldest
from points.ledger.results import NewTransfer

transfer = Transfer.__table__


@dataclass(frozen=True)
class RefundPayment:
    """Give ``points`` of the payment ``original_id`` back; ``ref_id`` names what is refunded, the same for every part."""

    community_id: int
    actor_id: uuid.UUID
    original_id: uuid.UUID
    points: int
    ref_kind: str
    ref_id: uuid.UUID
    reason: str


def refund_payment(
    session: Session, command: RefundPayment, *, today: date, now: datetime
) -> tuple[uuid.UUID, ...]:
    """Books the refund, one transfer for each last day; returns their ids. Never more than was paid, over all parts.

    ``points.ledger.policy.refund_days`` says on which days. Raises NotFound ``transfer_not_found``; Conflict
    ``transfer_not_posted``, ``refund_too_large`` (``left``), ``transfer_already_reversed``, and those of ``make_transfer``.
    """
    paid = _payment(session, command)
    sides = lock_accounts(
        session, command.community_id, [paid.debit_account_id, paid.credit_account_id], now=now
    )
    before = _refunded(session, command)
    left = paid.amount - before
    if command.points > left:
        raise Conflict("refund_too_large", left=left)
    ids = []
    for ends, points in _days(session, command, paid, sides[paid.debit_account_id].kind, before, today):
        new = NewTransfer(
            command.community_id, new_id(), "refund", debit_account_id=paid.credit_account_id,
            credit_account_id=paid.debit_account_id, amount=points,
            points_expire_on=ends, ref_kind=command.ref_kind, ref_id=command.ref_id,
            actor_id=command.actor_id, reason=command.reason,
        )  # fmt: skip
        make_transfer(session, new, now=now)
        ids.append(new.id)
    return tuple(ids)


def _days(
    session: Session, command: RefundPayment, paid: sa.Row, payer: str, before: int, today: date
) -> list[tuple[date | None, int]]:
    """Last days and points of what comes back; who keeps no days (the care pool) gets it in one."""
    if payer not in WALLET_KINDS:
        return [(None, command.points)]
    source = paid.pending_id or paid.id
    used = uses_of(session, command.community_id, [source]).get(source, [])
    return [*refund_days(take_oldest(used, paid.amount), before, command.points, today=today)]


def _payment(session: Session, command: RefundPayment) -> sa.Row:
    paid = session.execute(
        sa.select(transfer).where(
            transfer.c.community_id == command.community_id, transfer.c.id == command.original_id
        )
    ).one_or_none()
    if paid is None:
        raise NotFound("transfer_not_found")
    if paid.kind not in ("posted", "post"):
        raise Conflict("transfer_not_posted")
    undone = session.scalar(
        sa.select(transfer.c.id).where(
            transfer.c.community_id == command.community_id, transfer.c.reverses_id == paid.id
        )
    )
    if undone is not None:
        raise Conflict("transfer_already_reversed")
    return paid


def _refunded(session: Session, command: RefundPayment) -> int:
    """Points that went back already, read under the accounts' locks."""
    return int(
        session.scalar(
            sa.select(sa.func.coalesce(sa.func.sum(transfer.c.amount), 0)).where(
                transfer.c.community_id == command.community_id, transfer.c.ref_kind == command.ref_kind,
                transfer.c.ref_id == command.ref_id, transfer.c.code == "refund",
            )
        )
    )  # fmt: skip
