"""Service records: a deed that somebody reported, what was shown for it, and everything that happened to it."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, one_of, points_to

STATES = (
    "submitted", "on_agenda", "decided", "on_notice", "posted", "withdrawn", "returned", "rejected", "objected", "voided",
)  # fmt: skip
EVENTS = (
    "filed", "put_on_agenda", "approved", "rejected", "returned", "withdrawn", "confirmed", "not_confirmed", "published",
    "objected", "objection_dismissed", "objection_upheld", "objection_changed", "carried_over", "resent", "appealed",
    "appeal_dismissed", "appeal_upheld", "appeal_changed",
)  # fmt: skip


class Record(OfCommunity, Base):
    """One deed of one member, or of a household as a whole (``member_id`` empty).

    ``state`` is what somebody decided; that a notice has run out is not a click but time, so a record ``on_notice``
    whose notice has ended *is* posted (``points.records.policy.state_at``).
    """

    __tablename__ = "record"

    rule_item_id: Mapped[uuid.UUID] = mapped_column(Id)
    rule_code: Mapped[str] = mapped_column(sa.String(12))
    household_id: Mapped[uuid.UUID] = mapped_column(Id)
    member_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    reporter_id: Mapped[uuid.UUID] = mapped_column(Id)
    done_on: Mapped[date] = mapped_column(sa.Date)
    quantity: Mapped[int] = mapped_column(sa.Integer, default=1)
    expected_points: Mapped[int] = mapped_column(sa.Integer)
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    state: Mapped[str] = mapped_column(sa.String(12))
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    request_key: Mapped[str] = mapped_column(sa.String(80))

    __table_args__ = (
        points_to("rule_item_id", "rule_item"),
        points_to("household_id", "household"),
        points_to("member_id", "member"),
        points_to("reporter_id", "member"),
        sa.UniqueConstraint("community_id", "request_key"),
        sa.Index("ix_record_household", "community_id", "household_id", "rule_code", "done_on"),
        sa.Index("ix_record_state", "community_id", "state", "id"),
        sa.Index("ix_record_reporter", "community_id", "reporter_id", "id"),
        one_of("state", *STATES),
        sa.CheckConstraint("quantity BETWEEN 1 AND 1000", name="quantity"),
    )


class RecordEvent(OfCommunity, Base):
    """A line of a record's history. Never changed."""

    __tablename__ = "record_event"

    record_id: Mapped[uuid.UUID] = mapped_column(Id)
    event: Mapped[str] = mapped_column(sa.String(20))
    actor_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("record_id", "record"),
        sa.Index("ix_record_event_record", "community_id", "record_id", "id"),
        one_of("event", *EVENTS),
    )


class Evidence(OfCommunity, Base):
    """A photo, re-encoded without metadata; the file lies in the media folder under its id.

    A photo of a group can stand behind the records of all who are on it (``record_evidence``).
    """

    __tablename__ = "evidence"

    uploader_id: Mapped[uuid.UUID] = mapped_column(Id)
    sha256: Mapped[str] = mapped_column(
        sa.String(64)
    )  # of what was uploaded: the same photo twice is noticed
    width: Mapped[int] = mapped_column(sa.Integer)
    height: Mapped[int] = mapped_column(sa.Integer)
    size_bytes: Mapped[int] = mapped_column(sa.Integer)
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("uploader_id", "member"),
        sa.Index("ix_evidence_sha256", "community_id", "sha256"),
    )


class RecordEvidence(OfCommunity, Base):
    """Which photo was shown for which record."""

    __tablename__ = "record_evidence"

    record_id: Mapped[uuid.UUID] = mapped_column(Id)
    evidence_id: Mapped[uuid.UUID] = mapped_column(Id)

    __table_args__ = (
        points_to("record_id", "record"),
        points_to("evidence_id", "evidence"),
        sa.UniqueConstraint("community_id", "record_id", "evidence_id"),
        sa.Index("ix_record_evidence_evidence", "community_id", "evidence_id"),
    )
