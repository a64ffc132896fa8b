"""Telling a new price, from now on or from a coming day, and writing down what time has made of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.days import local_day
from points.errors import Invalid, NotFound
from points.people.models import Community
from points.people.operations import write_act
from shop.catalogue.models import Item, ItemPrice

# Nobody remembers a price that was told longer before than this.
FARTHEST = timedelta(days=366)
# Honours cost nothing, and who gives points away says how many.
WITHOUT_PRICE = ("honour", "transfer")


@dataclass(frozen=True)
class AnnouncePrice:
    """A new price in points and its reference price in fen: from now on, or from the day ``valid_on`` on."""

    community_id: int
    actor_id: uuid.UUID
    item_id: uuid.UUID
    points: int
    reference_fen: int
    valid_on: date | None
    reason: str


def announce_price(session: Session, command: AnnouncePrice, *, now: datetime) -> datetime:
    """Puts the price into the register; returns from when it counts. Orders keep the price of their day.

    What was told before for a day that has not come is no longer to come: so today's price told once more takes an
    announcement back. Raises Invalid ``reason_needed``, ``price_missing``,
    ``price_day_past``, ``price_day_far``; NotFound ``item_not_found``.
    """
    if not command.reason.strip():
        raise Invalid("reason_needed")
    item = _locked(session, command)
    if command.points < 1 and item.kind not in WITHOUT_PRICE:
        raise Invalid("price_missing")
    valid_from = _valid_from(session, command, now)
    fold_item(item, now)
    if command.valid_on is None:
        change_price(session, command, item, command.points, command.reference_fen, command.reason, now=now)
        return valid_from
    _write(session, command, item.id, command.points, command.reference_fen, valid_from, command.reason, now)
    named = f"{item.code} {item.name_zh}"
    item.next_points, item.next_reference_fen = command.points, command.reference_fen
    item.next_from = valid_from
    detail = f"{named}: {item.points} → {command.points} {command.valid_on}"
    write_act(session, command, "price_announced", detail, command.reason.strip(), now=now)
    return valid_from


def _locked(session: Session, command: AnnouncePrice) -> Item:
    item = session.scalar(
        sa.select(Item)
        .where(Item.community_id == command.community_id, Item.id == command.item_id)
        .with_for_update()
    )
    if item is None:
        raise NotFound("item_not_found")
    return item


def _valid_from(session: Session, command: AnnouncePrice, now: datetime) -> datetime:
    """The first moment of the day, where the community is."""
    if command.valid_on is None:
        return now
    zone = session.scalars(sa.select(Community.zone).where(Community.id == command.community_id)).one()
    today = local_day(now, zone)
    if command.valid_on <= today:
        raise Invalid("price_day_past")
    if command.valid_on - today > FARTHEST:
        raise Invalid("price_day_far")
    day = command.valid_on
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))


def change_price(
    session: Session, command: object, item: Item, points: int, reference_fen: int, reason: str, *, now: datetime
) -> None:  # fmt: skip
    """A price from now on, for an item that is locked and folded: register and item, and a line of the public list where
    the points change or an announcement is taken back. Nothing happens when it costs that already."""
    if (item.points, item.reference_fen, item.next_from) == (points, reference_fen, None):
        return
    _write(session, command, item.id, points, reference_fen, now, reason, now)
    named = f"{item.code} {item.name_zh}"
    if item.points != points:
        write_act(
            session, command, "price_changed", f"{named}: {item.points} → {points}", reason.strip(), now=now
        )
    elif item.next_from is not None:
        write_act(session, command, "price_kept", named, reason.strip(), now=now)
    item.points, item.reference_fen = points, reference_fen
    item.next_points = item.next_reference_fen = item.next_from = None


def first_price(session: Session, command: object, item: Item, reason: str, *, now: datetime) -> None:
    """The register's first line of a new item, whose row is written already."""
    _write(session, command, item.id, item.points, item.reference_fen, now, reason, now)


def _write(
    session: Session, command: object, item_id: uuid.UUID, points: int, reference_fen: int, valid_from: datetime,
    reason: str, now: datetime,
) -> None:  # fmt: skip
    session.add(
        ItemPrice(
            community_id=command.community_id, id=new_id(), item_id=item_id, points=points,  # type: ignore[attr-defined]
            reference_fen=reference_fen, valid_from=valid_from, announced_at=now,
            actor_id=command.actor_id, reason=reason.strip()[:300],  # type: ignore[attr-defined]
        )
    )  # fmt: skip


def fold_item(item: Item, now: datetime) -> None:
    """An announced price whose day has come is the item's price."""
    if item.next_from is not None and item.next_from <= now:
        item.points, item.reference_fen = item.next_points or 0, item.next_reference_fen or 0
        item.next_points = item.next_reference_fen = item.next_from = None


@dataclass(frozen=True)
class FoldPrices:
    """Announced prices of a community whose day has come."""

    community_id: int


def fold_prices(session: Session, command: FoldPrices, *, now: datetime) -> int:
    """Writes them down as the items' prices; returns how many. Nothing reads differently before and after."""
    due = session.scalars(
        sa.select(Item)
        .where(Item.community_id == command.community_id, Item.next_from <= now)
        .order_by(Item.id)
        .with_for_update()
    ).all()
    for item in due:
        fold_item(item, now)
    return len(due)
