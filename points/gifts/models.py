"""Gifts: points that one household gives another, or the care pool. Never a sale."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, points_to


class Gift(OfCommunity, Base):
    """One gift. ``to_member_id`` is whom the giver named (None: the care pool); the wallets are those of that day."""

    __tablename__ = "gift"

    from_member_id: Mapped[uuid.UUID] = mapped_column(Id)
    from_wallet_id: Mapped[uuid.UUID] = mapped_column(Id)
    to_member_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    to_wallet_id: Mapped[uuid.UUID] = mapped_column(Id)
    points: Mapped[int] = mapped_column(sa.Integer)
    note: Mapped[str] = mapped_column(sa.String(60), default="")
    transfer_id: Mapped[uuid.UUID] = mapped_column(Id)
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    thanked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    request_key: Mapped[str] = mapped_column(sa.String(80))

    __table_args__ = (
        points_to("from_member_id", "member"),
        points_to("from_wallet_id", "account"),
        points_to("to_member_id", "member"),
        points_to("to_wallet_id", "account"),
        points_to("transfer_id", "transfer"),
        sa.UniqueConstraint("community_id", "request_key"),
        sa.Index("ix_gift_from", "community_id", "from_wallet_id", "given_at"),
        sa.Index("ix_gift_to", "community_id", "to_wallet_id", "given_at"),
        sa.Index("ix_gift_given_at", "community_id", "given_at"),
        sa.CheckConstraint("points > 0", name="points"),
        sa.CheckConstraint("from_wallet_id <> to_wallet_id", name="two_wallets"),
    )
