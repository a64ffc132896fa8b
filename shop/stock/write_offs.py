"""Goods that are no longer good: a few by one person with a reason, more only with a second signature."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, Invalid, NotFound
from points.people.operations import write_act
from shop.catalogue.models import Item
from shop.stock.booking import MOST_PIECES, Booking, book, check_goods, check_not_taken, lock_shelf_now
from shop.stock.count_models import WRITE_OFFS, WriteOff
from shop.stock.signing import ALONE_PIECES, check_second


@dataclass(frozen=True)
class WriteOffGoods:
    """``quantity`` pieces are ``spoiled`` (broken, wet, eaten by mice) or ``expired``."""

    community_id: int
    actor_id: uuid.UUID
    request_key: str
    shop_id: uuid.UUID
    item_id: uuid.UUID
    move: str
    quantity: int
    reason: str


def write_off_goods(session: Session, command: WriteOffGoods, *, now: datetime) -> str:
    """Takes the pieces off the shelf, once for each key, or leaves them there until a second person has signed; returns
    the state of the slip (``confirmed`` or ``entered``).

    Raises Invalid ``write_off_unknown``, ``amount_too_small``, ``amount_too_large``, ``reason_needed``; NotFound
    ``shop_not_found``, ``item_not_found``; Conflict ``item_has_places``, ``not_enough_free``,
    ``take_running``, ``request_key_reused``.
    """
    if command.move not in WRITE_OFFS:
        raise Invalid("write_off_unknown")
    if command.quantity < 1:
        raise Invalid("amount_too_small", least=1)
    if command.quantity > MOST_PIECES:
        raise Invalid("amount_too_large", most=MOST_PIECES)
    if not command.reason.strip():
        raise Invalid("reason_needed")
    check_goods(session, command.community_id, command.shop_id, command.item_id)
    lock_shelf_now(session, command.community_id, command.shop_id, command.item_id, now=now)
    before = _entered_before(session, command)
    if before is not None:
        return before.state
    check_not_taken(session, command.community_id, command.shop_id, command.item_id)
    slip = WriteOff(
        community_id=command.community_id, id=new_id(), shop_id=command.shop_id, item_id=command.item_id,
        move=command.move, quantity=command.quantity, reason=command.reason.strip(), state="entered",
        entered_by=command.actor_id, entered_at=now, request_key=command.request_key,
    )  # fmt: skip
    session.add(slip)
    if command.quantity <= ALONE_PIECES:
        slip.state = "confirmed"
        _take_away(session, command, slip, now)
    session.flush()
    return slip.state


def _entered_before(session: Session, command: WriteOffGoods) -> WriteOff | None:
    """The slip of this key. Conflict ``request_key_reused`` when it was about other goods."""
    slip = session.scalar(
        sa.select(WriteOff).where(
            WriteOff.community_id == command.community_id, WriteOff.request_key == command.request_key
        )
    )
    asked = (command.shop_id, command.item_id, command.move, command.quantity)
    if slip is not None and (slip.shop_id, slip.item_id, slip.move, slip.quantity) != asked:
        raise Conflict("request_key_reused")
    return slip


@dataclass(frozen=True)
class SignWriteOff:
    """A second person has seen the goods, and agrees or not."""

    community_id: int
    actor_id: uuid.UUID
    write_off_id: uuid.UUID
    agrees: bool


def sign_write_off(session: Session, command: SignWriteOff, *, now: datetime) -> None:
    """Takes the pieces off the shelf, or ends the slip without; whoever entered it may end it as well.

    Raises NotFound ``write_off_not_found``; NotAllowed ``second_person_needed``, ``not_of_this_shop``; Conflict
    ``delivery_settled``, ``not_enough_free``, ``take_running``.
    """
    slip = session.scalar(
        sa.select(WriteOff)
        .where(WriteOff.community_id == command.community_id, WriteOff.id == command.write_off_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if slip is None:
        raise NotFound("write_off_not_found")
    wanted = "confirmed" if command.agrees else "rejected"
    if (slip.state, slip.signed_by) == (wanted, command.actor_id):
        return
    if slip.state != "entered":
        raise Conflict("delivery_settled")
    if command.agrees or command.actor_id != slip.entered_by:
        check_second(
            session, command.community_id, slip.shop_id, first=slip.entered_by, second=command.actor_id
        )
    if command.agrees:
        lock_shelf_now(session, slip.community_id, slip.shop_id, slip.item_id, now=now)
        check_not_taken(session, slip.community_id, slip.shop_id, slip.item_id)
    slip.state, slip.signed_by, slip.signed_at = wanted, command.actor_id, now
    if command.agrees:
        _take_away(session, command, slip, now)


def _take_away(
    session: Session, command: WriteOffGoods | SignWriteOff, slip: WriteOff, now: datetime
) -> None:
    booking = Booking(slip.community_id, slip.shop_id, slip.move, slip.entered_by, slip.signed_by)
    book(session, booking, {slip.item_id: -slip.quantity}, {slip.item_id: slip.reason}, now=now)
    item = session.get_one(Item, (slip.community_id, slip.item_id))
    detail = f"{item.code} {item.name_zh}: {slip.quantity}"
    write_act(session, command, f"goods_{slip.move}", detail, slip.reason, now=now)
