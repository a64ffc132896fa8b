"""Orders: goods set aside and points held until somebody comes; and the basket that comes before them."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, one_of, points_to

STATES = ("placed", "collected", "cancelled", "lapsed", "annulled")
WAYS = ("ahead", "counter")


class Order(OfCommunity, Base):
    """One order of a household at one shop. ``transfer_id`` is the hold on the wallet (empty for 0 points).

    ``way``: ``ahead`` was set aside and is collected with its ``token``; ``counter`` was bought at the till at once (its
    ``transfer_id`` is the payment, and it never had a token). ``prepared_at``: packed and labelled.
    """

    __tablename__ = "shop_order"

    shop_id: Mapped[uuid.UUID] = mapped_column(Id)
    household_id: Mapped[uuid.UUID] = mapped_column(Id)
    member_id: Mapped[uuid.UUID] = mapped_column(Id)
    wallet_id: Mapped[uuid.UUID] = mapped_column(Id)
    shop_account_id: Mapped[uuid.UUID] = mapped_column(Id)
    transfer_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    way: Mapped[str] = mapped_column(sa.String(8), default="ahead")
    token: Mapped[str | None] = mapped_column(sa.String(22))
    points: Mapped[int] = mapped_column(sa.Integer)
    state: Mapped[str] = mapped_column(sa.String(10))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    request_key: Mapped[str] = mapped_column(sa.String(80))
    prepared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    prepared_by: Mapped[uuid.UUID | None] = mapped_column(Id)

    __table_args__ = (
        points_to("shop_id", "shop"),
        points_to("household_id", "household"),
        points_to("member_id", "member"),
        points_to("transfer_id", "transfer"),
        points_to("prepared_by", "member"),
        sa.UniqueConstraint("community_id", "request_key"),
        sa.UniqueConstraint("community_id", "token"),
        sa.Index("ix_shop_order_household", "community_id", "household_id", "placed_at"),
        sa.Index("ix_shop_order_state", "community_id", "shop_id", "state", "expires_at"),
        one_of("state", *STATES),
        one_of("way", *WAYS),
        sa.CheckConstraint("(way = 'ahead') = (token IS NOT NULL)", name="token"),
        sa.CheckConstraint("points >= 0", name="points"),
    )


class OrderLine(OfCommunity, Base):
    """Pieces of one item in an order, at the price of that day (points for one piece)."""

    __tablename__ = "order_line"

    order_id: Mapped[uuid.UUID] = mapped_column(Id)
    item_id: Mapped[uuid.UUID] = mapped_column(Id)
    quantity: Mapped[int] = mapped_column(sa.Integer)
    points_each: Mapped[int] = mapped_column(sa.Integer)

    __table_args__ = (
        points_to("order_id", "shop_order"),
        points_to("item_id", "item"),
        sa.UniqueConstraint("community_id", "order_id", "item_id"),
        sa.CheckConstraint("quantity BETWEEN 1 AND 99", name="quantity"),
        sa.CheckConstraint("points_each >= 0", name="points_each"),
    )


class OrderMove(OfCommunity, Base):
    """An order was moved to another shop: the goods packed at the first one go back on its shelf. Never changed."""

    __tablename__ = "order_move"

    order_id: Mapped[uuid.UUID] = mapped_column(Id)
    from_shop_id: Mapped[uuid.UUID] = mapped_column(Id)
    to_shop_id: Mapped[uuid.UUID] = mapped_column(Id)
    actor_id: Mapped[uuid.UUID] = mapped_column(Id)
    was_prepared: Mapped[bool] = mapped_column(sa.Boolean)
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("order_id", "shop_order"),
        points_to("from_shop_id", "shop"),
        points_to("to_shop_id", "shop"),
        points_to("actor_id", "member"),
        sa.Index("ix_order_move_order", "community_id", "order_id", "id"),
        sa.Index("ix_order_move_shop", "community_id", "from_shop_id", "moved_at"),
        sa.CheckConstraint("from_shop_id <> to_shop_id", name="two_shops"),
    )


class BasketLine(OfCommunity, Base):
    """Pieces of an item that a member means to order at a shop; nothing is held. ``points_seen``: the price of one piece
    when the member last said how many."""

    __tablename__ = "basket_line"

    member_id: Mapped[uuid.UUID] = mapped_column(Id)
    shop_id: Mapped[uuid.UUID] = mapped_column(Id)
    item_id: Mapped[uuid.UUID] = mapped_column(Id)
    quantity: Mapped[int] = mapped_column(sa.Integer)
    points_seen: Mapped[int] = mapped_column(sa.Integer)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("member_id", "member"),
        points_to("shop_id", "shop"),
        points_to("item_id", "item"),
        sa.UniqueConstraint("community_id", "member_id", "shop_id", "item_id"),
        sa.CheckConstraint("quantity BETWEEN 1 AND 99", name="quantity"),
        sa.CheckConstraint("points_seen >= 0", name="points_seen"),
    )
