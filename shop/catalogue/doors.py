"""Whether a shop serves now, and the hours behind it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.prepared import Prepared
from shop.catalogue.hours import Hours, is_open
from shop.catalogue.models import Opening, Shop

shop, opening = Shop.__table__, Opening.__table__

_door = Prepared(
    sa.select(shop.c.door, opening.c.rule, opening.c.opens_at, opening.c.closes_at)
    .select_from(shop)
    .outerjoin(
        opening, sa.and_(opening.c.community_id == shop.c.community_id, opening.c.shop_id == shop.c.id)
    )
    .where(shop.c.community_id == sa.bindparam("community"), shop.c.id == sa.bindparam("shop"))
)


def door_open(
    reader: Session | sa.Connection, community_id: int, shop_id: uuid.UUID, *, at: datetime, zone: str
) -> bool:
    """Whether the shop serves at a moment; False for a shop that is not there. One statement."""
    connection = reader if isinstance(reader, sa.Connection) else reader.connection()
    rows = _door.rows(connection, {"community": community_id, "shop": shop_id})
    openings = [Hours(row.rule, row.opens_at, row.closes_at) for row in rows if row.rule]
    return bool(rows) and is_open(rows[0].door, openings, at.astimezone(ZoneInfo(zone)))


def door_columns(of: sa.FromClause) -> tuple[sa.ColumnElement, ...]:
    """For a statement that joins a shop anyway: ``door`` and ``has_hours``, which ``is_shut`` looks at."""
    has_hours = sa.exists().where(opening.c.community_id == of.c.community_id, opening.c.shop_id == of.c.id)
    return of.c.door.label("door"), has_hours.label("has_hours")


def is_shut(
    row: Any, connection: sa.Connection, community_id: int, shop_id: uuid.UUID, *, at: datetime, zone: str
) -> bool:
    """Whether the shop in ``row`` serves nobody at a moment; a further statement only where hours decide."""
    if row.door == "open" or (row.door == "hours" and not row.has_hours):
        return False
    return row.door == "closed" or not door_open(connection, community_id, shop_id, at=at, zone=zone)


def openings_of(session: Session, community_id: int) -> dict[uuid.UUID, tuple[Hours, ...]]:
    """The hours of every shop of a community that has any, in the order in which they were put in. One statement."""
    found: dict[uuid.UUID, list[Hours]] = {}
    query = sa.select(opening).where(opening.c.community_id == community_id).order_by(opening.c.id)
    for row in session.execute(query):
        found.setdefault(row.shop_id, []).append(Hours(row.rule, row.opens_at, row.closes_at))
    return {shop_id: tuple(hours) for shop_id, hours in found.items()}
