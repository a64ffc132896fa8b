"""Undoing a scan at once: points with their days, goods and limits come back; both facts stay visible."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, Gone, NotAllowed, NotFound
from points.ledger.corrections import ReverseTransfer, reverse_transfer
from points.people.operations import write_act
from shop.counter.models import Redemption
from shop.counter.policy import may_annul
from shop.counter.refunds import refunded_pieces
from shop.counter.scan import is_nonce, iso
from shop.orders.endings import lines_of, lock_order
from shop.orders.models import Order
from shop.stock.models import StockMove
from shop.stock.shelves import return_to_shelf
from shop.vouchers.operations import annul_vouchers

redemption, order = Redemption.__table__, Order.__table__


@dataclass(frozen=True)
class AnnulRedemption:
    """Undo the scan of ``nonce``, from the device that made it."""

    community_id: int
    actor_id: uuid.UUID
    device: str
    nonce: str


def annul_redemption(session: Session, command: AnnulRedemption, *, now: datetime) -> dict[str, Any]:
    """Gives everything back, with a line of the public list; returns the redemption with its annulment, again the same.

    Raises NotFound ``redemption_not_found``, also for what is no nonce; NotAllowed ``other_device``; Conflict
    ``redemption_was_refused``, ``lent_not_sold``, ``refunded_in_part``, ``voucher_used``; Gone ``undo_time_over``
    after 15 minutes.
    """
    if not is_nonce(command.nonce):
        raise NotFound("redemption_not_found")
    row = session.execute(
        sa.select(redemption)
        .where(redemption.c.community_id == command.community_id, redemption.c.nonce == command.nonce)
        .with_for_update(key_share=True)
    ).one_or_none()
    if row is None:
        raise NotFound("redemption_not_found")
    if row.device != command.device:
        raise NotAllowed("other_device")
    if row.status != "ok":
        raise Conflict("redemption_was_refused")
    if row.order_id is None:
        raise Conflict("lent_not_sold")
    if row.annulled_at is not None:
        return _answer(row, row.annulled_at)
    if not may_annul(row.scanned_at, now):
        raise Gone("undo_time_over")
    if refunded_pieces(session, command.community_id, [row.order_id]):
        raise Conflict("refunded_in_part")
    lock_order(session, command.community_id, order.c.id == row.order_id)
    annul_vouchers(session, command.community_id, row.order_id, now=now)
    _give_goods_back(session, command, row, now)
    transfer_id = _give_points_back(session, command, row, now)
    session.execute(
        sa.update(order)
        .where(order.c.community_id == command.community_id, order.c.id == row.order_id)
        .values(state="annulled", ended_at=now)
    )
    session.execute(
        sa.update(redemption)
        .where(redemption.c.community_id == command.community_id, redemption.c.id == row.id)
        .values(annulled_at=now, annulled_by=command.actor_id, annul_transfer_id=transfer_id)
    )
    write_act(session, command, "redemption_annulled", str(row.points), "", now=now)
    return _answer(row, now)


def _give_points_back(
    session: Session, command: AnnulRedemption, row: sa.Row, now: datetime
) -> uuid.UUID | None:
    if row.transfer_id is None:
        return None
    reverse = ReverseTransfer(command.community_id, new_id(), row.transfer_id, command.actor_id, code="annul")
    return reverse_transfer(session, reverse, now=now).id


def _give_goods_back(session: Session, command: AnnulRedemption, row: sa.Row, now: datetime) -> None:
    lines = lines_of(session, command.community_id, row.order_id)
    back = {line.item_id: line.quantity for line in lines}
    return_to_shelf(session, command.community_id, row.shop_id, back)
    session.execute(
        sa.insert(StockMove.__table__),
        [
            {"community_id": command.community_id, "id": new_id(), "shop_id": row.shop_id, "item_id": item_id,
             "move": "annulled", "quantity": quantity, "actor_id": command.actor_id, "redemption_id": row.id,
             "note": "", "moved_at": now}
            for item_id, quantity in back.items()
        ],
    )  # fmt: skip


def _answer(row: sa.Row, annulled_at: datetime) -> dict[str, Any]:
    return {
        "status": "ok",
        "redemption": {"id": str(row.id), "nonce": row.nonce, "order_id": str(row.order_id), "points": row.points,
                       "at": iso(row.scanned_at), "annulled_at": iso(annulled_at)},
    }  # fmt: skip
