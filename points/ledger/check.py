"""Counting everything again: is each stored balance the sum of its rows? For the night and the auditor, not a request."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.ledger.models import WALLET_KINDS, Account, Lot, Transfer

account, transfer, lot = Account.__table__, Transfer.__table__, Lot.__table__


@dataclass(frozen=True)
class Finding:
    """A number of an account that is not what its rows say."""

    account_id: uuid.UUID
    kind: str
    owner_id: uuid.UUID
    field: str
    stored: int
    counted: int


def check_ledger(session: Session, community_id: int) -> Iterator[Finding]:
    """Every balance of a community that differs from the sum of its rows, and every wallet whose lots do not add up."""
    posted = {
        side: _sums(
            session, community_id, transfer.c[f"{side}_account_id"], transfer.c.kind.in_(("posted", "post"))
        )
        for side in ("debit", "credit")
    }
    pending = {side: _pending_sums(session, community_id, side) for side in ("debit", "credit")}
    lots = dict(
        session.execute(
            sa.select(lot.c.account_id, sa.func.sum(lot.c.points))
            .where(lot.c.community_id == community_id)
            .group_by(lot.c.account_id)
        ).all()
    )
    for row in session.execute(
        sa.select(account).where(account.c.community_id == community_id).order_by(account.c.id)
    ).all():
        counted = {
            "credits_posted": posted["credit"].get(row.id, 0),
            "debits_posted": posted["debit"].get(row.id, 0),
            "credits_pending": pending["credit"].get(row.id, 0),
            "debits_pending": pending["debit"].get(row.id, 0),
        }
        if row.kind in WALLET_KINDS:
            counted["lots"] = int(lots.get(row.id, 0))
        for field, number in counted.items():
            stored = (
                row.credits_posted - row.debits_posted - row.debits_pending
                if field == "lots"
                else getattr(row, field)
            )
            if stored != number:
                yield Finding(row.id, row.kind, row.owner_id, field, stored, number)


def _sums(
    session: Session, community_id: int, side: sa.Column, which: sa.ColumnElement[bool]
) -> dict[uuid.UUID, int]:
    rows = session.execute(
        sa.select(side, sa.func.sum(transfer.c.amount))
        .where(transfer.c.community_id == community_id, which)
        .group_by(side)
    )
    return {key: int(total) for key, total in rows}


def _pending_sums(session: Session, community_id: int, side: str) -> dict[uuid.UUID, int]:
    """From the rows themselves: pending transfers that no post or void names."""
    resolving = transfer.alias()
    column = transfer.c[f"{side}_account_id"]
    unresolved = ~sa.exists().where(
        resolving.c.community_id == community_id, resolving.c.pending_id == transfer.c.id
    )
    return _sums(session, community_id, column, sa.and_(transfer.c.kind == "pending", unresolved))
