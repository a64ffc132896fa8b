"""The first tables, with their checks and triggers."""

from migrations.frozen import run

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Builds the house."""
    run("0001_up")


def downgrade() -> None:
    """Takes everything down again; only for an empty database."""
    run("0001_down")
