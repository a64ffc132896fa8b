"""The points supermarket: prices with versions, hours, deliveries, baskets, counter sales, codes, devices, settlement."""

from migrations.frozen import run

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Keeps every row."""
    run("0003_up")


def downgrade() -> None:
    """Only for an empty database."""
    run("0003_down")
    run("0001_up")
    run("0002_up")
