"""Sessions whose time is over and that nobody has closed."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.review.models import ReviewSession

meeting = ReviewSession.__table__


def overdue_sessions(session: Session, community_id: int, *, now: datetime) -> list[uuid.UUID]:
    """Open sessions past their end; ``close_session`` without an actor counts them as of that end."""
    return list(
        session.scalars(
            sa.select(meeting.c.id)
            .where(
                meeting.c.community_id == community_id, meeting.c.state == "open", meeting.c.closes_at <= now
            )
            .order_by(meeting.c.id)
        )
    )
