"""Reading allowances, conflicts and what was set apart."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.people.models import Community, Member
from shop.catalogue.models import Item, Shop
from shop.counter.models import Redemption
from shop.devices.models import Device
from shop.offline.charging import buyer, covering, is_buyer
from shop.offline.models import Allowance, QuarantineNote, UploadedScan
from shop.orders.models import Order

allowance, device, shop = Allowance.__table__, Device.__table__, Shop.__table__
redemption, order, uploaded, noted = (
    Redemption.__table__, Order.__table__, UploadedScan.__table__, QuarantineNote.__table__,
)  # fmt: skip
member, item = Member.__table__, Item.__table__
staff = member.alias("staff")
MOST_ROWS = 200


@dataclass(frozen=True)
class PhoneView:
    """A shop phone in use, with what is reserved for it now: how many wallets, how many points still held."""

    id: uuid.UUID
    name: str
    shop_id: uuid.UUID
    shop: str
    wallets: int
    points: int
    spend_until: datetime | None


@dataclass(frozen=True)
class AllowanceView:
    """Points of the own household that a shop phone may spend without network."""

    id: uuid.UUID
    shop: str
    left: int
    spend_until: datetime
    held_until: datetime
    is_asked_back: bool


@dataclass(frozen=True)
class ConflictView:
    """Goods that left and could not be booked: what, where, when, who handed over, why; and how it was settled.
    ``may_charge``: an allowance would still pay for it. ``is_charged``: it did, afterwards."""

    id: uuid.UUID
    shop: str
    device: str
    staff: str
    member: str | None
    reason: str
    points: int
    lines: tuple[tuple[str, str, int], ...]  # name, English name, pieces
    scanned_at: datetime
    recorded_at: datetime
    settled_at: datetime | None
    settled_note: str | None
    may_charge: bool
    is_charged: bool


@dataclass(frozen=True)
class ScanTold:
    """A scan that a steward looks into: of a phone that had been revoked or re-assigned, or goods that the book of the
    shelf did not have."""

    id: uuid.UUID
    shop_id: uuid.UUID
    shop: str
    device: str
    staff: str
    lines: tuple[tuple[str, str, int], ...]  # name, English name, pieces
    counted_at: datetime
    recorded_at: datetime
    note: str | None


def _of(other: sa.FromClause, of: sa.Table, key: str) -> sa.ColumnElement[bool]:
    return sa.and_(other.c.community_id == of.c.community_id, other.c.id == of.c[key])


def phones_at(
    session: Session, community_id: int, shop_id: uuid.UUID | None, *, now: datetime
) -> list[PhoneView]:
    """Shop phones in use, of one shop or of all, by name."""
    is_open = sa.and_(
        allowance.c.community_id == device.c.community_id, allowance.c.device_id == device.c.id,
        allowance.c.state == "open", allowance.c.held_until > now,
    )  # fmt: skip
    query = (
        sa.select(device.c.id, device.c.name, device.c.shop_id, shop.c.name.label("shop"),
                  sa.func.count(allowance.c.id).label("wallets"),
                  sa.func.coalesce(sa.func.sum(allowance.c.left), 0).label("points"),
                  sa.func.max(allowance.c.spend_until).label("spend_until"))
        .join(shop, _of(shop, device, "shop_id"))
        .outerjoin(allowance, is_open)
        .where(device.c.community_id == community_id, device.c.revoked_at.is_(None), device.c.token_hash.is_not(None))
        .group_by(device.c.id, device.c.name, device.c.shop_id, shop.c.name)
        .order_by(device.c.name)
    )  # fmt: skip
    if shop_id is not None:
        query = query.where(device.c.shop_id == shop_id)
    return [PhoneView(**dict(row._mapping) | {"points": int(row.points)}) for row in session.execute(query)]


def most_points(session: Session, community_id: int) -> int:
    """What a phone may spend of one household without network at most, as the community decided; 0: nothing."""
    query = sa.select(Community.offline_allowance).where(Community.id == community_id)
    return session.scalars(query).one()


def allowances_of(
    session: Session, community_id: int, household_id: uuid.UUID, member_id: uuid.UUID, *, now: datetime
) -> list[AllowanceView]:
    """What is reserved of the own household's points (or of the own, where members have wallets) and still held."""
    rows = session.execute(
        sa.select(allowance.c.id, shop.c.name.label("shop"), allowance.c.left, allowance.c.spend_until,
                  allowance.c.held_until, allowance.c.asked_back_at)
        .join(shop, _of(shop, allowance, "shop_id"))
        .where(allowance.c.community_id == community_id, allowance.c.household_id == household_id,
               sa.or_(allowance.c.member_id.is_(None), allowance.c.member_id == member_id),
               allowance.c.state == "open", allowance.c.held_until > now)
        .order_by(allowance.c.id)
    )  # fmt: skip
    return [
        AllowanceView(row.id, row.shop, row.left, row.spend_until, row.held_until, row.asked_back_at is not None)
        for row in rows
    ]  # fmt: skip


def conflicts_of(session: Session, community_id: int, *, limit: int = MOST_ROWS) -> list[ConflictView]:
    """What could not be booked: what waits first, the newest first."""
    rows = session.execute(
        sa.select(redemption, shop.c.name.label("shop"), device.c.name.label("phone"), staff.c.name.label("staff"),
                  buyer.c.name.label("member"), sa.exists().where(*covering()).label("may_charge"))
        .join(shop, _of(shop, redemption, "shop_id"))
        .join(staff, _of(staff, redemption, "staff_id"))
        .outerjoin(device, _of(device, redemption, "device_id"))
        .outerjoin(order, _of(order, redemption, "order_id"))
        .outerjoin(buyer, is_buyer())
        .where(redemption.c.community_id == community_id, redemption.c.status == "conflict")
        .order_by(redemption.c.settled_at.is_not(None), redemption.c.recorded_at.desc(), redemption.c.id)
        .limit(limit)
    )  # fmt: skip
    return [
        ConflictView(row.id, row.shop, row.phone or row.device, row.staff, row.member, row.reason, row.points,
                     _lines(row.answer), row.scanned_at, row.recorded_at, row.settled_at, row.settled_note,
                     row.may_charge, row.transfer_id is not None)
        for row in rows
    ]  # fmt: skip


def _lines(answer: str) -> tuple[tuple[str, str, int], ...]:
    lines = json.loads(answer).get("redemption", {}).get("lines", [])
    return tuple((line["name_zh"], line["name_en"], line["quantity"]) for line in lines)


def is_gap() -> sa.ColumnElement[bool]:
    """A scan that was booked although the book of the shelf had fewer pieces."""
    return sa.and_(uploaded.c.outcome == "ok", uploaded.c.reason == "out_of_stock")


def set_apart(session: Session, community_id: int, *, limit: int = MOST_ROWS) -> list[ScanTold]:
    """What revoked phones told: what nobody has looked at first, the newest first."""
    return _told(session, community_id, uploaded.c.outcome == "quarantined", limit)


def gaps_of(session: Session, community_id: int, *, limit: int = MOST_ROWS) -> list[ScanTold]:
    """Hand-overs of which the shelf's book had fewer pieces: what nobody has looked at first, the newest first."""
    return _told(session, community_id, is_gap(), limit)


def _told(session: Session, community_id: int, which: sa.ColumnElement[bool], limit: int) -> list[ScanTold]:
    rows = session.execute(
        sa.select(uploaded, shop.c.name.label("shop"), device.c.name.label("device"), staff.c.name.label("staff"),
                  noted.c.note)
        .join(shop, _of(shop, uploaded, "shop_id"))
        .join(device, _of(device, uploaded, "device_id"))
        .join(staff, _of(staff, uploaded, "staff_id"))
        .outerjoin(noted, _of(noted, uploaded, "id"))
        .where(uploaded.c.community_id == community_id, which)
        .order_by(noted.c.id.is_not(None), uploaded.c.recorded_at.desc(), uploaded.c.id)
        .limit(limit)
    ).all()  # fmt: skip
    pieces = {row.id: [(uuid.UUID(one), quantity) for one, quantity in json.loads(row.lines)] for row in rows}
    names = _names(session, community_id, {item_id for lines in pieces.values() for item_id, _ in lines})
    return [
        ScanTold(row.id, row.shop_id, row.shop, row.device, row.staff,
                 tuple((*names[item_id], quantity) for item_id, quantity in pieces[row.id] if item_id in names),
                 row.counted_at, row.recorded_at, row.note)
        for row in rows
    ]  # fmt: skip


def _names(session: Session, community_id: int, item_ids: set[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str]]:
    rows = session.execute(
        sa.select(item.c.id, item.c.name_zh, item.c.name_en).where(
            item.c.community_id == community_id, item.c.id.in_(item_ids)
        )
    )
    return {row.id: (row.name_zh, row.name_en) for row in rows}


@dataclass(frozen=True)
class Unsettled:
    """What waits for the steward: hand-overs that could not be booked, scans that were set apart, shelves to look at."""

    conflicts: int
    apart: int
    gaps: int

    def __bool__(self) -> bool:
        return any((self.conflicts, self.apart, self.gaps))


def unsettled(session: Session, community_id: int) -> Unsettled:
    """In one statement."""
    conflicts = sa.select(sa.func.count()).where(
        redemption.c.community_id == community_id,
        redemption.c.status == sa.literal_column("'conflict'"),
        redemption.c.settled_at.is_(None),
    )
    is_noted = sa.exists().where(noted.c.community_id == uploaded.c.community_id, noted.c.id == uploaded.c.id)
    apart, gaps = (
        sa.select(sa.func.count()).where(uploaded.c.community_id == community_id, which, ~is_noted)
        for which in (uploaded.c.outcome == "quarantined", is_gap())
    )
    counts = (query.scalar_subquery() for query in (conflicts, apart, gaps))
    return Unsettled(*session.execute(sa.select(*counts)).one())
