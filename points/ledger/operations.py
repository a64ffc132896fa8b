"""Moving points. Every change of a balance in the house goes through ``create_transfer``, ``create_chain`` or ``settle``.

All functions run inside a transaction that the caller opened (``app.transaction.transact``).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, Invalid, NotFound
from points.ledger import lots
from points.ledger.models import COMMUNITY_OWNER, WALLET_KINDS, Account, FailedTransfer, OpenPending, Transfer
from points.ledger.policy import due
from points.ledger.results import PASSING, NewTransfer, TransferResult, compare, form_error

account, transfer, open_pending = Account.__table__, Transfer.__table__, OpenPending.__table__
failed_transfer = FailedTransfer.__table__

LIMITED_KINDS = (*WALLET_KINDS, "budget", "care_pool", "partner")
UNIT_OF_KIND = {"honour": "honour", "conduct": "conduct", "minutes": "minutes"}


def open_account(
    session: Session,
    community_id: int,
    kind: str,
    owner_id: uuid.UUID = COMMUNITY_OWNER,
    *,
    now: datetime,
    unit: str | None = None,
) -> uuid.UUID:
    """Opens the account ``kind`` of an owner, or returns it when it is open already. Wallets and budgets are limited."""
    unit = unit or UNIT_OF_KIND.get(kind, "points")
    found = account_id_of(session, community_id, kind, owner_id)
    if found is not None:
        return found
    row = {
        "community_id": community_id,
        "id": new_id(),
        "kind": kind,
        "owner_id": owner_id,
        "unit": unit,
        "debits_must_not_exceed_credits": kind in LIMITED_KINDS,
        "opened_at": now,
        **dict.fromkeys(
            ("credits_posted", "debits_posted", "credits_pending", "debits_pending", "entries"), 0
        ),
    }
    session.execute(sa.insert(account).values(row))
    return row["id"]


def account_id_of(
    session: Session, community_id: int, kind: str, owner_id: uuid.UUID = COMMUNITY_OWNER
) -> uuid.UUID | None:
    """The id of an account by what it is for, or None."""
    return session.scalar(
        sa.select(account.c.id).where(
            account.c.community_id == community_id, account.c.kind == kind, account.c.owner_id == owner_id
        )
    )


def close_account(session: Session, community_id: int, account_id: uuid.UUID, *, now: datetime) -> None:
    """Closes an account for everything except voiding what is pending. Raises NotFound, Conflict when closed."""
    changed = session.execute(
        sa.update(account)
        .where(
            account.c.community_id == community_id, account.c.id == account_id, account.c.closed_at.is_(None)
        )
        .values(closed_at=now)
    )
    if not changed.rowcount:
        raise NotFound("account_not_found")


def create_transfer(session: Session, new: NewTransfer, *, now: datetime) -> TransferResult:
    """Writes one transfer, or says by name why not; the first reason in the order of ``docs/ledger.md`` wins.

    A refusal for a passing reason is stored under the id; the caller commits it. Raises Invalid for form errors.
    """
    wrong = form_error(new)
    if wrong:
        raise Invalid(wrong)
    pending = _transfer(session, new.community_id, new.pending_id) if new.pending_id else None
    repeated = _answer_repeat(session, new, pending)
    if repeated:
        return repeated
    if pending is not None:
        new = replace(
            new,
            debit_account_id=new.debit_account_id or pending.debit_account_id,
            credit_account_id=new.credit_account_id or pending.credit_account_id,
            amount=pending.amount if new.amount is None else new.amount,
        )
    accounts = lock_accounts(
        session, new.community_id, [new.debit_account_id, new.credit_account_id], now=now
    )
    status = _first_reason(session, new, accounts, pending, now)
    if status is not None:
        _remember_refusal(session, new, status, now)
        return TransferResult(status)
    _insert(session, new, accounts, now=now, effective_at=now)
    return TransferResult("created", now)


def create_chain(session: Session, chain: Sequence[NewTransfer], *, now: datetime) -> list[TransferResult]:
    """Writes all transfers or none: a chain of which one link fails uses nothing up.

    Results of the links that were fine are ``linked_event_failed``.
    """
    savepoint = session.begin_nested()
    results: list[TransferResult] = []
    for new in chain:
        try:
            result = create_transfer(session, new, now=now)
        except Invalid as error:
            result = TransferResult(error.code)
        results.append(result)
        if not result.ok:
            savepoint.rollback()
            if result.status in PASSING:
                _remember_refusal(session, new, result.status, now)
            others = TransferResult("linked_event_failed")
            return [result if at == len(results) - 1 else others for at in range(len(chain))]
    savepoint.commit()
    return results


def make_transfer(session: Session, new: NewTransfer, *, now: datetime) -> TransferResult:
    """``create_transfer`` for operations that want all or nothing: raises Conflict with the reason as its code."""
    result = create_transfer(session, new, now=now)
    if not result.ok:
        raise Conflict(result.status)
    return result


def lock_accounts(
    session: Session, community_id: int, account_ids: Iterable[uuid.UUID | None], *, now: datetime
) -> dict[uuid.UUID, sa.Row]:
    """Locks accounts in the order of their ids, after applying to them what time alone has done.

    The accounts that the settling touches are locked in the same sorted sweep: two orders would deadlock.
    """
    wanted = {account_id for account_id in account_ids if account_id is not None}
    waiting = _due_pendings(session, community_id, wanted, now)
    touched = wanted | {side for row in waiting for side in (row.debit_account_id, row.credit_account_id)}
    locked = _lock(session, community_id, touched)
    if waiting:
        _settle_rows(session, community_id, _due_pendings(session, community_id, wanted, now), locked, now)
        locked = _lock(session, community_id, wanted)
    return {key: row for key, row in locked.items() if key in wanted}


def settle(
    session: Session, community_id: int, *, now: datetime, account_ids: Iterable[uuid.UUID] | None = None,
    limit: int = 500,
) -> int:  # fmt: skip
    """Writes down what time has done: awards whose notice ended post, holds past their time return their points.

    Nothing waits for it (every reader applies the same rule); the nightly job keeps the list of open ones short.
    Returns how many were settled.
    """
    wanted = None if account_ids is None else set(account_ids)
    waiting = _due_pendings(session, community_id, wanted, now, limit)
    if not waiting:
        return 0
    locked = _lock(
        session, community_id, {s for row in waiting for s in (row.debit_account_id, row.credit_account_id)}
    )
    waiting = _due_pendings(session, community_id, wanted, now, limit)
    _settle_rows(session, community_id, waiting, locked, now)
    return len(waiting)


def expire_lots(
    session: Session, community_id: int, wallet_id: uuid.UUID, *, today: date, now: datetime
) -> int:
    """Moves points whose last day has passed from a wallet to ``expired``. Returns the points moved."""
    locked = lock_accounts(session, community_id, [wallet_id], now=now)
    lapsed = [lot for lot in lots.lots_of(session, community_id, wallet_id) if lot[0] < today]
    points = sum(amount for _, amount in lapsed)
    if points and locked[wallet_id].closed_at is None:
        expired_id = open_account(session, community_id, "expired", now=now)
        make_transfer(
            session,
            NewTransfer(community_id, new_id(), "expiry", debit_account_id=wallet_id, credit_account_id=expired_id,
                        amount=points),
            now=now,
        )  # fmt: skip
    return points


def _transfer(session: Session, community_id: int, transfer_id: uuid.UUID) -> sa.Row | None:
    return session.execute(
        sa.select(transfer).where(transfer.c.community_id == community_id, transfer.c.id == transfer_id)
    ).one_or_none()


def _answer_repeat(session: Session, new: NewTransfer, pending: sa.Row | None) -> TransferResult | None:
    stored = _transfer(session, new.community_id, new.id)
    if stored is not None:
        status = compare(new, stored, pending_amount=pending.amount if pending is not None else None)
        return TransferResult(status, stored.recorded_at)
    refused = session.scalar(
        sa.select(failed_transfer.c.result).where(
            failed_transfer.c.community_id == new.community_id, failed_transfer.c.id == new.id
        )
    )
    return TransferResult("id_already_failed") if refused else None


def _first_reason(
    session: Session,
    new: NewTransfer,
    accounts: dict[uuid.UUID, sa.Row],
    pending: sa.Row | None,
    now: datetime,
) -> str | None:
    if new.pending_id is not None and pending is None:
        return "pending_transfer_not_found"
    if new.debit_account_id == new.credit_account_id:
        return "accounts_must_be_different"
    debit, credit = accounts.get(new.debit_account_id), accounts.get(new.credit_account_id)
    if debit is None:
        return "debit_account_not_found"
    if credit is None:
        return "credit_account_not_found"
    if debit.unit != credit.unit:
        return "accounts_must_have_the_same_unit"
    if pending is not None:
        reason = _pending_reason(session, new, pending, now)
        if reason:
            return reason
    if new.kind != "void" and debit.closed_at is not None:
        return "debit_account_closed"
    if new.kind != "void" and credit.closed_at is not None:
        return "credit_account_closed"
    if new.kind in ("posted", "pending") and debit.debits_must_not_exceed_credits:
        if debit.debits_posted + debit.debits_pending + new.amount > debit.credits_posted:
            return "exceeds_credits"
    return None


def _pending_reason(session: Session, new: NewTransfer, pending: sa.Row, now: datetime) -> str | None:
    if pending.kind != "pending":
        return "pending_transfer_not_pending"
    if new.debit_account_id != pending.debit_account_id:
        return "pending_transfer_has_different_debit_account"
    if new.credit_account_id != pending.credit_account_id:
        return "pending_transfer_has_different_credit_account"
    if new.amount > pending.amount:
        return "exceeds_pending_transfer_amount"
    if new.kind == "void" and new.amount < pending.amount:
        return "pending_transfer_has_different_amount"
    resolved = session.execute(
        sa.select(transfer.c.kind, transfer.c.code).where(
            transfer.c.community_id == new.community_id, transfer.c.pending_id == pending.id
        )
    ).one_or_none()
    if resolved is None:
        return None
    if resolved.kind == "post":
        return "pending_transfer_already_posted"
    return "pending_transfer_expired" if resolved.code == "lapse" else "pending_transfer_already_voided"


def _remember_refusal(session: Session, new: NewTransfer, status: str, now: datetime) -> None:
    if status in PASSING:
        session.execute(
            sa.insert(failed_transfer).values(
                community_id=new.community_id, id=new.id, result=status, recorded_at=now
            )
        )


def _lock(session: Session, community_id: int, ids: set[uuid.UUID]) -> dict[uuid.UUID, sa.Row]:
    if not ids:
        return {}
    rows = session.execute(
        sa.select(account)
        .where(account.c.community_id == community_id, account.c.id.in_(sorted(ids)))
        .order_by(account.c.id)
        .with_for_update()
    )
    return {row.id: row for row in rows}


def _due_pendings(
    session: Session, community_id: int, account_ids: set[uuid.UUID] | None, now: datetime, limit: int = 500
) -> list[sa.Row]:
    """Open pending transfers that time has resolved; for one account: its holds, and the awards it is to get."""
    late = sa.or_(open_pending.c.expires_at <= now, open_pending.c.posts_at <= now)
    query = sa.select(open_pending).where(open_pending.c.community_id == community_id, late)
    if account_ids is not None:
        ids = sorted(account_ids)
        query = query.where(
            sa.or_(
                sa.and_(open_pending.c.debit_account_id.in_(ids), open_pending.c.expires_at <= now),
                sa.and_(open_pending.c.credit_account_id.in_(ids), open_pending.c.posts_at <= now),
            )
        )
    return list(session.execute(query.order_by(open_pending.c.id).limit(limit)))


def _settle_rows(
    session: Session,
    community_id: int,
    rows: Sequence[sa.Row],
    locked: dict[uuid.UUID, sa.Row],
    now: datetime,
) -> None:
    """Resolves each row as of the moment its clock ran out. Closed accounts get their points back, never new ones."""
    for row in rows:
        kind = due(row, now)
        closed = [locked[side].closed_at for side in (row.debit_account_id, row.credit_account_id)]
        if kind == "post" and any(closed):
            continue  # it stays on notice until the supervisor voids it
        pending = _transfer(session, community_id, row.id)
        new = NewTransfer(
            community_id, new_id(), "lapse" if kind == "void" else pending.code, kind=kind, pending_id=row.id,
            debit_account_id=row.debit_account_id, credit_account_id=row.credit_account_id, amount=row.amount,
            points_expire_on=pending.points_expire_on, ref_kind=pending.ref_kind, ref_id=pending.ref_id,
            done_on=pending.done_on,
        )  # fmt: skip
        fresh = _lock(session, community_id, {row.debit_account_id, row.credit_account_id})
        _insert(session, new, fresh, now=now, effective_at=row.posts_at if kind == "post" else row.expires_at)


def _insert(
    session: Session,
    new: NewTransfer,
    accounts: dict[uuid.UUID, sa.Row],
    *,
    now: datetime,
    effective_at: datetime,
) -> None:
    """The one INSERT into ``transfer``; the trigger moves the balances, ``lots`` the days on which points end."""
    numbered = new.kind in ("posted", "post")
    debit, credit = accounts[new.debit_account_id], accounts[new.credit_account_id]
    values = {name: getattr(new, name) for name in NewTransfer.__dataclass_fields__}
    session.execute(
        sa.insert(transfer).values(
            **values,
            recorded_at=now,
            effective_at=effective_at,
            debit_seq=debit.entries + 1 if numbered else None,
            credit_seq=credit.entries + 1 if numbered else None,
        )
    )
    lots.follow(session, new, debit_kind=debit.kind, credit_kind=credit.kind)
