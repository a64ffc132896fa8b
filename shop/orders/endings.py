"""How an order ends whose goods stay in the shop: cancelled by the household, or lapsed by time alone.

Locks are taken in one order everywhere in the shop: household, orders, shelves by shop and item, accounts by id. Otherwise an
order being placed and one being handed over would wait for each other.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders.models import Order, OrderLine
from shop.stock.models import Stock
from shop.stock.shelves import Shelf, lock_shelves_of, put_back

order, order_line, stock = Order.__table__, OrderLine.__table__, Stock.__table__
AT_ONCE = 200

_lines = (
    sa.select(order_line.c.item_id, order_line.c.quantity, order_line.c.points_each)
    .where(
        order_line.c.community_id == sa.bindparam("community"),
        order_line.c.order_id.in_(sa.bindparam("orders", expanding=True)),
    )
    .order_by(order_line.c.item_id)
)


def lock_order(session: Session, community_id: int, which: sa.ColumnElement[bool]) -> sa.Row | None:
    """One order under lock."""
    return session.execute(
        sa.select(order).where(order.c.community_id == community_id, which).with_for_update(key_share=True)
    ).one_or_none()


def lines_of(session: Session, community_id: int, *order_ids: uuid.UUID) -> Sequence[sa.Row]:
    """Item, quantity and price of each line, in the order of the items' ids (the order in which shelves are locked)."""
    return session.execute(_lines, {"community": community_id, "orders": order_ids}).all()


def end_order(session: Session, row: sa.Row, state: str, *, now: datetime) -> None:
    """Sets the last state of a locked order whose goods stay in the shop, and puts them back on the shelf."""
    _end(session, row.community_id, [row.id], state, ended_at=now)
    back = _pieces(lines_of(session, row.community_id, row.id))
    put_back(session, row.community_id, row.shop_id, back)


def free_pieces(
    session: Session, community_id: int, shop_id: uuid.UUID, item_ids: Collection[uuid.UUID], *, now: datetime
) -> dict[uuid.UUID, int]:
    """Pieces nobody has set aside, counting those of orders whose time is over, without locking anything."""
    lapsed = (
        sa.select(sa.func.coalesce(sa.func.sum(order_line.c.quantity), 0))
        .join(order, sa.and_(order.c.community_id == order_line.c.community_id, order.c.id == order_line.c.order_id))
        .where(order.c.community_id == community_id, order.c.shop_id == shop_id, order.c.state == "placed",
               order.c.expires_at <= now, order_line.c.item_id == stock.c.item_id)
        .scalar_subquery()
    )  # fmt: skip
    rows = session.execute(
        sa.select(stock.c.item_id, (stock.c.on_hand - stock.c.held + lapsed).label("free")).where(
            stock.c.community_id == community_id, stock.c.shop_id == shop_id, stock.c.item_id.in_(item_ids)
        )
    )
    return {row.item_id: int(row.free) for row in rows}


def release_lapsed(
    session: Session, community_id: int, shop_id: uuid.UUID, *, now: datetime, wanted: Collection[uuid.UUID] = (),
    beside: Collection[Shelf] = (), limit: int = AT_ONCE,
) -> int:  # fmt: skip
    """Puts the goods of orders whose time is over back on the shelf (their points came back by themselves).

    ``wanted``: items the caller is about to lock; only orders that hold some of them are looked at, and all shelves
    are locked in one sorted sweep, with those ``beside`` of other shops that the caller needs as well. Returns how many
    orders lapsed.
    """
    query = sa.select(order.c.id).where(
        order.c.community_id == community_id, order.c.shop_id == shop_id, order.c.state == "placed",
        order.c.expires_at <= now,
    )  # fmt: skip
    if wanted:
        query = query.where(
            sa.exists().where(
                order_line.c.community_id == community_id, order_line.c.order_id == order.c.id,
                order_line.c.item_id.in_(wanted),
            )
        )  # fmt: skip
    query = query.order_by(order.c.id).limit(limit).with_for_update(skip_locked=True, key_share=True)
    lapsed = session.scalars(query).all()
    if lapsed:
        back = _pieces(lines_of(session, community_id, *lapsed))
        lock_shelves_of(
            session, community_id, {(shop_id, item_id) for item_id in {*back, *wanted}} | {*beside}
        )
        put_back(session, community_id, shop_id, back)
        _end(session, community_id, lapsed, "lapsed", ended_at=order.c.expires_at)
    return len(lapsed)


def _pieces(lines: Sequence[sa.Row]) -> dict[uuid.UUID, int]:
    pieces: dict[uuid.UUID, int] = {}
    for line in lines:
        pieces[line.item_id] = pieces.get(line.item_id, 0) + line.quantity
    return pieces


def _end(
    session: Session,
    community_id: int,
    ids: Sequence[uuid.UUID],
    state: str,
    *,
    ended_at: datetime | sa.Column,
) -> None:
    session.execute(
        sa.update(order)
        .where(order.c.community_id == community_id, order.c.id.in_(ids))
        .values(state=state, ended_at=ended_at)
    )
