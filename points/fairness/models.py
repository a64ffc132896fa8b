"""Rounds of re-checks drawn by lot, and what was found on each visit."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, one_of, points_to

FINDINGS = ("found_right", "found_wrong", "not_found")


class RecheckRound(OfCommunity, Base):
    """The draw of one month: ``count`` of the ``size`` awards posted in it. Never changed.

    ``seed`` in hex; ``source`` says where anybody finds it (``seeds.Seed``); ``list_sha256`` is the fingerprint of the
    list that was drawn from.
    """

    __tablename__ = "recheck_round"

    month: Mapped[date] = mapped_column(sa.Date)  # its first day
    seed: Mapped[str] = mapped_column(sa.String(64))
    source: Mapped[str] = mapped_column(sa.String(200))
    size: Mapped[int] = mapped_column(sa.Integer)
    count: Mapped[int] = mapped_column(sa.Integer)
    list_sha256: Mapped[str] = mapped_column(sa.String(64))
    drawn_at: Mapped[datetime] = mapped_column(UtcDateTime)
    drawn_by: Mapped[uuid.UUID] = mapped_column(Id)

    __table_args__ = (
        points_to("drawn_by", "member"),
        sa.UniqueConstraint("community_id", "month"),
        sa.CheckConstraint("count BETWEEN 1 AND size", name="count"),
    )


class Recheck(OfCommunity, Base):
    """An award to be looked at again, and what the supervisor found. ``number``: its place in the list of the month.

    ``contact``: who was asked and what they said; ``words``: what was found, and why the supervisor thinks so.
    """

    __tablename__ = "recheck"

    round_id: Mapped[uuid.UUID] = mapped_column(Id)
    record_id: Mapped[uuid.UUID] = mapped_column(Id)
    number: Mapped[int] = mapped_column(sa.Integer)
    state: Mapped[str] = mapped_column(sa.String(12))
    visited_on: Mapped[date | None] = mapped_column(sa.Date)
    visited_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    contact: Mapped[str] = mapped_column(sa.String(500), default="")
    words: Mapped[str] = mapped_column(sa.String(500), default="")
    written_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("round_id", "recheck_round"),
        points_to("record_id", "record"),
        points_to("visited_by", "member"),
        sa.UniqueConstraint("community_id", "round_id", "number"),
        sa.Index("ix_recheck_record", "community_id", "record_id"),
        one_of("state", "open", *FINDINGS),
        sa.CheckConstraint(
            "(state = 'open') = (written_at IS NULL) AND (state = 'open') = (visited_by IS NULL) "
            "AND (state = 'open') = (visited_on IS NULL)",
            name="visited",
        ),
        sa.CheckConstraint("state = 'open' OR length(words) > 0", name="words"),
    )
