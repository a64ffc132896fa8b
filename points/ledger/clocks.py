"""The clock of a pending award: the only thing about it that ever changes."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.ledger.accounts import lock_rows
from points.ledger.models import OpenPending, Transfer

transfer, open_pending = Transfer.__table__, OpenPending.__table__


def set_clock(session: Session, community_id: int, pending_id: uuid.UUID, posts_at: datetime | None) -> bool:
    """Stops (None) or starts the clock of a pending transfer; False when it has been resolved meanwhile.

    Under the locks of both accounts: whoever settles at the same moment has posted it before, or finds it stopped.
    """
    sides = session.execute(
        sa.select(transfer.c.debit_account_id, transfer.c.credit_account_id).where(
            transfer.c.community_id == community_id, transfer.c.id == pending_id
        )
    ).one()
    lock_rows(session, community_id, set(sides))
    moved = session.execute(
        sa.update(open_pending)
        .where(open_pending.c.community_id == community_id, open_pending.c.id == pending_id)
        .values(posts_at=posts_at)
    )
    return moved.rowcount == 1
