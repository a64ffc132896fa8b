"""What was bought and taken along at once: a sale at the counter, one that a phone without network tells of, and goods of
the care pool. One kind of purchase in the books, so that limits, statements and refunds know no other.

Prepared, since the till's queue stands in front of it: three statements, however many lines.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from points.base import new_id
from points.prepared import Prepared, PreparedRows
from shop.orders.models import Order, OrderLine
from shop.stock.models import StockMove

_write_order = Prepared(
    sa.insert(Order.__table__),
    (
        "community_id", "id", "shop_id", "household_id", "member_id", "wallet_id", "shop_account_id", "transfer_id", "way",
        "points", "state", "placed_at", "expires_at", "ended_at", "request_key",
    ),
)  # fmt: skip
_write_lines = PreparedRows(
    OrderLine.__table__, ("community_id", "id", "order_id", "item_id", "quantity", "points_each")
)
_write_moves = PreparedRows(
    StockMove.__table__,
    (
        "community_id", "id", "shop_id", "item_id", "move", "quantity", "actor_id", "redemption_id", "note", "moved_at",
    ),
)  # fmt: skip


class Bought(NamedTuple):
    """Pieces of an item, and the points for one of them."""

    item_id: uuid.UUID
    quantity: int
    points_each: int


@dataclass(frozen=True, slots=True)
class Purchase:
    """Who bought where: ``wallet_id`` paid the shop's account ``till_id`` by ``transfer_id`` (none: it cost nothing)."""

    community_id: int
    order_id: uuid.UUID
    shop_id: uuid.UUID
    household_id: uuid.UUID
    member_id: uuid.UUID
    wallet_id: uuid.UUID
    till_id: uuid.UUID
    transfer_id: uuid.UUID | None
    request_key: str


def write_purchase(
    connection: sa.Connection, purchase: Purchase, lines: Sequence[Bought], *, at: datetime
) -> None:
    """The order that was collected at once, at ``at``, and its lines."""
    here = {"community_id": purchase.community_id}
    _write_order.run(
        connection,
        {**here, "id": purchase.order_id, "shop_id": purchase.shop_id, "household_id": purchase.household_id,
         "member_id": purchase.member_id, "wallet_id": purchase.wallet_id, "shop_account_id": purchase.till_id,
         "transfer_id": purchase.transfer_id, "way": "counter", "state": "collected",
         "points": sum(one.quantity * one.points_each for one in lines), "placed_at": at, "expires_at": at,
         "ended_at": at, "request_key": purchase.request_key},
    )  # fmt: skip
    _write_lines.run(
        connection,
        [{**here, "id": new_id(), "order_id": purchase.order_id, "item_id": one.item_id, "quantity": one.quantity,
          "points_each": one.points_each} for one in lines],
    )  # fmt: skip


def write_handed_over(
    connection: sa.Connection, command: object, redemption_id: uuid.UUID, pieces: Mapping[uuid.UUID, int], *, now: datetime
) -> None:  # fmt: skip
    """The register of what left the command's shop by its actor's hand; the shelves are the caller's. Nothing for nothing."""
    rows = [
        {"community_id": command.community_id, "id": new_id(), "shop_id": command.shop_id,  # type: ignore[attr-defined]
         "item_id": item_id, "move": "handed_over", "quantity": -quantity, "actor_id": command.actor_id,  # type: ignore[attr-defined]
         "redemption_id": redemption_id, "note": "", "moved_at": now}
        for item_id, quantity in pieces.items()
    ]  # fmt: skip
    if rows:
        _write_moves.run(connection, rows)
