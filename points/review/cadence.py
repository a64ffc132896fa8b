"""When a community meets to review. Pure: the calendar's rules are dateutil's."""

from __future__ import annotations

from datetime import UTC, datetime
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
    today = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if community.cadence == "daily":
        return rrule(DAILY, dtstart=today - relativedelta(days=2))
    if community.cadence == "weekly":
        start = today - relativedelta(weeks=2)
        return rrule(WEEKLY, dtstart=start, byweekday=community.session_day - 1)
    # The last of the 28th to the wanted day that the month has.
    day = community.session_day
    days = tuple(range(min(day, 28), day + 1))
    start = today - relativedelta(years=1, month=1, day=1)
    step = 3 if community.cadence == "quarterly" else 1
    return rrule(MONTHLY, interval=step, dtstart=start, bymonthday=days, bysetpos=-1)
