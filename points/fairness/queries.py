"""Everything this room reads of the review, and nothing else does: closed sessions, with owners only where they may be.

Ballots of a secret session are never read. The statements are few and fixed; ballots come as a stream, so that a
community with 100 000 of them needs no more memory at once than one page of them.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.fairness.deeds import JudgedBallot, JudgedDeed
from points.fairness.spread import AwardCell
from points.people.helping import helpers_who_filed
from points.people.models import Grid, Household, Member
from points.records.models import Record
from points.review.models import AgendaItem, Ballot, ReviewSession, Seat
from points.review.policy import recusal_reason
from points.rules.models import RuleItem

meeting, item, ballot = ReviewSession.__table__, AgendaItem.__table__, Ballot.__table__
record, rule, member = Record.__table__, RuleItem.__table__, Member.__table__
household, grid, seat = Household.__table__, Grid.__table__, Seat.__table__

LOOK_BACK = timedelta(days=365)
# What a panel decided with a quorum; the rest comes back to another session.
DECIDED = ("approved", "rejected", "tied", "needs_second_level", "not_confirmed")
PAGE = 2000


def _of(
    table: sa.FromClause, column: sa.ColumnElement[uuid.UUID], beside: sa.FromClause
) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.community_id == beside.c.community_id, table.c.id == column)


def _closed(community_id: int, now: datetime) -> list[sa.ColumnElement[bool]]:
    return [
        item.c.community_id == community_id,
        meeting.c.closed_at.is_not(None),
        meeting.c.scheduled_for >= now - LOOK_BACK,
        item.c.outcome.in_(DECIDED),
        rule.c.score != "conduct",  # deductions are not favours, and nobody may be found by them
    ]


def judged_deeds(
    session: Session, community_id: int, *, now: datetime, judge_id: uuid.UUID | None = None
) -> Iterator[JudgedDeed]:
    """Deeds of the last twelve months with their ballots and who cast them, one stream in one statement.

    ``judge_id``: only deeds on which this reviewer voted.
    """
    judge = member.alias("judge")
    query = (
        sa.select(
            ballot.c.item_id, ballot.c.member_id, ballot.c.choice, ballot.c.points, rule.c.code, rule.c.points_min,
            rule.c.points_max, record.c.quantity, record.c.household_id, judge.c.household_id.label("judge_household"),
        )
        .select_from(item)
        .join(meeting, _of(meeting, item.c.session_id, item))
        .join(ballot, sa.and_(ballot.c.community_id == item.c.community_id, ballot.c.item_id == item.c.id))
        .join(record, _of(record, item.c.record_id, item))
        .join(rule, _of(rule, record.c.rule_item_id, record))
        .join(judge, _of(judge, ballot.c.member_id, ballot))
        .where(*_closed(community_id, now), meeting.c.secrecy != "secret")
        .order_by(ballot.c.item_id, ballot.c.member_id)
    )  # fmt: skip
    if judge_id is not None:
        own = ballot.alias("own")
        query = query.where(
            sa.exists().where(
                own.c.community_id == community_id, own.c.item_id == item.c.id, own.c.member_id == judge_id
            )
        )
    rows = session.execute(query, execution_options={"yield_per": PAGE})
    for _item_id, cast in groupby(rows, key=attrgetter("item_id")):
        yield _deed(list(cast))


def _deed(rows: Sequence[sa.Row]) -> JudgedDeed:
    first = rows[0]
    return JudgedDeed(
        first.code, first.household_id, first.points_min * first.quantity, first.points_max * first.quantity,
        first.quantity,
        tuple(JudgedBallot(row.member_id, row.judge_household, row.choice, row.points) for row in rows),
    )  # fmt: skip


def award_cells(session: Session, community_id: int, *, now: datetime) -> list[AwardCell]:
    """Equal awards of the last twelve months counted together: rule items, grids and points are few, awards many."""
    columns = (
        rule.c.code, rule.c.name_zh, rule.c.name_en, rule.c.points_min, rule.c.points_max, grid.c.name, item.c.block,
        item.c.points, record.c.quantity,
    )  # fmt: skip
    rows = session.execute(
        sa.select(*columns, sa.func.count().label("times"))
        .select_from(item)
        .join(meeting, _of(meeting, item.c.session_id, item))
        .join(record, _of(record, item.c.record_id, item))
        .join(rule, _of(rule, record.c.rule_item_id, record))
        .join(household, _of(household, record.c.household_id, record))
        .join(grid, _of(grid, household.c.grid_id, household))
        .where(*_closed(community_id, now), item.c.outcome == "approved")
        .group_by(*columns)
        .order_by(*columns)
    )
    return [
        AwardCell(row.code, row.name_zh, row.name_en, row.points_min, row.points_max, row.name, row.block == "vote",
                  row.points, row.quantity, row.times)
        for row in rows
    ]  # fmt: skip


def reports_for_others(
    session: Session, community_id: int, *, now: datetime
) -> dict[tuple[uuid.UUID, uuid.UUID], int]:
    """(Household of the reporter, household of the deed) -> approved deeds of the last twelve months, own ones left out."""
    reporter = member.alias("reporter")
    rows = session.execute(
        sa.select(reporter.c.household_id, record.c.household_id, sa.func.count())
        .select_from(item)
        .join(meeting, _of(meeting, item.c.session_id, item))
        .join(record, _of(record, item.c.record_id, item))
        .join(reporter, _of(reporter, record.c.reporter_id, record))
        .join(rule, _of(rule, record.c.rule_item_id, record))
        .where(
            *_closed(community_id, now), item.c.outcome == "approved",
            reporter.c.household_id != record.c.household_id,
        )
        .group_by(reporter.c.household_id, record.c.household_id)
    )  # fmt: skip
    return {(row[0], row[1]): row[2] for row in rows}


def household_numbers(
    session: Session, community_id: int, ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, str]:
    """Numbers of some households."""
    if not ids:
        return {}
    rows = session.execute(
        sa.select(household.c.id, household.c.number).where(
            household.c.community_id == community_id, household.c.id.in_(ids)
        )
    )
    return {row.id: row.number for row in rows}


def member_names(session: Session, community_id: int, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names of some members, also of those who have left since."""
    if not ids:
        return {}
    rows = session.execute(
        sa.select(member.c.id, member.c.name).where(
            member.c.community_id == community_id, member.c.id.in_(ids)
        )
    )
    return {row.id: row.name for row in rows}


def is_concerned(session: Session, community_id: int, member_id: uuid.UUID, record_id: uuid.UUID) -> bool:
    """Whether a record is the member's own matter, the household's, or the member's report, as a helper too."""
    row = session.execute(
        sa.select(
            record.c.member_id,
            record.c.household_id,
            record.c.reporter_id,
            member.c.household_id.label("home"),
        )
        .join(member, sa.and_(member.c.community_id == record.c.community_id, member.c.id == member_id))
        .where(record.c.community_id == community_id, record.c.id == record_id)
    ).one_or_none()
    if row is None or member_id in helpers_who_filed(session, community_id, [record_id]).values():
        return True
    return recusal_reason(
        judge=member_id, judge_household=row.home, member=row.member_id, household=row.household_id,
        reporter=row.reporter_id,
    ) is not None  # fmt: skip


def has_judged(session: Session, community_id: int, member_id: uuid.UUID, record_id: uuid.UUID) -> bool:
    """Whether the member sat in a session that had the record on its table: whoever decided does not check it."""
    found = session.scalar(
        sa.select(seat.c.id)
        .join(
            item, sa.and_(item.c.community_id == seat.c.community_id, item.c.session_id == seat.c.session_id)
        )
        .where(
            seat.c.community_id == community_id, seat.c.member_id == member_id, item.c.record_id == record_id
        )
        .limit(1)
    )
    return found is not None
