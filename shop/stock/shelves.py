"""Locking shelves and moving pieces, always in the order of the items' ids. The register is the caller's to write."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.prepared import Prepared
from shop.stock.models import Stock

stock = Stock.__table__
Pieces = Mapping[uuid.UUID, int]
Shelf = tuple[uuid.UUID, uuid.UUID]  # shop, item
Writer = Session | sa.Connection


class _Change:
    """A change of several shelves of a shop in one statement, locked in the order of their items; ``on_hand`` and ``held``
    say how many times the pieces are added. ``only_free``: shelves with too few free pieces stay as they are.

    One text for each number of shelves; made for baskets, not for whole shops.
    """

    def __init__(self, *, on_hand: int = 0, held: int = 0, only_free: bool = False) -> None:
        self._by, self._only_free = {"on_hand": on_hand, "held": held}, only_free
        self._texts: dict[int, Prepared] = {}

    def run(
        self, connection: sa.Connection, community_id: int, shop_id: uuid.UUID, pieces: Pieces
    ) -> set[uuid.UUID]:
        """The items whose shelves were changed."""
        many = len(pieces)
        if not many:
            return set()
        if many not in self._texts:
            self._texts[many] = Prepared(self._statement(many))
        values: dict[str, object] = {"community": community_id, "shop": shop_id}
        for at, (item_id, quantity) in enumerate(pieces.items()):
            values |= {f"item_{at}": item_id, f"pieces_{at}": quantity}
        return {row.item_id for row in self._texts[many].rows(connection, values)}

    def _statement(self, many: int) -> sa.ReturningUpdate:
        items = [sa.bindparam(f"item_{at}", type_=stock.c.item_id.type) for at in range(many)]
        pieces = sa.case(
            {item: sa.bindparam(f"pieces_{at}", type_=sa.Integer) for at, item in enumerate(items)},
            value=stock.c.item_id,
        )
        in_order = _of_shop(sa.select(stock.c.item_id)).where(stock.c.item_id.in_(items))
        locked = in_order.order_by(stock.c.item_id).with_for_update(key_share=True).subquery()
        change = _of_shop(sa.update(stock)).where(stock.c.item_id.in_(sa.select(locked.c.item_id)))
        if self._only_free:
            change = change.where(stock.c.on_hand - stock.c.held >= pieces)
        values = {name: stock.c[name] + by * pieces for name, by in self._by.items() if by}
        return change.values(values).returning(stock.c.item_id)


def _of_shop(statement: Any) -> Any:
    return statement.where(
        stock.c.community_id == sa.bindparam("community"), stock.c.shop_id == sa.bindparam("shop")
    )


_set_aside_free = _Change(held=1, only_free=True)
_put_back = _Change(held=-1)
_hand_over = _Change(on_hand=-1, held=-1)
_take_off = _Change(on_hand=-1)
_take_if_free = _Change(on_hand=-1, only_free=True)
_return = _Change(on_hand=1)


def lock_shelves(
    session: Session, community_id: int, shop_id: uuid.UUID, item_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, int]:
    """Locks the shelves of some items; returns how many pieces of each nobody has set aside."""
    free = lock_shelves_of(session, community_id, {(shop_id, item_id) for item_id in item_ids})
    return {item_id: pieces for (_, item_id), pieces in free.items()}


def lock_shelves_of(session: Session, community_id: int, shelves: Collection[Shelf]) -> dict[Shelf, int]:
    """Locks shelves of several shops, by shop and item, so that two who need the same ones never wait for each other in
    a circle; returns how many pieces of each nobody has set aside."""
    rows = session.execute(
        sa.select(stock.c.shop_id, stock.c.item_id, (stock.c.on_hand - stock.c.held).label("free"))
        .where(
            stock.c.community_id == community_id,
            sa.tuple_(stock.c.shop_id, stock.c.item_id).in_(list(shelves)),
        )
        .order_by(stock.c.shop_id, stock.c.item_id)
        .with_for_update(key_share=True)
    )
    return {(row.shop_id, row.item_id): row.free for row in rows}


def set_aside_free(
    session: Session, community_id: int, shop_id: uuid.UUID, item_id: uuid.UUID, pieces: int
) -> bool:
    """Sets pieces aside where so many are free; False when they are not: two orders cannot both have the last one."""
    return bool(_set_aside_free.run(session.connection(), community_id, shop_id, {item_id: pieces}))


def put_back(session: Session, community_id: int, shop_id: uuid.UUID, pieces: Pieces) -> None:
    """What was set aside is free again."""
    _move(session, _put_back, community_id, shop_id, pieces)


def hand_over(session: Writer, community_id: int, shop_id: uuid.UUID, pieces: Pieces) -> None:
    """Pieces that were set aside leave the shop."""
    _move(session, _hand_over, community_id, shop_id, pieces)


def take_off_shelf(session: Writer, community_id: int, shop_id: uuid.UUID, pieces: Pieces) -> None:
    """Pieces that nobody had set aside leave the shop; the caller has looked under lock that they are there."""
    _move(session, _take_off, community_id, shop_id, pieces)


def take_if_free(connection: sa.Connection, community_id: int, shop_id: uuid.UUID, pieces: Pieces) -> Pieces:
    """Pieces leave the shop from every shelf where so many are free; returns what was taken."""
    taken = _take_if_free.run(connection, community_id, shop_id, pieces)
    return {item_id: quantity for item_id, quantity in pieces.items() if item_id in taken}


def return_to_shelf(session: Session, community_id: int, shop_id: uuid.UUID, pieces: Pieces) -> None:
    """Pieces come back into the shop."""
    _move(session, _return, community_id, shop_id, pieces)


def _move(session: Writer, change: _Change, community_id: int, shop_id: uuid.UUID, pieces: Pieces) -> None:
    connection = session if isinstance(session, sa.Connection) else session.connection()
    change.run(connection, community_id, shop_id, pieces)
