"""The times and numbers of objections and appeals. Pure: no session, no clock (docs/decisions/0013)."""

from __future__ import annotations

from datetime import datetime, timedelta

# An objection or appeal is answered within a week; afterwards everybody reads that it is overdue, and it goes up.
ANSWER_DAYS = 7
# A posted, rejected or voided award can be appealed for a quarter: longer than any notice, shorter than memory.
APPEAL_DAYS = 90
# From this many members of the supervision group on, one writes the answer and another confirms it.
GROUP_OF_TWO_ANSWERS = 3
LONGEST_REASON = 500


def answer_by(filed_at: datetime) -> datetime:
    """Until when an objection or appeal has to be answered."""
    return filed_at + timedelta(days=ANSWER_DAYS)


def is_overdue(filed_at: datetime, answered_at: datetime | None, now: datetime) -> bool:
    """Answered later than it had to be, or not answered though the time is over."""
    return (answered_at or now) > answer_by(filed_at)


def appeal_until(since: datetime) -> datetime:
    """Until when a decision that stands since a moment can be appealed."""
    return since + timedelta(days=APPEAL_DAYS)


def persons_needed(group: int, *, is_short: bool) -> int:
    """How many persons stand behind an answer, when ``group`` members of the supervision group may give one.

    Two where the group has enough of them, and always where points that were spent already are to be taken back
    (docs/decisions/0007).
    """
    return 2 if group >= GROUP_OF_TWO_ANSWERS or is_short else 1


def goes_up(group: int, needed: int, *, overdue: bool) -> bool:
    """Whether those above the village may answer as well: its own people are too few, or have let the time pass."""
    return overdue or group < needed
