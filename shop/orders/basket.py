"""A member's basket at a shop: what somebody means to order. It holds neither goods nor points."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, Invalid, NotFound
from points.people.models import Member
from shop.catalogue.models import Shop
from shop.catalogue.prices import is_begun
from shop.catalogue.queries import ItemView, items_at
from shop.orders.endings import lines_of
from shop.orders.models import BasketLine, Order
from shop.orders.operations import (
    MOST_LINES,
    Wanted,
    check_lines,
    items_named,
    items_on_offer,
    why_not_ordered,
)

basket_line, order = BasketLine.__table__, Order.__table__
member, shop = Member.__table__, Shop.__table__


@dataclass(frozen=True)
class FillBasket:
    """The basket now holds these pieces of these items; what else is in it stays."""

    community_id: int
    actor_id: uuid.UUID
    shop_id: uuid.UUID
    lines: tuple[Wanted, ...]


@dataclass(frozen=True)
class TakeOut:
    """These items are not wanted any more."""

    community_id: int
    actor_id: uuid.UUID
    shop_id: uuid.UUID
    item_ids: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class OrderAgain:
    """What an earlier order of the household held goes into the basket."""

    community_id: int
    actor_id: uuid.UUID
    order_id: uuid.UUID


@dataclass(frozen=True)
class Refilled:
    """``left_out``: how many items of the order are not offered any more, or not at its shop."""

    shop_id: uuid.UUID
    left_out: int


@dataclass(frozen=True)
class BasketItem:
    """A line: the item as it is offered now, how many, and the price when the member last said so; ``has_begun``: it is a
    ticket that came too late."""

    item: ItemView
    quantity: int
    points_seen: int
    has_begun: bool

    @property
    def points(self) -> int:
        """For all pieces, at the price in force."""
        return self.item.points * self.quantity


def fill_basket(session: Session, command: FillBasket, *, now: datetime) -> None:
    """Says how many pieces of some items the basket holds; sent twice, it holds them once.

    Raises Invalid ``order_empty``, ``too_many_lines`` (the basket as a whole as well), ``quantity_wrong``; NotFound
    ``member_not_found``, ``shop_not_found``, ``item_not_found``; Conflict ``item_begun``, ``item_not_offered``,
    ``item_not_sold_here``.
    """
    check_lines(command.lines)
    _lock_basket(session, command)
    if session.scalar(sa.select(shop.c.id).where(shop.c.community_id == command.community_id,
                                                 shop.c.id == command.shop_id)) is None:  # fmt: skip
        raise NotFound("shop_not_found")
    items = items_on_offer(session, command.community_id, command.shop_id, command.lines, now=now)
    _remove(session, command, list(items))
    others = session.scalar(sa.select(sa.func.count()).where(_whose(command))) or 0
    if others + len(items) > MOST_LINES:
        raise Invalid("too_many_lines", most=MOST_LINES)
    session.execute(
        sa.insert(basket_line),
        [
            {"community_id": command.community_id, "id": new_id(), "member_id": command.actor_id,
             "shop_id": command.shop_id, "item_id": line.item_id, "quantity": line.quantity,
             "points_seen": items[line.item_id].price, "added_at": now}
            for line in command.lines
        ],
    )  # fmt: skip


def take_out(session: Session, command: TakeOut, *, now: datetime) -> None:  # noqa: ARG001
    """Takes items out of the basket; what is not in it, is out already."""
    _remove(session, command, command.item_ids)


def order_again(session: Session, command: OrderAgain, *, now: datetime) -> Refilled:
    """Puts the lines of an order into the basket of its shop, as far as they are still offered.

    Raises NotFound ``order_not_found`` (also for other households'); Conflict ``nothing_offered_again``; Invalid
    ``too_many_lines``.
    """
    row = session.execute(
        sa.select(order.c.shop_id)
        .join(member, sa.and_(member.c.community_id == order.c.community_id,
                              member.c.household_id == order.c.household_id))
        .where(order.c.community_id == command.community_id, order.c.id == command.order_id,
               member.c.id == command.actor_id, member.c.left_at.is_(None))
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound("order_not_found")
    lines = lines_of(session, command.community_id, command.order_id)
    ids = [line.item_id for line in lines]
    items = items_named(session, command.community_id, row.shop_id, ids, now=now)
    wanted = tuple(
        Wanted(line.item_id, line.quantity)
        for line in lines
        if why_not_ordered(items[line.item_id], now) is None
    )
    if not wanted:
        raise Conflict("nothing_offered_again")
    fill_basket(session, FillBasket(command.community_id, command.actor_id, row.shop_id, wanted), now=now)
    return Refilled(row.shop_id, len(lines) - len(wanted))


def baskets_of(session: Session, community_id: int, member_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """How many items the member's baskets hold, by shop; empty ones are left out."""
    rows = session.execute(
        sa.select(basket_line.c.shop_id, sa.func.count().label("items"))
        .where(basket_line.c.community_id == community_id, basket_line.c.member_id == member_id)
        .group_by(basket_line.c.shop_id)
    )
    return {row.shop_id: row.items for row in rows}


def basket_at(
    session: Session, community_id: int, member_id: uuid.UUID, shop_id: uuid.UUID, *, now: datetime
) -> list[BasketItem]:
    """The basket at a shop in the catalogue's order, with today's prices and what is there; two statements."""
    rows = session.execute(
        sa.select(basket_line.c.item_id, basket_line.c.quantity, basket_line.c.points_seen).where(
            basket_line.c.community_id == community_id, basket_line.c.member_id == member_id,
            basket_line.c.shop_id == shop_id,
        )
    )  # fmt: skip
    lines = {row.item_id: row for row in rows}
    if not lines:
        return []
    return [
        BasketItem(one, lines[one.id].quantity, lines[one.id].points_seen, is_begun(one.takes_place_at, now))
        for one in items_at(session, community_id, shop_id, now=now, only_offered=False)
        if one.id in lines
    ]


def _lock_basket(session: Session, command: FillBasket) -> None:
    """One at a time for each member: two taps on the same item would both write its line."""
    found = session.scalar(
        sa.select(member.c.id)
        .where(member.c.community_id == command.community_id, member.c.id == command.actor_id,
               member.c.left_at.is_(None))
        .with_for_update(key_share=True)
    )  # fmt: skip
    if found is None:
        raise NotFound("member_not_found")


def _whose(command: FillBasket | TakeOut) -> sa.ColumnElement[bool]:
    return sa.and_(
        basket_line.c.community_id == command.community_id, basket_line.c.member_id == command.actor_id,
        basket_line.c.shop_id == command.shop_id,
    )  # fmt: skip


def _remove(session: Session, command: FillBasket | TakeOut, item_ids: Sequence[uuid.UUID]) -> None:
    session.execute(sa.delete(basket_line).where(_whose(command), basket_line.c.item_id.in_(item_ids)))
