"""Ordering: goods are set aside and points held until somebody comes, or the time is over."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.codes import new_code
from points.days import local_day
from points.errors import Conflict, Gone, Invalid, NotFound
from points.ledger.models import Account
from points.ledger.operations import make_transfer
from points.ledger.queries import wallet
from points.ledger.results import NewTransfer
from points.people.models import Community, Household, Member
from points.people.operations import write_code
from shop.catalogue.models import Item, Shop
from shop.catalogue.prices import is_begun, points_now
from shop.orders.endings import end_order, lines_of, lock_order, release_lapsed
from shop.orders.limits import limits_left
from shop.orders.models import BasketLine, Order, OrderLine, OrderMove
from shop.stock.models import Stock
from shop.stock.shelves import set_aside_free

__all__ = [
    "CancelOrder",
    "OrderPlaced",
    "PlaceOrder",
    "Wanted",
    "cancel_order",
    "place_order",
    "release_lapsed",
]

MOST_LINES = 20
MOST_PIECES = 99
order, order_line, item, stock = Order.__table__, OrderLine.__table__, Item.__table__, Stock.__table__
order_move, basket_line = OrderMove.__table__, BasketLine.__table__
member, household, community, shop = (
    Member.__table__,
    Household.__table__,
    Community.__table__,
    Shop.__table__,
)
wallet_account, till = Account.__table__.alias("wallet"), Account.__table__.alias("till")


@dataclass(frozen=True)
class Wanted:
    """Pieces of an item. ``points_each``: the price of one that the buyer saw; None: whatever it is."""

    item_id: uuid.UUID
    quantity: int
    points_each: int | None = None


@dataclass(frozen=True)
class PlaceOrder:
    """A member orders for the own household. ``from_basket``: what is ordered leaves the member's basket with it."""

    community_id: int
    actor_id: uuid.UUID
    request_key: str
    shop_id: uuid.UUID
    lines: tuple[Wanted, ...]
    from_basket: bool = False


@dataclass(frozen=True)
class OrderPlaced:
    """``code`` is what the QR code carries; ``points`` are held on the wallet until ``expires_at``."""

    id: uuid.UUID
    state: str
    code: str
    points: int
    expires_at: datetime


# The member, the household (locked, so that limits and repeats are seen in order), the wallet that pays and the shop.
_buyer = (
    sa.select(
        member.c.id, member.c.household_id, community.c.zone, community.c.order_days,
        wallet_account.c.id.label("wallet_id"), shop.c.id.label("shop_id"), till.c.id.label("till_id"),
    )
    .select_from(member)
    .join(community, community.c.id == member.c.community_id)
    .join(household, sa.and_(household.c.community_id == member.c.community_id,
                             household.c.id == member.c.household_id))
    .outerjoin(wallet_account, sa.and_(
        wallet_account.c.community_id == member.c.community_id, wallet_account.c.kind == community.c.wallet_kind,
        wallet_account.c.owner_id == sa.case((community.c.wallet_kind == "household", member.c.household_id),
                                             else_=member.c.id)))
    .outerjoin(shop, sa.and_(shop.c.community_id == member.c.community_id, shop.c.id == sa.bindparam("shop")))
    .outerjoin(till, sa.and_(till.c.community_id == member.c.community_id, till.c.kind == "shop",
                             till.c.owner_id == shop.c.id))
    .where(member.c.community_id == sa.bindparam("community"), member.c.id == sa.bindparam("member"),
           member.c.left_at.is_(None))
    .with_for_update(of=household, key_share=True)
)  # fmt: skip


def place_order(session: Session, command: PlaceOrder, *, now: datetime) -> OrderPlaced:
    """Sets goods aside and holds the points, once for each key.

    Raises Invalid ``order_empty``, ``quantity_wrong``, ``too_many_lines``; NotFound ``shop_not_found``,
    ``item_not_found``, ``member_not_found``, ``account_not_found``; Conflict ``item_not_offered``,
    ``item_begun``, ``item_not_sold_here``, ``price_changed``
    (with ``old`` and ``new``: nothing is ordered at a price nobody saw), ``limit_reached``, ``out_of_stock``,
    ``insufficient_points``, ``debit_account_closed``, ``credit_account_closed``, ``request_key_reused``.
    """
    keys = {"community": command.community_id, "member": command.actor_id, "shop": command.shop_id}
    buyer = session.execute(_buyer, keys).one_or_none()
    if buyer is None:
        raise NotFound("member_not_found")
    repeated = _answer_repeat(session, command)
    if repeated:
        return repeated
    check_lines(command.lines)
    if buyer.shop_id is None:
        raise NotFound("shop_not_found")
    if buyer.wallet_id is None or buyer.till_id is None:
        raise NotFound("account_not_found")
    items = items_on_offer(session, command.community_id, command.shop_id, command.lines, now=now)
    _check_prices(command, items)
    _check_limits(session, command, buyer, items, now)
    release_lapsed(session, command.community_id, command.shop_id, now=now, wanted=list(items))
    _hold_stock(session, command, items)
    return _write_order(session, command, buyer, items, now)


def _answer_repeat(session: Session, command: PlaceOrder) -> OrderPlaced | None:
    row = session.execute(
        sa.select(order).where(
            order.c.community_id == command.community_id, order.c.request_key == command.request_key
        )
    ).one_or_none()
    if row is None:
        return None
    lines = lines_of(session, command.community_id, row.id)
    asked = {(line.item_id, line.quantity) for line in command.lines}
    placed_at = _first_shop(session, row)
    if (row.way, row.member_id, placed_at) != ("ahead", command.actor_id, command.shop_id) or asked != {
        (line.item_id, line.quantity) for line in lines
    }:
        raise Conflict("request_key_reused")
    return OrderPlaced(row.id, row.state, row.token, row.points, row.expires_at)


def _first_shop(session: Session, row: sa.Row) -> uuid.UUID:
    """Where the order was placed, wherever it lies now."""
    moved = sa.select(order_move.c.from_shop_id).where(
        order_move.c.community_id == row.community_id, order_move.c.order_id == row.id
    )
    return session.scalar(moved.order_by(order_move.c.id).limit(1)) or row.shop_id


def check_lines(lines: Sequence[Wanted]) -> None:
    """Raises Invalid ``order_empty``, ``too_many_lines``, ``quantity_wrong``."""
    if not lines:
        raise Invalid("order_empty")
    if len(lines) > MOST_LINES or len({line.item_id for line in lines}) < len(lines):
        raise Invalid("too_many_lines", most=MOST_LINES)
    if any(not 1 <= line.quantity <= MOST_PIECES for line in lines):
        raise Invalid("quantity_wrong", most=MOST_PIECES)


def items_on_offer(
    session: Session, community_id: int, shop_id: uuid.UUID, lines: Sequence[Wanted], *, now: datetime
) -> dict[uuid.UUID, sa.Row]:
    """The items of the lines by id, each with ``price``, the points for one piece at ``now``.

    Raises NotFound ``item_not_found``; Conflict ``item_begun``, ``item_not_offered``, ``item_not_sold_here``.
    """
    items = items_named(session, community_id, shop_id, [line.item_id for line in lines], now=now)
    if len(items) < len(lines):
        raise NotFound("item_not_found")
    for one in items.values():
        refusal = why_not_ordered(one, now)
        if refusal:
            raise Conflict(refusal, **_named(one))
    return items


def items_named(
    session: Session, community_id: int, shop_id: uuid.UUID, ids: Sequence[uuid.UUID], *, now: datetime
) -> dict[uuid.UUID, sa.Row]:
    """Items by id, each with ``price``, the points for one piece at ``now``, and whether the shop hands it out
    (``is_sold``; None: it never had any)."""
    price = points_now(sa.literal(now, item.c.next_from.type)).label("price")
    rows = session.execute(
        sa.select(item, price, stock.c.is_sold)
        .outerjoin(stock, sa.and_(stock.c.community_id == item.c.community_id, stock.c.item_id == item.c.id,
                                  stock.c.shop_id == shop_id))
        .where(item.c.community_id == community_id, item.c.id.in_(ids))
    )  # fmt: skip
    return {row.id: row for row in rows}


def why_not_ordered(one: sa.Row, now: datetime) -> str | None:
    """The refusal of an item that cannot be ordered at the shop; None for one that can."""
    if is_begun(one.takes_place_at, now):
        return "item_begun"
    if not one.is_offered:
        return "item_not_offered"
    return "item_not_sold_here" if one.is_sold is False else None


def _named(one: sa.Row) -> dict[str, object]:
    return {"item_id": one.id, "item_zh": one.name_zh, "item_en": one.name_en}


def _check_prices(command: PlaceOrder, items: dict[uuid.UUID, sa.Row]) -> None:
    for line in command.lines:
        one = items[line.item_id]
        if line.points_each not in (None, one.price):
            raise Conflict("price_changed", **_named(one), old=line.points_each, new=one.price)


def _check_limits(
    session: Session, command: PlaceOrder, buyer: sa.Row, items: dict[uuid.UUID, sa.Row], now: datetime
) -> None:
    left = limits_left(
        session, command.community_id, household_id=buyer.household_id, member_id=buyer.id, item_ids=list(items),
        zone=buyer.zone, now=now,
    )  # fmt: skip
    for line in command.lines:
        if line.quantity > left.get(line.item_id, MOST_PIECES):
            raise Conflict("limit_reached", **_named(items[line.item_id]), left=left[line.item_id])


def _hold_stock(session: Session, command: PlaceOrder, items: dict[uuid.UUID, sa.Row]) -> None:
    for line in sorted(command.lines, key=lambda line: line.item_id):
        if not set_aside_free(session, command.community_id, command.shop_id, line.item_id, line.quantity):
            raise Conflict("out_of_stock", **_named(items[line.item_id]))


def _write_order(
    session: Session, command: PlaceOrder, buyer: sa.Row, items: dict[uuid.UUID, sa.Row], now: datetime
) -> OrderPlaced:
    points = sum(items[line.item_id].price * line.quantity for line in command.lines)
    begins = [one.takes_place_at for one in items.values() if one.takes_place_at is not None]
    # Nobody collects a ticket for what has begun.
    until = min([now + timedelta(days=buyer.order_days), *begins])
    placed = OrderPlaced(new_id(), "placed", new_code(), points, until)
    transfer_id = _hold_points(session, command, buyer, placed, now) if points else None
    session.execute(
        sa.insert(order).values(
            community_id=command.community_id, id=placed.id, shop_id=command.shop_id,
            household_id=buyer.household_id, member_id=buyer.id, wallet_id=buyer.wallet_id,
            shop_account_id=buyer.till_id, transfer_id=transfer_id, token=placed.code, points=points, state="placed",
            placed_at=now, expires_at=placed.expires_at, request_key=command.request_key,
        )
    )  # fmt: skip
    session.execute(
        sa.insert(order_line),
        [
            {"community_id": command.community_id, "id": new_id(), "order_id": placed.id, "item_id": line.item_id,
             "quantity": line.quantity, "points_each": items[line.item_id].price}
            for line in command.lines
        ],
    )  # fmt: skip
    write_code(session, placed.code, command.community_id, "order", placed.id, now=now)
    if command.from_basket:
        _empty_basket(session, command)
    return placed


def _empty_basket(session: Session, command: PlaceOrder) -> None:
    """What was ordered; what another phone of the member put in meanwhile stays."""
    session.execute(
        sa.delete(basket_line).where(
            basket_line.c.community_id == command.community_id, basket_line.c.member_id == command.actor_id,
            basket_line.c.shop_id == command.shop_id,
            basket_line.c.item_id.in_([line.item_id for line in command.lines]),
        )
    )  # fmt: skip


def _hold_points(
    session: Session, command: PlaceOrder, buyer: sa.Row, placed: OrderPlaced, now: datetime
) -> uuid.UUID:
    hold = NewTransfer(
        command.community_id, new_id(), "order", kind="pending", debit_account_id=buyer.wallet_id,
        credit_account_id=buyer.till_id, amount=placed.points, expires_at=placed.expires_at, ref_kind="order",
        ref_id=placed.id, actor_id=command.actor_id,
    )  # fmt: skip
    try:
        make_transfer(session, hold, now=now)
    except Conflict as error:
        if error.code != "exceeds_credits":
            raise
        today = local_day(now, buyer.zone)
        there = wallet(session, command.community_id, buyer.wallet_id, now=now, today=today).view.available
        raise Conflict(
            "insufficient_points", available=there, points=placed.points, missing=placed.points - there
        ) from error
    return hold.id


@dataclass(frozen=True)
class CancelOrder:
    """Somebody of the household changed their mind."""

    community_id: int
    actor_id: uuid.UUID
    order_id: uuid.UUID


def lock_own_order(session: Session, command: CancelOrder) -> sa.Row:
    """An order of the actor's household, under lock. NotFound ``order_not_found``, also for other households'."""
    row = lock_order(session, command.community_id, order.c.id == command.order_id)
    household_id = session.scalar(
        sa.select(member.c.household_id).where(
            member.c.community_id == command.community_id,
            member.c.id == command.actor_id,
            member.c.left_at.is_(None),
        )
    )
    if row is None or row.household_id != household_id:
        raise NotFound("order_not_found")
    return row


def cancel_order(session: Session, command: CancelOrder, *, now: datetime) -> str:
    """Gives points (with the days they had) and goods back; again: nothing more happens. Returns the state.

    Raises NotFound ``order_not_found`` (also for other households'); Conflict ``order_collected``,
    ``order_annulled``; Gone ``order_lapsed``.
    """
    row = lock_own_order(session, command)
    if row.state == "cancelled":
        return row.state
    if row.state in ("collected", "annulled"):
        raise Conflict(f"order_{row.state}")
    if row.state == "lapsed" or row.expires_at <= now:
        raise Gone("order_lapsed")
    end_order(session, row, "cancelled", now=now)
    if row.transfer_id:
        void = NewTransfer(command.community_id, new_id(), "cancel", kind="void", pending_id=row.transfer_id,
                           ref_kind="order", ref_id=row.id, actor_id=command.actor_id)  # fmt: skip
        make_transfer(session, void, now=now)
    return "cancelled"
