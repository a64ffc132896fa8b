"""Writing down what time has done: notices that ended, holds that lapsed, points whose last day has passed.

Nothing waits for it. Every reader applies the same rules (``policy.py``), and an operation that needs a balance settles
first; the nightly job only keeps the list of open ones short.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.days import local_day
from points.errors import NotFound
from points.ledger import lots
from points.ledger.accounts import lock_rows, open_account
from points.ledger.models import WALLET_KINDS, OpenPending, Transfer
from points.ledger.policy import NEVER, due
from points.ledger.results import NewTransfer
from points.ledger.writing import Numbers, row_of, write, write_rows
from points.people.models import Community

transfer, open_pending = Transfer.__table__, OpenPending.__table__
FURTHEST_EAST = timedelta(hours=14)  # no zone is a later day than this one
Accounts = dict[uuid.UUID, sa.Row]


def lock_accounts(
    session: Session, community_id: int, account_ids: Iterable[uuid.UUID | None], *, now: datetime
) -> Accounts:
    """Locks accounts in the order of their ids, after applying to them what time alone has done.

    The accounts that the settling touches are locked in the same sorted sweep: two orders would deadlock.
    """
    wanted = {account_id for account_id in account_ids if account_id is not None}
    return lock_settled(session, community_id, wanted, settle_for=wanted, now=now)


def lock_settled(
    session: Session, community_id: int, wanted: set[uuid.UUID], *, settle_for: Collection[uuid.UUID], now: datetime
) -> Accounts:  # fmt: skip
    """``lock_accounts`` that looks for what is due only on the accounts whose free balance matters."""
    waiting = _due_for(session, community_id, settle_for, now) if settle_for else []
    locked = lock_rows(session, community_id, wanted | _sides(waiting))
    if waiting and _settle_open(session, community_id, waiting, locked, now):
        locked = lock_rows(session, community_id, wanted)
    return {key: row for key, row in locked.items() if key in wanted}


def settle(
    session: Session, community_id: int, *, now: datetime, account_ids: Iterable[uuid.UUID] | None = None,
    limit: int = 500,
) -> int:  # fmt: skip
    """Writes down what time has done: awards whose notice ended post, holds past their time return their points.

    Of one community, or of some of its accounts; ``limit`` at most. Returns how many were settled.
    """
    if account_ids is None:
        late = sa.or_(open_pending.c.expires_at <= now, open_pending.c.posts_at <= now)
        query = sa.select(open_pending).where(open_pending.c.community_id == community_id, late)
        waiting = list(session.execute(query.order_by(open_pending.c.id).limit(limit)))
    else:
        waiting = _due_for(session, community_id, set(account_ids), now)[:limit]
    locked = lock_rows(session, community_id, _sides(waiting))
    return _settle_open(session, community_id, waiting, locked, now)


def settle_rows(
    session: Session, community_id: int, rows: Sequence[sa.Row], locked: Accounts, now: datetime
) -> int:
    """Resolves open pending transfers as of the moment each one's clock ran out, in that order; accounts are locked.

    A closed account gets its held points back but never new ones: such an award waits until somebody voids it.
    """
    settled = [_resolution(row, due(row, now)) for row in sorted(rows, key=_ran_out)]
    settled = [pair for pair in settled if pair[1].kind == "void" or not _touches_closed(pair[0], locked)]
    if not settled:
        return 0
    pendings = _transfers(session, community_id, [row.id for row, _ in settled])
    numbers = Numbers(locked)
    written, news = [], []
    for row, resolving in settled:
        pending = pendings[row.id]
        new = replace(
            resolving, code="lapse" if resolving.kind == "void" else pending.code, done_on=pending.done_on,
            points_expire_on=pending.points_expire_on, ref_kind=pending.ref_kind, ref_id=pending.ref_id,
        )  # fmt: skip
        news.append(new)
        written.append(row_of(new, numbers, now=now, effective_at=_ran_out(row)[0]))
    write_rows(session, written)
    _move_lots(session, community_id, news, locked)
    return len(news)


def expire_lots(
    session: Session, community_id: int, wallet_id: uuid.UUID, *, today: date, now: datetime
) -> int:
    """Moves points whose last day has passed from a wallet to ``expired``. Returns the points moved.

    Raises NotFound ``account_not_found``.
    """
    locked = lock_accounts(session, community_id, [wallet_id], now=now)
    if wallet_id not in locked:
        raise NotFound("account_not_found")
    there = lots.lots_of(session, community_id, wallet_id)
    return _expire(session, locked[wallet_id], there, today=today, now=now)


def without_lapsed(
    session: Session, accounts: Accounts, wallet_id: uuid.UUID, *, now: datetime
) -> tuple[Accounts, list[tuple[date, int]]]:
    """The lots a debit may take from, after points whose last day has passed went to ``expired``.

    Otherwise what can be spent would hang on whether a job has run. ``accounts`` are locked; they come back as they
    are afterwards.
    """
    wallet = accounts[wallet_id]
    there = lots.lots_of(session, wallet.community_id, wallet_id)
    if not there or there[0][0] >= (now + FURTHEST_EAST).date():
        return accounts, there
    zone = session.scalar(sa.select(Community.zone).where(Community.id == wallet.community_id))
    if not _expire(session, wallet, there, today=local_day(now, zone), now=now):
        return accounts, there
    return (
        lock_rows(session, wallet.community_id, accounts.keys()),
        lots.lots_of(session, wallet.community_id, wallet_id),
    )


def _expire(
    session: Session, wallet: sa.Row, there: Sequence[tuple[date, int]], *, today: date, now: datetime
) -> int:
    lapsed = [(day, points) for day, points in there if day < today]
    points = sum(amount for _, amount in lapsed)
    if not points or wallet.closed_at is not None:
        return 0
    expired_id = open_account(session, wallet.community_id, "expired", now=now)
    accounts = lock_rows(session, wallet.community_id, {wallet.id, expired_id})
    new = NewTransfer(
        wallet.community_id, new_id(), "expiry", debit_account_id=wallet.id, credit_account_id=expired_id, amount=points
    )  # fmt: skip
    write(session, new, accounts, now=now, in_lots=there)
    return points


def settle_either_side(
    session: Session, community_id: int, account_id: uuid.UUID, *, now: datetime
) -> sa.Row | None:
    """Settles everything due that names an account, also what it is to pay out; returns the account, locked."""
    sides = sa.or_(
        open_pending.c.debit_account_id == account_id, open_pending.c.credit_account_id == account_id
    )
    late = sa.or_(open_pending.c.expires_at <= now, open_pending.c.posts_at <= now)
    query = sa.select(open_pending).where(open_pending.c.community_id == community_id, sides, late)
    waiting = list(session.execute(query))
    locked = lock_rows(session, community_id, {account_id} | _sides(waiting))
    _settle_open(session, community_id, waiting, locked, now)
    return locked.get(account_id)


def _due_for(
    session: Session, community_id: int, account_ids: Collection[uuid.UUID], now: datetime
) -> list[sa.Row]:
    """What time has resolved on these accounts: the holds on them, and the awards they are to get."""
    ids = sorted(account_ids)
    mine = sa.or_(
        sa.and_(open_pending.c.debit_account_id.in_(ids), open_pending.c.expires_at <= now),
        sa.and_(open_pending.c.credit_account_id.in_(ids), open_pending.c.posts_at <= now),
    )
    query = sa.select(open_pending).where(open_pending.c.community_id == community_id, mine)
    return list(session.execute(query.order_by(open_pending.c.id)))


def _sides(rows: Iterable[sa.Row]) -> set[uuid.UUID]:
    return {side for row in rows for side in (row.debit_account_id, row.credit_account_id)}


def _settle_open(
    session: Session, community_id: int, seen: Sequence[sa.Row], locked: Accounts, now: datetime
) -> int:
    """Settles those of ``seen`` that are still open and still due, now that the locks are held."""
    if not seen:
        return 0
    query = sa.select(open_pending).where(
        open_pending.c.community_id == community_id, open_pending.c.id.in_([row.id for row in seen])
    )
    return settle_rows(
        session, community_id, [row for row in session.execute(query) if due(row, now)], locked, now
    )


def _ran_out(row: sa.Row) -> tuple[datetime, uuid.UUID]:
    return row.posts_at or row.expires_at, row.id


def _resolution(row: sa.Row, kind: str) -> tuple[sa.Row, NewTransfer]:
    new = NewTransfer(
        row.community_id, new_id(), row.code, kind=kind, pending_id=row.id, amount=row.amount,
        debit_account_id=row.debit_account_id, credit_account_id=row.credit_account_id,
    )  # fmt: skip
    return row, new


def _touches_closed(row: sa.Row, locked: Accounts) -> bool:
    return any(locked[side].closed_at is not None for side in (row.debit_account_id, row.credit_account_id))


def _transfers(session: Session, community_id: int, ids: Sequence[uuid.UUID]) -> Accounts:
    rows = session.execute(
        sa.select(
            transfer.c.id, transfer.c.code, transfer.c.points_expire_on, transfer.c.ref_kind, transfer.c.ref_id,
            transfer.c.done_on,
        ).where(transfer.c.community_id == community_id, transfer.c.id.in_(ids))
    )  # fmt: skip
    return {row.id: row for row in rows}


def _move_lots(session: Session, community_id: int, news: Sequence[NewTransfer], locked: Accounts) -> None:
    """Full posts and full voids, many at once: a void gives its days back, a post brings its own or the giver's."""
    from_wallet = [new for new in news if locked[new.debit_account_id].kind in WALLET_KINDS]
    used = lots.uses_of(session, community_id, [new.pending_id for new in from_wallet])
    parts = []
    for new in news:
        days = used.get(new.pending_id) or [(new.points_expire_on or NEVER, new.amount)]
        if new.kind == "void" and new in from_wallet:
            parts += [(new.debit_account_id, day, points) for day, points in days]
        elif new.kind == "post" and locked[new.credit_account_id].kind in WALLET_KINDS:
            parts += [(new.credit_account_id, day, points) for day, points in days]
    lots.put(session, community_id, parts)
