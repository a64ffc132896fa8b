"""``flask --app app checkpoints seal`` and ``checkpoints check``."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import gettext as _

from app.cli.speaking import Refused, speaking
from app.database import db
from app.seal_key import known_keys, make_seal_key
from app.sealing import seal_community
from points.checkpoints.check import check_seals
from points.checkpoints.queries import erased_count, newest_checkpoint
from points.people.queries import communities

checkpoints = AppGroup("checkpoints", help="Daily seals / 封账")


@checkpoints.command("seal")
@click.option("--new-key", is_flag=True, help="make a new key where the old one is lost")
@speaking
def seal(new_key: bool) -> None:
    """Seal what is final in every community, and sign. Safe at any time and twice."""
    if new_key:
        make_seal_key(Path(current_app.config["SEAL_KEY_FILE"]))
    found = communities(db.session())
    db.session.rollback()
    for community in found:
        count = seal_community(community)
        newest = newest_checkpoint(db.session(), community.id)
        db.session.rollback()
        mark = newest.mark if newest else "-"
        click.echo(
            _("%(code)s  封账 %(count)s 条，封账号 %(mark)s", code=community.code, count=count, mark=mark)
        )


@checkpoints.command("check")
@speaking
def check() -> None:
    """Make every sealed line and root anew. Exit status 1, and each by name, when something does not hold."""
    keys = known_keys(Path(current_app.config["SEAL_KEY_FILE"]))
    wrong = erased = 0
    for community in communities(db.session()):
        erased += erased_count(db.session(), community.id)
        for found in check_seals(db.session(), community.id, keys):
            click.echo(f"{community.code} {found.position} {found.problem} {found.entry}".rstrip())
            wrong += 1
    if erased:
        click.echo(_("有 %(count)s 个人、户或几句话已经按要求删去，和谁有关不再能核对。", count=erased))
    if wrong:
        raise Refused(_("有 %(count)s 处和封账时不一样，见上面各行。", count=wrong))
    click.echo(_("每一条都和封账时一样，每个封账签名都对。"))
