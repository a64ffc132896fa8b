"""How an item was decided, in numbers only: what the public may read."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import NotFound
from points.review.models import AgendaItem, ReviewSession

item, meeting = AgendaItem.__table__, ReviewSession.__table__


@dataclass(frozen=True)
class DecisionView:
    """A decided item without a single name. ``second_level_at``: when the supervisor confirmed, where that was needed."""

    session_id: uuid.UUID
    held_at: datetime
    secrecy: str
    outcome: str
    points: int | None
    present: int
    quorum: int
    recused: int
    decided_at: datetime
    second_level_at: datetime | None


def decision_of(session: Session, community_id: int, item_id: uuid.UUID) -> DecisionView:
    """One decision. NotFound ``item_not_found``, also while nothing is decided."""
    row = session.execute(
        sa.select(
            item.c.session_id, meeting.c.scheduled_for.label("held_at"), meeting.c.secrecy, item.c.outcome,
            item.c.points, item.c.present, item.c.quorum, item.c.recused, item.c.decided_at, item.c.second_level_at,
        )
        .join(meeting, sa.and_(meeting.c.community_id == item.c.community_id, meeting.c.id == item.c.session_id))
        .where(item.c.community_id == community_id, item.c.id == item_id, item.c.outcome.is_not(None))
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound("item_not_found")
    return DecisionView(**row._mapping)
