"""Ordering: goods are set aside and points held until somebody comes, or the time is over."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.codes import new_code
from points.days import local_day, period_of
from points.errors import Conflict, Gone, Invalid, NotFound
from points.ledger.models import Account
from points.ledger.operations import account_id_of, expire_lots, lock_accounts, make_transfer
from points.ledger.results import NewTransfer
from points.people.models import Household, Member
from points.people.operations import write_code
from points.people.queries import CommunityView, community_by_id
from shop.catalogue.models import Item
from shop.orders.models import Order, OrderLine
from shop.stock.models import Stock

MOST_LINES = 20
MOST_PIECES = 99
order, order_line, stock = Order.__table__, OrderLine.__table__, Stock.__table__


@dataclass(frozen=True)
class Wanted:
    """Pieces of an item."""

    item_id: uuid.UUID
    quantity: int


@dataclass(frozen=True)
class PlaceOrder:
    """A member orders for the own household."""

    community_id: int
    actor_id: uuid.UUID
    request_key: str
    shop_id: uuid.UUID
    lines: tuple[Wanted, ...]


@dataclass(frozen=True)
class OrderPlaced:
    """``code`` is what the QR code carries; ``points`` are held on the wallet until ``expires_at``."""

    id: uuid.UUID
    state: str
    code: str
    points: int
    expires_at: datetime


def place_order(session: Session, command: PlaceOrder, *, now: datetime) -> OrderPlaced:
    """Sets goods aside and holds the points, once for each key.

    Raises Invalid ``order_empty``, ``quantity_wrong``, ``too_many_lines``; NotFound ``shop_not_found``,
    ``item_not_found``, ``member_not_found``; Conflict ``item_not_offered``, ``out_of_stock``, ``limit_reached``,
    ``insufficient_points``, ``request_key_reused``.
    """
    buyer, wallet_id, community = _buyer(session, command)
    repeated = _answer_repeat(session, command)
    if repeated:
        return repeated
    _check_form(command)
    shop_account_id = account_id_of(session, command.community_id, "shop", command.shop_id)
    if shop_account_id is None:
        raise NotFound("shop_not_found")
    # Accounts before shelves, as at the till: the other way round an order and a hand-over would wait for each other.
    lock_accounts(session, command.community_id, [wallet_id, shop_account_id], now=now)
    release_lapsed(session, command.community_id, command.shop_id, now=now)
    items = _items(session, command)
    _check_limits(session, command, buyer.household_id, items, community, now)
    _hold_stock(session, command, items)
    points = sum(items[line.item_id].points * line.quantity for line in command.lines)
    return _write_order(session, command, buyer, (wallet_id, shop_account_id), items, points, community, now)


def _buyer(session: Session, command: PlaceOrder) -> tuple[Member, uuid.UUID, CommunityView]:
    """The member, the wallet that pays; the household is locked, so that limits and repeats are seen in order."""
    member = session.scalar(
        sa.select(Member).where(
            Member.community_id == command.community_id,
            Member.id == command.actor_id,
            Member.left_at.is_(None),
        )
    )
    if member is None:
        raise NotFound("member_not_found")
    community = community_by_id(session, command.community_id)
    session.execute(
        sa.select(Household.id)
        .where(Household.community_id == command.community_id, Household.id == member.household_id)
        .with_for_update()
    )
    owner = member.household_id if community.wallet_kind == "household" else member.id
    wallet_id = account_id_of(session, command.community_id, community.wallet_kind, owner)
    if wallet_id is None:
        raise NotFound("account_not_found")
    return member, wallet_id, community


def _answer_repeat(session: Session, command: PlaceOrder) -> OrderPlaced | None:
    row = session.execute(
        sa.select(order).where(
            order.c.community_id == command.community_id, order.c.request_key == command.request_key
        )
    ).one_or_none()
    if row is None:
        return None
    lines = session.execute(
        sa.select(order_line.c.item_id, order_line.c.quantity).where(
            order_line.c.community_id == command.community_id, order_line.c.order_id == row.id
        )
    ).all()
    same = (row.member_id, row.shop_id) == (command.actor_id, command.shop_id) and {
        (line.item_id, line.quantity) for line in lines
    } == {(line.item_id, line.quantity) for line in command.lines}
    if not same:
        raise Conflict("request_key_reused")
    return OrderPlaced(row.id, row.state, row.token, row.points, row.expires_at)


def _check_form(command: PlaceOrder) -> None:
    if not command.lines:
        raise Invalid("order_empty")
    if len(command.lines) > MOST_LINES or len({line.item_id for line in command.lines}) < len(command.lines):
        raise Invalid("too_many_lines", most=MOST_LINES)
    if any(not 1 <= line.quantity <= MOST_PIECES for line in command.lines):
        raise Invalid("quantity_wrong", most=MOST_PIECES)


def _items(session: Session, command: PlaceOrder) -> dict[uuid.UUID, Item]:
    ids = [line.item_id for line in command.lines]
    items = {
        item.id: item
        for item in session.scalars(
            sa.select(Item)
            .where(Item.community_id == command.community_id, Item.id.in_(ids))
            .execution_options(populate_existing=True)
        )
    }
    if len(items) < len(ids):
        raise NotFound("item_not_found")
    for item in items.values():
        if not item.is_offered:
            raise Conflict("item_not_offered", item_zh=item.name_zh, item_en=item.name_en)
    return items


def _check_limits(
    session: Session, command: PlaceOrder, household_id: uuid.UUID, items: dict[uuid.UUID, Item],
    community: CommunityView, now: datetime,
) -> None:  # fmt: skip
    """Pieces for each household and period; cancelled, lapsed and undone orders use nothing up."""
    today = local_day(now, community.zone)
    for line in command.lines:
        item = items[line.item_id]
        if item.limit_count is None:
            continue
        had = bought_since(session, command.community_id, household_id, item.id,
                           period_of(today, item.limit_period)[0], community.zone, now)  # fmt: skip
        if had + line.quantity > item.limit_count:
            raise Conflict("limit_reached", item_zh=item.name_zh, item_en=item.name_en, count=item.limit_count,
                           period=item.limit_period, left=max(0, item.limit_count - had))  # fmt: skip


def bought_since(
    session: Session,
    community_id: int,
    household_id: uuid.UUID,
    item_id: uuid.UUID,
    first: date,
    zone: str,
    now: datetime,
) -> int:
    """Pieces of an item that a household ordered since the first day of a period."""
    start = datetime(first.year, first.month, first.day, tzinfo=ZoneInfo(zone))
    return int(
        session.scalar(
            sa.select(sa.func.coalesce(sa.func.sum(order_line.c.quantity), 0))
            .join(order, sa.and_(order.c.community_id == order_line.c.community_id,
                                 order.c.id == order_line.c.order_id))
            .where(order.c.community_id == community_id, order.c.household_id == household_id,
                   order.c.placed_at >= start, order_line.c.item_id == item_id,
                   sa.or_(order.c.state == "collected",
                          sa.and_(order.c.state == "placed", order.c.expires_at > now)))
        )
    )  # fmt: skip


def _hold_stock(session: Session, command: PlaceOrder, items: dict[uuid.UUID, Item]) -> None:
    """Guarded updates in the order of the items' ids: two orders for the last piece cannot both have it."""
    for line in sorted(command.lines, key=lambda line: line.item_id):
        held = session.execute(
            sa.update(stock)
            .where(stock.c.community_id == command.community_id, stock.c.shop_id == command.shop_id,
                   stock.c.item_id == line.item_id, stock.c.on_hand - stock.c.held >= line.quantity)
            .values(held=stock.c.held + line.quantity)
        )  # fmt: skip
        if held.rowcount != 1:
            item = items[line.item_id]
            raise Conflict("out_of_stock", item_zh=item.name_zh, item_en=item.name_en)


def _write_order(
    session: Session, command: PlaceOrder, buyer: Member, accounts: tuple[uuid.UUID, uuid.UUID],
    items: dict[uuid.UUID, Item], points: int, community: CommunityView, now: datetime,
) -> OrderPlaced:  # fmt: skip
    order_id, token, expires_at = new_id(), new_code(), now + timedelta(days=community.order_days)
    wallet_id, shop_account_id = accounts
    transfer_id = None
    if points:
        transfer_id = new_id()
        expire_lots(session, command.community_id, wallet_id, today=local_day(now, community.zone), now=now)
        _hold_points(
            session, command, transfer_id, order_id, wallet_id, shop_account_id, points, expires_at, now
        )
    session.execute(
        sa.insert(order).values(
            community_id=command.community_id, id=order_id, shop_id=command.shop_id, household_id=buyer.household_id,
            member_id=buyer.id, wallet_id=wallet_id, shop_account_id=shop_account_id, transfer_id=transfer_id,
            token=token, points=points, state="placed", placed_at=now, expires_at=expires_at,
            request_key=command.request_key,
        )
    )  # fmt: skip
    session.execute(
        sa.insert(order_line),
        [
            {"community_id": command.community_id, "id": new_id(), "order_id": order_id, "item_id": line.item_id,
             "quantity": line.quantity, "points_each": items[line.item_id].points}
            for line in command.lines
        ],
    )  # fmt: skip
    write_code(session, token, command.community_id, "order", order_id, now=now)
    return OrderPlaced(order_id, "placed", token, points, expires_at)


def _hold_points(
    session: Session, command: PlaceOrder, transfer_id: uuid.UUID, order_id: uuid.UUID, wallet_id: uuid.UUID,
    shop_account_id: uuid.UUID, points: int, expires_at: datetime, now: datetime,
) -> None:  # fmt: skip
    new = NewTransfer(
        command.community_id, transfer_id, "order", kind="pending", debit_account_id=wallet_id,
        credit_account_id=shop_account_id, amount=points, expires_at=expires_at, ref_kind="order", ref_id=order_id,
        actor_id=command.actor_id,
    )  # fmt: skip
    try:
        make_transfer(session, new, now=now)
    except Conflict as error:
        if error.code != "exceeds_credits":
            raise
        there = session.execute(
            sa.select(Account.credits_posted - Account.debits_posted - Account.debits_pending).where(
                Account.community_id == command.community_id, Account.id == wallet_id
            )
        ).scalar_one()
        raise Conflict("insufficient_points", available=there, points=points) from error


@dataclass(frozen=True)
class CancelOrder:
    """Somebody of the household changed their mind."""

    community_id: int
    actor_id: uuid.UUID
    order_id: uuid.UUID


def cancel_order(session: Session, command: CancelOrder, *, now: datetime) -> str:
    """Gives points (with the days they had) and goods back; again: nothing more happens. Returns the state.

    Raises NotFound ``order_not_found`` (also for other households'); Conflict ``order_collected``; Gone
    ``order_lapsed``.
    """
    row = lock_order(session, command.community_id, order.c.id == command.order_id)
    household_id = session.scalar(
        sa.select(Member.household_id).where(
            Member.community_id == command.community_id, Member.id == command.actor_id
        )
    )
    if row is None or row.household_id != household_id:
        raise NotFound("order_not_found")
    if row.state == "cancelled":
        return row.state
    if row.state in ("collected", "annulled"):
        raise Conflict("order_collected")
    if row.state == "lapsed" or row.expires_at <= now:
        raise Gone("order_lapsed")
    if row.transfer_id:
        make_transfer(
            session,
            NewTransfer(command.community_id, new_id(), "cancel", kind="void", pending_id=row.transfer_id,
                        ref_kind="order", ref_id=row.id, actor_id=command.actor_id),
            now=now,
        )  # fmt: skip
    end_order(session, row, "cancelled", now=now)
    return "cancelled"


def lock_order(session: Session, community_id: int, which: sa.ColumnElement[bool]) -> sa.Row | None:
    """One order under lock."""
    return session.execute(
        sa.select(order).where(order.c.community_id == community_id, which).with_for_update()
    ).one_or_none()


def end_order(session: Session, row: sa.Row, state: str, *, now: datetime) -> None:
    """Sets the last state of an order whose goods stay in the shop, and puts them back on the shelf."""
    session.execute(
        sa.update(order)
        .where(order.c.community_id == row.community_id, order.c.id == row.id)
        .values(state=state, ended_at=now)
    )
    for line in lines_of(session, row.community_id, row.id):
        session.execute(
            sa.update(stock)
            .where(stock.c.community_id == row.community_id, stock.c.shop_id == row.shop_id,
                   stock.c.item_id == line.item_id)
            .values(held=stock.c.held - line.quantity)
        )  # fmt: skip


def lines_of(session: Session, community_id: int, order_id: uuid.UUID) -> Sequence[sa.Row]:
    """Item, quantity and price of each line, in the order of the items' ids (the order in which shelves are locked)."""
    return session.execute(
        sa.select(order_line.c.item_id, order_line.c.quantity, order_line.c.points_each)
        .where(order_line.c.community_id == community_id, order_line.c.order_id == order_id)
        .order_by(order_line.c.item_id)
    ).all()


def release_lapsed(
    session: Session, community_id: int, shop_id: uuid.UUID, *, now: datetime, limit: int = 100
) -> int:
    """Puts the goods of orders whose time is over back on the shelf (their points came back by themselves)."""
    rows = session.execute(
        sa.select(order)
        .where(order.c.community_id == community_id, order.c.shop_id == shop_id, order.c.state == "placed",
               order.c.expires_at <= now)
        .order_by(order.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()  # fmt: skip
    for row in rows:
        end_order(session, row, "lapsed", now=now)
    return len(rows)
