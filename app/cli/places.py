"""Which community a command is about, and the list of them."""

from __future__ import annotations

import click
from flask_babel import gettext as _

from app.cli.speaking import Refused, speaking
from app.database import db
from points.people.queries import CommunityView, communities
from points.standings.queries import community_overviews


def chosen_community(code: str | None) -> CommunityView:
    """The community of that code; the only one when no code is given. Raises Refused naming the codes there are."""
    found = communities(db.session())
    codes = ", ".join(sorted(community.code for community in found))
    if not found:
        raise Refused(_("还没有村或社区。请先运行：flask --app app setup"))
    if code is None and len(found) == 1:
        return found[0]
    for community in found:
        if community.code == code:
            return community
    if code is None:
        raise Refused(_("这里有好几个村或社区，请用 --community 写明是哪一个：%(codes)s", codes=codes))
    raise Refused(_("没有代号是 %(code)s 的村或社区。现有：%(codes)s", code=code, codes=codes))


@click.command("communities")
@speaking
def list_communities() -> None:
    """Code, name and households of every community."""
    for community in community_overviews(db.session()):
        click.echo(f"{community.code}\t{community.name}\t" + _("%(count)s 户", count=community.households))
