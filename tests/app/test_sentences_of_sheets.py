"""Every refusal, warning and note about a handed-over sheet has a sentence, and its facts read well."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import pytest
from flask_babel import force_locale

from app.files.tables import read_table
from app.sentences import SENTENCES, say
from app.sentences.columns import COLUMNS
from app.sentences.files import NOTES, WARNINGS
from app.sentences.people import ROLES as ROLE_WORDS
from app.sentences.rows import column, explain, tell, warn
from app.sentences.rules import FINDINGS, REASONS
from points.errors import Invalid
from points.people.models import ROLES
from points.people.relation_sheet import COLUMN_NAMES as RELATION_COLUMNS
from points.people.roster import COLUMN_NAMES as ROSTER_COLUMNS
from points.people.roster import KNOWN_HEADERS, read_roster
from points.rules.forbidden import BANS
from points.rules.sheet import COLUMN_NAMES as RULE_COLUMNS
from points.sheets import Note, RowError
from shop.catalogue.sheet import COLUMN_NAMES as CATALOGUE_COLUMNS

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("app/files", "points/people", "points/rules")
SINGLE = ("points/sheets.py", "points/amounts.py", "shop/catalogue/sheet.py")
ERRORS = ("Invalid", "Conflict", "NotFound", "NotAllowed", "Gone", "Fault", "RowError", "refuse")
DATA = ROOT / "tests/data"

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def codes_in_source(names: tuple[str, ...]) -> set[str]:
    """Codes handed to these calls anywhere in the rooms that read sheets: the first text that looks like a code."""
    files = [path for room in ROOMS for path in (ROOT / room).glob("*.py")]
    calls = (
        node
        for path in [*files, *(ROOT / name for name in SINGLE)]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and (node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")) in names
    )
    found = set()
    for call in calls:
        texts = [
            one.value
            for one in call.args
            if isinstance(one, ast.Constant) and isinstance(one.value, str) and "_" in one.value
        ]
        # refuse("phone", "phone_twice") and RowError(line, "phone", "phone_in_use", ...) name the field first.
        found.update(texts[-1:])
    return found


def test_every_code_of_the_rooms_that_read_sheets_has_a_sentence(site):
    codes = codes_in_source(ERRORS)
    assert len(codes) > 60
    assert sorted(codes - SENTENCES.keys()) == []


def test_every_warning_and_every_note_has_a_sentence(site):
    assert sorted(codes_in_source(("RowWarning",)) - WARNINGS.keys()) == []
    assert sorted(codes_in_source(("Note",)) - NOTES.keys()) == []


def test_every_finding_about_a_rule_book_has_a_sentence_and_a_reason(site):
    tree = ast.parse((ROOT / "points/rules/lint.py").read_text(encoding="utf-8"))
    calls = (
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "Finding"
    )
    codes = {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)}
    codes |= {ban.code for ban in BANS}
    assert len(codes) >= 17
    assert set(FINDINGS) == set(REASONS) == codes


def test_every_field_has_a_column_name_and_every_role_a_word(site):
    for kind, names in (
        ("roster", ROSTER_COLUMNS),
        ("rules", RULE_COLUMNS),
        ("catalogue", CATALOGUE_COLUMNS),
        ("relations", RELATION_COLUMNS),
    ):
        assert set(COLUMNS[kind]) == set(names)
    assert set(ROLE_WORDS) == set(ROLES)


def test_facts_read_as_a_village_would_say_them(site):
    with site.test_request_context("/"):
        missing = say(
            Invalid("columns_missing", missing=["household_number", "name"], found=["序号", "备注"])
        )
        large = say(Invalid("file_too_large", bytes=7_340_032, limit_bytes=5 * 1024 * 1024))
        kind = say(Invalid("file_kind_not_read", name="x.pdf", kind="pdf"))
        allowed = explain(
            RowError(3, "score", "word_not_known", {"value": "?", "allowed": ["redeemable", "honour"]})
        )
        lines = tell(Note("blank_rows_skipped", {"lines": list(range(1, 13))}))
    assert missing == "表头里缺少：户号、姓名。现在有的栏目是：序号、备注。请补上再上传。"
    assert large == "文件有 7 MB，太大了，最大 5 MB。请删去用不到的工作表，或分几次导入。"
    assert kind == "这是PDF 文件，读不了。请用表格软件打开，另存为 .xlsx 或 .csv，再上传。"
    assert allowed == "看不懂。可以填：可兑换、荣誉。"
    assert lines == "第 1、2、3、4、5、6、7、8 等共 12 行是空的，跳过了。"


@pytest.mark.parametrize("name", ["roster_gb18030.csv", "roster_merged_header.xlsx"])
@pytest.mark.parametrize("locale", ["zh", "en"])
def test_the_hard_rosters_leave_no_blank_and_no_code(site, name, locale):
    table = read_table((DATA / name).read_bytes(), name, known=KNOWN_HEADERS)
    reading = read_roster(table.header, table.rows, today=date(2026, 9, 7), title=table.title)
    with site.app_context(), force_locale(locale):
        said = [
            *(tell(note) for note in [*table.notes, *reading.notes]),
            *(warn(warning) for warning in reading.warnings),
            *(f"{column('roster', error.field)}: {explain(error)}" for error in reading.errors),
        ]
    assert len(said) >= 5
    assert [line for line in said if "…" in line or "_" in line or "[" in line] == []
