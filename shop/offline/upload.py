"""What a shop phone tells when the network is back. The goods have left: what cannot be booked becomes a fact.

The nonce is looked up first, so an upload repeated or out of order changes nothing. One that was given up, undone or
refused on line and handed over under all the same is a conflict under a nonce of its own. A phone that was revoked or given to
another shop meanwhile is not believed: what it tells is set apart for the steward. A refusal is no answer to a person who
has gone home: it is kept as a ``conflict`` with its reason and what it should have cost, without moving points; pieces
that nobody had set aside leave the shelf, since they have. What a count has found missing meanwhile leaves it only once
(``shop.offline.counts``). What the phone itself refused is written down and nothing else.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.codes import read_code
from points.errors import Conflict, NotFound
from shop.catalogue.models import Item, Shop
from shop.counter.models import Redemption
from shop.counter.operations import redeem_code
from shop.counter.policy import fingerprint
from shop.counter.purchases import write_handed_over
from shop.counter.scan import ANYTHING, Outcome, RedeemCode, check_nonce, content_of, iso
from shop.devices.models import Device
from shop.offline.counts import add_missing, put_back_counted, tell_counted
from shop.offline.models import UploadedScan
from shop.offline.policy import counted_time
from shop.offline.sales import Sale, book_sale
from shop.offline.sellers import seller_of
from shop.orders.endings import lines_of, lock_order
from shop.orders.models import Order
from shop.stock.shelves import lock_shelves, take_off_shelf

redemption, uploaded, device = Redemption.__table__, UploadedScan.__table__, Device.__table__
item, shop, order = Item.__table__, Shop.__table__, Order.__table__
SET_APART: dict[str, Any] = {"status": "quarantined", "reason": "revoked"}
NOTED: dict[str, Any] = {"status": "noted"}


@dataclass(frozen=True)
class OfflineScan(RedeemCode):
    """A hand-over that has happened, told by the actor. ``serial`` is the number of the token the phone had then;
    ``scanned_at`` and ``sent_at`` are by the phone's clock. ``staff_id``: who was signed in on the phone then, as it says.
    ``refused``: one of ``REASONS``, when the phone refused; then nothing was handed over.
    """

    serial: int = 1
    sent_at: datetime | None = None
    staff_id: uuid.UUID | None = None
    refused: str | None = None


def take_in(session: Session, command: OfflineScan, *, now: datetime) -> Outcome:
    """Books what was handed over by its seller, or keeps the fact: ``ok``, ``conflict``, ``error`` (the phone refused), or
    ``quarantined`` (reason ``revoked``).

    Raises Invalid ``nonce_wrong``; Conflict ``nonce_conflict``; NotFound ``device_not_found``.
    """
    check_nonce(command.nonce)
    mark = _content(command)
    told = _told(session, command, mark)
    if told is not None:
        return told
    before = _said_on_line(session, command, mark)
    if before is not None and before.status == "ok" and before.annulled_at is None:
        return Outcome("ok", None, json.loads(before.answer))
    phone = session.execute(
        sa.select(device).where(
            device.c.community_id == command.community_id, device.c.id == command.device_id
        )
    ).one_or_none()
    if phone is None:
        raise NotFound("device_not_found")
    at = counted_time(command.scanned_at, command.sent_at, now)
    seller = seller_of(session, command.community_id, command.shop_id, command.staff_id, command.actor_id)
    # A nonce that is used up on line keeps its answer there; what has left all the same stands under one of its own.
    nonce = command.nonce if before is None else f"told-{new_id().hex}"
    sold = replace(command, actor_id=seller, nonce=nonce)
    given_up = None if before is None else before.reason or "canceled"
    if phone.revoked_at is not None or (phone.shop_id, phone.serial) != (command.shop_id, command.serial):
        outcome = Outcome("quarantined", "revoked", SET_APART)
    elif command.refused:
        outcome = _note_refusal(session, sold, mark, at=at, now=now)
    elif command.lines:
        outcome = _take_in_sale(session, sold, mark, at=at, now=now, refused=given_up)
    elif given_up:
        outcome = _take_in_given_up(session, sold, mark, given_up, at=at, now=now)
    else:
        outcome = _take_in_order(session, sold, at=at, now=now)
    _keep(
        session, replace(sold, nonce=command.nonce), mark, outcome, told_by=command.actor_id, at=at, now=now
    )
    # Why a booked hand-over needs a look at the shelf is the steward's to know (``queries.gaps_of``), not the till's.
    return replace(outcome, reason=None) if outcome.status == "ok" else outcome


def _content(command: OfflineScan) -> str:
    """What the nonce stands for: code and shop, the goods where there are some, and why it was refused if it was."""
    if not command.lines and not command.refused:
        return content_of(command)
    lines = sorted((str(one.item_id), one.quantity) for one in command.lines)
    refused = [command.refused] if command.refused else []
    return fingerprint(command.code.strip(), command.shop_id, *lines, *refused)


def _told(session: Session, command: OfflineScan, mark: str) -> Outcome | None:
    """What the upload of this nonce was told before."""
    row = session.execute(
        sa.select(uploaded.c.fingerprint, uploaded.c.outcome, uploaded.c.reason, redemption.c.answer)
        .outerjoin(redemption, sa.and_(redemption.c.community_id == uploaded.c.community_id,
                                       redemption.c.id == uploaded.c.id))
        .where(uploaded.c.community_id == command.community_id, uploaded.c.nonce == command.nonce)
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    if row.fingerprint != mark:
        raise Conflict("nonce_conflict")
    if row.answer is not None:
        return Outcome(row.outcome, None if row.outcome == "ok" else row.reason, json.loads(row.answer))
    return Outcome(row.outcome, row.reason, SET_APART if row.outcome == "quarantined" else NOTED)


def _said_on_line(session: Session, command: OfflineScan, mark: str) -> sa.Row | None:
    """What became of this nonce on line, where the answer did not reach the phone."""
    row = session.execute(
        sa.select(redemption).where(
            redemption.c.community_id == command.community_id, redemption.c.nonce == command.nonce
        )
    ).one_or_none()
    if row is not None and row.fingerprint not in (mark, ANYTHING):
        raise Conflict("nonce_conflict")
    return row


def _keep(
    session: Session, command: OfflineScan, mark: str, outcome: Outcome, *, told_by: uuid.UUID, at: datetime, now: datetime
) -> None:  # fmt: skip
    lines = json.dumps([[str(one.item_id), one.quantity] for one in command.lines])
    became = outcome.body.get("redemption")
    session.execute(
        sa.insert(uploaded).values(
            community_id=command.community_id, id=uuid.UUID(became["id"]) if became else new_id(), nonce=command.nonce,
            fingerprint=mark, device_id=command.device_id, shop_id=command.shop_id, staff_id=command.actor_id,
            told_by=told_by, code=command.code, lines=lines, scanned_at=command.scanned_at, sent_at=command.sent_at,
            counted_at=at, recorded_at=now, outcome=outcome.status, reason=outcome.reason,
        )
    )  # fmt: skip


def _note_refusal(
    session: Session, command: OfflineScan, mark: str, *, at: datetime, now: datetime
) -> Outcome:
    outcome = Outcome("error", command.refused, NOTED)
    _write(session, command, mark, new_id(), Sale(None, [], 0), outcome, at=at, now=now)
    return outcome


def _take_in_order(session: Session, command: OfflineScan, *, at: datetime, now: datetime) -> Outcome:
    """The till's own way first; its refusal becomes a conflict."""
    _, lines = _order_of(session, command)
    pieces = {one.item_id: one.quantity for one in lines}
    counted = put_back_counted(session, command, pieces, at=at)
    outcome = redeem_code(session, replace(command, scanned_at=at, has_left=True), now=now)
    if outcome.status == "incomplete":  # a member's code without goods: nothing says what has left
        return _keep_unreadable(session, command, at=at, now=now)
    row = session.execute(
        sa.select(redemption).where(
            redemption.c.community_id == command.community_id, redemption.c.nonce == command.nonce
        )
    ).one()
    values: dict[str, Any] = {"device_id": command.device_id}
    if outcome.status != "ok":
        pieces = _take_free(session, command, row.id, pieces, now)
        first = {"first": outcome.body["first"]} if "first" in outcome.body else {}
        body = _order_body(session, command, row.id, str(outcome.reason), lines, at) | first
        outcome = Outcome("conflict", outcome.reason, body)
        values |= {
            "status": "conflict",
            "points": _points_of(lines),
            "answer": json.dumps(body, ensure_ascii=False),
        }
    tell_counted(session, command, row.id, counted, pieces, now=now)
    session.execute(
        sa.update(redemption)
        .where(redemption.c.community_id == command.community_id, redemption.c.id == row.id)
        .values(**values)
    )
    return outcome


def _take_in_given_up(
    session: Session, command: OfflineScan, mark: str, reason: str, *, at: datetime, now: datetime
) -> Outcome:
    """An order handed over under a nonce that had been given up, undone or refused on line: the goods have left all the
    same. The order is not touched: it may be waiting still."""
    found, lines = _order_of(session, command)
    pieces = {one.item_id: one.quantity for one in lines}
    counted = put_back_counted(session, command, pieces, at=at)
    redemption_id = new_id()
    outcome = Outcome("conflict", reason, _order_body(session, command, redemption_id, reason, lines, at))
    told = Sale(None, [], _points_of(lines), reason, order_id=found.id if found else None)
    _write(session, command, mark, redemption_id, told, outcome, at=at, now=now)
    gone = _take_free(session, command, redemption_id, pieces, now)
    tell_counted(session, command, redemption_id, counted, gone, now=now)
    return outcome


def _order_of(session: Session, command: OfflineScan) -> tuple[sa.Row | None, Sequence[sa.Row]]:
    """The order of the code, locked, with its lines; nothing for a code that is no order's."""
    token = read_code(command.code)
    found = lock_order(session, command.community_id, order.c.token == token) if token else None
    return found, lines_of(session, command.community_id, found.id) if found else []


def _points_of(lines: Sequence[sa.Row]) -> int:
    return sum(one.points_each * one.quantity for one in lines)


def _order_body(
    session: Session, command: OfflineScan, redemption_id: uuid.UUID, reason: str, lines: Sequence[sa.Row], at: datetime
) -> dict[str, Any]:  # fmt: skip
    shown = _shown(session, command, {one.item_id: (one.quantity, one.points_each) for one in lines})
    return _conflict_body(command, redemption_id, reason, _points_of(lines), shown, at)


def _keep_unreadable(session: Session, command: OfflineScan, *, at: datetime, now: datetime) -> Outcome:
    redemption_id = new_id()
    body = _conflict_body(command, redemption_id, "invalid", 0, [], at)
    outcome = Outcome("conflict", "invalid", body)
    _write(
        session,
        command,
        content_of(command),
        redemption_id,
        Sale(None, [], 0, "invalid"),
        outcome,
        at=at,
        now=now,
    )
    return outcome


def _take_in_sale(
    session: Session, command: OfflineScan, mark: str, *, at: datetime, now: datetime, refused: str | None = None
) -> Outcome:  # fmt: skip
    sale = book_sale(session, command, at=at, now=now, refused=refused)
    redemption_id = new_id()
    pieces = {one.item.id: one.quantity for one in sale.lines}
    shown = _shown(session, command, {one.item.id: (one.quantity, one.points_each) for one in sale.lines})
    if sale.reason:
        body = _conflict_body(command, redemption_id, sale.reason, sale.points, shown, at)
        outcome = Outcome("conflict", sale.reason, body)
    else:
        reason = "out_of_stock" if sale.missing else None
        outcome = Outcome("ok", reason, _ok_body(session, command, redemption_id, sale, shown, at))
    _write(session, command, mark, redemption_id, sale, outcome, at=at, now=now)
    add_missing(session, command, redemption_id, sale.missing, now=now)
    gone = _take_free(session, command, redemption_id, pieces, now)
    booked = {item_id: quantity - sale.missing.get(item_id, 0) for item_id, quantity in gone.items()}
    tell_counted(session, command, redemption_id, sale.counted, booked, now=now)
    return outcome


def _write(
    session: Session, command: OfflineScan, mark: str, redemption_id: uuid.UUID, sale: Sale, outcome: Outcome, *,
    at: datetime, now: datetime,
) -> None:  # fmt: skip
    is_ok = outcome.status == "ok"
    session.execute(
        sa.insert(redemption).values(
            community_id=command.community_id, id=redemption_id, nonce=command.nonce, fingerprint=mark,
            device=command.device, shop_id=command.shop_id, staff_id=command.actor_id, order_id=sale.order_id,
            status=outcome.status, reason=None if is_ok else outcome.reason, points=sale.points, transfer_id=sale.transfer_id,
            is_offline=True, answer=json.dumps(outcome.body, ensure_ascii=False), scanned_at=at, recorded_at=now,
            member_id=sale.payer.member_id if sale.payer else None, device_id=command.device_id,
            means=sale.payer.means if sale.payer else None,
            used_mark=sale.payer.used_mark if sale.payer and is_ok else None,
        )
    )  # fmt: skip


def _take_free(
    session: Session, command: OfflineScan, redemption_id: uuid.UUID, pieces: Mapping[uuid.UUID, int], now: datetime
) -> dict[uuid.UUID, int]:  # fmt: skip
    """Pieces leave the shelf as far as nobody has set them aside, and are returned; the next count finds what else is
    missing."""
    free = lock_shelves(session, command.community_id, command.shop_id, pieces.keys()) if pieces else {}
    gone = {item_id: min(quantity, free.get(item_id, 0)) for item_id, quantity in pieces.items()}
    gone = {item_id: quantity for item_id, quantity in gone.items() if quantity > 0}
    take_off_shelf(session, command.community_id, command.shop_id, gone)
    write_handed_over(session.connection(), command, redemption_id, gone, now=now)
    return gone


def _shown(
    session: Session, command: OfflineScan, pieces: Mapping[uuid.UUID, tuple[int, int]]
) -> list[dict[str, Any]]:
    """The lines of an answer: pieces and points of each item by name."""
    rows: Iterable[sa.Row] = session.execute(
        sa.select(item.c.id, item.c.name_zh, item.c.name_en, item.c.icon)
        .where(item.c.community_id == command.community_id, item.c.id.in_(pieces))
        .order_by(item.c.id)
    )
    return [
        {"item_id": str(row.id), "name_zh": row.name_zh, "name_en": row.name_en, "icon": row.icon,
         "quantity": pieces[row.id][0], "points": pieces[row.id][0] * pieces[row.id][1]}
        for row in rows
    ]  # fmt: skip


def _conflict_body(
    command: OfflineScan, redemption_id: uuid.UUID, reason: str, points: int, lines: list[dict[str, Any]], at: datetime
) -> dict[str, Any]:  # fmt: skip
    facts = {
        "id": str(redemption_id),
        "nonce": command.nonce,
        "points": points,
        "at": iso(at),
        "lines": lines,
    }
    return {"status": "conflict", "reason": reason, "redemption": facts}


def _ok_body(
    session: Session, command: OfflineScan, redemption_id: uuid.UUID, sale: Sale, lines: list[dict[str, Any]], at: datetime
) -> dict[str, Any]:  # fmt: skip
    """As the till's own answer; no balance, since the payer has gone."""
    name = session.scalar(
        sa.select(shop.c.name).where(
            shop.c.community_id == command.community_id, shop.c.id == command.shop_id
        )
    )
    assert sale.payer is not None
    facts = {
        "id": str(redemption_id), "nonce": command.nonce, "order_id": str(sale.order_id), "member": sale.payer.name,
        "household_number": sale.payer.household_number, "shop": name, "points": sale.points, "at": iso(at),
        "lines": lines,
    }  # fmt: skip
    return {"status": "ok", "redemption": facts, "balance": None}
