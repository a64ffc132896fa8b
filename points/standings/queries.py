"""What those who run a scheme look at: work that waits, and how much was published week by week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.notices.models import Notice, Objection
from points.people.models import Community, Household
from points.records.models import Record
from points.review.models import AgendaItem, ReviewSession

record, notice, objection, agenda_item = (
    Record.__table__, Notice.__table__, Objection.__table__, AgendaItem.__table__,
)  # fmt: skip
community, household, meeting = Community.__table__, Household.__table__, ReviewSession.__table__

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class WorkWaiting:
    """Records nobody has put on a table yet (and since when the oldest waits), and objections without an answer."""

    records: int
    oldest_record_at: datetime | None
    objections: int


@dataclass(frozen=True)
class AwardsWaiting:
    """Approved awards for which the budget does not suffice; they are published, oldest first, with the next grant."""

    count: int
    points: int


@dataclass(frozen=True)
class CommunityOverview:
    """A line of the operator's list."""

    id: int
    code: str
    name: str
    households: int
    last_session_at: datetime | None


def work_waiting(session: Session, community_id: int) -> WorkWaiting:
    """Counts what people have to do; both counts run over an index of open things only."""
    records = session.execute(
        sa.select(sa.func.count().label("count"), sa.func.min(record.c.filed_at).label("oldest")).where(
            record.c.community_id == community_id, record.c.state == "submitted"
        )
    ).one()
    objections = session.scalar(
        sa.select(sa.func.count())
        .select_from(objection)
        .where(objection.c.community_id == community_id, objection.c.state == "open")
    )
    return WorkWaiting(records.count, records.oldest, objections or 0)


def awards_waiting(session: Session, community_id: int) -> AwardsWaiting:
    """What ``points.review.funding.fund_budget`` will publish first."""
    row = session.execute(
        sa.select(sa.func.count().label("count"), sa.func.coalesce(sa.func.sum(agenda_item.c.points), 0).label("points"))
        .select_from(record)
        .join(agenda_item, sa.and_(agenda_item.c.community_id == record.c.community_id,
                                   agenda_item.c.record_id == record.c.id))
        .where(record.c.community_id == community_id, record.c.state == "decided", agenda_item.c.outcome == "approved")
    ).one()  # fmt: skip
    return AwardsWaiting(row.count, int(row.points))


def published_in(session: Session, community_id: int, spans: Sequence[Span]) -> list[int]:
    """Redeemable points put on notice in each span of time, without those that an objection voided.

    From the notices themselves, which are copies of published facts: one range of an index, no transfer is read.
    """
    sums = [
        sa.func.coalesce(
            sa.func.sum(sa.case((_within(notice.c.published_at, span), notice.c.points), else_=0)), 0
        )
        for span in spans
    ]
    row = session.execute(
        sa.select(*sums).where(
            notice.c.community_id == community_id, notice.c.published_at >= min(start for start, _ in spans),
            notice.c.score == "redeemable", notice.c.state != "voided",
        )
    ).one()  # fmt: skip
    return [int(points) for points in row]


def _within(column: sa.Column, span: Span) -> sa.ColumnElement[bool]:
    start, end = span
    return sa.and_(column >= start, column < end)


def household_count(session: Session, community_id: int) -> int:
    """How many households a community has."""
    return session.scalar(
        sa.select(sa.func.count()).select_from(household).where(household.c.community_id == community_id)
    )  # type: ignore[return-value]


def community_overviews(session: Session) -> list[CommunityOverview]:
    """Every community with its households and its last session: for operators, across communities, names only."""
    households = (
        sa.select(household.c.community_id, sa.func.count().label("count"))
        .group_by(household.c.community_id)
        .subquery()
    )
    sessions = (
        sa.select(meeting.c.community_id, sa.func.max(meeting.c.opened_at).label("last"))
        .group_by(meeting.c.community_id)
        .subquery()
    )
    rows = session.execute(
        sa.select(community.c.id, community.c.code, community.c.name, households.c.count, sessions.c.last)
        .outerjoin(households, households.c.community_id == community.c.id)
        .outerjoin(sessions, sessions.c.community_id == community.c.id)
        .order_by(community.c.name, community.c.id),
        execution_options={"across_communities": True},
    )
    return [CommunityOverview(row.id, row.code, row.name, row.count or 0, row.last) for row in rows]
