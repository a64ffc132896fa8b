"""What happened at the counter: every scan that was answered, with its first answer."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, one_of, points_to


class Redemption(OfCommunity, Base):
    """One nonce and its outcome, kept for ever, a refusal as well. ``annulled_at`` stands beside it, never instead.

    ``conflict``: the goods had left without network and could not be booked as they were, ``reason`` says why. It waits
    until a steward has looked (``settled_at``). ``used_mark`` is what can be used only once (a rotating code and its
    step), kept by UNIQUE for whatever was handed over.
    """

    __tablename__ = "redemption"

    nonce: Mapped[str] = mapped_column(sa.String(80))
    fingerprint: Mapped[str] = mapped_column(
        sa.String(64)
    )  # of code and lines: the same nonce for other content
    device: Mapped[str] = mapped_column(sa.String(64))
    shop_id: Mapped[uuid.UUID] = mapped_column(Id)
    staff_id: Mapped[uuid.UUID] = mapped_column(Id)
    order_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    status: Mapped[str] = mapped_column(sa.String(8))
    reason: Mapped[str | None] = mapped_column(sa.String(24))
    points: Mapped[int] = mapped_column(sa.Integer, default=0)
    transfer_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    is_offline: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    force_sent: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    forced: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    force_reason: Mapped[str] = mapped_column(sa.String(200), default="")
    answer: Mapped[str] = mapped_column(sa.Text)  # the stored answer, JSON
    scanned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    annulled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    annulled_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    annul_transfer_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    member_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    device_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    used_mark: Mapped[str | None] = mapped_column(sa.String(40))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    settled_note: Mapped[str | None] = mapped_column(sa.String(200))

    __table_args__ = (
        points_to("shop_id", "shop"),
        points_to("staff_id", "member"),
        points_to("order_id", "shop_order"),
        points_to("transfer_id", "transfer"),
        points_to("member_id", "member"),
        points_to("device_id", "device"),
        points_to("settled_by", "member"),
        sa.UniqueConstraint("community_id", "nonce"),
        sa.UniqueConstraint("community_id", "used_mark"),
        sa.Index("ix_redemption_order", "community_id", "order_id"),
        sa.Index("ix_redemption_shop", "community_id", "shop_id", "recorded_at"),
        sa.Index("ix_redemption_member", "community_id", "member_id", "scanned_at"),
        one_of("status", "ok", "error", "conflict"),
        sa.CheckConstraint("(status <> 'ok') = (reason IS NOT NULL)", name="reason"),
    )
