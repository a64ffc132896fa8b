"""The rule book: versions adopted by a named assembly, in force from a day; and the draft of the next one."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, one_of, points_to

SCORES = ("redeemable", "honour", "conduct")
CAP_UNITS = ("times", "points")
CAP_PERIODS = ("week", "month", "quarter", "year", "event")
PHOTOS = ("none", "optional", "required")
REVIEW_PATHS = ("attendance", "panel", "panel_and_second_level")


class RuleVersion(OfCommunity, Base):
    """One adopted version of a community's rule book. ``votes_*`` is the tally of the assembly that adopted it."""

    __tablename__ = "rule_version"

    number: Mapped[int] = mapped_column(sa.Integer)
    adopted_by: Mapped[str] = mapped_column(sa.String(80))
    adopted_on: Mapped[date] = mapped_column(sa.Date)
    in_force_from: Mapped[date] = mapped_column(sa.Date)
    votes_for: Mapped[int] = mapped_column(sa.Integer)
    votes_against: Mapped[int] = mapped_column(sa.Integer)
    votes_abstained: Mapped[int] = mapped_column(sa.Integer)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)

    __table_args__ = (
        sa.UniqueConstraint("community_id", "number"),
        sa.UniqueConstraint("community_id", "in_force_from"),
        sa.CheckConstraint("votes_for > votes_against", name="majority"),
    )


class ItemColumns:
    """What an item says, in an adopted version and in a draft."""

    position: Mapped[int] = mapped_column(sa.Integer)
    code: Mapped[str] = mapped_column(sa.String(12))
    category_zh: Mapped[str] = mapped_column(sa.String(20))
    category_en: Mapped[str] = mapped_column(sa.String(30))
    name_zh: Mapped[str] = mapped_column(sa.String(60))
    name_en: Mapped[str] = mapped_column(sa.String(80))
    unit_zh: Mapped[str] = mapped_column(sa.String(30))
    unit_en: Mapped[str] = mapped_column(sa.String(30))
    score: Mapped[str] = mapped_column(sa.String(10))
    points_min: Mapped[int] = mapped_column(sa.Integer)
    points_default: Mapped[int] = mapped_column(sa.Integer)
    points_max: Mapped[int] = mapped_column(sa.Integer)
    cap_count: Mapped[int | None] = mapped_column(sa.Integer)
    cap_unit: Mapped[str | None] = mapped_column(sa.String(8))
    cap_period: Mapped[str | None] = mapped_column(sa.String(8))
    evidence_zh: Mapped[str] = mapped_column(sa.String(120))
    evidence_en: Mapped[str] = mapped_column(sa.String(120))
    photo: Mapped[str] = mapped_column(sa.String(8))
    example_zh: Mapped[str] = mapped_column(sa.String(200))
    example_en: Mapped[str] = mapped_column(sa.String(200))
    reporters: Mapped[str] = mapped_column(sa.String(60))  # words joined by "|"
    review_path: Mapped[str] = mapped_column(sa.String(24))
    note_zh: Mapped[str] = mapped_column(sa.String(200))
    note_en: Mapped[str] = mapped_column(sa.String(200))


def _item_checks() -> tuple[sa.CheckConstraint, ...]:
    return (
        one_of("score", *SCORES),
        one_of("photo", *PHOTOS),
        one_of("review_path", *REVIEW_PATHS),
        sa.CheckConstraint("cap_unit IN ('times', 'points')", name="cap_unit"),
        sa.CheckConstraint("cap_period IN ('week', 'month', 'quarter', 'year', 'event')", name="cap_period"),
        sa.CheckConstraint("points_min <= points_default AND points_default <= points_max", name="range"),
    )


class RuleItem(ItemColumns, OfCommunity, Base):
    """One deed, its range of points and its limits, in one version."""

    __tablename__ = "rule_item"

    version_id: Mapped[uuid.UUID] = mapped_column(Id)

    __table_args__ = (
        points_to("version_id", "rule_version"),
        sa.UniqueConstraint("community_id", "version_id", "code"),
        *_item_checks(),
    )


class RuleWarning(OfCommunity, Base):
    """What the rules about rules asked to be looked at when a version was adopted. ``item_code`` empty: the book."""

    __tablename__ = "rule_warning"

    version_id: Mapped[uuid.UUID] = mapped_column(Id)
    position: Mapped[int] = mapped_column(sa.Integer)
    item_code: Mapped[str] = mapped_column(sa.String(12))
    code: Mapped[str] = mapped_column(sa.String(30))
    facts: Mapped[dict[str, object]] = mapped_column(sa.JSON)

    __table_args__ = (
        points_to("version_id", "rule_version"),
        sa.UniqueConstraint("community_id", "version_id", "position"),
    )


class RuleDraft(OfCommunity, Base):
    """A book being written. One is open at a time; ``revision`` grows with each change, so that what an assembly saw
    is what is recorded."""

    __tablename__ = "rule_draft"

    state: Mapped[str] = mapped_column(sa.String(8), default="open")
    revision: Mapped[int] = mapped_column(sa.Integer, default=1)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version_id: Mapped[uuid.UUID | None] = mapped_column(Id)  # what became of it

    __table_args__ = (
        points_to("version_id", "rule_version"),
        one_of("state", "open", "adopted", "dropped"),
        sa.Index(
            "ix_rule_draft_open",
            "community_id",
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
    )


class RuleDraftItem(ItemColumns, OfCommunity, Base):
    """One item of a draft; refused ones may stand here until they are put right."""

    __tablename__ = "rule_draft_item"

    draft_id: Mapped[uuid.UUID] = mapped_column(Id)

    __table_args__ = (
        points_to("draft_id", "rule_draft"),
        sa.UniqueConstraint("community_id", "draft_id", "code"),
        *_item_checks(),
    )
