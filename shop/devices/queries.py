"""Reading shop phones: whose token it is, and the steward's list."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import NotFound
from points.people.models import Member
from shop.catalogue.models import Shop
from shop.devices.models import Device, DeviceInvite, DeviceToken
from shop.devices.operations import hash_of

device, ended, invite = Device.__table__, DeviceToken.__table__, DeviceInvite.__table__
shop, member = Shop.__table__, Member.__table__

LONGEST_TOKEN = 100
LARGEST_COMMUNITY = 2**63


@dataclass(frozen=True)
class DeviceView:
    """A shop phone as its token says: ``shop_id`` and ``serial`` are that token's own.

    ``is_current``: the token works. It does not when it was replaced, or the phone re-assigned or revoked.
    """

    id: uuid.UUID
    community_id: int
    shop_id: uuid.UUID
    name: str
    serial: int
    seen_at: datetime | None
    revoked_at: datetime | None
    is_current: bool


@dataclass(frozen=True)
class DeviceLine:
    """A shop phone in the steward's list. ``state``: ``enrolled``, ``waiting`` (for a phone to take its code) or
    ``revoked``."""

    id: uuid.UUID
    shop_id: uuid.UUID
    shop: str
    name: str
    enrolled_at: datetime | None
    enrolled_by: str | None
    seen_at: datetime | None
    revoked_at: datetime | None

    @property
    def state(self) -> str:
        """In one word."""
        if self.revoked_at is not None:
            return "revoked"
        return "enrolled" if self.enrolled_at is not None else "waiting"


@dataclass(frozen=True)
class OpenInvite:
    """A code that still enrols a phone."""

    code: str
    expires_at: datetime


def device_by_token(session: Session, token: str) -> DeviceView | None:
    """Whose token it is, also one that opens nothing any more; None for an unknown one. One statement: the token itself
    names its community, so this works on any shard."""
    community_id = _community_of(token)
    if community_id is None:
        return None
    mark = hash_of(token)
    names = (device.c.id, device.c.community_id, device.c.name, device.c.seen_at, device.c.revoked_at)
    now_used = sa.select(*names, device.c.shop_id, device.c.serial, sa.true().label("is_current")).where(
        device.c.community_id == community_id, device.c.token_hash == mark
    )
    used_before = (
        sa.select(*names, ended.c.shop_id, ended.c.serial, sa.false().label("is_current"))
        .join(ended, sa.and_(ended.c.community_id == device.c.community_id, ended.c.device_id == device.c.id))
        .where(device.c.community_id == community_id, ended.c.token_hash == mark)
    )
    row = session.execute(sa.union_all(now_used, used_before)).one_or_none()
    if row is None:
        return None
    return DeviceView(**row._mapping)


def _community_of(token: str) -> int | None:
    text, _, secret = token.partition("-")
    if not secret or len(token) > LONGEST_TOKEN or not (text.isascii() and text.isdigit()):
        return None
    return number if (number := int(text)) < LARGEST_COMMUNITY else None


_lines = (
    sa.select(
        device.c.id, device.c.shop_id, shop.c.name.label("shop"), device.c.name, device.c.enrolled_at,
        member.c.name.label("enrolled_by"), device.c.seen_at, device.c.revoked_at,
    )
    .join(shop, sa.and_(shop.c.community_id == device.c.community_id, shop.c.id == device.c.shop_id))
    .outerjoin(member, sa.and_(member.c.community_id == device.c.community_id, member.c.id == device.c.enrolled_by))
    .order_by(device.c.revoked_at.is_not(None), shop.c.id, device.c.name)
)  # fmt: skip


def devices_of(session: Session, community_id: int) -> list[DeviceLine]:
    """All of a community, those in use first, by shop and name."""
    rows = session.execute(_lines.where(device.c.community_id == community_id))
    return [DeviceLine(**row._mapping) for row in rows]


def devices_of_shop(session: Session, community_id: int, shop_id: uuid.UUID) -> list[DeviceLine]:
    """Those of one shop."""
    rows = session.execute(_lines.where(device.c.community_id == community_id, device.c.shop_id == shop_id))
    return [DeviceLine(**row._mapping) for row in rows]


def device_line(session: Session, community_id: int, device_id: uuid.UUID) -> DeviceLine:
    """One of them. NotFound ``device_not_found``, also for another community's."""
    row = session.execute(
        _lines.where(device.c.community_id == community_id, device.c.id == device_id)
    ).one_or_none()
    if row is None:
        raise NotFound("device_not_found")
    return DeviceLine(**row._mapping)


def open_invite(
    session: Session, community_id: int, device_id: uuid.UUID, *, now: datetime
) -> OpenInvite | None:
    """The code with which this phone can be enrolled now."""
    row = session.execute(
        sa.select(invite.c.code, invite.c.expires_at).where(
            invite.c.community_id == community_id, invite.c.device_id == device_id, invite.c.ended_at.is_(None),
            invite.c.expires_at > now,
        )
    ).one_or_none()  # fmt: skip
    return OpenInvite(row.code, row.expires_at) if row else None
