"""The price in force: the announced one counts from its moment on, whether or not a job has moved it."""

from __future__ import annotations

import sqlalchemy as sa

from shop.catalogue.models import Item

item = Item.__table__


def points_now(now: sa.ColumnElement, of: sa.FromClause = item) -> sa.ColumnElement[int]:
    """Points for one piece at ``now`` (a bound moment), as a column of ``of`` (the item table or an alias of it)."""
    return sa.case((of.c.next_from <= now, of.c.next_points), else_=of.c.points)


def fen_now(now: sa.ColumnElement, of: sa.FromClause = item) -> sa.ColumnElement[int]:
    """Reference price in fen at ``now``."""
    return sa.case((of.c.next_from <= now, of.c.next_reference_fen), else_=of.c.reference_fen)
