"""The ledger's rules that need neither a database nor a clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

NEVER = date(9999, 12, 31)  # the day on which points without an end would end
# People are told this many days before points end, three times.
NOTICES = (7, 30, 60)
FIRST_NOTICE = max(NOTICES)
# Points that come back by a refund after their day were spent in time: they can be spent again for so many days.
REFUND_GRACE = timedelta(days=30)


class Timed(Protocol):
    """Anything with the two clocks of a pending transfer."""

    expires_at: datetime | None
    posts_at: datetime | None


def due(pending: Timed, now: datetime) -> str | None:
    """What time alone has made of a pending transfer: ``post``, ``void`` or nothing yet.

    No job is needed for it: whoever looks at the account next applies this rule first.
    """
    if pending.posts_at is not None and pending.posts_at <= now:
        return "post"
    if pending.expires_at is not None and pending.expires_at <= now:
        return "void"
    return None


def take_oldest(lots: Iterable[tuple[date, int]], points: int) -> list[tuple[date, int]]:
    """Splits a debit of ``points`` over lots ``(expires_on, points)``, those that end first first.

    Returns what is taken from each day. Raises ValueError when the lots do not hold enough.
    """
    taken = []
    for expires_on, there in sorted(lots):
        part = min(there, points)
        if part > 0:
            taken.append((expires_on, part))
            points -= part
    if points:
        raise ValueError(f"{points} points are in no lot")
    return taken


def give_back(used: Sequence[tuple[date, int]], points: int) -> list[tuple[date, int]]:
    """Which days come back when only ``points`` of a held debit return: those that end last first.

    The part that was really spent keeps to the oldest points, as if only that much had been held.
    """
    back = []
    for expires_on, there in sorted(used, reverse=True):
        part = min(there, points)
        if part > 0:
            back.append((expires_on, part))
            points -= part
    return back


def notice_of(day: date, today: date) -> int | None:
    """Which of ``NOTICES`` has been reached for points that end on ``day``; None while it is further off, or over."""
    left = (day - today).days
    return next((step for step in NOTICES if 0 <= left <= step), None)


def next_ending(expiring: Sequence[tuple[date, int]], today: date) -> tuple[date, int, int] | None:
    """The soonest end that it is time to tell of: the day, its points, and which of ``NOTICES`` has been reached."""
    for day, points in expiring:
        step = notice_of(day, today)
        if step is not None and points > 0:
            return day, points, step
    return None


def refund_days(
    used: Sequence[tuple[date, int]], refunded: int, points: int, *, today: date
) -> list[tuple[date, int]]:
    """The days on which ``points`` come back by a refund, of a debit that took ``used`` and gave ``refunded`` back before.

    They keep the days they had, those that end last first, over all parts together. A day that has passed would make the
    refund worthless, though the points were spent in time: such points end ``REFUND_GRACE`` after the refund.
    """
    before = dict(give_back(used, refunded))
    days: dict[date, int] = {}
    for day, there in give_back(used, refunded + points):
        part = there - before.get(day, 0)
        if part > 0:
            ends = day if day >= today else today + REFUND_GRACE
            days[ends] = days.get(ends, 0) + part
    return sorted(days.items())


@dataclass(frozen=True)
class WalletView:
    """A wallet as its owner sees it now, in points; ``expiring`` lists every coming end, soonest first."""

    available: int
    held: int
    on_notice: int
    expiring: tuple[tuple[date, int], ...]

    @property
    def total(self) -> int:
        """Everything that is the household's already: usable and held."""
        return self.available + self.held


@dataclass(frozen=True)
class PendingView:
    """An unresolved pending transfer as one of its accounts sees it; ``lots``: the days of points held by a wallet."""

    incoming: bool
    amount: int
    expires_at: datetime | None
    posts_at: datetime | None
    points_expire_on: date | None = None
    lots: tuple[tuple[date, int], ...] = ()


def view_wallet(
    *, lots: Iterable[tuple[date, int]], pendings: Iterable[PendingView], now: datetime, today: date
) -> WalletView:
    """The balance of a wallet at ``now``: stored lots plus what time has changed since they were stored."""
    days: dict[date, int] = {}
    held = on_notice = 0

    def add(expires_on: date, points: int) -> None:
        days[expires_on] = days.get(expires_on, 0) + points

    for expires_on, points in lots:
        add(expires_on, points)
    for pending in pendings:
        done = due(pending, now)
        if pending.incoming and done == "post":
            for expires_on, points in pending.lots or ((pending.points_expire_on or NEVER, pending.amount),):
                add(expires_on, points)
        elif pending.incoming and done is None:
            on_notice += pending.amount
        elif not pending.incoming and done == "void":
            for expires_on, points in pending.lots:
                add(expires_on, points)
        elif not pending.incoming and done is None:
            held += pending.amount
    usable = sorted((day, points) for day, points in days.items() if points and day >= today)
    return WalletView(
        available=sum(points for _, points in usable),
        held=held,
        on_notice=on_notice,
        expiring=tuple((day, points) for day, points in usable if day != NEVER),
    )


def expiry_day(earned_on: date, years: int | None) -> date:
    """Last usable day of points earned on a day: 31 December, ``years`` years later; None: never.

    Schemes end points on 31 December, after three years, or never (field practice); one rule covers all three.
    """
    return NEVER if years is None else date(earned_on.year + years, 12, 31)
