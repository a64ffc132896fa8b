"""Writes the frozen SQL of the first migration from the models: ``python tools/freeze_schema.py``.

Only until the first release: from then on a database in some village stands at 0001, and every change of a model is a
migration of its own. A test compares the migrated database with the models, triggers and checks included.
"""

from __future__ import annotations

import re
import sys
from itertools import groupby
from pathlib import Path

import sqlalchemy as sa

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.models import metadata  # noqa: E402 - the path comes first

SEPARATOR = "\n--;\n"
DIALECTS = {"sqlite": "sqlite://", "postgresql": "postgresql+psycopg://"}


def created(name: str) -> list[str]:
    """What ``create_all`` would run on an empty database, in an order that does not change from run to run."""
    statements: list[str] = []

    def keep(element: sa.Executable, *_args: object, **_more: object) -> None:
        text = str(element.compile(dialect=engine.dialect))
        if isinstance(element, sa.DDL):
            text = text.replace("%%", "%")
        text = re.sub(r"[ \t]+$", "", text.replace("\t", "    "), flags=re.MULTILINE).strip()
        if text not in statements:
            statements.append(text)

    engine = sa.create_mock_engine(DIALECTS[name], keep)
    metadata.create_all(engine, checkfirst=False)
    # Indexes of a table and foreign keys come out of sets.
    later = sorted(text for text in statements if text.startswith("ALTER TABLE"))
    runs = groupby(
        (text for text in statements if text not in later), lambda text: text.startswith("CREATE INDEX")
    )
    return [text for is_index, run in runs for text in (sorted(run) if is_index else run)] + later


def dropped(name: str, up: list[str]) -> list[str]:
    """The way back. SQLite drops table by table; PostgreSQL at once, for the tables point at each other."""
    tables = [match[1] for text in up if (match := re.match(r"CREATE TABLE (\w+)", text))]
    if name == "sqlite":
        return [f"DROP TABLE {table}" for table in reversed(tables)]
    functions = dict.fromkeys(
        match[1] for text in up if (match := re.match(r"CREATE OR REPLACE FUNCTION (\w+)", text))
    )
    return [
        f"DROP TABLE {', '.join(tables)} CASCADE",
        *(f"DROP FUNCTION {function}()" for function in functions),
    ]


def main() -> None:
    """Writes ``migrations/sql/0001_{up,down}_{sqlite,postgresql}.sql``."""
    for name in DIALECTS:
        up = created(name)
        for way, statements in (("up", up), ("down", dropped(name, up))):
            path = ROOT / "migrations" / "sql" / f"0001_{way}_{name}.sql"
            path.write_text(SEPARATOR.join(statements) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
