"""Reading orders."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import NotFound
from points.ledger.models import Account
from points.people.models import Household, Member
from shop.catalogue.models import Item, Shop
from shop.orders.models import Order, OrderLine

LAST_DAY = timedelta(days=1)
order, line, shop, item = Order.__table__, OrderLine.__table__, Shop.__table__, Item.__table__
member, household, payer = Member.__table__, Household.__table__, Account.__table__.alias("payer")


@dataclass(frozen=True)
class LineView:
    """Pieces of an item in an order; points for all of them."""

    item_id: uuid.UUID
    name_zh: str
    name_en: str
    unit_zh: str
    unit_en: str
    icon: str
    quantity: int
    points: int
    takes_place_at: datetime | None = None


@dataclass(frozen=True)
class OrderView:
    """An order with its lines. ``state`` counts time: placed and past ``expires_at`` reads ``lapsed``.

    ``way`` ``counter``: bought at the till at once, without a ``token``. ``prepared_at``: packed, waiting at the shop.
    """

    id: uuid.UUID
    shop_id: uuid.UUID
    shop: str
    household_id: uuid.UUID
    household_number: str
    member: str
    state: str
    token: str | None
    points: int
    placed_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    way: str
    prepared_at: datetime | None
    lines: tuple[LineView, ...]
    from_pool: bool = False  # the care pool paid

    def is_last_day(self, now: datetime) -> bool:
        """Still waits, and for less than a day."""
        return self.state == "placed" and self.expires_at - now <= LAST_DAY


_orders = (
    sa.select(
        order, shop.c.name.label("shop"), member.c.name.label("member"), household.c.number,
        (payer.c.kind == "care_pool").label("from_pool"),
    )
    .join(shop, sa.and_(shop.c.community_id == order.c.community_id, shop.c.id == order.c.shop_id))
    .join(member, sa.and_(member.c.community_id == order.c.community_id, member.c.id == order.c.member_id))
    .join(
        household,
        sa.and_(household.c.community_id == order.c.community_id, household.c.id == order.c.household_id),
    )
    .join(payer, sa.and_(payer.c.community_id == order.c.community_id, payer.c.id == order.c.wallet_id))
)  # fmt: skip


def orders_of_household(
    session: Session, community_id: int, household_id: uuid.UUID, *, now: datetime, before: uuid.UUID | None = None,
    limit: int = 20,
) -> list[OrderView]:  # fmt: skip
    """Orders of a household, newest first."""
    query = _orders.where(order.c.community_id == community_id, order.c.household_id == household_id)
    if before is not None:
        query = query.where(order.c.id < before)
    return _views(session, community_id, query.order_by(order.c.id.desc()).limit(limit), now)


def waiting_at(community_id: int, shop_id: uuid.UUID, now: datetime) -> sa.ColumnElement[bool]:
    """Which orders still wait at a shop for somebody to come."""
    return sa.and_(
        order.c.community_id == community_id, order.c.shop_id == shop_id, order.c.state == "placed",
        order.c.expires_at > now,
    )  # fmt: skip


def orders_to_collect(
    session: Session, community_id: int, shop_id: uuid.UUID, *, now: datetime,
    after: tuple[datetime, uuid.UUID] | None = None, only_unpacked: bool = False, limit: int = 200,
) -> list[OrderView]:  # fmt: skip
    """What waits at a shop, whose time ends first stands first, from the order ``after`` (end of time and id) on."""
    query = _orders.where(waiting_at(community_id, shop_id, now))
    if only_unpacked:
        query = query.where(order.c.prepared_at.is_(None))
    if after is not None:
        keys = (order.c.expires_at, order.c.id)
        last = (sa.literal(value, key.type) for value, key in zip(after, keys, strict=True))
        query = query.where(sa.tuple_(*keys) > sa.tuple_(*last))
    return _views(session, community_id, query.order_by(order.c.expires_at, order.c.id).limit(limit), now)


def order_by_id(session: Session, community_id: int, order_id: uuid.UUID, *, now: datetime) -> OrderView:
    """NotFound ``order_not_found``; whose it is, is the caller's to ask."""
    query = _orders.where(order.c.community_id == community_id, order.c.id == order_id)
    found = _views(session, community_id, query, now)
    if not found:
        raise NotFound("order_not_found")
    return found[0]


def orders_by_id(
    session: Session, community_id: int, order_ids: Sequence[uuid.UUID], *, now: datetime
) -> dict[uuid.UUID, OrderView]:
    """Orders by id; unknown ids are left out."""
    if not order_ids:
        return {}
    query = _orders.where(order.c.community_id == community_id, order.c.id.in_(order_ids))
    return {view.id: view for view in _views(session, community_id, query, now)}


def _views(session: Session, community_id: int, query: sa.Select, now: datetime) -> list[OrderView]:
    rows = session.execute(query).all()
    lines = order_lines(session, community_id, [row.id for row in rows])
    return [
        OrderView(
            row.id, row.shop_id, row.shop, row.household_id, row.number, row.member,
            "lapsed" if row.state == "placed" and row.expires_at <= now else row.state, row.token, row.points,
            row.placed_at, row.expires_at, row.ended_at, row.way, row.prepared_at, tuple(lines.get(row.id, ())),
            bool(row.from_pool),
        )
        for row in rows
    ]  # fmt: skip


def order_lines(
    session: Session, community_id: int, order_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[LineView]]:
    """Lines by order."""
    found: dict[uuid.UUID, list[LineView]] = {}
    if not order_ids:
        return found
    rows = session.execute(
        sa.select(
            line,
            item.c.name_zh,
            item.c.name_en,
            item.c.unit_zh,
            item.c.unit_en,
            item.c.icon,
            item.c.takes_place_at,
        )
        .join(item, sa.and_(item.c.community_id == line.c.community_id, item.c.id == line.c.item_id))
        .where(line.c.community_id == community_id, line.c.order_id.in_(order_ids))
        .order_by(item.c.code)
    )
    for row in rows:
        found.setdefault(row.order_id, []).append(
            LineView(row.item_id, row.name_zh, row.name_en, row.unit_zh, row.unit_en, row.icon, row.quantity,
                     row.quantity * row.points_each, row.takes_place_at)
        )  # fmt: skip
    return found
