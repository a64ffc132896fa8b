"""Getting orders ready at the counter: what has to be put together, and what stands there packed and labelled."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import Conflict, Gone, NotFound
from shop.catalogue.models import Item
from shop.orders.endings import lock_order
from shop.orders.models import Order, OrderLine, OrderMove
from shop.orders.queries import OrderView, orders_by_id, waiting_at

order, order_line, order_move, item = (
    Order.__table__, OrderLine.__table__, OrderMove.__table__, Item.__table__,
)  # fmt: skip
# How far back a household's orders nobody came for are counted, as a hint for the staff; nothing follows from it.
LOOK_BACK = timedelta(days=90)
MOST_ROWS = 50


@dataclass(frozen=True)
class PrepareOrder:
    """The staff of a shop packed an order, or (``is_packed`` False) takes that back."""

    community_id: int
    actor_id: uuid.UUID
    shop_id: uuid.UUID
    order_id: uuid.UUID
    is_packed: bool = True


@dataclass(frozen=True)
class PiecesToPack:
    """Pieces of an item over all orders at a shop that nobody has packed yet."""

    item_id: uuid.UUID
    code: str
    name_zh: str
    name_en: str
    unit_zh: str
    unit_en: str
    pieces: int
    orders: int


@dataclass(frozen=True)
class NoShow:
    """An order whose time is over; ``times`` in 90 days that this household's orders ended so, this one included."""

    order: OrderView
    times: int


def prepare_order(session: Session, command: PrepareOrder, *, now: datetime) -> None:
    """Marks an order of this shop as packed, or as not packed; again: nothing more happens.

    Raises NotFound ``order_not_found``, also for an order of another shop; Conflict ``order_not_waiting``; Gone
    ``order_lapsed``.
    """
    row = lock_order(session, command.community_id, order.c.id == command.order_id)
    if row is None or row.shop_id != command.shop_id:
        raise NotFound("order_not_found")
    if row.state not in ("placed", "lapsed"):
        raise Conflict("order_not_waiting")
    if row.state == "lapsed" or row.expires_at <= now:
        raise Gone("order_lapsed")
    if command.is_packed == (row.prepared_at is not None):
        return
    packed = {"prepared_at": now, "prepared_by": command.actor_id}
    session.execute(
        sa.update(order)
        .where(order.c.community_id == command.community_id, order.c.id == row.id)
        .values(packed if command.is_packed else dict.fromkeys(packed))
    )


def pieces_to_pack(
    session: Session, community_id: int, shop_id: uuid.UUID, *, now: datetime
) -> list[PiecesToPack]:
    """What has to be fetched from the shelves, item by item, in the catalogue's order."""
    rows = session.execute(
        sa.select(item.c.id.label("item_id"), item.c.code, item.c.name_zh, item.c.name_en, item.c.unit_zh,
                  item.c.unit_en, sa.func.sum(order_line.c.quantity).label("pieces"),
                  sa.func.count().label("orders"))
        .select_from(order)
        .join(order_line, sa.and_(order_line.c.community_id == order.c.community_id,
                                  order_line.c.order_id == order.c.id))
        .join(item, sa.and_(item.c.community_id == order_line.c.community_id, item.c.id == order_line.c.item_id))
        .where(waiting_at(community_id, shop_id, now), order.c.prepared_at.is_(None))
        .group_by(item.c.id, item.c.code, item.c.name_zh, item.c.name_en, item.c.unit_zh, item.c.unit_en)
        .order_by(item.c.code)
    )  # fmt: skip
    return [PiecesToPack(**{**row._mapping, "pieces": int(row.pieces)}) for row in rows]


def _not_collected(community_id: int, since: datetime, now: datetime) -> sa.ColumnElement[bool]:
    """Orders whose time ran out between two moments, whether or not a job has noticed."""
    return sa.and_(
        order.c.community_id == community_id, order.c.state.in_(["placed", "lapsed"]), order.c.expires_at <= now,
        order.c.expires_at > since,
    )  # fmt: skip


def no_shows(
    session: Session, community_id: int, shop_id: uuid.UUID, *, now: datetime, limit: int = MOST_ROWS
) -> list[NoShow]:
    """Orders of the last 90 days that nobody came for, the latest first."""
    over = _not_collected(community_id, now - LOOK_BACK, now)
    ids = session.scalars(
        sa.select(order.c.id)
        .where(over, order.c.shop_id == shop_id)
        .order_by(order.c.expires_at.desc(), order.c.id.desc())
        .limit(limit)
    ).all()
    views = orders_by_id(session, community_id, ids, now=now)
    households = {view.household_id for view in views.values()}
    counted = session.execute(
        sa.select(order.c.household_id, sa.func.count().label("times"))
        .where(over, order.c.community_id == community_id, order.c.household_id.in_(households))
        .group_by(order.c.household_id)
    )
    times = {row.household_id: row.times for row in counted}
    return [NoShow(views[order_id], times[views[order_id].household_id]) for order_id in ids]


def moved_away(
    session: Session, community_id: int, shop_id: uuid.UUID, *, now: datetime
) -> list[tuple[OrderView, datetime]]:
    """Orders that were packed here and went to another shop in the last day: their goods go back on the shelf."""
    moves = session.execute(
        sa.select(order_move.c.order_id, order_move.c.moved_at)
        .where(order_move.c.community_id == community_id, order_move.c.from_shop_id == shop_id,
               order_move.c.was_prepared, order_move.c.moved_at > now - timedelta(days=1))
        .order_by(order_move.c.moved_at.desc())
        .limit(MOST_ROWS)
    ).all()  # fmt: skip
    views = orders_by_id(session, community_id, [one.order_id for one in moves], now=now)
    return [(views[one.order_id], one.moved_at) for one in moves]
