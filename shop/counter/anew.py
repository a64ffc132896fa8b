"""Handing over an order whose hold is over: forced by a supervisor, or scanned in time by a phone without network.

The points, and the goods if they went back on the shelf, are taken anew, all or nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlalchemy.orm import Session

from points.days import local_day
from points.ledger.operations import create_transfer
from points.ledger.queries import wallet
from points.ledger.results import NewTransfer
from shop.counter.policy import why_short
from shop.counter.scan import Scan
from shop.orders.endings import free_pieces, release_lapsed
from shop.orders.limits import limits_left
from shop.orders.models import Order, OrderLine
from shop.stock.models import Stock
from shop.stock.shelves import hand_over, lock_shelves, take_off_shelf

order, order_line, stock = Order.__table__, OrderLine.__table__, Stock.__table__


def why_not_anew(session: Session, scan: Scan) -> str | None:
    """For a dry run: ``out_of_stock``, ``rules``, ``unapproved``, ``insufficient_points``, or None. Reads only."""
    free = (
        {}
        if _still_set_aside(scan)
        else free_pieces(
            session,
            scan.command.community_id,
            scan.order.shop_id,
            [one.item_id for one in scan.lines],
            now=scan.now,
        )
    )
    return _shelf_or_limit(session, scan, free) or _points_missing(session, scan)


def take_anew(session: Session, scan: Scan, transfer_id: uuid.UUID) -> str | None:
    """Takes points and goods of a lapsed order again; the reason why not, if so, and then nothing is taken."""
    command, found = scan.command, scan.order
    pieces = {one.item_id: one.quantity for one in scan.lines}
    if not _still_set_aside(scan):
        release_lapsed(session, command.community_id, found.shop_id, now=scan.now, wanted=pieces.keys())
    free = lock_shelves(session, command.community_id, found.shop_id, pieces.keys())
    reason = _shelf_or_limit(session, scan, free)
    if reason is None and found.points:
        new = NewTransfer(
            command.community_id, transfer_id, "redemption", debit_account_id=found.wallet_id,
            credit_account_id=found.shop_account_id, amount=found.points, ref_kind="order", ref_id=found.id,
            actor_id=command.actor_id, reason=command.reason or None,
        )  # fmt: skip
        is_paid = create_transfer(session, new, now=scan.now).ok
        reason = None if is_paid else _points_missing(session, scan) or "insufficient_points"
    if reason is None:
        take = hand_over if _still_set_aside(scan) else take_off_shelf
        take(session, command.community_id, found.shop_id, pieces)
    return reason


def _still_set_aside(scan: Scan) -> bool:
    """Nobody has noticed yet that the time is over: the goods still lie with the order's name on them."""
    return scan.order.state == "placed"


def _shelf_or_limit(session: Session, scan: Scan, free: Mapping[uuid.UUID, int]) -> str | None:
    if not _still_set_aside(scan) and any(free.get(one.item_id, 0) < one.quantity for one in scan.lines):
        return "out_of_stock"
    left = limits_left(
        session, scan.command.community_id, household_id=scan.order.household_id, member_id=scan.order.member_id,
        item_ids=[one.item_id for one in scan.lines], zone=scan.order.zone, now=scan.now,
    )  # fmt: skip
    if any(one.quantity > left.get(one.item_id, one.quantity) for one in scan.lines):
        return "rules"
    return None


def _points_missing(session: Session, scan: Scan) -> str | None:
    today = local_day(scan.now, scan.order.zone)
    purse = wallet(session, scan.command.community_id, scan.order.wallet_id, now=scan.now, today=today).view
    return why_short(purse, scan.order.points)
