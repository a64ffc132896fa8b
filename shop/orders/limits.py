"""How many pieces of an item a person may still have: the least of all limits, for person and household."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.days import local_day, period_of
from points.ledger.models import Account
from shop.catalogue.limits import Limit, limits_by_item
from shop.counter.models import RefundLine
from shop.orders.models import Order, OrderLine

order, order_line, refund_line, account = (
    Order.__table__, OrderLine.__table__, RefundLine.__table__, Account.__table__,
)  # fmt: skip


# Pieces of a line that were refunded: the household may have them again.
_came_back = (
    sa.select(sa.func.sum(refund_line.c.quantity))
    .where(refund_line.c.community_id == order_line.c.community_id, refund_line.c.order_id == order_line.c.order_id,
           refund_line.c.item_id == order_line.c.item_id)
    .scalar_subquery()
)  # fmt: skip


@dataclass(frozen=True)
class Bought:
    """Pieces of an item that somebody of the household has or has set aside."""

    item_id: uuid.UUID
    member_id: uuid.UUID
    quantity: int
    placed_at: datetime


def begins(period: str, *, today: date, zone: str) -> datetime:
    """The first instant of the period around a day, where the community is."""
    first = period_of(today, period)[0]
    return datetime(first.year, first.month, first.day, tzinfo=ZoneInfo(zone))


def limits_left(
    session: Session, community_id: int, *, household_id: uuid.UUID, member_id: uuid.UUID,
    item_ids: Collection[uuid.UUID], zone: str, now: datetime,
) -> dict[uuid.UUID, int]:  # fmt: skip
    """Pieces of each limited item a member may still have in the running periods; items without limit are left out.

    Orders at the counter count like those made ahead. What was cancelled, lapsed or undone uses nothing up, whether or
    not a job has noticed that its time is over. Two statements, one where nothing is limited.
    """
    limited = limits_by_item(session, community_id, item_ids)
    if not limited:
        return {}
    today = local_day(now, zone)
    periods = {limit.period for limits in limited.values() for limit in limits}
    starts = {period: begins(period, today=today, zone=zone) for period in periods}
    had = _bought_since(session, community_id, household_id, min(starts.values()), limited, now)
    return {
        item_id: max(0, min(limit.pieces - _used(limit, item_id, member_id, starts, had) for limit in limits))
        for item_id, limits in limited.items()
    }


def _used(
    limit: Limit, item_id: uuid.UUID, member_id: uuid.UUID, starts: dict[str, datetime], had: list[Bought]
) -> int:
    return sum(
        one.quantity for one in had
        if one.item_id == item_id and one.placed_at >= starts[limit.period]
        and (limit.whose == "household" or one.member_id == member_id)
    )  # fmt: skip


def _pool(community_id: int) -> sa.ScalarSelect[uuid.UUID]:
    """The care pool's account: what it pays for uses up nobody's limit."""
    return (
        sa.select(account.c.id)
        .where(account.c.community_id == community_id, account.c.kind == "care_pool")
        .scalar_subquery()
    )


def _bought_since(
    session: Session, community_id: int, household_id: uuid.UUID, since: datetime, item_ids: Collection[uuid.UUID],
    now: datetime,
) -> list[Bought]:  # fmt: skip
    rows = session.execute(
        sa.select(order_line.c.item_id, order.c.member_id, order_line.c.quantity, order.c.placed_at,
                  _came_back.label("back"))
        .join(
            order,
            sa.and_(order.c.community_id == order_line.c.community_id, order.c.id == order_line.c.order_id),
        )
        .where(
            order.c.community_id == community_id, order.c.household_id == household_id, order.c.placed_at >= since,
            order_line.c.item_id.in_(item_ids), order.c.wallet_id.not_in(_pool(community_id)),
            sa.or_(order.c.state == "collected", sa.and_(order.c.state == "placed", order.c.expires_at > now)),
        )
    )  # fmt: skip
    return [
        Bought(row.item_id, row.member_id, row.quantity - int(row.back or 0), row.placed_at) for row in rows
    ]
