"""Pieces that a phone without network had handed over before somebody counted the shelf.

The count saw the shelf without them, whatever else it found missing or too many, and made the book say so. The hand-over
that is told afterwards would take them off again. So they come back first, and the register says so beside the hand-over.
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
from shop.counter.scan import RedeemCode
from shop.stock.count_models import StockTake, StockTakeLine
from shop.stock.models import NOT_IN_BOOK, StockMove
from shop.stock.shelves import lock_shelves, return_to_shelf

take, line, move = StockTake.__table__, StockTakeLine.__table__, StockMove.__table__


@dataclass(frozen=True)
class Counted:
    """Pieces that had left before a count. ``line_id``: of a stock-take that is not booked yet."""

    item_id: uuid.UUID
    pieces: int
    line_id: uuid.UUID | None


def put_back_counted(
    session: Session, command: RedeemCode, pieces: Mapping[uuid.UUID, int], *, at: datetime
) -> list[Counted]:
    """Locks the shelves; puts back those of ``pieces``, which left at ``at``, whose shelf was counted since. The register
    is written by ``tell_counted``, when it is known what became of the hand-over."""
    wanted = {item_id: quantity for item_id, quantity in pieces.items() if quantity > 0}
    if not wanted:
        return []
    lock_shelves(session, command.community_id, command.shop_id, wanted.keys())
    firsts = _first_counts(session, command, wanted, at)
    found = [
        Counted(item_id, wanted[item_id], firsts[item_id]) for item_id in sorted(wanted) if item_id in firsts
    ]
    return_to_shelf(session, command.community_id, command.shop_id, _booked(found))
    return found


def tell_counted(
    session: Session, command: RedeemCode, redemption_id: uuid.UUID, found: Iterable[Counted],
    gone: Mapping[uuid.UUID, int], *, now: datetime,
) -> None:  # fmt: skip
    """Writes the counter-entries beside the hand-over. A stock-take that waits for its signature is told what the book
    should have said when it was counted, as far as pieces have left the book now (``gone``)."""
    found = list(found)
    _write_counted(session, command, redemption_id, _booked(found), "", now)
    for one in found:
        if one.line_id is not None:
            session.execute(
                sa.update(line)
                .where(line.c.community_id == command.community_id, line.c.id == one.line_id)
                .values(booked=line.c.booked - gone.get(one.item_id, 0))
            )


def add_missing(
    session: Session, command: RedeemCode, redemption_id: uuid.UUID, missing: Mapping[uuid.UUID, int], *, now: datetime
) -> None:  # fmt: skip
    """Pieces that left although the book had none, on shelves that are locked: they must have been there, so the register
    brings them in beside the hand-over that takes them out."""
    return_to_shelf(session, command.community_id, command.shop_id, missing)
    _write_counted(session, command, redemption_id, missing, NOT_IN_BOOK, now)


def _write_counted(
    session: Session, command: RedeemCode, redemption_id: uuid.UUID, pieces: Mapping[uuid.UUID, int], note: str,
    now: datetime,
) -> None:  # fmt: skip
    moves = [
        {"community_id": command.community_id, "id": new_id(), "shop_id": command.shop_id, "item_id": item_id,
         "move": "counted", "quantity": quantity, "actor_id": command.actor_id, "redemption_id": redemption_id,
         "note": note, "moved_at": now}
        for item_id, quantity in pieces.items()
    ]  # fmt: skip
    if moves:
        session.execute(sa.insert(move), moves)


def _booked(found: Iterable[Counted]) -> dict[uuid.UUID, int]:
    return {one.item_id: one.pieces for one in found if one.line_id is None}


def _first_counts(
    session: Session, command: RedeemCode, item_ids: Iterable[uuid.UUID], at: datetime
) -> dict[uuid.UUID, uuid.UUID | None]:
    """For each item that was counted since: the line of the first count if that waits to be booked, else None. A count is a
    line of a stock-take, or the correction of one shelf."""
    items = list(item_ids)
    lines = (
        sa.select(line.c.item_id, line.c.counted_at, sa.case((take.c.state != "closed", line.c.id)).label("line_id"))
        .join(take, sa.and_(take.c.community_id == line.c.community_id, take.c.id == line.c.take_id))
        .where(line.c.community_id == command.community_id, take.c.shop_id == command.shop_id,
               line.c.item_id.in_(items), line.c.counted_at > at)
    )  # fmt: skip
    corrections = sa.select(move.c.item_id, move.c.moved_at, sa.null()).where(
        move.c.community_id == command.community_id, move.c.shop_id == command.shop_id, move.c.moved_at > at,
        move.c.item_id.in_(items), move.c.move == "counted", move.c.request_key.is_not(None),
    )  # fmt: skip
    counts = sa.union_all(lines, corrections).subquery("counts")
    newest_first = session.execute(sa.select(counts).order_by(counts.c.counted_at.desc()))
    return {row.item_id: row.line_id for row in newest_first}
