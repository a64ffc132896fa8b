"""The history of a record: one line for each thing that happened, never changed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.records.models import RecordEvent


def write_event(
    session: Session,
    community_id: int,
    record_id: uuid.UUID,
    event: str,
    actor_id: uuid.UUID | None,
    *,
    now: datetime,
    note: str = "",
) -> None:
    """One line for one record."""
    write_events(session, community_id, [record_id], event, actor_id, now=now, note=note)


def write_events(
    session: Session,
    community_id: int,
    record_ids: Sequence[uuid.UUID],
    event: str,
    actor_id: uuid.UUID | None,
    *,
    now: datetime,
    note: str = "",
) -> None:
    """The same line for many records, in one statement."""
    common = {
        "community_id": community_id,
        "event": event,
        "actor_id": actor_id,
        "note": note,
        "happened_at": now,
    }
    session.execute(
        sa.insert(RecordEvent.__table__),
        [common | {"id": new_id(), "record_id": record_id} for record_id in record_ids],
    )
