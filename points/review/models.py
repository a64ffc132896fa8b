"""Review sessions: who sat, what lay on the table, who voted what, and what came of it."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, one_of, points_to

CHOICES = ("approve", "reject", "abstain")
OUTCOMES = (
    "approved",
    "rejected",
    "tied",
    "not_quorate",
    "needs_second_level",
    "not_confirmed",
    "carried_over",
)
RECUSAL_REASONS = ("self", "household", "reporter")


class ReviewSession(OfCommunity, Base):
    """One sitting. ``closes_at`` ends it even when nobody presses the button."""

    __tablename__ = "review_session"

    scheduled_for: Mapped[datetime] = mapped_column(UtcDateTime)
    chair_id: Mapped[uuid.UUID] = mapped_column(Id)
    state: Mapped[str] = mapped_column(sa.String(10))
    secrecy: Mapped[str] = mapped_column(sa.String(8))
    roll_call_token: Mapped[str] = mapped_column(sa.String(22))
    current_position: Mapped[int] = mapped_column(sa.Integer, default=1)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revision: Mapped[int] = mapped_column(
        sa.Integer, default=0
    )  # grows with every visible change: projector's ETag
    request_key: Mapped[str] = mapped_column(sa.String(80))

    __table_args__ = (
        points_to("chair_id", "member"),
        sa.UniqueConstraint("community_id", "request_key"),
        sa.Index("ix_review_session_scheduled", "community_id", "scheduled_for"),
        one_of("state", "scheduled", "open", "closed"),
        one_of("secrecy", "open", "secret"),
    )


class Seat(OfCommunity, Base):
    """A reviewer on the roll of a session; attended since ``attended_at``."""

    __tablename__ = "seat"

    session_id: Mapped[uuid.UUID] = mapped_column(Id)
    member_id: Mapped[uuid.UUID] = mapped_column(Id)
    attended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("session_id", "review_session"),
        points_to("member_id", "member"),
        sa.UniqueConstraint("community_id", "session_id", "member_id"),
    )


class AgendaItem(OfCommunity, Base):
    """A record on the table of a session, and, after closing, what came of it."""

    __tablename__ = "agenda_item"

    session_id: Mapped[uuid.UUID] = mapped_column(Id)
    record_id: Mapped[uuid.UUID] = mapped_column(Id)
    position: Mapped[int] = mapped_column(sa.Integer)
    block: Mapped[str] = mapped_column(sa.String(8))
    questioned_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    outcome: Mapped[str | None] = mapped_column(sa.String(20))
    points: Mapped[int | None] = mapped_column(sa.Integer)
    votes_for: Mapped[int] = mapped_column(sa.Integer, default=0)
    votes_against: Mapped[int] = mapped_column(sa.Integer, default=0)
    votes_abstained: Mapped[int] = mapped_column(sa.Integer, default=0)
    recused: Mapped[int] = mapped_column(sa.Integer, default=0)
    present: Mapped[int] = mapped_column(sa.Integer, default=0)
    quorum: Mapped[int] = mapped_column(sa.Integer, default=0)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    second_level_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    second_level_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    second_level_reason: Mapped[str | None] = mapped_column(sa.String(500))

    __table_args__ = (
        points_to("session_id", "review_session"),
        points_to("record_id", "record"),
        sa.UniqueConstraint("community_id", "session_id", "record_id"),
        sa.UniqueConstraint("community_id", "session_id", "position"),
        sa.Index("ix_agenda_item_record", "community_id", "record_id"),
        one_of("block", "consent", "vote"),
        sa.CheckConstraint(
            "outcome IN ('approved', 'rejected', 'tied', 'not_quorate', 'needs_second_level', 'not_confirmed', "
            "'carried_over')",
            name="outcome",
        ),
    )


class Recusal(OfCommunity, Base):
    """A reviewer who neither sees nor counts for an item, and why."""

    __tablename__ = "recusal"

    item_id: Mapped[uuid.UUID] = mapped_column(Id)
    member_id: Mapped[uuid.UUID] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(sa.String(12))

    __table_args__ = (
        points_to("item_id", "agenda_item"),
        sa.UniqueConstraint("community_id", "item_id", "member_id"),
        one_of("reason", *RECUSAL_REASONS),
    )


class Ballot(OfCommunity, Base):
    """A vote on an item. May be changed until the session closes, never after; read by nobody else until then."""

    __tablename__ = "ballot"

    item_id: Mapped[uuid.UUID] = mapped_column(Id)
    member_id: Mapped[uuid.UUID] = mapped_column(Id)
    choice: Mapped[str] = mapped_column(sa.String(8))
    points: Mapped[int | None] = mapped_column(sa.Integer)
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    cast_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("item_id", "agenda_item"),
        points_to("member_id", "member"),
        sa.UniqueConstraint("community_id", "item_id", "member_id"),
        one_of("choice", *CHOICES),
        sa.CheckConstraint("(choice = 'approve') = (points IS NOT NULL)", name="points_with_approval"),
        sa.CheckConstraint("choice <> 'reject' OR length(reason) > 0", name="reason_with_rejection"),
    )
