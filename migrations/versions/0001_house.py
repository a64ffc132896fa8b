"""The first tables, with their checks and triggers, as frozen SQL for each database (``migrations/sql``)."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

SQL = Path(__file__).resolve().parent.parent / "sql"


def _run(name: str) -> None:
    script = (SQL / f"{name}_{op.get_bind().dialect.name}.sql").read_text(encoding="utf-8")
    # The driver's own cursor: SQLAlchemy would have a per cent sign in a function's body taken for a parameter.
    cursor = op.get_bind().connection.cursor()
    for statement in script.split("\n--;\n"):
        if statement.strip():
            cursor.execute(statement)
    cursor.close()


def upgrade() -> None:
    """Builds the house."""
    _run("0001_up")


def downgrade() -> None:
    """Takes everything down again; only for an empty database."""
    _run("0001_down")
