"""What somebody has beside points to spend: honour and minutes of service. Nothing of it ever leaves an account.

The conduct score is not a balance: deductions stop counting after a year (``points.conduct.queries.conduct_score``).
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.ledger.models import Account, OpenPending

account, open_pending = Account.__table__, OpenPending.__table__
KINDS = ("honour", "minutes")


@dataclass(frozen=True)
class Scores:
    """Balances in honour points and minutes."""

    honour: int = 0
    minutes: int = 0


_matured = (
    sa.select(sa.func.coalesce(sa.func.sum(open_pending.c.amount), 0))
    .where(
        open_pending.c.community_id == sa.bindparam("community"),
        open_pending.c.credit_account_id == account.c.id,
        open_pending.c.posts_at <= sa.bindparam("now"),
    )
    .scalar_subquery()
)
_scores = sa.select(
    account.c.kind, (account.c.credits_posted - account.c.debits_posted + _matured).label("balance")
).where(
    account.c.community_id == sa.bindparam("community"),
    account.c.kind.in_(KINDS),
    account.c.owner_id.in_(sa.bindparam("owners", expanding=True)),
)


def scores_of(
    session: Session, community_id: int, owner_ids: Collection[uuid.UUID], *, now: datetime
) -> Scores:
    """Scores of these owners together (a member and the household); what time has posted is counted."""
    sums = dict.fromkeys(KINDS, 0)
    keys = {"community": community_id, "owners": list(owner_ids), "now": now}
    for row in session.execute(_scores, keys):
        sums[row.kind] += int(row.balance)
    return Scores(**sums)
