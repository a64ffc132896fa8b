"""Statements of hot pages: their text for a driver is found once, and rows come as the driver gives them.

SQLAlchemy's own way around a statement (finding the compiled form, a processor for every cell) costs a hot page more than
the database does. The statement is still SQLAlchemy's: it is written once for both databases, values are bound by their
types, and whoever listens to statements hears it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa


@dataclass(frozen=True)
class _Form:
    """The statement as one dialect takes it."""

    text: str
    order: Sequence[str] | None
    bind: tuple[tuple[str, Callable[[Any], Any]], ...]


class Prepared:
    """``Prepared(sa.text(...).bindparams(...)).rows(connection, {"account": ...})``."""

    def __init__(self, statement: sa.TextClause) -> None:
        self._statement = statement
        self._forms: dict[str, _Form] = {}

    def rows(self, connection: sa.Connection, values: dict[str, Any]) -> Sequence[sa.Row]:
        """All rows; cells as the driver gives them (see ``uuid_text`` and ``moment_of``)."""
        dialect = connection.dialect
        form = self._forms.get(dialect.name)
        if form is None:
            form = self._forms[dialect.name] = self._form_for(dialect)
        bound = dict(values)
        for name, bind in form.bind:
            bound[name] = bind(bound[name])
        sent = bound if form.order is None else tuple([bound[name] for name in form.order])
        return connection.exec_driver_sql(form.text, sent).all()

    def _form_for(self, dialect: sa.Dialect) -> _Form:
        compiled = self._statement.compile(dialect=dialect)
        types = {name: parameter.type.dialect_impl(dialect) for name, parameter in compiled.binds.items()}
        processors = {name: kind.bind_processor(dialect) for name, kind in types.items()}
        return _Form(
            str(compiled), compiled.positiontup if compiled.positional else None,
            tuple((name, processor) for name, processor in processors.items() if processor),
        )  # fmt: skip


def uuid_text(value: uuid.UUID | bytes) -> str:
    """An id as addresses write it."""
    return str(uuid.UUID(bytes=value) if isinstance(value, bytes) else value)


def moment_of(value: datetime | str) -> datetime:
    """An instant: aware from PostgreSQL, text in UTC from SQLite."""
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value
