"""Goods out of the care pool: handed over like a sale at the counter, paid by the pool.

An order of way ``counter`` whose ``wallet_id`` is the pool's account, and a redemption like any other, so that register,
statement of the shop and undo within 15 minutes hold for it without a word of their own. In public only sums are told.
Locks: shelves, then accounts.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, Invalid, NotFound
from points.ledger.accounts import account_id_of
from points.ledger.operations import make_transfer
from points.ledger.queries import balance_of
from points.ledger.results import NewTransfer
from points.people.queries import MemberBrief, members_by_id
from shop.care.queries import is_cared_for
from shop.catalogue.models import VOUCHER_KINDS, Item, Shop
from shop.catalogue.prices import has_begun, points_now
from shop.counter.models import Redemption
from shop.counter.policy import fingerprint
from shop.counter.purchases import Bought, Purchase, write_handed_over, write_purchase
from shop.counter.scan import iso
from shop.orders.endings import release_lapsed
from shop.orders.operations import MOST_LINES, MOST_PIECES, Wanted
from shop.stock.shelves import lock_shelves, take_off_shelf
from shop.vouchers.operations import issue_vouchers

item, shop, redemption = Item.__table__, Shop.__table__, Redemption.__table__
GIVEN_KINDS = ("goods", *VOUCHER_KINDS)


@dataclass(frozen=True)
class GiveCare:
    """Goods for a member who stands at the counter (or for whom family came); ``nonce`` is made for this hand-over."""

    community_id: int
    actor_id: uuid.UUID
    shop_id: uuid.UUID
    device: str
    nonce: str
    member_id: uuid.UUID
    lines: tuple[Wanted, ...]


@dataclass(frozen=True)
class CareGiven:
    """``points`` the pool paid."""

    order_id: uuid.UUID
    points: int


def give_care(session: Session, command: GiveCare, *, now: datetime) -> CareGiven:
    """Hands goods over at the pool's cost, once for each nonce.

    Raises Invalid ``order_empty``, ``too_many_lines``, ``quantity_wrong``; NotFound ``member_not_found``,
    ``shop_not_found``, ``item_not_found``, ``account_not_found``; Conflict ``not_on_care_list``, ``item_not_offered``,
    ``item_begun``, ``item_not_orderable``, ``out_of_stock``, ``care_pool_short``, ``nonce_conflict``.
    """
    wanted = sorted((str(line.item_id), line.quantity) for line in command.lines)
    mark = fingerprint("care", command.shop_id, command.member_id, *wanted)
    repeated = _repeated(session, command, mark)
    if repeated is not None:
        return repeated
    _check_form(command)
    person = members_by_id(session, command.community_id, [command.member_id]).get(command.member_id)
    if person is None:
        raise NotFound("member_not_found")
    if not is_cared_for(session, command.community_id, person.household_id, now=now):
        raise Conflict("not_on_care_list")
    shop_name = session.scalar(
        sa.select(shop.c.name).where(
            shop.c.community_id == command.community_id, shop.c.id == command.shop_id
        )
    )
    if shop_name is None:
        raise NotFound("shop_not_found")
    items = _items(session, command, now)
    _take_goods(session, command, items, now)
    points = sum(items[line.item_id].now_points * line.quantity for line in command.lines)
    given = CareGiven(new_id(), points)
    paid, accounts = _pay(session, command, given, now)
    _write(session, command, given, person, items, paid, accounts, mark, shop_name, now)
    issue_vouchers(session, command.community_id, given.order_id, shop_id=command.shop_id, now=now)
    return given


def _repeated(session: Session, command: GiveCare, mark: str) -> CareGiven | None:
    row = session.execute(
        sa.select(redemption).where(
            redemption.c.community_id == command.community_id, redemption.c.nonce == command.nonce
        )
    ).one_or_none()
    if row is None:
        return None
    if row.fingerprint != mark:
        raise Conflict("nonce_conflict")
    return CareGiven(row.order_id, row.points)


def _check_form(command: GiveCare) -> None:
    if not command.lines:
        raise Invalid("order_empty")
    if len(command.lines) > MOST_LINES or len({line.item_id for line in command.lines}) < len(command.lines):
        raise Invalid("too_many_lines", most=MOST_LINES)
    if any(not 1 <= line.quantity <= MOST_PIECES for line in command.lines):
        raise Invalid("quantity_wrong", most=MOST_PIECES)


def _items(session: Session, command: GiveCare, now: datetime) -> dict[uuid.UUID, sa.Row]:
    ids = [line.item_id for line in command.lines]
    price = points_now(sa.literal(now, item.c.next_from.type)).label("now_points")
    columns = (
        item.c.id,
        item.c.kind,
        item.c.name_zh,
        item.c.name_en,
        item.c.icon,
        item.c.is_offered,
        has_begun(now).label("has_begun"),
    )
    rows = session.execute(
        sa.select(*columns, price).where(item.c.community_id == command.community_id, item.c.id.in_(ids))
    )
    items = {row.id: row for row in rows}
    if len(items) < len(ids):
        raise NotFound("item_not_found")
    for one in items.values():
        if not one.is_offered:
            raise Conflict("item_not_offered", **_named(one))
        if one.has_begun:
            raise Conflict("item_begun", **_named(one))
        if one.kind not in GIVEN_KINDS:
            raise Conflict("item_not_orderable", **_named(one))
    return items


def _named(one: sa.Row) -> dict[str, object]:
    return {"item_id": one.id, "item_zh": one.name_zh, "item_en": one.name_en}


def _take_goods(session: Session, command: GiveCare, items: dict[uuid.UUID, sa.Row], now: datetime) -> None:
    release_lapsed(session, command.community_id, command.shop_id, now=now, wanted=list(items))
    free = lock_shelves(session, command.community_id, command.shop_id, list(items))
    for line in command.lines:
        if free.get(line.item_id, 0) < line.quantity:
            raise Conflict("out_of_stock", **_named(items[line.item_id]))
    pieces = {line.item_id: line.quantity for line in command.lines}
    take_off_shelf(session, command.community_id, command.shop_id, pieces)


def _pay(
    session: Session, command: GiveCare, given: CareGiven, now: datetime
) -> tuple[uuid.UUID | None, tuple[uuid.UUID, uuid.UUID]]:
    """The payment (None for what costs nothing), and the accounts of the pool and the shop."""
    pool = account_id_of(session, command.community_id, "care_pool")
    till = account_id_of(session, command.community_id, "shop", command.shop_id)
    if pool is None or till is None:
        raise NotFound("account_not_found")
    if not given.points:
        return None, (pool, till)
    payment = NewTransfer(
        command.community_id, new_id(), "redemption", debit_account_id=pool, credit_account_id=till, amount=given.points,
        ref_kind="order", ref_id=given.order_id, actor_id=command.actor_id,
    )  # fmt: skip
    try:
        make_transfer(session, payment, now=now)
    except Conflict as error:
        if error.code != "exceeds_credits":
            raise
        there = balance_of(session, command.community_id, pool, now=now)
        raise Conflict("care_pool_short", available=there.available, points=given.points) from error
    return payment.id, (pool, till)


def _write(
    session: Session, command: GiveCare, given: CareGiven, person: MemberBrief, items: dict[uuid.UUID, sa.Row],
    paid: uuid.UUID | None, accounts: tuple[uuid.UUID, uuid.UUID], mark: str, shop_name: str, now: datetime,
) -> None:  # fmt: skip
    """The order, its lines, the redemption and what left the shelf."""
    scan_id, connection = new_id(), session.connection()
    purchase = Purchase(
        command.community_id, given.order_id, command.shop_id, person.household_id, person.id, *accounts, paid,
        command.nonce,
    )  # fmt: skip
    lines = [Bought(line.item_id, line.quantity, items[line.item_id].now_points) for line in command.lines]
    write_purchase(connection, purchase, lines, at=now)
    body = _body(command, given, person, items, scan_id, shop_name, now)
    session.execute(
        sa.insert(redemption).values(
            community_id=command.community_id, id=scan_id, nonce=command.nonce, fingerprint=mark,
            device=command.device, shop_id=command.shop_id, staff_id=command.actor_id, order_id=given.order_id,
            status="ok", points=given.points, transfer_id=paid,
            answer=json.dumps(body, ensure_ascii=False), scanned_at=now, recorded_at=now, member_id=person.id,
            is_offline=False, force_sent=False, forced=False, force_reason="",
        )
    )  # fmt: skip
    pieces = {line.item_id: line.quantity for line in command.lines}
    write_handed_over(connection, command, scan_id, pieces, now=now)


def _body(
    command: GiveCare, given: CareGiven, person: MemberBrief, items: dict[uuid.UUID, sa.Row], scan_id: uuid.UUID,
    shop_name: str, now: datetime,
) -> dict[str, object]:  # fmt: skip
    """The answer under the nonce, in the words of every other redemption; the pool's balance is nobody's to show."""
    lines = [
        {"item_id": str(one.item_id), "name_zh": items[one.item_id].name_zh, "name_en": items[one.item_id].name_en,
         "icon": items[one.item_id].icon, "quantity": one.quantity,
         "points": items[one.item_id].now_points * one.quantity}
        for one in command.lines
    ]  # fmt: skip
    facts = {
        "id": str(scan_id), "nonce": command.nonce, "order_id": str(given.order_id), "member": person.name,
        "household_number": person.household_number, "shop": shop_name, "points": given.points, "at": iso(now),
        "lines": lines,
    }  # fmt: skip
    return {"status": "ok", "redemption": facts, "balance": None}
