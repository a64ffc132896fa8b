"""What stands behind the points: goods on the shelves of one community, and what left them week by week."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import UtcDateTime
from shop.catalogue.models import Item, Shop
from shop.catalogue.prices import fen_now, points_now
from shop.counter.models import Redemption, Refund
from shop.counter.queries import is_paid
from shop.stock.models import Stock, StockMove

shop, item, stock, move, redemption, refund = (
    Shop.__table__, Item.__table__, Stock.__table__, StockMove.__table__, Redemption.__table__, Refund.__table__,
)  # fmt: skip

# Fewer pieces than this nobody has set aside: time to order more, where the shelf names no number of its own.
LOW_PIECES = 4
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class ShelfFigures:
    """Goods that can be redeemed (no services, no promises) on all shelves: at reference price in fen, and at their own
    price in points."""

    pieces: int
    reference_fen: int
    points: int


@dataclass(frozen=True)
class LowItem:
    """Goods of which few are left at a shop; ``available`` pieces are set aside for nobody."""

    shop: str
    item_id: uuid.UUID
    name_zh: str
    name_en: str
    unit_zh: str
    unit_en: str
    available: int


def shelf_figures(
    session: Session, community_id: int, *, now: datetime, cut_off: datetime | None = None
) -> ShelfFigures:
    """Adds up what the shops of a community offer and hand out, pieces set aside for orders included: their points are still
    out.

    ``cut_off``: the pieces of that moment, at the prices of ``now`` and of what is offered now.
    """
    moment = sa.literal(now, UtcDateTime)
    pieces, source = stock.c.on_hand, stock
    if cut_off is not None:
        later = (
            sa.select(move.c.shop_id, move.c.item_id, sa.func.sum(move.c.quantity).label("pieces"))
            .where(move.c.community_id == community_id, move.c.moved_at > cut_off)
            .group_by(move.c.shop_id, move.c.item_id)
            .subquery("later")
        )
        here = sa.and_(later.c.shop_id == stock.c.shop_id, later.c.item_id == stock.c.item_id)
        pieces, source = pieces - sa.func.coalesce(later.c.pieces, 0), stock.outerjoin(later, here)
    row = session.execute(
        sa.select(
            *(
                sa.func.coalesce(sa.func.sum(pieces * value), 0).label(name)
                for name, value in (("pieces", 1), ("fen", fen_now(moment)), ("points", points_now(moment)))
            )
        )
        .select_from(source.join(item, sa.and_(item.c.community_id == stock.c.community_id, item.c.id == stock.c.item_id)))
        .where(stock.c.community_id == community_id, item.c.kind == "goods", item.c.is_offered, stock.c.is_sold)
    ).one()  # fmt: skip
    return ShelfFigures(int(row.pieces), int(row.fen), int(row.points))


def low_stock(
    session: Session, community_id: int, *, shop_id: uuid.UUID | None = None, limit: int = 5
) -> list[LowItem]:
    """Goods on offer of which fewer are left than their shelf's ``low_at`` or ``LOW_PIECES``, the scarcest first."""
    of_shop = sa.true() if shop_id is None else stock.c.shop_id == shop_id
    available = (stock.c.on_hand - stock.c.held).label("available")
    rows = session.execute(
        sa.select(shop.c.name, item.c.id, item.c.name_zh, item.c.name_en, item.c.unit_zh, item.c.unit_en, available)
        .select_from(stock)
        .join(item, sa.and_(item.c.community_id == stock.c.community_id, item.c.id == stock.c.item_id))
        .join(shop, sa.and_(shop.c.community_id == stock.c.community_id, shop.c.id == stock.c.shop_id))
        .where(stock.c.community_id == community_id, item.c.kind == "goods", item.c.is_offered,
               stock.c.is_sold, of_shop,
               stock.c.on_hand - stock.c.held < sa.func.coalesce(stock.c.low_at, LOW_PIECES))
        .order_by(available, item.c.code, shop.c.id)
        .limit(limit)
    )  # fmt: skip
    return [
        LowItem(row.name, row.id, row.name_zh, row.name_en, row.unit_zh, row.unit_en, row.available)
        for row in rows
    ]


def redeemed_in(session: Session, community_id: int, spans: Sequence[Span]) -> list[int]:
    """Points for goods handed over in each span of time, without scans that were undone and less what was refunded in it.

    From the counter's own books, over their indexes by time; no transfer is read.
    """
    shops = sa.select(shop.c.id).where(shop.c.community_id == community_id)
    row = session.execute(
        sa.select(*(_handed_over(start, end) - _brought_back(community_id, start, end) for start, end in spans)).where(
            redemption.c.community_id == community_id, redemption.c.shop_id.in_(shops),
            redemption.c.recorded_at >= min(start for start, _ in spans),
            is_paid, redemption.c.annulled_at.is_(None),
        )
    ).one()  # fmt: skip
    return [int(points) for points in row]


def _handed_over(start: datetime, end: datetime) -> sa.ColumnElement[int]:
    inside = sa.and_(redemption.c.recorded_at >= start, redemption.c.recorded_at < end)
    return sa.func.coalesce(sa.func.sum(sa.case((inside, redemption.c.points), else_=0)), 0)


def _brought_back(community_id: int, start: datetime, end: datetime) -> sa.ColumnElement[int]:
    return (
        sa.select(sa.func.coalesce(sa.func.sum(refund.c.points), 0))
        .where(
            refund.c.community_id == community_id, refund.c.refunded_at >= start, refund.c.refunded_at < end
        )
        .scalar_subquery()
    )
