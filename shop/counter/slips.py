"""The slip that goes home with the goods: what was handed over for how many points, and what is left."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import NotFound
from points.people.models import Household
from shop.catalogue.models import Shop
from shop.counter.models import Redemption
from shop.counter.scan import check_nonce
from shop.orders.models import Order
from shop.orders.queries import LineView, order_lines

redemption, order, shop, household = (
    Redemption.__table__, Order.__table__, Shop.__table__, Household.__table__,
)  # fmt: skip


@dataclass(frozen=True)
class Slip:
    """A hand-over on 58 mm of paper: no name on it, only the household's number.

    ``available``: what the wallet showed after it, from the answer of that moment; None for what cost nothing. ``number``
    tells it on the telephone. ``annulled_at``: it was undone, and the slip says so.
    """

    number: str
    shop_id: uuid.UUID
    shop: str
    household_number: str
    handed_at: datetime
    points: int
    available: int | None
    annulled_at: datetime | None
    lines: tuple[LineView, ...]


def short_number(redemption_id: uuid.UUID) -> str:
    """Eight letters of the id, those that chance made: A1B2-C3D4."""
    last = redemption_id.hex[-8:].upper()
    return f"{last[:4]}-{last[4:]}"


def slip_of_order(session: Session, community_id: int, order_id: uuid.UUID) -> Slip:
    """The slip of an order that was handed over. NotFound ``redemption_not_found``."""
    return _slip(session, community_id, redemption.c.order_id == order_id)


def slip_by_nonce(session: Session, community_id: int, nonce: str) -> Slip:
    """The slip of a scan. NotFound ``redemption_not_found``, also for one that was refused; Invalid
    ``nonce_wrong``."""
    check_nonce(nonce)
    return _slip(session, community_id, redemption.c.nonce == nonce)


def _slip(session: Session, community_id: int, which: sa.ColumnElement[bool]) -> Slip:
    row = session.execute(
        sa.select(redemption, shop.c.name.label("shop"), household.c.number)
        .join(order, sa.and_(order.c.community_id == redemption.c.community_id, order.c.id == redemption.c.order_id))
        .join(shop, sa.and_(shop.c.community_id == redemption.c.community_id, shop.c.id == redemption.c.shop_id))
        .join(household, sa.and_(household.c.community_id == order.c.community_id,
                                 household.c.id == order.c.household_id))
        .where(redemption.c.community_id == community_id, redemption.c.status == "ok", which)
        .order_by(redemption.c.recorded_at.desc())
        .limit(1)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound("redemption_not_found")
    balance = json.loads(row.answer).get("balance") or {}
    lines = order_lines(session, community_id, [row.order_id])
    return Slip(
        short_number(row.id), row.shop_id, row.shop, row.number, row.scanned_at, row.points, balance.get("available"),
        row.annulled_at, tuple(lines[row.order_id]),
    )  # fmt: skip
