"""What every table shares: the declarative base, ids, times, and the keys that let a village grow to a province.

Key rules (see docs/decisions/0002-keys.md): a community's table has the primary key
``(community_id, id)``, every UNIQUE contains ``community_id``, every foreign key is
``(community_id, x) -> (community_id, id)``. Ids are UUIDv7 made here, never by the database.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
import uuid_utils.compat as uuid7s
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

Convert = Callable[[Any], Any]
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> uuid.UUID:
    """A fresh UUIDv7: ordered by time, made in the application so that no sequence ties shards together."""
    return uuid7s.uuid7()


class Id(sa.types.TypeDecorator[uuid.UUID]):
    """UUID: native on PostgreSQL, 16 bytes on SQLite."""

    impl = sa.LargeBinary(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine:
        """The column type of each database."""
        native = dialect.name == "postgresql"
        return dialect.type_descriptor(sa.Uuid(as_uuid=True) if native else sa.LargeBinary(16))

    def process_bind_param(
        self, value: uuid.UUID | str | None, dialect: sa.Dialect
    ) -> uuid.UUID | bytes | None:
        """Accepts a UUID or its text form."""
        if value is None:
            return None
        value = value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))
        return value if dialect.name == "postgresql" else value.bytes

    def process_result_value(self, value: uuid.UUID | bytes | None, dialect: sa.Dialect) -> uuid.UUID | None:  # noqa: ARG002
        """Always a UUID."""
        return uuid.UUID(bytes=value) if isinstance(value, bytes) else value

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Convert | None:
        """Nothing to do on PostgreSQL: its driver gives UUIDs."""
        return None if dialect.name == "postgresql" else super().result_processor(dialect, coltype)


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An instant in UTC. Naive values are refused: they are how a notice period loses eight hours."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """UTC on the way in."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """UTC on the way out."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Convert | None:
        """Nothing to do on PostgreSQL: the site's connections speak UTC, so its driver gives these very values."""
        return None if dialect.name == "postgresql" else super().result_processor(dialect, coltype)


class Base(DeclarativeBase):
    """Every table of the house."""

    metadata = sa.MetaData(naming_convention=NAMING)


class OfCommunity:
    """Mixin of every table that belongs to a community: primary key ``(community_id, id)``."""

    @declared_attr
    def community_id(cls) -> Mapped[int]:
        """The shard key; part of every key and of every WHERE."""
        return mapped_column(
            sa.BigInteger, sa.ForeignKey("community.id"), primary_key=True, autoincrement=False
        )

    @declared_attr
    def id(cls) -> Mapped[uuid.UUID]:
        """UUIDv7 made in the application."""
        return mapped_column(Id, primary_key=True, default=new_id)


def points_to(column: str, table: str) -> sa.ForeignKeyConstraint:
    """Foreign key inside one community: ``(community_id, column) -> table (community_id, id)``."""
    return sa.ForeignKeyConstraint(
        ["community_id", column], [f"{table}.community_id", f"{table}.id"], use_alter=True
    )


def one_of(column: str, *values: str) -> sa.CheckConstraint:
    """CHECK that a state or kind is one of the named words."""
    words = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({words})", name=column)
