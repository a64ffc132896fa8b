"""Who somebody is at the door: passwords, tokens, and how often someone tried."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, Id, OfCommunity, UtcDateTime, points_to


class Credential(OfCommunity, Base):
    """Password of a member (id = the member's). ``epoch`` grows on "sign out everywhere" and ends every older one."""

    __tablename__ = "credential"

    password_hash: Mapped[str] = mapped_column(sa.String(200))
    must_change: Mapped[bool] = mapped_column(sa.Boolean, default=True)
    epoch: Mapped[int] = mapped_column(sa.Integer, default=1)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (sa.ForeignKeyConstraint(
        ["community_id", "id"], ["member.community_id", "member.id"], use_alter=True
    ),)  # fmt: skip


class ApiToken(Base):
    """A bearer token, kept only as a hash; the hash is the key over all communities."""

    __tablename__ = "api_token"

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    community_id: Mapped[int] = mapped_column(sa.BigInteger)
    member_id: Mapped[uuid.UUID] = mapped_column(Id)
    epoch: Mapped[int] = mapped_column(sa.Integer)
    device: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (sa.Index("ix_api_token_member", "community_id", "member_id"),)


class Attempt(Base):
    """Failed sign-ins of one phone or one address in the current window; the value is the key."""

    __tablename__ = "attempt"

    key: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    failures: Mapped[int] = mapped_column(sa.Integer)
    window_started_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StoredAnswer(OfCommunity, Base):
    """The first answer to a request key of the API: a repeat gets it again, another request under the key a conflict."""

    __tablename__ = "stored_answer"

    member_id: Mapped[uuid.UUID] = mapped_column(Id)
    request_key: Mapped[str] = mapped_column(sa.String(80))
    fingerprint: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[int] = mapped_column(sa.Integer)
    body: Mapped[str] = mapped_column(sa.Text)
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        points_to("member_id", "member"),
        sa.UniqueConstraint("community_id", "member_id", "request_key"),
    )
