"""The rules of lending that need neither a database nor a clock."""

from __future__ import annotations

from datetime import datetime, timedelta

DAYS = 7  # how long a thing is lent whose item says nothing
# So long after the day it was due may a deposit be kept: it is the price of a thing that will not come back, not a fine.
GRACE = timedelta(days=14)


def may_keep(due_at: datetime, now: datetime) -> bool:
    """Two weeks after the day it was due, and not before."""
    return now >= due_at + GRACE
