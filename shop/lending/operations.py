"""Lending, taking back, and the deposit of what will not come back.

Locks in the shop's order: the loan or the borrower's household, the shelf, the accounts.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, Invalid, NotFound
from points.ledger.from_wallet import pay_from_wallet
from points.ledger.operations import make_transfer
from points.ledger.results import NewTransfer
from points.people.operations import write_act
from shop.catalogue.doors import is_shut
from shop.catalogue.models import Item, Shop
from shop.catalogue.prices import points_now
from shop.counter.consent import needs_word, word_given
from shop.counter.models import Redemption
from shop.counter.payers import Payer
from shop.counter.policy import fingerprint
from shop.counter.scan import RedeemCode
from shop.lending.borrowers import borrower_of, note_scan
from shop.lending.models import Loan
from shop.lending.policy import DAYS, GRACE, may_keep
from shop.lending.queries import LoanView, loan_by_id
from shop.orders.endings import release_lapsed
from shop.stock.models import Stock, StockMove
from shop.stock.shelves import lock_shelves, return_to_shelf, take_off_shelf

loan, item, told = Loan.__table__, Item.__table__, Redemption.__table__
stock, stock_move = Stock.__table__, StockMove.__table__


@dataclass(frozen=True)
class LendItem:
    """A thing is lent over the counter of ``shop_id`` to whoever stands there.

    ``code``: the member code or card that was shown, ``seen_at`` when the site first saw it; else ``member_id``, whom staff
    named, for things without a deposit: nobody tries somebody's PIN by the name. ``pin``: what the borrower typed;
    ``points_shown``: the deposit that the page named, None if it named none.
    """

    community_id: int
    actor_id: uuid.UUID
    request_key: str
    shop_id: uuid.UUID
    device: str
    item_id: uuid.UUID
    code: str = ""
    member_id: uuid.UUID | None = None
    pin: str | None = field(default=None, repr=False)
    points_shown: int | None = None
    seen_at: datetime | None = None
    device_id: uuid.UUID | None = None


@dataclass(frozen=True)
class WordNeeded:
    """Nothing is lent yet: the deposit needs the borrower's PIN. ``pin``: ``wrong``, ``locked`` or ``unset``; ``asked``
    when none came."""

    pin: str


def lend_item(session: Session, command: LendItem, *, now: datetime) -> LoanView | WordNeeded:
    """Takes one piece off the shelf and holds its points as the deposit, once for each key.

    The deposit asks for the borrower's word by the counter's own rule (``shop.counter.consent``), and what was shown is
    used up as by a sale. Raises NotFound ``shop_not_found``, ``item_not_found``, ``member_not_found``; Invalid
    ``borrower_needed``; Conflict ``item_not_lent`` (it is sold, not lent), ``item_not_sold_here`` (not lent at this shop),
    ``out_of_stock``, ``insufficient_points``, ``request_key_reused``, ``shop_shut`` (it serves nobody), ``price_changed``
    (the page named another deposit: ``item_zh``, ``item_en``, ``old``, ``new``), ``code_needed`` (a deposit of whom staff
    only named), and of the code ``code_not_known``, ``code_stopped``, ``code_over``, ``code_used_before``.
    """
    scan = _scan_of(command)
    mark = fingerprint(command.code or command.member_id, command.shop_id, "loan", command.item_id)
    repeated = _repeated(session, command, scan.nonce, mark, now)
    if repeated is not None:
        return repeated
    thing = _thing(session, command, now)
    if thing.points and not command.code:
        raise Conflict("code_needed")
    borrower = _borrower(session, scan, now)
    if needs_word(session, command.community_id, borrower, thing.points, at=now):
        word = word_given(session, command.community_id, borrower, command.pin, now=now)
        if word != "ok":
            return WordNeeded(word)
    loan_id = new_id()
    _take_one(session, command, thing, loan_id, now)
    transfer_id = (
        _hold_deposit(session, command, borrower, loan_id, thing.points, now) if thing.points else None
    )
    session.execute(
        sa.insert(loan).values(
            community_id=command.community_id, id=loan_id, item_id=thing.id, shop_id=command.shop_id,
            household_id=borrower.row.household_id, member_id=borrower.row.member_id, points=thing.points,
            transfer_id=transfer_id, state="out", lent_at=now, lent_by=command.actor_id,
            due_at=now + timedelta(days=thing.voucher_days or DAYS), note="", request_key=command.request_key,
        )
    )  # fmt: skip
    note_scan(session, scan, mark, borrower, loan_id, transfer_id, now=now)
    return loan_by_id(session, command.community_id, loan_id, now=now)


def _borrower(session: Session, scan: RedeemCode, now: datetime) -> Payer:
    """Who borrows, at a shop that serves now."""
    found = borrower_of(session, scan, now=now)
    if is_shut(found.row, session.connection(), scan.community_id, scan.shop_id, at=now, zone=found.row.zone):
        raise Conflict("shop_shut")
    return found


def _scan_of(command: LendItem) -> RedeemCode:
    """The loan as the counter's own pieces know a scan."""
    if not command.code and command.member_id is None:
        raise Invalid("borrower_needed")
    return RedeemCode(
        command.community_id, command.actor_id, command.shop_id, command.device, command.code,
        f"loan:{command.request_key}", payer_id=None if command.code else command.member_id, seen_at=command.seen_at,
        device_id=command.device_id,
    )  # fmt: skip


def _repeated(session: Session, command: LendItem, nonce: str, mark: str, now: datetime) -> LoanView | None:
    row = session.execute(
        sa.select(loan.c.id, told.c.fingerprint)
        .select_from(told)
        .outerjoin(
            loan,
            sa.and_(loan.c.community_id == told.c.community_id, loan.c.request_key == command.request_key),
        )
        .where(told.c.community_id == command.community_id, told.c.nonce == nonce)
    ).one_or_none()
    if row is None:
        return None
    if row.fingerprint != mark or row.id is None:
        raise Conflict("request_key_reused")
    return loan_by_id(session, command.community_id, row.id, now=now)


def _thing(session: Session, command: LendItem, now: datetime) -> sa.Row:
    """The item at today's price."""
    if session.get(Shop, (command.community_id, command.shop_id)) is None:
        raise NotFound("shop_not_found")
    price = points_now(sa.literal(now, item.c.next_from.type)).label("points")
    columns = (item.c.id, item.c.kind, item.c.name_zh, item.c.name_en, item.c.voucher_days, stock.c.is_sold)
    thing = session.execute(
        sa.select(*columns, price)
        .outerjoin(stock, sa.and_(stock.c.community_id == item.c.community_id, stock.c.item_id == item.c.id,
                                  stock.c.shop_id == command.shop_id))
        .where(item.c.community_id == command.community_id, item.c.id == command.item_id)
    ).one_or_none()  # fmt: skip
    if thing is None:
        raise NotFound("item_not_found")
    named = {"item_id": thing.id, "item_zh": thing.name_zh, "item_en": thing.name_en}
    if thing.kind != "loan":
        raise Conflict("item_not_lent", **named)
    if thing.is_sold is False:
        raise Conflict("item_not_sold_here", **named)
    if command.points_shown not in (None, thing.points):
        raise Conflict("price_changed", **named, old=command.points_shown, new=thing.points)
    return thing


def _take_one(session: Session, command: LendItem, thing: sa.Row, loan_id: uuid.UUID, now: datetime) -> None:
    release_lapsed(session, command.community_id, command.shop_id, now=now, wanted=[thing.id])
    free = lock_shelves(session, command.community_id, command.shop_id, [thing.id])
    if free.get(thing.id, 0) < 1:
        raise Conflict("out_of_stock", item_id=thing.id, item_zh=thing.name_zh, item_en=thing.name_en)
    take_off_shelf(session, command.community_id, command.shop_id, {thing.id: 1})
    _write_move(session, command, command.shop_id, thing.id, "lent", -1, loan_id.hex, now)


def _hold_deposit(
    session: Session, command: LendItem, borrower: Payer, loan_id: uuid.UUID, points: int, now: datetime
) -> uuid.UUID:
    hold = NewTransfer(
        command.community_id, new_id(), "deposit", kind="pending", debit_account_id=borrower.row.wallet_id,
        credit_account_id=borrower.row.till_id, amount=points, ref_kind="loan", ref_id=loan_id,
        actor_id=command.actor_id,
    )  # fmt: skip
    pay_from_wallet(session, hold, now=now)
    return hold.id


def _write_move(
    session: Session, command: object, shop_id: uuid.UUID, item_id: uuid.UUID, move: str, pieces: int, note: str,
    now: datetime,
) -> None:  # fmt: skip
    session.execute(
        sa.insert(stock_move).values(
            community_id=command.community_id, id=new_id(), shop_id=shop_id, item_id=item_id, move=move, quantity=pieces,
            actor_id=command.actor_id, note=note, moved_at=now,
        )
    )  # fmt: skip


@dataclass(frozen=True)
class TakeBack:
    """The thing is back at the shop that lent it; ``is_damaged``: it cannot be lent again, and ``note`` says what broke."""

    community_id: int
    actor_id: uuid.UUID
    loan_id: uuid.UUID
    shop_id: uuid.UUID
    is_damaged: bool = False
    note: str = ""


def take_back(session: Session, command: TakeBack, *, now: datetime) -> LoanView:
    """Frees the deposit with the days it had and puts the thing on the shelf; a damaged one is written off at once, with
    a line of the public list that names nobody, and the deposit is free all the same. Again: nothing more happens.

    Raises Invalid ``reason_needed`` (damaged, and no note); NotFound ``loan_not_found`` (also at another shop); Conflict
    ``loan_kept``.
    """
    row = _locked(session, command.community_id, command.loan_id)
    if row is None or row.shop_id != command.shop_id:
        raise NotFound("loan_not_found")
    if row.state == "kept":
        raise Conflict("loan_kept")
    if row.state == "out":
        note = command.note.strip()[:200]
        if command.is_damaged and not note:
            raise Invalid("reason_needed")
        return_to_shelf(session, command.community_id, row.shop_id, {row.item_id: 1})
        _write_move(session, command, row.shop_id, row.item_id, "brought_back", 1, row.id.hex, now)
        if command.is_damaged:
            take_off_shelf(session, command.community_id, row.shop_id, {row.item_id: 1})
            _write_move(session, command, row.shop_id, row.item_id, "spoiled", -1, note, now)
            thing = session.get_one(Item, (command.community_id, row.item_id))
            write_act(session, command, "goods_spoiled", f"{thing.code} {thing.name_zh}: 1", note, now=now)
        _resolve(session, command, row, "void", now)
        _end(session, command, row, "returned", note, now)
    return loan_by_id(session, command.community_id, row.id, now=now)


@dataclass(frozen=True)
class KeepDeposit:
    """The thing will not come back: the steward books its price."""

    community_id: int
    actor_id: uuid.UUID
    loan_id: uuid.UUID
    reason: str


def keep_deposit(session: Session, command: KeepDeposit, *, now: datetime) -> LoanView:
    """The deposit becomes the shop's, with a line of the public list that names nobody. Again: nothing more happens.

    Raises Invalid ``reason_needed``; NotFound ``loan_not_found``; Conflict ``loan_returned``, ``too_early_to_keep``.
    """
    if not command.reason.strip():
        raise Invalid("reason_needed")
    row = _locked(session, command.community_id, command.loan_id)
    if row is None:
        raise NotFound("loan_not_found")
    if row.state == "returned":
        raise Conflict("loan_returned")
    if row.state == "out":
        if not may_keep(row.due_at, now):
            raise Conflict("too_early_to_keep", at=row.due_at + GRACE)
        _resolve(session, command, row, "post", now)
        _end(session, command, row, "kept", command.reason.strip(), now)
        write_act(session, command, "deposit_kept", str(row.points), command.reason.strip(), now=now)
    return loan_by_id(session, command.community_id, row.id, now=now)


def _locked(session: Session, community_id: int, loan_id: uuid.UUID) -> sa.Row | None:
    return session.execute(
        sa.select(loan)
        .where(loan.c.community_id == community_id, loan.c.id == loan_id)
        .with_for_update(key_share=True)
    ).one_or_none()


def _resolve(session: Session, command: object, row: sa.Row, kind: str, now: datetime) -> None:
    if row.transfer_id is None:
        return
    new = NewTransfer(command.community_id, new_id(), "deposit", kind=kind, pending_id=row.transfer_id, ref_kind="loan",
                      ref_id=row.id, actor_id=command.actor_id)  # fmt: skip
    make_transfer(session, new, now=now)


def _end(session: Session, command: object, row: sa.Row, state: str, note: str, now: datetime) -> None:
    session.execute(
        sa.update(loan)
        .where(loan.c.community_id == command.community_id, loan.c.id == row.id)
        .values(state=state, ended_at=now, ended_by=command.actor_id, note=note[:200])
    )
