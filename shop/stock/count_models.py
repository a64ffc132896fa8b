"""Stock-takes, and goods that are written off: both stand in the book only when who must sign has signed."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, one_of, points_to
from shop.stock.delivery_models import PAPER_STATES

TAKE_STATES = ("open", "counted", "closed")
WRITE_OFFS = ("spoiled", "expired")


class StockTake(OfCommunity, Base):
    """A count of a shop's shelves. ``open``: being counted, by anybody of the shop, in turns; ``counted``: there are
    differences and a second person has not signed; ``closed``: booked."""

    __tablename__ = "stock_take"

    shop_id: Mapped[uuid.UUID] = mapped_column(Id)
    state: Mapped[str] = mapped_column(sa.String(8), default="open")
    begun_by: Mapped[uuid.UUID] = mapped_column(Id)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("shop_id", "shop"),
        points_to("begun_by", "member"),
        points_to("finished_by", "member"),
        points_to("signed_by", "member"),
        sa.Index("ix_stock_take_shop", "community_id", "shop_id", "state"),
        one_of("state", *TAKE_STATES),
        sa.CheckConstraint("signed_by <> finished_by", name="two_persons"),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        sa.CheckConstraint("(state = 'open') = (finished_by IS NULL)", name="finished"),
    )


class StockTakeLine(OfCommunity, Base):
    """What somebody counted of one item, and what the book said at that moment: later moves do not touch the difference,
    except hand-overs without network that were told later and had happened before (``shop.offline.counts``)."""

    __tablename__ = "stock_take_line"

    take_id: Mapped[uuid.UUID] = mapped_column(Id)
    item_id: Mapped[uuid.UUID] = mapped_column(Id)
    counted: Mapped[int] = mapped_column(sa.Integer)
    booked: Mapped[int] = mapped_column(sa.Integer)
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
    counted_by: Mapped[uuid.UUID] = mapped_column(Id)
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("take_id", "stock_take"),
        points_to("item_id", "item"),
        points_to("counted_by", "member"),
        sa.UniqueConstraint("community_id", "take_id", "item_id"),
        sa.CheckConstraint("counted >= 0", name="counted"),
    )


class WriteOff(OfCommunity, Base):
    """Pieces that are no longer good. More than one person may book alone wait as ``entered`` for a second."""

    __tablename__ = "write_off"

    shop_id: Mapped[uuid.UUID] = mapped_column(Id)
    item_id: Mapped[uuid.UUID] = mapped_column(Id)
    move: Mapped[str] = mapped_column(sa.String(12))
    quantity: Mapped[int] = mapped_column(sa.Integer)
    reason: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[str] = mapped_column(sa.String(10), default="entered")
    entered_by: Mapped[uuid.UUID] = mapped_column(Id)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    signed_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    request_key: Mapped[str] = mapped_column(sa.String(100))

    __table_args__ = (
        points_to("shop_id", "shop"),
        points_to("item_id", "item"),
        points_to("entered_by", "member"),
        points_to("signed_by", "member"),
        sa.UniqueConstraint("community_id", "request_key"),
        sa.Index("ix_write_off_shop", "community_id", "shop_id", "state"),
        one_of("move", *WRITE_OFFS),
        one_of("state", *PAPER_STATES),
        sa.CheckConstraint("quantity >= 1", name="quantity"),
        sa.CheckConstraint("signed_by <> entered_by OR state = 'rejected'", name="two_persons"),
    )
