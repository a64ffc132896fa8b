"""Correcting one shelf between two stock-takes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from points.errors import Conflict, Invalid, NotAllowed
from points.people.operations import write_act
from shop.catalogue.models import Item
from shop.stock.booking import (
    MOST_PIECES,
    Booking,
    booked_before,
    check_goods,
    check_no_slip,
    check_not_taken,
    lock_shelf_now,
    write_move,
)
from shop.stock.signing import ALONE_PIECES


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


def count_stock(session: Session, command: CountStock, *, now: datetime) -> int:
    """Sets the shelf to what was counted, once for each key; returns the difference, which the register keeps, also 0,
    and the public list when there is one.

    Raises Invalid ``amount_too_small``, ``amount_too_large``, ``reason_needed``; NotFound ``shop_not_found``,
    ``item_not_found``; Conflict ``item_has_places``, ``take_running`` while a stock-take that found another number waits
    for a signature, ``slip_waiting`` while a slip does, ``fewer_than_held`` when orders wait for more,
    ``request_key_reused``; NotAllowed ``too_many_for_one`` for a difference that takes a stock-take and a second
    signature.
    """
    if command.quantity < 0:
        raise Invalid("amount_too_small", least=0)
    if command.quantity > MOST_PIECES:
        raise Invalid("amount_too_large", most=MOST_PIECES)
    if not command.note.strip():
        raise Invalid("reason_needed")
    check_goods(session, command.community_id, command.shop_id, command.item_id)
    shelf = lock_shelf_now(session, command.community_id, command.shop_id, command.item_id, now=now)
    booking = Booking(
        command.community_id, command.shop_id, "counted", command.actor_id, request_key=command.request_key
    )
    note = command.note.strip()
    repeated = booked_before(session, booking, shelf, command.quantity, note)
    if repeated is not None:
        return repeated
    check_not_taken(session, command.community_id, command.shop_id, command.item_id)
    check_no_slip(session, command.community_id, command.shop_id, command.item_id)
    if command.quantity < shelf.held:
        raise Conflict("fewer_than_held", held=shelf.held)
    booked, difference = shelf.on_hand, command.quantity - shelf.on_hand
    if abs(difference) > ALONE_PIECES:
        raise NotAllowed("too_many_for_one", most=ALONE_PIECES)
    shelf.on_hand = command.quantity
    write_move(session, booking, command.item_id, difference, note, now=now)
    if difference:
        item = session.get_one(Item, (command.community_id, command.item_id))
        detail = f"{item.code} {item.name_zh}: {booked} → {command.quantity}"
        write_act(session, command, "stock_corrected", detail, note, now=now)
    return difference
