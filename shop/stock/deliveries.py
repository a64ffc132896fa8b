"""Goods that come: entered by one person, confirmed by a second, and only then on the shelf and in the register."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, Invalid, NotAllowed, NotFound
from points.people.operations import lock_community, write_act
from shop.stock.booking import MOST_PIECES, Booking, book, check_goods, check_place
from shop.stock.delivery_models import SOURCES, Delivery, DeliveryLine, Donor
from shop.stock.signing import check_second

MOST_LINES = 60
MOST_FEN = 100_000_000
delivery, line = Delivery.__table__, DeliveryLine.__table__


@dataclass(frozen=True)
class LineIn:
    """Pieces of one item, what each cost, and the day before which they are best."""

    item_id: uuid.UUID
    quantity: int
    cost_fen: int = 0
    best_before: date | None = None


@dataclass(frozen=True)
class EnterDelivery:
    """Goods stand at the door of a shop; a transfer says from which other shop."""

    community_id: int
    actor_id: uuid.UUID | None
    request_key: str
    shop_id: uuid.UUID
    source: str
    lines: tuple[LineIn, ...]
    donor_id: uuid.UUID | None = None
    from_shop_id: uuid.UUID | None = None
    wish: str = ""
    note: str = ""


def enter_delivery(session: Session, command: EnterDelivery, *, now: datetime) -> uuid.UUID:
    """Writes the slip, once for each key; returns it. The pieces of a transfer leave the other shop at once.

    Raises Invalid ``source_unknown``, ``lines_needed``, ``too_many_delivery_lines``, ``item_twice``,
    ``amount_too_small``, ``amount_too_large``, ``donor_needed``, ``gift_has_no_cost``, ``other_shop_needed``; NotFound
    ``shop_not_found``, ``item_not_found``, ``donor_not_found``; NotAllowed ``second_person_needed`` for nobody; Conflict
    ``not_enough_free``, ``request_key_reused``.
    """
    if command.actor_id is None:
        raise NotAllowed("second_person_needed")
    _check_form(command)
    check_goods(session, command.community_id, command.shop_id, *(one.item_id for one in command.lines))
    if command.donor_id is not None and session.get(Donor, (command.community_id, command.donor_id)) is None:
        raise NotFound("donor_not_found")
    lock_community(session, command.community_id)  # two slips do not get one number
    before = session.scalar(
        sa.select(Delivery).where(
            Delivery.community_id == command.community_id, Delivery.request_key == command.request_key
        )
    )
    if before is not None:
        if (before.shop_id, before.source, before.entered_by) != (
            command.shop_id, command.source, command.actor_id,
        ):  # fmt: skip
            raise Conflict("request_key_reused")
        return before.id
    slip = _write(session, command, now)
    if command.from_shop_id is not None:
        check_place(session, command.community_id, command.from_shop_id)
        booking = Booking(
            command.community_id, command.from_shop_id, "sent", command.actor_id, delivery_id=slip.id
        )
        book(session, booking, {one.item_id: -one.quantity for one in command.lines}, {}, now=now)
    return slip.id


def _check_form(command: EnterDelivery) -> None:
    if command.source not in SOURCES:
        raise Invalid("source_unknown")
    if not command.lines:
        raise Invalid("lines_needed")
    if len(command.lines) > MOST_LINES:
        raise Invalid("too_many_delivery_lines", most=MOST_LINES)
    if len({one.item_id for one in command.lines}) < len(command.lines):
        raise Invalid("item_twice")
    for one in command.lines:
        _check_amount(one.quantity, least=1)
        if not 0 <= one.cost_fen <= MOST_FEN:
            raise Invalid("amount_too_large", most=MOST_FEN)
        if one.cost_fen and command.source not in ("bought", "other"):
            raise Invalid("gift_has_no_cost")
    if (command.source == "donated") != (command.donor_id is not None):
        raise Invalid("donor_needed")
    elsewhere = command.from_shop_id not in (None, command.shop_id)
    if elsewhere != (command.source == "transfer"):
        raise Invalid("other_shop_needed")


def _check_amount(pieces: int, *, least: int) -> None:
    if pieces < least:
        raise Invalid("amount_too_small", least=least)
    if pieces > MOST_PIECES:
        raise Invalid("amount_too_large", most=MOST_PIECES)


def _write(session: Session, command: EnterDelivery, now: datetime) -> Delivery:
    last = session.scalar(
        sa.select(sa.func.max(delivery.c.number)).where(delivery.c.community_id == command.community_id)
    )
    slip = Delivery(
        community_id=command.community_id, id=new_id(), number=(last or 0) + 1, shop_id=command.shop_id,
        source=command.source, from_shop_id=command.from_shop_id, donor_id=command.donor_id,
        wish=command.wish.strip(), note=command.note.strip(), entered_by=command.actor_id, entered_at=now,
        request_key=command.request_key,
    )  # fmt: skip
    session.add(slip)
    session.flush()
    session.add_all(
        DeliveryLine(
            community_id=command.community_id, id=new_id(), delivery_id=slip.id, item_id=one.item_id,
            quantity=one.quantity, cost_fen=one.cost_fen, best_before=one.best_before,
        )
        for one in command.lines
    )  # fmt: skip
    session.flush()
    return slip


@dataclass(frozen=True)
class ConfirmDelivery:
    """A second person has counted what came. ``arrived`` and ``reasons`` by item, where it is not what the slip says."""

    community_id: int
    actor_id: uuid.UUID | None
    delivery_id: uuid.UUID
    arrived: Mapping[uuid.UUID, int] = field(default_factory=dict)
    reasons: Mapping[uuid.UUID, str] = field(default_factory=dict)


def confirm_delivery(session: Session, command: ConfirmDelivery, *, now: datetime) -> None:
    """Puts what arrived on the shelf and into the register; a slip confirmed by the same person stays as it is.

    What got lost between two shops is booked where it should have come: arrived, and a counted difference with its reason.
    Raises NotFound ``delivery_not_found``; NotAllowed ``second_person_needed``, ``not_of_this_shop``; Conflict
    ``delivery_settled``; Invalid ``amount_too_small``, ``amount_too_large``, ``reason_needed``.
    """
    slip = _lock(session, command.community_id, command.delivery_id)
    if slip.state == "confirmed" and slip.confirmed_by == command.actor_id:
        return
    if slip.state != "entered":
        raise Conflict("delivery_settled")
    check_second(session, command.community_id, slip.shop_id, first=slip.entered_by, second=command.actor_id)
    lines = _lines(session, slip)
    differences = {}
    for one in lines:
        one.arrived = command.arrived.get(one.item_id, one.quantity)
        one.reason = command.reasons.get(one.item_id, "").strip()
        _check_amount(one.arrived, least=0)
        if one.arrived != one.quantity:
            if not one.reason:
                raise Invalid("reason_needed")
            differences[one.item_id] = one.arrived - one.quantity
    slip.state, slip.confirmed_by, slip.confirmed_at = "confirmed", command.actor_id, now
    _shelve(session, slip, lines, differences, now)
    if differences:
        reason = "；".join(one.reason for one in lines if one.item_id in differences)
        write_act(
            session,
            command,
            "delivery_differs",
            f"{slip.number} {sum(differences.values()):+d}",
            reason,
            now=now,
        )


def _shelve(
    session: Session, slip: Delivery, lines: Sequence[DeliveryLine], differences: dict[uuid.UUID, int], now: datetime
) -> None:  # fmt: skip
    """Pieces onto the shelves; of a transfer what was sent, and beside it what is missing or too much."""
    is_transfer = slip.source == "transfer"
    move = "arrived" if is_transfer else "received"
    booking = Booking(slip.community_id, slip.shop_id, move, slip.entered_by, slip.confirmed_by, slip.id)
    came = {one.item_id: one.quantity if is_transfer else one.arrived for one in lines}
    reasons = {one.item_id: one.reason or slip.note for one in lines}
    book(session, booking, came, reasons, now=now)
    if is_transfer and differences:
        found = Booking(
            slip.community_id, slip.shop_id, "counted", slip.confirmed_by, slip.entered_by, slip.id
        )
        book(session, found, differences, reasons, now=now)


@dataclass(frozen=True)
class RejectDelivery:
    """The slip is wrong, or the goods were sent back; whoever entered it may take it back as well."""

    community_id: int
    actor_id: uuid.UUID
    delivery_id: uuid.UUID
    reason: str


def reject_delivery(session: Session, command: RejectDelivery, *, now: datetime) -> None:
    """Ends the slip without a piece on the shelf; what another shop sent is back on its own shelf.

    Raises NotFound ``delivery_not_found``; Invalid ``reason_needed``; NotAllowed ``not_of_this_shop``; Conflict
    ``delivery_settled``.
    """
    slip = _lock(session, command.community_id, command.delivery_id)
    if not command.reason.strip():
        raise Invalid("reason_needed")
    if slip.state == "rejected" and slip.confirmed_by == command.actor_id:
        return
    if slip.state != "entered":
        raise Conflict("delivery_settled")
    if command.actor_id != slip.entered_by:
        check_second(
            session, command.community_id, slip.shop_id, first=slip.entered_by, second=command.actor_id
        )
    slip.state, slip.confirmed_by, slip.confirmed_at = "rejected", command.actor_id, now
    slip.reject_reason = command.reason.strip()
    if slip.from_shop_id is not None:
        booking = Booking(
            slip.community_id, slip.from_shop_id, "arrived", command.actor_id, delivery_id=slip.id
        )
        back = {one.item_id: one.quantity for one in _lines(session, slip)}
        book(session, booking, back, dict.fromkeys(back, slip.reject_reason), now=now)


def _lock(session: Session, community_id: int, delivery_id: uuid.UUID) -> Delivery:
    slip = session.scalar(
        sa.select(Delivery)
        .where(Delivery.community_id == community_id, Delivery.id == delivery_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if slip is None:
        raise NotFound("delivery_not_found")
    return slip


def _lines(session: Session, slip: Delivery) -> Sequence[DeliveryLine]:
    return session.scalars(
        sa.select(DeliveryLine)
        .where(DeliveryLine.community_id == slip.community_id, DeliveryLine.delivery_id == slip.id)
        .order_by(DeliveryLine.item_id)
    ).all()
