"""One person's time at one counter, and what happened in it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, NotFound
from points.people.models import Member
from points.people.operations import lock_community
from shop.counter.models import Redemption
from shop.orders.models import Order
from shop.settlement.models import Shift

shift, redemption, order, member = Shift.__table__, Redemption.__table__, Order.__table__, Member.__table__
# What was lent stands in the counter's book too, without an order; the shift tells of goods.
_is_about_goods = sa.or_(redemption.c.status != "ok", redemption.c.order_id.is_not(None))

LONGEST = timedelta(hours=16)  # a shift that nobody began looks back so far for its first scan


@dataclass(frozen=True)
class BeginShift:
    """The actor stands at the counter of a shop from now on."""

    community_id: int
    actor_id: uuid.UUID
    shop_id: uuid.UUID


@dataclass(frozen=True)
class EndShift:
    """The actor goes home."""

    community_id: int
    actor_id: uuid.UUID
    shop_id: uuid.UUID


@dataclass(frozen=True)
class ShiftView:
    """A shift; ``id`` is None while only a first scan has begun it, ``ended_at`` while it runs."""

    id: uuid.UUID | None
    shop_id: uuid.UUID
    staff_id: uuid.UUID
    staff: str
    began_at: datetime
    ended_at: datetime | None


@dataclass
class ShiftLine:
    """What one person did with one device. ``points`` were handed over and stand; annulled ones are counted apart."""

    staff: str
    device: str
    handed_over: int = 0
    at_counter: int = 0
    points: int = 0
    annulled: int = 0
    annulled_points: int = 0
    conflicts: int = 0
    refused: dict[str, int] = field(default_factory=dict)


def begin_shift(session: Session, command: BeginShift, *, now: datetime) -> datetime:
    """When the shift began: now, or earlier when it runs already."""
    lock_community(session, command.community_id)
    running = running_shift(session, command.community_id, command.shop_id, command.actor_id, now=now)
    if running is not None and running.id is not None:
        return running.began_at
    began_at = running.began_at if running else now
    _write(session, command, began_at, None)
    return began_at


def end_shift(session: Session, command: EndShift, *, now: datetime) -> uuid.UUID:
    """Ends the running shift, also one that a first scan began; returns its id. Conflict ``no_shift``."""
    lock_community(session, command.community_id)
    running = running_shift(session, command.community_id, command.shop_id, command.actor_id, now=now)
    if running is None:
        raise Conflict("no_shift")
    if running.id is None:
        return _write(session, command, running.began_at, now)
    session.execute(
        sa.update(shift)
        .where(shift.c.community_id == command.community_id, shift.c.id == running.id)
        .values(ended_at=now)
    )
    return running.id


def _write(
    session: Session, command: BeginShift | EndShift, began_at: datetime, ended_at: datetime | None
) -> uuid.UUID:
    shift_id = new_id()
    session.execute(
        sa.insert(shift).values(
            community_id=command.community_id, id=shift_id, shop_id=command.shop_id, staff_id=command.actor_id,
            began_at=began_at, ended_at=ended_at,
        )
    )  # fmt: skip
    return shift_id


def running_shift(
    session: Session, community_id: int, shop_id: uuid.UUID, staff_id: uuid.UUID, *, now: datetime
) -> ShiftView | None:
    """The shift that runs: begun by a button, or by the first scan since the last one ended (of the last 16 hours)."""
    last = session.execute(
        _with_names(community_id)
        .where(shift.c.shop_id == shop_id, shift.c.staff_id == staff_id)
        .order_by(shift.c.began_at.desc(), shift.c.id.desc())
        .limit(1)
    ).one_or_none()
    if last is not None and last.ended_at is None:
        return _view(last)
    scans = sa.select(redemption.c.recorded_at, member.c.name).join(
        member, sa.and_(member.c.community_id == redemption.c.community_id, member.c.id == redemption.c.staff_id)
    ).where(redemption.c.community_id == community_id, redemption.c.shop_id == shop_id,
            redemption.c.staff_id == staff_id, _is_about_goods)  # fmt: skip
    since = now - LONGEST if last is None else max(last.ended_at, now - LONGEST)
    scans = scans.where(redemption.c.recorded_at > since)
    first = session.execute(scans.order_by(redemption.c.recorded_at).limit(1)).one_or_none()
    return ShiftView(None, shop_id, staff_id, first.name, first.recorded_at, None) if first else None


def shifts_at(
    session: Session, community_id: int, shop_id: uuid.UUID, *, before: uuid.UUID | None = None, limit: int = 30
) -> list[ShiftView]:  # fmt: skip
    """Shifts at a shop that have ended, newest first, after the one with the id ``before``."""
    query = _with_names(community_id).where(shift.c.shop_id == shop_id, shift.c.ended_at.is_not(None))
    if before is not None:
        query = query.where(_is_before(shift_by_id(session, community_id, before)))
    rows = session.execute(query.order_by(shift.c.began_at.desc(), shift.c.id.desc()).limit(limit))
    return [_view(row) for row in rows]


def _is_before(later: ShiftView) -> sa.ColumnElement[bool]:
    same = sa.and_(shift.c.began_at == later.began_at, shift.c.id < later.id)
    return sa.or_(shift.c.began_at < later.began_at, same)


def shift_by_id(session: Session, community_id: int, shift_id: uuid.UUID) -> ShiftView:
    """One shift, however long ago. NotFound ``shift_not_found``."""
    row = session.execute(_with_names(community_id).where(shift.c.id == shift_id)).one_or_none()
    if row is None:
        raise NotFound("shift_not_found")
    return _view(row)


def shift_report(
    session: Session, community_id: int, shop_id: uuid.UUID, from_at: datetime, until_at: datetime,
    *, staff_id: uuid.UUID | None = None,
) -> list[ShiftLine]:  # fmt: skip
    """What was answered at a counter from one moment to another, by staff and device; one statement, adding up there.

    What was lent is no redemption and is not counted.
    """
    annulled = redemption.c.annulled_at.is_not(None)
    keys = [member.c.name, redemption.c.device, redemption.c.status, redemption.c.reason]
    query = (
        sa.select(
            *keys,
            annulled.label("annulled"),
            order.c.way,
            sa.func.count().label("scans"),
            sa.cast(sa.func.sum(redemption.c.points), sa.BigInteger).label("points"),
        )
        .join(member, sa.and_(member.c.community_id == redemption.c.community_id,
                              member.c.id == redemption.c.staff_id))
        .outerjoin(order, sa.and_(order.c.community_id == redemption.c.community_id,
                                  order.c.id == redemption.c.order_id))
        .where(redemption.c.community_id == community_id, redemption.c.shop_id == shop_id,
               redemption.c.recorded_at >= from_at, redemption.c.recorded_at <= until_at,
               _is_about_goods)
        .group_by(*keys, annulled, order.c.way)
        .order_by(member.c.name, redemption.c.device)
    )  # fmt: skip
    if staff_id is not None:
        query = query.where(redemption.c.staff_id == staff_id)
    lines: dict[tuple[str, str], ShiftLine] = {}
    for row in session.execute(query):
        _count(lines.setdefault((row.name, row.device), ShiftLine(row.name, row.device)), row)
    return list(lines.values())


def _count(line: ShiftLine, row: sa.Row) -> None:
    if row.status == "error":
        line.refused[row.reason] = line.refused.get(row.reason, 0) + row.scans
    elif row.status == "conflict":
        line.conflicts += row.scans
    elif row.annulled:
        line.annulled += row.scans
        line.annulled_points += int(row.points)
    else:
        line.handed_over += row.scans
        line.points += int(row.points)
        line.at_counter += row.scans if row.way == "counter" else 0


def _with_names(community_id: int) -> sa.Select:
    return (
        sa.select(shift, member.c.name)
        .join(member, sa.and_(member.c.community_id == shift.c.community_id, member.c.id == shift.c.staff_id))
        .where(shift.c.community_id == community_id)
    )


def _view(row: sa.Row) -> ShiftView:
    return ShiftView(row.id, row.shop_id, row.staff_id, row.name, row.began_at, row.ended_at)
