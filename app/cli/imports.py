"""``flask --app app import roster FILE`` and the same for rules, the catalogue and relations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from app import clock
from app.cli.places import chosen_community
from app.cli.speaking import Refused, speaking
from app.database import db
from app.imports.reading import Question, Reading, read_file
from app.imports.taking_in import Adoption, take_in
from app.sentences.rows import column, explain, found, reason, tell, warn

imports = AppGroup("import", help="Rosters, rules, goods, relations from a file / 从文件导入")

Command = TypeVar("Command", bound=Callable[..., object])
FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


class Day(click.ParamType):
    """A calendar day, YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day, or a usage error."""
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not YYYY-MM-DD", param, ctx)


def _of_a_file(command: Command) -> Command:
    """The options that all of them have."""
    for option in (
        click.option("--sheet", help="the sheet of a workbook to read"),
        click.option("--only-good", is_flag=True, help="import the good rows when others cannot be read"),
        click.option("--community", "code", help="code of the community; not needed while there is one"),
        click.argument("file", type=FILE),
    ):
        command = option(command)
    return command


@imports.command("roster")
@_of_a_file
@click.option("--grid", help="the grid of all rows, for a file that names none")
@speaking
def roster(file: Path, code: str | None, only_good: bool, sheet: str | None, grid: str | None) -> None:
    """Households and people. Known people are updated, nobody is removed; twice changes nothing."""
    _import("roster", file, code, only_good, sheet=sheet, grid=grid)


@imports.command("rules")
@_of_a_file
@click.option("--adopted-by", required=True, help="the assembly that adopted the book")
@click.option("--adopted-on", required=True, type=Day(), help="the day it did")
@click.option(
    "--in-force-from", required=True, type=Day(), help="first day on which deeds count by this version"
)
@click.option("--for", "votes_for", required=True, type=click.IntRange(min=1), help="votes for it")
@click.option("--against", "votes_against", default=0, type=click.IntRange(min=0), help="votes against")
@click.option("--abstained", "votes_abstained", default=0, type=click.IntRange(min=0), help="abstentions")
@speaking
def rules(file: Path, code: str | None, only_good: bool, sheet: str | None, **adoption: object) -> None:
    """A version of the rule book, as an assembly adopted it."""
    _import("rules", file, code, only_good, sheet=sheet, adoption=Adoption(**adoption))  # type: ignore[arg-type]


@imports.command("catalogue")
@_of_a_file
@speaking
def catalogue(file: Path, code: str | None, only_good: bool, sheet: str | None) -> None:
    """Goods and services by their code; stock stays as it is."""
    _import("catalogue", file, code, only_good, sheet=sheet)


@imports.command("relations")
@_of_a_file
@speaking
def relations(file: Path, code: str | None, only_good: bool, sheet: str | None) -> None:
    """Who stands close to whom, so that nobody judges them. None is ended; twice changes nothing."""
    _import("relations", file, code, only_good, sheet=sheet)


def _import(
    kind: str, file: Path, code: str | None, only_good: bool, *, sheet: str | None, grid: str | None = None,
    adoption: Adoption | None = None,
) -> None:  # fmt: skip
    community = chosen_community(code)
    question = Question(community.id, clock.today(community.zone), sheet, grid)
    reading = read_file(db.session(), kind, file.read_bytes(), file.name, question)
    show(reading)
    if reading.errors and not only_good:
        raise Refused(
            _(
                "有 %(bad)s 行没看懂，什么都没有导入。请改好再来；或加 --only-good，只导入好的 %(good)s 行。",
                bad=len(reading.refused_lines), good=len(reading.rows),
            )
        )  # fmt: skip
    db.session.rollback()
    click.echo(take_in(reading, community.id, None, adoption=adoption, reason=file.name))


def show(reading: Reading) -> None:
    """Everything that was noticed, one line each: notes, warnings, and every row that cannot be taken."""
    for note in reading.notes:
        click.echo(tell(note))
    for warning in reading.warnings:
        click.echo(_("第 %(line)s 行：", line=warning.line) + warn(warning))
    for finding in reading.findings:
        click.echo(" ".join(filter(None, (finding.item, found(finding), reason(finding.code)))))
    for error in reading.errors:
        place = _("第 %(line)s 行", line=error.line)
        value = error.facts.get("value") or _("（空）")
        click.echo(f"{place}  {column(reading.kind, error.field)}  {value}  {explain(error)}")
