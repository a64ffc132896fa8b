"""A session under its lock, and the two questions every step asks first: whose is it, and is it open."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import Conflict, NotAllowed, NotFound
from points.review.models import ReviewSession


def lock_session(session: Session, community_id: int, session_id: uuid.UUID) -> ReviewSession:
    """The session under lock, freshly read. NotFound ``session_not_found``."""
    meeting = session.scalar(
        sa.select(ReviewSession)
        .where(ReviewSession.community_id == community_id, ReviewSession.id == session_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if meeting is None:
        raise NotFound("session_not_found")
    return meeting


def require_chair(meeting: ReviewSession, actor_id: uuid.UUID) -> None:
    """NotAllowed ``not_chair``."""
    if meeting.chair_id != actor_id:
        raise NotAllowed("not_chair")


def require_open(meeting: ReviewSession, now: datetime) -> None:
    """Open, and its time not over: a session closes at its time even if no job runs."""
    if meeting.state == "scheduled":
        raise Conflict("session_not_open")
    if meeting.state == "closed" or meeting.closes_at <= now:
        raise Conflict("session_closed")
