"""Who pays: the person behind a card or a phone's code that a shop phone read without network."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.codes import read_code
from points.people.models import Card, Household, Member
from shop.codes.keys import code_keys
from shop.codes.models import MemberKey, MemberPin
from shop.codes.rotating import HANDLE, is_fresh, is_genuine, read_member_code
from shop.offline.policy import TOLD_SLACK

card, key, pin = Card.__table__, MemberKey.__table__, MemberPin.__table__
member, household = Member.__table__, Household.__table__


@dataclass(frozen=True)
class Payer:
    """A member with the household's number; ``means`` and ``used_mark`` (what the code used up, nothing for a card) as the
    counter's book keeps them."""

    member_id: uuid.UUID
    name: str
    household_id: uuid.UUID
    household_number: str
    means: str
    used_mark: str | None


def payer_of(session: Session, community_id: int, text: str, at: datetime) -> tuple[Payer | None, str | None]:
    """The payer, and why the code did not count at the time of the scan, if so.

    A card replaced after the scan, or stopped by wrong PINs after it, counted when it was read.
    """
    token = read_code(text)
    if token is None:
        return None, "invalid"
    means, used, reason = "card", None, None
    row = _card(session, community_id, token)
    if row is None:
        row = session.execute(
            sa.select(key.c.member_id, key.c.revoked_at, sa.null().label("locked_at")).where(
                key.c.community_id == community_id, key.c.handle == token[:HANDLE]
            )
        ).one_or_none()
        if row is None:
            return None, "invalid"
        means, (used, reason) = "code", _read_code(session, token, at)
    if any(ended is not None and ended <= at for ended in (row.revoked_at, row.locked_at)):
        reason = reason or "revoked"
    return _payer(session, community_id, row.member_id, means, used), reason


def _card(session: Session, community_id: int, token: str) -> sa.Row | None:
    return session.execute(
        sa.select(card.c.member_id, card.c.revoked_at, pin.c.locked_at)
        .outerjoin(pin, sa.and_(pin.c.community_id == card.c.community_id, pin.c.id == card.c.member_id))
        .where(card.c.community_id == community_id, card.c.token == token)
    ).one_or_none()


def _read_code(session: Session, token: str, at: datetime) -> tuple[str, str | None]:
    """What the code uses up, and why it does not count, if so."""
    code = read_member_code(token, at)
    assert code is not None  # it has been read as a code of ours
    if not is_genuine(code, code_keys(session).member_key(code.handle)):
        return code.mark, "invalid"
    is_good = is_fresh(code, at.timestamp(), slack=TOLD_SLACK.total_seconds())
    return code.mark, None if is_good else "invalid_time"


def _payer(session: Session, community_id: int, member_id: uuid.UUID, means: str, used: str | None) -> Payer:
    row = session.execute(
        sa.select(member.c.id, member.c.name, household.c.id.label("household_id"), household.c.number)
        .join(household, sa.and_(household.c.community_id == member.c.community_id, household.c.id == member.c.household_id))
        .where(member.c.community_id == community_id, member.c.id == member_id)
        .with_for_update(of=household, key_share=True)  # limits of a household are seen in order
    ).one()  # fmt: skip
    return Payer(row.id, row.name, row.household_id, row.number, means, used)
