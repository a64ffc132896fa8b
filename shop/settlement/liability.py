"""What the points promise, and what stands behind them: goods, money, and how long both last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from points.ledger.accounts import account_id_of
from points.ledger.figures import LedgerFigures, expiry_calendar, ledger_figures
from points.ledger.queries import balance_of
from points.standings.queries import published_in
from shop.figures import ShelfFigures, redeemed_in, shelf_figures
from shop.settlement.funds import funds_fen
from shop.settlement.operations import unit_value_at
from shop.settlement.policy import (
    BEHIND_ALARM,
    BEHIND_ENOUGH,
    COVER_ALARM,
    COVER_ENOUGH,
    SHELF_ALARM,
    SHELF_ENOUGH,
    cover_percent,
    months_left,
    state_of,
)

Span = tuple[datetime, datetime]
SHORT, LONG = 3, 12  # months that a forecast looks back


@dataclass(frozen=True)
class Pace:
    """Points in a month, the mean of the last months, and how many months hold at that pace: the shelf by itself
    (``shelf_lasts``), and shelf and money (``lasts``).

    A young village has the same mean for both spans, and it is told once.
    """

    months: int
    issued: float
    redeemed: float
    shelf_lasts: float | None
    lasts: float | None

    @property
    def shelf_state(self) -> str:
        """Whether it is time to fill the shelf."""
        return state_of(self.shelf_lasts, SHELF_ENOUGH, SHELF_ALARM)

    @property
    def state(self) -> str:
        """Whether it is time to find money and goods."""
        return state_of(self.lasts, BEHIND_ENOUGH, BEHIND_ALARM)


@dataclass(frozen=True)
class Liability:
    """Points unless said otherwise. ``pool``: what residents gave to the care pool, which is owed to the care list.

    ``funds_points`` is None while nobody has said what a point is worth.
    """

    figures: LedgerFigures
    pool: int
    calendar: list[tuple[date, int]]
    shelf: ShelfFigures
    unit_value_fen: int | None
    funds_fen: int
    funds_points: int | None
    issued: list[int]
    redeemed: list[int]
    paces: list[Pace]

    @property
    def owed(self) -> int:
        """What goods must be there for: points of residents and of the care pool."""
        return self.figures.outstanding + self.pool

    @property
    def cover(self) -> int | None:
        """Per cent of it that lies on the shelf."""
        return cover_percent(self.shelf.points, self.owed)

    @property
    def cover_with_funds(self) -> int | None:
        """Per cent of it, the money set aside counted as well."""
        return cover_percent(behind(self.shelf, self.funds_points), self.owed)

    @property
    def cover_state(self) -> str:
        """One of ``policy.STATES``, by goods alone."""
        return state_of(self.cover, COVER_ENOUGH, COVER_ALARM)

    @property
    def present(self) -> Pace:
        """The pace of the last months."""
        return self.paces[0]


def liability(
    session: Session, community_id: int, *, now: datetime, today: date, months: Sequence[Span]
) -> Liability:
    """All of it for one community; ``months`` are the last full months, the oldest first."""
    figures = ledger_figures(session, community_id, now=now, today=today)
    shelf = shelf_figures(session, community_id, now=now)
    fen, value = funds_fen(session, community_id), unit_value_at(session, community_id, now)
    funds_points = fen // value if value else None
    issued = published_in(session, community_id, months)
    redeemed = redeemed_in(session, community_id, months)
    pool = balance_of(
        session, community_id, account_id_of(session, community_id, "care_pool"), now=now
    ).available
    stands = behind(shelf, funds_points)
    return Liability(
        figures, pool, expiry_calendar(session, community_id, today=today), shelf, value, fen, funds_points, issued, redeemed,
        list(dict.fromkeys(pace(issued, redeemed, span, shelf.points, stands) for span in (SHORT, LONG))),
    )  # fmt: skip


def behind(shelf: ShelfFigures, funds_points: int | None) -> int:
    """Goods and money, in points; money that is owed takes nothing off the shelf."""
    return shelf.points + max(funds_points or 0, 0)


def pace(issued: Sequence[int], redeemed: Sequence[int], months: int, shelf: int, stands: int) -> Pace:
    """The mean of the last ``months`` months, for ``shelf`` points of goods and ``stands`` points of goods and money; months
    before the first point was issued are left out."""
    begun = next((at for at, points in enumerate(issued) if points or redeemed[at]), len(issued))
    count = min(months, len(issued) - begun)
    if not count:
        return Pace(0, 0.0, 0.0, None, None)
    each = [sum(series[-count:]) / count for series in (issued, redeemed)]
    return Pace(count, each[0], each[1], months_left(shelf, each[1]), months_left(stands, each[1]))
