"""Shops and what they offer."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, one_of, points_to

# A ticket is a seat at a day; a policy item a credit of somebody else's bill (property fee); a loan comes back.
KINDS = ("goods", "service", "ticket", "policy", "time credit", "loan", "honour", "transfer")
# What is handed over as a voucher: somebody serves it later (``shop.vouchers``).
VOUCHER_KINDS = ("service", "ticket", "policy", "time credit")
# What stands on a shelf and can be delivered and counted.
COUNTED_KINDS = ("goods", "loan")
SHOP_KINDS = ("shop", "partner")
DOORS = ("hours", "open", "closed")
WHOSE = ("person", "household")
LIMIT_PERIODS = ("day", "week", "month", "quarter", "year")


class Shop(OfCommunity, Base):
    """A points supermarket, or the counter of a partner who serves vouchers.

    ``door``: by the opening hours, or held open or closed by hand until somebody lets the hours decide again.
    """

    __tablename__ = "shop"

    name: Mapped[str] = mapped_column(sa.String(40))
    place: Mapped[str] = mapped_column(sa.String(80), default="")
    hours: Mapped[str] = mapped_column(sa.String(80), default="")
    kind: Mapped[str] = mapped_column(sa.String(8), default="shop")
    door: Mapped[str] = mapped_column(sa.String(6), default="hours")

    __table_args__ = (
        sa.UniqueConstraint("community_id", "name"),
        one_of("kind", *SHOP_KINDS),
        one_of("door", *DOORS),
    )


class Opening(OfCommunity, Base):
    """Hours at which a shop stands open: an iCalendar RRULE of days, and two local times ``HH:MM``.

    A shop without any is open at all hours.
    """

    __tablename__ = "opening"

    shop_id: Mapped[uuid.UUID] = mapped_column(Id)
    rule: Mapped[str] = mapped_column(sa.String(200))
    opens_at: Mapped[str] = mapped_column(sa.String(5))
    closes_at: Mapped[str] = mapped_column(sa.String(5))

    __table_args__ = (
        points_to("shop_id", "shop"),
        sa.CheckConstraint("opens_at < closes_at", name="times"),
    )


class Item(OfCommunity, Base):
    """Goods or a service with its price in points; ``reference_fen`` (yuan fen) only for the steward's cover ratio.

    ``next_points`` and ``next_reference_fen`` are the price that was announced for ``next_from``; from that moment on they
    are the price, whether or not a job has moved them (``shop.catalogue.prices``). ``partner_id`` serves its vouchers,
    ``voucher_days`` is how long one lasts, ``barcode`` what the maker printed on the goods,
    ``takes_place_at`` when what a ticket or seat is for begins.
    """

    __tablename__ = "item"

    code: Mapped[str] = mapped_column(sa.String(12))
    kind: Mapped[str] = mapped_column(sa.String(12))
    name_zh: Mapped[str] = mapped_column(sa.String(40))
    name_en: Mapped[str] = mapped_column(sa.String(60))
    detail_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    detail_en: Mapped[str] = mapped_column(sa.String(200), default="")
    unit_zh: Mapped[str] = mapped_column(sa.String(12), default="")
    unit_en: Mapped[str] = mapped_column(sa.String(20), default="")
    icon: Mapped[str] = mapped_column(sa.String(40), default="package")
    points: Mapped[int] = mapped_column(sa.Integer)
    reference_fen: Mapped[int] = mapped_column(sa.Integer, default=0)
    is_offered: Mapped[bool] = mapped_column(sa.Boolean, default=True)
    barcode: Mapped[str | None] = mapped_column(sa.String(32))
    voucher_days: Mapped[int | None] = mapped_column(sa.Integer)
    partner_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    next_points: Mapped[int | None] = mapped_column(sa.Integer)
    next_reference_fen: Mapped[int | None] = mapped_column(sa.Integer)
    next_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    photo_id: Mapped[uuid.UUID | None] = mapped_column(Id)  # the file's name in the media folder
    takes_place_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.UniqueConstraint("community_id", "code"),
        sa.UniqueConstraint("community_id", "barcode"),
        points_to("partner_id", "shop"),
        one_of("kind", *KINDS),
        sa.CheckConstraint("voucher_days BETWEEN 1 AND 3660", name="voucher_days"),
        sa.CheckConstraint(
            "(next_from IS NULL) = (next_points IS NULL) AND (next_from IS NULL) = (next_reference_fen IS NULL)",
            name="next_price",
        ),
        sa.CheckConstraint("next_points >= 0 AND next_reference_fen >= 0", name="next_price_not_negative"),
        sa.CheckConstraint("points >= 0", name="points"),
        sa.CheckConstraint("reference_fen >= 0", name="reference_fen"),
    )


class ItemLimit(OfCommunity, Base):
    """At most ``pieces`` of an item for each person, or each household, in a period. Of several the least counts."""

    __tablename__ = "item_limit"

    item_id: Mapped[uuid.UUID] = mapped_column(Id)
    whose: Mapped[str] = mapped_column(sa.String(9))
    period: Mapped[str] = mapped_column(sa.String(8))
    pieces: Mapped[int] = mapped_column(sa.Integer)

    __table_args__ = (
        points_to("item_id", "item"),
        sa.UniqueConstraint("community_id", "item_id", "whose", "period"),
        one_of("whose", *WHOSE),
        one_of("period", *LIMIT_PERIODS),
        sa.CheckConstraint("pieces > 0", name="pieces"),
    )


class ItemPrice(OfCommunity, Base):
    """A price that was told: points and reference price from a moment on. Never changed.

    In the order of telling; whatever is told takes the place of what was told before and has not begun.
    """

    __tablename__ = "item_price"

    item_id: Mapped[uuid.UUID] = mapped_column(Id)
    points: Mapped[int] = mapped_column(sa.Integer)
    reference_fen: Mapped[int] = mapped_column(sa.Integer)
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    announced_at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(sa.String(300), default="")

    __table_args__ = (
        points_to("item_id", "item"),
        points_to("actor_id", "member"),
        sa.Index("ix_item_price_item", "community_id", "item_id", "announced_at"),
        sa.CheckConstraint("points >= 0 AND reference_fen >= 0", name="not_negative"),
    )
