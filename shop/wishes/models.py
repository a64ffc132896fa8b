"""What residents wish the shop had."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, one_of, points_to

LONGEST_WISH = 60
STATES = ("open", "coming", "done", "declined")


class Wish(OfCommunity, Base):
    """A wish and the steward's answer; ``coming`` may still become ``done`` or ``declined``."""

    __tablename__ = "wish"

    member_id: Mapped[uuid.UUID] = mapped_column(Id)
    text: Mapped[str] = mapped_column(sa.String(LONGEST_WISH))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(sa.String(8), default="open")
    answer: Mapped[str] = mapped_column(sa.String(200), default="")
    answered_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("member_id", "member"),
        points_to("answered_by", "member"),
        sa.Index("ix_wish_state", "community_id", "state", "id"),
        sa.Index("ix_wish_member", "community_id", "member_id"),
        one_of("state", *STATES),
        sa.CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="answered"),
    )


class WishBacking(OfCommunity, Base):
    """Somebody wishes the same: once for each member."""

    __tablename__ = "wish_backing"

    wish_id: Mapped[uuid.UUID] = mapped_column(Id)
    member_id: Mapped[uuid.UUID] = mapped_column(Id)
    backed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("wish_id", "wish"),
        points_to("member_id", "member"),
        sa.UniqueConstraint("community_id", "wish_id", "member_id"),
    )
