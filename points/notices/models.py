"""The public notice, and objections and appeals against what it says."""

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
    """A resident's doubt about a decision, and the supervision group's written answer.

    ``kind``: an objection while the award is on notice (``remaining_seconds`` of the notice, when the clock stopped),
    an appeal afterwards or against a rejection (then without a notice). The words of ``answered_by`` count from
    ``answered_at`` on; until then (``state`` open) they wait for a second person. ``version`` counts how often they
    were written. Points: what the award was, what it became (0: void), and what could not be taken back.
    """

    __tablename__ = "objection"

    kind: Mapped[str] = mapped_column(sa.String(10))
    record_id: Mapped[uuid.UUID] = mapped_column(Id)
    notice_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    objector_id: Mapped[uuid.UUID] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(sa.String(500))
    state: Mapped[str] = mapped_column(sa.String(10))
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    remaining_seconds: Mapped[int | None] = mapped_column(sa.Integer)
    points_before: Mapped[int] = mapped_column(sa.Integer)
    points_after: Mapped[int | None] = mapped_column(sa.Integer)  # None: as before
    shortfall: Mapped[int] = mapped_column(sa.Integer, default=0)
    answer: Mapped[str | None] = mapped_column(sa.String(500))
    answered_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    confirmed_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(sa.Integer, default=0)
    request_key: Mapped[str] = mapped_column(sa.String(80))

    __table_args__ = (
        points_to("record_id", "record"),
        points_to("notice_id", "notice"),
        points_to("objector_id", "member"),
        sa.UniqueConstraint("community_id", "request_key"),
        sa.Index("ix_objection_record", "community_id", "record_id"),
        sa.Index("ix_objection_state", "community_id", "state", "id"),
        sa.Index("ix_objection_filed_at", "community_id", "filed_at"),
        one_of("kind", "objection", "appeal"),
        one_of("state", "open", "upheld", "dismissed"),
        sa.CheckConstraint("(kind = 'objection') = (remaining_seconds IS NOT NULL)", name="clock"),
        sa.CheckConstraint("kind = 'appeal' OR notice_id IS NOT NULL", name="on_notice"),
        sa.CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="answered"),
        sa.CheckConstraint("state = 'open' OR answer IS NOT NULL", name="in_writing"),
        sa.CheckConstraint(
            "state = 'open' OR (state = 'upheld') = (points_after IS NOT NULL)", name="upheld"
        ),
        sa.CheckConstraint("confirmed_by <> answered_by", name="two_persons"),
        sa.CheckConstraint("length(reason) > 0", name="reason"),
    )
