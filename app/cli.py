"""``flask --app app ...``: the commands of operators."""

from __future__ import annotations

import click
import sqlalchemy as sa
from flask import Flask
from flask.cli import AppGroup

from app.database import db
from app.demo.commands import demo
from points.ledger.check import check_ledger
from points.people.models import Community

ledger = AppGroup("ledger", help="The books.")


def communities() -> list[sa.Row]:
    """Id, code and name of every community."""
    return list(
        db.session.execute(sa.select(Community.id, Community.code, Community.name).order_by(Community.id))
    )


@ledger.command("check")
def check() -> None:
    """Count every balance again. Exit status 1, and the accounts by name, when one is not the sum of its rows."""
    wrong = 0
    for community in communities():
        for finding in check_ledger(db.session(), community.id):
            wrong += 1
            click.echo(
                f"{community.code} {finding.kind}:{finding.owner_id} account {finding.account_id} "
                f"{finding.field}: stored {finding.stored}, rows say {finding.counted}"
            )
    if wrong:
        raise click.exceptions.Exit(1)
    click.echo("every balance is the sum of its rows")


def init_cli(site: Flask) -> None:
    """Adds the commands."""
    site.cli.add_command(ledger)
    site.cli.add_command(demo)
