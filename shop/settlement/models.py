"""What shop and village settle: shifts, a day's close, statements of a period, and the money behind the points."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, one_of, points_to

LINE_KINDS = (
    "redeemed",
    "vouchers_in",
    "deposits_in",
    "annulled",
    "refunded",
    "vouchers_out",
    "deposits_out",
    "other",
)
SIDES = ("shop", "village")


class Shift(OfCommunity, Base):
    """One person's time at one counter; ``ended_at`` is set once. A shift nobody began begins with its first scan."""

    __tablename__ = "shift"

    shop_id: Mapped[uuid.UUID] = mapped_column(Id)
    staff_id: Mapped[uuid.UUID] = mapped_column(Id)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("shop_id", "shop"),
        points_to("staff_id", "member"),
        sa.Index("ix_shift_shop", "community_id", "shop_id", "began_at"),
        sa.Index("ix_shift_staff", "community_id", "staff_id", "began_at"),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name="times"),
    )


class DayClose(OfCommunity, Base):
    """A shop's day as it stood when it was closed: the entries ``first_seq`` to ``last_seq`` of its account, in points.

    ``earlier``: the part of the net that belongs to scans of earlier days (a phone that uploaded late). Never changed.
    """

    __tablename__ = "day_close"

    shop_id: Mapped[uuid.UUID] = mapped_column(Id)
    day: Mapped[date] = mapped_column(sa.Date)
    first_seq: Mapped[int] = mapped_column(sa.BigInteger)
    last_seq: Mapped[int] = mapped_column(sa.BigInteger)
    redeemed: Mapped[int] = mapped_column(sa.BigInteger)
    annulled: Mapped[int] = mapped_column(sa.BigInteger)
    refunded: Mapped[int] = mapped_column(sa.BigInteger)
    other: Mapped[int] = mapped_column(sa.BigInteger)
    earlier: Mapped[int] = mapped_column(sa.BigInteger)
    closed_by: Mapped[uuid.UUID] = mapped_column(Id)
    closed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("shop_id", "shop"),
        points_to("closed_by", "member"),
        sa.UniqueConstraint("community_id", "shop_id", "day"),
        sa.CheckConstraint("last_seq >= first_seq - 1 AND first_seq >= 1", name="range"),
    )


class DayCount(OfCommunity, Base):
    """One item at a day's close: ``booked`` pieces by the register; ``counted`` empty when nobody counted it."""

    __tablename__ = "day_count"

    close_id: Mapped[uuid.UUID] = mapped_column(Id)
    item_id: Mapped[uuid.UUID] = mapped_column(Id)
    booked: Mapped[int] = mapped_column(sa.Integer)
    counted: Mapped[int | None] = mapped_column(sa.Integer)
    note: Mapped[str] = mapped_column(sa.String(200), default="")

    __table_args__ = (
        points_to("close_id", "day_close"),
        points_to("item_id", "item"),
        sa.UniqueConstraint("community_id", "close_id", "item_id"),
        sa.CheckConstraint("booked >= 0 AND counted >= 0", name="pieces"),
    )


class DayCountersign(OfCommunity, Base):
    """The second person who looked at a day's close."""

    __tablename__ = "day_countersign"

    close_id: Mapped[uuid.UUID] = mapped_column(Id)
    member_id: Mapped[uuid.UUID] = mapped_column(Id)
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("close_id", "day_close"),
        points_to("member_id", "member"),
        sa.UniqueConstraint("community_id", "close_id"),
    )


class UnitValue(OfCommunity, Base):
    """What the village pays a shop for one point, in yuan fen, from a moment on. A newer row takes the place of an older."""

    __tablename__ = "unit_value"

    fen: Mapped[int] = mapped_column(sa.Integer)
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(sa.String(300))
    set_by: Mapped[uuid.UUID] = mapped_column(Id)
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("set_by", "member"),
        sa.Index("ix_unit_value_from", "community_id", "valid_from"),
        sa.CheckConstraint("fen BETWEEN 0 AND 100000", name="fen"),
    )


class SettlementStatement(OfCommunity, Base):
    """The entries ``first_seq`` to ``last_seq`` of a shop's account: without a gap to the statement before, for ever.

    ``points`` is their net, ``fen`` what its lines come to (negative when more came back than went out). ``village`` and
    ``shop`` are the names of that day. ``digest`` is SHA-256 over all of it, so that whoever adds up again can compare
    (``shop.settlement.policy``).
    """

    __tablename__ = "settlement_statement"

    shop_id: Mapped[uuid.UUID] = mapped_column(Id)
    account_id: Mapped[uuid.UUID] = mapped_column(Id)
    number: Mapped[int] = mapped_column(sa.Integer)
    first_seq: Mapped[int] = mapped_column(sa.BigInteger)
    last_seq: Mapped[int] = mapped_column(sa.BigInteger)
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until_at: Mapped[datetime] = mapped_column(UtcDateTime)
    village: Mapped[str] = mapped_column(sa.String(60))
    shop: Mapped[str] = mapped_column(sa.String(40))
    points: Mapped[int] = mapped_column(sa.BigInteger)
    fen: Mapped[int] = mapped_column(sa.BigInteger)
    digest: Mapped[str] = mapped_column(sa.String(64))
    drawn_by: Mapped[uuid.UUID] = mapped_column(Id)
    drawn_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("shop_id", "shop"),
        points_to("account_id", "account"),
        points_to("drawn_by", "member"),
        sa.UniqueConstraint("community_id", "account_id", "number"),
        sa.UniqueConstraint("community_id", "account_id", "first_seq"),
        sa.CheckConstraint("last_seq >= first_seq AND first_seq >= 1", name="range"),
        sa.CheckConstraint("until_at > from_at", name="moments"),
    )


class SettlementLine(OfCommunity, Base):
    """One kind of entries in one part of a statement: how many, and the points they brought the shop (negative: they left).

    A part is the entries ``first_seq`` to ``last_seq``, all of them worth ``unit_value_fen`` for a point.
    """

    __tablename__ = "settlement_line"

    statement_id: Mapped[uuid.UUID] = mapped_column(Id)
    first_seq: Mapped[int] = mapped_column(sa.BigInteger)
    last_seq: Mapped[int] = mapped_column(sa.BigInteger)
    unit_value_fen: Mapped[int] = mapped_column(sa.Integer)
    kind: Mapped[str] = mapped_column(sa.String(12))
    entries: Mapped[int] = mapped_column(sa.BigInteger)
    points: Mapped[int] = mapped_column(sa.BigInteger)

    __table_args__ = (
        points_to("statement_id", "settlement_statement"),
        sa.UniqueConstraint("community_id", "statement_id", "first_seq", "kind"),
        sa.CheckConstraint("last_seq >= first_seq AND first_seq >= 1", name="range"),
        one_of("kind", *LINE_KINDS),
    )


class SettlementSignature(OfCommunity, Base):
    """One side has signed, by the ``name`` of that day; the second signature closes the statement."""

    __tablename__ = "settlement_signature"

    statement_id: Mapped[uuid.UUID] = mapped_column(Id)
    side: Mapped[str] = mapped_column(sa.String(7))
    member_id: Mapped[uuid.UUID] = mapped_column(Id)
    name: Mapped[str] = mapped_column(sa.String(40))
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("statement_id", "settlement_statement"),
        points_to("member_id", "member"),
        sa.UniqueConstraint("community_id", "statement_id", "side"),
        sa.UniqueConstraint("community_id", "statement_id", "member_id"),
        one_of("side", *SIDES),
    )


class FundEntry(OfCommunity, Base):
    """Money set aside for goods, or (negative) taken out for them, in yuan fen. It counts once it is confirmed."""

    __tablename__ = "fund_entry"

    fen: Mapped[int] = mapped_column(sa.BigInteger)
    source: Mapped[str] = mapped_column(sa.String(80))
    note: Mapped[str] = mapped_column(sa.String(200), default="")
    entered_by: Mapped[uuid.UUID] = mapped_column(Id)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    request_key: Mapped[str] = mapped_column(sa.String(80))

    __table_args__ = (
        points_to("entered_by", "member"),
        sa.UniqueConstraint("community_id", "request_key"),
        sa.CheckConstraint("fen <> 0", name="fen"),
    )


class FundConfirmation(OfCommunity, Base):
    """The supervisor has seen the paper behind an entry of the funds."""

    __tablename__ = "fund_confirmation"

    entry_id: Mapped[uuid.UUID] = mapped_column(Id)
    member_id: Mapped[uuid.UUID] = mapped_column(Id)
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("entry_id", "fund_entry"),
        points_to("member_id", "member"),
        sa.UniqueConstraint("community_id", "entry_id"),
    )
