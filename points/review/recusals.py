"""Who stands aside while something is being decided."""

from __future__ import annotations

import uuid
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.review.models import AgendaItem, Recusal, ReviewSession

item, recusal, meeting = AgendaItem.__table__, Recusal.__table__, ReviewSession.__table__


def stands_aside(
    session: Session, community_id: int, record_ids: Collection[uuid.UUID], member_id: uuid.UUID
) -> bool:
    """True when one of the records lies on the table of an open session and the member is recused from it."""
    if not record_ids:
        return False
    found = session.execute(
        sa.select(recusal.c.id)
        .join(item, sa.and_(item.c.community_id == recusal.c.community_id, item.c.id == recusal.c.item_id))
        .join(meeting, sa.and_(meeting.c.community_id == item.c.community_id, meeting.c.id == item.c.session_id))
        .where(
            recusal.c.community_id == community_id, recusal.c.member_id == member_id,
            item.c.record_id.in_(record_ids), meeting.c.state == "open",
        )
        .limit(1)
    ).one_or_none()  # fmt: skip
    return found is not None


def related_households(
    session: Session, community_id: int, judges: Collection[uuid.UUID], households: Collection[uuid.UUID]
) -> dict[tuple[uuid.UUID, uuid.UUID], str]:
    """(judge, household) -> how the judge is related to somebody who lives there."""
    return {}
