"""Rows of a doubted decision under lock, always in the order objection, notice, record."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import NotFound
from points.notices.models import Notice, Objection
from points.records.events import write_event
from points.records.models import Record

record = Record.__table__


def lock_objection(session: Session, community_id: int, objection_id: uuid.UUID) -> Objection:
    """NotFound ``objection_not_found``, also for another community's."""
    found = session.scalar(
        sa.select(Objection)
        .where(Objection.community_id == community_id, Objection.id == objection_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("objection_not_found")
    return found


def lock_notice(session: Session, community_id: int, notice_id: uuid.UUID) -> Notice:
    """NotFound ``notice_not_found``, also for another community's."""
    return _locked_notice(session, community_id, Notice.id == notice_id)


def lock_notice_of(session: Session, community_id: int, record_id: uuid.UUID) -> Notice | None:
    """The notice of a record, if it has hung on the board."""
    try:
        return _locked_notice(session, community_id, Notice.record_id == record_id)
    except NotFound:
        return None


def _locked_notice(session: Session, community_id: int, which: sa.ColumnElement[bool]) -> Notice:
    notice = session.scalar(
        sa.select(Notice)
        .where(Notice.community_id == community_id, which)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if notice is None:
        raise NotFound("notice_not_found")
    return notice


def lock_record(session: Session, community_id: int, record_id: uuid.UUID) -> sa.Row:
    """NotFound ``record_not_found``, also for another community's."""
    found = session.execute(
        sa.select(record)
        .where(record.c.community_id == community_id, record.c.id == record_id)
        .with_for_update()
    ).one_or_none()
    if found is None:
        raise NotFound("record_not_found")
    return found


def set_record(
    session: Session, objection: Objection, state: str | None, event: str, actor_id: uuid.UUID | None, *,
    now: datetime, note: str = "",
) -> None:  # fmt: skip
    """A line of the record's history and, unless None, its new state."""
    if state is not None:
        session.execute(
            sa.update(record)
            .where(record.c.community_id == objection.community_id, record.c.id == objection.record_id)
            .values(state=state)
        )
    write_event(session, objection.community_id, objection.record_id, event, actor_id, now=now, note=note)
