"""Places and people. Areas and communities are small shared tables; everything below a community carries its key."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, one_of, points_to

ROLES = ("resident", "grid_worker", "reviewer", "chair", "shop_staff", "steward", "supervisor", "operator")
CADENCES = ("daily", "weekly", "monthly", "quarterly", "ad_hoc")
# How a community meets to review, and how it votes (``points.review.models`` says what each word means).
SESSION_KINDS = ("live", "panel", "paper")
SECRECIES = ("open", "blind", "secret")


class Area(Base):
    """A node of the tree of places: province, city, county, township; its depth and names are the users' own."""

    __tablename__ = "area"

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    parent_id: Mapped[int | None] = mapped_column(sa.BigInteger, sa.ForeignKey("area.id"))
    kind: Mapped[str] = mapped_column(sa.String(20))
    name: Mapped[str] = mapped_column(sa.String(60))


class Community(Base):
    """A village or estate and its settings. ``code`` is its name in addresses."""

    __tablename__ = "community"

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    area_id: Mapped[int] = mapped_column(sa.BigInteger, sa.ForeignKey("area.id"))
    code: Mapped[str] = mapped_column(sa.String(32), unique=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    zone: Mapped[str] = mapped_column(sa.String(40), default="Asia/Shanghai")
    wallet_kind: Mapped[str] = mapped_column(sa.String(16), default="household")
    notice_days: Mapped[int] = mapped_column(sa.Integer, default=3)
    # None: points never end. No default: the ORM would put it in the place of None.
    expiry_years: Mapped[int | None] = mapped_column(sa.Integer)
    order_days: Mapped[int] = mapped_column(sa.Integer, default=7)
    report_days: Mapped[int] = mapped_column(sa.Integer, default=30)
    cadence: Mapped[str] = mapped_column(sa.String(12), default="daily")
    session_time: Mapped[str] = mapped_column(sa.String(5), default="08:30")
    # Weekly: 1 is Monday. Monthly and quarterly: the day of the month; a month that has no 31st meets on its last day.
    session_day: Mapped[int] = mapped_column(sa.Integer, default=1)
    session_kind: Mapped[str] = mapped_column(sa.String(6), default="live")
    session_secrecy: Mapped[str] = mapped_column(sa.String(6), default="open")
    panel_seats: Mapped[int] = mapped_column(sa.Integer, default=5)
    panel_hours: Mapped[int] = mapped_column(sa.Integer, default=48)
    # At the counter: points a card may spend in a day, and a member code in one sale, before a PIN or the own phone is
    # asked; and what is reserved for a card while a shop phone has no network.
    card_daily_cap: Mapped[int] = mapped_column(sa.Integer, default=30)
    confirm_above: Mapped[int] = mapped_column(sa.Integer, default=50)
    offline_allowance: Mapped[int] = mapped_column(sa.Integer, default=20)
    # Whether staff may work at a counter only on a phone that was enrolled for it.
    shop_phones_only: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    founded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        one_of("wallet_kind", "household", "member"),
        one_of("cadence", *CADENCES),
        one_of("session_kind", *SESSION_KINDS),
        one_of("session_secrecy", *SECRECIES),
        sa.CheckConstraint("session_day BETWEEN 1 AND 31", name="session_day"),
        sa.CheckConstraint("panel_seats BETWEEN 3 AND 50", name="panel_seats"),
        sa.CheckConstraint("panel_hours BETWEEN 1 AND 720", name="panel_hours"),
        sa.CheckConstraint("card_daily_cap BETWEEN 0 AND 1000", name="card_daily_cap"),
        sa.CheckConstraint("confirm_above BETWEEN 0 AND 10000", name="confirm_above"),
        sa.CheckConstraint("offline_allowance BETWEEN 0 AND 200", name="offline_allowance"),
        sa.CheckConstraint("notice_days BETWEEN 0 AND 60", name="notice_days"),
        sa.CheckConstraint("order_days BETWEEN 1 AND 90", name="order_days"),
    )


class Grid(OfCommunity, Base):
    """A part of a community with its grid worker."""

    __tablename__ = "grid"

    name: Mapped[str] = mapped_column(sa.String(40))

    __table_args__ = (sa.UniqueConstraint("community_id", "name"),)


class Household(OfCommunity, Base):
    """The usual owner of a wallet."""

    __tablename__ = "household"

    number: Mapped[str] = mapped_column(sa.String(20))
    grid_id: Mapped[uuid.UUID] = mapped_column(Id)
    address: Mapped[str | None] = mapped_column(sa.String(120))

    __table_args__ = (sa.UniqueConstraint("community_id", "number"), points_to("grid_id", "grid"))


class Member(OfCommunity, Base):
    """A person of a household. Least data: birth year, not birthday; no identity number."""

    __tablename__ = "member"

    household_id: Mapped[uuid.UUID] = mapped_column(Id)
    name: Mapped[str] = mapped_column(sa.String(40))
    relation: Mapped[str] = mapped_column(sa.String(20), default="")
    gender: Mapped[str | None] = mapped_column(sa.String(6))
    birth_year: Mapped[int | None] = mapped_column(sa.Integer)
    phone: Mapped[str | None] = mapped_column(sa.String(20))
    is_party_member: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    employer: Mapped[str | None] = mapped_column(sa.String(60))
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("household_id", "household"),
        sa.Index("ix_member_household", "community_id", "household_id"),
        sa.Index("ix_member_name", "community_id", "name"),
        sa.CheckConstraint("gender IN ('male', 'female')", name="gender"),
        sa.CheckConstraint("birth_year BETWEEN 1880 AND 2100", name="birth_year"),
    )


class Role(OfCommunity, Base):
    """What a member may do beyond being a resident; staff of a shop or worker of a grid name it in ``scope_id``."""

    __tablename__ = "role"

    member_id: Mapped[uuid.UUID] = mapped_column(Id)
    role: Mapped[str] = mapped_column(sa.String(16))
    scope_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    granted_by: Mapped[uuid.UUID | None] = mapped_column(Id)

    __table_args__ = (
        points_to("member_id", "member"),
        sa.UniqueConstraint("community_id", "member_id", "role"),
        sa.Index("ix_role_role", "community_id", "role"),
        one_of("role", *ROLES),
    )


class Phone(Base):
    """Whose phone it is, over all communities: the value is the key, so that sign-in finds the shard."""

    __tablename__ = "phone"

    phone: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    community_id: Mapped[int] = mapped_column(sa.BigInteger)
    member_id: Mapped[uuid.UUID] = mapped_column(Id)


class CodeToken(Base):
    """What a QR code means, over all communities: 22 characters, random, never a value or a name."""

    __tablename__ = "code_token"

    token: Mapped[str] = mapped_column(sa.String(22), primary_key=True)
    community_id: Mapped[int] = mapped_column(sa.BigInteger)
    purpose: Mapped[str] = mapped_column(sa.String(10))
    subject_id: Mapped[uuid.UUID] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (one_of("purpose", "order", "card", "roll_call", "shop", "voucher", "enrolment"),)


class Card(OfCommunity, Base):
    """The printed card of a member. A new version revokes the old one."""

    __tablename__ = "card"

    member_id: Mapped[uuid.UUID] = mapped_column(Id)
    version: Mapped[int] = mapped_column(sa.Integer)
    token: Mapped[str] = mapped_column(sa.String(22))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("member_id", "member"),
        sa.UniqueConstraint("community_id", "member_id", "version"),
    )


RELATION_KINDS = ("relative", "same_employer", "employs", "helper")


class Relation(OfCommunity, Base):
    """Two people of whom neither judges the other. A pair without a direction: the smaller id stands first.

    No word about anybody, only the kind. ``times``: 1, and one more each time it is declared again after it ended.
    """

    __tablename__ = "relation"

    member_a: Mapped[uuid.UUID] = mapped_column(Id)
    member_b: Mapped[uuid.UUID] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(sa.String(16))
    times: Mapped[int] = mapped_column(sa.Integer)
    source: Mapped[str] = mapped_column(sa.String(8))
    declared_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    ended_why: Mapped[str | None] = mapped_column(sa.String(8))

    __table_args__ = (
        points_to("member_a", "member"),
        points_to("member_b", "member"),
        points_to("declared_by", "member"),
        points_to("ended_by", "member"),
        sa.UniqueConstraint("community_id", "member_a", "member_b", "kind", "times"),
        sa.Index("ix_relation_member_b", "community_id", "member_b"),
        one_of("kind", *RELATION_KINDS),
        one_of("source", "self", "steward", "import"),
        one_of("ended_why", "over", "mistake", "left"),
        sa.CheckConstraint("member_a < member_b", name="pair"),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_why IS NULL)", name="ended"),
    )


class HelperSession(OfCommunity, Base):
    """A while in which a helper acts for a resident, on the helper's own phone; the resident's card and PIN opened it.

    Over at ``ends_at`` by itself, or earlier at ``closed_at``, or with the card.
    """

    __tablename__ = "helper_session"

    helper_id: Mapped[uuid.UUID] = mapped_column(Id)
    member_id: Mapped[uuid.UUID] = mapped_column(Id)
    card_id: Mapped[uuid.UUID] = mapped_column(Id)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("helper_id", "member"),
        points_to("member_id", "member"),
        points_to("card_id", "card"),
        sa.Index("ix_helper_session_helper", "community_id", "helper_id", "opened_at"),
        sa.Index("ix_helper_session_member", "community_id", "member_id", "opened_at"),
        sa.CheckConstraint("helper_id <> member_id", name="two"),
        sa.CheckConstraint("ends_at > opened_at", name="ends"),
    )


class HelpedAct(OfCommunity, Base):
    """One thing done in a helper session: with the session it names both. ``act``: the operation's name; ``subject_id``:
    the order, the record or whatever it is about, where there is one. Never changed."""

    __tablename__ = "helped_act"

    session_id: Mapped[uuid.UUID] = mapped_column(Id)
    act: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    done_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("session_id", "helper_session"),
        sa.Index("ix_helped_act_session", "community_id", "session_id"),
        sa.Index("ix_helped_act_subject", "community_id", "subject_id"),
    )


class AdminAct(OfCommunity, Base):
    """A line of the public list of what administrators changed (roles, rules, budgets), with the reason they gave."""

    __tablename__ = "admin_act"

    act: Mapped[str] = mapped_column(sa.String(30))
    actor_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    subject_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    detail: Mapped[str] = mapped_column(sa.String(300))
    reason: Mapped[str] = mapped_column(sa.String(300))
    done_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (sa.Index("ix_admin_act_done_at", "community_id", "done_at"),)
