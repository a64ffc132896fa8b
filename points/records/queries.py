"""Reading records with everything that belongs to them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import NotFound
from points.notices.models import Notice
from points.people.models import Household, Member
from points.records.models import Evidence, Record, RecordEvent, RecordEvidence
from points.records.policy import state_at
from points.rules.models import RuleItem, RuleVersion

record, event, evidence, record_evidence = (
    Record.__table__, RecordEvent.__table__, Evidence.__table__, RecordEvidence.__table__,
)  # fmt: skip
member, household, rule, version, notice = (
    Member.__table__, Household.__table__, RuleItem.__table__, RuleVersion.__table__, Notice.__table__,
)  # fmt: skip
reporter = member.alias("reporter")


@dataclass(frozen=True)
class RecordLine:
    """A record as a list shows it. ``points`` is the award once decided, else what the rule's default promises.

    The record of a deduction (``score`` conduct) is in no list but an agenda, and nameless there (``NAMELESS``).
    """

    id: uuid.UUID
    rule_code: str
    rule_zh: str
    rule_en: str
    category_zh: str
    category_en: str
    score: str
    rule_version: int
    household_id: uuid.UUID | None
    household_number: str
    member_id: uuid.UUID | None
    member_name: str | None
    reporter_id: uuid.UUID | None
    reporter_name: str
    done_on: date
    quantity: int
    expected_points: int
    points: int
    is_decided: bool
    note: str
    state: str
    filed_at: datetime
    ends_at: datetime | None
    notice_id: uuid.UUID | None


@dataclass(frozen=True)
class EventLine:
    """One line of a record's history."""

    event: str
    note: str
    happened_at: datetime
    actor: str | None


@dataclass(frozen=True)
class PhotoView:
    """A photo of a record; pixels."""

    id: uuid.UUID
    width: int
    height: int


@dataclass(frozen=True)
class RecordDetail:
    """A record with its history and photos."""

    line: RecordLine
    events: tuple[EventLine, ...]
    photos: tuple[PhotoView, ...]


def _join(other: sa.FromClause, column: sa.Column) -> sa.ColumnElement[bool]:
    return sa.and_(other.c.community_id == record.c.community_id, other.c.id == column)


_lines = (
    sa.select(
        record, rule.c.name_zh, rule.c.name_en, rule.c.category_zh, rule.c.category_en, rule.c.score,
        version.c.number.label("version_number"), household.c.number, member.c.name.label("member_name"),
        reporter.c.name.label("reporter_name"), notice.c.id.label("notice_id"), notice.c.ends_at,
        notice.c.points.label("awarded"),
    )
    .join(rule, _join(rule, record.c.rule_item_id))
    .join(version, sa.and_(version.c.community_id == rule.c.community_id, version.c.id == rule.c.version_id))
    .join(household, _join(household, record.c.household_id))
    .join(reporter, _join(reporter, record.c.reporter_id))
    .outerjoin(member, _join(member, record.c.member_id))
    .outerjoin(notice, sa.and_(notice.c.community_id == record.c.community_id, notice.c.record_id == record.c.id))
)  # fmt: skip


# Nobody's name goes with a deduction: whoever reads the record of one reads that there is one. The case knows whose.
NAMELESS = {
    "household_id": None, "household_number": "", "member_id": None, "member_name": None, "reporter_id": None,
    "reporter_name": "", "note": "",
}  # fmt: skip
_open_to_readers = rule.c.score != "conduct"


def _line(row: sa.Row, now: datetime) -> RecordLine:
    line = RecordLine(
        id=row.id, rule_code=row.rule_code, rule_zh=row.name_zh, rule_en=row.name_en, category_zh=row.category_zh,
        category_en=row.category_en, score=row.score, rule_version=row.version_number, household_id=row.household_id,
        household_number=row.number, member_id=row.member_id, member_name=row.member_name,
        reporter_id=row.reporter_id, reporter_name=row.reporter_name, done_on=row.done_on, quantity=row.quantity,
        expected_points=row.expected_points,
        points=row.expected_points if row.awarded is None else row.awarded, is_decided=row.awarded is not None,
        note=row.note, state=state_at(row.state, row.ends_at, now), filed_at=row.filed_at, ends_at=row.ends_at,
        notice_id=row.notice_id,
    )  # fmt: skip
    return replace(line, **NAMELESS) if row.score == "conduct" else line


def _page(
    session: Session, where: list, now: datetime, before: uuid.UUID | None, limit: int
) -> list[RecordLine]:
    query = _lines.where(*where, _open_to_readers)
    if before is not None:
        query = query.where(record.c.id < before)
    return [_line(row, now) for row in session.execute(query.order_by(record.c.id.desc()).limit(limit))]


def records_of_household(
    session: Session, community_id: int, household_id: uuid.UUID, *, now: datetime, before: uuid.UUID | None = None,
    limit: int = 20,
) -> list[RecordLine]:  # fmt: skip
    """Records of a household, newest first, below ``before``."""
    where = [record.c.community_id == community_id, record.c.household_id == household_id]
    return _page(session, where, now, before, limit)


# What somebody has yet to do or wait for; a notice that has run out is no longer on its way.
MOVING = ("submitted", "on_agenda", "decided", "returned", "objected", "on_notice")


def moving_records_of_household(
    session: Session, community_id: int, household_id: uuid.UUID, *, now: datetime, limit: int = 20
) -> list[RecordLine]:
    """Records of a household that are still on their way to the ledger, newest first."""
    where = [
        record.c.community_id == community_id,
        record.c.household_id == household_id,
        record.c.state.in_(MOVING),
        sa.or_(record.c.state != "on_notice", notice.c.ends_at > now),
    ]
    return _page(session, where, now, None, limit)


def records_by_reporter(
    session: Session, community_id: int, reporter_id: uuid.UUID, *, now: datetime, before: uuid.UUID | None = None,
    limit: int = 20,
) -> list[RecordLine]:  # fmt: skip
    """What somebody reported, newest first."""
    where = [record.c.community_id == community_id, record.c.reporter_id == reporter_id]
    return _page(session, where, now, before, limit)


def records_in_state(
    session: Session, community_id: int, states: Sequence[str], *, now: datetime, before: uuid.UUID | None = None,
    limit: int = 50,
) -> list[RecordLine]:  # fmt: skip
    """All records in these states, newest first."""
    where = [record.c.community_id == community_id, record.c.state.in_(states)]
    return _page(session, where, now, before, limit)


def records_by_id(
    session: Session, community_id: int, ids: Sequence[uuid.UUID], *, now: datetime
) -> dict[uuid.UUID, RecordLine]:
    """Lines by id."""
    if not ids:
        return {}
    rows = session.execute(_lines.where(record.c.community_id == community_id, record.c.id.in_(ids)))
    return {row.id: _line(row, now) for row in rows}


def record_detail(
    session: Session, community_id: int, record_id: uuid.UUID, *, now: datetime
) -> RecordDetail:
    """One record with its history. NotFound ``record_not_found``, also for that of a deduction (``points.conduct`` shows
    the case to those concerned); who may see it is the caller's to ask."""
    row = session.execute(
        _lines.where(record.c.community_id == community_id, record.c.id == record_id, _open_to_readers)
    ).one_or_none()
    if row is None:
        raise NotFound("record_not_found")
    events = session.execute(
        sa.select(event, member.c.name)
        .outerjoin(
            member, sa.and_(member.c.community_id == event.c.community_id, member.c.id == event.c.actor_id)
        )
        .where(event.c.community_id == community_id, event.c.record_id == record_id)
        .order_by(event.c.id)
    )
    return RecordDetail(
        _line(row, now),
        tuple(EventLine(line.event, line.note, line.happened_at, line.name) for line in events),
        tuple(photos_of(session, community_id, [record_id]).get(record_id, ())),
    )


def photos_of(
    session: Session, community_id: int, record_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[PhotoView]]:
    """Photos by record."""
    found: dict[uuid.UUID, list[PhotoView]] = {}
    if not record_ids:
        return found
    rows = session.execute(
        sa.select(record_evidence.c.record_id, evidence.c.id, evidence.c.width, evidence.c.height)
        .join(evidence, sa.and_(evidence.c.community_id == record_evidence.c.community_id,
                                evidence.c.id == record_evidence.c.evidence_id))
        .where(record_evidence.c.community_id == community_id, record_evidence.c.record_id.in_(record_ids))
        .order_by(evidence.c.id)
    )  # fmt: skip
    for row in rows:
        found.setdefault(row.record_id, []).append(PhotoView(row.id, row.width, row.height))
    return found


@dataclass(frozen=True)
class PhotoOwner:
    """What decides who may look at a photo: the uploader, and the households of its records."""

    uploader_id: uuid.UUID
    household_ids: frozenset[uuid.UUID]
    record_ids: tuple[uuid.UUID, ...]


def owner_of_photo(session: Session, community_id: int, evidence_id: uuid.UUID) -> PhotoOwner:
    """NotFound ``evidence_not_found``, also for another community's photo."""
    uploader = session.scalar(
        sa.select(evidence.c.uploader_id).where(
            evidence.c.community_id == community_id, evidence.c.id == evidence_id
        )
    )
    if uploader is None:
        raise NotFound("evidence_not_found")
    rows = session.execute(
        sa.select(record.c.id, record.c.household_id)
        .join(record_evidence, sa.and_(record_evidence.c.community_id == record.c.community_id,
                                       record_evidence.c.record_id == record.c.id))
        .where(record.c.community_id == community_id, record_evidence.c.evidence_id == evidence_id)
    ).all()  # fmt: skip
    return PhotoOwner(uploader, frozenset(row.household_id for row in rows), tuple(row.id for row in rows))
