"""Reading the shop: what is on offer, what was ordered, what happened at the counter."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import NotFound
from points.people.models import Household, Member
from shop.catalogue.models import Item, Shop
from shop.counter.models import Redemption
from shop.orders.models import Order, OrderLine
from shop.stock.models import Stock, StockMove

shop, item, stock, order, line = (
    Shop.__table__, Item.__table__, Stock.__table__, Order.__table__, OrderLine.__table__,
)  # fmt: skip
redemption, member, household, move = (
    Redemption.__table__, Member.__table__, Household.__table__, StockMove.__table__,
)  # fmt: skip


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


@dataclass(frozen=True)
class OrderView:
    """An order with its lines. ``state`` counts time: placed and past ``expires_at`` reads ``lapsed``."""

    id: uuid.UUID
    shop_id: uuid.UUID
    shop: str
    household_id: uuid.UUID
    household_number: str
    member: str
    state: str
    token: str
    points: int
    placed_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    lines: tuple[LineView, ...]


@dataclass(frozen=True)
class ScanView:
    """A line of the counter's own list."""

    nonce: str
    device: str
    status: str
    reason: str | None
    points: int
    member: str | None
    staff: str
    order_id: uuid.UUID | None
    recorded_at: datetime
    annulled_at: datetime | None


@dataclass(frozen=True)
class MoveView:
    """A line of the in and out register."""

    item_zh: str
    item_en: str
    move: str
    quantity: int
    actor: str | None
    note: str
    moved_at: datetime


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
    lapsed = (
        sa.select(line.c.item_id, sa.func.sum(line.c.quantity).label("pieces"))
        .join(order, sa.and_(order.c.community_id == line.c.community_id, order.c.id == line.c.order_id))
        .where(order.c.community_id == community_id, order.c.shop_id == shop_id, order.c.state == "placed",
               order.c.expires_at <= now)
        .group_by(line.c.item_id)
        .subquery()
    )  # fmt: skip
    query = (
        sa.select(item, stock.c.on_hand, stock.c.held, lapsed.c.pieces)
        .outerjoin(stock, sa.and_(stock.c.community_id == item.c.community_id, stock.c.item_id == item.c.id,
                                  stock.c.shop_id == shop_id))
        .outerjoin(lapsed, lapsed.c.item_id == item.c.id)
        .where(item.c.community_id == community_id)
        .order_by(item.c.code)
    )  # fmt: skip
    if only_offered:
        query = query.where(item.c.is_offered)
    return [_item(row) for row in session.execute(query)]


def item_at(
    session: Session, community_id: int, shop_id: uuid.UUID, item_id: uuid.UUID, *, now: datetime
) -> ItemView:
    """One item. NotFound ``item_not_found``."""
    for found in items_at(session, community_id, shop_id, now=now, only_offered=False):
        if found.id == item_id:
            return found
    raise NotFound("item_not_found")


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


_orders = (
    sa.select(order, shop.c.name.label("shop"), member.c.name.label("member"), household.c.number)
    .join(shop, sa.and_(shop.c.community_id == order.c.community_id, shop.c.id == order.c.shop_id))
    .join(member, sa.and_(member.c.community_id == order.c.community_id, member.c.id == order.c.member_id))
    .join(
        household,
        sa.and_(household.c.community_id == order.c.community_id, household.c.id == order.c.household_id),
    )
)


def orders_of_household(
    session: Session, community_id: int, household_id: uuid.UUID, *, now: datetime, before: uuid.UUID | None = None,
    limit: int = 20,
) -> list[OrderView]:  # fmt: skip
    """Orders of a household, newest first."""
    query = _orders.where(order.c.community_id == community_id, order.c.household_id == household_id)
    if before is not None:
        query = query.where(order.c.id < before)
    return _views(session, community_id, query.order_by(order.c.id.desc()).limit(limit), now)


def orders_to_collect(
    session: Session, community_id: int, shop_id: uuid.UUID, *, now: datetime
) -> list[OrderView]:
    """What stands ready at a shop, the oldest first."""
    query = _orders.where(
        order.c.community_id == community_id, order.c.shop_id == shop_id, order.c.state == "placed",
        order.c.expires_at > now,
    )  # fmt: skip
    return _views(session, community_id, query.order_by(order.c.expires_at, order.c.id).limit(200), now)


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
            row.placed_at, row.expires_at, row.ended_at, tuple(lines.get(row.id, ())),
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
        sa.select(line, item.c.name_zh, item.c.name_en, item.c.unit_zh, item.c.unit_en, item.c.icon)
        .join(item, sa.and_(item.c.community_id == line.c.community_id, item.c.id == line.c.item_id))
        .where(line.c.community_id == community_id, line.c.order_id.in_(order_ids))
        .order_by(item.c.code)
    )
    for row in rows:
        found.setdefault(row.order_id, []).append(
            LineView(row.item_id, row.name_zh, row.name_en, row.unit_zh, row.unit_en, row.icon, row.quantity,
                     row.quantity * row.points_each)
        )  # fmt: skip
    return found


staff = member.alias("staff")
_scans = (
    sa.select(redemption, staff.c.name.label("staff"), member.c.name.label("member"))
    .join(
        staff, sa.and_(staff.c.community_id == redemption.c.community_id, staff.c.id == redemption.c.staff_id)
    )
    .outerjoin(
        order, sa.and_(order.c.community_id == redemption.c.community_id, order.c.id == redemption.c.order_id)
    )
    .outerjoin(
        member, sa.and_(member.c.community_id == order.c.community_id, member.c.id == order.c.member_id)
    )
)


def _scan(row: sa.Row) -> ScanView:
    return ScanView(**{name: getattr(row, name) for name in ScanView.__dataclass_fields__})


def scans_at(session: Session, community_id: int, shop_id: uuid.UUID, *, limit: int = 30) -> list[ScanView]:
    """The last answers a counter got, refusals as well, newest first."""
    rows = session.execute(
        _scans.where(redemption.c.community_id == community_id, redemption.c.shop_id == shop_id)
        .order_by(redemption.c.recorded_at.desc(), redemption.c.id.desc())
        .limit(limit)
    )
    return [_scan(row) for row in rows]


def scan_of_order(session: Session, community_id: int, order_id: uuid.UUID) -> ScanView | None:
    """The scan that handed an order over: who stood at the counter, and when."""
    row = session.execute(
        _scans.where(redemption.c.community_id == community_id, redemption.c.order_id == order_id,
                     redemption.c.status == "ok")
        .order_by(redemption.c.recorded_at.desc())
        .limit(1)
    ).one_or_none()  # fmt: skip
    return _scan(row) if row else None


def scans_of_orders(
    session: Session, community_id: int, order_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, ScanView]:
    """The scan that handed each order over; orders nobody has collected are left out."""
    if not order_ids:
        return {}
    rows = session.execute(
        _scans.where(redemption.c.community_id == community_id, redemption.c.order_id.in_(order_ids),
                     redemption.c.status == "ok")
        .order_by(redemption.c.recorded_at)
    )  # fmt: skip
    return {row.order_id: _scan(row) for row in rows}


def scan_by_nonce(session: Session, community_id: int, nonce: str) -> ScanView:
    """NotFound ``redemption_not_found``."""
    row = session.execute(
        _scans.where(redemption.c.community_id == community_id, redemption.c.nonce == nonce)
    ).one_or_none()
    if row is None:
        raise NotFound("redemption_not_found")
    return _scan(row)


def moves_at(session: Session, community_id: int, shop_id: uuid.UUID, *, limit: int = 50) -> list[MoveView]:
    """The register of a shop, newest first."""
    rows = session.execute(
        sa.select(move, item.c.name_zh, item.c.name_en, member.c.name)
        .join(item, sa.and_(item.c.community_id == move.c.community_id, item.c.id == move.c.item_id))
        .outerjoin(
            member, sa.and_(member.c.community_id == move.c.community_id, member.c.id == move.c.actor_id)
        )
        .where(move.c.community_id == community_id, move.c.shop_id == shop_id)
        .order_by(move.c.moved_at.desc(), move.c.id.desc())
        .limit(limit)
    )
    return [
        MoveView(row.name_zh, row.name_en, row.move, row.quantity, row.name, row.note, row.moved_at)
        for row in rows
    ]
