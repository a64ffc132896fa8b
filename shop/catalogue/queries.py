"""Reading shops and what is on offer at them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import NotFound
from shop.catalogue.models import Item, Shop
from shop.orders.models import Order, OrderLine
from shop.stock.models import Stock

shop, item, stock = Shop.__table__, Item.__table__, Stock.__table__
order, line = Order.__table__, OrderLine.__table__


@dataclass(frozen=True)
class ShopView:
    """A counter."""

    id: uuid.UUID
    name: str
    place: str
    hours: str


@dataclass(frozen=True)
class ItemView:
    """An item at a shop; ``available`` pieces nobody has set aside, ``on_hand`` on the shelf."""

    id: uuid.UUID
    code: str
    kind: str
    name_zh: str
    name_en: str
    detail_zh: str
    detail_en: str
    unit_zh: str
    unit_en: str
    icon: str
    points: int
    reference_fen: int
    limit_count: int | None
    limit_period: str | None
    is_offered: bool
    on_hand: int
    available: int


def shops_of(session: Session, community_id: int) -> list[ShopView]:
    """All shops of a community, the oldest first."""
    rows = session.execute(sa.select(shop).where(shop.c.community_id == community_id).order_by(shop.c.id))
    return [ShopView(row.id, row.name, row.place, row.hours) for row in rows]


def shop_by_id(session: Session, community_id: int, shop_id: uuid.UUID) -> ShopView:
    """NotFound ``shop_not_found``, also for another community's."""
    row = session.execute(
        sa.select(shop).where(shop.c.community_id == community_id, shop.c.id == shop_id)
    ).one_or_none()
    if row is None:
        raise NotFound("shop_not_found")
    return ShopView(row.id, row.name, row.place, row.hours)


def items_at(
    session: Session, community_id: int, shop_id: uuid.UUID, *, now: datetime, only_offered: bool = True
) -> list[ItemView]:
    """The catalogue with this shop's stock. Goods of orders whose time is over count as free, whether or not a job ran."""
    query = _at_shop(community_id, shop_id, now)
    if only_offered:
        query = query.where(item.c.is_offered)
    return [_item(row) for row in session.execute(query)]


def item_at(
    session: Session, community_id: int, shop_id: uuid.UUID, item_id: uuid.UUID, *, now: datetime
) -> ItemView:
    """One item, also when it is not on offer. NotFound ``item_not_found``."""
    row = session.execute(_at_shop(community_id, shop_id, now).where(item.c.id == item_id)).one_or_none()
    if row is None:
        raise NotFound("item_not_found")
    return _item(row)


def _at_shop(community_id: int, shop_id: uuid.UUID, now: datetime) -> sa.Select:
    lapsed = (
        sa.select(line.c.item_id, sa.func.sum(line.c.quantity).label("pieces"))
        .join(order, sa.and_(order.c.community_id == line.c.community_id, order.c.id == line.c.order_id))
        .where(order.c.community_id == community_id, order.c.shop_id == shop_id, order.c.state == "placed",
               order.c.expires_at <= now)
        .group_by(line.c.item_id)
        .subquery()
    )  # fmt: skip
    return (
        sa.select(item, stock.c.on_hand, stock.c.held, lapsed.c.pieces)
        .outerjoin(stock, sa.and_(stock.c.community_id == item.c.community_id, stock.c.item_id == item.c.id,
                                  stock.c.shop_id == shop_id))
        .outerjoin(lapsed, lapsed.c.item_id == item.c.id)
        .where(item.c.community_id == community_id)
        .order_by(item.c.code)
    )  # fmt: skip


def _item(row: sa.Row) -> ItemView:
    own = {
        name: getattr(row, name)
        for name in ItemView.__dataclass_fields__
        if name not in ("on_hand", "available")
    }
    on_hand = row.on_hand or 0
    return ItemView(
        **own, on_hand=on_hand, available=max(0, on_hand - (row.held or 0) + int(row.pieces or 0))
    )
