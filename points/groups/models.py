"""Elections of the review group and the supervision group, and the seats they filled."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, one_of, points_to

KINDS = ("review", "supervision")
# Why somebody gives up a seat: written by the steward, or (leads, new_term) by an election that follows.
ENDS_BY_HAND = ("resigned", "moved_away", "died", "recalled", "mistake")
SEAT_ENDS = (*ENDS_BY_HAND, "leads", "new_term")


class GroupTerm(OfCommunity, Base):
    """An election as it was held; never changed afterwards.

    ``starts_on`` and ``ends_on`` are the first and the last day of the term. A by-election points at the election whose
    group it completes, and ends with it. ``voters``: how many cast a vote.
    """

    __tablename__ = "group_term"

    kind: Mapped[str] = mapped_column(sa.String(12))
    by_election_of: Mapped[uuid.UUID | None] = mapped_column(Id)
    elected_by: Mapped[str] = mapped_column(sa.String(80))
    elected_on: Mapped[date] = mapped_column(sa.Date)
    starts_on: Mapped[date] = mapped_column(sa.Date)
    ends_on: Mapped[date] = mapped_column(sa.Date)
    voters: Mapped[int] = mapped_column(sa.Integer)
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    request_key: Mapped[str] = mapped_column(sa.String(80))

    __table_args__ = (
        points_to("by_election_of", "group_term"),
        points_to("recorded_by", "member"),
        sa.UniqueConstraint("community_id", "request_key"),
        sa.Index("ix_group_term_elected_on", "community_id", "kind", "elected_on"),
        one_of("kind", *KINDS),
        sa.CheckConstraint("starts_on <= ends_on", name="days"),
        sa.CheckConstraint("voters >= 1", name="voters"),
    )


class GroupSeat(OfCommunity, Base):
    """Somebody elected, with the votes they got. The seat is held from ``since`` until ``left_at`` or the term's end."""

    __tablename__ = "group_seat"

    term_id: Mapped[uuid.UUID] = mapped_column(Id)
    member_id: Mapped[uuid.UUID] = mapped_column(Id)
    votes_for: Mapped[int] = mapped_column(sa.Integer)
    votes_against: Mapped[int] = mapped_column(sa.Integer)
    is_chair: Mapped[bool] = mapped_column(sa.Boolean)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_reason: Mapped[str | None] = mapped_column(sa.String(12))

    __table_args__ = (
        points_to("term_id", "group_term"),
        points_to("member_id", "member"),
        sa.UniqueConstraint("community_id", "term_id", "member_id"),
        sa.Index("ix_group_seat_member", "community_id", "member_id"),
        one_of("left_reason", *SEAT_ENDS),
        sa.CheckConstraint("votes_for >= 0 AND votes_against >= 0", name="votes"),
        sa.CheckConstraint("(left_at IS NULL) = (left_reason IS NULL)", name="left"),
    )
