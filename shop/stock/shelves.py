"""Locking shelves and moving pieces, always in the order of the items' ids. The register is the caller's to write."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.prepared import Prepared
from shop.stock.models import Stock

stock = Stock.__table__
Pieces = Mapping[uuid.UUID, int]
Shelf = tuple[uuid.UUID, uuid.UUID]  # shop, item
Writer = Session | sa.Connection

_of_item = sa.and_(
    stock.c.community_id == sa.bindparam("community"),
    stock.c.shop_id == sa.bindparam("shop"),
    stock.c.item_id == sa.bindparam("item"),
)
_pieces = sa.bindparam("pieces", type_=sa.Integer)
_move_pieces = sa.update(stock).where(_of_item)
_set_aside_free = Prepared(
    _move_pieces.where(stock.c.on_hand - stock.c.held >= _pieces).values(held=stock.c.held + _pieces)
)
_put_back = Prepared(_move_pieces.values(held=stock.c.held - _pieces))
_hand_over = Prepared(_move_pieces.values(on_hand=stock.c.on_hand - _pieces, held=stock.c.held - _pieces))
_take_off = Prepared(_move_pieces.values(on_hand=stock.c.on_hand - _pieces))
_take_if_free = Prepared(
    _move_pieces.where(stock.c.on_hand - stock.c.held >= _pieces).values(on_hand=stock.c.on_hand - _pieces)
)
_return = Prepared(_move_pieces.values(on_hand=stock.c.on_hand + _pieces))


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
    keys = {"community": community_id, "shop": shop_id, "item": item_id, "pieces": pieces}
    return _set_aside_free.run(session.connection(), keys) == 1


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
    """Pieces leave the shop where so many are free, until one shelf has not enough; returns what was taken."""
    taken: dict[uuid.UUID, int] = {}
    for item_id in sorted(pieces):
        keys = {"community": community_id, "shop": shop_id, "item": item_id, "pieces": pieces[item_id]}
        if _take_if_free.run(connection, keys) != 1:
            break
        taken[item_id] = pieces[item_id]
    return taken


def return_to_shelf(session: Session, community_id: int, shop_id: uuid.UUID, pieces: Pieces) -> None:
    """Pieces come back into the shop."""
    _move(session, _return, community_id, shop_id, pieces)


def _move(session: Writer, change: Prepared, community_id: int, shop_id: uuid.UUID, pieces: Pieces) -> None:
    connection = session if isinstance(session, sa.Connection) else session.connection()
    for item_id in sorted(pieces):
        change.run(
            connection,
            {"community": community_id, "shop": shop_id, "item": item_id, "pieces": pieces[item_id]},
        )
