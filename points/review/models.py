"""Review sessions: who sat, what lay on the table, who voted what, and what came of it."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, one_of, points_to
from points.people.models import SECRECIES, SESSION_KINDS

CHOICES = ("approve", "reject", "abstain")
OUTCOMES = (
    "approved",
    "rejected",
    "tied",
    "not_quorate",
    "needs_second_level",
    "not_confirmed",
    "carried_over",
    "another_panel",
    "duplicate",
)
RECUSAL_REASONS = ("self", "household", "relative", "employer", "reporter", "helper")
# Whose session: the review group's, or the supervision group's as the other panel where too few reviewers are left.
BODIES = ("review", "supervision")
SEALED = "sealed"  # stands in the place of the choice of a secret ballot


class ReviewSession(OfCommunity, Base):
    """One sitting. ``closes_at`` ends it even when nobody presses the button; it comes ``lasts_minutes`` after opening.

    ``kind``: ``live`` round one table, ``panel`` drawn by lot and each in the own time, ``paper`` keyed in from sheets.
    ``secrecy``: ``open`` names who voted what in the minutes, ``blind`` shows the votes without names, ``secret`` keeps
    even the database from knowing whose they were. ``roll_size`` and ``roll_hash`` are frozen at the opening
    (``points.review.rolls``); ``draw_seed`` only for a panel.
    """

    __tablename__ = "review_session"

    kind: Mapped[str] = mapped_column(sa.String(6), default="live")
    body: Mapped[str] = mapped_column(sa.String(12), default="review")
    lasts_minutes: Mapped[int] = mapped_column(sa.Integer)
    roll_size: Mapped[int | None] = mapped_column(sa.Integer)
    roll_hash: Mapped[str | None] = mapped_column(sa.String(64))
    draw_seed: Mapped[str | None] = mapped_column(sa.String(64))
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
        one_of("secrecy", *SECRECIES),
        one_of("kind", *SESSION_KINDS),
        one_of("body", *BODIES),
        sa.CheckConstraint("(kind = 'panel') = (draw_seed IS NOT NULL)", name="panel_is_drawn"),
        sa.CheckConstraint("lasts_minutes BETWEEN 1 AND 43200", name="lasts_minutes"),
    )


class Seat(OfCommunity, Base):
    """A reviewer on the roll of a session; attended since ``attended_at``, no longer there since ``left_at``."""

    __tablename__ = "seat"

    session_id: Mapped[uuid.UUID] = mapped_column(Id)
    member_id: Mapped[uuid.UUID] = mapped_column(Id)
    attended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("session_id", "review_session"),
        points_to("member_id", "member"),
        sa.UniqueConstraint("community_id", "session_id", "member_id"),
    )


class Candidate(OfCommunity, Base):
    """Who could be drawn for a panel: ``number`` in the published list, ``place`` in the order of the draw, from 1."""

    __tablename__ = "draw_candidate"

    session_id: Mapped[uuid.UUID] = mapped_column(Id)
    member_id: Mapped[uuid.UUID] = mapped_column(Id)
    number: Mapped[int] = mapped_column(sa.Integer)
    place: Mapped[int] = mapped_column(sa.Integer)

    __table_args__ = (
        points_to("session_id", "review_session"),
        points_to("member_id", "member"),
        sa.UniqueConstraint("community_id", "session_id", "number"),
        sa.UniqueConstraint("community_id", "session_id", "place"),
    )


class AgendaItem(OfCommunity, Base):
    """A record on the table of a session, and, after closing, what came of it.

    A deed of several people is scored once: the items of the others follow the first one's (``follows_id``) and stand
    behind all others in ``position``. ``same_as_id`` points at the item that reports the same deed.
    """

    __tablename__ = "agenda_item"

    session_id: Mapped[uuid.UUID] = mapped_column(Id)
    record_id: Mapped[uuid.UUID] = mapped_column(Id)
    position: Mapped[int] = mapped_column(sa.Integer)
    block: Mapped[str] = mapped_column(sa.String(8))
    follows_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    same_as_id: Mapped[uuid.UUID | None] = mapped_column(Id)
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
        points_to("follows_id", "agenda_item"),
        points_to("same_as_id", "agenda_item"),
        sa.UniqueConstraint("community_id", "session_id", "record_id"),
        sa.UniqueConstraint("community_id", "session_id", "position"),
        sa.Index("ix_agenda_item_record", "community_id", "record_id"),
        one_of("block", "consent", "vote"),
        one_of("outcome", *OUTCOMES),
    )


class Recusal(OfCommunity, Base):
    """A reviewer who neither sees nor counts for an item, and why. ``voided_a_ballot``: it became known after voting."""

    __tablename__ = "recusal"

    item_id: Mapped[uuid.UUID] = mapped_column(Id)
    member_id: Mapped[uuid.UUID] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(sa.String(12))
    voided_a_ballot: Mapped[bool] = mapped_column(sa.Boolean, default=False)

    __table_args__ = (
        points_to("item_id", "agenda_item"),
        sa.UniqueConstraint("community_id", "item_id", "member_id"),
        one_of("reason", *RECUSAL_REASONS),
    )


class Ballot(OfCommunity, Base):
    """A vote on an item. May be changed until the session closes, never after; read by nobody else until then.

    In a secret vote the choice is ``sealed`` with a key that the database does not have, and what is sealed is thrown
    away when the session closes: the row then only says who took part. ``entered_by``: an officer, from paper.
    """

    __tablename__ = "ballot"

    item_id: Mapped[uuid.UUID] = mapped_column(Id)
    member_id: Mapped[uuid.UUID] = mapped_column(Id)
    choice: Mapped[str] = mapped_column(sa.String(8))
    points: Mapped[int | None] = mapped_column(sa.Integer)
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    sealed: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    entered_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    cast_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("item_id", "agenda_item"),
        points_to("member_id", "member"),
        points_to("entered_by", "member"),
        sa.UniqueConstraint("community_id", "item_id", "member_id"),
        one_of("choice", *CHOICES, SEALED),
        sa.CheckConstraint("(choice = 'approve') = (points IS NOT NULL)", name="points_with_approval"),
        sa.CheckConstraint("choice <> 'reject' OR length(reason) > 0", name="reason_with_rejection"),
        sa.CheckConstraint("sealed IS NULL OR choice = 'sealed'", name="sealed"),
    )


class BallotChange(OfCommunity, Base):
    """What a ballot said before it was changed or voided; of a secret one only that it was. Never changed."""

    __tablename__ = "ballot_change"

    item_id: Mapped[uuid.UUID] = mapped_column(Id)
    member_id: Mapped[uuid.UUID] = mapped_column(Id)
    change: Mapped[str] = mapped_column(sa.String(8))
    choice: Mapped[str] = mapped_column(sa.String(8))
    points: Mapped[int | None] = mapped_column(sa.Integer)
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[uuid.UUID | None] = mapped_column(Id)

    __table_args__ = (
        points_to("item_id", "agenda_item"),
        points_to("member_id", "member"),
        sa.Index("ix_ballot_change_item", "community_id", "item_id"),
        one_of("change", "changed", "voided"),
    )


class SecretVote(OfCommunity, Base):
    """A vote of a closed secret session: nobody's, and in no order that would tell whose. Never changed."""

    __tablename__ = "secret_vote"

    item_id: Mapped[uuid.UUID] = mapped_column(Id)
    choice: Mapped[str] = mapped_column(sa.String(8))
    points: Mapped[int | None] = mapped_column(sa.Integer)
    reason: Mapped[str] = mapped_column(sa.String(500), default="")

    __table_args__ = (
        points_to("item_id", "agenda_item"),
        sa.Index("ix_secret_vote_item", "community_id", "item_id"),
        one_of("choice", *CHOICES),
    )


class PaperTally(OfCommunity, Base):
    """What one officer keyed from the printed sheet of a paper meeting for one item; a second one keys it too.

    ``scores``: the points of each approving ballot, joined by spaces.
    """

    __tablename__ = "paper_tally"

    item_id: Mapped[uuid.UUID] = mapped_column(Id)
    entered_by: Mapped[uuid.UUID] = mapped_column(Id)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    votes_against: Mapped[int] = mapped_column(sa.Integer)
    votes_abstained: Mapped[int] = mapped_column(sa.Integer)
    scores: Mapped[str] = mapped_column(sa.String(400))

    __table_args__ = (
        points_to("item_id", "agenda_item"),
        points_to("entered_by", "member"),
        sa.UniqueConstraint("community_id", "item_id", "entered_by"),
        sa.CheckConstraint("votes_against >= 0 AND votes_abstained >= 0", name="counts"),
    )
