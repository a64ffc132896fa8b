"""Frozen SQL of the migrations, one script for each database (``migrations/sql``), statements divided by ``--;``."""

from pathlib import Path

from alembic import op

SQL = Path(__file__).resolve().parent / "sql"


def run(name: str) -> None:
    """Runs ``NAME_sqlite.sql`` or ``NAME_postgresql.sql``."""
    script = (SQL / f"{name}_{op.get_bind().dialect.name}.sql").read_text(encoding="utf-8")
    # The driver's own cursor: SQLAlchemy would have a per cent sign in a function's body taken for a parameter.
    cursor = op.get_bind().connection.cursor()
    for statement in script.split("\n--;\n"):
        if statement.strip():
            cursor.execute(statement)
    cursor.close()
