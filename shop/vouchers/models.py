"""Vouchers: what was paid at the counter and is served later, by the shop itself or by a partner."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, one_of, points_to

STATES = ("issued", "used", "annulled")


class Voucher(OfCommunity, Base):
    """One piece of a service or a ticket, or a whole credit. An issued one past ``expires_at`` has lapsed, without any job.

    ``quantity`` pieces are served at once: of a credit (kind ``policy``, worth yuan) all that one line bought, else one;
    ``fen`` (yuan fen) is how much of a bill the credit pays, 0 for what is no credit. ``points``: what was paid for all.
    ``partner_id`` serves it (None: the shop ``sold_by`` itself); ``shop_id`` is where it was used. ``piece`` numbers the
    vouchers of one order line, so that issuing twice makes none twice. ``transfer_id``: the points on their way from the
    selling shop to the partner who served. ``use_key``: what the counter sent when it used it; ``use_note``: the bill or home
    it was used for.
    """

    __tablename__ = "voucher"

    order_id: Mapped[uuid.UUID] = mapped_column(Id)
    item_id: Mapped[uuid.UUID] = mapped_column(Id)
    piece: Mapped[int] = mapped_column(sa.Integer)
    household_id: Mapped[uuid.UUID] = mapped_column(Id)
    member_id: Mapped[uuid.UUID] = mapped_column(Id)
    token: Mapped[str] = mapped_column(sa.String(22))
    quantity: Mapped[int] = mapped_column(sa.Integer, default=1)
    points: Mapped[int] = mapped_column(sa.Integer)
    fen: Mapped[int] = mapped_column(sa.Integer, default=0)
    sold_by: Mapped[uuid.UUID] = mapped_column(Id)
    partner_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    state: Mapped[str] = mapped_column(sa.String(8), default="issued")
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    extended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    shop_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    use_key: Mapped[str | None] = mapped_column(sa.String(80))
    use_note: Mapped[str] = mapped_column(sa.String(60), default="")
    transfer_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    annulled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("order_id", "shop_order"),
        points_to("item_id", "item"),
        points_to("household_id", "household"),
        points_to("member_id", "member"),
        points_to("sold_by", "shop"),
        points_to("partner_id", "shop"),
        points_to("used_by", "member"),
        points_to("shop_id", "shop"),
        points_to("transfer_id", "transfer"),
        sa.UniqueConstraint("community_id", "token"),
        sa.UniqueConstraint("community_id", "use_key"),
        sa.UniqueConstraint("community_id", "order_id", "item_id", "piece"),
        sa.Index("ix_voucher_household", "community_id", "household_id"),
        sa.Index("ix_voucher_used", "community_id", "shop_id", "used_at"),
        sa.Index("ix_voucher_state", "community_id", "state", "expires_at"),
        one_of("state", *STATES),
        sa.CheckConstraint("points >= 0 AND fen >= 0", name="points"),
        sa.CheckConstraint("quantity >= 1", name="quantity"),
        sa.CheckConstraint(
            "(state = 'used') = (used_at IS NOT NULL) AND (used_at IS NULL) = (shop_id IS NULL) "
            "AND (used_at IS NULL) = (use_key IS NULL)",
            name="used",
        ),
        sa.CheckConstraint("(state = 'annulled') = (annulled_at IS NOT NULL)", name="annulled"),
    )
