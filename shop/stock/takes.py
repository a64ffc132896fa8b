"""A stock-take: begun, counted item by item by whoever is there, finished, signed by a second person, booked.

Orders and sales go on meanwhile. A line keeps what the book said at the moment it was counted; what is booked in the end
is only the difference, so every later move stands. A phone without network that tells later what had left before the
count lowers what the book said then (``shop.offline.counts``).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, Invalid, NotFound
from points.people.operations import lock_community, write_act
from shop.catalogue.models import Item
from shop.orders.endings import release_lapsed
from shop.stock.booking import (
    MOST_PIECES,
    Booking,
    check_goods,
    check_no_slip,
    check_place,
    lock_shelf,
    write_move,
)
from shop.stock.count_models import StockTake, StockTakeLine
from shop.stock.models import StockMove
from shop.stock.signing import check_second

move, item = StockMove.__table__, Item.__table__


@dataclass(frozen=True)
class BeginTake:
    """Somebody wants to count a shop."""

    community_id: int
    actor_id: uuid.UUID
    shop_id: uuid.UUID


def begin_take(session: Session, command: BeginTake, *, now: datetime) -> uuid.UUID:
    """The shop's stock-take: the one that is not closed yet, else a new one. NotFound ``shop_not_found``."""
    lock_community(session, command.community_id)  # two who begin at once count one list
    check_place(session, command.community_id, command.shop_id)
    running = session.scalar(
        sa.select(StockTake.id).where(
            StockTake.community_id == command.community_id, StockTake.shop_id == command.shop_id,
            StockTake.state != "closed",
        )
    )  # fmt: skip
    if running is not None:
        return running
    take = StockTake(
        community_id=command.community_id, id=new_id(), shop_id=command.shop_id, state="open",
        begun_by=command.actor_id, begun_at=now,
    )  # fmt: skip
    session.add(take)
    session.flush()
    return take.id


@dataclass(frozen=True)
class CountItem:
    """``counted`` pieces stand on the shelf. ``since``: when the person began to count this item; ``reason``: why it is
    another number than the book's, once that was seen."""

    community_id: int
    actor_id: uuid.UUID
    take_id: uuid.UUID
    item_id: uuid.UUID
    counted: int
    since: datetime | None = None
    reason: str = ""


def count_item(session: Session, command: CountItem, *, now: datetime) -> int:
    """Writes the line, or writes it anew; returns the difference to the book of this moment.

    Raises Invalid ``amount_too_small``, ``amount_too_large``; NotFound ``take_not_found``, ``item_not_found``; Conflict
    ``take_not_open``, ``item_has_places``, ``slip_waiting``, and ``shelf_moved`` when goods came or went while they were counted.
    """
    if not 0 <= command.counted <= MOST_PIECES:
        raise Invalid(
            "amount_too_large" if command.counted > 0 else "amount_too_small", least=0, most=MOST_PIECES
        )
    take = _lock(session, command.community_id, command.take_id, "open")
    check_goods(session, command.community_id, take.shop_id, command.item_id)
    shelf = lock_shelf(session, command.community_id, take.shop_id, command.item_id)
    check_no_slip(session, command.community_id, take.shop_id, command.item_id)
    if command.since is not None and _moved_since(session, take, command):
        raise Conflict("shelf_moved")
    line = session.scalar(
        sa.select(StockTakeLine).where(
            StockTakeLine.community_id == command.community_id, StockTakeLine.take_id == take.id,
            StockTakeLine.item_id == command.item_id,
        )
    )  # fmt: skip
    if line is None:
        line = StockTakeLine(
            community_id=command.community_id, id=new_id(), take_id=take.id, item_id=command.item_id
        )
        session.add(line)
    line.counted, line.booked, line.reason = command.counted, shelf.on_hand, command.reason.strip()
    line.counted_by, line.counted_at = command.actor_id, now
    session.flush()
    return line.counted - line.booked


def _moved_since(session: Session, take: StockTake, command: CountItem) -> bool:
    return (
        session.scalar(
            sa.select(move.c.id)
            .where(move.c.community_id == take.community_id, move.c.shop_id == take.shop_id,
                   move.c.item_id == command.item_id, move.c.moved_at > command.since)
            .limit(1)
        )
        is not None
    )  # fmt: skip


@dataclass(frozen=True)
class ExplainLine:
    """Why the shelf holds another number than the book."""

    community_id: int
    actor_id: uuid.UUID
    take_id: uuid.UUID
    item_id: uuid.UUID
    reason: str


def explain_line(session: Session, command: ExplainLine, *, now: datetime) -> None:  # noqa: ARG001
    """Writes the reason beside a difference. Raises Invalid ``reason_needed``; NotFound ``take_not_found``,
    ``item_not_found``; Conflict ``take_not_open``."""
    if not command.reason.strip():
        raise Invalid("reason_needed")
    take = _lock(session, command.community_id, command.take_id, "open")
    for line in _lines(session, take):
        if line.item_id == command.item_id:
            line.reason = command.reason.strip()
            return
    raise NotFound("item_not_found")


@dataclass(frozen=True)
class FinishTake:
    """Everything that was to be counted is counted: the first signature."""

    community_id: int
    actor_id: uuid.UUID
    take_id: uuid.UUID


def finish_take(session: Session, command: FinishTake, *, now: datetime) -> str:
    """Books a stock-take without differences at once; one with differences waits for a second person. Returns the state.

    Raises NotFound ``take_not_found``; Conflict ``take_not_open``; Invalid ``nothing_counted``, ``take_unexplained``
    (``item_zh``, ``item_en``).
    """
    take = _lock(session, command.community_id, command.take_id)
    if take.finished_by == command.actor_id:
        return take.state
    if take.state != "open":
        raise Conflict("take_not_open")
    lines = _lines(session, take)
    if not lines:
        raise Invalid("nothing_counted")
    for line in lines:
        if line.counted != line.booked and not line.reason:
            raise _about("take_unexplained", session, line, Invalid)
    take.state, take.finished_by, take.finished_at = "counted", command.actor_id, now
    if all(line.counted == line.booked for line in lines):
        _book(session, command, take, now)
    return take.state


@dataclass(frozen=True)
class SignTake:
    """A second person has looked at the differences: they stand, or it is counted again."""

    community_id: int
    actor_id: uuid.UUID
    take_id: uuid.UUID
    agrees: bool


def sign_take(session: Session, command: SignTake, *, now: datetime) -> str:
    """Books the differences, or opens the stock-take again for another count; returns the state.

    Raises NotFound ``take_not_found``; NotAllowed ``second_person_needed``, ``not_of_this_shop``; Conflict
    ``take_not_finished``, ``take_below_held`` (``item_zh``, ``item_en``, ``held``) where orders wait for more pieces than
    would be left.
    """
    take = _lock(session, command.community_id, command.take_id)
    if take.state == "closed" and take.signed_by == command.actor_id:
        return take.state
    if take.state != "counted":
        raise Conflict("take_not_finished")
    if command.agrees or command.actor_id != take.finished_by:
        check_second(
            session, command.community_id, take.shop_id, first=take.finished_by, second=command.actor_id
        )
    if not command.agrees:
        take.state, take.finished_by, take.finished_at = "open", None, None
        return take.state
    take.signed_by = command.actor_id
    _book(session, command, take, now)
    return take.state


def _book(session: Session, command: FinishTake | SignTake, take: StockTake, now: datetime) -> None:
    """The differences, shelf by shelf; one line of the public list tells them all."""
    items = [line.item_id for line in _lines(session, take)]
    release_lapsed(session, take.community_id, take.shop_id, now=now, wanted=items)
    shelves = {item_id: lock_shelf(session, take.community_id, take.shop_id, item_id) for item_id in items}
    lines = _lines(session, take)  # a phone that was without network may have told what was missing
    booking = Booking(take.community_id, take.shop_id, "counted", take.finished_by, take.signed_by)
    different = [line for line in lines if line.counted != line.booked]
    for line in lines:
        shelf = shelves[line.item_id]
        difference = line.counted - line.booked
        if difference and shelf.on_hand + difference < shelf.held:
            raise _about("take_below_held", session, line, Conflict, held=shelf.held)
        shelf.on_hand += difference
        write_move(session, booking, line.item_id, difference, line.reason, now=now)
    take.state, take.closed_at = "closed", now
    session.flush()
    if different:
        gone, found = (
            sum(max(0, sign * (line.counted - line.booked)) for line in different) for sign in (-1, 1)
        )
        detail = f"{len(lines)} -{gone} +{found}"
        write_act(
            session, command, "stock_taken", detail, "；".join(line.reason for line in different), now=now
        )


def _about(
    code: str, session: Session, line: StockTakeLine, kind: type[Conflict] | type[Invalid], **facts: object
) -> Conflict | Invalid:
    found = session.get_one(Item, (line.community_id, line.item_id))
    return kind(code, item_zh=found.name_zh, item_en=found.name_en, **facts)


def _lock(session: Session, community_id: int, take_id: uuid.UUID, state: str = "") -> StockTake:
    take = session.scalar(
        sa.select(StockTake)
        .where(StockTake.community_id == community_id, StockTake.id == take_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if take is None:
        raise NotFound("take_not_found")
    if state and take.state != state:
        raise Conflict("take_not_open")
    return take


def _lines(session: Session, take: StockTake) -> Sequence[StockTakeLine]:
    """In the order in which shelves are locked."""
    return session.scalars(
        sa.select(StockTakeLine)
        .where(StockTakeLine.community_id == take.community_id, StockTakeLine.take_id == take.id)
        .order_by(StockTakeLine.item_id)
        .execution_options(populate_existing=True)
    ).all()
