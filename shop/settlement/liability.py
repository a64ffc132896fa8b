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
from shop.figures import ShelfFigures, cover_percent, redeemed_in, shelf_figures
from shop.settlement.funds import funds_fen
from shop.settlement.operations import unit_value_at
from shop.settlement.policy import months_left

Span = tuple[datetime, datetime]
SHORT, LONG = 3, 12  # months that a forecast looks back


@dataclass(frozen=True)
class Pace:
    """Points in a month, the mean of the last months; ``lasts`` is how many months shelf and money hold at that pace.

    A young village has the same mean for both spans, and it is told once.
    """

    months: int
    issued: float
    redeemed: float
    lasts: float | None


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
    cover: int | None
    cover_with_funds: int | None
    issued: list[int]
    redeemed: list[int]
    paces: list[Pace]


def liability(
    session: Session, community_id: int, *, now: datetime, today: date, months: Sequence[Span]
) -> Liability:
    """All of it for one community; ``months`` are the last full months, the oldest first."""
    figures = ledger_figures(session, community_id, now=now, today=today)
    shelf = shelf_figures(session, community_id, now=now)
    fen, value = funds_fen(session, community_id), unit_value_at(session, community_id, now)
    funds_points = fen // value if value else None
    behind = shelf.points + max(funds_points or 0, 0)
    issued = published_in(session, community_id, months)
    redeemed = redeemed_in(session, community_id, months)
    pool = balance_of(
        session, community_id, account_id_of(session, community_id, "care_pool"), now=now
    ).available
    owed = figures.outstanding + pool
    return Liability(
        figures, pool, expiry_calendar(session, community_id, today=today), shelf, value, fen, funds_points,
        cover_percent(shelf.points, owed), cover_percent(behind, owed), issued, redeemed,
        list(dict.fromkeys(pace(issued, redeemed, span, behind) for span in (SHORT, LONG))),
    )  # fmt: skip


def pace(issued: Sequence[int], redeemed: Sequence[int], months: int, behind: int) -> Pace:
    """The mean of the last ``months`` months; those before the first point was issued are left out."""
    begun = next((at for at, points in enumerate(issued) if points or redeemed[at]), len(issued))
    count = min(months, len(issued) - begun)
    if not count:
        return Pace(0, 0.0, 0.0, None)
    each = [sum(series[-count:]) / count for series in (issued, redeemed)]
    return Pace(count, each[0], each[1], months_left(behind, each[1]))
