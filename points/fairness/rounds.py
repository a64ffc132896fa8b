"""Reading re-checks: what there is to draw from, the rounds, and the visits."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.days import period_of
from points.errors import NotFound
from points.fairness.models import FINDINGS, Recheck, RecheckRound
from points.fairness.seeds import start_of
from points.notices.models import Notice
from points.people.models import Member
from points.records.queries import RecordLine, records_by_id

notice, round_table, recheck, member = (
    Notice.__table__, RecheckRound.__table__, Recheck.__table__, Member.__table__,
)  # fmt: skip

MOST_ROUNDS = 24


@dataclass(frozen=True)
class Posted:
    """An award posted by time in a month: its public notice, and the record behind it."""

    notice_id: uuid.UUID
    record_id: uuid.UUID


@dataclass(frozen=True)
class RoundView:
    """A round with its outcomes in numbers: all of it may be public."""

    id: uuid.UUID
    month: date
    seed: str
    source: str
    size: int
    count: int
    list_sha256: str
    drawn_at: datetime
    open: int
    found_right: int
    found_wrong: int
    not_found: int


@dataclass(frozen=True)
class RecheckView:
    """A visit to make or made, for the supervisor; ``number``: its place in the month's list."""

    id: uuid.UUID
    month: date
    number: int
    state: str
    record: RecordLine
    drawn_at: datetime
    visited_on: date | None
    visited_by: str | None
    contact: str
    words: str


def month_before(day: date, back: int = 1) -> date:
    """First day of the month ``back`` months before the one around ``day``."""
    first = period_of(day, "month")[0]
    for _ in range(back):
        first = period_of(first - timedelta(days=1), "month")[0]
    return first


def end_of(month: date) -> date:
    """First day after a month."""
    return period_of(month, "month")[1] + timedelta(days=1)


def _ended_in(month: date, zone: str) -> sa.ColumnElement[bool]:
    """By then nobody can object any more, and the points are there."""
    return sa.and_(
        notice.c.state == "on_notice",
        notice.c.ends_at >= start_of(month, zone),
        notice.c.ends_at < start_of(end_of(month), zone),
    )


def posted_in(session: Session, community_id: int, month: date, *, zone: str) -> list[Posted]:
    """The awards whose notice ended in a month, in the order of the list: by the text of the notice's id."""
    rows = session.execute(
        sa.select(notice.c.id, notice.c.record_id).where(
            notice.c.community_id == community_id, _ended_in(month, zone)
        )
    )
    return sorted((Posted(row.id, row.record_id) for row in rows), key=lambda one: str(one.notice_id))


def counts_posted_in(session: Session, community_id: int, months: Sequence[date], *, zone: str) -> list[int]:
    """How many awards each month's list has, in one statement."""
    sums = [
        sa.func.coalesce(sa.func.sum(sa.case((_ended_in(month, zone), 1), else_=0)), 0) for month in months
    ]
    row = session.execute(
        sa.select(*sums).select_from(notice).where(notice.c.community_id == community_id)
    ).one()
    return [int(count) for count in row]


def rounds(
    session: Session, community_id: int, *, month: date | None = None, limit: int = MOST_ROUNDS
) -> list[RoundView]:
    """Rounds, the newest month first, each with its outcomes."""
    states = [
        sa.func.sum(sa.case((recheck.c.state == state, 1), else_=0)).label(state)
        for state in ("open", *FINDINGS)
    ]
    columns = [
        getattr(round_table.c, name) for name in RoundView.__dataclass_fields__ if name in round_table.c
    ]
    query = (
        sa.select(*columns, *states)
        .join(recheck, sa.and_(recheck.c.community_id == round_table.c.community_id,
                               recheck.c.round_id == round_table.c.id))
        .where(round_table.c.community_id == community_id)
        .group_by(*columns)
        .order_by(round_table.c.month.desc())
        .limit(limit)
    )  # fmt: skip
    if month is not None:
        query = query.where(round_table.c.month == month)
    return [RoundView(**row._mapping) for row in session.execute(query)]


def round_of(session: Session, community_id: int, month: date) -> RoundView:
    """The round of a month. NotFound ``round_not_found``."""
    found = rounds(session, community_id, month=month)
    if not found:
        raise NotFound("round_not_found")
    return found[0]


def rechecks(
    session: Session, community_id: int, *, now: datetime, is_open: bool | None = None,
    recheck_id: uuid.UUID | None = None, limit: int = 100,
) -> list[RecheckView]:  # fmt: skip
    """Visits, the newest month first, in the order of the list; ``is_open``: only those to make, or only those made."""
    query = (
        sa.select(recheck, round_table.c.month, round_table.c.drawn_at, member.c.name)
        .join(round_table, sa.and_(round_table.c.community_id == recheck.c.community_id,
                                   round_table.c.id == recheck.c.round_id))
        .outerjoin(member, sa.and_(member.c.community_id == recheck.c.community_id,
                                   member.c.id == recheck.c.visited_by))
        .where(recheck.c.community_id == community_id)
    )  # fmt: skip
    if is_open is not None:
        query = query.where((recheck.c.state == "open") == is_open)
    if recheck_id is not None:
        query = query.where(recheck.c.id == recheck_id)
    rows = session.execute(query.order_by(round_table.c.month.desc(), recheck.c.number).limit(limit)).all()
    records = records_by_id(session, community_id, [row.record_id for row in rows], now=now)
    return [
        RecheckView(row.id, row.month, row.number, row.state, records[row.record_id], row.drawn_at, row.visited_on,
                    row.name, row.contact, row.words)
        for row in rows
    ]  # fmt: skip


def recheck_by_id(
    session: Session, community_id: int, recheck_id: uuid.UUID, *, now: datetime
) -> RecheckView:
    """One visit. NotFound ``recheck_not_found``, also for another community's."""
    found = rechecks(session, community_id, now=now, recheck_id=recheck_id)
    if not found:
        raise NotFound("recheck_not_found")
    return found[0]
