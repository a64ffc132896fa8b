"""Programs and devices that are signed in with a token, as their owner sees them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.identity.models import ApiToken, Credential

api_token, credential = ApiToken.__table__, Credential.__table__


@dataclass(frozen=True)
class DeviceLine:
    """One token that still opens something."""

    device: str
    created_at: datetime
    expires_at: datetime


def devices_of(
    session: Session, community_id: int, member_id: uuid.UUID, epoch: int, *, now: datetime
) -> list[DeviceLine]:
    """Tokens of a member that are neither over nor revoked nor from before the last "sign out everywhere"."""
    rows = session.execute(
        sa.select(api_token.c.device, api_token.c.created_at, api_token.c.expires_at)
        .where(
            api_token.c.community_id == community_id, api_token.c.member_id == member_id,
            api_token.c.epoch == epoch, api_token.c.revoked_at.is_(None), api_token.c.expires_at > now,
        )
        .order_by(api_token.c.created_at.desc())
    )  # fmt: skip
    return [DeviceLine(row.device, row.created_at, row.expires_at) for row in rows]


def password_changed_at(session: Session, community_id: int, member_id: uuid.UUID) -> datetime | None:
    """When the member's password was last set; None without one."""
    return session.scalar(
        sa.select(credential.c.changed_at).where(
            credential.c.community_id == community_id, credential.c.id == member_id
        )
    )
