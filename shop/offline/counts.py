"""Pieces that a phone without network had handed over before somebody counted the shelf: the count found them missing.

The count takes them off the book, and the hand-over that is told afterwards would take them off again. So they come back
first, as far as the first count after the hand-over found pieces missing, and the register says so beside the hand-over.
What a day's close counted is no count here: it keeps what was seen and moves no pieces.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from shop.counter.models import Redemption
from shop.counter.scan import RedeemCode
from shop.offline.policy import OLDEST_SCAN
from shop.stock.count_models import StockTake, StockTakeLine
from shop.stock.models import StockMove
from shop.stock.shelves import lock_shelves, return_to_shelf

take, line, move, redemption = (
    StockTake.__table__, StockTakeLine.__table__, StockMove.__table__, Redemption.__table__,
)  # fmt: skip


@dataclass(frozen=True)
class Missing:
    """Pieces of an item that a count has missed since they left. ``line_id``: of a stock-take that is not booked yet."""

    item_id: uuid.UUID
    pieces: int
    line_id: uuid.UUID | None


def put_back_counted(
    session: Session, command: RedeemCode, pieces: Mapping[uuid.UUID, int], *, at: datetime
) -> list[Missing]:
    """Locks the shelves; puts back what a count has taken off since ``at``, of ``pieces`` that left then. The register is
    written by ``tell_counted``, when it is known what became of the hand-over."""
    wanted = {item_id: quantity for item_id, quantity in pieces.items() if quantity > 0}
    if not wanted:
        return []
    lock_shelves(session, command.community_id, command.shop_id, wanted.keys())
    counts = _counts(session, command, wanted, at)
    found = []
    for item_id in sorted(wanted):
        first = next((one for one in counts if one.item_id == item_id and one.counted_at > at), None)
        if first is None or first.missing < 1:
            continue
        before = [one.counted_at for one in counts if one.item_id == item_id and one.counted_at <= at]
        since = before[-1] if before else at - OLDEST_SCAN
        given = 0 if first.line_id else _given(session, command, item_id, since, first.counted_at)
        if min(wanted[item_id], first.missing - given) > 0:
            found.append(Missing(item_id, min(wanted[item_id], first.missing - given), first.line_id))
    return_to_shelf(session, command.community_id, command.shop_id, _booked(found))
    return found


def tell_counted(
    session: Session, command: RedeemCode, redemption_id: uuid.UUID, found: Iterable[Missing],
    gone: Mapping[uuid.UUID, int], *, now: datetime,
) -> None:  # fmt: skip
    """Writes the counter-entries beside the hand-over. A stock-take that waits for its signature is told what the book
    should have said when it was counted, as far as pieces have left the book now (``gone``)."""
    found = list(found)
    moves = [
        {"community_id": command.community_id, "id": new_id(), "shop_id": command.shop_id, "item_id": item_id,
         "move": "counted", "quantity": quantity, "actor_id": command.actor_id, "redemption_id": redemption_id,
         "note": "", "moved_at": now}
        for item_id, quantity in _booked(found).items()
    ]  # fmt: skip
    if moves:
        session.execute(sa.insert(move), moves)
    for one in found:
        if one.line_id is not None:
            session.execute(
                sa.update(line)
                .where(line.c.community_id == command.community_id, line.c.id == one.line_id)
                .values(booked=line.c.booked - min(one.pieces, gone.get(one.item_id, 0)))
            )


def _booked(found: Iterable[Missing]) -> dict[uuid.UUID, int]:
    return {one.item_id: one.pieces for one in found if one.line_id is None}


def _counts(
    session: Session, command: RedeemCode, item_ids: Iterable[uuid.UUID], at: datetime
) -> list[sa.Row]:
    """Counts of the items in the order of time: lines of stock-takes, and corrections of one shelf. No hand-over older
    than ``OLDEST_SCAN`` before ``at`` can have used the first count after ``at``: it was told after that count."""
    items, since = list(item_ids), at - OLDEST_SCAN
    lines = (
        sa.select(line.c.item_id, line.c.counted_at, (line.c.booked - line.c.counted).label("missing"),
                  sa.case((take.c.state != "closed", line.c.id)).label("line_id"))
        .join(take, sa.and_(take.c.community_id == line.c.community_id, take.c.id == line.c.take_id))
        .where(line.c.community_id == command.community_id, take.c.shop_id == command.shop_id,
               line.c.item_id.in_(items), line.c.counted_at > since)
    )  # fmt: skip
    corrections = sa.select(move.c.item_id, move.c.moved_at, -move.c.quantity, sa.null()).where(
        move.c.community_id == command.community_id, move.c.shop_id == command.shop_id, move.c.moved_at > since,
        move.c.item_id.in_(items), move.c.move == "counted", move.c.request_key.is_not(None),
    )  # fmt: skip
    counts = sa.union_all(lines, corrections).subquery("counts")
    return list(session.execute(sa.select(counts).order_by(counts.c.counted_at)))


def _given(
    session: Session, command: RedeemCode, item_id: uuid.UUID, since: datetime, until: datetime
) -> int:
    """Pieces that the count of ``until`` has given back already, for hand-overs since the count before it."""
    return int(
        session.scalar(
            sa.select(sa.func.coalesce(sa.func.sum(move.c.quantity), 0))
            .join(redemption, sa.and_(redemption.c.community_id == move.c.community_id,
                                      redemption.c.id == move.c.redemption_id))
            .where(move.c.community_id == command.community_id, move.c.shop_id == command.shop_id,
                   move.c.item_id == item_id, move.c.move == "counted", move.c.moved_at >= until,
                   redemption.c.scanned_at >= since, redemption.c.scanned_at < until)
        )
    )  # fmt: skip
