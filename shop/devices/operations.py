"""Shop phones: invited by the steward, enrolled once with a code, moved to another shop, revoked."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.codes import new_code, read_code
from points.errors import Conflict, Gone, Invalid, NotFound
from points.people.operations import write_act, write_code
from points.people.queries import meaning_of
from shop.catalogue.queries import shop_by_id
from shop.devices.models import Device, DeviceInvite, DeviceToken

INVITED_FOR = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=5)
LONGEST_NAME = 40
_TOKEN_BYTES = 32

device, invite = Device.__table__, DeviceInvite.__table__


@dataclass(frozen=True)
class InviteDevice:
    """A phone that is to stand at a shop's counter."""

    community_id: int
    actor_id: uuid.UUID
    shop_id: uuid.UUID
    name: str


def invite_device(session: Session, command: InviteDevice, *, now: datetime) -> uuid.UUID:
    """A phone without a token and a code to enrol it with; returns the phone's id.

    Raises NotFound ``shop_not_found``; Invalid ``device_name_missing``; Conflict ``device_name_taken``.
    """
    shop = shop_by_id(session, command.community_id, command.shop_id)
    name = _free_name(session, command.community_id, command.name)
    row = Device(community_id=command.community_id, id=new_id(), shop_id=command.shop_id, name=name, serial=1)
    session.add(row)
    _open_invite(session, row, command.actor_id, now)
    write_act(session, command, "device_invited", f"{name} · {shop.name}", "", now=now)
    return row.id


@dataclass(frozen=True)
class InviteAgain:
    """Another code for a phone: the first was not used in time, or the phone has lost its token."""

    community_id: int
    actor_id: uuid.UUID
    device_id: uuid.UUID


def invite_again(session: Session, command: InviteAgain, *, now: datetime) -> None:
    """The codes before it are worthless; the token in use works until the new code is used.

    Raises NotFound ``device_not_found``; Conflict ``device_is_revoked``.
    """
    row = _in_use(session, command.community_id, command.device_id)
    _end_invites(session, row, now)
    _open_invite(session, row, command.actor_id, now)
    write_act(session, command, "device_invited", row.name, "", now=now)


@dataclass(frozen=True)
class EnrolDevice:
    """Sent by the shop phone itself, by whoever holds it: the code is all it shows."""

    code: str


@dataclass(frozen=True)
class Enrolled:
    """What the phone keeps. ``token`` exists nowhere else: the database has its SHA-256."""

    community_id: int
    device_id: uuid.UUID
    shop_id: uuid.UUID
    name: str
    token: str


def enrol_device(session: Session, command: EnrolDevice, *, now: datetime) -> Enrolled:
    """A token for the phone, once for each code. An earlier token of the same phone ends.

    Raises NotFound ``enrolment_unknown``; Gone ``enrolment_over`` when it was used, replaced or is older than 15 minutes;
    Conflict ``device_is_revoked``.
    """
    code = read_code(command.code)
    meaning = meaning_of(session, code) if code else None
    if meaning is None or meaning.purpose != "enrolment":
        raise NotFound("enrolment_unknown")
    found = session.execute(
        sa.select(invite.c.device_id).where(
            invite.c.community_id == meaning.community_id, invite.c.id == meaning.subject_id
        )
    ).one()
    row = _in_use(session, meaning.community_id, found.device_id)  # the phone is the lock
    used = session.execute(
        sa.update(invite)
        .where(invite.c.community_id == meaning.community_id, invite.c.id == meaning.subject_id,
               invite.c.ended_at.is_(None), invite.c.expires_at > now)
        .values(ended_at=now)
    )  # fmt: skip
    if used.rowcount == 0:
        raise Gone("enrolment_over")
    _end_token(session, row, now)
    token = f"{meaning.community_id}-{secrets.token_urlsafe(_TOKEN_BYTES)}"
    row.token_hash, row.enrolled_at, row.seen_at = hash_of(token), now, now
    row.enrolled_by = session.scalar(
        sa.select(invite.c.made_by).where(
            invite.c.community_id == meaning.community_id, invite.c.id == meaning.subject_id
        )
    )
    return Enrolled(row.community_id, row.id, row.shop_id, row.name, token)


@dataclass(frozen=True)
class ReassignDevice:
    """The phone goes to another shop."""

    community_id: int
    actor_id: uuid.UUID
    device_id: uuid.UUID
    shop_id: uuid.UUID


def reassign_device(session: Session, command: ReassignDevice, *, now: datetime) -> bool:
    """Its token and open codes are worthless from now on: it must be enrolled again. False when it is there already.

    Raises NotFound ``device_not_found``, ``shop_not_found``; Conflict ``device_is_revoked``.
    """
    row = _in_use(session, command.community_id, command.device_id)
    shop = shop_by_id(session, command.community_id, command.shop_id)
    if row.shop_id == shop.id:
        return False
    _end_token(session, row, now)
    _end_invites(session, row, now)
    row.shop_id = shop.id
    write_act(session, command, "device_reassigned", f"{row.name} → {shop.name}", "", now=now)
    return True


@dataclass(frozen=True)
class RenameDevice:
    """Another name for the same phone."""

    community_id: int
    actor_id: uuid.UUID
    device_id: uuid.UUID
    name: str


def rename_device(session: Session, command: RenameDevice, *, now: datetime) -> bool:
    """False when it is called so already.

    Raises NotFound ``device_not_found``; Invalid ``device_name_missing``; Conflict ``device_name_taken``,
    ``device_is_revoked``.
    """
    row = _in_use(session, command.community_id, command.device_id)
    if row.name == command.name.strip():
        return False
    before, row.name = row.name, _free_name(session, command.community_id, command.name)
    write_act(session, command, "device_renamed", f"{before} → {row.name}", "", now=now)
    return True


@dataclass(frozen=True)
class RevokeDevice:
    """The phone is lost, broken or given away."""

    community_id: int
    actor_id: uuid.UUID
    device_id: uuid.UUID
    reason: str


def revoke_device(session: Session, command: RevokeDevice, *, now: datetime) -> None:
    """For ever: its token and open codes are worthless. What it had queued is set apart when it comes.

    Raises Invalid ``reason_needed``; NotFound ``device_not_found``; Conflict ``device_is_revoked``.
    """
    if not command.reason.strip():
        raise Invalid("reason_needed")
    row = _in_use(session, command.community_id, command.device_id)
    _end_token(session, row, now)
    _end_invites(session, row, now)
    row.revoked_at, row.revoked_by = now, command.actor_id
    write_act(session, command, "device_revoked", row.name, command.reason.strip(), now=now)


@dataclass(frozen=True)
class NoteSeen:
    """An enrolled phone was at work."""

    community_id: int
    device_id: uuid.UUID


def note_seen(session: Session, command: NoteSeen, *, now: datetime) -> None:
    """For the list of phones; written at most every five minutes."""
    session.execute(
        sa.update(device)
        .where(device.c.community_id == command.community_id, device.c.id == command.device_id,
               sa.or_(device.c.seen_at.is_(None), device.c.seen_at <= now - SEEN_EVERY))
        .values(seen_at=now)
    )  # fmt: skip


def hash_of(token: str) -> str:
    """SHA-256 of a token: enough, since the token itself is random."""
    return hashlib.sha256(token.encode()).hexdigest()


def _in_use(session: Session, community_id: int, device_id: uuid.UUID) -> Device:
    """The phone, locked. NotFound ``device_not_found``, also for another community's; Conflict ``device_is_revoked``."""
    row = session.scalar(
        sa.select(Device)
        .where(Device.community_id == community_id, Device.id == device_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound("device_not_found")
    if row.revoked_at is not None:
        raise Conflict("device_is_revoked")
    return row


def _free_name(session: Session, community_id: int, text: str) -> str:
    name = text.strip()[:LONGEST_NAME]
    if not name:
        raise Invalid("device_name_missing")
    taken = session.scalar(
        sa.select(device.c.id).where(device.c.community_id == community_id, device.c.name == name)
    )
    if taken is not None:
        raise Conflict("device_name_taken")
    return name


def _open_invite(session: Session, row: Device, actor_id: uuid.UUID, now: datetime) -> None:
    made = DeviceInvite(
        community_id=row.community_id, id=new_id(), device_id=row.id, code=new_code(), made_by=actor_id, made_at=now,
        expires_at=now + INVITED_FOR,
    )  # fmt: skip
    session.add(made)
    write_code(session, made.code, row.community_id, "enrolment", made.id, now=now)


def _end_invites(session: Session, row: Device, now: datetime) -> None:
    session.execute(
        sa.update(invite)
        .where(invite.c.community_id == row.community_id, invite.c.device_id == row.id,
               invite.c.ended_at.is_(None))
        .values(ended_at=now)
    )  # fmt: skip


def _end_token(session: Session, row: Device, now: datetime) -> None:
    """The token in use, if there is one, goes among those that open nothing; the next one has the next number."""
    if row.token_hash is None:
        return
    session.add(
        DeviceToken(
            community_id=row.community_id, id=new_id(), device_id=row.id, shop_id=row.shop_id, serial=row.serial,
            token_hash=row.token_hash, ended_at=now,
        )
    )  # fmt: skip
    row.token_hash, row.enrolled_at = None, None
    row.serial += 1
