"""Accounts, transfers and what hangs on them. The triggers that guard them stand in ``guards.py``."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, one_of, points_to

UNITS = ("points", "honour", "conduct", "minutes")
ACCOUNT_KINDS = (
    "issue", "budget", "household", "member", "shop", "expired", "care_pool", "honour", "conduct", "minutes", "partner",
)  # fmt: skip
WALLET_KINDS = ("household", "member")
TRANSFER_KINDS = ("posted", "pending", "post", "void")
TRANSFER_CODES = (
    "grant", "award", "order", "redemption", "cancel", "lapse", "annul", "refund", "expiry", "gift", "correction",
    "objection", "opening", "deposit", "allowance", "voucher",
)  # fmt: skip

# Owner of an account that belongs to the community itself: a real value, so that UNIQUE sees it.
COMMUNITY_OWNER = uuid.UUID(int=0)


class Account(OfCommunity, Base):
    """Two sides, each posted and pending. The four sums are kept by the triggers on ``transfer``, never by hand."""

    __tablename__ = "account"

    kind: Mapped[str] = mapped_column(sa.String(16))
    owner_id: Mapped[uuid.UUID] = mapped_column(Id)
    unit: Mapped[str] = mapped_column(sa.String(8))
    credits_posted: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    debits_posted: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    credits_pending: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    debits_pending: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    debits_must_not_exceed_credits: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    entries: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # numbers the lines of the statement
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.UniqueConstraint("community_id", "kind", "owner_id"),
        one_of("kind", *ACCOUNT_KINDS),
        one_of("unit", *UNITS),
        sa.CheckConstraint(
            "credits_posted >= 0 AND debits_posted >= 0 AND credits_pending >= 0 AND debits_pending >= 0",
            name="no_negative_side",
        ),
        sa.CheckConstraint(
            "NOT debits_must_not_exceed_credits OR debits_posted + debits_pending <= credits_posted",
            name="not_overdrawn",
        ),
    )


class Transfer(OfCommunity, Base):
    """One row, two accounts, one amount: it cannot be unbalanced. Rows are never changed or deleted."""

    __tablename__ = "transfer"

    kind: Mapped[str] = mapped_column(sa.String(8))
    debit_account_id: Mapped[uuid.UUID] = mapped_column(Id)
    credit_account_id: Mapped[uuid.UUID] = mapped_column(Id)
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    code: Mapped[str] = mapped_column(sa.String(16))
    pending_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # a pending one lapses by itself then
    posts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # or posts by itself: the notice period
    points_expire_on: Mapped[date | None] = mapped_column(sa.Date)  # last day the credited points can be used
    ref_kind: Mapped[str | None] = mapped_column(sa.String(16))
    ref_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    reverses_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    done_on: Mapped[date | None] = mapped_column(sa.Date)
    actor_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    second_actor_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    reason: Mapped[str | None] = mapped_column(sa.String(500))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)  # the end of the notice, when nobody clicked
    debit_seq: Mapped[int | None] = mapped_column(sa.BigInteger)
    credit_seq: Mapped[int | None] = mapped_column(sa.BigInteger)

    __table_args__ = (
        points_to("debit_account_id", "account"),
        points_to("credit_account_id", "account"),
        points_to("pending_id", "transfer"),
        points_to("reverses_id", "transfer"),
        sa.UniqueConstraint("community_id", "pending_id"),
        sa.UniqueConstraint("community_id", "reverses_id"),
        sa.UniqueConstraint("community_id", "debit_account_id", "debit_seq"),
        sa.UniqueConstraint("community_id", "credit_account_id", "credit_seq"),
        sa.Index("ix_transfer_ref", "community_id", "ref_kind", "ref_id"),
        sa.Index("ix_transfer_effective", "community_id", "effective_at"),
        one_of("kind", *TRANSFER_KINDS),
        one_of("code", *TRANSFER_CODES),
        sa.CheckConstraint("debit_account_id <> credit_account_id", name="two_accounts"),
        sa.CheckConstraint("amount > 0 OR (kind = 'post' AND amount = 0)", name="amount"),
        sa.CheckConstraint("(kind IN ('post', 'void')) = (pending_id IS NOT NULL)", name="resolves"),
        sa.CheckConstraint("kind = 'pending' OR (expires_at IS NULL AND posts_at IS NULL)", name="timed"),
        sa.CheckConstraint("expires_at IS NULL OR posts_at IS NULL", name="one_clock"),
        sa.CheckConstraint(
            "(kind IN ('posted', 'post')) = (debit_seq IS NOT NULL) "
            "AND (kind IN ('posted', 'post')) = (credit_seq IS NOT NULL)",
            name="numbered",
        ),
    )


class OpenPending(OfCommunity, Base):
    """A pending transfer that nothing has resolved yet; id = the transfer's. Kept by trigger; only the clock moves.

    ``posts_at`` starts as the transfer's and is taken away while an objection is heard.
    """

    __tablename__ = "open_pending"

    debit_account_id: Mapped[uuid.UUID] = mapped_column(Id)
    credit_account_id: Mapped[uuid.UUID] = mapped_column(Id)
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    code: Mapped[str] = mapped_column(sa.String(16))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    posts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.Index("ix_open_pending_debit", "community_id", "debit_account_id", "expires_at"),
        sa.Index("ix_open_pending_credit", "community_id", "credit_account_id", "posts_at"),
        sa.Index("ix_open_pending_posts_at", "community_id", "posts_at"),
        sa.Index("ix_open_pending_expires_at", "community_id", "expires_at"),
        sa.CheckConstraint("amount > 0", name="amount"),
    )


class FailedTransfer(OfCommunity, Base):
    """An id refused for a passing reason stays refused: nobody stands at the counter an hour later."""

    __tablename__ = "failed_transfer"

    result: Mapped[str] = mapped_column(sa.String(40))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Lot(OfCommunity, Base):
    """Points of one wallet that end on one day. Held points have left their lot and come back with their day."""

    __tablename__ = "lot"

    account_id: Mapped[uuid.UUID] = mapped_column(Id)
    expires_on: Mapped[date] = mapped_column(sa.Date)
    points: Mapped[int] = mapped_column(sa.BigInteger)

    __table_args__ = (
        points_to("account_id", "account"),
        sa.UniqueConstraint("community_id", "account_id", "expires_on"),
        sa.CheckConstraint("points >= 0", name="points"),
    )


class LotUse(OfCommunity, Base):
    """Which days' points a debit took, so that a cancel, an undo or a refund can give the same days back."""

    __tablename__ = "lot_use"

    transfer_id: Mapped[uuid.UUID] = mapped_column(Id)
    expires_on: Mapped[date] = mapped_column(sa.Date)
    points: Mapped[int] = mapped_column(sa.BigInteger)

    __table_args__ = (
        points_to("transfer_id", "transfer"),
        sa.UniqueConstraint("community_id", "transfer_id", "expires_on"),
        sa.CheckConstraint("points > 0", name="points"),
    )
