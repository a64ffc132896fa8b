"""Things lent for a deposit: an umbrella, a ladder."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, one_of, points_to

STATES = ("out", "returned", "kept")


class Loan(OfCommunity, Base):
    """One thing in one household's hands. ``transfer_id`` holds the deposit on the wallet and never lapses by itself.

    ``returned``: the thing came back and the deposit was free again. ``kept``: it will not come back, and the deposit,
    which is its price, went to the shop.
    """

    __tablename__ = "loan"

    item_id: Mapped[uuid.UUID] = mapped_column(Id)
    shop_id: Mapped[uuid.UUID] = mapped_column(Id)
    household_id: Mapped[uuid.UUID] = mapped_column(Id)
    member_id: Mapped[uuid.UUID] = mapped_column(Id)
    points: Mapped[int] = mapped_column(sa.Integer)
    transfer_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    state: Mapped[str] = mapped_column(sa.String(8), default="out")
    lent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lent_by: Mapped[uuid.UUID] = mapped_column(Id)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    note: Mapped[str] = mapped_column(sa.String(200), default="")
    request_key: Mapped[str] = mapped_column(sa.String(80))

    __table_args__ = (
        points_to("item_id", "item"),
        points_to("shop_id", "shop"),
        points_to("household_id", "household"),
        points_to("member_id", "member"),
        points_to("transfer_id", "transfer"),
        points_to("lent_by", "member"),
        points_to("ended_by", "member"),
        sa.UniqueConstraint("community_id", "request_key"),
        sa.Index("ix_loan_shop", "community_id", "shop_id", "state", "due_at"),
        sa.Index("ix_loan_household", "community_id", "household_id"),
        one_of("state", *STATES),
        sa.CheckConstraint("points >= 0", name="points"),
        sa.CheckConstraint("(state = 'out') = (ended_at IS NULL)", name="ended"),
    )
