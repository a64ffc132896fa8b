"""Which wallets hold points whose last day has passed: the list the nightly job works through."""

from __future__ import annotations

import uuid
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.ledger.models import Account, Lot

account, lot = Account.__table__, Lot.__table__


def wallets_with_lapsed_points(
    session: Session, community_id: int, *, today: date, limit: int = 500
) -> list[uuid.UUID]:
    """Open wallets with lots that ended before ``today``. Nobody can spend them meanwhile: every reader counts the days."""
    return list(
        session.scalars(
            sa.select(lot.c.account_id)
            .join(account, sa.and_(account.c.community_id == lot.c.community_id, account.c.id == lot.c.account_id))
            .where(lot.c.community_id == community_id, lot.c.points > 0, lot.c.expires_on < today,
                   account.c.closed_at.is_(None))
            .distinct()
            .order_by(lot.c.account_id)
            .limit(limit)
        )
    )  # fmt: skip
