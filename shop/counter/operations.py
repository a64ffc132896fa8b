"""The till: a scanned pick-up code becomes goods, once.

The nonce is looked up before validity and keeps its first answer for ever; the order's row lock makes two phones at
one code wait for each other; the ledger row, the shelf and the order change in the same transaction.
Contract: docs/decisions/0005-till.md.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.codes import read_code
from points.errors import Conflict, Invalid
from points.ledger.held import HeldPoints, post_held
from points.ledger.operations import create_transfer
from points.ledger.results import NewTransfer
from points.people.models import Household, Member
from shop.catalogue.models import Item, Shop
from shop.counter.models import Redemption
from shop.counter.policy import OrderFacts, fingerprint, logical_time, refusal
from shop.orders.models import Order, OrderLine
from shop.orders.operations import lines_of, release_lapsed
from shop.stock.models import Stock, StockMove

order, line, item, shop, redemption = (
    Order.__table__, OrderLine.__table__, Item.__table__, Shop.__table__, Redemption.__table__,
)  # fmt: skip
stock, stock_move, member, household = (
    Stock.__table__,
    StockMove.__table__,
    Member.__table__,
    Household.__table__,
)
LONGEST_NONCE = 80


@dataclass(frozen=True)
class RedeemCode:
    """A scan at the counter of ``shop_id``; the staff member is the actor, ``device`` what scanned.

    ``may_force`` says that the actor holds the supervisor's permission; ``force`` that they used it.
    """

    community_id: int
    actor_id: uuid.UUID
    shop_id: uuid.UUID
    device: str
    code: str
    nonce: str
    scanned_at: datetime | None = None
    offline: bool = False
    force: bool = False
    may_force: bool = False
    reason: str = ""
    dry_run: bool = False


@dataclass(frozen=True)
class Outcome:
    """The answer of the contract. ``body`` holds plain values only; sentences are added where they are read."""

    status: str
    reason: str | None
    body: dict[str, Any]


_stored = sa.select(
    redemption.c.fingerprint, redemption.c.status, redemption.c.reason, redemption.c.answer
).where(redemption.c.community_id == sa.bindparam("community"), redemption.c.nonce == sa.bindparam("nonce"))


def _of(other: sa.Table, key: sa.Column) -> sa.ColumnElement[bool]:
    return sa.and_(other.c.community_id == order.c.community_id, other.c.id == key)


_order = (
    sa.select(
        order.c.id, order.c.shop_id, order.c.state, order.c.points, order.c.expires_at, order.c.transfer_id,
        order.c.wallet_id, order.c.shop_account_id, line.c.item_id, line.c.quantity, line.c.points_each,
        item.c.name_zh, item.c.name_en, item.c.icon, member.c.name, household.c.number, shop.c.name.label("shop_name"),
    )
    .join(line, sa.and_(line.c.community_id == order.c.community_id, line.c.order_id == order.c.id))
    .join(item, _of(item, line.c.item_id))
    .join(member, _of(member, order.c.member_id))
    .join(household, _of(household, order.c.household_id))
    .join(shop, _of(shop, order.c.shop_id))
    .where(order.c.community_id == sa.bindparam("community"), order.c.token == sa.bindparam("token"))
    .order_by(line.c.item_id)
)  # fmt: skip
_order_locked = _order.with_for_update(of=order)
_collect = (
    sa.update(order)
    .where(order.c.community_id == sa.bindparam("community"), order.c.id == sa.bindparam("order"))
    .values(state="collected", ended_at=sa.bindparam("at"))
)
_hand_over = (
    sa.update(stock)
    .where(
        stock.c.community_id == sa.bindparam("community"), stock.c.shop_id == sa.bindparam("shop"),
        line.c.community_id == stock.c.community_id, line.c.order_id == sa.bindparam("order"),
        line.c.item_id == stock.c.item_id,
    )
    .values(on_hand=stock.c.on_hand - line.c.quantity, held=stock.c.held - line.c.quantity)
)  # fmt: skip


def redeem_code(session: Session, command: RedeemCode, *, now: datetime) -> Outcome:
    """Answers a scan; every answer but a dry run and ``nonce_conflict`` is stored under its nonce.

    Raises Invalid ``nonce_wrong``; Conflict ``nonce_conflict``.
    """
    if not 1 <= len(command.nonce) <= LONGEST_NONCE:
        raise Invalid("nonce_wrong", most=LONGEST_NONCE)
    mark = fingerprint(command.code.strip(), command.shop_id)
    stored = session.execute(
        _stored, {"community": command.community_id, "nonce": command.nonce}
    ).one_or_none()
    if stored is not None:
        if stored.fingerprint != mark:
            raise Conflict("nonce_conflict")
        return Outcome(stored.status, stored.reason, json.loads(stored.answer))
    token = read_code(command.code)
    lines = _load(session, command, token) if token else []
    at = logical_time(command.scanned_at, is_offline=command.offline, now=now)
    reason = _refusal(command, lines, at)
    forced = reason == "invalid_time" and command.force and command.may_force
    if reason and not forced:
        return _refuse(session, command, mark, reason, lines, at=at, now=now)
    return _hand(session, command, mark, lines, forced=forced, at=at, now=now)


def _load(session: Session, command: RedeemCode, token: str) -> list[sa.Row]:
    query = _order if command.dry_run else _order_locked
    return list(session.execute(query, {"community": command.community_id, "token": token}))


def _refusal(command: RedeemCode, lines: list[sa.Row], at: datetime) -> str | None:
    if not lines:
        return "invalid"
    first = lines[0]
    return refusal(OrderFacts(first.state, first.shop_id == command.shop_id, first.expires_at), at=at)


def _hand(
    session: Session,
    command: RedeemCode,
    mark: str,
    lines: list[sa.Row],
    *,
    forced: bool,
    at: datetime,
    now: datetime,
) -> Outcome:
    """Goods leave. ``late``: the hold lapsed before the scan was heard of; the points are taken anew, if they are there."""
    first = lines[0]
    late = forced or first.state != "placed" or first.expires_at <= now
    redemption_id, transfer_id = new_id(), new_id() if first.points else None
    body = {"status": "ok", "redemption": _facts(redemption_id, command, lines, at), "balance": None}
    if command.dry_run:
        return Outcome("ok", None, body | {"dry_run": True})
    if late:
        refused = _take_anew(session, command, first, transfer_id, now)
        if refused:
            return _refuse(session, command, mark, refused, lines, at=at, now=now)
    elif first.points:
        held = HeldPoints(command.community_id, first.transfer_id, first.wallet_id, first.shop_account_id, first.points,
                          "order", first.id, command.actor_id)  # fmt: skip
        sums = post_held(session, held, transfer_id, now=now)
        body["balance"] = {"available": sums.available, "held": sums.held}
    keys = {"community": command.community_id, "order": first.id}
    session.execute(_collect, keys | {"at": at})
    if not late:
        session.execute(_hand_over, keys | {"shop": first.shop_id})
    _write_moves(session, command, lines, redemption_id, now)
    _store(session, command, mark, body, redemption_id=redemption_id, first=first, transfer_id=transfer_id, forced=late,
           reason=None, at=at, now=now)  # fmt: skip
    return Outcome("ok", None, body)


def _take_anew(
    session: Session, command: RedeemCode, first: sa.Row, transfer_id: uuid.UUID | None, now: datetime
) -> str | None:
    """Takes points and goods of a lapsed order again; the reason why not, if so. Nothing is left half-done: the
    shelf is looked at first and is locked."""
    release_lapsed(session, command.community_id, first.shop_id, now=now)
    wanted = lines_of(session, command.community_id, first.id)
    shelf = {
        row.item_id: row
        for row in session.execute(
            sa.select(stock)
            .where(stock.c.community_id == command.community_id, stock.c.shop_id == first.shop_id,
                   stock.c.item_id.in_([row.item_id for row in wanted]))
            .order_by(stock.c.item_id)
            .with_for_update()
        )
    }  # fmt: skip
    if any(shelf[row.item_id].on_hand - shelf[row.item_id].held < row.quantity for row in wanted):
        return "out_of_stock"
    if transfer_id:
        new = NewTransfer(
            command.community_id, transfer_id, "redemption", debit_account_id=first.wallet_id,
            credit_account_id=first.shop_account_id, amount=first.points, ref_kind="order", ref_id=first.id,
            actor_id=command.actor_id, reason=command.reason or None,
        )  # fmt: skip
        if not create_transfer(session, new, now=now).ok:
            return "insufficient_points"
    for row in wanted:
        session.execute(
            sa.update(stock)
            .where(stock.c.community_id == command.community_id, stock.c.id == shelf[row.item_id].id)
            .values(on_hand=stock.c.on_hand - row.quantity)
        )
    return None


def _refuse(
    session: Session,
    command: RedeemCode,
    mark: str,
    reason: str,
    lines: list[sa.Row],
    *,
    at: datetime,
    now: datetime,
) -> Outcome:
    first = lines[0] if lines else None
    body: dict[str, Any] = {"status": "error", "reason": reason}
    if reason == "already_redeemed":
        body["first"] = _first_time(session, command.community_id, first)
    if reason == "product":
        body["shop"] = first.shop_name
    if command.dry_run:
        return Outcome("error", reason, body | {"dry_run": True})
    _store(session, command, mark, body, redemption_id=new_id(), first=first, transfer_id=None, forced=False,
           reason=reason, at=at, now=now)  # fmt: skip
    return Outcome("error", reason, body)


def _first_time(session: Session, community_id: int, first: sa.Row) -> dict[str, str]:
    """When and where the order was really collected."""
    row = session.execute(
        sa.select(redemption.c.scanned_at, shop.c.name)
        .join(shop, sa.and_(shop.c.community_id == redemption.c.community_id, shop.c.id == redemption.c.shop_id))
        .where(redemption.c.community_id == community_id, redemption.c.order_id == first.id,
               redemption.c.status == "ok")
        .order_by(redemption.c.recorded_at)
        .limit(1)
    ).one()  # fmt: skip
    return {"at": iso(row.scanned_at), "shop": row.name}


def _facts(
    redemption_id: uuid.UUID, command: RedeemCode, lines: list[sa.Row], at: datetime
) -> dict[str, Any]:
    first = lines[0]
    return {
        "id": str(redemption_id),
        "nonce": command.nonce,
        "order_id": str(first.id),
        "member": first.name,
        "household_number": first.number,
        "shop": first.shop_name,
        "points": first.points,
        "at": iso(at),
        "lines": [
            {"item_id": str(row.item_id), "name_zh": row.name_zh, "name_en": row.name_en, "icon": row.icon,
             "quantity": row.quantity, "points": row.points_each * row.quantity}
            for row in lines
        ],
    }  # fmt: skip


def _write_moves(
    session: Session, command: RedeemCode, lines: list[sa.Row], redemption_id: uuid.UUID, now: datetime
) -> None:
    session.execute(
        sa.insert(stock_move),
        [
            {"community_id": command.community_id, "id": new_id(), "shop_id": row.shop_id, "item_id": row.item_id,
             "move": "handed_over", "quantity": -row.quantity, "actor_id": command.actor_id,
             "redemption_id": redemption_id, "note": "", "moved_at": now, "request_key": None}
            for row in lines
        ],
    )  # fmt: skip


def _store(
    session: Session, command: RedeemCode, mark: str, body: dict[str, Any], *, redemption_id: uuid.UUID,
    first: sa.Row | None, transfer_id: uuid.UUID | None, forced: bool, reason: str | None, at: datetime, now: datetime,
) -> None:  # fmt: skip
    session.execute(
        sa.insert(redemption),
        {
            "community_id": command.community_id, "id": redemption_id, "nonce": command.nonce, "fingerprint": mark,
            "device": command.device, "shop_id": command.shop_id, "staff_id": command.actor_id,
            "order_id": first.id if first is not None else None, "status": "error" if reason else "ok",
            "reason": reason, "points": first.points if first is not None and not reason else 0,
            "transfer_id": transfer_id, "is_offline": command.offline, "force_sent": command.force, "forced": forced,
            "force_reason": command.reason[:200], "answer": json.dumps(body, ensure_ascii=False), "scanned_at": at,
            "recorded_at": now,
        },
    )  # fmt: skip


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
