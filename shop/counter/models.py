"""What happened at the counter: every scan that was answered, with its first answer."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, one_of, points_to

# A pick-up code, a printed card, the rotating code of a phone, or a confirmation on the own phone.
MEANS = ("order", "card", "code", "own_phone")
_UNSETTLED = sa.text("status = 'conflict' AND settled_at IS NULL")


class Redemption(OfCommunity, Base):
    """One nonce and its outcome, kept for ever, a refusal as well. ``annulled_at`` stands beside it, never instead.

    ``conflict``: the goods had left without network and could not be booked as they were, ``reason`` says why; it waits
    until a steward has looked (``settled_at``). ``means``: what it was paid with. ``used_mark``: what can be used only once
    (a rotating code and its step), kept by UNIQUE for whatever was handed over. ``ok`` without an order: something was lent,
    ``transfer_id`` holds the deposit and ``points`` are 0.
    """

    __tablename__ = "redemption"

    nonce: Mapped[str] = mapped_column(sa.String(80))
    fingerprint: Mapped[str] = mapped_column(
        sa.String(64)
    )  # of code and lines: the same nonce for other content
    device: Mapped[str] = mapped_column(sa.String(64))
    shop_id: Mapped[uuid.UUID] = mapped_column(Id)
    staff_id: Mapped[uuid.UUID] = mapped_column(Id)
    order_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    status: Mapped[str] = mapped_column(sa.String(8))
    reason: Mapped[str | None] = mapped_column(sa.String(24))
    points: Mapped[int] = mapped_column(sa.Integer, default=0)
    transfer_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    is_offline: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    force_sent: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    forced: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    force_reason: Mapped[str] = mapped_column(sa.String(200), default="")
    answer: Mapped[str] = mapped_column(sa.Text)  # the stored answer, JSON
    scanned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    annulled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    annulled_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    annul_transfer_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    member_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    device_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    means: Mapped[str | None] = mapped_column(sa.String(10))
    used_mark: Mapped[str | None] = mapped_column(sa.String(40))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    settled_note: Mapped[str | None] = mapped_column(sa.String(200))

    __table_args__ = (
        points_to("shop_id", "shop"),
        points_to("staff_id", "member"),
        points_to("order_id", "shop_order"),
        points_to("transfer_id", "transfer"),
        points_to("member_id", "member"),
        points_to("device_id", "device"),
        points_to("settled_by", "member"),
        sa.UniqueConstraint("community_id", "nonce"),
        sa.UniqueConstraint("community_id", "used_mark"),
        sa.Index("ix_redemption_order", "community_id", "order_id"),
        sa.Index("ix_redemption_shop", "community_id", "shop_id", "recorded_at"),
        sa.Index("ix_redemption_member", "community_id", "member_id", "scanned_at"),
        sa.Index(
            "ix_redemption_unsettled", "community_id", sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED
        ),
        one_of("status", "ok", "error", "conflict"),
        one_of("means", *MEANS),
        sa.CheckConstraint("(status <> 'ok') = (reason IS NOT NULL)", name="reason"),
    )


class TillRequest(OfCommunity, Base):
    """A sale that waits for the resident's own confirmation; ``id`` is its number on every screen's address.

    ``member_id`` is known when a code was scanned first; without it, whoever scans the shop's code at the counter may take
    it by its ``number`` (three digits that the till shows). ``lines``: JSON, ``[[item id, quantity, points each], ...]``.
    """

    __tablename__ = "till_request"

    shop_id: Mapped[uuid.UUID] = mapped_column(Id)
    staff_id: Mapped[uuid.UUID] = mapped_column(Id)
    device: Mapped[str] = mapped_column(sa.String(64))
    device_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    nonce: Mapped[str] = mapped_column(sa.String(80))
    number: Mapped[int] = mapped_column(sa.Integer)
    lines: Mapped[str] = mapped_column(sa.Text)
    points: Mapped[int] = mapped_column(sa.Integer)
    member_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    declined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("shop_id", "shop"),
        points_to("staff_id", "member"),
        points_to("device_id", "device"),
        points_to("member_id", "member"),
        sa.UniqueConstraint("community_id", "nonce"),
        sa.Index("ix_till_request_shop", "community_id", "shop_id", "expires_at"),
        sa.Index("ix_till_request_member", "community_id", "member_id", "expires_at"),
        sa.CheckConstraint("number BETWEEN 100 AND 999", name="number"),
    )


class Refund(OfCommunity, Base):
    """Goods brought back later, a manager's act. Never changed; the redemption stands beside it."""

    __tablename__ = "refund"

    redemption_id: Mapped[uuid.UUID] = mapped_column(Id)
    request_key: Mapped[str] = mapped_column(sa.String(80))
    points: Mapped[int] = mapped_column(sa.Integer)
    reason: Mapped[str] = mapped_column(sa.String(200))
    actor_id: Mapped[uuid.UUID] = mapped_column(Id)
    refunded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("redemption_id", "redemption"),
        points_to("actor_id", "member"),
        sa.UniqueConstraint("community_id", "request_key"),
        sa.Index("ix_refund_redemption", "community_id", "redemption_id"),
        sa.Index("ix_refund_refunded_at", "community_id", "refunded_at"),
        sa.CheckConstraint("points >= 0", name="points"),
    )


class RefundLine(OfCommunity, Base):
    """Pieces that came back; ``order_id`` so that limits need not look further. ``to_shelf``: they can be given again."""

    __tablename__ = "refund_line"

    refund_id: Mapped[uuid.UUID] = mapped_column(Id)
    order_id: Mapped[uuid.UUID] = mapped_column(Id)
    item_id: Mapped[uuid.UUID] = mapped_column(Id)
    quantity: Mapped[int] = mapped_column(sa.Integer)
    to_shelf: Mapped[bool] = mapped_column(sa.Boolean)

    __table_args__ = (
        points_to("refund_id", "refund"),
        points_to("order_id", "shop_order"),
        points_to("item_id", "item"),
        sa.UniqueConstraint("community_id", "refund_id", "item_id"),
        sa.Index("ix_refund_line_order", "community_id", "order_id"),
        sa.CheckConstraint("quantity BETWEEN 1 AND 99", name="quantity"),
    )
