"""Goods brought back after the fifteen minutes: a manager's act, in parts if need be, once for each key.

Points come back with their days, limits are freed, goods that can be given again go back on the shelf. Both the redemption
and every refund stay visible.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.days import local_day
from points.errors import Conflict, Invalid, NotAllowed, NotFound
from points.ledger.refunds import RefundPayment, refund_payment
from points.people.models import Community, Member
from points.people.operations import write_act
from shop.counter.models import Redemption, Refund, RefundLine
from shop.offline.models import UploadedScan
from shop.orders.endings import lines_of, lock_order
from shop.orders.models import Order
from shop.stock.models import StockMove
from shop.stock.shelves import return_to_shelf
from shop.vouchers.operations import annul_pieces

redemption, refund, refund_line, order, member = (
    Redemption.__table__, Refund.__table__, RefundLine.__table__, Order.__table__, Member.__table__,
)  # fmt: skip
payer, told = member.alias("payer"), UploadedScan.__table__
MOST_REASON = 200


@dataclass(frozen=True)
class Returned:
    """Pieces that came back; ``to_shelf``: as good as new."""

    item_id: uuid.UUID
    quantity: int
    to_shelf: bool = True


@dataclass(frozen=True)
class RefundGoods:
    """Give the points of ``lines`` back: a manager's act, and never the one's who handed them over, told of it or whose
    household paid."""

    community_id: int
    actor_id: uuid.UUID
    request_key: str
    redemption_id: uuid.UUID
    lines: tuple[Returned, ...]
    reason: str


@dataclass(frozen=True)
class Refunded:
    """``points`` that went back with this refund."""

    id: uuid.UUID
    points: int


def refund_goods(session: Session, command: RefundGoods, *, now: datetime) -> Refunded:
    """Books the refund, with a line of the public list; again under the same key: the same answer.

    Raises Invalid ``reason_needed``, ``order_empty``, ``too_many_lines``, ``quantity_wrong``; NotFound
    ``redemption_not_found``, ``item_not_found``; NotAllowed ``refund_of_own``; Conflict ``redemption_was_refused``,
    ``redemption_annulled``, ``refund_too_large`` (``left``), ``voucher_used``, ``request_key_reused``.
    """
    _check_form(command)
    found = _redemption(session, command)
    bought = lock_order(session, command.community_id, order.c.id == found.order_id)
    repeated = _repeated(session, command)
    if repeated is not None:
        return repeated
    if is_own_redemption(session, command.community_id, command.actor_id, found.id):
        raise NotAllowed("refund_of_own")
    prices = _prices_of_left(session, command, bought)
    points = sum(prices[line.item_id] * line.quantity for line in command.lines)
    refund_id = new_id()
    _write(session, command, bought, refund_id, points, now)
    for line in command.lines:
        annul_pieces(session, command.community_id, bought.id, line.item_id, line.quantity, now=now)
    _give_goods_back(session, command, found, now)
    if points and found.transfer_id:
        zone = session.scalar(sa.select(Community.zone).where(Community.id == command.community_id))
        back = RefundPayment(
            command.community_id, command.actor_id, found.transfer_id, points, "redemption", found.id,
            command.reason.strip(),
        )  # fmt: skip
        refund_payment(session, back, today=local_day(now, zone), now=now)
    write_act(session, command, "redemption_refunded", str(points), command.reason.strip(), now=now)
    return Refunded(refund_id, points)


def _check_form(command: RefundGoods) -> None:
    if not command.reason.strip() or len(command.reason) > MOST_REASON:
        raise Invalid("reason_needed")
    if not command.lines:
        raise Invalid("order_empty")
    if len({line.item_id for line in command.lines}) < len(command.lines):
        raise Invalid("too_many_lines", most=20)
    if any(line.quantity < 1 for line in command.lines):
        raise Invalid("quantity_wrong", most=99)


def _redemption(session: Session, command: RefundGoods) -> sa.Row:
    """The redemption, locked as the annulment locks it: the two exclude each other."""
    found = session.execute(
        sa.select(redemption)
        .where(redemption.c.community_id == command.community_id, redemption.c.id == command.redemption_id)
        .with_for_update(key_share=True)
    ).one_or_none()
    if found is None:
        raise NotFound("redemption_not_found")
    if found.status != "ok":
        raise Conflict("redemption_was_refused")
    if found.order_id is None:
        raise Conflict("lent_not_sold")
    if found.annulled_at is not None:
        raise Conflict("redemption_annulled")
    return found


def _repeated(session: Session, command: RefundGoods) -> Refunded | None:
    row = session.execute(
        sa.select(refund).where(
            refund.c.community_id == command.community_id, refund.c.request_key == command.request_key
        )
    ).one_or_none()
    if row is None:
        return None
    lines = session.execute(
        sa.select(refund_line.c.item_id, refund_line.c.quantity, refund_line.c.to_shelf).where(
            refund_line.c.community_id == command.community_id, refund_line.c.refund_id == row.id
        )
    )
    booked = row.redemption_id, row.actor_id, row.reason, {Returned(*line) for line in lines}
    if booked != (command.redemption_id, command.actor_id, command.reason.strip(), set(command.lines)):
        raise Conflict("request_key_reused")
    return Refunded(row.id, row.points)


def is_own_redemption(
    session: Session, community_id: int, actor_id: uuid.UUID, redemption_id: uuid.UUID
) -> bool:
    """Whether it is one of ``own_redemptions``: then somebody else refunds or settles it."""
    return bool(own_redemptions(session, community_id, actor_id, [redemption_id]))


def own_redemptions(
    session: Session, community_id: int, actor_id: uuid.UUID, redemption_ids: Collection[uuid.UUID]
) -> set[uuid.UUID]:
    """Those of them that the actor handed over or told of, or whose goods the actor's household got."""
    if not redemption_ids:
        return set()
    rows = session.scalars(
        sa.select(redemption.c.id)
        .join(member, sa.and_(member.c.community_id == redemption.c.community_id, member.c.id == actor_id))
        .outerjoin(order, sa.and_(order.c.community_id == redemption.c.community_id, order.c.id == redemption.c.order_id))
        .outerjoin(payer, sa.and_(payer.c.community_id == redemption.c.community_id, payer.c.id == redemption.c.member_id))
        .outerjoin(told, sa.and_(told.c.community_id == redemption.c.community_id, told.c.id == redemption.c.id))
        .where(redemption.c.community_id == community_id, redemption.c.id.in_(redemption_ids),
               sa.or_(redemption.c.staff_id == member.c.id, told.c.told_by == member.c.id,
                      order.c.household_id == member.c.household_id, payer.c.household_id == member.c.household_id))
    )  # fmt: skip
    return set(rows)


def _prices_of_left(session: Session, command: RefundGoods, bought: sa.Row) -> dict[uuid.UUID, int]:
    """Points for each piece, after looking that no more comes back than went out."""
    lines = {line.item_id: line for line in lines_of(session, command.community_id, bought.id)}
    back = refunded_pieces(session, command.community_id, [bought.id])
    for line in command.lines:
        if line.item_id not in lines:
            raise NotFound("item_not_found")
        left = lines[line.item_id].quantity - back.get((bought.id, line.item_id), 0)
        if line.quantity > left:
            raise Conflict("refund_too_large", left=left)
    return {item_id: line.points_each for item_id, line in lines.items()}


def refunded_pieces(
    session: Session, community_id: int, order_ids: Sequence[uuid.UUID]
) -> dict[tuple[uuid.UUID, uuid.UUID], int]:
    """Pieces that came back so far, by order and item."""
    if not order_ids:
        return {}
    rows = session.execute(
        sa.select(refund_line.c.order_id, refund_line.c.item_id, sa.func.sum(refund_line.c.quantity).label("pieces"))
        .where(refund_line.c.community_id == community_id, refund_line.c.order_id.in_(order_ids))
        .group_by(refund_line.c.order_id, refund_line.c.item_id)
    )  # fmt: skip
    return {(row.order_id, row.item_id): int(row.pieces) for row in rows}


def _write(
    session: Session, command: RefundGoods, bought: sa.Row, refund_id: uuid.UUID, points: int, now: datetime
) -> None:
    session.execute(
        sa.insert(refund).values(
            community_id=command.community_id, id=refund_id, redemption_id=command.redemption_id,
            request_key=command.request_key, points=points, reason=command.reason.strip(), actor_id=command.actor_id,
            refunded_at=now,
        )
    )  # fmt: skip
    session.execute(
        sa.insert(refund_line),
        [
            {"community_id": command.community_id, "id": new_id(), "refund_id": refund_id, "order_id": bought.id,
             "item_id": line.item_id, "quantity": line.quantity, "to_shelf": line.to_shelf}
            for line in command.lines
        ],
    )  # fmt: skip


def _give_goods_back(session: Session, command: RefundGoods, found: sa.Row, now: datetime) -> None:
    back = {line.item_id: line.quantity for line in command.lines if line.to_shelf}
    if not back:
        return
    return_to_shelf(session, command.community_id, found.shop_id, back)
    session.execute(
        sa.insert(StockMove.__table__),
        [
            {"community_id": command.community_id, "id": new_id(), "shop_id": found.shop_id, "item_id": item_id,
             "move": "refunded", "quantity": quantity, "actor_id": command.actor_id, "redemption_id": found.id,
             "note": "", "moved_at": now}
            for item_id, quantity in back.items()
        ],
    )  # fmt: skip


@dataclass(frozen=True)
class RefundView:
    """A refund as the book shows it."""

    id: uuid.UUID
    points: int
    reason: str
    refunded_at: datetime


def refunds_of(session: Session, community_id: int, redemption_id: uuid.UUID) -> list[RefundView]:
    """Refunds of a redemption, the first first."""
    rows = session.execute(
        sa.select(refund)
        .where(refund.c.community_id == community_id, refund.c.redemption_id == redemption_id)
        .order_by(refund.c.refunded_at)
    )
    return [RefundView(row.id, row.points, row.reason, row.refunded_at) for row in rows]
