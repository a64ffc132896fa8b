"""In and out of the shelf, each with a line in the register."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, Invalid, NotFound
from points.people.operations import write_act
from shop.catalogue.models import Item, Shop
from shop.orders.endings import release_lapsed
from shop.stock.models import Stock, StockMove

MOST_PIECES = 100_000
stock, stock_move = Stock.__table__, StockMove.__table__


@dataclass(frozen=True)
class ReceiveStock:
    """Goods came in (or a service was promised): ``quantity`` pieces."""

    community_id: int
    actor_id: uuid.UUID | None
    request_key: str
    shop_id: uuid.UUID
    item_id: uuid.UUID
    quantity: int
    note: str = ""


@dataclass(frozen=True)
class CountStock:
    """Somebody counted the shelf: ``quantity`` pieces are there; the difference goes into the register."""

    community_id: int
    actor_id: uuid.UUID | None
    request_key: str
    shop_id: uuid.UUID
    item_id: uuid.UUID
    quantity: int
    note: str


def receive_stock(session: Session, command: ReceiveStock, *, now: datetime) -> int:
    """Adds pieces to the shelf, once for each key; returns what stands there now.

    Raises Invalid ``amount_too_small``, ``amount_too_large``; NotFound ``shop_not_found``, ``item_not_found``; Conflict
    ``request_key_reused``.
    """
    if command.quantity < 1:
        raise Invalid("amount_too_small", least=1)
    if command.quantity > MOST_PIECES:
        raise Invalid("amount_too_large", most=MOST_PIECES)
    shelf = _lock_shelf(session, command)
    if _repeated(session, command, "received", command.quantity) is not None:
        return shelf.on_hand
    shelf.on_hand += command.quantity
    _write_move(session, command, "received", command.quantity, now)
    return shelf.on_hand


def count_stock(session: Session, command: CountStock, *, now: datetime) -> int:
    """Sets the shelf to what was counted, once for each key; returns the difference, which the register keeps, also 0,
    and the public list when there is one.

    Raises Invalid ``amount_too_small``, ``amount_too_large``, ``reason_needed``; NotFound ``shop_not_found``,
    ``item_not_found``; Conflict ``fewer_than_held`` when orders wait for more, ``request_key_reused``.
    """
    if command.quantity < 0:
        raise Invalid("amount_too_small", least=0)
    if command.quantity > MOST_PIECES:
        raise Invalid("amount_too_large", most=MOST_PIECES)
    if not command.note.strip():
        raise Invalid("reason_needed")
    release_lapsed(session, command.community_id, command.shop_id, now=now, wanted=[command.item_id])
    shelf = _lock_shelf(session, command)
    repeated = _repeated(session, command, "counted")
    if repeated is not None:
        return repeated
    if command.quantity < shelf.held:
        raise Conflict("fewer_than_held", held=shelf.held)
    booked, difference = shelf.on_hand, command.quantity - shelf.on_hand
    shelf.on_hand = command.quantity
    _write_move(session, command, "counted", difference, now)
    if difference:
        item = session.get_one(Item, (command.community_id, command.item_id))
        detail = f"{item.code} {item.name_zh}: {booked} → {command.quantity}"
        write_act(session, command, "stock_corrected", detail, command.note.strip(), now=now)
    return difference


def _lock_shelf(session: Session, command: ReceiveStock | CountStock) -> Stock:
    for model, key, code in (
        (Shop, command.shop_id, "shop_not_found"),
        (Item, command.item_id, "item_not_found"),
    ):
        if (
            session.scalar(
                sa.select(model.id).where(model.community_id == command.community_id, model.id == key)
            )
            is None
        ):
            raise NotFound(code)
    shelf = session.scalar(
        sa.select(Stock)
        .where(Stock.community_id == command.community_id, Stock.shop_id == command.shop_id,
               Stock.item_id == command.item_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )  # fmt: skip
    if shelf is None:
        shelf = Stock(community_id=command.community_id, id=new_id(), shop_id=command.shop_id, item_id=command.item_id,
                      on_hand=0, held=0)  # fmt: skip
        session.add(shelf)
        session.flush()
    return shelf


def _repeated(
    session: Session, command: ReceiveStock | CountStock, move: str, quantity: int | None = None
) -> int | None:
    """Pieces that went into the register under this key before. Conflict ``request_key_reused`` for another matter."""
    row = session.execute(
        sa.select(stock_move).where(
            stock_move.c.community_id == command.community_id, stock_move.c.request_key == command.request_key
        )
    ).one_or_none()
    if row is None:
        return None
    asked = (command.shop_id, command.item_id, move, row.quantity if quantity is None else quantity)
    if asked != (row.shop_id, row.item_id, row.move, row.quantity):
        raise Conflict("request_key_reused")
    return row.quantity


def _write_move(
    session: Session, command: ReceiveStock | CountStock, move: str, quantity: int, now: datetime
) -> None:
    session.execute(
        sa.insert(stock_move).values(
            community_id=command.community_id, id=new_id(), shop_id=command.shop_id, item_id=command.item_id, move=move,
            quantity=quantity, actor_id=command.actor_id, note=command.note, moved_at=now,
            request_key=command.request_key,
        )
    )  # fmt: skip
