"""The care list: who gets goods from the care pool. Never public by name, and not kept longer than it is needed."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, one_of, points_to

WHY = ("elder_alone", "illness", "disability", "hardship", "other")


class CareEntry(OfCommunity, Base):
    """Somebody to be cared for. Why is one of a few words, never a text.

    ``proposed_by`` asked for it (or for another year) and waits for a second person; with ``expires_at`` it is in force
    until then, and deleted after. Nothing of it is kept once it is over.
    """

    __tablename__ = "care_entry"

    member_id: Mapped[uuid.UUID] = mapped_column(Id)
    why: Mapped[str] = mapped_column(sa.String(12))
    proposed_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    proposed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("member_id", "member"),
        points_to("proposed_by", "member"),
        points_to("confirmed_by", "member"),
        sa.UniqueConstraint("community_id", "member_id"),
        one_of("why", *WHY),
        sa.CheckConstraint("(proposed_by IS NULL) = (proposed_at IS NULL)", name="proposed"),
        sa.CheckConstraint("(confirmed_by IS NULL) = (expires_at IS NULL)", name="confirmed"),
        sa.CheckConstraint("proposed_by IS NOT NULL OR confirmed_by IS NOT NULL", name="someone"),
    )
