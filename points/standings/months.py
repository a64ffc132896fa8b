"""What a month brought, as the monthly board tells it: sums from the ledger, deeds by kind and by grid, never a list of
who has most. Comparing persons shames and breeds padding; what is compared is deeds, and how many households took part.

Every figure counts from the month's first moment to a ``cut_off`` and is the same whenever it is read
(``points.ledger.cut_off``); only a household that moved to another grid since then is counted where it lives now.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.ledger.cut_off import PointsMoved, PointsStanding, entries_between, moved_between, standing_at
from points.ledger.models import Account
from points.notices.models import Notice, Objection
from points.people.models import Grid, Household, Member
from points.people.operations import HONOUR_SOURCE
from points.records.models import Record
from points.review.models import AgendaItem, ReviewSession
from points.rules.models import RuleItem

account, notice, objection, household, grid = (
    Account.__table__, Notice.__table__, Objection.__table__, Household.__table__, Grid.__table__,
)  # fmt: skip
record, rule, member, meeting, item = (
    Record.__table__, RuleItem.__table__, Member.__table__, ReviewSession.__table__, AgendaItem.__table__,
)  # fmt: skip

MOST_DEEDS = 8
MOST_HONOURS = 100
payer, payee = account.alias("payer"), account.alias("payee")


@dataclass(frozen=True)
class Share:
    """Awards of one category, grid or kind of deed; ``name_en`` is empty for a grid, both are for what has no record."""

    name_zh: str
    name_en: str
    awards: int
    points: int


@dataclass(frozen=True)
class MonthAwards:
    """Awards that reached wallets, less what was taken back: the points of each list add up to ``points``, but for
    ``deeds``, which holds the most frequent ones. ``households``: how many were thanked."""

    awards: int
    points: int
    households: int
    by_category: tuple[Share, ...]
    by_grid: tuple[Share, ...]
    deeds: tuple[Share, ...]


@dataclass(frozen=True)
class HonourLine:
    """An honour that was posted, in the order of time; the name as strangers may read it."""

    masked_name: str
    rule_zh: str
    rule_en: str
    done_on: date
    points: int


@dataclass(frozen=True)
class MonthHonours:
    """How many there were, and the last ones of them."""

    count: int
    lines: tuple[HonourLine, ...]


@dataclass(frozen=True)
class GrantLine:
    """Points put into the budget, by whom and from where."""

    points: int
    reason: str
    at: datetime
    actor: str | None


@dataclass(frozen=True)
class ObjectionCounts:
    """Objections filed in the month, answered in it, and open at its cut-off."""

    filed: int
    upheld: int
    dismissed: int
    waiting: int


@dataclass(frozen=True)
class SessionCount:
    """A session that ended in the month: items on its table, and approvals as they stood at the cut-off."""

    id: uuid.UUID
    held_at: datetime
    items: int
    approved: int


@dataclass(frozen=True)
class MonthFigures:
    """Everything the board of one month says from the books of the points."""

    moved: PointsMoved
    standing: PointsStanding
    awards: MonthAwards
    honours: MonthHonours
    grants: tuple[GrantLine, ...]
    objections: ObjectionCounts
    sessions: tuple[SessionCount, ...]


def month_figures(session: Session, community_id: int, since: datetime, cut_off: datetime) -> MonthFigures:
    """The figures from ``since`` to ``cut_off``, which must not lie in the future; a constant number of statements."""
    span = (session, community_id, since, cut_off)
    return MonthFigures(
        moved_between(*span), standing_at(session, community_id, cut_off), _awards(*span), _honours(*span),
        _grants(*span), _objections(*span), _sessions(*span),
    )  # fmt: skip


def _between_accounts(entries: sa.CTE, community_id: int, unit: str) -> sa.Join:
    return entries.join(
        payer,
        sa.and_(
            payer.c.community_id == community_id,
            payer.c.id == entries.c.debit_account_id,
            payer.c.unit == unit,
        ),
    ).join(payee, sa.and_(payee.c.community_id == community_id, payee.c.id == entries.c.credit_account_id))


def _awards(session: Session, community_id: int, since: datetime, cut_off: datetime) -> MonthAwards:
    entries = entries_between(community_id, since, cut_off)
    given = sa.and_(payer.c.kind == "budget", payee.c.kind != "issue")
    taken_back = sa.and_(payee.c.kind == "budget", payer.c.kind != "issue")
    source = (
        _between_accounts(entries, community_id, "points")
        .outerjoin(record, sa.and_(record.c.community_id == community_id, entries.c.ref_kind == "record",
                                   record.c.id == entries.c.ref_id))
        .outerjoin(rule, sa.and_(rule.c.community_id == community_id, rule.c.id == record.c.rule_item_id))
        .outerjoin(household, sa.and_(household.c.community_id == community_id,
                                      household.c.id == record.c.household_id))
        .outerjoin(grid, sa.and_(grid.c.community_id == community_id, grid.c.id == household.c.grid_id))
    )  # fmt: skip
    labels = (
        rule.c.category_zh,
        rule.c.category_en,
        rule.c.name_zh,
        rule.c.name_en,
        grid.c.name.label("grid"),
    )
    rows = session.execute(
        sa.select(
            *labels, sa.func.sum(sa.case((given, 1), else_=0)).label("awards"),
            sa.func.sum(sa.case((given, entries.c.amount), else_=-entries.c.amount)).label("points"),
        )
        .select_from(source)
        .where(sa.or_(given, taken_back))
        .group_by(*labels)
    ).all()  # fmt: skip
    thanked = session.scalar(
        sa.select(sa.func.count(record.c.household_id.distinct())).select_from(source).where(given)
    )
    deeds = _shares(rows, lambda row: (row.name_zh or "", row.name_en or ""))
    return MonthAwards(
        sum(int(row.awards) for row in rows), sum(int(row.points) for row in rows), thanked or 0,
        by_category=_shares(rows, lambda row: (row.category_zh or "", row.category_en or "")),
        by_grid=tuple(sorted(_shares(rows, lambda row: (row.grid or "", "")), key=lambda share: share.name_zh)),
        deeds=tuple(share for share in deeds if share.name_zh and share.awards)[:MOST_DEEDS],
    )  # fmt: skip


def _shares(rows: Sequence[sa.Row], name_of: Callable[[sa.Row], tuple[str, str]]) -> tuple[Share, ...]:
    """Rows added up by name, what was done most often first."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for row in rows:
        awards, points = sums.get(name_of(row), (0, 0))
        sums[name_of(row)] = awards + int(row.awards), points + int(row.points)
    shares = (Share(*names, *both) for names, both in sums.items())
    return tuple(sorted(shares, key=lambda share: (-share.awards, share.name_zh)))


def _honours(session: Session, community_id: int, since: datetime, cut_off: datetime) -> MonthHonours:
    entries = entries_between(community_id, since, cut_off)
    rows = session.execute(
        sa.select(notice.c.masked_name, notice.c.rule_zh, notice.c.rule_en, notice.c.done_on, entries.c.amount,
                  sa.func.count().over().label("count"))
        .select_from(
            _between_accounts(entries, community_id, "honour").join(
                notice, sa.and_(notice.c.community_id == community_id, entries.c.ref_kind == "record",
                                notice.c.record_id == entries.c.ref_id)
            )
        )
        .where(payer.c.owner_id == HONOUR_SOURCE)
        .order_by(entries.c.at.desc(), notice.c.id)
        .limit(MOST_HONOURS)
    ).all()  # fmt: skip
    lines = [HonourLine(row.masked_name, row.rule_zh, row.rule_en, row.done_on, row.amount) for row in rows]
    return MonthHonours(rows[0].count if rows else 0, tuple(lines))


def _grants(session: Session, community_id: int, since: datetime, cut_off: datetime) -> tuple[GrantLine, ...]:
    entries = entries_between(community_id, since, cut_off)
    rows = session.execute(
        sa.select(entries.c.amount, entries.c.reason, entries.c.at, member.c.name)
        .select_from(
            _between_accounts(entries, community_id, "points").outerjoin(
                member, sa.and_(member.c.community_id == community_id, member.c.id == entries.c.actor_id)
            )
        )
        .where(payer.c.kind == "issue", payee.c.kind == "budget")
        .order_by(entries.c.at)
    )  # fmt: skip
    return tuple(GrantLine(row.amount, row.reason or "", row.at, row.name) for row in rows)


def _objections(session: Session, community_id: int, since: datetime, cut_off: datetime) -> ObjectionCounts:
    def counted(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((sa.and_(*conditions), 1), else_=0)), 0)

    answered = objection.c.answered_at.between(since, cut_off)
    unanswered = sa.or_(objection.c.answered_at.is_(None), objection.c.answered_at > cut_off)
    row = session.execute(
        sa.select(
            counted(objection.c.filed_at.between(since, cut_off)),
            counted(answered, objection.c.state == "upheld"),
            counted(answered, objection.c.state == "dismissed"),
            counted(objection.c.filed_at <= cut_off, unanswered),
        ).where(objection.c.community_id == community_id)
    ).one()
    return ObjectionCounts(*(int(count) for count in row))


def _sessions(
    session: Session, community_id: int, since: datetime, cut_off: datetime
) -> tuple[SessionCount, ...]:
    of_session = sa.and_(item.c.community_id == community_id, item.c.session_id == meeting.c.id)
    approved = sa.case((approved_at(cut_off), 1), else_=0)
    rows = session.execute(
        sa.select(meeting.c.id, meeting.c.scheduled_for, sa.func.count(item.c.id).label("items"),
                  sa.func.coalesce(sa.func.sum(approved), 0).label("approved"))
        .outerjoin(item, of_session)
        .where(meeting.c.community_id == community_id, meeting.c.closed_at.between(since, cut_off))
        .group_by(meeting.c.id, meeting.c.scheduled_for)
        .order_by(meeting.c.scheduled_for)
    )  # fmt: skip
    return tuple(SessionCount(row.id, row.scheduled_for, row.items, int(row.approved)) for row in rows)


def approved_at(cut_off: datetime) -> sa.ColumnElement[bool]:
    """An item was approved, and where a second level was needed its word had been given by then."""
    return sa.and_(
        item.c.outcome == "approved",
        sa.or_(item.c.second_level_at.is_(None), item.c.second_level_at <= cut_off),
    )
