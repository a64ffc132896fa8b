"""Days and periods in a community's own zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def local_day(moment: datetime, zone: str) -> date:
    """The calendar day of a moment, where the community is."""
    return moment.astimezone(ZoneInfo(zone)).date()


def midnight_of(day: date, zone: str) -> datetime:
    """The first instant of a calendar day, where the community is, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def day_begins(moment: datetime, zone: str) -> datetime:
    """The first instant of the calendar day of a moment, where the community is, in UTC."""
    return midnight_of(local_day(moment, zone), zone)


def day_ends(moment: datetime, zone: str) -> datetime:
    """The last instant of the calendar day of a moment, where the community is, in UTC."""
    return midnight_of(local_day(moment, zone) + timedelta(days=1), zone) - timedelta(microseconds=1)


def period_of(day: date, period: str) -> tuple[date, date]:
    """First and last day of the week (from Monday), month, quarter or year around a day; ``day`` and ``event`` are the day
    itself."""
    if period == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    if period in ("day", "event"):
        return day, day
    months = {"month": 1, "quarter": 3, "year": 12}[period]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    after = date(first.year + (first.month + months - 1) // 12, (first.month + months - 1) % 12 + 1, 1)
    return first, after - timedelta(days=1)


def month_span(day: date, zone: str) -> tuple[datetime, datetime]:
    """First and last moment of the month around a day, where the community is; a microsecond later begins the next."""
    first, last = period_of(day, "month")
    return midnight_of(first, zone), midnight_of(last + timedelta(days=1), zone) - timedelta(microseconds=1)
