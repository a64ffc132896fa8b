"""What a shop phone tells when the network is back. The goods have left: what cannot be booked becomes a fact.

The nonce is looked up first, so an upload repeated or out of order changes nothing. A phone that was revoked or given to
another shop meanwhile is not believed: what it tells is set apart for the steward. A refusal is no answer to a person who
has gone home: it is kept as a ``conflict`` with its reason and what it should have cost, without moving points; pieces
that nobody had set aside leave the shelf, since they have. What a count has found missing meanwhile leaves it only once
(``shop.offline.counts``). What the phone itself refused is written down and nothing else.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.codes import read_code
from points.errors import Conflict, Invalid, NotFound
from shop.catalogue.models import Item, Shop
from shop.counter.models import Redemption
from shop.counter.operations import LONGEST_NONCE, redeem_code
from shop.counter.policy import fingerprint
from shop.counter.purchases import write_handed_over
from shop.counter.scan import Outcome, RedeemCode, content_of, iso
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
    if not command.nonce or len(command.nonce) > LONGEST_NONCE:
        raise Invalid("nonce_wrong", most=LONGEST_NONCE)
    mark = _content(command)
    told = _told(session, command, mark)
    if told is not None:
        return told
    phone = session.execute(
        sa.select(device).where(
            device.c.community_id == command.community_id, device.c.id == command.device_id
        )
    ).one_or_none()
    if phone is None:
        raise NotFound("device_not_found")
    at = counted_time(command.scanned_at, command.sent_at, now)
    seller = seller_of(session, command.community_id, command.shop_id, command.staff_id, command.actor_id)
    sold = replace(command, actor_id=seller)
    if phone.revoked_at is not None or (phone.shop_id, phone.serial) != (command.shop_id, command.serial):
        outcome = Outcome("quarantined", "revoked", SET_APART)
    elif command.refused:
        outcome = _note_refusal(session, sold, mark, at=at, now=now)
    elif command.lines:
        outcome = _take_in_sale(session, sold, mark, at=at, now=now)
    else:
        outcome = _take_in_order(session, sold, at=at, now=now)
    _keep(session, sold, mark, outcome, told_by=command.actor_id, at=at, now=now)
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
    """What this nonce was told before, here or on line with the answer lost."""
    for query in (
        sa.select(redemption.c.fingerprint, redemption.c.status, redemption.c.reason, redemption.c.answer).where(
            redemption.c.community_id == command.community_id, redemption.c.nonce == command.nonce
        ),
        sa.select(uploaded.c.fingerprint, uploaded.c.outcome.label("status"), uploaded.c.reason,
                  sa.literal(json.dumps(SET_APART)).label("answer")).where(
            uploaded.c.community_id == command.community_id, uploaded.c.nonce == command.nonce
        ),
    ):  # fmt: skip
        row = session.execute(query).one_or_none()
        if row is not None:
            if row.fingerprint != mark:
                raise Conflict("nonce_conflict")
            return Outcome(row.status, row.reason, json.loads(row.answer))
    return None


def _keep(
    session: Session, command: OfflineScan, mark: str, outcome: Outcome, *, told_by: uuid.UUID, at: datetime, now: datetime
) -> None:  # fmt: skip
    lines = json.dumps([[str(one.item_id), one.quantity] for one in command.lines])
    session.execute(
        sa.insert(uploaded).values(
            community_id=command.community_id, id=new_id(), nonce=command.nonce, fingerprint=mark,
            device_id=command.device_id, shop_id=command.shop_id, staff_id=command.actor_id, told_by=told_by,
            code=command.code, lines=lines, scanned_at=command.scanned_at, sent_at=command.sent_at, counted_at=at,
            recorded_at=now, outcome=outcome.status, reason=outcome.reason,
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
    token = read_code(command.code)
    found = lock_order(session, command.community_id, order.c.token == token) if token else None
    lines = lines_of(session, command.community_id, found.id) if found else []
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
        points = sum(one.points_each * one.quantity for one in lines)
        pieces = _take_free(session, command, row.id, pieces, now)
        shown = _shown(session, command, {one.item_id: (one.quantity, one.points_each) for one in lines})
        first = {"first": outcome.body["first"]} if "first" in outcome.body else {}
        body = _conflict_body(command, row.id, str(outcome.reason), points, shown, at) | first
        outcome = Outcome("conflict", outcome.reason, body)
        values |= {"status": "conflict", "points": points, "answer": json.dumps(body, ensure_ascii=False)}
    tell_counted(session, command, row.id, counted, pieces, now=now)
    session.execute(
        sa.update(redemption)
        .where(redemption.c.community_id == command.community_id, redemption.c.id == row.id)
        .values(**values)
    )
    return outcome


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
    session: Session, command: OfflineScan, mark: str, *, at: datetime, now: datetime
) -> Outcome:
    sale = book_sale(session, command, at=at, now=now)
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
