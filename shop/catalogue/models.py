"""Shops and what they offer."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, OfCommunity, one_of

KINDS = ("goods", "service", "policy", "time credit", "honour", "transfer")


class Shop(OfCommunity, Base):
    """A points supermarket or a partner's counter."""

    __tablename__ = "shop"

    name: Mapped[str] = mapped_column(sa.String(40))
    place: Mapped[str] = mapped_column(sa.String(80), default="")
    hours: Mapped[str] = mapped_column(sa.String(80), default="")

    __table_args__ = (sa.UniqueConstraint("community_id", "name"),)


class Item(OfCommunity, Base):
    """Goods or a service with its price in points; ``reference_fen`` (yuan fen) only for the steward's cover ratio."""

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
    limit_count: Mapped[int | None] = mapped_column(sa.Integer)
    limit_period: Mapped[str | None] = mapped_column(sa.String(8))
    is_offered: Mapped[bool] = mapped_column(sa.Boolean, default=True)

    __table_args__ = (
        sa.UniqueConstraint("community_id", "code"),
        one_of("kind", *KINDS),
        sa.CheckConstraint("points >= 0", name="points"),
        sa.CheckConstraint("reference_fen >= 0", name="reference_fen"),
        sa.CheckConstraint("limit_period IN ('week', 'month', 'quarter', 'year')", name="limit_period"),
        sa.CheckConstraint("(limit_count IS NULL) = (limit_period IS NULL)", name="limit"),
    )
