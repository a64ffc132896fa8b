"""Reads a sheet of relations: each row names two people and what they are to each other, or says why it cannot be taken.

Pure: no session, no clock. Who the people are, only the register knows (``points.people.relation_intake``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from points.errors import Invalid
from points.people.named import NamedPerson
from points.people.roster_fields import household_number_of, name_of, phone_of
from points.sheets import Note, RowError, RowReader, SheetRow, known_headers, match_columns, one_of, sift

# The first name is ours; the others are those of lists that village committees keep.
COLUMN_NAMES: Mapping[str, Sequence[str]] = {
    "name_a": ("甲方姓名", "甲方", "姓名", "成员姓名", "name a", "person a"),
    "household_a": ("甲方户号", "甲方户编号", "户号", "household a"),
    "phone_a": ("甲方手机号", "甲方手机", "甲方电话", "手机号", "phone a"),
    "name_b": ("乙方姓名", "乙方", "关系人姓名", "关系人", "对方姓名", "亲属姓名", "name b", "person b"),
    "household_b": ("乙方户号", "乙方户编号", "关系人户号", "对方户号", "household b"),
    "phone_b": ("乙方手机号", "乙方手机", "乙方电话", "关系人手机号", "对方手机号", "phone b"),
    "relation_kind": ("关系", "关系种类", "关系类型", "relation", "relation kind", "kind"),
}  # fmt: skip
IGNORED_COLUMNS = ("序号", "备注", "no", "seq", "note", "notes", "remark", "remarks")
KNOWN_HEADERS = known_headers(COLUMN_NAMES, IGNORED_COLUMNS)

_KINDS = {
    **dict.fromkeys(
        ("近亲属", "亲属", "亲戚", "夫妻", "配偶", "父子", "父女", "母子", "母女", "父母", "子女", "兄弟", "姐妹", "兄妹", "姐弟",
         "兄弟姐妹", "祖孙", "relative", "spouse", "parent", "child", "sibling"),
        "relative",
    ),
    **dict.fromkeys(("同一单位", "同单位", "同事", "工友", "same_employer", "same employer", "colleague"), "same_employer"),
    **dict.fromkeys(("雇用", "雇佣", "雇主", "雇工", "雇佣关系", "老板", "employs", "employer"), "employs"),
    **dict.fromkeys(("帮办", "帮办人", "代办", "代办人", "照护", "照料", "helper", "carer"), "helper"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RelationRow:
    """A row of the sheet: two people as it names them, and the kind."""

    line: int
    a: NamedPerson
    b: NamedPerson
    relation_kind: str

    @property
    def name_a(self) -> str:
        """The first person's name, as its column is called."""
        return self.a.name

    @property
    def name_b(self) -> str:
        """The other's."""
        return self.b.name


@dataclass(frozen=True, slots=True)
class RelationReading:
    """The rows that can be read, every error by row, and notes on what was passed over."""

    rows: list[RelationRow]
    errors: list[RowError]
    notes: list[Note]


def read_relations(header: Sequence[str], rows: Sequence[SheetRow]) -> RelationReading:
    """Read the rows below the header.

    Raises Invalid ``columns_missing`` (``missing``, ``found``) without both names and the kind, and ``no_rows``.
    """
    columns = match_columns(header, COLUMN_NAMES, IGNORED_COLUMNS)
    columns.require("name_a", "name_b", "relation_kind")
    kept, skipped = sift(rows)
    if not kept:
        raise Invalid("no_rows")
    found: list[RelationRow] = []
    errors: list[RowError] = []
    for row in kept:
        reader = RowReader(row, columns)
        read = RelationRow(
            row.line, _person(reader, "a"), _person(reader, "b"), reader.take("relation_kind", one_of(_KINDS)) or ""
        )  # fmt: skip
        errors += reader.errors
        if not reader.errors:
            found.append(read)
    return RelationReading(found, errors, [*columns.notes, *skipped])


def _person(reader: RowReader, side: str) -> NamedPerson:
    return NamedPerson(
        reader.take(f"name_{side}", name_of) or "",
        reader.take(f"household_{side}", household_number_of),
        reader.take(f"phone_{side}", phone_of),
    )
