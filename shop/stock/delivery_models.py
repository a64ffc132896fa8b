"""Deliveries: what came, from where and from whom, entered by one person and confirmed by another."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, one_of, points_to

DONOR_KINDS = ("person", "company", "organisation")
# ``charity_field``: goods of the party members' field (党员义田); ``transfer``: from another shop of the community.
SOURCES = ("bought", "donated", "charity_field", "transfer", "other")
PAPER_STATES = ("entered", "confirmed", "rejected")


class Donor(OfCommunity, Base):
    """Who gave goods. Named in public only with consent (``is_public``)."""

    __tablename__ = "donor"

    name: Mapped[str] = mapped_column(sa.String(60))
    kind: Mapped[str] = mapped_column(sa.String(12))
    is_public: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by: Mapped[uuid.UUID] = mapped_column(Id)

    __table_args__ = (
        points_to("added_by", "member"),
        sa.UniqueConstraint("community_id", "name"),
        one_of("kind", *DONOR_KINDS),
    )


class Delivery(OfCommunity, Base):
    """A slip of goods that came; its pieces stand on the shelf when a second person has confirmed it.

    ``number`` counts the slips of a community. A transfer names the shop it left; its pieces left there when it was entered.
    """

    __tablename__ = "delivery"

    number: Mapped[int] = mapped_column(sa.Integer)
    shop_id: Mapped[uuid.UUID] = mapped_column(Id)
    source: Mapped[str] = mapped_column(sa.String(16))
    from_shop_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    donor_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    wish: Mapped[str] = mapped_column(sa.String(200), default="")
    note: Mapped[str] = mapped_column(sa.String(200), default="")
    state: Mapped[str] = mapped_column(sa.String(10), default="entered")
    entered_by: Mapped[uuid.UUID] = mapped_column(Id)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[uuid.UUID | None] = mapped_column(Id)  # or rejected by
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reject_reason: Mapped[str] = mapped_column(sa.String(200), default="")
    request_key: Mapped[str] = mapped_column(sa.String(100))

    __table_args__ = (
        points_to("shop_id", "shop"),
        points_to("from_shop_id", "shop"),
        points_to("donor_id", "donor"),
        points_to("entered_by", "member"),
        points_to("confirmed_by", "member"),
        sa.UniqueConstraint("community_id", "number"),
        sa.UniqueConstraint("community_id", "request_key"),
        sa.Index("ix_delivery_shop", "community_id", "shop_id", "state", "confirmed_at"),
        one_of("source", *SOURCES),
        one_of("state", *PAPER_STATES),
        sa.CheckConstraint("(source = 'transfer') = (from_shop_id IS NOT NULL)", name="from_shop"),
        sa.CheckConstraint("from_shop_id <> shop_id", name="two_shops"),
        sa.CheckConstraint("(source = 'donated') = (donor_id IS NOT NULL)", name="donor"),
        sa.CheckConstraint("confirmed_by <> entered_by OR state = 'rejected'", name="two_persons"),
        sa.CheckConstraint("(state = 'entered') = (confirmed_by IS NULL)", name="state_confirmed"),
        sa.CheckConstraint("(confirmed_by IS NULL) = (confirmed_at IS NULL)", name="confirmed"),
    )


class DeliveryLine(OfCommunity, Base):
    """Pieces of one item on a slip; ``cost_fen`` for one piece. ``arrived`` is what the second person found, ``reason``
    why that is another number."""

    __tablename__ = "delivery_line"

    delivery_id: Mapped[uuid.UUID] = mapped_column(Id)
    item_id: Mapped[uuid.UUID] = mapped_column(Id)
    quantity: Mapped[int] = mapped_column(sa.Integer)
    cost_fen: Mapped[int] = mapped_column(sa.Integer, default=0)
    best_before: Mapped[date | None] = mapped_column(sa.Date)
    arrived: Mapped[int | None] = mapped_column(sa.Integer)
    reason: Mapped[str] = mapped_column(sa.String(200), default="")

    __table_args__ = (
        points_to("delivery_id", "delivery"),
        points_to("item_id", "item"),
        sa.UniqueConstraint("community_id", "delivery_id", "item_id"),
        sa.Index("ix_delivery_line_item", "community_id", "item_id"),
        sa.CheckConstraint("quantity >= 1", name="quantity"),
        sa.CheckConstraint("cost_fen >= 0", name="cost_fen"),
        sa.CheckConstraint("arrived >= 0", name="arrived"),
    )
