"""One line of a wallet, opened: what moved, why, and what waits in it. Not the hot page: that is ``queries``."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import NotFound
from points.ledger.models import Account, LotUse, OpenPending, Transfer
from points.ledger.policy import due

account, transfer, open_pending, lot_use = (
    Account.__table__, Transfer.__table__, OpenPending.__table__, LotUse.__table__,
)  # fmt: skip


@dataclass(frozen=True)
class WaitingLine:
    """A pending transfer of a wallet; ``points`` positive when they will come. ``until`` is empty while an objection
    stops the clock."""

    transfer_id: uuid.UUID
    points: int
    until: datetime | None
    recorded_at: datetime
    ref_kind: str | None
    ref_id: uuid.UUID | None


def waiting_in(
    session: Session, community_id: int, account_id: uuid.UUID, *, incoming: bool, now: datetime
) -> list[WaitingLine]:
    """Awards on notice (``incoming``) or holds of orders, newest first; what time has resolved is left out."""
    side = open_pending.c.credit_account_id if incoming else open_pending.c.debit_account_id
    rows = session.execute(
        sa.select(open_pending, transfer.c.ref_kind, transfer.c.ref_id, transfer.c.recorded_at)
        .join(transfer, sa.and_(transfer.c.community_id == open_pending.c.community_id,
                                transfer.c.id == open_pending.c.id))
        .where(open_pending.c.community_id == community_id, side == account_id)
        .order_by(open_pending.c.id.desc())
    )  # fmt: skip
    sign = 1 if incoming else -1
    return [
        WaitingLine(
            row.id,
            sign * row.amount,
            row.posts_at or row.expires_at,
            row.recorded_at,
            row.ref_kind,
            row.ref_id,
        )
        for row in rows
        if due(row, now) is None
    ]


@dataclass(frozen=True)
class Entry:
    """A transfer as one of its accounts sees it.

    ``state``: posted, waiting (a notice or a hold runs), voided. ``days``: which days' points a debit took.
    """

    transfer_id: uuid.UUID
    account_id: uuid.UUID
    unit: str
    code: str
    points: int
    state: str
    effective_at: datetime
    until: datetime | None
    ref_kind: str | None
    ref_id: uuid.UUID | None
    reverses_id: uuid.UUID | None
    reason: str | None
    points_expire_on: date | None
    days: tuple[tuple[date, int], ...]


def entry_by_id(
    session: Session,
    community_id: int,
    transfer_id: uuid.UUID,
    account_ids: Collection[uuid.UUID],
    *,
    now: datetime,
) -> Entry:
    """One transfer that touches one of ``account_ids``.

    A pending transfer is told as what became of it: by a later transfer, or by time alone.
    Raises NotFound ``transfer_not_found``, also for other people's and other communities' transfers.
    """
    sides = (transfer.c.debit_account_id, transfer.c.credit_account_id)
    row = session.execute(
        sa.select(transfer).where(
            transfer.c.community_id == community_id, transfer.c.id == transfer_id,
            sa.or_(*(side.in_(account_ids) for side in sides)),
        )
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound("transfer_not_found")
    mine = row.credit_account_id if row.credit_account_id in account_ids else row.debit_account_id
    state, moment, until = _fate(session, row, now)
    return Entry(
        transfer_id=row.id, account_id=mine, unit=_unit(session, community_id, mine), code=row.code,
        points=row.amount if mine == row.credit_account_id else -row.amount, state=state, effective_at=moment,
        until=until, ref_kind=row.ref_kind, ref_id=row.ref_id, reverses_id=row.reverses_id, reason=row.reason,
        points_expire_on=row.points_expire_on, days=_days(session, row),
    )  # fmt: skip


def _fate(session: Session, row: sa.Row, now: datetime) -> tuple[str, datetime, datetime | None]:
    """State, moment and coming end of a transfer."""
    if row.kind != "pending":
        return ("voided" if row.kind == "void" else "posted"), row.effective_at, None
    waiting = session.execute(
        sa.select(open_pending).where(
            open_pending.c.community_id == row.community_id, open_pending.c.id == row.id
        )
    ).one_or_none()
    if waiting is not None:
        ended = due(waiting, now)
        clock = waiting.posts_at or waiting.expires_at
        if ended is None:
            return "waiting", row.recorded_at, clock
        return ("posted" if ended == "post" else "voided"), clock, None
    end = session.execute(
        sa.select(transfer.c.kind, transfer.c.effective_at).where(
            transfer.c.community_id == row.community_id, transfer.c.pending_id == row.id
        )
    ).one()
    return ("posted" if end.kind == "post" else "voided"), end.effective_at, None


def _unit(session: Session, community_id: int, account_id: uuid.UUID) -> str:
    return session.execute(
        sa.select(account.c.unit).where(account.c.community_id == community_id, account.c.id == account_id)
    ).scalar_one()


def _days(session: Session, row: sa.Row) -> tuple[tuple[date, int], ...]:
    rows = session.execute(
        sa.select(lot_use.c.expires_on, lot_use.c.points)
        .where(
            lot_use.c.community_id == row.community_id, lot_use.c.transfer_id == (row.pending_id or row.id)
        )
        .order_by(lot_use.c.expires_on)
    )
    return tuple((line.expires_on, line.points) for line in rows)


def honour_accounts(session: Session, community_id: int, owner_ids: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """Honour accounts of these owners (a member, and the household for what it did as a whole)."""
    return list(
        session.scalars(
            sa.select(account.c.id)
            .where(
                account.c.community_id == community_id,
                account.c.kind == "honour",
                account.c.owner_id.in_(owner_ids),
            )
            .order_by(account.c.id)
        )
    )
