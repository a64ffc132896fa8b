"""Reading slips: deliveries, what of them is still on the shelf, what waits for a second signature."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import NotFound
from points.people.models import Member
from shop.catalogue.models import Item, Shop
from shop.stock.count_models import StockTake, WriteOff
from shop.stock.delivery_models import Delivery, DeliveryLine, Donor
from shop.stock.models import Stock

delivery, line, donor = Delivery.__table__, DeliveryLine.__table__, Donor.__table__
item, shop, stock, member = Item.__table__, Shop.__table__, Stock.__table__, Member.__table__
# Goods that end within so many days are told to staff and steward.
ENDING_DAYS = 14


@dataclass(frozen=True)
class DeliveryLineView:
    """Pieces of one item on a slip; ``arrived`` is none until it is confirmed; ``cost_fen`` for one piece."""

    item_id: uuid.UUID
    code: str
    name_zh: str
    name_en: str
    unit_zh: str
    unit_en: str
    quantity: int
    arrived: int | None
    cost_fen: int
    best_before: date | None
    reason: str

    @property
    def came(self) -> int:
        """Pieces that arrived, else those the slip says."""
        return self.quantity if self.arrived is None else self.arrived


@dataclass(frozen=True)
class DeliveryView:
    """A slip with everything on it; ``confirmed_by`` is also who refused it."""

    id: uuid.UUID
    number: int
    shop_id: uuid.UUID
    shop: str
    from_shop_id: uuid.UUID | None
    from_shop: str | None
    source: str
    state: str
    donor: str | None
    donor_kind: str | None
    donor_is_public: bool
    wish: str
    note: str
    reject_reason: str
    entered_by: uuid.UUID
    entered_name: str
    entered_at: datetime
    confirmed_name: str | None
    confirmed_at: datetime | None
    lines: list[DeliveryLineView] = field(default_factory=list)

    @property
    def cost_fen(self) -> int:
        """What all that came has cost."""
        return sum(one.came * one.cost_fen for one in self.lines)


def delivery_by_id(session: Session, community_id: int, delivery_id: uuid.UUID) -> DeliveryView:
    """One slip. NotFound ``delivery_not_found``, also for another community's."""
    found = _views(session, community_id, _slips(community_id).where(delivery.c.id == delivery_id))
    if not found:
        raise NotFound("delivery_not_found")
    return found[0]


def deliveries_at(
    session: Session, community_id: int, shop_id: uuid.UUID, *, before: int | None = None, limit: int = 50
) -> list[DeliveryView]:
    """Slips to or from a shop, the highest number first, after the slip ``before``."""
    here = sa.or_(delivery.c.shop_id == shop_id, delivery.c.from_shop_id == shop_id)
    query = _slips(community_id).where(here)
    if before is not None:
        query = query.where(delivery.c.number < before)
    return _views(session, community_id, query.order_by(delivery.c.number.desc()).limit(limit))


def deliveries_waiting(
    session: Session, community_id: int, shop_ids: Collection[uuid.UUID]
) -> list[DeliveryView]:
    """Slips of some shops that a second person has not signed, the oldest first."""
    query = _slips(community_id).where(delivery.c.shop_id.in_(shop_ids), delivery.c.state == "entered")
    return _views(session, community_id, query.order_by(delivery.c.number))


def deliveries_in(
    session: Session, community_id: int, span: tuple[datetime, datetime], *,
    shop_id: uuid.UUID | None = None, sources: Collection[str] = (),
) -> list[DeliveryView]:  # fmt: skip
    """Slips confirmed in a span (both ends counted), by number: the in and the donation book."""
    query = _slips(community_id).where(
        delivery.c.state == "confirmed", delivery.c.confirmed_at.between(*span)
    )
    if shop_id is not None:
        query = query.where(delivery.c.shop_id == shop_id)
    if sources:
        query = query.where(delivery.c.source.in_(sources))
    return _views(session, community_id, query.order_by(delivery.c.number))


def donations_of(
    session: Session, community_id: int, *, before: int | None = None, limit: int = 30
) -> list[DeliveryView]:
    """Confirmed donations of all shops, the newest slip first, for the public page of thanks."""
    query = _slips(community_id).where(delivery.c.source == "donated", delivery.c.state == "confirmed")
    if before is not None:
        query = query.where(delivery.c.number < before)
    return _views(session, community_id, query.order_by(delivery.c.number.desc()).limit(limit))


def _slips(community_id: int) -> sa.Select:
    first, second, origin = member.alias("first"), member.alias("second"), shop.alias("origin")

    def beside(table: sa.FromClause, column: str) -> sa.ColumnElement[bool]:
        return sa.and_(table.c.community_id == delivery.c.community_id, table.c.id == delivery.c[column])

    return (
        sa.select(
            delivery, shop.c.name.label("shop"), origin.c.name.label("from_shop"), donor.c.name.label("donor"),
            donor.c.kind.label("donor_kind"), donor.c.is_public.label("donor_is_public"),
            first.c.name.label("entered_name"), second.c.name.label("confirmed_name"),
        )
        .join(shop, beside(shop, "shop_id"))
        .join(first, beside(first, "entered_by"))
        .outerjoin(second, beside(second, "confirmed_by"))
        .outerjoin(origin, beside(origin, "from_shop_id"))
        .outerjoin(donor, beside(donor, "donor_id"))
        .where(delivery.c.community_id == community_id)
    )  # fmt: skip


def _views(session: Session, community_id: int, query: sa.Select) -> list[DeliveryView]:
    names = [name for name in DeliveryView.__dataclass_fields__ if name not in ("lines", "donor_is_public")]
    found = [
        DeliveryView(
            **{name: getattr(row, name) for name in names}, donor_is_public=bool(row.donor_is_public)
        )
        for row in session.execute(query)
    ]
    by_id = {one.id: one for one in found}
    rows = session.execute(
        sa.select(line, item.c.code, item.c.name_zh, item.c.name_en, item.c.unit_zh, item.c.unit_en)
        .join(item, sa.and_(item.c.community_id == line.c.community_id, item.c.id == line.c.item_id))
        .where(line.c.community_id == community_id, line.c.delivery_id.in_(by_id))
        .order_by(item.c.code)
    )
    for row in rows if by_id else ():
        values = {name: getattr(row, name) for name in DeliveryLineView.__dataclass_fields__}
        by_id[row.delivery_id].lines.append(DeliveryLineView(**values))
    return found


@dataclass(frozen=True)
class Batch:
    """Pieces of one delivery that are still on the shelf, if what came first went first."""

    delivery_id: uuid.UUID
    shop_id: uuid.UUID
    shop: str
    item_id: uuid.UUID
    name_zh: str
    name_en: str
    pieces: int
    best_before: date | None
    wish: str


def batches_on_shelf(
    session: Session, community_id: int, *, shop_id: uuid.UUID | None = None, item_id: uuid.UUID | None = None,
    ending_on: date | None = None, wishes: bool = False, limit: int = 50,
) -> list[Batch]:  # fmt: skip
    """What of the confirmed slips still stands on the shelves, those that end first in front.

    The register keeps no lots; goods leave in the order in which they came, so the pieces there are of the newest slips.
    ``ending_on``: only what is best before that day or earlier; ``wishes``: only what a donor asked something about.
    """
    of_item = [line.c.item_id, delivery.c.shop_id]
    newest_first = [delivery.c.confirmed_at.desc(), delivery.c.number.desc()]
    newer = sa.func.sum(line.c.arrived).over(partition_by=of_item, order_by=newest_first) - line.c.arrived
    left = stock.c.on_hand - newer
    slip = sa.and_(delivery.c.community_id == line.c.community_id, delivery.c.id == line.c.delivery_id)
    shelf = sa.and_(
        stock.c.community_id == line.c.community_id, stock.c.shop_id == delivery.c.shop_id,
        stock.c.item_id == line.c.item_id,
    )  # fmt: skip
    query = (
        sa.select(
            delivery.c.id.label("delivery_id"), delivery.c.shop_id, line.c.item_id, line.c.best_before, delivery.c.wish,
            sa.case((left < line.c.arrived, left), else_=line.c.arrived).label("pieces"),
        )
        .select_from(line)
        .join(delivery, slip)
        .join(stock, shelf)
        .where(line.c.community_id == community_id, delivery.c.state == "confirmed", line.c.arrived > 0,
               stock.c.on_hand > 0)
    )  # fmt: skip
    if shop_id is not None:
        query = query.where(delivery.c.shop_id == shop_id)
    if item_id is not None:
        query = query.where(line.c.item_id == item_id)
    there = query.subquery("there")
    outer = (
        sa.select(there, shop.c.name.label("shop"), item.c.name_zh, item.c.name_en)
        .join(shop, sa.and_(shop.c.community_id == community_id, shop.c.id == there.c.shop_id))
        .join(item, sa.and_(item.c.community_id == community_id, item.c.id == there.c.item_id))
        .where(there.c.pieces > 0)
        .order_by(there.c.best_before, item.c.code)
        .limit(limit)
    )
    if ending_on is not None:
        outer = outer.where(there.c.best_before <= ending_on)
    if wishes:
        outer = outer.where(there.c.wish != "")
    fields = Batch.__dataclass_fields__
    return [
        Batch(**{name: int(row.pieces) if name == "pieces" else getattr(row, name) for name in fields})
        for row in session.execute(outer)
    ]


def wishes_at(session: Session, community_id: int, shop_id: uuid.UUID) -> dict[uuid.UUID, list[str]]:
    """What donors asked about goods that still stand on a shop's shelves, by item, each once."""
    found: dict[uuid.UUID, dict[str, None]] = {}
    for one in batches_on_shelf(session, community_id, shop_id=shop_id, wishes=True):
        found.setdefault(one.item_id, {})[one.wish] = None
    return {item_id: list(texts) for item_id, texts in found.items()}


def ending_soon(
    session: Session, community_id: int, *, today: date, shop_id: uuid.UUID | None = None, limit: int = 20
) -> list[Batch]:
    """Goods on the shelves that end within ``ENDING_DAYS`` days, or have ended."""
    last = today + timedelta(days=ENDING_DAYS)
    return batches_on_shelf(session, community_id, shop_id=shop_id, ending_on=last, limit=limit)


def papers_waiting(session: Session, community_id: int, *, shop_id: uuid.UUID | None = None) -> int:
    """Slips that wait for a second signature: deliveries, goods written off, stock-takes. One statement."""

    def waiting(table: sa.Table, state: str) -> sa.ScalarSelect:
        query = sa.select(sa.func.count()).where(table.c.community_id == community_id, table.c.state == state)
        return (query if shop_id is None else query.where(table.c.shop_id == shop_id)).scalar_subquery()

    tables = ((delivery, "entered"), (WriteOff.__table__, "entered"), (StockTake.__table__, "counted"))
    return int(sum(session.execute(sa.select(*(waiting(*one) for one in tables))).one()))
