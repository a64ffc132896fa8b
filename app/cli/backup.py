"""``flask --app app backup FILE`` and ``restore FILE``."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask_babel import gettext as _

from app import clock
from app.backup.archive import read_backup, write_backup
from app.cli.imports import FILE
from app.cli.ledger import findings
from app.cli.speaking import Refused, speaking
from app.database import db
from app.health import head, stored_head
from app.sentences.facts import megabytes


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@speaking
def backup(file: Path) -> None:
    """Database and photos in one tar.gz, while the site goes on. Keep it where only you can read it."""
    done = write_backup(
        db.engine, Path(current_app.config["MEDIA_DIR"]), file.absolute(), head=stored_head(), now=clock.now()
    )
    size = megabytes(done.size_bytes)
    click.echo(
        _("备份好了：%(path)s，%(size)s，照片文件 %(photos)s 个。", path=file, size=size, photos=done.photos)
    )


@click.command("restore")
@click.argument("file", type=FILE)
@click.option(
    "--force-empty",
    is_flag=True,
    help="give up what the database holds now; stop the site first, and back up",
)
@speaking
def restore(file: Path, force_empty: bool) -> None:
    """Puts a backup into an empty database and counts the books. Exit status 1 when they do not agree."""
    media = Path(current_app.config["MEDIA_DIR"])
    db.session.remove()
    done = read_backup(db.engine, media, file, force_empty=force_empty, now=clock.now())
    click.echo(
        _("恢复好了：%(made_at)s 的备份，照片文件 %(photos)s 个。", made_at=done.made_at, photos=done.photos)
    )
    if done.aside:
        click.echo(_("原来的照片移到了 %(path)s。", path=done.aside))
    if stored_head() != head():
        raise Refused(_("备份是旧版本的，请接着运行：flask --app app db upgrade，再运行 ledger check。"))
    wrong = findings()
    for line in wrong:
        click.echo(line)
    if wrong:
        raise Refused(_("有 %(count)s 处余额和流水对不上，见上面各行。", count=len(wrong)))
    click.echo(_("账已核对：每个余额都和流水相符。"))
