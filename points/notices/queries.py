"""Reading the board and the objections."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
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
            for column in (notice.c.id, notice.c.state, notice.c.ends_at)
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
