"""Booking a sale that a shop phone made from an allowance: the points it held become the shop's, the rest stays held."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.people.models import Community
from shop.catalogue.models import Item
from shop.catalogue.prices import points_now, prices_at
from shop.counter.models import Redemption
from shop.counter.purchases import Bought, Purchase, write_purchase
from shop.counter.scan import RedeemCode
from shop.offline.counts import Counted, put_back_counted
from shop.offline.models import Allowance
from shop.offline.payers import Payer, payer_of
from shop.offline.payments import pay_from, reserved_for
from shop.offline.policy import MOST_PIECES, OFFLINE_KIND
from shop.orders.limits import limits_left
from shop.stock.shelves import lock_shelves

item, allowance, community, redemption = (
    Item.__table__, Allowance.__table__, Community.__table__, Redemption.__table__,
)  # fmt: skip


@dataclass(frozen=True)
class Sale:
    """What was sold, and why it could not be booked as it was (``reason``; then nothing has been written).

    ``lines``: item rows with ``quantity``. ``points`` is what it costs at the prices of the time of the scan.
    ``counted``: what a count found missing of it before it was told. ``missing``: pieces that left although the shelf's
    book did not have them.
    """

    payer: Payer | None
    lines: list[SoldLine]
    points: int
    reason: str | None = None
    order_id: uuid.UUID | None = None
    transfer_id: uuid.UUID | None = None
    counted: tuple[Counted, ...] = ()
    missing: Mapping[uuid.UUID, int] = field(default_factory=dict)


@dataclass(frozen=True)
class SoldLine:
    """Pieces of an item at the price of the time of the scan, in points for one piece."""

    item: Any
    quantity: int
    points_each: int

    @property
    def points(self) -> int:
        """For all of them."""
        return self.points_each * self.quantity


def book_sale(
    session: Session, command: RedeemCode, *, at: datetime, now: datetime, refused: str | None = None
) -> Sale:
    """Books the sale all or nothing; nothing where it was ``refused`` on line (the reason). The shelf and the register are
    the caller's to write, but for what a count found missing of it: that is back on the shelf."""
    payer, reason = payer_of(session, command.community_id, command.code, at)
    reason = reason or refused
    pieces: dict[uuid.UUID, int] = {}
    for one in command.lines:
        pieces[one.item_id] = pieces.get(one.item_id, 0) + one.quantity
    counted = tuple(put_back_counted(session, command, pieces, at=at))
    return replace(_book(session, command, payer, reason, pieces, at=at, now=now), counted=counted)


def _book(
    session: Session, command: RedeemCode, payer: Payer | None, reason: str | None, pieces: dict[uuid.UUID, int], *,
    at: datetime, now: datetime,
) -> Sale:  # fmt: skip
    """Pieces that the shelf's book does not have are the book's fault, not the buyer's: an allowance pays for them."""
    lines = _priced(session, command.community_id, pieces, at)
    sale = Sale(payer, lines, sum(one.points for one in lines), reason)
    if payer is None or reason:
        return sale
    free = lock_shelves(session, command.community_id, command.shop_id, pieces.keys())
    reason = _unsellable(session, command, payer, lines, pieces, free)
    if reason:
        return replace(sale, reason=reason)
    missing = {
        item_id: quantity - free[item_id] for item_id, quantity in pieces.items() if quantity > free[item_id]
    }
    order_id = new_id()
    if _is_over_limit(session, command, payer, pieces, now):
        transfer_id, reason = None, "rules"
    else:
        transfer_id, reason = _pay(session, command, sale, order_id, at=at, now=now)
    if reason:
        return replace(sale, reason="out_of_stock" if missing else reason)
    return replace(sale, order_id=order_id, transfer_id=transfer_id, missing=missing)


def _priced(
    session: Session, community_id: int, pieces: dict[uuid.UUID, int], at: datetime
) -> list[SoldLine]:
    moment = sa.bindparam("at", at, type_=item.c.next_from.type)
    rows = session.execute(
        sa.select(item, points_now(moment).label("points_each"))
        .where(item.c.community_id == community_id, item.c.id.in_(pieces))
        .order_by(item.c.id)
    )
    then = prices_at(session, community_id, pieces.keys(), at)
    return [
        SoldLine(row, pieces[row.id], then[row.id].points if row.id in then else row.points_each)
        for row in rows
    ]


def _unsellable(
    session: Session, command: RedeemCode, payer: Payer, lines: list[SoldLine], pieces: dict[uuid.UUID, int],
    free: Mapping[uuid.UUID, int],
) -> str | None:  # fmt: skip
    """The first reason in the contract's order that no allowance makes good."""
    if any(not 1 <= quantity <= MOST_PIECES for quantity in pieces.values()):
        return "invalid"
    if payer.used_mark and _is_used(session, command.community_id, payer.used_mark):
        return "already_redeemed"
    is_known = len(lines) == len(pieces) and all(item_id in free for item_id in pieces)
    return None if is_known and all(one.item.kind == OFFLINE_KIND for one in lines) else "product"


def _is_over_limit(
    session: Session, command: RedeemCode, payer: Payer, pieces: dict[uuid.UUID, int], now: datetime
) -> bool:
    zone = session.scalar(sa.select(community.c.zone).where(community.c.id == command.community_id))
    left = limits_left(
        session, command.community_id, household_id=payer.household_id, member_id=payer.member_id,
        item_ids=list(pieces), zone=zone, now=now,
    )  # fmt: skip
    return any(quantity > left.get(item_id, MOST_PIECES) for item_id, quantity in pieces.items())


def _is_used(session: Session, community_id: int, mark: str) -> bool:
    query = sa.select(redemption.c.id).where(
        redemption.c.community_id == community_id, redemption.c.used_mark == mark
    )
    return session.execute(query).one_or_none() is not None


def _pay(
    session: Session, command: RedeemCode, sale: Sale, order_id: uuid.UUID, *, at: datetime, now: datetime
) -> tuple[uuid.UUID | None, str | None]:
    """From what was reserved for this phone when it sold; or why not."""
    payer = sale.payer
    assert payer is not None
    reserved = reserved_for(
        command.community_id, device_id=command.device_id, shop_id=command.shop_id, household_id=payer.household_id,
        member_id=payer.member_id, at=at,
    )  # fmt: skip
    found = session.execute(
        sa.select(allowance)
        .where(*reserved)
        .order_by(allowance.c.made_at.desc())
        .limit(1)
        .with_for_update(key_share=True)
    ).one_or_none()
    if found is None:
        return None, "insufficient_points"
    transfer_id, reason = pay_from(session, command, found, sale.points, order_id, now=now)
    if reason is None:
        _write_purchase(session, command, found, payer, sale.lines, order_id, transfer_id, at)
    return transfer_id, reason


def _write_purchase(
    session: Session, command: RedeemCode, found: sa.Row, payer: Payer, lines: list[SoldLine], order_id: uuid.UUID,
    transfer_id: uuid.UUID | None, at: datetime,
) -> None:  # fmt: skip
    purchase = Purchase(
        command.community_id, order_id, command.shop_id, payer.household_id, payer.member_id, found.wallet_id,
        found.shop_account_id, transfer_id, f"offline-{order_id.hex}",
    )  # fmt: skip
    bought = [Bought(one.item.id, one.quantity, one.points_each) for one in lines]
    write_purchase(session.connection(), purchase, bought, at=at)
