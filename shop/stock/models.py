"""What stands on the shelf, and the in and out register behind it."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, one_of, points_to

MOVES = (
    "received", "handed_over", "annulled", "refunded", "counted", "spoiled", "expired", "sent", "arrived", "lent",
    "brought_back", "places",
)  # fmt: skip
# The note of a count beside a hand-over that brings in what had left without network, and no book knew.
NOT_IN_BOOK = "not in book"


class Stock(OfCommunity, Base):
    """Pieces of an item in a shop: on the shelf, and of these set aside for orders."""

    __tablename__ = "stock"

    shop_id: Mapped[uuid.UUID] = mapped_column(Id)
    item_id: Mapped[uuid.UUID] = mapped_column(Id)
    on_hand: Mapped[int] = mapped_column(sa.Integer, default=0)
    held: Mapped[int] = mapped_column(sa.Integer, default=0)
    is_sold: Mapped[bool] = mapped_column(sa.Boolean, default=True)  # this shop offers it
    low_at: Mapped[int | None] = mapped_column(sa.Integer)  # fewer free pieces than this: time to order more

    __table_args__ = (
        points_to("shop_id", "shop"),
        points_to("item_id", "item"),
        sa.UniqueConstraint("community_id", "shop_id", "item_id"),
        sa.CheckConstraint("held >= 0 AND held <= on_hand", name="held"),
    )


class StockMove(OfCommunity, Base):
    """A line of the register: pieces in (positive) or out (negative); 0 for a count that found what the book says;
    ``places``: so many more, or fewer, of a service may be given.

    Never changed. ``second_actor_id``: who signed as the second person; ``delivery_id``: the slip it belongs to.
    """

    __tablename__ = "stock_move"

    shop_id: Mapped[uuid.UUID] = mapped_column(Id)
    item_id: Mapped[uuid.UUID] = mapped_column(Id)
    move: Mapped[str] = mapped_column(sa.String(12))
    quantity: Mapped[int] = mapped_column(sa.Integer)
    actor_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    second_actor_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    redemption_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    delivery_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    note: Mapped[str] = mapped_column(sa.String(200), default="")
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    request_key: Mapped[str | None] = mapped_column(sa.String(100))

    __table_args__ = (
        points_to("shop_id", "shop"),
        points_to("item_id", "item"),
        points_to("delivery_id", "delivery"),
        sa.UniqueConstraint("community_id", "request_key"),
        sa.Index("ix_stock_move_shop", "community_id", "shop_id", "moved_at"),
        one_of("move", *MOVES),
        sa.CheckConstraint("quantity <> 0 OR move = 'counted'", name="quantity"),
    )
