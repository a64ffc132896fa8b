"""Review and trust: groups, relations, kinds of sessions, rule drafts, due process, appeals, re-checks, daily seals.

What was a secret vote becomes ``blind``: its minutes name nobody, but the database knew who voted what.
"""

from migrations.frozen import run

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Keeps every row. SQLite changes a CHECK by copying the table (sqlite.org/lang_altertable.html, section 7)."""
    run("0002_up")


def downgrade() -> None:
    """Only for an empty database."""
    run("0002_down")
    run("0001_up")
