"""Moving points. Every change of a balance in the house goes through here, ``settling`` or ``held``.

All functions run inside a transaction that the caller opened (``app.transaction.transact``).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import Id
from points.errors import Conflict, Invalid, NotFound
from points.ledger.accounts import account_id_of, lock_rows, open_account
from points.ledger.batches import create_pending_batch
from points.ledger.models import WALLET_KINDS, Account, FailedTransfer, OpenPending, Transfer
from points.ledger.policy import due
from points.ledger.results import NewTransfer, TransferResult, compare, form_error
from points.ledger.settling import (
    expire_lots,
    lock_accounts,
    lock_settled,
    settle,
    settle_either_side,
    settle_rows,
    without_lapsed,
)
from points.ledger.verdicts import (
    account_reason,
    closed_reason,
    funds_reason,
    pending_reason,
    remember_refusals,
)
from points.ledger.writing import write

__all__ = [
    "account_id_of", "close_account", "create_chain", "create_pending_batch", "create_transfer", "expire_lots",
    "lock_accounts", "make_transfer", "open_account", "settle",
]  # fmt: skip

account, transfer, open_pending = Account.__table__, Transfer.__table__, OpenPending.__table__
failed_transfer = FailedTransfer.__table__

# What is stored under the id, what it resolves, an earlier refusal, and whether the debited account has anything due:
# one statement, since it stands before every transfer.
_community = sa.bindparam("community")
_stored = sa.select(
    sa.select(failed_transfer.c.result)
    .where(failed_transfer.c.community_id == _community, failed_transfer.c.id == sa.bindparam("id"))
    .scalar_subquery()
    .label("refused"),
    sa.exists()
    .where(
        open_pending.c.community_id == _community,
        open_pending.c.debit_account_id == sa.bindparam("debit"),
        open_pending.c.expires_at <= sa.bindparam("now"),
    )
    .label("holds_due"),
    sa.exists()
    .where(
        open_pending.c.community_id == _community,
        open_pending.c.credit_account_id == sa.bindparam("debit"),
        open_pending.c.posts_at <= sa.bindparam("now"),
    )
    .label("awards_due"),
    transfer,
).select_from(
    sa.select(sa.literal_column("1").label("one"))
    .subquery("here")
    .outerjoin(
        transfer,
        sa.and_(
            transfer.c.community_id == _community,
            transfer.c.id.in_([sa.bindparam("id"), sa.bindparam("pending", type_=Id)]),
        ),
    )
)

_open = sa.select(open_pending).where(
    open_pending.c.community_id == _community, open_pending.c.id == sa.bindparam("id")
)
_resolution = sa.select(transfer.c.kind, transfer.c.code).where(
    transfer.c.community_id == _community, transfer.c.pending_id == sa.bindparam("id")
)


def close_account(session: Session, community_id: int, account_id: uuid.UUID, *, now: datetime) -> None:
    """Closes an account for everything except voiding what is pending. Raises NotFound ``account_not_found``.

    Awards still on notice no longer post by themselves: what cannot be paid out must not look paid out.
    """
    found = settle_either_side(session, community_id, account_id, now=now)
    if found is None or found.closed_at is not None:
        raise NotFound("account_not_found")
    session.execute(
        sa.update(account)
        .where(account.c.community_id == community_id, account.c.id == account_id)
        .values(closed_at=now)
    )
    session.execute(
        sa.update(open_pending)
        .where(
            open_pending.c.community_id == community_id,
            open_pending.c.posts_at.is_not(None),
            sa.or_(
                open_pending.c.debit_account_id == account_id, open_pending.c.credit_account_id == account_id
            ),
        )
        .values(posts_at=None)
    )


def create_transfer(session: Session, new: NewTransfer, *, now: datetime) -> TransferResult:
    """Writes one transfer, or says by name why not; the first reason in the order of ``docs/ledger.md`` wins.

    A refusal for a passing reason is stored under the id; the caller commits it. Raises Invalid for form errors.
    """
    result = _attempt(session, new, now)
    if not result.ok:
        remember_refusals(session, [(new, result.status)], now)
    return result


def create_chain(session: Session, chain: Sequence[NewTransfer], *, now: datetime) -> list[TransferResult]:
    """Writes all transfers or none: a chain of which one link fails uses nothing up.

    Results of the links that were fine are ``linked_event_failed``.
    """
    results: list[TransferResult] = []
    try:
        with session.begin_nested():
            for new in chain:
                results.append(_link(session, new, now))
                if not results[-1].ok:
                    raise _ChainBroken
    except _ChainBroken:
        failed = len(results) - 1
        remember_refusals(session, [(chain[failed], results[failed].status)], now)
        others = TransferResult("linked_event_failed")
        return [results[failed] if at == failed else others for at in range(len(chain))]
    return results


class _ChainBroken(Exception):
    """Leaves the savepoint of a chain."""


def _link(session: Session, new: NewTransfer, now: datetime) -> TransferResult:
    try:
        return create_transfer(session, new, now=now)
    except Invalid as error:
        return TransferResult(error.code)


def make_transfer(session: Session, new: NewTransfer, *, now: datetime) -> TransferResult:
    """``create_transfer`` for operations that want all or nothing: raises Conflict with the reason as its code."""
    result = _attempt(session, new, now)
    if not result.ok:
        raise Conflict(result.status)
    return result


def _attempt(session: Session, new: NewTransfer, now: datetime) -> TransferResult:
    wrong = form_error(new)
    if wrong:
        raise Invalid(wrong)
    found = _found(session, new, now)
    if found.answer is not None:
        return found.answer
    if new.pending_id is not None:
        status = _resolve(session, _completed(new, found.pending), found.pending, now)
    else:
        status = _move(session, new, found.anything_due, now)
    if status is None:
        return TransferResult("created", now)
    # The same request may have been served while this one waited for the lock.
    return _found(session, new, now).answer or TransferResult(status)


@dataclass(frozen=True)
class _Found:
    """What stands before a transfer: an answer given already, what it resolves, whether time owes the debited account."""

    answer: TransferResult | None
    pending: sa.Row | None
    anything_due: bool


def _found(session: Session, new: NewTransfer, now: datetime) -> _Found:
    rows = session.execute(
        _stored,
        {"community": new.community_id, "id": new.id, "pending": new.pending_id, "debit": new.debit_account_id, "now": now},
    ).all()  # fmt: skip
    by_id = {row.id: row for row in rows if row.id is not None}
    pending, stored = by_id.get(new.pending_id), by_id.get(new.id)
    answer = None
    if stored is not None:
        status = compare(new, stored, pending_amount=None if pending is None else pending.amount)
        answer = TransferResult(status, stored.recorded_at)
    elif rows[0].refused is not None:
        answer = TransferResult("id_already_failed")
    return _Found(answer, pending, rows[0].holds_due or rows[0].awards_due)


def _completed(new: NewTransfer, pending: sa.Row | None) -> NewTransfer:
    """A post or void with what it left out, taken from the transfer it resolves."""
    if pending is None:
        return new
    return replace(
        new,
        debit_account_id=new.debit_account_id or pending.debit_account_id,
        credit_account_id=new.credit_account_id or pending.credit_account_id,
        amount=pending.amount if new.amount is None else new.amount,
        points_expire_on=new.points_expire_on or pending.points_expire_on,
    )


def _move(session: Session, new: NewTransfer, anything_due: bool, now: datetime) -> str | None:
    """Writes a posted or pending transfer, or says why not."""
    wanted = {new.debit_account_id, new.credit_account_id}
    if anything_due:
        accounts = lock_settled(session, new.community_id, wanted, settle_for={new.debit_account_id}, now=now)
    else:
        accounts = lock_rows(session, new.community_id, wanted)
    reason = account_reason(new, accounts) or closed_reason(new, accounts)
    if reason:
        return reason
    reason = funds_reason(new, accounts[new.debit_account_id])
    if reason:
        return reason
    in_lots = None
    if accounts[new.debit_account_id].kind in WALLET_KINDS:
        new = replace(new, points_expire_on=None)  # points between wallets keep the days they have
        accounts, in_lots = without_lapsed(session, accounts, new.debit_account_id, now=now)
        reason = funds_reason(new, accounts[new.debit_account_id])
    if reason is None:
        write(session, new, accounts, now=now, in_lots=in_lots)
    return reason


def _resolve(session: Session, new: NewTransfer, pending: sa.Row | None, now: datetime) -> str | None:
    """Writes a post or void, or says why not. Nothing else that is due matters: the floor was tested at the start."""
    sides = {new.debit_account_id, new.credit_account_id} - {None}
    accounts = lock_rows(session, new.community_id, sides)
    reason = account_reason(new, accounts)
    if reason or pending is None:
        return reason or "pending_transfer_not_found"
    reason = pending_reason(new, pending)
    if reason:
        return reason
    held = session.execute(_open, {"community": new.community_id, "id": pending.id}).one_or_none()
    if held is None or (due(held, now) and settle_rows(session, new.community_id, [held], accounts, now)):
        return _how_resolved(session, new)
    reason = closed_reason(new, accounts)
    if reason is None:
        write(session, new, accounts, now=now, held=pending.amount)
    return reason


def _how_resolved(session: Session, new: NewTransfer) -> str:
    resolved = session.execute(_resolution, {"community": new.community_id, "id": new.pending_id}).one()
    if resolved.kind == "post":
        return "pending_transfer_already_posted"
    return "pending_transfer_expired" if resolved.code == "lapse" else "pending_transfer_already_voided"
