"""Reading shop phones."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.devices.models import Device

device = Device.__table__


@dataclass(frozen=True)
class DeviceView:
    """A shop phone; ``serial`` numbers the tokens it has had."""

    id: uuid.UUID
    community_id: int
    shop_id: uuid.UUID
    name: str
    serial: int
    revoked_at: datetime | None


_columns = [device.c[name] for name in DeviceView.__dataclass_fields__]


def device_by_token(session: Session, token: str) -> DeviceView | None:
    """The phone behind a token, also after it was revoked; None for a token that no phone has."""
    row = session.execute(
        sa.select(*_columns).where(device.c.token_hash == hashlib.sha256(token.encode()).hexdigest()),
        execution_options={"across_communities": True},
    ).one_or_none()
    return DeviceView(**row._mapping) if row else None
