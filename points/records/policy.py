"""Rules of records that need neither a database nor a clock."""

from __future__ import annotations

from datetime import datetime

# A record in one of these states uses nothing of a cap.
DEAD_STATES = ("withdrawn", "rejected", "voided")
WITHDRAWABLE = ("submitted", "returned")
MOST_PIECES = 8  # hours of one day: a day has no more to give (field practice: at most 8 hours a day)


def state_at(state: str, ends_at: datetime | None, now: datetime) -> str:
    """What a record is at ``now``: after the notice it is posted, without a click and without a job."""
    if state == "on_notice" and ends_at is not None and ends_at <= now:
        return "posted"
    return state


def is_over_cap(
    *, times: int, points: int, cap_count: int | None, cap_unit: str | None, new_points: int
) -> bool:
    """Whether one more record of ``new_points`` would pass the cap; ``times`` and ``points`` are those already there."""
    if cap_count is None:
        return False
    if cap_unit == "points":
        return points + new_points > cap_count
    return times + 1 > cap_count
