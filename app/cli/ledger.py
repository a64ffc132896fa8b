"""``flask --app app ledger check``: is every balance, and every shelf of the shops, the sum of its rows?"""

from __future__ import annotations

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from app.cli.speaking import Refused, speaking
from app.database import db
from points.ledger.check import check_ledger
from points.people.queries import communities
from shop.stock.check import check_stock

ledger = AppGroup("ledger", help="The books / 账")


def findings() -> list[str]:
    """One line for each number of an account or a shelf, in any community, that is not what its rows say."""
    shelves = [
        f"{community.code} shop {found.shop_id} item {found.item_id} {found.field}: "
        f"stored {found.stored}, rows say {found.counted}"
        for community in communities(db.session())
        for found in check_stock(db.session(), community.id)
    ]
    return shelves + [
        f"{community.code} {found.kind}:{found.owner_id} account {found.account_id} {found.field}: "
        f"stored {found.stored}, rows say {found.counted}"
        for community in communities(db.session())
        for found in check_ledger(db.session(), community.id)
    ]


@ledger.command("check")
@speaking
def check() -> None:
    """Count every balance and shelf again. Exit status 1, and what is wrong by name, when one is not the sum of its rows."""
    wrong = findings()
    for line in wrong:
        click.echo(line)
    if wrong:
        raise Refused(_("有 %(count)s 处余额和流水对不上，见上面各行。", count=len(wrong)))
    click.echo(_("每个余额都和流水相符。"))
