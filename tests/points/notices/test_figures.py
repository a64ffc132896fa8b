"""The public figures, counted from plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from points.notices.figures import count_quarters, last_quarters
from points.notices.policy import persons_needed

ZONE = "Asia/Shanghai"
NOW = datetime(2026, 9, 7, 0, 30, tzinfo=UTC)
SUMMER = date(2026, 7, 1)


@dataclass
class Filed:
    """An objection (or appeal) of so many days ago, answered after so many hours."""

    days_ago: float
    after_hours: float | None = None
    state: str = "open"
    points_after: int | None = None
    kind: str = "objection"

    @property
    def filed_at(self) -> datetime:
        return NOW - timedelta(days=self.days_ago)

    @property
    def answered_at(self) -> datetime | None:
        return None if self.after_hours is None else self.filed_at + timedelta(hours=self.after_hours)


def counted(*doubts: Filed):
    lines = count_quarters(doubts, last_quarters(NOW.date()), now=NOW, zone=ZONE)
    return {(line.kind, line.starts_on): line for line in lines}


def test_there_is_a_line_for_every_quarter_of_two_years_also_without_anything() -> None:
    assert last_quarters(date(2026, 2, 28), 3) == [date(2025, 7, 1), date(2025, 10, 1), date(2026, 1, 1)]
    lines = counted()
    assert len(lines) == 16
    assert {(line.filed, line.median_days) for line in lines.values()} == {(0, None)}


def test_each_outcome_is_counted_once_and_lateness_beside_it() -> None:
    found = counted(
        Filed(20, 24, "dismissed"),
        Filed(20, 24 * 9, "upheld", 0),
        Filed(20, 1, "upheld", 4),
        Filed(8),
        Filed(7),  # the last moment of the week is not late yet
        Filed(20, 30, "upheld", 5, kind="appeal"),
    )
    line = found["objection", SUMMER]
    assert (line.filed, line.dismissed, line.voided, line.changed, line.waiting) == (5, 1, 1, 1, 2)
    assert line.overdue == 2
    assert line.median_days == 1
    appeals = found["appeal", SUMMER]
    assert (appeals.filed, appeals.changed, appeals.median_days) == (1, 1, 2)


def test_a_quarter_begins_at_the_communitys_own_midnight() -> None:
    midnight = datetime(2026, 6, 30, 16, tzinfo=UTC)  # 1 July in Shanghai
    days = (NOW - midnight) / timedelta(days=1)
    found = counted(Filed(days), Filed(days + 0.001))
    assert (found["objection", SUMMER].filed, found["objection", date(2026, 4, 1)].filed) == (1, 1)


def test_what_is_older_than_two_years_is_left_out() -> None:
    assert sum(line.filed for line in counted(Filed(800)).values()) == 0


def test_two_persons_are_needed_from_three_on_and_for_points_that_were_spent() -> None:
    assert [persons_needed(group, is_short=False) for group in range(5)] == [1, 1, 1, 2, 2]
    assert persons_needed(1, is_short=True) == 2
