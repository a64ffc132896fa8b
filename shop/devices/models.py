"""Shop phones: each enrolled for one counter, with a token of its own that opens nothing else."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, points_to


class Device(OfCommunity, Base):
    """A shop phone. The database holds only the token's SHA-256; another shop or a revocation makes it worthless.

    ``serial`` numbers the tokens it has had: re-assigning it begins a new one, and what an old one queued is set apart
    (``DeviceToken``). ``token_hash`` is empty while no phone is enrolled.
    """

    __tablename__ = "device"

    shop_id: Mapped[uuid.UUID] = mapped_column(Id)
    name: Mapped[str] = mapped_column(sa.String(40))
    token_hash: Mapped[str | None] = mapped_column(sa.String(64))
    serial: Mapped[int] = mapped_column(sa.Integer, default=1)
    enrolled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    enrolled_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[uuid.UUID | None] = mapped_column(Id)

    __table_args__ = (
        points_to("shop_id", "shop"),
        points_to("enrolled_by", "member"),
        points_to("revoked_by", "member"),
        sa.UniqueConstraint("community_id", "name"),
        sa.UniqueConstraint("community_id", "token_hash"),
    )


class DeviceToken(OfCommunity, Base):
    """A token that opens nothing any more: what comes late under it is known for what it is, and set apart."""

    __tablename__ = "device_token"

    device_id: Mapped[uuid.UUID] = mapped_column(Id)
    shop_id: Mapped[uuid.UUID] = mapped_column(Id)
    serial: Mapped[int] = mapped_column(sa.Integer)
    token_hash: Mapped[str] = mapped_column(sa.String(64))
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("device_id", "device"),
        points_to("shop_id", "shop"),
        sa.UniqueConstraint("community_id", "token_hash"),
        sa.UniqueConstraint("community_id", "device_id", "serial"),
    )


class DeviceInvite(OfCommunity, Base):
    """A code with which a phone may be enrolled once; ``ended_at``: used, or replaced by a newer one."""

    __tablename__ = "device_invite"

    device_id: Mapped[uuid.UUID] = mapped_column(Id)
    code: Mapped[str] = mapped_column(sa.String(22))
    made_by: Mapped[uuid.UUID] = mapped_column(Id)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("device_id", "device"),
        points_to("made_by", "member"),
        sa.Index("ix_device_invite_device", "community_id", "device_id"),
    )
