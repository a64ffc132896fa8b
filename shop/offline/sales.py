"""Booking a sale that a shop phone made from an allowance: the points it held become the shop's, the rest stays held."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.ledger.operations import create_transfer
from points.ledger.results import NewTransfer
from points.people.models import Community
from shop.catalogue.models import Item
from shop.catalogue.prices import points_at, points_now
from shop.counter.models import Redemption
from shop.counter.purchases import Bought, Purchase, write_purchase
from shop.counter.scan import RedeemCode
from shop.offline.allowances import hold
from shop.offline.counts import Counted, put_back_counted
from shop.offline.models import Allowance
from shop.offline.payers import Payer, payer_of
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
    ``counted``: what a count found missing of it before it was told.
    """

    payer: Payer | None
    lines: list[Any]
    points: int
    reason: str | None = None
    order_id: uuid.UUID | None = None
    transfer_id: uuid.UUID | None = None
    counted: tuple[Counted, ...] = ()


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


def book_sale(session: Session, command: RedeemCode, *, at: datetime, now: datetime) -> Sale:
    """Books the sale all or nothing. The shelf and the register are the caller's to write, but for what a count found
    missing of it: that is back on the shelf."""
    payer, reason = payer_of(session, command.community_id, command.code, at)
    pieces: dict[uuid.UUID, int] = {}
    for one in command.lines:
        pieces[one.item_id] = pieces.get(one.item_id, 0) + one.quantity
    counted = tuple(put_back_counted(session, command, pieces, at=at))
    return replace(_book(session, command, payer, reason, pieces, at=at, now=now), counted=counted)


def _book(
    session: Session, command: RedeemCode, payer: Payer | None, reason: str | None, pieces: dict[uuid.UUID, int], *,
    at: datetime, now: datetime,
) -> Sale:  # fmt: skip
    lines = _priced(session, command.community_id, pieces, at)
    points = sum(one.points for one in lines)
    reason = reason or _why_not(session, command, payer, lines, pieces, now)
    if reason or payer is None:
        return Sale(payer, lines, points, reason or "invalid")
    found = _allowance(session, command, payer, at)
    if found is None:
        return Sale(payer, lines, points, "insufficient_points")
    order_id = new_id()
    transfer_id, reason = _pay(session, command, found, points, order_id, now)
    if reason:
        return Sale(payer, lines, points, reason)
    _write_purchase(session, command, found, payer, lines, order_id, transfer_id, at)
    return Sale(payer, lines, points, None, order_id, transfer_id)


def _priced(
    session: Session, community_id: int, pieces: dict[uuid.UUID, int], at: datetime
) -> list[SoldLine]:
    moment = sa.bindparam("at", at, type_=item.c.next_from.type)
    rows = session.execute(
        sa.select(item, points_now(moment).label("points_each"))
        .where(item.c.community_id == community_id, item.c.id.in_(pieces))
        .order_by(item.c.id)
    )
    then = points_at(session, community_id, pieces.keys(), at)
    return [SoldLine(row, pieces[row.id], then.get(row.id, row.points_each)) for row in rows]


def _why_not(
    session: Session, command: RedeemCode, payer: Payer | None, lines: list[SoldLine],
    pieces: dict[uuid.UUID, int], now: datetime,
) -> str | None:  # fmt: skip
    """The first reason in the contract's order that needs a look at codes used before, shelf and limits."""
    if payer is not None and payer.used_mark and _is_used(session, command.community_id, payer.used_mark):
        return "already_redeemed"
    is_wrong = any(not 1 <= quantity <= MOST_PIECES for quantity in pieces.values())
    if is_wrong or len(lines) < len(pieces) or any(one.item.kind != OFFLINE_KIND for one in lines):
        return "product"
    free = lock_shelves(session, command.community_id, command.shop_id, pieces.keys())
    if any(free.get(item_id, 0) < quantity for item_id, quantity in pieces.items()):
        return "out_of_stock"
    if payer is None:
        return None
    zone = session.scalar(sa.select(community.c.zone).where(community.c.id == command.community_id))
    left = limits_left(
        session, command.community_id, household_id=payer.household_id, member_id=payer.member_id,
        item_ids=list(pieces), zone=zone, now=now,
    )  # fmt: skip
    over = any(quantity > left.get(item_id, MOST_PIECES) for item_id, quantity in pieces.items())
    return "rules" if over else None


def _is_used(session: Session, community_id: int, mark: str) -> bool:
    query = sa.select(redemption.c.id).where(
        redemption.c.community_id == community_id, redemption.c.used_mark == mark
    )
    return session.execute(query).one_or_none() is not None


def _allowance(session: Session, command: RedeemCode, payer: Payer, at: datetime) -> sa.Row | None:
    """What was reserved for this phone when it sold; it may have come back to its owner since."""
    return session.execute(
        sa.select(allowance)
        .where(allowance.c.community_id == command.community_id, allowance.c.device_id == command.device_id,
               allowance.c.shop_id == command.shop_id, allowance.c.household_id == payer.household_id,
               sa.or_(allowance.c.member_id.is_(None), allowance.c.member_id == payer.member_id),
               allowance.c.made_at <= at, allowance.c.spend_until > at)
        .order_by(allowance.c.made_at.desc())
        .limit(1)
        .with_for_update(key_share=True)
    ).one_or_none()  # fmt: skip


def _pay(
    session: Session, command: RedeemCode, found: sa.Row, points: int, order_id: uuid.UUID, now: datetime
) -> tuple[uuid.UUID | None, str | None]:
    """Posts a part of the hold and holds the rest anew; where the hold has lapsed or came back, takes what is there, and
    never more than was reserved."""
    if not points:
        return None, None
    is_held = found.state == "open" and found.held_until > now
    if points > found.left:
        return None, "insufficient_points"
    transfer_id = new_id()
    side = (
        {} if is_held else {"debit_account_id": found.wallet_id, "credit_account_id": found.shop_account_id}
    )
    new = NewTransfer(
        command.community_id, transfer_id, "redemption", "post" if is_held else "posted", amount=points,
        pending_id=found.transfer_id if is_held else None, ref_kind="order", ref_id=order_id,
        actor_id=command.actor_id, **side,
    )  # fmt: skip
    result = create_transfer(session, new, now=now)
    if not result.ok:
        is_closed = result.status in ("debit_account_closed", "credit_account_closed")
        return None, "blocked" if is_closed else "insufficient_points"
    if is_held:
        _hold_the_rest(session, command, found, found.left - points, now)
    else:
        _keep(session, command, found, left=found.left - points)
    return transfer_id, None


def _hold_the_rest(session: Session, command: RedeemCode, found: sa.Row, left: int, now: datetime) -> None:
    held = left and hold(
        session, command, wallet_id=found.wallet_id, till_id=found.shop_account_id, points=left,
        allowance_id=found.id, until=found.held_until, now=now,
    )  # fmt: skip
    if held:
        _keep(session, command, found, left=left, transfer_id=held, state="open")
    else:
        _keep(session, command, found, left=0, transfer_id=None, state="spent")


def _keep(session: Session, command: RedeemCode, found: sa.Row, **values: Any) -> None:
    session.execute(
        sa.update(allowance)
        .where(allowance.c.community_id == command.community_id, allowance.c.id == found.id)
        .values(**values)
    )


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
