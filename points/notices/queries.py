"""Reading the board and the objections."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import NotFound
from points.notices.models import Notice, Objection
from points.people.models import Member

notice, objection, member = Notice.__table__, Objection.__table__, Member.__table__

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


@dataclass(frozen=True)
class ObjectionView:
    """An objection with the notice it is about; ``objector`` is for the supervisor's eyes only."""

    id: uuid.UUID
    notice: NoticeView
    reason: str
    state: str
    filed_at: datetime
    objector: str
    answered_at: datetime | None
    answer: str | None
    answered_by: str | None


_COPIED = tuple(name for name in NoticeView.__dataclass_fields__ if name not in ("state", "days_left"))


def _view(row: sa.Row, now: datetime) -> NoticeView:
    over = row.state == "on_notice" and row.ends_at <= now
    left = row.ends_at - now if row.state == "on_notice" and not over else timedelta()
    days = -(-int(left.total_seconds()) // 86400)
    return NoticeView(
        **{name: getattr(row, name) for name in _COPIED},
        state="posted" if over else row.state,
        days_left=days,
    )


def board(
    session: Session, community_id: int, *, now: datetime, before: tuple[datetime, uuid.UUID] | None = None,
    limit: int = 50, days: int = BOARD_DAYS, show: str | None = None,
) -> list[NoticeView]:  # fmt: skip
    """Notices of the last ``days`` days, newest first; one statement, by key.

    ``show``: "running" for what can still be objected to or is objected, "over" for what is posted or voided.
    """
    query = sa.select(notice).where(
        notice.c.community_id == community_id, notice.c.published_at > now - timedelta(days=days)
    )
    if show == "running":
        query = query.where(sa.or_(notice.c.ends_at > now, notice.c.state == "objected"))
    elif show == "over":
        query = query.where(sa.or_(notice.c.ends_at <= now, notice.c.state == "voided"))
    if before is not None:
        moment, last = before
        query = query.where(
            sa.or_(
                notice.c.published_at < moment, sa.and_(notice.c.published_at == moment, notice.c.id < last)
            )
        )
    rows = session.execute(query.order_by(notice.c.published_at.desc(), notice.c.id.desc()).limit(limit))
    return [_view(row, now) for row in rows]


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


def objections(
    session: Session, community_id: int, *, now: datetime, state: str | None = None, notice_id: uuid.UUID | None = None,
    objection_id: uuid.UUID | None = None, limit: int = 100,
) -> list[ObjectionView]:  # fmt: skip
    """Objections, newest first, by state or notice."""
    objector, answerer = member.alias("objector"), member.alias("answerer")
    query = (
        sa.select(
            notice, objection.c.id.label("objection_id"), objection.c.reason, objection.c.state.label("answer_state"),
            objection.c.filed_at, objection.c.answered_at, objection.c.answer, objector.c.name.label("objector"),
            answerer.c.name.label("answerer"),
        )
        .join(notice, sa.and_(notice.c.community_id == objection.c.community_id, notice.c.id == objection.c.notice_id))
        .join(objector, sa.and_(objector.c.community_id == objection.c.community_id,
                                objector.c.id == objection.c.objector_id))
        .outerjoin(answerer, sa.and_(answerer.c.community_id == objection.c.community_id,
                                     answerer.c.id == objection.c.answered_by))
        .where(objection.c.community_id == community_id)
    )  # fmt: skip
    for column, wanted in ((objection.c.state, state), (objection.c.notice_id, notice_id),
                           (objection.c.id, objection_id)):  # fmt: skip
        if wanted is not None:
            query = query.where(column == wanted)
    rows = session.execute(query.order_by(objection.c.id.desc()).limit(limit))
    return [
        ObjectionView(
            row.objection_id, _view(row, now), row.reason, row.answer_state, row.filed_at, row.objector,
            row.answered_at, row.answer, row.answerer,
        )
        for row in rows
    ]  # fmt: skip


def objection_by_id(
    session: Session, community_id: int, objection_id: uuid.UUID, *, now: datetime
) -> ObjectionView:
    """One objection. NotFound ``objection_not_found``."""
    found = objections(session, community_id, now=now, objection_id=objection_id)
    if not found:
        raise NotFound("objection_not_found")
    return found[0]


@dataclass(frozen=True)
class AnswerView:
    """What became of an objection, as everybody may read it: without the objector and the objector's words."""

    state: str
    filed_at: datetime
    answered_at: datetime | None
    answer: str | None


def answers_about(session: Session, community_id: int, notice_id: uuid.UUID) -> list[AnswerView]:
    """The objections to one notice and their answers, oldest first."""
    rows = session.execute(
        sa.select(objection.c.state, objection.c.filed_at, objection.c.answered_at, objection.c.answer)
        .where(objection.c.community_id == community_id, objection.c.notice_id == notice_id)
        .order_by(objection.c.id)
    )
    return [AnswerView(*row) for row in rows]


@dataclass(frozen=True)
class OwnObjection:
    """Whose business an objection is beside the supervisor's."""

    objector_id: uuid.UUID
    household_id: uuid.UUID


def concerned_by(session: Session, community_id: int, objection_id: uuid.UUID) -> OwnObjection:
    """The objector, and the household whose award is doubted. NotFound ``objection_not_found``."""
    row = session.execute(
        sa.select(objection.c.objector_id, notice.c.household_id)
        .join(notice, sa.and_(notice.c.community_id == objection.c.community_id, notice.c.id == objection.c.notice_id))
        .where(objection.c.community_id == community_id, objection.c.id == objection_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound("objection_not_found")
    return OwnObjection(row.objector_id, row.household_id)
