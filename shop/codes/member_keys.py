"""Phones that show a resident's code: added by the resident, listed, and taken back."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.codes import ALPHABET
from points.errors import NotFound
from shop.codes.keys import code_keys
from shop.codes.models import MemberKey
from shop.codes.rotating import HANDLE

member_key = MemberKey.__table__
# A family's phones and a tablet; the oldest makes room.
MOST_PHONES = 5


@dataclass(frozen=True)
class AddPhone:
    """A resident's phone is to show the own code."""

    community_id: int
    actor_id: uuid.UUID


@dataclass(frozen=True)
class PhoneKey:
    """Told to the phone once: its name in codes and the 32 bytes it makes them with."""

    handle: str
    key: bytes


def add_phone(session: Session, command: AddPhone, *, now: datetime) -> PhoneKey:
    """A new handle for the actor; beyond ``MOST_PHONES`` the oldest one ends."""
    mine = session.scalars(
        sa.select(MemberKey)
        .where(MemberKey.community_id == command.community_id, MemberKey.member_id == command.actor_id,
               MemberKey.revoked_at.is_(None))
        .order_by(MemberKey.made_at)
        .with_for_update()
    ).all()  # fmt: skip
    for old in mine[: max(0, len(mine) - MOST_PHONES + 1)]:
        old.revoked_at = now
    handle = "".join(secrets.choice(ALPHABET) for _ in range(HANDLE))
    session.add(
        MemberKey(community_id=command.community_id, member_id=command.actor_id, handle=handle, made_at=now)
    )
    session.flush()
    return PhoneKey(handle, code_keys(session).member_key(handle))


@dataclass(frozen=True)
class ForgetPhone:
    """A phone of the actor shows no more codes (lost, sold, signed out); ``handle`` None: all of them."""

    community_id: int
    actor_id: uuid.UUID
    handle: str | None


def forget_phone(session: Session, command: ForgetPhone, *, now: datetime) -> int:
    """Ends it; returns how many ended. NotFound ``phone_not_found`` for a handle that is not the actor's."""
    changed = (
        sa.update(member_key)
        .where(member_key.c.community_id == command.community_id, member_key.c.member_id == command.actor_id,
               member_key.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )  # fmt: skip
    if command.handle is not None:
        changed = changed.where(member_key.c.handle == command.handle)
    ended = session.execute(changed).rowcount
    if command.handle is not None and not ended:
        raise NotFound("phone_not_found")
    return ended


@dataclass(frozen=True)
class PhoneView:
    """A phone that shows codes."""

    handle: str
    made_at: datetime


def phones_of(session: Session, community_id: int, member_id: uuid.UUID) -> list[PhoneView]:
    """Phones in force, the newest first."""
    rows = session.execute(
        sa.select(member_key.c.handle, member_key.c.made_at)
        .where(member_key.c.community_id == community_id, member_key.c.member_id == member_id,
               member_key.c.revoked_at.is_(None))
        .order_by(member_key.c.made_at.desc())
    )  # fmt: skip
    return [PhoneView(row.handle, row.made_at) for row in rows]
