"""``flask --app app ...``: the commands of operators. Each module holds one group; ``GROUPS`` names them all."""

from __future__ import annotations

from flask import Flask

from app.cli.backup import backup, restore
from app.cli.checkpoints import checkpoints
from app.cli.imports import imports
from app.cli.jobs import jobs
from app.cli.ledger import ledger
from app.cli.passwords import issue_password
from app.cli.places import list_communities
from app.cli.setup import set_up
from app.demo.commands import demo

GROUPS = (set_up, imports, jobs, ledger, checkpoints, backup, restore, issue_password, list_communities, demo)


def init_cli(site: Flask) -> None:
    """Adds the commands."""
    for group in GROUPS:
        site.cli.add_command(group)
