"""``flask --app app setup``: a real community instead of the demo, asked for question by question or by options."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask import current_app
from flask_babel import gettext as _

from app import clock
from app.cli.imports import FILE, show
from app.cli.speaking import Refused, speaking
from app.database import db
from app.files.tables import read_table
from app.founding import (
    Founded,
    FoundWithSteward,
    Steward,
    check_founding,
    found_with_steward,
    has_operator,
)
from app.identity.passwords import first_password, hash_password
from app.imports.reading import Reading
from app.transaction import transact
from points.people.intake import check_roster
from points.people.queries import communities
from points.people.roster import KNOWN_HEADERS, read_roster

ZONE = "Asia/Shanghai"
# No community has it: what the register knows of others is all that can clash with a new one.
NOBODY_YET = 0


@click.command("setup")
@click.option("--name", help="name of the community / 村或社区的名称")
@click.option("--code", help="its name in addresses: small letters, digits, - / 网址里的代号")
@click.option("--area", help="province/city/county/town / 省/市/县/乡镇")
@click.option("--steward-name", help="who begins / 第一位管理员的姓名")
@click.option("--steward-phone", help="phone to sign in with / 手机号")
@click.option(
    "--steward-household", default="000", show_default=True, help="when the roster does not know the steward"
)
@click.option("--steward-grid", default="村委会", show_default=True, help="the same, grid")
@click.option("--roster", type=FILE, help="household roster, CSV or XLSX / 户籍名册")
@click.option("--only-good", is_flag=True, help="import the good rows when others cannot be read")
@click.option("--grid", help="grid of all rows, for a roster that names none")
@click.option("--shop", help="name of the first shop; empty for none / 第一个店的名称")
@click.option("--wallet", type=click.Choice(["household", "member"]), default="household", show_default=True)
@click.option("--notice-days", type=click.IntRange(0, 60), default=3, show_default=True)
@click.option(
    "--operator/--no-operator",
    default=None,
    help="the steward also runs the site; by default the first one does",
)
@speaking
def set_up(**given: object) -> None:
    """Found a community with its steward; refuses a phone that is in use. Prints what comes next."""
    name = _ask(given["name"], _("村或社区叫什么名字"), "--name")
    code = _ask(given["code"], _("网址里的代号（小写字母、数字，例如 qingxi）"), "--code")
    area = _ask(given["area"], _("在哪里（例如 山东省/济南市/历城区/义田镇）"), "--area")
    steward = Steward(
        _ask(given["steward_name"], _("第一位管理员的姓名"), "--steward-name"),
        _ask(given["steward_phone"], _("管理员的手机号（用来登录）"), "--steward-phone"),
        str(given["steward_household"]),
        str(given["steward_grid"]),
    )
    areas = tuple(part.strip() for part in area.split("/"))
    _refuse_code_in_use(code)
    steward = check_founding(db.session(), code, areas, steward)
    roster = _roster(given)
    shop = _ask(given["shop"], _("第一个积分超市叫什么（先不开就直接回车）"), "--shop", default="")
    is_operator = given["operator"] if given["operator"] is not None else not has_operator(db.session())
    db.session.rollback()
    password = first_password()
    command = FoundWithSteward(
        code, name, areas, steward, hash_password(password), roster.rows if roster else (), shop,
        str(given["wallet"]), int(str(given["notice_days"])), bool(is_operator), reason=_("建村时设立"),
    )  # fmt: skip
    founded = transact(found_with_steward, command)
    _say_what_comes_next(command, founded, password)


def _is_interactive() -> bool:
    return sys.stdin.isatty()


def _ask(value: object, question: str, option: str, default: str | None = None) -> str:
    """The option, else an answer from whoever sits there, else the default. Raises Refused for a missing option."""
    if value is not None:
        return str(value).strip()
    if _is_interactive():
        return str(click.prompt(question, default=default, show_default=False)).strip()
    if default is not None:
        return default
    raise Refused(_("缺少 %(option)s（%(question)s）。", option=option, question=question))


def _refuse_code_in_use(code: str) -> None:
    if code in {community.code for community in communities(db.session())}:
        raise Refused(_("代号 %(code)s 已经有村或社区在用，请换一个。", code=code))


def _roster(given: dict[str, object]) -> Reading | None:
    """The roster, read before anything is founded, so that nothing is founded when it is not good enough."""
    path = given["roster"]
    if path is None and _is_interactive():
        typed = _ask(None, _("户籍名册文件（没有就直接回车）"), "--roster", default="")
        path = Path(typed).expanduser() if typed else None
    if path is None:
        return None
    if not Path(str(path)).is_file():
        raise Refused(_("没有找到文件 %(path)s。", path=path))
    reading = _read(Path(str(path)), str(given["grid"]) if given["grid"] else None)
    show(reading)
    if reading.errors and not given["only_good"]:
        raise Refused(
            _(
                "名册有 %(bad)s 行没看懂，什么都没有建立。请改好再来；或加 --only-good，只导入好的 %(good)s 行。",
                bad=len(reading.refused_lines), good=len(reading.rows),
            )
        )  # fmt: skip
    return reading


def _read(path: Path, grid: str | None) -> Reading:
    table = read_table(path.read_bytes(), path.name, known=KNOWN_HEADERS)
    read = read_roster(
        table.header, table.rows, today=clock.today(ZONE), title=table.title, default_grid=grid
    )
    clashes = check_roster(db.session(), NOBODY_YET, read.rows)
    refused = {error.line for error in clashes}
    rows = tuple(row for row in read.rows if row.line not in refused)
    errors = tuple(sorted((*read.errors, *clashes), key=lambda error: error.line))
    return Reading("roster", rows, errors, tuple(read.warnings), (*table.notes, *read.notes), table.sheet)


def _say_what_comes_next(command: FoundWithSteward, founded: Founded, password: str) -> None:
    site = current_app.config["SITE_URL"] or _("您的网址")
    people = _("%(people)s 人、%(households)s 户", people=founded.members, households=founded.households)
    lines = [
        "",
        _("%(name)s建好了：%(people)s。", name=command.name, people=people),
        "",
        _("管理员 %(name)s 用下面的密码登录，第一次登录要换成自己的密码。密码只显示这一次：", name=command.steward.name),
        f"  {site}/sign-in",
        f"  {_('手机号')}  {command.steward.phone}",
        f"  {_('密码')}    {password}",
        "",
        _("接下来："),
        _("  1. 导入规则（要写明哪次会议通过、票数和生效日期）：网页“管理 - 导入表格”，或"),
        f"     flask --app app import rules FILE --community {command.code} --adopted-by … --adopted-on … "
        "--in-force-from … --for N --against N",
        _("  2. 导入货品：flask --app app import catalogue FILE --community %(code)s；再登记进货。", code=command.code),
        _("  3. 给身份：“村民与卡”里点开一个人。至少要一位主持人、两位评议员、一位监督员，网格员和超市志愿者按需要。"),
        _("  4. 批预算：“管理 - 预算”。没有预算，通过的积分不能公示。"),
        _("  5. 印卡、发第一个密码：“村民与卡”。"),
        _("  6. 让服务器定时运行：flask --app app jobs run（见 docs/operations.md）。"),
        _("  7. 每天备份：flask --app app backup FILE。"),
    ]  # fmt: skip
    for line in lines:
        click.echo(line)
