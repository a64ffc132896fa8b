"""Passwords: argon2id, a few rules that help, a first password that must be changed."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from app.identity.models import ApiToken, Credential
from points.errors import Invalid, NotFound
from points.people.models import Phone
from shop.codes.member_keys import ForgetPhone, forget_phone

SHORTEST = 8
# argon2id, RFC 9106's second recommended option with less memory: 2 workers on a small machine
hasher = PasswordHasher(time_cost=3, memory_cost=19456, parallelism=1)
_NOBODY = hasher.hash(secrets.token_hex(16))
_COMMON = frozenset(
    [
        "12345678",
        "123456789",
        "1234567890",
        "11111111",
        "88888888",
        "00000000",
        "66666666",
        "87654321",
        "password",
        "qwertyui",
        "abcd1234",
        "a1234567",
        "woaini520",
        "5201314520",
        "aaaaaaaa",
        "12341234",
        "iloveyou",
        "123123123",
    ]
)

credential, phone_table, api_token = Credential.__table__, Phone.__table__, ApiToken.__table__


def hash_password(password: str) -> str:
    """Slow on purpose (about 30 ms): never inside a transaction."""
    return hasher.hash(password)


def check_password_rules(password: str, phone: str = "") -> None:
    """Raises Invalid ``password_too_short`` or ``password_too_common``."""
    if len(password) < SHORTEST:
        raise Invalid("password_too_short")
    if password.lower() in _COMMON or password == phone or len(set(password)) < 3:
        raise Invalid("password_too_common")


def first_password() -> str:
    """A first password to hand over on paper: ten characters without look-alikes; it must be changed at once."""
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(10))


@dataclass(frozen=True)
class KnownPhone:
    """What sign-in needs of a phone's owner."""

    community_id: int
    member_id: uuid.UUID
    epoch: int
    must_change: bool
    password_hash: str


def member_of_phone(session: Session, phone: str) -> KnownPhone | None:
    """The member and credential behind a phone, in whichever community."""
    owner = session.execute(sa.select(phone_table).where(phone_table.c.phone == phone)).one_or_none()
    if owner is None:
        return None
    row = session.execute(
        sa.select(credential).where(
            credential.c.community_id == owner.community_id, credential.c.id == owner.member_id
        )
    ).one_or_none()
    if row is None:
        return None
    return KnownPhone(owner.community_id, owner.member_id, row.epoch, row.must_change, row.password_hash)


def is_password_of(known: KnownPhone | None, password: str) -> bool:
    """Takes as long for an unknown phone as for a known one: timing must not tell who has an account."""
    try:
        hasher.verify(known.password_hash if known else _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return known is not None


@dataclass(frozen=True)
class SetPassword:
    """``password_hash`` is made before the transaction. ``must_change`` for a password somebody else chose."""

    community_id: int
    member_id: uuid.UUID
    password_hash: str
    must_change: bool


def set_password(session: Session, command: SetPassword, *, now: datetime) -> int:
    """Sets a password and ends every other sign-in of the member, and every phone that showed the own code.

    Returns the new epoch.
    """
    row = session.execute(
        sa.select(credential.c.epoch)
        .where(credential.c.community_id == command.community_id, credential.c.id == command.member_id)
        .with_for_update()
    ).one_or_none()
    values = {"password_hash": command.password_hash, "must_change": command.must_change, "changed_at": now}
    if row is None:
        session.execute(
            sa.insert(credential).values(
                community_id=command.community_id, id=command.member_id, epoch=1, **values
            )
        )
        return 1
    session.execute(
        sa.update(credential)
        .where(credential.c.community_id == command.community_id, credential.c.id == command.member_id)
        .values(epoch=row.epoch + 1, **values)
    )
    forget_phone(session, ForgetPhone(command.community_id, command.member_id, None), now=now)
    return row.epoch + 1


@dataclass(frozen=True)
class SignOutEverywhere:
    """End every sign-in, every token and every phone that shows the code of a member."""

    community_id: int
    member_id: uuid.UUID


def sign_out_everywhere(session: Session, command: SignOutEverywhere, *, now: datetime) -> int:
    """Raises the epoch, which no older cookie or token survives. Returns the new epoch; NotFound without a credential."""
    epoch = session.scalar(
        sa.update(credential)
        .where(credential.c.community_id == command.community_id, credential.c.id == command.member_id)
        .values(epoch=credential.c.epoch + 1)
        .returning(credential.c.epoch)
    )
    if epoch is None:
        raise NotFound("member_not_found")
    session.execute(
        sa.update(api_token)
        .where(api_token.c.community_id == command.community_id, api_token.c.member_id == command.member_id)
        .values(revoked_at=now)
    )
    forget_phone(session, ForgetPhone(command.community_id, command.member_id, None), now=now)
    return epoch
