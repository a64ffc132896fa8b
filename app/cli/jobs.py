"""``flask --app app jobs run``: for a timer, at any moment, as often as one likes."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from app.cli.speaking import Refused, speaking
from app.jobs import JobsDone, run_jobs

jobs = AppGroup("jobs", help="What time has done, written down / 定时整理")


@jobs.command("run")
@speaking
def run() -> None:
    """Settle, release, expire, close, tidy up, seal once a day; safe at any time and twice. Exit status 1 when a step failed."""
    done = run_jobs()
    for community in done:
        click.echo(_line(community))
    failed = [f"{community.community}: {step}" for community in done for step in community.failed]
    if failed:
        raise Refused(_("有几步没有做成，原因在日志里：%(steps)s", steps=", ".join(failed)))


def _line(done: JobsDone) -> str:
    counts = done.counts
    return (
        f"{done.community}  "
        + _(
            "入账或退回 %(settled)s 笔，放回 %(released)s 单的货，过期 %(expired)s 分，"
            "关会 %(closed)s 场，清理 %(dropped)s 张没用上的照片",
            **{
                name: counts.get(name, "-")
                for name in ("settled", "released", "expired", "closed", "dropped")
            },
        )
        + _("，封账 %(sealed)s 条", sealed=counts.get("sealed", "-"))
    )
