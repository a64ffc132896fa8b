"""What time alone says of an item: the price in force, whether or not a job has moved it, and whether it has begun."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.catalogue.models import Item, ItemPrice

item, item_price = Item.__table__, ItemPrice.__table__


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the price register: points from ``valid_from`` on, told at ``announced_at``."""

    points: int
    reference_fen: int
    valid_from: datetime
    announced_at: datetime


def in_force(register: Iterable[Told], at: datetime) -> Told | None:
    """The price at a moment, out of an item's register in the order of telling; None before the first."""
    current: Told | None = None
    coming: Told | None = None
    for told in register:
        if told.announced_at > at:
            break
        if coming is not None and coming.valid_from <= told.announced_at:
            current, coming = coming, None
        if told.valid_from <= told.announced_at:
            current, coming = told, None
        else:
            coming = told
    return coming if coming is not None and coming.valid_from <= at else current


def versions(register: Iterable[Told]) -> list[Told]:
    """The prices that counted, count or will, in the order of time: what was taken back before its day is left out."""
    kept: list[Told] = []
    for told in register:
        if kept and kept[-1].valid_from > told.announced_at:
            kept.pop()
        if not kept or (kept[-1].points, kept[-1].reference_fen) != (told.points, told.reference_fen):
            kept.append(told)
    return kept


def registers(
    session: Session, community_id: int, item_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[Told]]:
    """The price registers of some items, each in the order of telling."""
    rows = session.execute(
        sa.select(item_price)
        .where(item_price.c.community_id == community_id, item_price.c.item_id.in_(item_ids))
        .order_by(item_price.c.announced_at, item_price.c.id)
    )
    told: dict[uuid.UUID, list[Told]] = {}
    for row in rows:
        line = Told(row.points, row.reference_fen, row.valid_from, row.announced_at)
        told.setdefault(row.item_id, []).append(line)
    return told


def prices_at(
    session: Session, community_id: int, item_ids: Collection[uuid.UUID], at: datetime
) -> dict[uuid.UUID, Told]:
    """Prices at a moment that has passed, from the register; for what was chosen then and is told or handed over now."""
    told = registers(session, community_id, item_ids)
    prices = {item_id: in_force(register, at) for item_id, register in told.items()}
    return {item_id: price for item_id, price in prices.items() if price is not None}


def points_now(now: sa.ColumnElement, of: sa.FromClause = item) -> sa.ColumnElement[int]:
    """Points for one piece at ``now`` (a bound moment), as a column of ``of`` (the item table or an alias of it)."""
    return sa.case((of.c.next_from <= now, of.c.next_points), else_=of.c.points)


def has_begun(now: datetime, of: sa.FromClause = item) -> sa.ColumnElement[bool]:
    """Whether what a ticket is for has begun, as a column of ``of``; False for what has no day."""
    return sa.and_(of.c.takes_place_at.is_not(None), of.c.takes_place_at <= now)


def is_begun(takes_place_at: datetime | None, at: datetime) -> bool:
    """The same of an item that was read."""
    return takes_place_at is not None and takes_place_at <= at


def fen_now(now: sa.ColumnElement, of: sa.FromClause = item) -> sa.ColumnElement[int]:
    """Reference price in fen at ``now``."""
    return sa.case((of.c.next_from <= now, of.c.next_reference_fen), else_=of.c.reference_fen)
