"""Triggers: the rules that hold even for raw SQL on a fresh connection, on both databases.

Each guard is attached to its table, so that ``create_all`` builds it; the migrations carry their own frozen copy and
a test compares the two. Money-like rules stand twice on purpose: in Python for a good message, here for certainty.

SQLite needs care that PostgreSQL does not: foreign keys are off on a fresh connection, ``INSERT OR REPLACE`` deletes
without firing delete triggers, and ``INSERT OR IGNORE`` would skip a failing statement *inside* a trigger. Hence every
check is a RAISE(ABORT) before the row goes in, and the balances move after.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import event

# Shared by many tables, so each brings it along: tables are created in no promised order.
POSTGRESQL_ROWS_STAY = """
CREATE OR REPLACE FUNCTION rows_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% rows are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$"""


def attach(table: sa.Table, *, sqlite: str, postgresql: str) -> None:
    """Creates the guard right after the table, in each database's own words."""
    for dialect, text in (("sqlite", sqlite), ("postgresql", postgresql)):
        for statement in statements_of(text):
            ddl = sa.DDL(statement.replace("%", "%%")).execute_if(dialect=dialect)
            event.listen(table, "after_create", ddl)


def statements_of(text: str) -> list[str]:
    """Splits a script at lines that hold only ``--;`` (a trigger's body has semicolons of its own)."""
    return [part.strip() for part in text.split("\n--;") if part.strip()]


def append_only(table: sa.Table) -> None:
    """No UPDATE, no DELETE, and (SQLite) no replacing insert; on PostgreSQL no TRUNCATE either."""
    name = table.name
    attach(
        table,
        sqlite=f"""
CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name}
BEGIN SELECT RAISE(ABORT, '{name} rows are never changed'); END
--;
CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name}
BEGIN SELECT RAISE(ABORT, '{name} rows are never deleted'); END
--;
CREATE TRIGGER {name}_no_replace BEFORE INSERT ON {name}
WHEN EXISTS (SELECT 1 FROM {name} WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: {name}.community_id, {name}.id'); END
""",
        postgresql=f"""{POSTGRESQL_ROWS_STAY}
--;
CREATE TRIGGER {name}_rows_stay BEFORE UPDATE OR DELETE ON {name} FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {name} FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
""",
    )
