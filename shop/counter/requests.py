"""Sales that wait for the resident's own word: asked at the till, confirmed on the own phone, booked by the confirmation.

The till asks after a member's code was scanned, or for whoever scans the shop's code and names the number on the till.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, Gone, NotFound
from points.people.models import Member
from shop.catalogue.models import Item, Shop
from shop.catalogue.prices import points_now
from shop.codes.keys import code_keys
from shop.counter.models import Redemption, TillRequest
from shop.counter.operations import redeem_code
from shop.counter.payers import find_payer
from shop.counter.scan import Outcome, RedeemCode, SaleLine

request, member, item, shop = (
    TillRequest.__table__, Member.__table__, Item.__table__, Shop.__table__,
)  # fmt: skip
WAITS = timedelta(minutes=5)
NUMBERS = range(100, 1000)
told = Redemption.__table__
_unanswered = ~sa.exists().where(
    told.c.community_id == request.c.community_id, told.c.nonce == request.c.nonce
)


def ask_resident(session: Session, command: RedeemCode, *, now: datetime) -> TillRequest:
    """Puts a sale before the resident; asked again under the same nonce it is the same request.

    With a code it waits for that member alone, whose code was fresh when it was scanned; without, for whoever stands at the
    counter. Conflict ``code_not_good``.
    """
    found = session.scalar(
        sa.select(TillRequest).where(
            TillRequest.community_id == command.community_id, TillRequest.nonce == command.nonce
        )
    )
    if found is not None:
        return found
    prices = _prices(session, command, now)
    waiting = TillRequest(
        community_id=command.community_id, id=new_id(), shop_id=command.shop_id, staff_id=command.actor_id,
        device=command.device, device_id=command.device_id, nonce=command.nonce,
        number=_free_number(session, command, now),
        lines=json.dumps([[str(one.item_id), one.quantity, prices[one.item_id]] for one in command.lines]),
        points=sum(prices[one.item_id] * one.quantity for one in command.lines),
        member_id=_member_of_code(session, command, now) if command.code else None, asked_at=now,
        expires_at=now + WAITS,
    )  # fmt: skip
    session.add(waiting)
    session.flush()
    return waiting


def _prices(session: Session, command: RedeemCode, now: datetime) -> dict[uuid.UUID, int]:
    ids = [line.item_id for line in command.lines]
    rows = session.execute(
        sa.select(item.c.id, points_now(sa.literal(now, item.c.next_from.type)).label("points")).where(
            item.c.community_id == command.community_id, item.c.id.in_(ids)
        )
    )
    prices = {row.id: row.points for row in rows}
    if len(prices) < len(set(ids)):
        raise NotFound("item_not_found")
    return prices


def _member_of_code(session: Session, command: RedeemCode, now: datetime) -> uuid.UUID:
    payer = find_payer(session.connection(), command, code_keys(session), at=command.seen_at or now)
    if payer is None or payer.reasons:
        raise Conflict("code_not_good")
    return payer.row.member_id


def _free_number(session: Session, command: RedeemCode, now: datetime) -> int:
    """Three digits that no other waiting sale of the shop shows: the one after the newest."""
    taken = session.scalars(
        sa.select(request.c.number)
        .where(request.c.community_id == command.community_id, request.c.shop_id == command.shop_id,
               request.c.expires_at > now)
        .order_by(request.c.asked_at.desc())
    ).all()  # fmt: skip
    first = (taken[0] if taken else NUMBERS.stop - 1) - NUMBERS.start + 1
    return next(
        number for step in NUMBERS if (number := (first + step) % len(NUMBERS) + NUMBERS.start) not in taken
    )


@dataclass(frozen=True)
class AnswerRequest:
    """The resident says yes or no on the own phone."""

    community_id: int
    actor_id: uuid.UUID
    request_id: uuid.UUID


def confirm_request(session: Session, command: AnswerRequest, *, now: datetime) -> Outcome:
    """Books the sale for the actor, once: again it is the same answer, whoever asks.

    Raises NotFound ``request_not_found`` (also when it waits for somebody else); Gone ``request_over`` after five minutes
    or when it was declined; and what ``redeem_code`` raises.
    """
    waiting = _mine(session, command)
    told = told_of(session, command.community_id, waiting.nonce)
    if told is not None:
        return told
    if waiting.declined_at is not None or waiting.expires_at <= now:
        raise Gone("request_over")
    lines = tuple(
        SaleLine(uuid.UUID(item_id), quantity, points)
        for item_id, quantity, points in json.loads(waiting.lines)
    )
    sale = RedeemCode(
        waiting.community_id, waiting.staff_id, waiting.shop_id, waiting.device, "", waiting.nonce, lines=lines,
        payer_id=command.actor_id, device_id=waiting.device_id,
    )  # fmt: skip
    if waiting.member_id is None:
        waiting.member_id = command.actor_id
    session.flush()
    return redeem_code(session, sale, now=now)


def decline_request(session: Session, command: AnswerRequest, *, now: datetime) -> None:
    """Nothing is booked, and the till sees it. NotFound ``request_not_found``; Conflict ``request_done`` when it is booked."""
    waiting = _mine(session, command)
    if told_of(session, command.community_id, waiting.nonce) is not None:
        raise Conflict("request_done")
    if waiting.declined_at is None:
        waiting.declined_at = now


def told_of(session: Session, community_id: int, nonce: str) -> Outcome | None:
    """What the sale of a request was answered, None while it waits."""
    row = session.execute(
        sa.select(told.c.status, told.c.reason, told.c.answer).where(
            told.c.community_id == community_id, told.c.nonce == nonce
        )
    ).one_or_none()
    return Outcome(row.status, row.reason, json.loads(row.answer)) if row else None


def _mine(session: Session, command: AnswerRequest) -> TillRequest:
    waiting = session.scalar(
        sa.select(TillRequest)
        .where(TillRequest.community_id == command.community_id, TillRequest.id == command.request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if waiting is None or waiting.member_id not in (None, command.actor_id):
        raise NotFound("request_not_found")
    return waiting


@dataclass(frozen=True)
class RequestView:
    """A waiting sale as the resident and the till see it; ``lines``: names and pieces, ``points`` for all of it."""

    id: uuid.UUID
    nonce: str
    shop_id: uuid.UUID
    shop: str
    number: int
    points: int
    member_id: uuid.UUID | None
    asked_at: datetime
    expires_at: datetime
    declined_at: datetime | None
    lines: tuple[tuple[str, str, int, int], ...]


def request_by_id(session: Session, community_id: int, request_id: uuid.UUID) -> RequestView:
    """NotFound ``request_not_found``; whose it is, is the caller's to ask."""
    found = _views(session, community_id, request.c.id == request_id)
    if not found:
        raise NotFound("request_not_found")
    return found[0]


def requests_for(
    session: Session, community_id: int, member_id: uuid.UUID, *, now: datetime
) -> list[RequestView]:
    """Sales that wait for this member's word."""
    mine = sa.and_(
        request.c.member_id == member_id, request.c.expires_at > now, request.c.declined_at.is_(None)
    )
    return _views(session, community_id, sa.and_(mine, _unanswered))


def requests_at(
    session: Session, community_id: int, shop_id: uuid.UUID, *, now: datetime
) -> list[RequestView]:
    """Sales of a shop that wait for whoever stands at its counter."""
    free = sa.and_(
        request.c.shop_id == shop_id, request.c.member_id.is_(None), request.c.expires_at > now,
        request.c.declined_at.is_(None),
    )  # fmt: skip
    return _views(session, community_id, sa.and_(free, _unanswered))


def _views(session: Session, community_id: int, which: sa.ColumnElement[bool]) -> list[RequestView]:
    rows = session.execute(
        sa.select(request, shop.c.name.label("shop"))
        .join(shop, sa.and_(shop.c.community_id == request.c.community_id, shop.c.id == request.c.shop_id))
        .where(request.c.community_id == community_id, which)
        .order_by(request.c.asked_at)
    ).all()
    wanted = {uuid.UUID(line[0]) for row in rows for line in json.loads(row.lines)}
    named = session.execute(
        sa.select(item.c.id, item.c.name_zh, item.c.name_en).where(
            item.c.community_id == community_id, item.c.id.in_(wanted)
        )
    )
    names = {str(one.id): (one.name_zh, one.name_en) for one in named} if wanted else {}
    return [
        RequestView(
            row.id, row.nonce, row.shop_id, row.shop, row.number, row.points, row.member_id, row.asked_at,
            row.expires_at, row.declined_at,
            tuple((*names[item_id], quantity, points * quantity) for item_id, quantity, points in json.loads(row.lines)),
        )
        for row in rows
    ]  # fmt: skip
