"""The close of a shop's day: points as the ledger has them, goods as they were counted, two persons."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.days import local_day, midnight_of
from points.errors import Conflict, Invalid, NotFound
from points.ledger.accounts import lock_rows
from points.people.models import Community, Member
from shop.catalogue.models import COUNTED_KINDS, Item
from shop.settlement.entries import account_of_shop, from_earlier, last_entry_before, lines_between
from shop.settlement.models import DayClose, DayCount, DayCountersign
from shop.settlement.policy import net_of
from shop.stock.booking import check_place
from shop.stock.models import Stock, StockMove

close, count, countersign = DayClose.__table__, DayCount.__table__, DayCountersign.__table__
stock, move, item, member = Stock.__table__, StockMove.__table__, Item.__table__, Member.__table__


MOST_BACK = 7  # days that can still be closed after they are over


@dataclass(frozen=True)
class Counted:
    """What somebody counted of one item; ``note`` says why it differs from the book."""

    item_id: uuid.UUID
    quantity: int
    note: str = ""


@dataclass(frozen=True)
class CloseDay:
    """Close a shop's local day, with what was counted of the shelves somebody chose to count."""

    community_id: int
    actor_id: uuid.UUID
    shop_id: uuid.UUID
    day: date
    counts: tuple[Counted, ...] = ()


@dataclass(frozen=True)
class CountersignDay:
    """A second person has looked at it."""

    community_id: int
    actor_id: uuid.UUID
    close_id: uuid.UUID


@dataclass(frozen=True)
class MovedItem:
    """Goods that went in or out on a day: ``came`` and ``went`` pieces, ``booked`` on the shelf now."""

    item_id: uuid.UUID
    name_zh: str
    name_en: str
    came: int
    went: int
    booked: int


@dataclass(frozen=True)
class CountLine:
    """One item of a close."""

    item_id: uuid.UUID
    name_zh: str
    name_en: str
    booked: int
    counted: int | None
    note: str

    @property
    def differs(self) -> bool:
        """Somebody counted another number than the book's."""
        return self.counted is not None and self.counted != self.booked


@dataclass(frozen=True)
class DayView:
    """A close; points are positive for what came in, negative for what went back. ``second`` has countersigned."""

    id: uuid.UUID
    shop_id: uuid.UUID
    day: date
    redeemed: int
    annulled: int
    refunded: int
    other: int
    earlier: int
    closed_by_id: uuid.UUID
    closed_by: str
    closed_at: datetime
    second: str | None
    signed_at: datetime | None

    @property
    def points(self) -> int:
        """The net of the day."""
        return self.redeemed + self.annulled + self.refunded + self.other


def close_day(session: Session, command: CloseDay, *, now: datetime) -> uuid.UUID:
    """Keeps the day as it stands: every entry of the shop's account since the close before; returns its id.

    A day that is over takes nothing that was recorded after it. What comes later belongs to the next close, also when it was
    scanned on this day. Raises NotFound ``shop_not_found``, ``item_not_found``; Conflict ``day_closed``, ``later_day_closed``;
    Invalid ``day_not_begun``, ``day_long_over``, ``difference_needs_note``, ``amount_too_small``.
    """
    zone = session.scalar(sa.select(Community.zone).where(Community.id == command.community_id))
    begins, ends = midnight_of(command.day, zone), midnight_of(command.day + timedelta(days=1), zone)
    if begins > now:
        raise Invalid("day_not_begun")
    if command.day < local_day(now, zone) - timedelta(days=MOST_BACK):
        raise Invalid("day_long_over", days=MOST_BACK)
    found = account_of_shop(session, command.community_id, command.shop_id)
    if found is None:
        raise NotFound("shop_not_found")
    account = lock_rows(session, command.community_id, {found.id})[found.id]
    before = _close_before(session, command)
    first = before.last_seq + 1 if before else 1
    last = account.entries
    if ends <= now:
        last = last_entry_before(session, command.community_id, account.id, first, ends)
    lines = lines_between(session, command.community_id, account.id, first, last)
    by_kind = {line.kind: line.points for line in lines}
    named = {kind: by_kind.get(kind, 0) for kind in ("redeemed", "annulled", "refunded")}
    earlier = from_earlier(session, command.community_id, command.shop_id, account.id, first, last, begins)
    close_id = new_id()
    session.execute(
        sa.insert(close).values(
            community_id=command.community_id, id=close_id, shop_id=command.shop_id, day=command.day, first_seq=first,
            last_seq=last, **named, other=net_of(lines) - sum(named.values()), earlier=earlier,
            closed_by=command.actor_id, closed_at=now,
        )
    )  # fmt: skip
    _keep_counts(session, command, close_id, zone)
    return close_id


def _close_before(session: Session, command: CloseDay) -> sa.Row | None:
    """The last close of the shop. Conflict ``day_closed``, ``later_day_closed``."""
    last = session.execute(
        sa.select(close)
        .where(close.c.community_id == command.community_id, close.c.shop_id == command.shop_id)
        .order_by(close.c.day.desc())
        .limit(1)
    ).one_or_none()
    if last is not None and last.day >= command.day:
        raise Conflict("day_closed" if last.day == command.day else "later_day_closed")
    return last


def _keep_counts(session: Session, command: CloseDay, close_id: uuid.UUID, zone: str) -> None:
    """Every item that moved on the day, and those somebody counted beside them."""
    counted = {one.item_id: one for one in command.counts}
    found = moved_on(session, command.community_id, command.shop_id, command.day, zone)
    moved = {one.item_id: one for one in found}
    beside = [item_id for item_id in counted if item_id not in moved]
    for item_id in beside:
        check_place(session, command.community_id, command.shop_id, item_id)
    booked = dict.fromkeys(beside, 0) | _booked(session, command, beside)
    booked |= {item_id: one.booked for item_id, one in moved.items()}
    rows = []
    for item_id, pieces in booked.items():
        seen = counted.get(item_id)
        if seen is not None and seen.quantity < 0:
            raise Invalid("amount_too_small", least=0)
        if seen is not None and seen.quantity != pieces and not seen.note.strip():
            raise Invalid("difference_needs_note", booked=pieces, counted=seen.quantity)
        rows.append(
            {"community_id": command.community_id, "id": new_id(), "close_id": close_id, "item_id": item_id,
             "booked": pieces, "counted": seen.quantity if seen else None, "note": seen.note.strip() if seen else ""}
        )  # fmt: skip
    if rows:
        session.execute(sa.insert(count), rows)


def _booked(session: Session, command: CloseDay, item_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    rows = session.execute(
        sa.select(stock.c.item_id, stock.c.on_hand).where(
            stock.c.community_id == command.community_id, stock.c.shop_id == command.shop_id,
            stock.c.item_id.in_(item_ids),
        )
    )  # fmt: skip
    return {row.item_id: row.on_hand for row in rows}


def countersign_day(session: Session, command: CountersignDay, *, now: datetime) -> None:
    """The second signature. Raises NotFound ``day_not_found``; Conflict ``signed_by_same_person``, ``side_signed``."""
    found = session.execute(
        sa.select(close.c.closed_by).where(
            close.c.community_id == command.community_id, close.c.id == command.close_id
        )
    ).one_or_none()
    if found is None:
        raise NotFound("day_not_found")
    if found.closed_by == command.actor_id:
        raise Conflict("signed_by_same_person")
    earlier = session.scalar(
        sa.select(countersign.c.member_id).where(
            countersign.c.community_id == command.community_id, countersign.c.close_id == command.close_id
        )
    )
    if earlier not in (None, command.actor_id):
        raise Conflict("side_signed")
    if earlier is None:
        session.execute(
            sa.insert(countersign).values(
                community_id=command.community_id, id=new_id(), close_id=command.close_id,
                member_id=command.actor_id, signed_at=now,
            )
        )  # fmt: skip


def moved_on(
    session: Session, community_id: int, shop_id: uuid.UUID, day: date, zone: str
) -> list[MovedItem]:
    """What stands on a shelf and went in or out on a day where the community is, with what the book says is there now;
    a service or a seat is a promise that nobody can count."""
    pieces = sa.func.sum(move.c.quantity).filter
    rows = session.execute(
        sa.select(move.c.item_id, item.c.name_zh, item.c.name_en, stock.c.on_hand,
                  sa.func.coalesce(pieces(move.c.quantity > 0), 0).label("came"),
                  sa.func.coalesce(pieces(move.c.quantity < 0), 0).label("went"))
        .join(item, sa.and_(item.c.community_id == move.c.community_id, item.c.id == move.c.item_id))
        .join(stock, sa.and_(stock.c.community_id == move.c.community_id, stock.c.shop_id == move.c.shop_id,
                             stock.c.item_id == move.c.item_id))
        .where(_moved_at(community_id, shop_id, day, zone), item.c.kind.in_(COUNTED_KINDS))
        .group_by(move.c.item_id, item.c.name_zh, item.c.name_en, item.c.code, stock.c.on_hand)
        .order_by(item.c.code)
    )  # fmt: skip
    return [
        MovedItem(row.item_id, row.name_zh, row.name_en, int(row.came), -int(row.went), row.on_hand)
        for row in rows
    ]


def _moved_at(community_id: int, shop_id: uuid.UUID, day: date, zone: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        move.c.community_id == community_id, move.c.shop_id == shop_id, move.c.moved_at >= midnight_of(day, zone),
        move.c.moved_at < midnight_of(day + timedelta(days=1), zone),
    )  # fmt: skip


def days_of(
    session: Session, community_id: int, shop_id: uuid.UUID, *, before: date | None = None, limit: int = 31
) -> list[DayView]:  # fmt: skip
    """The closes of a shop, newest first, those of days before ``before``."""
    query = _with_names(community_id).where(close.c.shop_id == shop_id)
    if before is not None:
        query = query.where(close.c.day < before)
    return [_view(row) for row in session.execute(query.order_by(close.c.day.desc()).limit(limit))]


def open_days(
    session: Session, community_id: int, shop_id: uuid.UUID, *, today: date, zone: str
) -> list[date]:
    """Days that can be closed, today first: those since the last close on which goods moved or a promise was
    given, and yesterday."""
    last = session.scalar(
        sa.select(sa.func.max(close.c.day)).where(
            close.c.community_id == community_id, close.c.shop_id == shop_id
        )
    )
    found = account_of_shop(session, community_id, shop_id)
    opened = local_day(found.opened_at, zone) if found else today
    days = [today - timedelta(days=back) for back in range(MOST_BACK + 1)]
    days = [day for day in days if day >= opened and (last is None or day > last)]
    return [
        *days[:2],
        *(day for day in days[2:] if _is_busy(session, community_id, shop_id, day, zone)),
    ]


def _is_busy(session: Session, community_id: int, shop_id: uuid.UUID, day: date, zone: str) -> bool:
    return session.scalar(sa.select(sa.exists().where(_moved_at(community_id, shop_id, day, zone))))


def day_by_id(session: Session, community_id: int, close_id: uuid.UUID) -> tuple[DayView, list[CountLine]]:
    """A close with its goods. NotFound ``day_not_found``."""
    row = session.execute(_with_names(community_id).where(close.c.id == close_id)).one_or_none()
    if row is None:
        raise NotFound("day_not_found")
    counts = session.execute(
        sa.select(
            count.c.item_id, item.c.name_zh, item.c.name_en, count.c.booked, count.c.counted, count.c.note
        )
        .join(item, sa.and_(item.c.community_id == count.c.community_id, item.c.id == count.c.item_id))
        .where(count.c.community_id == community_id, count.c.close_id == close_id)
        .order_by(item.c.code)
    )
    return _view(row), [
        CountLine(one.item_id, one.name_zh, one.name_en, one.booked, one.counted, one.note) for one in counts
    ]


def _with_names(community_id: int) -> sa.Select:
    first, second = member.alias("first"), member.alias("second")
    return (
        sa.select(close, first.c.name.label("first_name"), second.c.name.label("second_name"), countersign.c.signed_at)
        .join(first, sa.and_(first.c.community_id == close.c.community_id, first.c.id == close.c.closed_by))
        .outerjoin(countersign, sa.and_(countersign.c.community_id == close.c.community_id,
                                        countersign.c.close_id == close.c.id))
        .outerjoin(second, sa.and_(second.c.community_id == close.c.community_id, second.c.id == countersign.c.member_id))
        .where(close.c.community_id == community_id)
    )  # fmt: skip


def _view(row: sa.Row) -> DayView:
    return DayView(
        row.id, row.shop_id, row.day, row.redeemed, row.annulled, row.refunded, row.other, row.earlier,
        row.closed_by, row.first_name, row.closed_at, row.second_name, row.signed_at,
    )  # fmt: skip
