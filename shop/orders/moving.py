"""An order goes to another shop that has everything: same code, same time, nothing lost if it cannot be done."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, Gone, NotFound
from points.ledger.models import Account
from points.ledger.operations import lock_accounts, make_transfer
from points.ledger.results import NewTransfer
from shop.catalogue.models import Item, Shop
from shop.orders.endings import lines_of, release_lapsed
from shop.orders.models import Order, OrderLine, OrderMove
from shop.orders.operations import lock_own_order
from shop.stock.models import Stock
from shop.stock.shelves import lock_shelves_of, put_back, set_aside_free

order, order_line, order_move = Order.__table__, OrderLine.__table__, OrderMove.__table__
shop, stock, account = Shop.__table__, Stock.__table__, Account.__table__


@dataclass(frozen=True)
class MoveOrder:
    """Somebody of the household would rather collect at another shop."""

    community_id: int
    actor_id: uuid.UUID
    order_id: uuid.UUID
    shop_id: uuid.UUID


@dataclass(frozen=True)
class OtherShop:
    """A shop that has all pieces of an order."""

    id: uuid.UUID
    name: str
    place: str


def move_order(session: Session, command: MoveOrder, *, now: datetime) -> uuid.UUID:
    """Sets the goods aside at the other shop, puts them back here, and holds the points for the other shop until the same
    moment, all or nothing. To the shop where it lies already: nothing happens. Returns the shop.

    Prices and limits are those of the day it was placed; what was packed here has to be packed anew there. Both shops'
    shelves are locked in one sweep, then the wallet and both tills: two orders that change places do not wait for each
    other for ever.

    Raises NotFound ``order_not_found`` (also for other households'), ``shop_not_found``, ``account_not_found``; Conflict
    ``order_not_waiting``, ``item_not_sold_here``, ``out_of_stock``, ``held_points_ended``, ``debit_account_closed``,
    ``credit_account_closed``; Gone ``order_lapsed``.
    """
    row = lock_own_order(session, command)
    if row.state not in ("placed", "lapsed"):
        raise Conflict("order_not_waiting")
    if row.state == "lapsed" or row.expires_at <= now:
        raise Gone("order_lapsed")
    if row.shop_id == command.shop_id:
        return row.shop_id
    till_id = _till_of(session, command)
    _move_goods(session, command, row, now)
    transfer_id = _move_hold(session, command, row, till_id, now) if row.transfer_id else None
    session.execute(
        sa.update(order)
        .where(order.c.community_id == command.community_id, order.c.id == row.id)
        .values(shop_id=command.shop_id, shop_account_id=till_id, transfer_id=transfer_id, prepared_at=None,
                prepared_by=None)
    )  # fmt: skip
    session.execute(
        sa.insert(order_move).values(
            community_id=command.community_id, id=new_id(), order_id=row.id, from_shop_id=row.shop_id,
            to_shop_id=command.shop_id, actor_id=command.actor_id, was_prepared=row.prepared_at is not None, moved_at=now,
        )
    )  # fmt: skip
    return command.shop_id


def _till_of(session: Session, command: MoveOrder) -> uuid.UUID:
    found = session.execute(
        sa.select(shop.c.id, account.c.id.label("till_id"))
        .outerjoin(account, sa.and_(account.c.community_id == shop.c.community_id, account.c.kind == "shop",
                                    account.c.owner_id == shop.c.id))
        .where(shop.c.community_id == command.community_id, shop.c.id == command.shop_id, shop.c.kind == "shop")
    ).one_or_none()  # fmt: skip
    if found is None:
        raise NotFound("shop_not_found")
    if found.till_id is None:
        raise NotFound("account_not_found")
    return found.till_id


def _move_goods(session: Session, command: MoveOrder, row: sa.Row, now: datetime) -> None:
    pieces = {line.item_id: line.quantity for line in lines_of(session, command.community_id, row.id)}
    here = {(row.shop_id, item_id) for item_id in pieces}
    there = {(command.shop_id, item_id) for item_id in pieces}
    release_lapsed(
        session, command.community_id, command.shop_id, now=now, wanted=pieces.keys(), beside=here | there
    )
    lock_shelves_of(session, command.community_id, here | there)
    for item_id in sorted(pieces):
        if not _is_sold(session, command, item_id):
            raise _about("item_not_sold_here", session, command, item_id)
        if not set_aside_free(session, command.community_id, command.shop_id, item_id, pieces[item_id]):
            raise _about("out_of_stock", session, command, item_id)
    put_back(session, command.community_id, row.shop_id, pieces)


def _is_sold(session: Session, command: MoveOrder, item_id: uuid.UUID) -> bool:
    """Whether the other shop hands the item out; a shop that never had it has none anyway."""
    found = session.scalar(
        sa.select(stock.c.is_sold).where(
            stock.c.community_id == command.community_id, stock.c.shop_id == command.shop_id,
            stock.c.item_id == item_id,
        )
    )  # fmt: skip
    return found is not False


def _about(code: str, session: Session, command: MoveOrder, item_id: uuid.UUID) -> Conflict:
    found = session.get_one(Item, (command.community_id, item_id))
    return Conflict(code, item_id=item_id, item_zh=found.name_zh, item_en=found.name_en)


def _move_hold(
    session: Session, command: MoveOrder, row: sa.Row, till_id: uuid.UUID, now: datetime
) -> uuid.UUID:
    """A hold names the till it is for, so the old one is let go and a new one made; points whose last day has passed
    would be lost on the way, and then the order stays where it is."""
    lock_accounts(session, command.community_id, [row.wallet_id, row.shop_account_id, till_id], now=now)
    void = NewTransfer(
        command.community_id, new_id(), "cancel", kind="void", pending_id=row.transfer_id, ref_kind="order",
        ref_id=row.id, actor_id=command.actor_id,
    )  # fmt: skip
    make_transfer(session, void, now=now)
    hold = NewTransfer(
        command.community_id, new_id(), "order", kind="pending", debit_account_id=row.wallet_id,
        credit_account_id=till_id, amount=row.points, expires_at=row.expires_at, ref_kind="order", ref_id=row.id,
        actor_id=command.actor_id,
    )  # fmt: skip
    try:
        make_transfer(session, hold, now=now)
    except Conflict as error:
        if error.code != "exceeds_credits":
            raise
        raise Conflict("held_points_ended") from error
    return hold.id


def shops_for(session: Session, community_id: int, order_id: uuid.UUID, *, now: datetime) -> list[OtherShop]:
    """Other shops that have everything an order holds, by name; goods of orders whose time is over count as free."""
    own, wanted = order.alias("own"), order_line.alias("wanted")
    lapsed = (
        sa.select(sa.func.coalesce(sa.func.sum(order_line.c.quantity), 0))
        .join(order, sa.and_(order.c.community_id == order_line.c.community_id, order.c.id == order_line.c.order_id))
        .where(order.c.community_id == community_id, order.c.shop_id == stock.c.shop_id, order.c.state == "placed",
               order.c.expires_at <= now, order_line.c.item_id == stock.c.item_id)
        .scalar_subquery()
    )  # fmt: skip
    lines = sa.select(sa.func.count()).where(
        order_line.c.community_id == community_id, order_line.c.order_id == order_id
    )
    rows = session.execute(
        sa.select(shop.c.id, shop.c.name, shop.c.place)
        .select_from(own)
        .join(wanted, sa.and_(wanted.c.community_id == own.c.community_id, wanted.c.order_id == own.c.id))
        .join(stock, sa.and_(stock.c.community_id == wanted.c.community_id, stock.c.item_id == wanted.c.item_id,
                             stock.c.shop_id != own.c.shop_id, stock.c.is_sold))
        .join(shop, sa.and_(shop.c.community_id == stock.c.community_id, shop.c.id == stock.c.shop_id,
                            shop.c.kind == "shop"))
        .where(own.c.community_id == community_id, own.c.id == order_id,
               stock.c.on_hand - stock.c.held + lapsed >= wanted.c.quantity)
        .group_by(shop.c.id, shop.c.name, shop.c.place)
        .having(sa.func.count() == lines.scalar_subquery())
        .order_by(shop.c.name)
    )  # fmt: skip
    return [OtherShop(row.id, row.name, row.place) for row in rows]
