"""The public notice and objections to it."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, one_of, points_to


class Notice(OfCommunity, Base):
    """What hangs on the board: a copy of published facts, so that the board is one read.

    ``transfer_id`` is the pending award (empty for scores that carry none). ``ends_at`` is empty while an objection
    stops the clock.
    """

    __tablename__ = "notice"

    record_id: Mapped[uuid.UUID] = mapped_column(Id)
    item_id: Mapped[uuid.UUID] = mapped_column(Id)
    transfer_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    household_id: Mapped[uuid.UUID] = mapped_column(Id)
    masked_name: Mapped[str] = mapped_column(sa.String(40))
    score: Mapped[str] = mapped_column(sa.String(10))
    points: Mapped[int] = mapped_column(sa.Integer)
    rule_code: Mapped[str] = mapped_column(sa.String(12))
    rule_version: Mapped[int] = mapped_column(sa.Integer)
    rule_zh: Mapped[str] = mapped_column(sa.String(60))
    rule_en: Mapped[str] = mapped_column(sa.String(80))
    done_on: Mapped[date] = mapped_column(sa.Date)
    votes_for: Mapped[int] = mapped_column(sa.Integer)
    votes_against: Mapped[int] = mapped_column(sa.Integer)
    votes_abstained: Mapped[int] = mapped_column(sa.Integer)
    by_consent: Mapped[bool] = mapped_column(sa.Boolean)
    state: Mapped[str] = mapped_column(sa.String(10))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("record_id", "record"),
        points_to("item_id", "agenda_item"),
        points_to("transfer_id", "transfer"),
        sa.UniqueConstraint("community_id", "record_id"),
        sa.Index("ix_notice_published", "community_id", "published_at", "id"),
        one_of("state", "on_notice", "objected", "voided"),
        sa.CheckConstraint("(state = 'on_notice') = (ends_at IS NOT NULL)", name="clock"),
        sa.CheckConstraint("score IN ('redeemable', 'honour')", name="no_deductions"),
    )


class Objection(OfCommunity, Base):
    """A resident's doubt about a notice, and the supervisor's written answer."""

    __tablename__ = "objection"

    notice_id: Mapped[uuid.UUID] = mapped_column(Id)
    objector_id: Mapped[uuid.UUID] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(sa.String(500))
    state: Mapped[str] = mapped_column(sa.String(10))
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    remaining_seconds: Mapped[int] = mapped_column(sa.Integer)  # of the notice, when the clock stopped
    answered_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(sa.String(500))
    request_key: Mapped[str] = mapped_column(sa.String(80))

    __table_args__ = (
        points_to("notice_id", "notice"),
        points_to("objector_id", "member"),
        sa.UniqueConstraint("community_id", "request_key"),
        sa.Index("ix_objection_notice", "community_id", "notice_id"),
        sa.Index("ix_objection_state", "community_id", "state", "id"),
        one_of("state", "open", "upheld", "dismissed"),
        sa.CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="answered"),
        sa.CheckConstraint("length(reason) > 0", name="reason"),
    )
