"""Where too few unrelated reviewers are left: the supervision group decides, as a panel in its own time."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.records.models import Record
from points.review.agenda import lay_on_table
from points.review.models import ReviewSession
from points.review.policy import FEWEST_JUDGES
from points.review.rolls import sitting_of
from points.review.sessions import CallSession, make_session, start

record = Record.__table__


def refer(
    session: Session, meeting: ReviewSession, record_ids: list[uuid.UUID], *, now: datetime
) -> uuid.UUID | None:
    """Puts items on the table of the supervision group; returns that session.

    Without at least two supervisors they come back to the next session: the bar is never lowered. What the supervision
    group could not decide either comes back in the same way.
    """
    if not record_ids or meeting.body == "supervision":
        return None
    sitting = sitting_of(session, meeting.community_id, "supervision", now=now)
    if len(sitting.judges) < FEWEST_JUDGES:
        return None
    command = CallSession(
        meeting.community_id, sitting.chair_id, f"refer:{meeting.id}", now, meeting.secrecy, "panel",
        len(sitting.judges),
    )  # fmt: skip
    panel = make_session(session, command, sitting, now=now, body="supervision")
    rows = session.execute(
        sa.select(record)
        .where(record.c.community_id == meeting.community_id, record.c.id.in_(record_ids))
        .order_by(record.c.id)
        .with_for_update()
    ).all()
    lay_on_table(session, panel, rows, None, now)
    start(session, panel, now=now, since=now)
    return panel.id
