"""Reading shops and what is on offer at them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import UtcDateTime
from points.errors import NotFound
from shop.catalogue.limits import Limit, limits_by_item
from shop.catalogue.models import Item, Shop
from shop.catalogue.prices import fen_now, has_begun, points_now
from shop.orders.models import Order, OrderLine
from shop.stock.models import Stock

shop, item, stock = Shop.__table__, Item.__table__, Stock.__table__
order, line = Order.__table__, OrderLine.__table__


_REWORKED = ("on_hand", "available", "limits", "is_sold", "next_points", "next_from")


@dataclass(frozen=True)
class ShopView:
    """A counter; ``hours`` in words, for a shop whose opening hours nobody has put in."""

    id: uuid.UUID
    name: str
    place: str
    hours: str
    kind: str = "shop"
    door: str = "hours"


@dataclass(frozen=True)
class ItemView:
    """An item at a shop at the price in force; ``available`` pieces nobody has set aside, ``on_hand`` on the shelf.

    ``next_points``: the price announced from ``next_from`` on. ``is_sold``: this shop hands it out.
    """

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
    is_offered: bool
    barcode: str | None
    voucher_days: int | None
    partner_id: uuid.UUID | None
    photo_id: uuid.UUID | None
    takes_place_at: datetime | None
    next_points: int | None
    next_from: datetime | None
    limits: tuple[Limit, ...]
    is_sold: bool
    low_at: int | None
    on_hand: int
    available: int


def shops_of(session: Session, community_id: int) -> list[ShopView]:
    """All shops of a community, the oldest first."""
    rows = session.execute(sa.select(shop).where(shop.c.community_id == community_id).order_by(shop.c.id))
    return [_shop(row) for row in rows]


def shop_by_id(session: Session, community_id: int, shop_id: uuid.UUID) -> ShopView:
    """NotFound ``shop_not_found``, also for another community's."""
    row = session.execute(
        sa.select(shop).where(shop.c.community_id == community_id, shop.c.id == shop_id)
    ).one_or_none()
    if row is None:
        raise NotFound("shop_not_found")
    return _shop(row)


def _shop(row: sa.Row) -> ShopView:
    return ShopView(row.id, row.name, row.place, row.hours, row.kind, row.door)


def items_at(
    session: Session, community_id: int, shop_id: uuid.UUID, *, now: datetime, only_offered: bool = True
) -> list[ItemView]:
    """The catalogue with this shop's stock. Goods of orders whose time is over count as free, whether or not a job ran.

    ``only_offered``: what is on offer and sold at this shop, and has not begun. Two statements.
    """
    query = _at_shop(community_id, shop_id, now)
    if only_offered:
        query = query.where(
            item.c.is_offered, sa.func.coalesce(stock.c.is_sold, sa.true()), sa.not_(has_begun(now))
        )
    limits = limits_by_item(session, community_id)
    return [_item(row, limits.get(row.id, ()), now) for row in session.execute(query)]


def item_at(
    session: Session, community_id: int, shop_id: uuid.UUID, item_id: uuid.UUID, *, now: datetime
) -> ItemView:
    """One item, also when it is not on offer. NotFound ``item_not_found``."""
    row = session.execute(_at_shop(community_id, shop_id, now).where(item.c.id == item_id)).one_or_none()
    if row is None:
        raise NotFound("item_not_found")
    return _item(row, limits_by_item(session, community_id, [item_id]).get(item_id, ()), now)


@dataclass(frozen=True)
class ShelfView:
    """An item at one shop: handed out there or not, and below how many free pieces more is to be ordered."""

    shop_id: uuid.UUID
    is_sold: bool
    low_at: int | None


def item_shelves(session: Session, community_id: int, item_id: uuid.UUID) -> list[ShelfView]:
    """The shelves an item has anywhere."""
    rows = session.execute(
        sa.select(stock.c.shop_id, stock.c.is_sold, stock.c.low_at)
        .where(stock.c.community_id == community_id, stock.c.item_id == item_id)
        .order_by(stock.c.shop_id)
    )
    return [ShelfView(row.shop_id, row.is_sold, row.low_at) for row in rows]


def _at_shop(community_id: int, shop_id: uuid.UUID, now: datetime) -> sa.Select:
    lapsed = (
        sa.select(line.c.item_id, sa.func.sum(line.c.quantity).label("pieces"))
        .join(order, sa.and_(order.c.community_id == line.c.community_id, order.c.id == line.c.order_id))
        .where(order.c.community_id == community_id, order.c.shop_id == shop_id, order.c.state == "placed",
               order.c.expires_at <= now)
        .group_by(line.c.item_id)
        .subquery()
    )  # fmt: skip
    moment = sa.literal(now, UtcDateTime)
    return (
        sa.select(
            *(column for column in item.c if column.name not in ("points", "reference_fen")),
            points_now(moment).label("points"), fen_now(moment).label("reference_fen"),
            stock.c.on_hand, stock.c.held, stock.c.is_sold, stock.c.low_at, lapsed.c.pieces,
        )
        .outerjoin(stock, sa.and_(stock.c.community_id == item.c.community_id, stock.c.item_id == item.c.id,
                                  stock.c.shop_id == shop_id))
        .outerjoin(lapsed, lapsed.c.item_id == item.c.id)
        .where(item.c.community_id == community_id)
        .order_by(item.c.code)
    )  # fmt: skip


def _item(row: sa.Row, limits: tuple[Limit, ...], now: datetime) -> ItemView:
    own = {name: getattr(row, name) for name in ItemView.__dataclass_fields__ if name not in _REWORKED}
    on_hand, is_coming = row.on_hand or 0, row.next_from is not None and row.next_from > now
    return ItemView(
        **own, on_hand=on_hand, available=max(0, on_hand - (row.held or 0) + int(row.pieces or 0)), limits=limits,
        is_sold=row.is_sold is not False, next_points=row.next_points if is_coming else None,
        next_from=row.next_from if is_coming else None,
    )  # fmt: skip
