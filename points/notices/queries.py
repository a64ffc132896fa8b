"""Reading the board, and the objections and appeals."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import NotFound
from points.notices.models import Notice, Objection
from points.notices.policy import answer_by, is_overdue
from points.people.models import Household, Member
from points.people.names import mask_name
from points.records.models import Record
from points.rules.models import RuleItem

notice, objection, member, household = (
    Notice.__table__, Objection.__table__, Member.__table__, Household.__table__,
)  # fmt: skip
record, rule = Record.__table__, RuleItem.__table__

# Ended notices stay on the board this long, so that "what became of it" can be read there as well.
BOARD_DAYS = 30


@dataclass(frozen=True)
class NoticeView:
    """A line of the board. ``state``: on_notice, objected, voided, or posted once its time is over."""

    id: uuid.UUID
    record_id: uuid.UUID
    item_id: uuid.UUID
    transfer_id: uuid.UUID | None
    household_id: uuid.UUID
    masked_name: str
    score: str
    points: int
    rule_code: str
    rule_version: int
    rule_zh: str
    rule_en: str
    done_on: date
    votes_for: int
    votes_against: int
    votes_abstained: int
    by_consent: bool
    state: str
    published_at: datetime
    ends_at: datetime | None
    days_left: int


_COPIED = tuple(name for name in NoticeView.__dataclass_fields__ if name not in ("state", "days_left"))


def _now(row: sa.Row, now: datetime) -> tuple[str, int]:
    """State and days left: time alone turns a running notice into a posted one."""
    if row.state != "on_notice":
        return row.state, 0
    seconds = int((row.ends_at - now).total_seconds())
    return ("posted", 0) if row.ends_at <= now else ("on_notice", -(-seconds // 86400))


def _view(row: sa.Row, now: datetime) -> NoticeView:
    state, days_left = _now(row, now)
    return NoticeView(**{name: getattr(row, name) for name in _COPIED}, state=state, days_left=days_left)


_LATEST = (notice.c.published_at.desc(), notice.c.id.desc())
_since = sa.and_(
    notice.c.community_id == sa.bindparam("community"), notice.c.published_at > sa.bindparam("since")
)
_below = sa.or_(
    notice.c.published_at < sa.bindparam("moment"),
    sa.and_(notice.c.published_at == sa.bindparam("moment"), notice.c.id < sa.bindparam("last")),
)
_which = {
    None: sa.true(),
    "running": sa.or_(notice.c.ends_at > sa.bindparam("now"), notice.c.state == "objected"),
    "over": sa.or_(notice.c.ends_at <= sa.bindparam("now"), notice.c.state == "voided"),
}


def _pages(columns: sa.Select) -> dict[tuple[str | None, bool], sa.Select]:
    """The statement of each kind of page, built once: building one takes longer than running it."""
    return {
        (show, goes_on): columns.where(_since, which, _below if goes_on else sa.true())
        .order_by(*_LATEST)
        .limit(sa.bindparam("limit"))
        for show, which in _which.items()
        for goes_on in (False, True)
    }


_full_pages = _pages(sa.select(notice))
# As the driver gives them: they are only compared.
_mark_pages = _pages(
    sa.select(
        *(
            sa.type_coerce(column, sa.types.NULLTYPE)
            for column in (notice.c.id, notice.c.state, notice.c.ends_at, notice.c.points)
        )
    )
)


def _page(
    session: Session, pages: dict[tuple[str | None, bool], sa.Select], community_id: int, now: datetime,
    before: tuple[datetime, uuid.UUID] | None, limit: int, days: int, show: str | None,
) -> sa.Result:  # fmt: skip
    values = {"community": community_id, "since": now - timedelta(days=days), "limit": limit}
    if before is not None:
        values["moment"], values["last"] = before
    if show is not None:
        values["now"] = now
    return session.execute(pages[show, before is not None], values)


def board(
    session: Session, community_id: int, *, now: datetime, before: tuple[datetime, uuid.UUID] | None = None,
    limit: int = 50, days: int = BOARD_DAYS, show: str | None = None,
) -> list[NoticeView]:  # fmt: skip
    """Notices of the last ``days`` days, newest first; one statement, by key.

    ``show``: "running" for what can still be objected to or is objected, "over" for what is posted or voided.
    """
    rows = _page(session, _full_pages, community_id, now, before, limit, days, show)
    return [_view(row, now) for row in rows]


Marks = tuple[sa.Row, ...]


def board_marks(
    session: Session, community_id: int, *, now: datetime, before: tuple[datetime, uuid.UUID] | None = None,
    limit: int = 50, show: str | None = None,
) -> Marks:  # fmt: skip
    """What can change about a page of ``board``, cheap to read: pages with equal marks are equal until ``next_change``."""
    return tuple(_page(session, _mark_pages, community_id, now, before, limit, BOARD_DAYS, show))


def next_change(found: Sequence[NoticeView], now: datetime) -> datetime:
    """When time alone will change one of these: a day less, or the end. At the latest in a day."""
    soon = now + timedelta(days=1)
    running = (line for line in found if line.state == "on_notice" and line.ends_at is not None)
    # Days are counted in whole seconds.
    ends = (line.ends_at - timedelta(days=line.days_left - 1, seconds=1) for line in running)
    return min([soon, *ends])


def notice_by_id(session: Session, community_id: int, notice_id: uuid.UUID, *, now: datetime) -> NoticeView:
    """One notice. NotFound ``notice_not_found``, also for another community's."""
    row = session.execute(
        sa.select(notice).where(notice.c.community_id == community_id, notice.c.id == notice_id)
    ).one_or_none()
    if row is None:
        raise NotFound("notice_not_found")
    return _view(row, now)


def notices_of_records(
    session: Session, community_id: int, record_ids: list[uuid.UUID], *, now: datetime
) -> dict[uuid.UUID, NoticeView]:
    """Notices by record."""
    if not record_ids:
        return {}
    rows = session.execute(
        sa.select(notice).where(notice.c.community_id == community_id, notice.c.record_id.in_(record_ids))
    )
    return {row.record_id: _view(row, now) for row in rows}


@dataclass(frozen=True)
class WaitingAnswer:
    """An answer that counts once a second person confirms it: for the eyes of those who may."""

    answer: str
    points_after: int | None
    written_by: uuid.UUID
    writer: str


@dataclass(frozen=True)
class ObjectionView:
    """An objection or appeal with what it is about; ``objector`` and ``waiting`` are for the answerers' eyes only.

    ``points_before`` and ``points_after`` (None: unchanged, 0: void), ``shortfall``: points that were spent already.
    """

    id: uuid.UUID
    kind: str
    record_id: uuid.UUID
    household_id: uuid.UUID
    masked_name: str
    rule_code: str
    rule_zh: str
    rule_en: str
    done_on: date
    notice: NoticeView | None
    objector_id: uuid.UUID
    objector: str
    reason: str
    state: str
    filed_at: datetime
    answer_by: datetime
    is_overdue: bool
    points_before: int
    points_after: int | None
    shortfall: int
    answer: str | None
    answered_at: datetime | None
    answered_by: str | None
    confirmed_by: str | None
    version: int
    waiting: WaitingAnswer | None


def _same(other: sa.FromClause, column: sa.Column) -> sa.ColumnElement[bool]:
    return sa.and_(other.c.community_id == column.table.c.community_id, other.c.id == column)


_objector, _writer, _second = member.alias("objector"), member.alias("writer"), member.alias("second")
_about = (
    sa.select(
        objection, record.c.household_id, record.c.done_on, record.c.rule_code, rule.c.name_zh, rule.c.name_en,
        household.c.number, member.c.name, _objector.c.name.label("objector"), _writer.c.name.label("writer"),
        _second.c.name.label("second"),
    )
    .join(record, _same(record, objection.c.record_id))
    .join(rule, _same(rule, record.c.rule_item_id))
    .join(household, _same(household, record.c.household_id))
    .join(_objector, _same(_objector, objection.c.objector_id))
    .outerjoin(member, _same(member, record.c.member_id))
    .outerjoin(_writer, _same(_writer, objection.c.answered_by))
    .outerjoin(_second, _same(_second, objection.c.confirmed_by))
)  # fmt: skip


def objections(
    session: Session, community_id: int, *, now: datetime, is_open: bool | None = None,
    objection_id: uuid.UUID | None = None, before: uuid.UUID | None = None, limit: int = 100,
) -> list[ObjectionView]:  # fmt: skip
    """Objections and appeals, newest first, from the one after ``before``; two statements."""
    query = _about.where(objection.c.community_id == community_id)
    if is_open is not None:
        query = query.where((objection.c.state == "open") if is_open else (objection.c.state != "open"))
    if objection_id is not None:
        query = query.where(objection.c.id == objection_id)
    if before is not None:
        query = query.where(objection.c.id < before)
    rows = session.execute(query.order_by(objection.c.id.desc()).limit(limit)).all()
    notices = notices_of_records(session, community_id, [row.record_id for row in rows], now=now)
    return [_objection(row, notices.get(row.record_id), now) for row in rows]


def _objection(row: sa.Row, about: NoticeView | None, now: datetime) -> ObjectionView:
    is_open = row.state == "open"
    waits = is_open and row.version > 0
    return ObjectionView(
        id=row.id, kind=row.kind, record_id=row.record_id, household_id=row.household_id,
        masked_name=mask_name(row.name) if row.name else f"{row.number}户", rule_code=row.rule_code,
        rule_zh=row.name_zh, rule_en=row.name_en, done_on=row.done_on, notice=about, objector_id=row.objector_id,
        objector=row.objector, reason=row.reason, state=row.state, filed_at=row.filed_at,
        answer_by=answer_by(row.filed_at), is_overdue=is_overdue(row.filed_at, row.answered_at, now),
        points_before=row.points_before, points_after=None if is_open else row.points_after,
        shortfall=row.shortfall, answer=None if is_open else row.answer, answered_at=row.answered_at,
        answered_by=None if is_open else row.writer, confirmed_by=row.second, version=row.version,
        waiting=WaitingAnswer(row.answer, row.points_after, row.answered_by, row.writer) if waits else None,
    )  # fmt: skip


def objection_by_id(
    session: Session, community_id: int, objection_id: uuid.UUID, *, now: datetime
) -> ObjectionView:
    """One objection or appeal. NotFound ``objection_not_found``."""
    found = objections(session, community_id, now=now, objection_id=objection_id)
    if not found:
        raise NotFound("objection_not_found")
    return found[0]


@dataclass(frozen=True)
class AnswerView:
    """What became of an objection or appeal, as everybody may read it: without who doubted, and in which words."""

    id: uuid.UUID
    kind: str
    state: str
    filed_at: datetime
    answer_by: datetime
    is_overdue: bool
    answered_at: datetime | None
    answer: str | None
    points_before: int
    points_after: int | None
    shortfall: int


def answers_about(
    session: Session, community_id: int, record_id: uuid.UUID, *, now: datetime
) -> list[AnswerView]:
    """The objections and appeals about one record and their answers, oldest first."""
    rows = session.execute(
        sa.select(objection)
        .where(objection.c.community_id == community_id, objection.c.record_id == record_id)
        .order_by(objection.c.id)
    )
    return [
        AnswerView(
            row.id, row.kind, row.state, row.filed_at, answer_by(row.filed_at),
            is_overdue(row.filed_at, row.answered_at, now), row.answered_at,
            row.answer if row.answered_at else None, row.points_before,
            row.points_after if row.answered_at else None, row.shortfall,
        )
        for row in rows
    ]  # fmt: skip
