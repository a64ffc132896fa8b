"""placeholder until the desk's side is merged"""

from __future__ import annotations

import hmac

import sqlalchemy as sa

from shop.codes.keys import code_keys
from shop.codes.models import MemberPin


def check_pin(session, community_id, member_id, pin, *, now):
    row = session.scalar(
        sa.select(MemberPin)
        .where(MemberPin.community_id == community_id, MemberPin.id == member_id)
        .with_for_update()
    )
    if row is None:
        return "unset"
    if row.locked_at is not None:
        return "locked"
    if hmac.compare_digest(row.pin_mark, code_keys(session).pin_mark(member_id, pin)):
        row.failures = 0
        session.flush()
        return "ok"
    row.failures += 1
    if row.failures == 5:
        row.locked_at = now
    session.flush()
    return "locked" if row.locked_at else "wrong"


import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class SetPin:
    community_id: int
    actor_id: uuid.UUID
    member_id: uuid.UUID
    pin: str


def set_pin(session, command, *, now):
    row = session.scalar(
        sa.select(MemberPin).where(
            MemberPin.community_id == command.community_id, MemberPin.id == command.member_id
        )
    )
    if row is None:
        row = MemberPin(
            community_id=command.community_id, id=command.member_id, pin_mark="", set_at=now, failures=0
        )
        session.add(row)
    row.pin_mark = code_keys(session).pin_mark(command.member_id, command.pin)
    row.failures, row.locked_at = 0, None
    session.flush()
