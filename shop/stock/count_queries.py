"""Reading stock-takes and slips of goods that are written off."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import NotFound
from points.people.models import Member
from shop.catalogue.models import COUNTED_KINDS, Item
from shop.stock.count_models import StockTake, StockTakeLine, WriteOff
from shop.stock.models import Stock

take, line, write_off = StockTake.__table__, StockTakeLine.__table__, WriteOff.__table__
item, member, stock = Item.__table__, Member.__table__, Stock.__table__


@dataclass(frozen=True)
class TakeView:
    """A stock-take: who began, finished and signed it."""

    id: uuid.UUID
    shop_id: uuid.UUID
    state: str
    begun_name: str
    begun_at: datetime
    finished_by: uuid.UUID | None
    finished_name: str | None
    signed_name: str | None
    closed_at: datetime | None


@dataclass(frozen=True)
class TakeLine:
    """An item of a stock-take; ``counted`` and ``booked`` are none until somebody has counted it: who counts must not
    know what the book says."""

    item_id: uuid.UUID
    code: str
    name_zh: str
    name_en: str
    unit_zh: str
    unit_en: str
    counted: int | None
    booked: int | None
    reason: str
    counted_name: str | None

    @property
    def difference(self) -> int:
        """Pieces more (positive) or fewer than the book said."""
        return 0 if self.counted is None or self.booked is None else self.counted - self.booked


@dataclass(frozen=True)
class WriteOffView:
    """A slip of goods that are no longer good."""

    id: uuid.UUID
    shop_id: uuid.UUID
    name_zh: str
    name_en: str
    move: str
    quantity: int
    reason: str
    entered_by: uuid.UUID
    entered_name: str
    entered_at: datetime


def take_by_id(session: Session, community_id: int, take_id: uuid.UUID) -> TakeView:
    """NotFound ``take_not_found``, also for another community's."""
    row = session.execute(_takes(community_id).where(take.c.id == take_id)).one_or_none()
    if row is None:
        raise NotFound("take_not_found")
    return _take(row)


def takes_at(session: Session, community_id: int, shop_id: uuid.UUID, *, limit: int = 12) -> list[TakeView]:
    """The last stock-takes of a shop, the newest first."""
    query = _takes(community_id).where(take.c.shop_id == shop_id).order_by(take.c.id.desc()).limit(limit)
    return [_take(row) for row in session.execute(query)]


def takes_waiting(session: Session, community_id: int, shop_ids: Collection[uuid.UUID]) -> list[TakeView]:
    """Stock-takes with differences that a second person has not signed."""
    query = _takes(community_id).where(take.c.shop_id.in_(shop_ids), take.c.state == "counted")
    return [_take(row) for row in session.execute(query.order_by(take.c.id))]


def _takes(community_id: int) -> sa.Select:
    people = {name: member.alias(name) for name in ("begun", "finished", "signed")}
    source: sa.FromClause = take
    for name, who in people.items():
        here = sa.and_(who.c.community_id == take.c.community_id, who.c.id == take.c[f"{name}_by"])
        source = source.outerjoin(who, here)
    names = (who.c.name.label(f"{name}_name") for name, who in people.items())
    return sa.select(take, *names).select_from(source).where(take.c.community_id == community_id)


def _take(row: sa.Row) -> TakeView:
    return TakeView(**{name: getattr(row, name) for name in TakeView.__dataclass_fields__})


def take_lines(session: Session, community_id: int, found: TakeView) -> list[TakeLine]:
    """What is on the list of a stock-take, by code: goods the shop has or had, and whatever else was counted."""
    here = sa.and_(
        line.c.community_id == item.c.community_id, line.c.item_id == item.c.id, line.c.take_id == found.id
    )
    shelf = sa.and_(
        stock.c.community_id == item.c.community_id,
        stock.c.item_id == item.c.id,
        stock.c.shop_id == found.shop_id,
    )
    rows = session.execute(
        sa.select(item, item.c.id.label("item_id"), line.c.counted, line.c.booked, line.c.reason,
                  member.c.name.label("counted_name"))
        .outerjoin(line, here)
        .outerjoin(stock, shelf)
        .outerjoin(member, sa.and_(member.c.community_id == item.c.community_id, member.c.id == line.c.counted_by))
        .where(item.c.community_id == community_id,
               sa.or_(line.c.id.is_not(None), sa.and_(stock.c.id.is_not(None), item.c.kind.in_(COUNTED_KINDS))))
        .order_by(item.c.code)
    )  # fmt: skip
    names = [name for name in TakeLine.__dataclass_fields__ if name != "reason"]
    return [TakeLine(**{name: getattr(row, name) for name in names}, reason=row.reason or "") for row in rows]


def write_offs_waiting(
    session: Session, community_id: int, shop_ids: Collection[uuid.UUID]
) -> list[WriteOffView]:
    """Goods that a second person has to look at, the oldest first."""
    rows = session.execute(
        sa.select(write_off, item.c.name_zh, item.c.name_en, member.c.name.label("entered_name"))
        .join(
            item, sa.and_(item.c.community_id == write_off.c.community_id, item.c.id == write_off.c.item_id)
        )
        .join(
            member,
            sa.and_(member.c.community_id == write_off.c.community_id, member.c.id == write_off.c.entered_by),
        )
        .where(
            write_off.c.community_id == community_id,
            write_off.c.shop_id.in_(shop_ids),
            write_off.c.state == "entered",
        )
        .order_by(write_off.c.id)
    )
    return [
        WriteOffView(**{name: getattr(row, name) for name in WriteOffView.__dataclass_fields__})
        for row in rows
    ]
