"""Reading the ledger. No SUM over transfers and no OFFSET anywhere: balances are stored, pages go by number."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import UtcDateTime
from points.ledger.lots import lots_of, uses_of
from points.ledger.models import Account, OpenPending, Transfer
from points.ledger.policy import PendingView, WalletView, due, view_wallet

account, transfer, open_pending = Account.__table__, Transfer.__table__, OpenPending.__table__


@dataclass(frozen=True)
class Balance:
    """Four sums of an account at a moment, in its unit; what time resolved is already counted."""

    credits_posted: int
    debits_posted: int
    credits_pending: int
    debits_pending: int

    @property
    def available(self) -> int:
        """What a debit may still take from a limited account."""
        return self.credits_posted - self.debits_posted - self.debits_pending


@dataclass(frozen=True)
class EntryLine:
    """One line of a statement. ``points`` is positive for a gain; ``seq`` is None while only time has posted it."""

    transfer_id: uuid.UUID
    seq: int | None
    code: str
    points: int
    effective_at: datetime
    ref_kind: str | None
    ref_id: uuid.UUID | None
    done_on: date | None


_community, _account, _due_by = (
    sa.bindparam("community"),
    sa.bindparam("account"),
    sa.bindparam("due_by", type_=UtcDateTime),
)
_sums = sa.select(
    account.c.credits_posted, account.c.debits_posted, account.c.credits_pending, account.c.debits_pending
).where(account.c.community_id == _community, account.c.id == _account)
_open = {
    only_due: sa.union_all(
        *(
            sa.select(open_pending).where(
                open_pending.c.community_id == _community,
                side == _account,
                sa.or_(open_pending.c.expires_at <= _due_by, open_pending.c.posts_at <= _due_by)
                if only_due
                else sa.true(),
            )
            for side in (open_pending.c.debit_account_id, open_pending.c.credit_account_id)
        )
    )
    for only_due in (True, False)
}


def balance_of(
    session: Session, community_id: int, account_id: uuid.UUID, *, now: datetime
) -> Balance | None:
    """The four sums of one account as of ``now``, or None for an unknown account."""
    row = session.execute(_sums, {"community": community_id, "account": account_id}).one_or_none()
    if row is None:
        return None
    sums = dict(row._mapping)
    for pending in open_pendings_of(session, community_id, account_id, due_by=now):
        side = "debits" if pending.debit_account_id == account_id else "credits"
        sums[f"{side}_pending"] -= pending.amount
        if due(pending, now) == "post":
            sums[f"{side}_posted"] += pending.amount
    return Balance(**sums)


def open_pendings_of(
    session: Session, community_id: int, account_id: uuid.UUID, *, due_by: datetime | None = None
) -> list[sa.Row]:
    """Unresolved pending transfers of an account, on either side; ``due_by`` keeps those whose time has come."""
    keys = {"community": community_id, "account": account_id}
    if due_by is not None:
        keys["due_by"] = due_by
    return list(session.execute(_open[due_by is not None], keys))


_pendings = sa.union_all(
    *(
        sa.select(
            open_pending.c.id, open_pending.c.debit_account_id, open_pending.c.amount, open_pending.c.code,
            open_pending.c.expires_at, open_pending.c.posts_at, transfer.c.points_expire_on, transfer.c.ref_kind,
            transfer.c.ref_id, transfer.c.done_on,
        )
        .join(transfer, sa.and_(transfer.c.community_id == open_pending.c.community_id, transfer.c.id == open_pending.c.id))
        .where(open_pending.c.community_id == sa.bindparam("community"), side == sa.bindparam("account"))
        for side in (open_pending.c.debit_account_id, open_pending.c.credit_account_id)
    )
)  # fmt: skip


@dataclass(frozen=True)
class Wallet:
    """A wallet and what waits in it. ``matured`` are awards that time has posted and nobody has settled yet."""

    id: uuid.UUID
    view: WalletView
    matured: tuple[EntryLine, ...]


def wallet(
    session: Session, community_id: int, account_id: uuid.UUID, *, now: datetime, today: date
) -> Wallet:
    """Balance, held, on notice, every coming expiry: two statements, three when an order has lapsed unnoticed."""
    keys = {"community": community_id, "account": account_id}
    days = lots_of(session, community_id, account_id)
    rows = session.execute(_pendings, keys).all()
    resolved = [row for row in rows if due(row, now)]
    coming_in = [
        row.id for row in resolved if row.debit_account_id == account_id or row.points_expire_on is None
    ]
    used = uses_of(session, community_id, coming_in)
    pendings = [
        PendingView(
            row.debit_account_id != account_id, row.amount, row.expires_at, row.posts_at, row.points_expire_on,
            tuple(used.get(row.id, ())),
        )
        for row in rows
    ]  # fmt: skip
    matured = tuple(
        EntryLine(row.id, None, row.code, row.amount, row.posts_at, row.ref_kind, row.ref_id, row.done_on)
        for row in sorted(rows, key=lambda row: row.posts_at or now, reverse=True)
        if row.debit_account_id != account_id and due(row, now) == "post"
    )
    return Wallet(account_id, view_wallet(lots=days, pendings=pendings, now=now, today=today), matured)


def _side(own: sa.Column, number: sa.Column, sign: int) -> sa.Select:
    return (
        sa.select(
            transfer.c.id, number.label("seq"), transfer.c.code, (transfer.c.amount * sign).label("points"),
            transfer.c.effective_at, transfer.c.ref_kind, transfer.c.ref_id, transfer.c.done_on,
        )
        .where(transfer.c.community_id == sa.bindparam("community"), own == sa.bindparam("account"),
               number < sa.bindparam("before"), transfer.c.amount > 0)
        .order_by(number.desc())
        .limit(sa.bindparam("rows"))
    )  # fmt: skip


_entries = sa.union_all(
    *(
        sa.select(half.subquery())
        for half in (
            _side(transfer.c.debit_account_id, transfer.c.debit_seq, -1),
            _side(transfer.c.credit_account_id, transfer.c.credit_seq, 1),
        )
    )
).order_by(sa.desc("seq")).limit(sa.bindparam("rows"))  # fmt: skip


def entries_of(
    session: Session, community_id: int, account_id: uuid.UUID, *, before: int | None = None, rows: int = 20
) -> list[EntryLine]:
    """Posted lines of an account, newest first, below number ``before``: the deepest page costs what the first does."""
    keys = {
        "community": community_id,
        "account": account_id,
        "before": 2**62 if before is None else before,
        "rows": rows,
    }
    return [
        EntryLine(
            row.id, row.seq, row.code, row.points, row.effective_at, row.ref_kind, row.ref_id, row.done_on
        )
        for row in session.execute(_entries, keys)
    ]
