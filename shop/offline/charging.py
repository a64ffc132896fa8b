"""Points for goods that left without network and could not be booked: taken afterwards, if the steward says so, from what
the household had reserved for that phone, and never more."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict
from points.people.models import Member
from shop.catalogue.models import Item
from shop.counter.models import Redemption
from shop.counter.purchases import Bought, Purchase, write_purchase
from shop.offline.models import Allowance
from shop.offline.payments import pay_from, reserved_for
from shop.offline.policy import OFFLINE_KIND
from shop.orders.models import Order, OrderLine

# Whoever showed the code was known and meant to pay. Not so with a code that was forged, stopped or used by another.
CHARGEABLE = ("invalid_time", "canceled", "out_of_stock", "rules", "insufficient_points")

redemption, allowance, member = Redemption.__table__, Allowance.__table__, Member.__table__
order, line, item = Order.__table__, OrderLine.__table__, Item.__table__
buyer = member.alias("buyer")


@dataclass(frozen=True)
class Charged:
    """What a conflict's points became: the purchase, and its transfer."""

    order_id: uuid.UUID
    transfer_id: uuid.UUID


def is_buyer() -> sa.ColumnElement[bool]:
    """Joins ``buyer`` to a conflict and the order it may be about."""
    return sa.and_(
        buyer.c.community_id == redemption.c.community_id,
        buyer.c.id == sa.func.coalesce(redemption.c.member_id, order.c.member_id),
    )


def covering() -> tuple[sa.ColumnElement[bool], ...]:
    """Allowances that would have paid for a conflict, in a statement that has ``redemption``, ``order`` and ``buyer``.
    A voucher or a loan is not charged: nothing was issued."""
    reserved = reserved_for(
        redemption.c.community_id, device_id=redemption.c.device_id, shop_id=redemption.c.shop_id,
        household_id=buyer.c.household_id, member_id=buyer.c.id, at=redemption.c.scanned_at,
    )  # fmt: skip
    other_kind = (
        sa.exists()
        .where(line.c.community_id == redemption.c.community_id, line.c.order_id == redemption.c.order_id,
               item.c.community_id == line.c.community_id, item.c.id == line.c.item_id, item.c.kind != OFFLINE_KIND)
    )  # fmt: skip
    return (
        *reserved, allowance.c.left >= redemption.c.points, redemption.c.points > 0, redemption.c.settled_at.is_(None),
        redemption.c.reason.in_(CHARGEABLE), ~other_kind,
    )  # fmt: skip


def charge_conflict(session: Session, command: object, conflict: sa.Row, *, now: datetime) -> Charged:
    """Books what a conflict should have cost, as a purchase of the time of the scan; the conflict's row is locked.

    Raises Conflict ``conflict_not_covered`` when no allowance pays for it (any more).
    """
    row = session.execute(
        sa.select(allowance, buyer.c.id.label("buyer_id"))
        .select_from(redemption)
        .outerjoin(order, sa.and_(order.c.community_id == redemption.c.community_id, order.c.id == redemption.c.order_id))
        .join(buyer, is_buyer())
        .join(allowance, sa.and_(*covering()))
        .where(redemption.c.community_id == conflict.community_id, redemption.c.id == conflict.id)
        .order_by(allowance.c.made_at.desc())
        .limit(1)
        .with_for_update(of=allowance, key_share=True)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise Conflict("conflict_not_covered")
    order_id = new_id()
    transfer_id, reason = pay_from(session, command, row, conflict.points, order_id, now=now)
    if reason is not None or transfer_id is None:
        raise Conflict("conflict_not_covered")
    purchase = Purchase(
        conflict.community_id, order_id, conflict.shop_id, row.household_id, row.buyer_id, row.wallet_id,
        row.shop_account_id, transfer_id, f"offline-{order_id.hex}",
    )  # fmt: skip
    write_purchase(session.connection(), purchase, _bought(conflict.answer), at=conflict.scanned_at)
    return Charged(order_id, transfer_id)


def _bought(answer: str) -> list[Bought]:
    lines = json.loads(answer)["redemption"]["lines"]
    return [
        Bought(uuid.UUID(one["item_id"]), one["quantity"], one["points"] // one["quantity"]) for one in lines
    ]
