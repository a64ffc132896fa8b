"""Cases about deductions: what somebody is said to have done, what the person said to it, and how it ended."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, one_of, points_to

# What somebody did. What time has made of it is ``points.conduct.policy.phase_of``.
STATES = ("warned", "noticed", "filed", "dropped", "posted", "appealed", "reversed", "appeal_refused")
EVENTS = (
    "warned", "opened", "letter_handed_over", "replied", "dropped", "filed", "posted", "appealed", "appeal_upheld",
    "appeal_refused",
)  # fmt: skip


class ConductCase(OfCommunity, Base):
    """One thing one person is said to have done on one day, under a conduct rule in force on that day.

    ``informed_at``: when the person came to know of it, on the phone or by letter; empty until a letter is handed over
    to somebody without a phone. ``earlier_id``: the warning (or deduction) this one repeats. ``points``: how many the
    review takes, above zero. ``item_id``: the agenda item that decided.
    """

    __tablename__ = "conduct_case"

    rule_item_id: Mapped[uuid.UUID] = mapped_column(Id)
    rule_code: Mapped[str] = mapped_column(sa.String(12))
    member_id: Mapped[uuid.UUID] = mapped_column(Id)
    household_id: Mapped[uuid.UUID] = mapped_column(Id)
    opener_id: Mapped[uuid.UUID] = mapped_column(Id)
    done_on: Mapped[date] = mapped_column(sa.Date)
    facts: Mapped[str] = mapped_column(sa.String(500))
    state: Mapped[str] = mapped_column(sa.String(16))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    informed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    letter_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    earlier_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    record_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    item_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    points: Mapped[int | None] = mapped_column(sa.Integer)
    posted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    transfer_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    correction_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    request_key: Mapped[str] = mapped_column(sa.String(80))

    __table_args__ = (
        points_to("rule_item_id", "rule_item"),
        points_to("member_id", "member"),
        points_to("household_id", "household"),
        points_to("opener_id", "member"),
        points_to("earlier_id", "conduct_case"),
        points_to("record_id", "record"),
        points_to("item_id", "agenda_item"),
        points_to("transfer_id", "transfer"),
        points_to("correction_id", "transfer"),
        sa.UniqueConstraint("community_id", "request_key"),
        sa.UniqueConstraint("community_id", "record_id"),
        sa.Index("ix_conduct_case_member", "community_id", "member_id", "rule_code"),
        sa.Index("ix_conduct_case_opener", "community_id", "opener_id", "id"),
        sa.Index("ix_conduct_case_state", "community_id", "state", "id"),
        one_of("state", *STATES),
        sa.CheckConstraint("length(facts) > 0", name="facts"),
        sa.CheckConstraint(
            "(state IN ('warned', 'noticed', 'dropped')) = (record_id IS NULL)", name="on_the_table"
        ),
        sa.CheckConstraint("record_id IS NULL OR earlier_id IS NOT NULL", name="warned_first"),
        sa.CheckConstraint("record_id IS NULL OR informed_at IS NOT NULL", name="informed_first"),
        sa.CheckConstraint(
            "(state IN ('posted', 'appealed', 'reversed', 'appeal_refused')) = (posted_at IS NOT NULL) "
            "AND (posted_at IS NULL) = (points IS NULL)",
            name="posted",
        ),
        sa.CheckConstraint("points >= 0", name="points"),
    )


class ConductEvent(OfCommunity, Base):
    """A step of a case with its words, and who took it: a reply of the person is the person's, or the officer's who
    wrote it down. Never changed."""

    __tablename__ = "conduct_event"

    case_id: Mapped[uuid.UUID] = mapped_column(Id)
    event: Mapped[str] = mapped_column(sa.String(20))
    actor_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("case_id", "conduct_case"),
        points_to("actor_id", "member"),
        sa.Index("ix_conduct_event_case", "community_id", "case_id", "id"),
        one_of("event", *EVENTS),
    )


class ConductEvidence(OfCommunity, Base):
    """A photo of a case. Not a photo of its record: those are shown to many, these to few."""

    __tablename__ = "conduct_evidence"

    case_id: Mapped[uuid.UUID] = mapped_column(Id)
    evidence_id: Mapped[uuid.UUID] = mapped_column(Id)

    __table_args__ = (
        points_to("case_id", "conduct_case"),
        points_to("evidence_id", "evidence"),
        sa.UniqueConstraint("community_id", "case_id", "evidence_id"),
        sa.Index("ix_conduct_evidence_evidence", "community_id", "evidence_id"),
    )
