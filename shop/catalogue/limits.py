"""Limits of items: how many pieces a person, or a household, may have in a period."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Invalid
from shop.catalogue.models import LIMIT_PERIODS, WHOSE, ItemLimit

item_limit = ItemLimit.__table__
MOST_PIECES_OF_A_LIMIT = 10_000


@dataclass(frozen=True, slots=True, order=True)
class Limit:
    """At most ``pieces`` for each person or household (``whose``) in a ``period``."""

    whose: str
    period: str
    pieces: int


def limits_by_item(
    session: Session, community_id: int, item_ids: Collection[uuid.UUID] | None = None
) -> dict[uuid.UUID, tuple[Limit, ...]]:
    """The limits of some items, or of all; items without any are left out. The household's first, the shortest first."""
    query = sa.select(item_limit).where(item_limit.c.community_id == community_id)
    if item_ids is not None:
        query = query.where(item_limit.c.item_id.in_(item_ids))
    found: dict[uuid.UUID, list[Limit]] = {}
    for row in session.execute(query):
        found.setdefault(row.item_id, []).append(Limit(row.whose, row.period, row.pieces))
    return {item_id: tuple(sorted(limits, key=_place)) for item_id, limits in found.items()}


def _place(limit: Limit) -> tuple[bool, int]:
    return limit.whose == "person", LIMIT_PERIODS.index(limit.period)


def set_limits(session: Session, community_id: int, item_id: uuid.UUID, limits: Collection[Limit]) -> None:
    """These and no others from now on. Invalid ``limit_wrong``, ``limit_twice``."""
    if any(
        one.whose not in WHOSE or one.period not in LIMIT_PERIODS or not 1 <= one.pieces <= MOST_PIECES_OF_A_LIMIT
        for one in limits
    ):  # fmt: skip
        raise Invalid("limit_wrong", most=MOST_PIECES_OF_A_LIMIT)
    if len({(one.whose, one.period) for one in limits}) < len(limits):
        raise Invalid("limit_twice")
    session.execute(
        sa.delete(item_limit).where(
            item_limit.c.community_id == community_id, item_limit.c.item_id == item_id
        )
    )
    rows = [
        {"community_id": community_id, "id": new_id(), "item_id": item_id, "whose": one.whose, "period": one.period,
         "pieces": one.pieces}
        for one in sorted(limits)
    ]  # fmt: skip
    if rows:
        session.execute(sa.insert(item_limit), rows)
