"""Statements of hot paths: their text for a driver is found once, and goes to the driver without a detour.

SQLAlchemy's own way around a statement (finding the compiled form, a context, a result, a row) takes four times what the
driver takes, and the till's queue and the pages that everybody opens have no time for it. The statement is still
SQLAlchemy's: it is written once for both databases, values and columns go through their types, errors come as
SQLAlchemy's, and whoever listens to statements hears it, since it then takes the front door.
"""

from __future__ import annotations

import uuid
from collections import namedtuple
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

import sqlalchemy as sa

from points import postgres_calls

_numbers = count()
Convert = Callable[[Any], Any]


@dataclass
class _Form:
    """The statement as one dialect takes it: values that stand in it, the order of positional ones, what to convert.

    ``native``: text and order of places for libpq, where the database is PostgreSQL.
    """

    text: str
    order: Sequence[str] | None
    constants: dict[str, Any]
    inward: tuple[tuple[str, Convert], ...]
    outward: tuple[tuple[int, Convert], ...]
    native: tuple[bytes, bytes, tuple[str, ...]] | None = None
    row: Any = None

    def bound(self, values: dict[str, Any]) -> dict[str, Any]:
        """All values by name, as the driver's types."""
        bound = self.constants | values
        for name, convert in self.inward:
            bound[name] = convert(bound[name])
        return bound

    def sent(self, bound: dict[str, Any]) -> Any:
        """Values as a cursor takes them."""
        return bound if self.order is None else tuple([bound[name] for name in self.order])

    def makes(self, names: Iterable[str]) -> Convert:
        """What makes a named tuple of a row's cells."""
        if self.row is None:
            self.row = namedtuple("Row", names, rename=True)
        make = self.row._make
        return (lambda cells: make(self._converted(cells))) if self.outward else make

    def _converted(self, cells: Sequence[Any]) -> list[Any]:
        out = list(cells)
        for at, convert in self.outward:
            if out[at] is not None:
                out[at] = convert(out[at])
        return out


class Prepared:
    """``Prepared(sa.select(...)).rows(connection, {"account": ...})``; ``run`` for a change.

    ``columns`` are those that an INSERT fills; all values are bound by name. A ``sa.text`` knows no types of columns: its
    cells come as the driver gives them (see ``uuid_text`` and ``moment_of``).
    """

    def __init__(self, statement: sa.ClauseElement, columns: Sequence[str] | None = None) -> None:
        self._statement, self._columns = statement, columns
        self._forms: dict[str, _Form] = {}

    def rows(self, connection: sa.Connection, values: dict[str, Any]) -> list[Any]:
        """All rows, as named tuples. Raises what SQLAlchemy raises."""
        return self._execute(connection, values, wants_rows=True)[0]

    def run(self, connection: sa.Connection, values: dict[str, Any]) -> int:
        """Changes; returns how many rows."""
        return self._execute(connection, values, wants_rows=False)[1]

    def _execute(
        self, connection: sa.Connection, values: dict[str, Any], *, wants_rows: bool
    ) -> tuple[list[Any], int]:
        dialect = connection.dialect
        form = self._forms.get(dialect.name)
        if form is None:
            form = self._forms[dialect.name] = self._form_for(dialect)
        bound = form.bound(values)
        if connection.dispatch.before_cursor_execute or connection.dispatch.after_cursor_execute:
            result = connection.exec_driver_sql(form.text, form.sent(bound))
            rows = list(map(form.makes(result.keys()), result.fetchall())) if wants_rows else []
            return rows, result.rowcount
        if not connection.in_transaction():
            connection.begin()
        way = _by_cursor if form.native is None else _by_libpq
        try:
            return way(connection.connection.driver_connection, form, bound, wants_rows=wants_rows)
        except connection.dialect.loaded_dbapi.Error as error:
            connection._handle_dbapi_exception(error, form.text, form.sent(bound), None, None)
            raise

    def _form_for(self, dialect: sa.Dialect) -> _Form:
        compiled = self._statement.compile(dialect=dialect, column_keys=self._columns)
        constants = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        binds = ((name, bind.type.dialect_impl(dialect)) for bind, name in compiled.bind_names.items())
        inward = {name: convert for name, kind in binds if (convert := kind.bind_processor(dialect))}
        columns = (column.type.dialect_impl(dialect) for column in compiled._result_columns)
        outward = ((at, kind.result_processor(dialect, None)) for at, kind in enumerate(columns))
        return _Form(
            str(compiled), compiled.positiontup if compiled.positional else None, constants,
            tuple(inward.items()),
            tuple((at, convert) for at, convert in outward if convert),
            self._native(dialect) if dialect.driver == "psycopg" else None,
        )  # fmt: skip

    def _native(self, dialect: sa.Dialect) -> tuple[bytes, bytes, tuple[str, ...]]:
        compiled = self._statement.compile(
            dialect=type(dialect)(paramstyle="numeric_dollar"), column_keys=self._columns
        )
        return f"yitian_{next(_numbers)}".encode(), str(compiled).encode(), tuple(compiled.positiontup or ())


class PreparedRows:
    """A few rows of a table in one statement: ``PreparedRows(table, columns).run(connection, rows)``.

    One text for each number of rows; made for baskets, not for imports (``put_many``).
    """

    def __init__(self, table: sa.Table, columns: Sequence[str]) -> None:
        self._table, self._columns = table, columns
        self._texts: dict[int, Prepared] = {}

    def run(self, connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> int:
        """Inserts them; returns how many."""
        many = len(rows)
        if many not in self._texts:
            self._texts[many] = Prepared(
                sa.insert(self._table).values(
                    [
                        {
                            name: sa.bindparam(f"{name}_{at}", type_=self._table.c[name].type)
                            for name in self._columns
                        }
                        for at in range(many)
                    ]
                )
            )
        values = {f"{name}_{at}": row[name] for at, row in enumerate(rows) for name in self._columns}
        return self._texts[many].run(connection, values)


def _by_cursor(driver: Any, form: _Form, bound: dict[str, Any], *, wants_rows: bool) -> tuple[list[Any], int]:
    cursor = driver.cursor()
    try:
        cursor.execute(form.text, form.sent(bound))
        if not wants_rows:
            return [], cursor.rowcount
        names = () if form.row else [column[0] for column in cursor.description]
        return list(map(form.makes(names), cursor.fetchall())), cursor.rowcount
    finally:
        cursor.close()


def _by_libpq(driver: Any, form: _Form, bound: dict[str, Any], *, wants_rows: bool) -> tuple[list[Any], int]:
    assert form.native is not None
    name, text, order = form.native
    result = postgres_calls.execute(driver, name, text, [bound[one] for one in order])
    if not wants_rows:
        return [], result.command_tuples or 0
    names = () if form.row else postgres_calls.names_of(result)
    return postgres_calls.rows_of(result, form.makes(names)), result.ntuples


def put_many(
    connection: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Many rows of plain values (ids, numbers, texts, bytes) at once: by COPY on PostgreSQL, where an INSERT for each
    costs five times as much. Triggers and checks see them all the same. Raises what SQLAlchemy raises."""
    if not rows:
        return
    if connection.dialect.name != "postgresql":
        connection.execute(sa.insert(table), [dict(zip(columns, row, strict=True)) for row in rows])
        return
    text = f"COPY {table.name} ({', '.join(columns)}) FROM STDIN"
    cursor = connection.connection.driver_connection.cursor()
    try:
        with cursor.copy(text) as copy:
            for row in rows:
                copy.write_row(row)
    except connection.dialect.loaded_dbapi.Error as error:
        connection._handle_dbapi_exception(error, text, None, cursor, None)
        raise
    finally:
        cursor.close()


def uuid_text(value: uuid.UUID | bytes) -> str:
    """An id as addresses write it."""
    return str(uuid.UUID(bytes=value) if isinstance(value, bytes) else value)


def moment_of(value: datetime | str) -> datetime:
    """An instant: aware from PostgreSQL, text in UTC from SQLite."""
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value
