"""Statements of somebody who is not our code: a fresh driver connection, no setting of ours, on both databases."""

from __future__ import annotations

import re
import sqlite3
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg

REFUSALS = (sqlite3.Error, psycopg.Error)
LOOKED_AT = ("account", "transfer", "open_pending", "failed_transfer", "lot", "lot_use")


class RawSql:
    """Runs SQL with ``:name`` parameters on one fresh connection, each statement committed or rolled back."""

    def __init__(self, connection: Any, backend: str) -> None:
        self._connection = connection
        self.backend = backend

    def run(self, statement: str, **values: Any) -> list[tuple]:
        """Executes and commits. Raises what the driver raises."""
        cursor = self._connection.cursor()
        try:
            if self.backend == "postgresql":
                cursor.execute(re.sub(r"(?<!:):(\w+)", r"%(\1)s", statement), values)
            else:
                cursor.execute(statement, {name: _plain(value) for name, value in values.items()})
            rows = cursor.fetchall() if cursor.description else []
            self._connection.commit()
            return rows
        except REFUSALS:
            self._connection.rollback()
            raise
        finally:
            cursor.close()

    def insert(self, table: str, row: dict[str, Any], verb: str = "INSERT INTO", ending: str = "") -> None:
        """Inserts one row."""
        columns = ", ".join(row)
        values = ", ".join(f":{name}" for name in row)
        self.run(f"{verb} {table} ({columns}) VALUES ({values}) {ending}", **row)

    def state(self) -> dict[str, list[str]]:
        """Every row of the ledger."""
        return {table: sorted(map(repr, self.run(f"SELECT * FROM {table}"))) for table in LOOKED_AT}

    def changes_nothing(self, attempt: Callable[[], None], what: str = "") -> str:
        """Runs an attempt that may be refused or ignored, but must leave every row as it was; returns the refusal."""
        before = self.state()
        refusal = ""
        try:
            attempt()
        except REFUSALS as error:
            refusal = str(error)
        assert self.state() == before, f"{what}: {refusal or 'went through'}"
        return refusal

    def is_refused(self, attempt: Callable[[], None], what: str = "") -> str:
        """Like ``changes_nothing``, and the database must say no."""
        refusal = self.changes_nothing(attempt, what)
        assert refusal, f"{what}: nothing changed, but nothing was said either"
        return refusal


def _plain(value: Any) -> Any:
    """As SQLite stores it."""
    if isinstance(value, uuid.UUID):
        return value.bytes
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return value
