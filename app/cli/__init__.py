"""``flask --app app ...``: the commands of operators. Each module holds one group; ``GROUPS`` names them all."""

from __future__ import annotations

from flask import Flask

from app.cli.ledger import ledger
from app.demo.commands import demo

GROUPS = (ledger, demo)


def init_cli(site: Flask) -> None:
    """Adds the commands."""
    for group in GROUPS:
        site.cli.add_command(group)
