"""``flask --app app password PHONE``: a first password for whoever lost theirs, above all for the only operator."""

from __future__ import annotations

import click
from flask_babel import gettext as _

from app.cli.speaking import speaking
from app.database import db
from app.identity.first_passwords import IssueFirstPassword, issue_first_password
from app.identity.passwords import first_password, hash_password
from app.identity.proving import plain_phone
from app.transaction import transact
from points.errors import NotFound
from points.people.models import Phone


@click.command("password")
@click.argument("phone")
@click.option("--reason", default="", help="why, for the public list / 理由，会公开")
@speaking
def issue_password(phone: str, reason: str) -> None:
    """A new first password for the owner of PHONE; every earlier sign-in of theirs ends."""
    owner = db.session.get(Phone, plain_phone(phone))
    if owner is None:
        raise NotFound("member_not_found")
    community_id, member_id = owner.community_id, owner.member_id
    db.session.rollback()
    password = first_password()
    why = reason.strip() or _("在服务器上重新设的")
    command = IssueFirstPassword(community_id, None, member_id, hash_password(password), why)
    number = transact(issue_first_password, command)
    click.echo(_("第一次登录要换成自己的密码。密码只显示这一次："))
    click.echo(f"  {_('手机号')}  {number}")
    click.echo(f"  {_('密码')}    {password}")
