"""Photos that were uploaded for a report that never came."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.conduct.models import ConductEvidence
from points.records.models import Evidence, RecordEvidence

evidence, record_evidence = Evidence.__table__, RecordEvidence.__table__

# Long enough for a report begun in the evening and sent the next day.
KEPT = timedelta(days=1)
MOST_AT_ONCE = 500


@dataclass(frozen=True)
class DropOrphanEvidence:
    """The uploads of one community."""

    community_id: int


def drop_orphan_evidence(session: Session, command: DropOrphanEvidence, *, now: datetime) -> list[uuid.UUID]:
    """Forgets photos older than a day that no record and no case names; returns their ids, so that the files can go as well."""
    named = sa.or_(
        *(
            sa.exists().where(
                other.c.community_id == evidence.c.community_id, other.c.evidence_id == evidence.c.id
            )
            for other in (record_evidence, ConductEvidence.__table__)
        )
    )
    ids = list(
        session.scalars(
            sa.select(evidence.c.id)
            .where(
                evidence.c.community_id == command.community_id, evidence.c.uploaded_at < now - KEPT, ~named
            )
            .order_by(evidence.c.id)
            .limit(MOST_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
    )
    if ids:
        session.execute(
            sa.delete(evidence).where(evidence.c.community_id == command.community_id, evidence.c.id.in_(ids))
        )
    return ids


def known_evidence(session: Session, community_id: int, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these ids are photos of the community."""
    return set(
        session.scalars(
            sa.select(evidence.c.id).where(evidence.c.community_id == community_id, evidence.c.id.in_(ids))
        )
    )
