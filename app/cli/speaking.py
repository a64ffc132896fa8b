"""How commands talk: in Chinese or English (``--lang en``), refusals as one sentence with exit status 1."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

import click
from flask.cli import with_appcontext
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError

from app.sentences import say
from points.errors import DomainError

Command = TypeVar("Command", bound=Callable[..., object])


class Refused(Exception):
    """A command that could not be done; the message is the sentence for the operator."""


def speaking(command: Command) -> Command:
    """Adds ``--lang``, and turns what a command refuses into a sentence on stderr and exit status 1."""

    @click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="language of the messages")
    @wraps(command)
    def spoken(*args: object, lang: str, **options: object) -> None:
        with force_locale(lang):
            try:
                command(*args, **options)
            except DomainError as error:
                _refuse(say(error))
            except Refused as error:
                _refuse(str(error))
            except DBAPIError as error:
                _refuse(_database_sentence(error))

    return with_appcontext(spoken)  # type: ignore[return-value]


def _refuse(sentence: str) -> None:
    click.echo(sentence, err=True)
    raise click.exceptions.Exit(1)


def _database_sentence(error: DBAPIError) -> str:
    """What to do about a database that is absent, locked or not migrated; anything else is told as it is."""
    text = str(error.orig).lower()
    if "no such table" in text or "does not exist" in text:
        return _("数据库还没有建表，或版本不对。请先运行：flask --app app db upgrade")
    if "locked" in text or "lock timeout" in text:
        return _("数据库正被别的程序占用，请过一会儿再运行。")
    if "unable to open" in text or "connection" in text:
        return _("连不上数据库，请检查 DATABASE_URL。")
    return _("数据库报告了一个错误：%(text)s", text=str(error.orig).splitlines()[0])
