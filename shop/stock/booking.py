"""Pieces in and out of shelves, each with its line in the register: the one way for everything but the till."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, NotFound
from shop.catalogue.models import VOUCHER_KINDS, Item, Shop
from shop.orders.endings import release_lapsed
from shop.stock.count_models import StockTake, StockTakeLine, WriteOff
from shop.stock.delivery_models import Delivery, DeliveryLine
from shop.stock.models import Stock, StockMove

MOST_PIECES = 100_000
stock, stock_move, take, take_line = (
    Stock.__table__, StockMove.__table__, StockTake.__table__, StockTakeLine.__table__,
)  # fmt: skip
delivery, delivery_line, write_off = Delivery.__table__, DeliveryLine.__table__, WriteOff.__table__


@dataclass(frozen=True)
class Booking:
    """Who books what kind of move at a shop, and the papers behind it."""

    community_id: int
    shop_id: uuid.UUID
    move: str
    actor_id: uuid.UUID | None
    second_id: uuid.UUID | None = None
    delivery_id: uuid.UUID | None = None
    request_key: str | None = None


def check_place(session: Session, community_id: int, shop_id: uuid.UUID, *item_ids: uuid.UUID) -> None:
    """NotFound ``shop_not_found``, ``item_not_found``, also for another community's."""
    shop = session.scalar(sa.select(Shop.id).where(Shop.community_id == community_id, Shop.id == shop_id))
    if shop is None:
        raise NotFound("shop_not_found")
    found = session.scalars(
        sa.select(Item.id).where(Item.community_id == community_id, Item.id.in_(item_ids))
    )
    if len(set(item_ids)) != len(found.all()):
        raise NotFound("item_not_found")


def check_goods(session: Session, community_id: int, shop_id: uuid.UUID, *item_ids: uuid.UUID) -> None:
    """As ``check_place``, for what has pieces. Conflict ``item_has_places`` (``item_zh``, ``item_en``) for a promise: how
    many of those are left is the steward's to say (``places``)."""
    check_place(session, community_id, shop_id, *item_ids)
    promise = session.execute(
        sa.select(Item.name_zh, Item.name_en)
        .where(Item.community_id == community_id, Item.id.in_(item_ids), Item.kind.in_(VOUCHER_KINDS))
        .limit(1)
    ).one_or_none()
    if promise is not None:
        raise Conflict("item_has_places", item_zh=promise.name_zh, item_en=promise.name_en)


def lock_shelf(session: Session, community_id: int, shop_id: uuid.UUID, item_id: uuid.UUID) -> Stock:
    """The shelf of an item under lock; a new and empty one where the shop never had it."""
    shelf = session.scalar(
        sa.select(Stock)
        .where(Stock.community_id == community_id, Stock.shop_id == shop_id, Stock.item_id == item_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if shelf is None:
        shelf = Stock(
            community_id=community_id, id=new_id(), shop_id=shop_id, item_id=item_id, on_hand=0, held=0
        )
        session.add(shelf)
        session.flush()
    return shelf


def lock_shelf_now(
    session: Session, community_id: int, shop_id: uuid.UUID, item_id: uuid.UUID, *, now: datetime
) -> Stock:
    """The shelf under lock, after orders whose time is over gave back what they kept of it."""
    release_lapsed(session, community_id, shop_id, now=now, wanted=[item_id])
    return lock_shelf(session, community_id, shop_id, item_id)


def booked_before(session: Session, booking: Booking, shelf: Stock, pieces: int, note: str) -> int | None:
    """The difference that was booked under this key when it set the shelf, which the caller has locked, to ``pieces``; None
    for a new key. The register keeps differences: what was asked is the shelf now without what was booked since.

    Conflict ``request_key_reused`` when that was another shelf, kind of move, number or note.
    """
    row = session.execute(
        sa.select(stock_move).where(
            stock_move.c.community_id == booking.community_id, stock_move.c.request_key == booking.request_key
        )
    ).one_or_none()
    if row is None:
        return None
    if (row.shop_id, row.item_id, row.move, row.note) != (shelf.shop_id, shelf.item_id, booking.move, note):
        raise Conflict("request_key_reused")
    key = (stock_move.c.moved_at, stock_move.c.id)
    then = (sa.literal(value, column.type) for value, column in zip((row.moved_at, row.id), key, strict=True))
    since = session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(stock_move.c.quantity), 0)).where(
            stock_move.c.community_id == booking.community_id, stock_move.c.shop_id == shelf.shop_id,
            stock_move.c.item_id == shelf.item_id, sa.tuple_(*key) > sa.tuple_(*then),
        )
    )  # fmt: skip
    if shelf.on_hand - since != pieces:
        raise Conflict("request_key_reused")
    return row.quantity


def check_not_taken(session: Session, community_id: int, shop_id: uuid.UUID, item_id: uuid.UUID) -> None:
    """For whoever makes good by hand what a stock-take may have found: its difference would be booked a second time.

    The shelf's lock is the caller's. Conflict ``take_running`` while a stock-take that is not closed found another number
    than the book's.
    """
    waits = sa.exists().where(
        take.c.community_id == community_id, take.c.shop_id == shop_id, take.c.state != "closed",
        take_line.c.community_id == community_id, take_line.c.take_id == take.c.id, take_line.c.item_id == item_id,
        take_line.c.counted != take_line.c.booked,
    )  # fmt: skip
    if session.scalar(sa.select(waits)):
        raise Conflict("take_running")


def check_no_slip(session: Session, community_id: int, shop_id: uuid.UUID, item_id: uuid.UUID) -> None:
    """For whoever counts: what a slip is about to move is on the shelf or gone already, and would be booked twice.

    The shelf's lock is the caller's. Conflict ``slip_waiting`` while a delivery to the shop, or goods written off there, wait
    for a second signature.
    """
    of_delivery = sa.exists().where(
        delivery.c.community_id == community_id, delivery.c.shop_id == shop_id, delivery.c.state == "entered",
        delivery_line.c.community_id == community_id, delivery_line.c.delivery_id == delivery.c.id,
        delivery_line.c.item_id == item_id,
    )  # fmt: skip
    of_write_off = sa.exists().where(
        write_off.c.community_id == community_id, write_off.c.shop_id == shop_id, write_off.c.item_id == item_id,
        write_off.c.state == "entered",
    )  # fmt: skip
    if session.scalar(sa.select(sa.or_(of_delivery, of_write_off))):
        raise Conflict("slip_waiting")


def book(
    session: Session, booking: Booking, pieces: Mapping[uuid.UUID, int], notes: Mapping[uuid.UUID, str], *, now: datetime
) -> None:  # fmt: skip
    """Moves pieces (negative: out) of several items, shelves locked in the order of their ids, with a line each.

    Orders whose time is over are ended first, so that they keep nothing back. A line of 0 pieces is written only for a
    count. Raises Conflict ``not_enough_free`` (``item_zh``, ``item_en``, ``free``) where orders wait for what would go.
    """
    if any(quantity < 0 for quantity in pieces.values()):
        release_lapsed(session, booking.community_id, booking.shop_id, now=now, wanted=list(pieces))
    for item_id in sorted(pieces):
        shelf = lock_shelf(session, booking.community_id, booking.shop_id, item_id)
        there = shelf.on_hand + pieces[item_id]
        if pieces[item_id] < 0 and there < shelf.held:
            raise _not_enough(session, booking.community_id, shelf)
        shelf.on_hand = there
        if pieces[item_id] or booking.move == "counted":
            write_move(session, booking, item_id, pieces[item_id], notes.get(item_id, ""), now=now)
    session.flush()


def _not_enough(session: Session, community_id: int, shelf: Stock) -> Conflict:
    item = session.get_one(Item, (community_id, shelf.item_id))
    return Conflict(
        "not_enough_free", item_zh=item.name_zh, item_en=item.name_en, free=shelf.on_hand - shelf.held
    )


def write_move(
    session: Session, booking: Booking, item_id: uuid.UUID, quantity: int, note: str, *, now: datetime
) -> None:
    """A line of the register; the shelf is the caller's."""
    session.execute(
        sa.insert(stock_move).values(
            community_id=booking.community_id, id=new_id(), shop_id=booking.shop_id, item_id=item_id,
            move=booking.move, quantity=quantity, actor_id=booking.actor_id, second_actor_id=booking.second_id,
            delivery_id=booking.delivery_id, note=note, moved_at=now, request_key=booking.request_key,
        )
    )  # fmt: skip
