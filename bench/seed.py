"""Much data in little time: INSERT ... SELECT over a series of numbers, past the triggers, on either database.

The rows are those that the operations would have written (``flask ledger check`` finds nothing), only faster. Ids are
made from their kind and number, so that one statement can name what another wrote.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import datetime
from types import TracebackType

import sqlalchemy as sa

from points.base import Id, UtcDateTime

# Twelve bits of a UUIDv7, so that rows of two kinds never share an id.
KINDS = {
    name: number
    for number, name in enumerate(
        ("grid", "household", "member", "role", "wallet", "shop", "shop_account", "stock", "opening", "hold", "post",
         "use", "lot", "order", "line", "second_line", "record", "notice", "item", "session", "redemption", "award", "card"),
        1,
    )
}  # fmt: skip
FIRST_MILLISECOND = 1_750_000_000_000

POSTGRESQL_ID = f"""
CREATE OR REPLACE FUNCTION bench_id(kind int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
(lpad(to_hex({FIRST_MILLISECOND} + n), 12, '0') || '7' || lpad(to_hex(kind), 3, '0') || '8000' || lpad(to_hex(n), 12, '0'))::uuid
"""


def bench_id(kind: str, n: int) -> uuid.UUID:
    """Id of the ``n``-th row of a kind: a UUIDv7 whose time grows with ``n``."""
    return uuid.UUID(hex=f"{FIRST_MILLISECOND + n:012x}7{KINDS[kind]:03x}8000{n:012x}")


def _numbered(match: re.Match) -> str:
    return f"bench_id({KINDS[match[1]]}, {match[2]})"


class Seeder:
    """A connection on which triggers and foreign keys are silent, until the block ends.

    In its statements ``{order: n + 1}`` is the id of the order with that number and ``{series}`` a table ``s`` with
    the numbers ``n`` from 0 to below ``:count``.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._triggers: list[str] = []
        self.is_postgresql = engine.dialect.name == "postgresql"

    def __enter__(self) -> Seeder:
        self._connection = self._engine.connect().execution_options(writes=True)
        if self.is_postgresql:
            self._connection.exec_driver_sql("SET session_replication_role = replica")
            self._connection.exec_driver_sql("SET synchronous_commit = off")
            self._connection.exec_driver_sql(POSTGRESQL_ID)
        else:
            driver = self._connection.connection.driver_connection
            driver.create_function("bench_id", 2, _sqlite_id(), deterministic=True)
            named = self._connection.exec_driver_sql(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            ).all()
            for name, text in named:
                self._triggers.append(text)
                self._connection.exec_driver_sql(f"DROP TRIGGER {name}")
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            for text in self._triggers:
                self._connection.exec_driver_sql(text)
            self._connection.commit()
            if self.is_postgresql:
                self._connection.exec_driver_sql("RESET session_replication_role")
                self._connection.exec_driver_sql("RESET synchronous_commit")
            self._connection.commit()
        self._connection.close()

    def run(self, statement: str, **values: object) -> int:
        """Executes a statement with those of the values that it asks for; returns the number of its rows.

        Moments are bound as the site binds them.
        """
        series = (
            "generate_series(0, CAST(:count AS bigint) - 1) AS s(n)"
            if self.is_postgresql
            else "(WITH RECURSIVE up(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM up WHERE n < :count - 1) SELECT n FROM up) AS s"
        )
        text = sa.text(re.sub(r"\{(\w+): ([^}]+)\}", _numbered, statement.replace("{series}", series)))
        asked = {name: value for name, value in values.items() if name in text.compile().params}
        typed = [
            sa.bindparam(name, type_=kind)
            for name, value in asked.items()
            for of, kind in ((datetime, UtcDateTime), (uuid.UUID, Id))
            if isinstance(value, of)
        ]
        return self._connection.execute(text.bindparams(*typed), asked).rowcount

    def make(self, table: sa.Table, rows: list[dict[str, object]]) -> None:
        """A new table with rows that Python made."""
        table.create(self._connection)
        self._connection.execute(sa.insert(table), rows)

    def without_indexes(self, tables: list[str], fill: Callable[[], None]) -> None:
        """Fills tables whose indexes are built afterwards: sorted once instead of searched for every row."""
        names = ", ".join(f"'{name}'::regclass" for name in tables)
        found = self._connection.exec_driver_sql(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            f"WHERE conrelid IN ({names}) AND contype IN ('u')"
        ).all()
        plain = self._connection.exec_driver_sql(
            f"SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid IN ({names}) "
            "AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)"
        ).all()
        for table, name, _ in found:
            self._connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _ in plain:
            self._connection.exec_driver_sql(f"DROP INDEX {name}")
        fill()
        for table, name, definition in found:
            self._connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        for _, definition in plain:
            self._connection.exec_driver_sql(definition)

    def analyze_table(self, name: str) -> None:
        """Statistics of one table that the next statements need."""
        self._connection.exec_driver_sql(f"ANALYZE {name}")

    def analyze(self) -> None:
        """What the planner knows, up to date; on PostgreSQL with a visibility map, as after a quiet night."""
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM (ANALYZE)" if self.is_postgresql else "ANALYZE")


def set_sums_right(seeder: Seeder, community_id: int) -> None:
    """Stored balances and line counts of the community's accounts, counted from its rows, as the triggers would have."""
    seeder.run(SUMS, community=community_id)


SUMS = """
UPDATE account SET
  debits_posted = sums.debits_posted, credits_posted = sums.credits_posted,
  debits_pending = sums.debits_pending, credits_pending = sums.credits_pending, entries = sums.entries
FROM (
  SELECT account_id, sum(debits_posted) AS debits_posted, sum(credits_posted) AS credits_posted,
         sum(debits_pending) AS debits_pending, sum(credits_pending) AS credits_pending, sum(entries) AS entries
  FROM (
    SELECT debit_account_id AS account_id, amount AS debits_posted, 0 AS credits_posted, 0 AS debits_pending,
           0 AS credits_pending, 1 AS entries
      FROM transfer WHERE community_id = :community AND kind IN ('posted', 'post')
    UNION ALL SELECT credit_account_id, 0, amount, 0, 0, 1
      FROM transfer WHERE community_id = :community AND kind IN ('posted', 'post')
    UNION ALL SELECT debit_account_id, 0, 0, amount, 0, 0 FROM open_pending WHERE community_id = :community
    UNION ALL SELECT credit_account_id, 0, 0, 0, amount, 0 FROM open_pending WHERE community_id = :community
  ) AS sides GROUP BY account_id
) AS sums
WHERE account.community_id = :community AND account.id = sums.account_id
"""


def _sqlite_id() -> Callable[[int, int], bytes]:
    names = {number: name for name, number in KINDS.items()}
    return lambda kind, n: bench_id(names[kind], n).bytes


def let_planner_look(url: str) -> None:
    """What autovacuum does within a minute of a table's first rows, and a bench is over sooner: a plan made for an empty
    table finds a nonce by walking through the whole village."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()
