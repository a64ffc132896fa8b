"""When a shop stands open: days by an iCalendar rule (RFC 5545), hours by two local times. Pure.

Rules count from a fixed Monday, so that "every second week" means the same weeks for everybody.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from dateutil.rrule import rrule, rruleset, rrulestr

from points.errors import Invalid

ANCHOR = datetime(2024, 1, 1)  # noqa: DTZ001 - days have no zone
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LONGEST_RULE = 200
# Long enough for a 29 February.
YEARS_AHEAD = 5
DAYS_AHEAD = 366
_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_TOO_OFTEN = frozenset({"HOURLY", "MINUTELY", "SECONDLY"})
_PARTS = frozenset({"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "UNTIL"})
_BELOW_A_DAY = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND"})
_DAYS = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_INTERVALS = {str(n) for n in range(1, 13)}
_LONGEST_MONTHS = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_RULE = re.compile(r"[A-Z]+=[A-Z0-9,+-]+(;[A-Z]+=[A-Z0-9,+-]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Hours:
    """Open on the days of ``rule`` from ``opens_at`` to ``closes_at`` (local, "HH:MM")."""

    rule: str
    opens_at: str
    closes_at: str


def weekly(days: Collection[str]) -> str:
    """A rule for days of the week ("MO" to "SU"); all seven are every day."""
    chosen = [day for day in WEEKDAYS if day in days]
    return "FREQ=DAILY" if len(chosen) == len(WEEKDAYS) else f"FREQ=WEEKLY;BYDAY={','.join(chosen)}"


def monthly_weekday(nth: int, day: str) -> str:
    """A rule for the n-th such day of each month; -1 is the last one."""
    return f"FREQ=MONTHLY;BYDAY={nth}{day}"


def monthly_days(days: Collection[int]) -> str:
    """A rule for days of the month: market and exchange days such as the 5th, 15th and 25th."""
    return f"FREQ=MONTHLY;BYMONTHDAY={','.join(str(day) for day in sorted(days))}"


def rule_parts(rule: str) -> dict[str, str]:
    """The parts of a rule by name, such as {"FREQ": "WEEKLY", "BYDAY": "MO,TU"}."""
    return dict(part.partition("=")[::2] for part in rule.split(";") if part)


def check_hours(hours: Hours, *, today: date) -> None:
    """Raises Invalid ``opening_times_wrong``, ``opening_rule_wrong``, ``opening_too_often`` (below a day), ``opening_never``
    (no day from today on)."""
    times = (hours.opens_at, hours.closes_at)
    if not all(_TIME.fullmatch(one) for one in times) or hours.opens_at >= hours.closes_at:
        raise Invalid("opening_times_wrong")
    if len(hours.rule) > LONGEST_RULE or not _RULE.fullmatch(hours.rule):
        raise Invalid("opening_rule_wrong")
    parts = rule_parts(hours.rule)
    if parts.get("FREQ") in _TOO_OFTEN or parts.keys() & _BELOW_A_DAY:
        raise Invalid("opening_too_often")
    if not _is_plain(parts):
        raise Invalid("opening_rule_wrong")
    try:
        comes = _has_days(parts) and any(
            _days_in(hours.rule, today.year + n, today) for n in range(YEARS_AHEAD)
        )
    except (ValueError, TypeError, OverflowError) as error:
        raise Invalid("opening_rule_wrong") from error
    if not comes:
        raise Invalid("opening_never")


def _is_plain(parts: dict[str, str]) -> bool:
    """One way to name the days, and intervals of weeks only: what more can be said is searched for without end."""
    return (
        parts.get("FREQ") in _FREQUENCIES
        and not parts.keys() - _PARTS
        and not {"BYDAY", "BYMONTHDAY"} <= parts.keys()
        and all(_DAYS.fullmatch(day) for day in parts.get("BYDAY", "MO").split(","))
        and ("INTERVAL" not in parts or (parts["FREQ"] == "WEEKLY" and parts["INTERVAL"] in _INTERVALS))
        and not {"INTERVAL", "BYMONTH"} <= parts.keys()
    )


def _has_days(parts: dict[str, str]) -> bool:
    """False for a 30 February or a thirteenth month. Raises ValueError for what is no number."""
    months = [int(month) for month in parts.get("BYMONTH", "1").split(",")]
    days = [abs(int(day)) for day in parts.get("BYMONTHDAY", "1").split(",")]
    if not all(1 <= month <= 12 for month in months):
        return False
    return any(1 <= day <= _LONGEST_MONTHS.get(month, 31) for month in months for day in days)


def _days_in(rule: str, year: int, since: date) -> bool:
    return any(day >= since for day in days_of(rule, year))


@lru_cache(maxsize=1024)
def days_of(rule: str, year: int) -> frozenset[date]:
    """The days of a rule in one year, worked out once. Raises ValueError for what is no rule."""
    parsed: rrule | rruleset = rrulestr(rule, dtstart=ANCHOR)
    if not isinstance(parsed, rrule):
        raise ValueError(rule)
    last = datetime(year, 12, 31)  # noqa: DTZ001
    ends = parsed._until
    bounded = parsed.replace(until=min(last, ends) if ends else last)
    return frozenset(day.date() for day in bounded if day.year == year)


def is_open(door: str, openings: Collection[Hours], at_local: datetime) -> bool:
    """Whether customers are served at a local moment. A door held by hand decides; without hours it is always open."""
    if door != "hours":
        return door == "open"
    return not openings or _closes(openings, at_local) is not None


def closes_next(door: str, openings: Collection[Hours], at_local: datetime) -> time | None:
    """When an open shop closes today; None when it is not open by its hours."""
    return _closes(openings, at_local) if door == "hours" else None


def _closes(openings: Iterable[Hours], at_local: datetime) -> time | None:
    day, clock = at_local.date(), f"{at_local:%H:%M}"
    until = [
        one.closes_at for one in openings
        if one.opens_at <= clock < one.closes_at and day in days_of(one.rule, day.year)
    ]  # fmt: skip
    return time.fromisoformat(max(until)) if until else None


def next_opening(door: str, openings: Sequence[Hours], at_local: datetime) -> datetime | None:
    """The next local moment at which the hours open the shop; None when nobody can say: held by hand, without hours, or
    not within a year."""
    if door != "hours" or not openings:
        return None
    clock = f"{at_local:%H:%M}"
    for ahead in range(DAYS_AHEAD):
        day = at_local.date() + timedelta(days=ahead)
        begins = [
            one.opens_at for one in openings
            if (ahead > 0 or one.opens_at > clock) and day in days_of(one.rule, day.year)
        ]  # fmt: skip
        if begins:
            return datetime.combine(day, time.fromisoformat(min(begins)), tzinfo=at_local.tzinfo)
    return None
