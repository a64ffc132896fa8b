"""When a community meets to review. Pure: the calendar's rules are dateutil's."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule

from points.people.queries import CommunityView


def last_due(community: CommunityView, now: datetime) -> datetime | None:
    """The newest moment, not after ``now``, at which a session was due; None where the chair calls them (``ad_hoc``)."""
    return _due(community, now, later=False)


def next_due(community: CommunityView, now: datetime) -> datetime | None:
    """The first moment after ``now`` at which a session is due; None for ``ad_hoc``."""
    return _due(community, now, later=True)


def _due(community: CommunityView, now: datetime, *, later: bool) -> datetime | None:
    if community.cadence == "ad_hoc":
        return None
    zone = ZoneInfo(community.zone)
    local = now.astimezone(zone).replace(tzinfo=None)
    rule = _rule(community, local)
    found = rule.after(local) if later else rule.before(local, inc=True)
    return found.replace(tzinfo=zone).astimezone(UTC) if found else None


def _rule(community: CommunityView, local: datetime) -> rrule:
    """Begins two periods back, so that little is counted; quarters begin in January."""
    hour, minute = (int(part) for part in community.session_time.split(":"))
    clock = time(hour, minute)
    if community.cadence == "daily":
        return rrule(DAILY, dtstart=datetime.combine(local - relativedelta(days=2), clock))
    if community.cadence == "weekly":
        start = datetime.combine(local - relativedelta(weeks=2), clock)
        return rrule(WEEKLY, dtstart=start, byweekday=community.session_day - 1)
    # The last of the 28th to the wanted day that the month has.
    day = community.session_day
    days = tuple(range(min(day, 28), day + 1))
    start = datetime.combine(date(local.year - 1, 1, 1), clock)
    step = 3 if community.cadence == "quarterly" else 1
    return rrule(MONTHLY, interval=step, dtstart=start, bymonthday=days, bysetpos=-1)
