"""Reads a village's household roster: rows of a sheet become people in households, or named refusals.

Pure: no session, no clock. Nothing is dropped silently: each row ends up among the people, among the
errors, or in a note that says why it was passed over. A row with any error is left out of ``rows``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from points.errors import Invalid
from points.people.roster_checks import DraftRow, check_households, check_phones, fill_down
from points.people.roster_fields import (
    birth_year_reader,
    gender_of,
    grid_in,
    household_number_of,
    name_of,
    party_member_of,
    phone_of,
    relation_of,
)
from points.sheets import (
    Columns,
    Note,
    RowError,
    RowReader,
    RowWarning,
    SheetRow,
    known_headers,
    limited_text,
    match_columns,
    sift,
)

# Names of the columns as villages, grids and exports of other systems write them; the first is ours.
COLUMN_NAMES: Mapping[str, Sequence[str]] = {
    "household_number": (
        "户号", "户编号", "家庭编号", "户籍编号", "编号",
        "household number", "household no", "household id", "household",
    ),
    "grid": ("网格", "所属网格", "所在网格", "网格名称", "网格号", "grid"),
    "address": ("住址", "地址", "家庭住址", "现住址", "居住地址", "详细地址", "门牌号", "address"),
    "name": ("姓名", "成员姓名", "家庭成员姓名", "名字", "name", "full name"),
    "relation": (
        "与户主关系", "与户主的关系", "和户主关系", "关系",
        "relation", "relation to head", "relationship", "relation to head of household",
    ),
    "gender": ("性别", "gender", "sex"),
    "birth_year": (
        "出生年份", "出生日期", "出生年月", "出生年月日", "出生年", "生日",
        "birth year", "year of birth", "date of birth", "birth date", "birthday", "dob",
    ),
    "phone": (
        "手机号", "手机号码", "手机", "联系电话", "电话", "电话号码", "联系方式",
        "phone", "phone number", "mobile", "mobile number", "telephone",
    ),
    "is_party_member": ("是否党员", "党员", "政治面貌", "party member", "is party member"),
    "employer": ("工作单位", "单位", "employer", "workplace", "work unit"),
}  # fmt: skip
IGNORED_COLUMNS = ("序号", "备注", "no", "seq", "note", "notes", "remark", "remarks")
KNOWN_HEADERS = known_headers(COLUMN_NAMES, IGNORED_COLUMNS)


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person as a roster states them; ``line`` is the row in the file.

    ``relation`` to the head of the household: 户主 for the head, empty where the sheet does not say.
    ``is_party_member`` is None where the sheet has no such column; an empty cell in one says no.
    """

    line: int
    household_number: str
    grid: str
    address: str | None
    name: str
    relation: str
    gender: str | None
    birth_year: int | None
    phone: str | None
    is_party_member: bool | None
    employer: str | None


@dataclass(frozen=True, slots=True)
class RosterReading:
    """The people of a roster (only rows without any error), and everything its owner should be told."""

    rows: list[RosterRow]
    errors: list[RowError]
    warnings: list[RowWarning]
    notes: list[Note] = field(default_factory=list)

    @property
    def household_count(self) -> int:
        """How many households the readable rows belong to."""
        return len({row.household_number for row in self.rows})

    @property
    def refused_lines(self) -> list[int]:
        """The rows that cannot be taken, each once, in the order of the file."""
        return sorted({error.line for error in self.errors})


def read_roster(
    header: Sequence[str],
    rows: Sequence[SheetRow],
    *,
    today: date,
    title: Sequence[str] = (),
    default_grid: str | None = None,
) -> RosterReading:
    """Read the rows below a roster's header.

    ``title``: the lines above the header; a sheet without a grid column may name its grid there.
    ``default_grid``: the grid its owner chose for rows that name none.

    Raises Invalid ``columns_missing`` (``missing``, ``found``) without 户号, 姓名 or a grid, and
    ``no_rows`` where nothing but a header is there. All else is an error of its row.
    """
    columns = match_columns(header, COLUMN_NAMES, IGNORED_COLUMNS)
    grid, notes = _grid_for_rows_without(columns, title, default_grid)
    columns.require("household_number", "name", *([] if grid else ["grid"]))
    kept, skipped = sift(rows)
    if not kept:
        raise Invalid("no_rows")
    drafts = _read_rows(kept, columns, today)
    notes = [*columns.notes, *notes, *skipped, *fill_down(drafts)]
    check_phones(drafts)
    warnings = check_households(drafts, grid, has_relations="relation" in columns.where)
    if "relation" not in columns.where:
        notes.append(Note("relation_column_missing"))
    errors = [error for draft in drafts for error in draft.reader.errors]
    people = [_person(draft) for draft in drafts if not draft.reader.errors]
    return RosterReading(people, errors, warnings, notes)


def _grid_for_rows_without(
    columns: Columns, title: Sequence[str], default_grid: str | None
) -> tuple[str | None, list[Note]]:
    if default_grid:
        return default_grid, []
    # A title never speaks over a column: with one, an empty cell is a mistake to be shown.
    grid = None if "grid" in columns.where else grid_in(title)
    return grid, [Note("grid_from_title", {"grid": grid})] if grid else []


def _read_rows(rows: Sequence[SheetRow], columns: Columns, today: date) -> list[DraftRow]:
    birth_year_of = birth_year_reader(today)
    return [_draft(RowReader(row, columns), birth_year_of) for row in rows]


def _draft(reader: RowReader, birth_year_of: Callable[[str], int | None]) -> DraftRow:
    draft = DraftRow(
        reader,
        household_number=reader.take("household_number", household_number_of),
        grid=reader.take("grid", limited_text(40)),
        address=reader.take("address", limited_text(120)),
        name=reader.take("name", name_of),
        relation=reader.take("relation", relation_of),
        gender=reader.take("gender", gender_of),
        birth_year=reader.take("birth_year", birth_year_of),
        phone=reader.take("phone", phone_of),
        is_party_member=_party_member(reader),
        employer=reader.take("employer", limited_text(60)),
    )
    # One phone in a cell merged over a family is the phone of the person it begins with.
    return replace(draft, phone=None) if reader.was_filled("phone") else draft


def _party_member(reader: RowReader) -> bool | None:
    """A list that does not speak of membership must not take it from anybody."""
    if "is_party_member" not in reader.columns.where:
        return None
    return bool(reader.take("is_party_member", party_member_of))


def _person(draft: DraftRow) -> RosterRow:
    return RosterRow(
        line=draft.line,
        household_number=draft.household_number or "",
        grid=draft.grid or "",
        address=draft.address,
        name=draft.name or "",
        relation=draft.relation or "",
        gender=draft.gender,
        birth_year=draft.birth_year,
        phone=draft.phone,
        is_party_member=draft.is_party_member,
        employer=draft.employer,
    )
