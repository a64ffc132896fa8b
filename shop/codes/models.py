"""What a resident proves themselves with at a counter: the rotating code of a phone, a PIN; and the counter's own code."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, points_to


class MemberKey(OfCommunity, Base):
    """A phone that shows member codes. ``handle`` stands in its codes; the key itself is in no database.

    The key is derived from the site's secret and the handle (``app.code_keys``), so this table forges nothing.
    """

    __tablename__ = "member_key"

    member_id: Mapped[uuid.UUID] = mapped_column(Id)
    handle: Mapped[str] = mapped_column(sa.String(7))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("member_id", "member"),
        sa.UniqueConstraint("community_id", "handle"),
        sa.Index("ix_member_key_member", "community_id", "member_id"),
        sa.CheckConstraint("length(handle) = 7", name="handle"),
    )


class MemberPin(OfCommunity, Base):
    """A resident's PIN; ``id`` is the member's. Kept as a keyed hash; five wrong ones in a row lock it and the card."""

    __tablename__ = "member_pin"

    pin_mark: Mapped[str] = mapped_column(sa.String(64))
    failures: Mapped[int] = mapped_column(sa.Integer, default=0)
    locked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    set_by: Mapped[uuid.UUID | None] = mapped_column(Id)

    __table_args__ = (
        points_to("id", "member"),
        points_to("set_by", "member"),
        sa.CheckConstraint("failures BETWEEN 0 AND 5", name="failures"),
    )


class ShopCode(OfCommunity, Base):
    """The code that lies on a counter: residents scan it with their own phone. A new version revokes the old one."""

    __tablename__ = "shop_code"

    shop_id: Mapped[uuid.UUID] = mapped_column(Id)
    version: Mapped[int] = mapped_column(sa.Integer)
    token: Mapped[str] = mapped_column(sa.String(22))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("shop_id", "shop"),
        sa.UniqueConstraint("community_id", "shop_id", "version"),
        sa.UniqueConstraint("community_id", "token"),
    )
