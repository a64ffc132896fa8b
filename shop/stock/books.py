"""The out book of a shop: what left the shelf, for which household, in a span of time."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.people.models import Household, Member
from shop.catalogue.models import Item
from shop.counter.models import Redemption
from shop.orders.models import Order
from shop.stock.models import StockMove

# What leaves a shop, and what comes back because it should not have left.
OUT_MOVES = ("handed_over", "annulled", "refunded", "spoiled", "expired", "sent", "lent", "brought_back")
move, item, member = StockMove.__table__, Item.__table__, Member.__table__
redemption, order, household = Redemption.__table__, Order.__table__, Household.__table__


@dataclass(frozen=True)
class OutLine:
    """A line of the out book. ``household`` is a number, as village books have it: no name of who received.

    ``pieces`` went out (positive) or came back (negative).
    """

    moved_at: datetime
    move: str
    household: str | None
    name_zh: str
    name_en: str
    pieces: int
    actor: str | None
    note: str


def out_book(
    session: Session, community_id: int, shop_id: uuid.UUID, span: tuple[datetime, datetime]
) -> list[OutLine]:
    """Everything that left a shop in a span (both ends counted), in the order of time. One statement."""

    def of(table: sa.Table, column: sa.Column) -> sa.ColumnElement[bool]:
        return sa.and_(table.c.community_id == move.c.community_id, table.c.id == column)

    rows = session.execute(
        sa.select(move, item.c.name_zh, item.c.name_en, household.c.number, member.c.name)
        .join(item, of(item, move.c.item_id))
        .outerjoin(member, of(member, move.c.actor_id))
        .outerjoin(redemption, of(redemption, move.c.redemption_id))
        .outerjoin(order, of(order, redemption.c.order_id))
        .outerjoin(household, of(household, order.c.household_id))
        .where(move.c.community_id == community_id, move.c.shop_id == shop_id, move.c.moved_at.between(*span),
               move.c.move.in_(OUT_MOVES))
        .order_by(move.c.moved_at, move.c.id)
    )  # fmt: skip
    return [
        OutLine(
            row.moved_at, row.move, row.number, row.name_zh, row.name_en, -row.quantity, row.name, row.note
        )
        for row in rows
    ]
