"""Reading the in and out register."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.people.models import Member
from shop.catalogue.models import Item
from shop.stock.models import NOT_IN_BOOK, StockMove

move, item, member = StockMove.__table__, Item.__table__, Member.__table__


@dataclass(frozen=True)
class MoveView:
    """A line of the in and out register; ``second`` signed beside ``actor``. ``was_counted``: gives back what a count had
    found missing, since a phone without network had handed it over. ``was_unknown``: brings in what such a phone handed
    over though the book had none."""

    id: uuid.UUID
    item_zh: str
    item_en: str
    move: str
    quantity: int
    actor: str | None
    second: str | None
    note: str
    moved_at: datetime
    was_counted: bool
    was_unknown: bool


def moves_at(
    session: Session, community_id: int, shop_id: uuid.UUID, *,
    before: tuple[datetime, uuid.UUID] | None = None, limit: int = 50,
) -> list[MoveView]:  # fmt: skip
    """The register of a shop, newest first, from the line after ``before`` (moment and id) on."""
    second = member.alias("second")
    query = (
        sa.select(move, item.c.name_zh, item.c.name_en, member.c.name, second.c.name.label("second"))
        .join(item, sa.and_(item.c.community_id == move.c.community_id, item.c.id == move.c.item_id))
        .outerjoin(
            member, sa.and_(member.c.community_id == move.c.community_id, member.c.id == move.c.actor_id)
        )
        .outerjoin(
            second,
            sa.and_(second.c.community_id == move.c.community_id, second.c.id == move.c.second_actor_id),
        )
        .where(move.c.community_id == community_id, move.c.shop_id == shop_id)
        .order_by(move.c.moved_at.desc(), move.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        keys = (move.c.moved_at, move.c.id)
        last = (sa.literal(value, key.type) for value, key in zip(before, keys, strict=True))
        query = query.where(sa.tuple_(*keys) < sa.tuple_(*last))
    return [_view(row) for row in session.execute(query)]


def _view(row: sa.Row) -> MoveView:
    of_phone = row.move == "counted" and row.redemption_id is not None
    was_unknown = of_phone and row.note == NOT_IN_BOOK
    return MoveView(
        row.id, row.name_zh, row.name_en, row.move, row.quantity, row.name, row.second,
        "" if was_unknown else row.note, row.moved_at, of_phone and not was_unknown, was_unknown,
    )  # fmt: skip
