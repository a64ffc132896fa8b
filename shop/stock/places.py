"""How many of a service, a ticket or a credit a shop may still give: a promise, not pieces, so one signature is enough."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from points.errors import Conflict, Invalid
from points.people.operations import write_act
from shop.catalogue.models import VOUCHER_KINDS, Item
from shop.stock.booking import MOST_PIECES, Booking, booked_before, check_place, lock_shelf_now, write_move


@dataclass(frozen=True)
class SetPlaces:
    """The shop has ``places`` of an item, those that orders wait for among them."""

    community_id: int
    actor_id: uuid.UUID
    request_key: str
    shop_id: uuid.UUID
    item_id: uuid.UUID
    places: int
    reason: str


def set_places(session: Session, command: SetPlaces, *, now: datetime) -> int:
    """Books the difference with a line of the public list, once for each key; returns it. Nothing happens when it has
    so many already.

    Raises Invalid ``amount_too_small``, ``amount_too_large``, ``reason_needed``; NotFound ``shop_not_found``,
    ``item_not_found``; Conflict ``item_has_pieces`` (goods come on slips), ``places_below_held`` (``held``),
    ``request_key_reused``.
    """
    if not 0 <= command.places <= MOST_PIECES:
        raise Invalid(
            "amount_too_large" if command.places > 0 else "amount_too_small", least=0, most=MOST_PIECES
        )
    if not command.reason.strip():
        raise Invalid("reason_needed")
    check_place(session, command.community_id, command.shop_id, command.item_id)
    item = session.get_one(Item, (command.community_id, command.item_id))
    if item.kind not in VOUCHER_KINDS:
        raise Conflict("item_has_pieces", item_id=item.id, item_zh=item.name_zh, item_en=item.name_en)
    shelf = lock_shelf_now(session, command.community_id, command.shop_id, item.id, now=now)
    booking = Booking(
        command.community_id, command.shop_id, "places", command.actor_id, request_key=command.request_key
    )
    reason = command.reason.strip()
    repeated = booked_before(session, booking, shelf, command.places, reason)
    if repeated is not None:
        return repeated
    if command.places < shelf.held:
        raise Conflict("places_below_held", held=shelf.held)
    before, shelf.on_hand = shelf.on_hand, command.places
    difference = command.places - before
    if difference:
        write_move(session, booking, item.id, difference, reason, now=now)
        detail = f"{item.code} {item.name_zh}: {before} → {command.places}"
        write_act(session, command, "places_set", detail, reason, now=now)
    return difference
