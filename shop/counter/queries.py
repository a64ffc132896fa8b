"""Reading what happened at a counter."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import NotFound
from points.people.models import Household, Member
from shop.counter.models import Redemption

redemption = Redemption.__table__
member, household = Member.__table__, Household.__table__


@dataclass(frozen=True)
class ScanView:
    """A line of the counter's own list; ``means``: what it was paid with.

    ``scanned_at`` is earlier than ``recorded_at`` for a phone without network.
    """

    id: uuid.UUID
    nonce: str
    device: str
    shop_id: uuid.UUID
    status: str
    reason: str | None
    points: int
    member: str | None
    household_number: str | None
    staff: str
    order_id: uuid.UUID | None
    is_offline: bool
    forced: bool
    means: str | None
    scanned_at: datetime
    recorded_at: datetime
    annulled_at: datetime | None


staff = member.alias("staff")
_own = [
    redemption.c[name] for name in ScanView.__dataclass_fields__ if name not in ("member", "household_number", "staff")
]  # fmt: skip
_scans = (
    sa.select(
        *_own,
        staff.c.name.label("staff"),
        member.c.name.label("member"),
        household.c.number.label("household_number"),
    )
    .join(
        staff, sa.and_(staff.c.community_id == redemption.c.community_id, staff.c.id == redemption.c.staff_id)
    )
    .outerjoin(
        member,
        sa.and_(member.c.community_id == redemption.c.community_id, member.c.id == redemption.c.member_id),
    )
    .outerjoin(
        household,
        sa.and_(
            household.c.community_id == redemption.c.community_id, household.c.id == member.c.household_id
        ),
    )
)
# A conflict that was charged afterwards handed its order over too.
is_paid = sa.or_(redemption.c.status == "ok", redemption.c.transfer_id.is_not(None))


def _scan(row: sa.Row) -> ScanView:
    return ScanView(**{name: getattr(row, name) for name in ScanView.__dataclass_fields__})


def scans_at(session: Session, community_id: int, shop_id: uuid.UUID, *, limit: int = 30) -> list[ScanView]:
    """The last answers a counter got, refusals as well, newest first."""
    rows = session.execute(
        _scans.where(redemption.c.community_id == community_id, redemption.c.shop_id == shop_id)
        .order_by(redemption.c.recorded_at.desc(), redemption.c.id.desc())
        .limit(limit)
    )
    return [_scan(row) for row in rows]


def scans_page(
    session: Session, community_id: int, *, shop_id: uuid.UUID | None = None, before: uuid.UUID | None = None,
    limit: int = 50,
) -> list[ScanView]:  # fmt: skip
    """Answers of all counters, or of one, newest first; ``before``: the last id of the page before."""
    query = _scans.where(redemption.c.community_id == community_id)
    if shop_id is not None:
        query = query.where(redemption.c.shop_id == shop_id)
    if before is not None:
        query = query.where(redemption.c.id < before)
    return [_scan(row) for row in session.execute(query.order_by(redemption.c.id.desc()).limit(limit))]


def redemption_by_id(session: Session, community_id: int, redemption_id: uuid.UUID) -> ScanView:
    """NotFound ``redemption_not_found``."""
    row = session.execute(
        _scans.where(redemption.c.community_id == community_id, redemption.c.id == redemption_id)
    ).one_or_none()
    if row is None:
        raise NotFound("redemption_not_found")
    return _scan(row)


def scan_of_order(session: Session, community_id: int, order_id: uuid.UUID) -> ScanView | None:
    """The scan that handed an order over: who stood at the counter, and when."""
    row = session.execute(
        _scans.where(redemption.c.community_id == community_id, redemption.c.order_id == order_id, is_paid)
        .order_by(redemption.c.recorded_at.desc())
        .limit(1)
    ).one_or_none()  # fmt: skip
    return _scan(row) if row else None


def scans_of_orders(
    session: Session, community_id: int, order_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, ScanView]:
    """The scan that handed each order over; orders nobody has collected are left out."""
    if not order_ids:
        return {}
    rows = session.execute(
        _scans.where(redemption.c.community_id == community_id, redemption.c.order_id.in_(order_ids),
                     is_paid)
        .order_by(redemption.c.recorded_at)
    )  # fmt: skip
    return {row.order_id: _scan(row) for row in rows}


def scan_by_nonce(session: Session, community_id: int, nonce: str) -> ScanView:
    """NotFound ``redemption_not_found``."""
    row = session.execute(
        _scans.where(redemption.c.community_id == community_id, redemption.c.nonce == nonce)
    ).one_or_none()
    if row is None:
        raise NotFound("redemption_not_found")
    return _scan(row)
