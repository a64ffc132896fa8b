"""Giving, and one tap of thanks."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.days import local_day, month_span
from points.errors import Conflict, Invalid, NotFound
from points.gifts.models import Gift
from points.gifts.policy import LONGEST_NOTE, Given, money_word, over_limit
from points.ledger.accounts import account_id_of
from points.ledger.from_wallet import pay_from_wallet, payer
from points.ledger.operations import lock_accounts
from points.ledger.results import NewTransfer
from points.people.queries import community_by_id

gift = Gift.__table__


@dataclass(frozen=True)
class GivePoints:
    """A member gives ``points`` of the own wallet to another member's, or to the care pool (``to_member_id`` None)."""

    community_id: int
    actor_id: uuid.UUID
    request_key: str
    to_member_id: uuid.UUID | None
    points: int
    note: str = ""


@dataclass(frozen=True)
class ThankForGift:
    """Somebody of the wallet that got it says thank you."""

    community_id: int
    actor_id: uuid.UUID
    gift_id: uuid.UUID


def give_points(session: Session, command: GivePoints, *, now: datetime) -> uuid.UUID:
    """Moves points that keep their days (in the pool they end no more), once for each key; returns the gift.

    Raises Invalid ``amount_too_small``, ``note_too_long``, ``gift_speaks_of_money``, ``gift_to_oneself``; NotFound
    ``member_not_found``, ``account_not_found``; Conflict ``insufficient_points``, the four limits of ``policy``,
    ``request_key_reused``, and what ``make_transfer`` raises.
    """
    repeated = _repeated(session, command)
    if repeated is not None:
        return repeated
    note = command.note.strip()
    _check_form(command.points, note)
    _giver, purse = payer(session, command.community_id, command.actor_id)
    goal = _goal(session, command)
    if goal == purse:
        raise Invalid("gift_to_oneself")
    # Before the sums are read: two gifts at once must see each other.
    lock_accounts(session, command.community_id, [purse, goal], now=now)
    if command.to_member_id is not None:
        _check_limits(session, command, purse, goal, now)
    given = new_id()
    moved = NewTransfer(
        command.community_id, new_id(), "gift", debit_account_id=purse, credit_account_id=goal, amount=command.points,
        ref_kind="gift", ref_id=given, actor_id=command.actor_id,
    )  # fmt: skip
    pay_from_wallet(session, moved, now=now)
    session.execute(
        sa.insert(gift).values(
            community_id=command.community_id, id=given, from_member_id=command.actor_id, from_wallet_id=purse,
            to_member_id=command.to_member_id, to_wallet_id=goal, points=command.points, note=note,
            transfer_id=moved.id, given_at=now, request_key=command.request_key,
        )
    )  # fmt: skip
    return given


def _repeated(session: Session, command: GivePoints) -> uuid.UUID | None:
    row = session.execute(
        sa.select(gift).where(
            gift.c.community_id == command.community_id, gift.c.request_key == command.request_key
        )
    ).one_or_none()
    if row is None:
        return None
    asked = (command.actor_id, command.to_member_id, command.points)
    if asked != (row.from_member_id, row.to_member_id, row.points):
        raise Conflict("request_key_reused")
    return row.id


def _check_form(points: int, note: str) -> None:
    if points < 1:
        raise Invalid("amount_too_small", least=1)
    if len(note) > LONGEST_NOTE:
        raise Invalid("note_too_long", most=LONGEST_NOTE)
    word = money_word(note)
    if word:
        raise Invalid("gift_speaks_of_money", word=word)


def _goal(session: Session, command: GivePoints) -> uuid.UUID:
    if command.to_member_id is not None:
        return payer(session, command.community_id, command.to_member_id)[1]
    pool = account_id_of(session, command.community_id, "care_pool")
    if pool is None:
        raise NotFound("account_not_found")
    return pool


def _check_limits(
    session: Session, command: GivePoints, purse: uuid.UUID, goal: uuid.UUID, now: datetime
) -> None:
    zone = community_by_id(session, command.community_id).zone
    since, today = month_span(local_day(now, zone), zone)[0], local_day(now, zone)
    rows = session.execute(
        sa.select(gift.c.from_wallet_id, gift.c.to_wallet_id, gift.c.points, gift.c.given_at).where(
            gift.c.community_id == command.community_id, gift.c.given_at >= since, gift.c.to_member_id.is_not(None),
            sa.or_(gift.c.from_wallet_id == purse, gift.c.to_wallet_id == goal),
        )
    ).all()  # fmt: skip
    sent = [row for row in rows if row.from_wallet_id == purse]
    got = [row for row in rows if row.to_wallet_id == goal]

    def of_today(some: list[sa.Row]) -> int:
        return sum(row.points for row in some if local_day(row.given_at, zone) == today)

    sums = Given(
        of_today(sent), sum(row.points for row in sent), of_today(got), sum(row.points for row in got)
    )
    passed = over_limit(command.points, sums)
    if passed:
        raise Conflict(passed[0], left=passed[1])


def thank_for_gift(session: Session, command: ThankForGift, *, now: datetime) -> datetime:
    """Once; the first moment stays. Raises NotFound ``gift_not_found``, also for who did not get it."""
    purse = payer(session, command.community_id, command.actor_id)[1]
    row = session.execute(
        sa.select(gift)
        .where(gift.c.community_id == command.community_id, gift.c.id == command.gift_id)
        .with_for_update(key_share=True)
    ).one_or_none()
    if row is None or row.to_wallet_id != purse:
        raise NotFound("gift_not_found")
    if row.thanked_at is None:
        session.execute(
            sa.update(gift)
            .where(gift.c.community_id == command.community_id, gift.c.id == row.id)
            .values(thanked_at=now)
        )
    return row.thanked_at or now
