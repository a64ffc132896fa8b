"""On which day each point of a wallet ends. One row for each wallet and day, so a wallet has two or three."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from points.base import new_id
from points.ledger.models import WALLET_KINDS, Lot, LotUse, Transfer
from points.ledger.policy import NEVER, give_back, take_oldest
from points.ledger.results import NewTransfer

lot, lot_use, transfer = Lot.__table__, LotUse.__table__, Transfer.__table__


def lots_of(session: Session, community_id: int, account_id: uuid.UUID) -> list[tuple[date, int]]:
    """``(expires_on, points)`` of a wallet, the day that comes first first; empty lots left out."""
    rows = session.execute(
        sa.select(lot.c.expires_on, lot.c.points)
        .where(lot.c.community_id == community_id, lot.c.account_id == account_id, lot.c.points > 0)
        .order_by(lot.c.expires_on)
    )
    return [(row.expires_on, row.points) for row in rows]


def uses_of(session: Session, community_id: int, transfer_id: uuid.UUID) -> list[tuple[date, int]]:
    """Which days' points a transfer took."""
    rows = session.execute(
        sa.select(lot_use.c.expires_on, lot_use.c.points).where(
            lot_use.c.community_id == community_id, lot_use.c.transfer_id == transfer_id
        )
    )
    return [(row.expires_on, row.points) for row in rows]


def _uses_behind(session: Session, community_id: int, transfer_id: uuid.UUID) -> list[tuple[date, int]]:
    """The days of a debit that is being reversed; a posted hold took its points when it was pending."""
    pending_id = session.scalar(
        sa.select(transfer.c.pending_id).where(
            transfer.c.community_id == community_id, transfer.c.id == transfer_id
        )
    )
    return uses_of(session, community_id, pending_id or transfer_id)


def follow(session: Session, new: NewTransfer, *, debit_kind: str, credit_kind: str) -> None:
    """Moves lots as a transfer that was just written demands.

    Held and spent points leave their lots, oldest first; a void, the unspent rest of a post and a reversal put them
    back on the days they had; an award opens a lot on its own day.
    """
    if debit_kind in WALLET_KINDS:
        _follow_debit(session, new)
    if credit_kind in WALLET_KINDS and new.kind in ("posted", "post"):
        days = _uses_behind(session, new.community_id, new.reverses_id) if new.reverses_id else []
        back = take_oldest(days, new.amount) if days else [(new.points_expire_on or NEVER, new.amount)]
        put(session, new.community_id, new.credit_account_id, back)


def _follow_debit(session: Session, new: NewTransfer) -> None:
    if new.kind in ("posted", "pending"):
        take(session, new.community_id, new.debit_account_id, new.id, new.amount)
        return
    used = uses_of(session, new.community_id, new.pending_id)
    held = sum(points for _, points in used)
    back = held if new.kind == "void" else held - new.amount
    put(session, new.community_id, new.debit_account_id, give_back(used, back))


def take(
    session: Session, community_id: int, account_id: uuid.UUID, transfer_id: uuid.UUID, points: int
) -> None:
    """Takes points out of the oldest lots and writes down which, under the wallet's lock."""
    taken = take_oldest(lots_of(session, community_id, account_id), points)
    for expires_on, part in taken:
        session.execute(
            sa.update(lot)
            .where(
                lot.c.community_id == community_id,
                lot.c.account_id == account_id,
                lot.c.expires_on == expires_on,
            )
            .values(points=lot.c.points - part)
        )
    session.execute(
        sa.insert(lot_use),
        [
            {
                "community_id": community_id,
                "id": new_id(),
                "transfer_id": transfer_id,
                "expires_on": day,
                "points": part,
            }
            for day, part in taken
        ],
    )


def put(session: Session, community_id: int, account_id: uuid.UUID, days: Iterable[tuple[date, int]]) -> None:
    """Adds points to the lots of their days."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    for expires_on, points in days:
        if points:
            row = insert(lot).values(
                community_id=community_id,
                id=new_id(),
                account_id=account_id,
                expires_on=expires_on,
                points=points,
            )
            keys = ["community_id", "account_id", "expires_on"]
            session.execute(
                row.on_conflict_do_update(
                    index_elements=keys, set_={"points": lot.c.points + row.excluded.points}
                )
            )
