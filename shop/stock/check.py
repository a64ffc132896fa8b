"""Counting the shelves' book again: is each stored number the sum of its rows? For the night and the auditor."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders.models import Order, OrderLine
from shop.stock.models import Stock, StockMove

stock, move, order, line = Stock.__table__, StockMove.__table__, Order.__table__, OrderLine.__table__


@dataclass(frozen=True)
class ShelfFinding:
    """A number of a shelf that is not what its rows say."""

    shop_id: uuid.UUID
    item_id: uuid.UUID
    field: str
    stored: int
    counted: int


def check_stock(session: Session, community_id: int) -> Iterator[ShelfFinding]:
    """Shelves whose pieces (``on_hand``) are not the sum of their register, or whose pieces set aside (``held``) are not
    those of the orders that wait. One statement, so that goods on their way while it counts raise no alarm."""
    booked = (
        sa.select(move.c.shop_id, move.c.item_id, sa.func.sum(move.c.quantity).label("pieces"))
        .where(move.c.community_id == community_id)
        .group_by(move.c.shop_id, move.c.item_id)
        .subquery("booked")
    )
    waiting = (
        sa.select(order.c.shop_id, line.c.item_id, sa.func.sum(line.c.quantity).label("pieces"))
        .join(order, sa.and_(order.c.community_id == line.c.community_id, order.c.id == line.c.order_id))
        .where(line.c.community_id == community_id, order.c.state == "placed")
        .group_by(order.c.shop_id, line.c.item_id)
        .subquery("waiting")
    )
    source = stock
    for part in (booked, waiting):
        here = sa.and_(part.c.shop_id == stock.c.shop_id, part.c.item_id == stock.c.item_id)
        source = source.outerjoin(part, here)
    rows = session.execute(
        sa.select(stock, booked.c.pieces.label("booked"), waiting.c.pieces.label("waiting"))
        .select_from(source)
        .where(stock.c.community_id == community_id)
        .order_by(stock.c.shop_id, stock.c.item_id)
    )
    for row in rows:
        pairs = {"on_hand": (row.on_hand, row.booked), "held": (row.held, row.waiting)}
        for field, (stored, counted) in pairs.items():
            if stored != int(counted or 0):
                yield ShelfFinding(row.shop_id, row.item_id, field, stored, int(counted or 0))
