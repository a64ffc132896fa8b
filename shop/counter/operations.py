"""The till: a scanned code becomes goods, once: an order's pick-up code here, a member's with goods in ``sale``.

The nonce is looked up before validity and keeps its first answer for ever; the order's row lock makes two phones at
one code wait for each other; the ledger row, the shelf and the order change in the same transaction. Seven statements
however many lines, prepared: a queue stands in front of it. Contract: docs/decisions/0005-till.md.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.days import local_day
from points.ledger.paying import HeldPoints, post_held
from points.ledger.policy import WalletView
from points.ledger.queries import wallet
from points.people.operations import write_act
from points.prepared import Prepared
from shop.catalogue.models import VOUCHER_KINDS, Shop
from shop.codes.keys import code_keys
from shop.counter.anew import take_anew, why_not_anew
from shop.counter.answers import LONGEST_REASON, Answer, store
from shop.counter.models import Redemption
from shop.counter.payers import find_payer
from shop.counter.policy import REASONS, decide, logical_time, refusals
from shop.counter.purchases import write_handed_over
from shop.counter.sale import sell_goods
from shop.counter.scan import Outcome, RedeemCode, Scan, check_nonce, content_of, iso, look_up
from shop.orders.models import Order
from shop.stock.shelves import hand_over
from shop.vouchers.operations import issue_vouchers

__all__ = ["Outcome", "RedeemCode", "iso", "redeem_code"]

order, redemption, shop = Order.__table__, Redemption.__table__, Shop.__table__

_collect = Prepared(
    sa.update(order)
    .where(order.c.community_id == sa.bindparam("community"), order.c.id == sa.bindparam("order"))
    .values(state="collected", ended_at=sa.bindparam("at"))
)
_first = Prepared(
    sa.select(redemption.c.scanned_at, shop.c.name)
    .join(shop, sa.and_(shop.c.community_id == redemption.c.community_id, shop.c.id == redemption.c.shop_id))
    .where(redemption.c.community_id == sa.bindparam("community"), redemption.c.order_id == sa.bindparam("order"),
           redemption.c.status == "ok")
    .order_by(redemption.c.recorded_at)
    .limit(1)
)  # fmt: skip


def redeem_code(session: Session, command: RedeemCode, *, now: datetime) -> Outcome:
    """Answers a scan; every answer but a dry run and ``nonce_conflict`` is stored under its nonce.

    Raises Invalid ``nonce_wrong``; Conflict ``nonce_conflict``.
    """
    check_nonce(command.nonce)
    if command.lines:
        return sell_goods(session, command, now=now)
    mark = content_of(command)
    connection = session.connection()
    told_before, lines = look_up(connection, command, mark)
    if told_before is not None:
        return told_before
    at = logical_time(command.scanned_at, is_offline=command.offline, now=now)
    scan = Scan(command, mark, lines, at, now)
    if not lines:
        return _no_order(session, scan)
    is_door = scan.is_shut(connection)
    reasons = refusals(replace(scan.facts, is_shut=is_door), at=at)
    reason, forced = decide(reasons, may_force=command.force and command.may_force)
    is_look = command.dry_run or command.looks
    if reason is None and scan.is_late and is_look:
        reason = why_not_anew(session, scan)
    if reason is not None:
        return _refuse(session, scan, reason, is_door=is_door and not scan.is_over)
    if is_look:
        return Outcome(
            "ok", None, _ok_body(scan, new_id(), _balance_after(session, scan)) | {"dry_run": True}
        )
    outcome = (
        _hand_over_late(session, scan, forced=forced)
        if scan.is_late
        else _hand_over(session, scan, forced=forced)
    )
    if outcome.status == "ok" and any(one.kind in VOUCHER_KINDS for one in lines):
        issue_vouchers(session, command.community_id, scan.order.id, shop_id=command.shop_id, now=now)
    return outcome


def _no_order(session: Session, scan: Scan) -> Outcome:
    """No order has this code. A member's code asks for goods; one that is over, or nobody's, is refused."""
    command = scan.command
    payer = find_payer(session.connection(), replace(command, dry_run=True), code_keys(session), at=scan.at)
    if payer is None:
        return _refuse(session, scan, "invalid")
    if payer.reasons:
        return _refuse(session, scan, next(reason for reason in REASONS if reason in payer.reasons))
    member = {"name": payer.row.name, "household_number": payer.row.number}
    return Outcome("incomplete", None, {"status": "incomplete", "requires": ["lines"], "member": member})


def _hand_over(session: Session, scan: Scan, *, forced: bool) -> Outcome:
    """Goods leave and the held points become the shop's. The shop's account, which all its tills share, comes last."""
    command, found, connection = scan.command, scan.order, session.connection()
    redemption_id, transfer_id = new_id(), new_id() if found.points else None
    _collect_order(connection, scan, redemption_id)
    hand_over(connection, command.community_id, found.shop_id, _pieces(scan))
    balance = None
    if transfer_id:
        held = HeldPoints(command.community_id, found.transfer_id, found.wallet_id, found.shop_account_id, found.points,
                          "order", found.id, command.actor_id)  # fmt: skip
        sums = post_held(connection, held, transfer_id, now=scan.now, today=local_day(scan.now, found.zone))
        balance = {"available": sums.available, "held": sums.held}
    if forced:
        _tell_forced(session, scan)
    body = _ok_body(scan, redemption_id, balance)
    return _remember(
        connection, scan, body, redemption_id=redemption_id, transfer_id=transfer_id, forced=forced
    )


def _hand_over_late(session: Session, scan: Scan, *, forced: bool) -> Outcome:
    """The hold is over: points and goods are taken anew if they are there."""
    redemption_id, transfer_id = new_id(), new_id() if scan.order.points else None
    connection = session.connection()
    reason = take_anew(session, scan, transfer_id)
    if reason is not None:
        return _refuse(session, scan, reason)
    _collect_order(connection, scan, redemption_id)
    if forced:
        _tell_forced(session, scan)
    body = _ok_body(scan, redemption_id, _balance(session, scan))
    return _remember(
        connection, scan, body, redemption_id=redemption_id, transfer_id=transfer_id, forced=forced
    )


def _tell_forced(session: Session, scan: Scan) -> None:
    why = scan.command.reason[:LONGEST_REASON]
    write_act(session, scan.command, "redemption_forced", str(scan.order.points), why, now=scan.now)


def _collect_order(connection: sa.Connection, scan: Scan, redemption_id: uuid.UUID) -> None:
    """The order is collected, and each line stands in the register of what left the shop."""
    command, found = scan.command, scan.order
    _collect.run(connection, {"community": command.community_id, "order": found.id, "at": scan.at})
    write_handed_over(connection, command, redemption_id, _pieces(scan), now=scan.now)


def _pieces(scan: Scan) -> dict[uuid.UUID, int]:
    return {one.item_id: one.quantity for one in scan.lines}


def _refuse(session: Session, scan: Scan, reason: str, *, is_door: bool = False) -> Outcome:
    connection = session.connection()
    body: dict[str, Any] = {"status": "error", "reason": reason} | ({} if scan.lines else {"sale": True})
    if reason == "already_redeemed" and scan.lines:
        body["first"] = _first_time(connection, scan)
    if reason == "invalid_time" and is_door:
        body["shut"] = True
    if reason == "product":
        body["shop"] = scan.order.shop_name
    if reason == "unapproved":
        body["on_notice"] = _purse(session, scan).on_notice
    if scan.command.dry_run:
        return Outcome("error", reason, body | {"dry_run": True})
    return _remember(connection, scan, body, redemption_id=new_id(), reason=reason)


def _first_time(connection: sa.Connection, scan: Scan) -> dict[str, str]:
    """When and where the order was really collected."""
    keys = {"community": scan.command.community_id, "order": scan.order.id}
    (row,) = _first.rows(connection, keys)
    return {"at": iso(row.scanned_at), "shop": row.name}


def _balance_after(session: Session, scan: Scan) -> dict[str, int]:
    """What the wallet will show: held points become the shop's, points taken anew come out of what is usable."""
    balance = _balance(session, scan)
    side = "available" if scan.is_late else "held"
    return balance | {side: balance[side] - scan.order.points}


def _balance(session: Session, scan: Scan) -> dict[str, int]:
    purse = _purse(session, scan)
    return {"available": purse.available, "held": purse.held}


def _purse(session: Session, scan: Scan) -> WalletView:
    today = local_day(scan.now, scan.order.zone)
    return wallet(session, scan.command.community_id, scan.order.wallet_id, now=scan.now, today=today).view


def _ok_body(scan: Scan, redemption_id: uuid.UUID, balance: dict[str, int] | None) -> dict[str, Any]:
    found = scan.order
    facts = {
        "id": str(redemption_id),
        "nonce": scan.command.nonce,
        "order_id": str(found.id),
        "member": found.name,
        "household_number": found.number,
        "shop": found.shop_name,
        "points": found.points,
        "at": iso(scan.at),
        "lines": [
            {"item_id": str(row.item_id), "name_zh": row.name_zh, "name_en": row.name_en, "icon": row.icon,
             "quantity": row.quantity, "points": row.points_each * row.quantity}
            for row in scan.lines
        ],
    }  # fmt: skip
    return {"status": "ok", "redemption": facts, "balance": balance}


def _remember(
    connection: sa.Connection, scan: Scan, body: dict[str, Any], *, redemption_id: uuid.UUID,
    transfer_id: uuid.UUID | None = None, reason: str | None = None, forced: bool = False,
) -> Outcome:  # fmt: skip
    """Stores the answer under its nonce, for ever."""
    found = scan.order if scan.lines else None
    answer = Answer(
        redemption_id, "error" if reason else "ok", body, reason=reason, order_id=found.id if found else None,
        member_id=found.member_id if found else None, points=found.points if found and not reason else 0,
        transfer_id=transfer_id, forced=forced, means="order" if found else None,
    )  # fmt: skip
    return store(connection, scan.command, scan.mark, answer, at=scan.at, now=scan.now)
