"""Sessions that nobody closed in time: whoever acts first afterwards closes them."""

from __future__ import annotations

from app import clock
from app.database import db
from app.transaction import transact
from points.review.closing import CloseSession, close_session
from points.review.overdue import overdue_sessions


def close_overdue_sessions(community_id: int) -> int:
    """Closes what is past its time, as the job would have; returns how many. One short read when nothing is."""
    overdue = overdue_sessions(db.session(), community_id, now=clock.now())
    for session_id in overdue:
        transact(close_session, CloseSession(community_id, None, session_id))
    return len(overdue)
