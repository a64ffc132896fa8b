"""The price in force: the announced one counts from its moment on, whether or not a job has moved it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from shop.catalogue.models import Item

item = Item.__table__


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


def points_now(now: sa.ColumnElement, of: sa.FromClause = item) -> sa.ColumnElement[int]:
    """Points for one piece at ``now`` (a bound moment), as a column of ``of`` (the item table or an alias of it)."""
    return sa.case((of.c.next_from <= now, of.c.next_points), else_=of.c.points)


def fen_now(now: sa.ColumnElement, of: sa.FromClause = item) -> sa.ColumnElement[int]:
    """Reference price in fen at ``now``."""
    return sa.case((of.c.next_from <= now, of.c.next_reference_fen), else_=of.c.reference_fen)
