"""Issuing vouchers at hand-over, using one once, taking them back, and the one extension.

Locks: the order (the caller's), then vouchers by id, then accounts. ``annul_vouchers`` belongs before the points go back.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.codes import new_code, read_code
from points.days import day_ends
from points.errors import Conflict, Gone, Invalid, NotFound
from points.ledger.accounts import account_id_of
from points.ledger.operations import make_transfer
from points.ledger.results import NewTransfer
from points.people.models import Community
from points.people.operations import write_act, write_code
from shop.catalogue.models import VOUCHER_KINDS, Item
from shop.catalogue.prices import prices_at
from shop.orders.models import Order, OrderLine
from shop.vouchers.models import Voucher
from shop.vouchers.queries import VoucherView, voucher_by_id, voucher_by_token, vouchers_of_order

DAYS = 90  # how long a voucher lasts whose item says nothing
LEAST_EXTENSION = timedelta(days=1)
LONGEST_KEY = 80
LONGEST_NOTE = 60
voucher, item, order, line = Voucher.__table__, Item.__table__, Order.__table__, OrderLine.__table__
community = Community.__table__

_served_later = (
    sa.select(
        line.c.item_id, line.c.quantity, line.c.points_each, item.c.kind, item.c.voucher_days, item.c.partner_id,
        item.c.takes_place_at, community.c.zone, order.c.household_id, order.c.member_id, order.c.placed_at,
        item.c.reference_fen,
    )
    .join(item, sa.and_(item.c.community_id == line.c.community_id, item.c.id == line.c.item_id))
    .join(order, sa.and_(order.c.community_id == line.c.community_id, order.c.id == line.c.order_id))
    .join(community, community.c.id == order.c.community_id)
    .where(line.c.community_id == sa.bindparam("community"), line.c.order_id == sa.bindparam("order"),
           item.c.kind.in_(VOUCHER_KINDS))
    .order_by(line.c.item_id)
)  # fmt: skip


def issue_vouchers(
    session: Session, community_id: int, order_id: uuid.UUID, *, shop_id: uuid.UUID, now: datetime
) -> list[VoucherView]:
    """A voucher for each piece of each line that is served later (of a credit, one for the line), once for an order; called
    where goods are handed over, under the order's lock. One statement for an order of goods alone. Returns what the order
    has brought."""
    lines = session.execute(_served_later, {"community": community_id, "order": order_id}).all()
    if not lines:
        return []
    there = vouchers_of_order(session, community_id, order_id, now=now)
    if there:
        return there
    credits = _credits(session, community_id, lines)
    rows = [
        _row(community_id, order_id, one, piece, shop_id, now, credits.get(one.item_id, 0))
        for one in lines
        for piece in range(1 if credits.get(one.item_id) else one.quantity)
    ]
    session.execute(sa.insert(voucher), rows)
    for row in rows:
        write_code(session, row["token"], community_id, "voucher", row["id"], now=now)
    return vouchers_of_order(session, community_id, order_id, now=now)


def _end_of(one: sa.Row, now: datetime) -> datetime:
    """A ticket with a day is good until that day is over."""
    if one.takes_place_at is not None:
        return day_ends(one.takes_place_at, one.zone)
    return now + timedelta(days=one.voucher_days or DAYS)


def _credits(session: Session, community_id: int, lines: Sequence[sa.Row]) -> dict[uuid.UUID, int]:
    """Fen off somebody's bill for one piece, by item; all of such a line is one voucher, so that thirty yuan are one scan.
    What was promised when the order was placed counts, as its points do."""
    policies = {one.item_id: one.reference_fen for one in lines if one.kind == "policy"}
    if not policies:
        return {}
    then = prices_at(session, community_id, policies.keys(), lines[0].placed_at)
    return policies | {item_id: price.reference_fen for item_id, price in then.items()}


def _row(
    community_id: int, order_id: uuid.UUID, one: sa.Row, piece: int, shop_id: uuid.UUID, now: datetime, credit: int
) -> dict[str, object]:  # fmt: skip
    quantity = one.quantity if credit else 1
    return {
        "community_id": community_id, "id": new_id(), "order_id": order_id, "item_id": one.item_id, "piece": piece,
        "household_id": one.household_id, "member_id": one.member_id, "token": new_code(), "quantity": quantity,
        "points": quantity * one.points_each, "fen": quantity * credit, "use_note": "",
        "sold_by": shop_id, "partner_id": one.partner_id, "state": "issued", "issued_at": now,
        "expires_at": _end_of(one, now),
    }  # fmt: skip


def move_tickets(
    session: Session, community_id: int, item_id: uuid.UUID, takes_place_at: datetime, zone: str
) -> None:
    """What tickets are for takes place at another time: those that were not used are good until that day is over, and
    orders wait for nobody after it has begun."""
    session.execute(
        sa.update(voucher)
        .where(
            voucher.c.community_id == community_id, voucher.c.item_id == item_id, voucher.c.state == "issued"
        )
        .values(expires_at=day_ends(takes_place_at, zone))
    )
    holds_it = sa.exists().where(
        line.c.community_id == community_id, line.c.order_id == order.c.id, line.c.item_id == item_id
    )
    session.execute(
        sa.update(order)
        .where(order.c.community_id == community_id, order.c.state == "placed", holds_it,
               order.c.expires_at > takes_place_at)
        .values(expires_at=takes_place_at)
    )  # fmt: skip


def annul_vouchers(session: Session, community_id: int, order_id: uuid.UUID, *, now: datetime) -> int:
    """The whole order is taken back: its vouchers open nothing any more; returns how many. Nothing for an order without.

    Raises Conflict ``voucher_used``, with when and where, if one was served already.
    """
    rows = _locked(session, community_id, voucher.c.order_id == order_id)
    used = next((row for row in rows if row.state == "used"), None)
    if used is not None:
        raise _used(voucher_by_id(session, community_id, used.id, now=now))
    return _annul(session, community_id, [row.id for row in rows if row.state == "issued"], now)


def annul_pieces(
    session: Session,
    community_id: int,
    order_id: uuid.UUID,
    item_id: uuid.UUID,
    pieces: int,
    *,
    now: datetime,
) -> int:
    """Some pieces of an order are refunded: as many unused vouchers go; returns how many, 0 for goods.

    Raises Conflict ``voucher_used`` when fewer are unused, ``voucher_whole`` (``pieces``) for a part of one.
    """
    rows = _locked(session, community_id, voucher.c.order_id == order_id, voucher.c.item_id == item_id)
    if not rows:
        return 0
    unused = [row for row in rows if row.state == "issued"]
    if sum(row.quantity for row in unused) < pieces:
        used = next((row for row in rows if row.state == "used"), rows[0])
        raise _used(voucher_by_id(session, community_id, used.id, now=now))
    going, left = [], pieces
    for row in reversed(unused):
        if left and row.quantity > left:
            raise Conflict("voucher_whole", pieces=row.quantity)
        if left:
            going.append(row.id)
            left -= row.quantity
    return _annul(session, community_id, going, now)


def _locked(session: Session, community_id: int, *which: sa.ColumnElement[bool]) -> Sequence[sa.Row]:
    query = sa.select(voucher).where(voucher.c.community_id == community_id, *which).order_by(voucher.c.id)
    return session.execute(query.with_for_update(key_share=True)).all()


def _annul(session: Session, community_id: int, ids: list[uuid.UUID], now: datetime) -> int:
    if ids:
        session.execute(
            sa.update(voucher)
            .where(voucher.c.community_id == community_id, voucher.c.id.in_(ids))
            .values(state="annulled", annulled_at=now)
        )
    return len(ids)


def _used(there: VoucherView) -> Conflict:
    return Conflict("voucher_used", at=there.used_at, where=there.used_in)


@dataclass(frozen=True)
class UseVoucher:
    """The counter of ``shop_id`` serves what the code says; ``nonce`` is made for this scan.

    ``note``: the bill or home it is used for, as the counter writes it.
    """

    community_id: int
    actor_id: uuid.UUID
    shop_id: uuid.UUID
    code: str
    nonce: str
    note: str = ""


def look_at_voucher(
    session: Session, community_id: int, shop_id: uuid.UUID, code: str, *, now: datetime
) -> VoucherView:
    """What the code stands for, without using it.

    Raises NotFound ``voucher_not_found``; Conflict ``voucher_elsewhere``, ``voucher_annulled``, ``voucher_used``; Gone
    ``voucher_lapsed``: the first that applies, as a use would.
    """
    token = read_code(code)
    if token is None:
        raise NotFound("voucher_not_found")
    there = voucher_by_token(session, community_id, token, now=now)
    if there.server_id != shop_id:
        raise Conflict("voucher_elsewhere", where=there.served_by)
    if there.state == "annulled":
        raise Conflict("voucher_annulled")
    if there.state == "used":
        raise _used(there)
    if there.state == "lapsed":
        raise Gone("voucher_lapsed", at=there.expires_at)
    return there


def use_voucher(session: Session, command: UseVoucher, *, now: datetime) -> VoucherView:
    """Serves a voucher, once; the same nonce gets the same answer.

    The points that were paid for it follow to the partner who served, if that is not the shop that sold it. Raises what
    ``look_at_voucher`` raises; Invalid ``nonce_wrong``, ``use_note_too_long``; Conflict ``nonce_conflict`` for another
    voucher's nonce.
    """
    if not 1 <= len(command.nonce) <= LONGEST_KEY:
        raise Invalid("nonce_wrong", most=LONGEST_KEY)
    if len(command.note.strip()) > LONGEST_NOTE:
        raise Invalid("use_note_too_long", most=LONGEST_NOTE)
    token = read_code(command.code)
    rows = _locked(session, command.community_id, voucher.c.token == token) if token else ()
    if not rows:
        raise NotFound("voucher_not_found")
    (row,) = rows
    if row.use_key == command.nonce and row.shop_id == command.shop_id:
        return voucher_by_id(session, command.community_id, row.id, now=now)
    if _nonce_of_another(session, command):
        raise Conflict("nonce_conflict")
    look_at_voucher(session, command.community_id, command.shop_id, command.code, now=now)
    session.execute(
        sa.update(voucher)
        .where(voucher.c.community_id == command.community_id, voucher.c.id == row.id)
        .values(
            state="used", used_at=now, used_by=command.actor_id, shop_id=command.shop_id, use_key=command.nonce,
            use_note=command.note.strip(), transfer_id=_pay_partner(session, command, row, now),
        )
    )  # fmt: skip
    return voucher_by_id(session, command.community_id, row.id, now=now)


def _nonce_of_another(session: Session, command: UseVoucher) -> bool:
    return session.scalar(
        sa.select(
            sa.exists().where(
                voucher.c.community_id == command.community_id, voucher.c.use_key == command.nonce
            )
        )
    )


def _pay_partner(session: Session, command: UseVoucher, row: sa.Row, now: datetime) -> uuid.UUID | None:
    """What was paid at the selling shop becomes the partner's. None where nothing moves."""
    if not row.points or row.partner_id in (None, row.sold_by):
        return None
    moved = NewTransfer(
        command.community_id, new_id(), "voucher",
        debit_account_id=account_id_of(session, command.community_id, "shop", row.sold_by),
        credit_account_id=account_id_of(session, command.community_id, "shop", row.partner_id),
        amount=row.points, ref_kind="voucher", ref_id=row.id, actor_id=command.actor_id,
    )  # fmt: skip
    make_transfer(session, moved, now=now)
    return moved.id


@dataclass(frozen=True)
class ExtendVoucher:
    """The steward lets an unused voucher run once more as long as it did."""

    community_id: int
    actor_id: uuid.UUID
    voucher_id: uuid.UUID
    reason: str


def extend_voucher(session: Session, command: ExtendVoucher, *, now: datetime) -> datetime:
    """Sets the new end, counted from now or from the end that is still to come; once, with a line of the public list.

    Raises NotFound ``voucher_not_found``; Invalid ``reason_needed``; Conflict ``voucher_used``, ``voucher_annulled``,
    ``voucher_extended_before``.
    """
    if not command.reason.strip():
        raise Invalid("reason_needed")
    rows = _locked(session, command.community_id, voucher.c.id == command.voucher_id)
    if not rows:
        raise NotFound("voucher_not_found")
    there = voucher_by_id(session, command.community_id, command.voucher_id, now=now)
    if there.state == "used":
        raise _used(there)
    if there.state == "annulled":
        raise Conflict("voucher_annulled")
    if there.extended_at is not None:
        raise Conflict("voucher_extended_before", at=there.expires_at)
    until = max(now, there.expires_at) + max(there.expires_at - there.issued_at, LEAST_EXTENSION)
    session.execute(
        sa.update(voucher)
        .where(voucher.c.community_id == command.community_id, voucher.c.id == command.voucher_id)
        .values(expires_at=until, extended_at=now)
    )
    write_act(
        session,
        command,
        "voucher_extended",
        f"{there.item_code} {there.name_zh}",
        command.reason.strip(),
        now=now,
    )
    return until
