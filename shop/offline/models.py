"""The till without network: points reserved for a phone beforehand, and what a phone told afterwards."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, one_of, points_to

OUTCOMES = ("ok", "error", "conflict", "quarantined")
_GAP = sa.text("outcome = 'ok' AND reason IS NOT NULL")


class Allowance(OfCommunity, Base):
    """Points of one wallet that one shop phone may spend while it has no network.

    ``transfer_id`` is the hold from the wallet to the shop's account; each sale posts a part of it and holds what is
    ``left`` anew, so a phone never spends what it does not hold. Sales count until ``spend_until``; the hold lasts until
    ``held_until``, so that a late upload finds it, and lapses then by itself. ``shown_until``: how long the last snapshot
    with this allowance in it may be used; before that a household's wish to have it back (``asked_back_at``) waits.
    """

    __tablename__ = "allowance"

    device_id: Mapped[uuid.UUID] = mapped_column(Id)
    shop_id: Mapped[uuid.UUID] = mapped_column(Id)
    household_id: Mapped[uuid.UUID] = mapped_column(Id)
    # A community may keep wallets for members: then only this one spends from it.
    member_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    wallet_id: Mapped[uuid.UUID] = mapped_column(Id)
    shop_account_id: Mapped[uuid.UUID] = mapped_column(Id)
    points: Mapped[int] = mapped_column(sa.Integer)
    left: Mapped[int] = mapped_column(sa.Integer)
    transfer_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    spend_until: Mapped[datetime] = mapped_column(UtcDateTime)
    held_until: Mapped[datetime] = mapped_column(UtcDateTime)
    shown_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asked_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(sa.String(8), default="open")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[uuid.UUID] = mapped_column(Id)

    __table_args__ = (
        points_to("device_id", "device"),
        points_to("shop_id", "shop"),
        points_to("household_id", "household"),
        points_to("member_id", "member"),
        points_to("wallet_id", "account"),
        points_to("shop_account_id", "account"),
        points_to("transfer_id", "transfer"),
        points_to("made_by", "member"),
        sa.Index("ix_allowance_device", "community_id", "device_id", "state", "held_until"),
        sa.Index("ix_allowance_household", "community_id", "household_id", "state"),
        one_of("state", "open", "spent", "returned"),
        sa.CheckConstraint('points > 0 AND "left" BETWEEN 0 AND points', name="left"),
        sa.CheckConstraint("(state = 'open') = (transfer_id IS NOT NULL)", name="held"),
    )


class UploadedScan(OfCommunity, Base):
    """What a phone said of a scan without network, word for word, and what became of it. Never changed.

    ``id`` is that of the redemption it became, where it has one with an answer of its own (under another nonce if this one
    was used up on line). ``staff_id`` handed over, ``told_by`` was signed in when it was told. ``scanned_at`` and
    ``sent_at`` are the phone's own clock, right or wrong; ``counted_at`` is the time that counts (``policy.counted_time``).
    ``ok`` with a reason: booked, but the shelf's book had fewer pieces. ``error``: the phone had refused, nothing left.
    ``quarantined``: the phone had been revoked or given to another shop; nothing was booked.
    """

    __tablename__ = "uploaded_scan"

    nonce: Mapped[str] = mapped_column(sa.String(80))
    fingerprint: Mapped[str] = mapped_column(sa.String(64))
    device_id: Mapped[uuid.UUID] = mapped_column(Id)
    shop_id: Mapped[uuid.UUID] = mapped_column(Id)
    staff_id: Mapped[uuid.UUID] = mapped_column(Id)
    told_by: Mapped[uuid.UUID] = mapped_column(Id)
    code: Mapped[str] = mapped_column(sa.String(500))
    lines: Mapped[str] = mapped_column(sa.Text)  # JSON: [[item id, pieces], ...]
    scanned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(sa.String(12))
    reason: Mapped[str | None] = mapped_column(sa.String(24))

    __table_args__ = (
        points_to("device_id", "device"),
        points_to("shop_id", "shop"),
        points_to("staff_id", "member"),
        points_to("told_by", "member"),
        sa.UniqueConstraint("community_id", "nonce"),
        sa.Index("ix_uploaded_scan_outcome", "community_id", "outcome", "recorded_at"),
        sa.Index("ix_uploaded_scan_gap", "community_id", sqlite_where=_GAP, postgresql_where=_GAP),
        one_of("outcome", *OUTCOMES),
    )


class QuarantineNote(OfCommunity, Base):
    """What a steward found out about a scan that was set apart, or about the shelf it was handed over from; ``id`` is the
    scan's. Never changed."""

    __tablename__ = "quarantine_note"

    note: Mapped[str] = mapped_column(sa.String(200))
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    noted_by: Mapped[uuid.UUID] = mapped_column(Id)

    __table_args__ = (points_to("id", "uploaded_scan"), points_to("noted_by", "member"))
