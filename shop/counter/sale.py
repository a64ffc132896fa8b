"""A sale at the counter: a member's code and goods become a payment, once. What was sold without network is not sold
here but told afterwards (``shop.offline``): whoever says ``offline`` is spared neither PIN nor clock.

The nonce is looked up before validity, like a pick-up code's. The household's row is the lock under which limits are
counted; shelves are lowered in the order of their items, only where enough is free; the accounts come last. What was
bought stands as an order that was collected at once, so that limits, statements and refunds know one kind of purchase.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.days import local_day
from points.errors import Conflict, Invalid
from points.ledger.paying import Payment, WalletSums, pay
from points.ledger.policy import WalletView
from points.ledger.queries import wallet
from points.people.operations import write_act
from points.prepared import Prepared
from shop.catalogue.doors import is_shut
from shop.catalogue.models import VOUCHER_KINDS, Item, ItemLimit
from shop.catalogue.operations import ORDERABLE
from shop.catalogue.prices import is_begun, points_now
from shop.codes.keys import code_keys
from shop.counter.answers import LONGEST_REASON, Answer, store
from shop.counter.consent import needs_word, word_given
from shop.counter.payers import Payer, find_payer
from shop.counter.policy import REASONS, decide, why_short
from shop.counter.purchases import Bought, Purchase, write_handed_over, write_purchase
from shop.counter.scan import Outcome, RedeemCode, content_of, iso, told_before, what_was_told
from shop.orders.endings import free_pieces, release_lapsed
from shop.orders.limits import limits_left
from shop.orders.operations import MOST_LINES, MOST_PIECES
from shop.stock.models import Stock
from shop.stock.shelves import return_to_shelf, take_if_free
from shop.vouchers.operations import issue_vouchers

item, stock = Item.__table__, Stock.__table__
_is_limited = sa.exists().where(
    ItemLimit.__table__.c.community_id == item.c.community_id, ItemLimit.__table__.c.item_id == item.c.id
)

# Item by item in the order in which shelves are locked. One statement however many lines: its list of ids is bound whole.
_goods = (
    sa.select(
        item.c.id, item.c.kind, item.c.name_zh, item.c.name_en, item.c.icon, item.c.is_offered,
        item.c.takes_place_at, _is_limited.label("is_limited"), points_now(sa.bindparam("now")).label("points"), stock.c.is_sold,
        (stock.c.on_hand - stock.c.held).label("free"),
    )
    .select_from(item)
    .outerjoin(stock, sa.and_(stock.c.community_id == sa.bindparam("community"),
                              stock.c.shop_id == sa.bindparam("shop"), stock.c.item_id == item.c.id))
    .where(item.c.community_id == sa.bindparam("community"))
    .order_by(item.c.id)
)  # fmt: skip


@dataclass(frozen=True)
class _Sale:
    """A sale on its way. ``goods``: a row for each line, in the order of the items' ids."""

    command: RedeemCode
    mark: str
    payer: Payer
    goods: list[Any]
    at: datetime
    now: datetime

    @cached_property
    def pieces(self) -> dict[uuid.UUID, int]:
        """Pieces of each item."""
        return {line.item_id: line.quantity for line in self.command.lines}

    @property
    def has_begun(self) -> bool:
        """Whether one of the goods is a ticket for what has begun."""
        return any(is_begun(row.takes_place_at, self.at) for row in self.goods)

    @cached_property
    def points(self) -> int:
        """What it costs."""
        return sum(row.points * self.pieces[row.id] for row in self.goods)


def sell_goods(session: Session, command: RedeemCode, *, now: datetime) -> Outcome:
    """Answers a sale; every answer but a dry run, ``incomplete`` and ``nonce_conflict`` is stored under its nonce.

    Raises Invalid ``quantity_wrong``, ``too_many_lines``; Conflict ``nonce_conflict``, ``price_changed`` (the till showed
    another price: ``item_zh``, ``item_en``, ``old``, ``new``).
    """
    _check_form(command)
    mark = content_of(command)
    connection = session.connection()
    at = now
    payer = find_payer(connection, command, code_keys(session), at=command.seen_at or at)
    before = told_before(payer.row if payer else what_was_told(connection, command), mark)
    if before is not None:
        return before
    if payer is None:
        return _refuse(connection, command, mark, None, "invalid", at=at, now=now)
    sale = _Sale(command, mark, payer, _read_goods(connection, command, now), at, now)
    reason, forced = decide(_reasons(session, sale), may_force=command.force and command.may_force)
    if reason is not None:
        is_time = reason == "invalid_time" and reason not in payer.reasons
        why = {"begun" if sale.has_begun else "shut": True} if is_time else {}
        return _refuse(connection, command, mark, payer, reason, at=at, now=now, **why)
    _check_prices(sale)
    not_yet = _not_yet(session, sale)
    return _hand_over(session, sale, forced=forced) if not_yet is None else not_yet


def _check_form(command: RedeemCode) -> None:
    if len(command.lines) > MOST_LINES or len({line.item_id for line in command.lines}) < len(command.lines):
        raise Invalid("too_many_lines", most=MOST_LINES)
    if any(not 1 <= line.quantity <= MOST_PIECES for line in command.lines):
        raise Invalid("quantity_wrong", most=MOST_PIECES)


def _read_goods(connection: sa.Connection, command: RedeemCode, now: datetime) -> list[Any]:
    many = len(command.lines)
    if many not in _goods_of:
        ids = [sa.bindparam(f"item_{at}", type_=item.c.id.type) for at in range(many)]
        _goods_of[many] = Prepared(_goods.where(item.c.id.in_(ids)))
    keys = {f"item_{at}": line.item_id for at, line in enumerate(command.lines)}
    return _goods_of[many].rows(
        connection, {"community": command.community_id, "shop": command.shop_id, "now": now, **keys}
    )


_goods_of: dict[int, Prepared] = {}


def _reasons(session: Session, sale: _Sale) -> list[str]:
    """Every reason not to sell that can be seen before anything is locked, in the contract's order."""
    payer, wanted = sale.payer.row, sale.pieces
    found = set(sale.payer.reasons)
    if payer.wallet_closed_at is not None or payer.till_closed_at is not None:
        found.add("blocked")
    if sale.has_begun or _is_shut(session, sale):
        found.add("invalid_time")
    sold = [row for row in sale.goods if row.is_offered and row.is_sold and row.kind in ORDERABLE]
    if len(sold) < len(wanted):
        found.add("product")
    if any(row.free < wanted[row.id] for row in sold) and not _freed(session, sale):
        found.add("out_of_stock")
    if _over_limit(session, sale):
        found.add("rules")
    return [reason for reason in REASONS if reason in found]


def _is_shut(session: Session, sale: _Sale) -> bool:
    command, row = sale.command, sale.payer.row
    connection = session.connection()
    return is_shut(row, connection, command.community_id, command.shop_id, at=sale.at, zone=row.zone)


def _freed(session: Session, sale: _Sale) -> bool:
    """Whether the pieces that lack lie with orders whose time is over; they go back on the shelf (not in a dry run)."""
    command = sale.command
    if not command.dry_run:
        release_lapsed(
            session, command.community_id, command.shop_id, now=sale.now, wanted=sale.pieces.keys()
        )
    free = free_pieces(session, command.community_id, command.shop_id, list(sale.pieces), now=sale.now)
    return all(free.get(item_id, 0) >= pieces for item_id, pieces in sale.pieces.items())


def _over_limit(session: Session, sale: _Sale) -> bool:
    row = sale.payer.row
    limited = [one.id for one in sale.goods if one.is_limited]
    if not limited:
        return False
    left = limits_left(
        session, sale.command.community_id, household_id=row.household_id, member_id=row.member_id, item_ids=limited,
        zone=row.zone, now=sale.now,
    )  # fmt: skip
    return any(pieces > left.get(item_id, pieces) for item_id, pieces in sale.pieces.items())


def _check_prices(sale: _Sale) -> None:
    """Nobody pays another price than the till showed."""
    shown = {line.item_id: line.points_each for line in sale.command.lines}
    for row in sale.goods:
        if shown[row.id] not in (None, row.points):
            raise Conflict(
                "price_changed", item_zh=row.name_zh, item_en=row.name_en, old=shown[row.id], new=row.points
            )


def _not_yet(session: Session, sale: _Sale) -> Outcome | None:
    """Why nothing leaves yet: who cannot pay is told before a PIN is asked for; then the resident's word; then a look that
    was only a look. None: hand over, and only then the balance is read under lock."""
    command, payer = sale.command, sale.payer
    is_look = command.dry_run or command.looks
    asks = needs_word(session, command.community_id, payer, sale.points, at=sale.at)
    if not (asks or is_look):
        return None
    purse = _purse(session, sale)
    if purse.available < sale.points:
        return _refuse_short(session, sale, purse)
    after = _body(sale, new_id(), new_id(), WalletSums(purse.available - sale.points, purse.held))
    if is_look and not asks:
        return Outcome("ok", None, after | {"dry_run": True})
    pin = None if is_look else command.pin  # a look tries no PIN
    word = word_given(session, command.community_id, payer, pin, now=sale.now)
    if word == "ok":
        return None
    body = after | {
        "status": "incomplete",
        "requires": ["pin"] if payer.means == "card" else ["pin", "confirm"],
    }
    return Outcome("incomplete", None, body if word == "asked" else body | {"pin": word})


def _purse(session: Session, sale: _Sale) -> WalletView:
    row = sale.payer.row
    today = local_day(sale.now, row.zone)
    return wallet(session, sale.command.community_id, row.wallet_id, now=sale.now, today=today).view


def _hand_over(session: Session, sale: _Sale, *, forced: bool) -> Outcome:
    """Shelves, points, and the books of both. What is short by now takes back what was taken."""
    command, connection = sale.command, session.connection()
    taken = take_if_free(connection, command.community_id, command.shop_id, sale.pieces)
    if taken != sale.pieces:
        return_to_shelf(session, command.community_id, command.shop_id, taken)
        return _refuse(connection, command, sale.mark, sale.payer, "out_of_stock", at=sale.at, now=sale.now)
    order_id, redemption_id, transfer_id = new_id(), new_id(), new_id() if sale.points else None
    sums = None
    if transfer_id:
        sums = _pay(session, sale, transfer_id, order_id)
        if sums is None:
            return_to_shelf(session, command.community_id, command.shop_id, taken)
            return _refuse_short(session, sale, _purse(session, sale))
    _write_purchase(connection, sale, order_id, redemption_id, transfer_id)
    write_handed_over(connection, command, redemption_id, sale.pieces, now=sale.now)
    if any(row.kind in VOUCHER_KINDS for row in sale.goods):
        issue_vouchers(session, command.community_id, order_id, shop_id=command.shop_id, now=sale.now)
    if forced:
        write_act(
            session,
            command,
            "redemption_forced",
            str(sale.points),
            command.reason[:LONGEST_REASON],
            now=sale.now,
        )
    answer = Answer(
        redemption_id, "ok", _body(sale, redemption_id, order_id, sums), order_id=order_id,
        member_id=sale.payer.row.member_id, points=sale.points, transfer_id=transfer_id, forced=forced,
        means=sale.payer.means, used_mark=sale.payer.used_mark,
    )  # fmt: skip
    return store(connection, command, sale.mark, answer, at=sale.at, now=sale.now)


def _refuse_short(session: Session, sale: _Sale, purse: WalletView) -> Outcome:
    """The wallet does not pay; ``on_notice`` tells of points that will, and are public until then."""
    reason = why_short(purse, sale.points) or "insufficient_points"
    more = {"on_notice": purse.on_notice} if reason == "unapproved" else {}
    return _refuse(
        session.connection(), sale.command, sale.mark, sale.payer, reason, at=sale.at, now=sale.now, **more
    )


def _pay(session: Session, sale: _Sale, transfer_id: uuid.UUID, order_id: uuid.UUID) -> WalletSums | None:
    row = sale.payer.row
    payment = Payment(
        sale.command.community_id, transfer_id, row.wallet_id, row.till_id, sale.points, "order", order_id,
        sale.command.actor_id,
    )  # fmt: skip
    return pay(session, payment, now=sale.now, today=local_day(sale.now, row.zone))


def _write_purchase(
    connection: sa.Connection, sale: _Sale, order_id: uuid.UUID, redemption_id: uuid.UUID, transfer_id: uuid.UUID | None
) -> None:  # fmt: skip
    command, row, pieces = sale.command, sale.payer.row, sale.pieces
    purchase = Purchase(
        command.community_id, order_id, command.shop_id, row.household_id, row.member_id, row.wallet_id, row.till_id,
        transfer_id, f"sale:{redemption_id.hex}",
    )  # fmt: skip
    lines = [Bought(goods.id, pieces[goods.id], goods.points) for goods in sale.goods]
    write_purchase(connection, purchase, lines, at=sale.at)


def _refuse(
    connection: sa.Connection, command: RedeemCode, mark: str, payer: Payer | None, reason: str, *, at: datetime,
    now: datetime, **more: Any,
) -> Outcome:  # fmt: skip
    body: dict[str, Any] = {"status": "error", "reason": reason, "sale": True} | more
    if reason == "already_redeemed" and payer is not None:
        body["first"] = {"at": iso(payer.row.used_at), "shop": payer.row.shop_name}
    if command.dry_run:
        return Outcome("error", reason, body | {"dry_run": True})
    answer = Answer(
        new_id(), "error", body, reason=reason, member_id=payer.row.member_id if payer else None,
        means=payer.means if payer else None,
    )  # fmt: skip
    return store(connection, command, mark, answer, at=at, now=now)


def _body(
    sale: _Sale, redemption_id: uuid.UUID, order_id: uuid.UUID, sums: WalletSums | None
) -> dict[str, Any]:
    row = sale.payer.row
    facts = {
        "id": str(redemption_id), "nonce": sale.command.nonce, "order_id": str(order_id), "member": row.name,
        "household_number": row.number, "shop": row.shop_name, "points": sale.points, "at": iso(sale.at),
        "lines": [
            {"item_id": str(goods.id), "name_zh": goods.name_zh, "name_en": goods.name_en, "icon": goods.icon,
             "quantity": sale.pieces[goods.id], "points": goods.points * sale.pieces[goods.id]}
            for goods in sale.goods
        ],
    }  # fmt: skip
    balance = {"available": sums.available, "held": sums.held} if sums else None
    return {"status": "ok", "redemption": facts, "balance": balance}
