"""How many objections and appeals there were, and what became of them: for everybody, without a single name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.days import local_day, period_of
from points.notices.models import Objection
from points.notices.policy import is_overdue

objection = Objection.__table__

QUARTERS = 8
KINDS = ("objection", "appeal")
DAY_SECONDS = 86_400


@dataclass(frozen=True)
class QuarterFigures:
    """What was filed in one quarter of a year (``starts_on``: its first day) and what has become of it by now.

    ``voided`` and ``changed`` were upheld; ``overdue`` were answered late or not at all though the time is over.
    ``median_days``: half of the answers took no longer, counted up to whole days; None without an answer.
    """

    kind: str
    starts_on: date
    filed: int
    voided: int
    changed: int
    dismissed: int
    waiting: int
    overdue: int
    median_days: int | None


class Doubt(Protocol):
    """What is counted of an objection or appeal."""

    kind: str
    state: str
    filed_at: datetime
    answered_at: datetime | None
    points_after: int | None


def last_quarters(today: date, count: int = QUARTERS) -> list[date]:
    """First days of the latest quarters, the current one last."""
    found = [_quarter_of(today)]
    while len(found) < count:
        found.insert(0, _quarter_of(found[0] - timedelta(days=1)))
    return found


def _quarter_of(day: date) -> date:
    return period_of(day, "quarter")[0]


def figures_of(session: Session, community_id: int, *, now: datetime, zone: str) -> list[QuarterFigures]:
    """The last ``QUARTERS`` quarters of both kinds, oldest first; quarters are the community's own. One statement."""
    quarters = last_quarters(local_day(now, zone))
    # One day earlier than any zone would begin it; what is too early is left out below.
    since = datetime.combine(quarters[0], time.min, tzinfo=now.tzinfo) - timedelta(days=1)
    rows = session.execute(
        sa.select(
            objection.c.kind, objection.c.state, objection.c.filed_at, objection.c.answered_at, objection.c.points_after
        ).where(objection.c.community_id == community_id, objection.c.filed_at >= since)
    )  # fmt: skip
    return count_quarters(rows, quarters, now=now, zone=zone)


def count_quarters(
    doubts: Iterable[Doubt], quarters: list[date], *, now: datetime, zone: str
) -> list[QuarterFigures]:
    """One line for each kind and quarter, also where nothing was filed."""
    sorted_in: dict[tuple[str, date], list[Doubt]] = {
        (kind, start): [] for kind in KINDS for start in quarters
    }
    for doubt in doubts:
        sorted_in.get((doubt.kind, _quarter_of(local_day(doubt.filed_at, zone))), []).append(doubt)
    return [_count(kind, start, found, now) for (kind, start), found in sorted_in.items()]


def _count(kind: str, start: date, found: list[Doubt], now: datetime) -> QuarterFigures:
    upheld = [doubt for doubt in found if doubt.state == "upheld"]
    took = [(doubt.answered_at - doubt.filed_at).total_seconds() for doubt in found if doubt.answered_at]
    return QuarterFigures(
        kind=kind, starts_on=start, filed=len(found),
        voided=sum(doubt.points_after == 0 for doubt in upheld),
        changed=sum(doubt.points_after != 0 for doubt in upheld),
        dismissed=sum(doubt.state == "dismissed" for doubt in found),
        waiting=sum(doubt.state == "open" for doubt in found),
        overdue=sum(is_overdue(doubt.filed_at, doubt.answered_at, now) for doubt in found),
        median_days=-int(-median(took) // DAY_SECONDS) if took else None,
    )  # fmt: skip
