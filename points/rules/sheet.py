"""Reads a rule sheet: each row becomes one item of a rule book, or refusals that name row and column.

Pure. Points are whole numbers; a deduction's points are zero or below and go to the conduct score only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from points.amounts import parse_points
from points.errors import Invalid
from points.sheets import (
    CodedReading,
    Columns,
    RowError,
    RowReader,
    SheetRow,
    clean_text,
    known_headers,
    limited_text,
    match_columns,
    one_of,
    read_coded,
)

COLUMN_NAMES: Mapping[str, Sequence[str]] = {
    "code": ("code", "编号", "代码", "项目编号"),
    "category_zh": ("category_zh", "类别", "分类", "大类"),
    "category_en": ("category_en",),
    "name_zh": ("name_zh", "名称", "项目", "项目名称", "事项"),
    "name_en": ("name_en",),
    "unit_zh": ("unit_zh", "单位", "计分单位"),
    "unit_en": ("unit_en", "unit"),
    "score": ("score", "积分种类", "分数种类"),
    "points_min": ("points_min", "最低分", "最少分"),
    "points_default": ("points_default", "默认分", "分值", "积分"),
    "points_max": ("points_max", "最高分", "最多分"),
    "cap_count": ("cap_count", "上限"),
    "cap_unit": ("cap_unit", "上限单位"),
    "cap_period": ("cap_period", "上限周期", "周期"),
    "evidence_zh": ("evidence_zh", "佐证", "证明材料", "佐证材料"),
    "evidence_en": ("evidence_en", "evidence"),
    "photo": ("photo", "照片"),
    "reporters": ("reporters", "申报人", "谁来申报"),
    "review_path": ("review_path", "评议方式", "审核方式"),
    "note_zh": ("note_zh", "说明", "备注"),
    "note_en": ("note_en", "note"),
    "example_zh": ("example_zh", "例子", "举例"),
    "example_en": ("example_en",),
}
KNOWN_HEADERS = known_headers(COLUMN_NAMES)

# Points one deed may bring at most, whatever a sheet says; the largest item of the field's lists is 200.
MOST_POINTS = 1000
MOST_CAP = 10_000

_CODE = re.compile(r"[A-Z]{2,6}-[0-9]{1,4}")


def _words(*codes: str, **chinese: str) -> dict[str, str]:
    return {**{code: code for code in codes}, **chinese}


_SCORES = _words(
    "redeemable", "honour", "conduct",
    可兑换="redeemable", 荣誉="honour", 行为="conduct", 扣分="conduct",
)  # fmt: skip
_CAP_UNITS = _words("times", "points", 次="times", 分="points")
_CAP_PERIODS = _words(
    "week", "month", "quarter", "year", "event",
    周="week", 月="month", 季="quarter", 季度="quarter", 年="year", 事件="event",
)  # fmt: skip
_PHOTOS = _words("none", "optional", "required", 不要="none", 无="none", 可选="optional", 必须="required")
_REPORTERS = _words(
    "self", "neighbour", "grid_worker", "activity_leader", "mediator", "staff",
    本人="self", 邻居="neighbour", 网格员="grid_worker", 活动负责人="activity_leader",
    调解员="mediator", 工作人员="staff",
)  # fmt: skip
_REVIEW_PATHS = _words(
    "panel", "attendance", "panel_and_second_level",
    评议="panel", 签到="attendance", 评议并复核="panel_and_second_level",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One item of a rule book as a sheet states it.

    ``cap_count`` counts deeds (``cap_unit`` 'times') or points within ``cap_period``; None: no cap.
    ``unit_*`` is what is counted. Texts that the sheet leaves out are empty.
    """

    line: int
    code: str
    category_zh: str
    category_en: str
    name_zh: str
    name_en: str
    unit_zh: str
    unit_en: str
    score: str
    points_min: int
    points_default: int
    points_max: int
    cap_count: int | None
    cap_unit: str | None
    cap_period: str | None
    evidence_zh: str
    evidence_en: str
    photo: str
    reporters: tuple[str, ...]
    review_path: str
    note_zh: str
    note_en: str
    example_zh: str
    example_en: str


def read_rules(header: Sequence[str], rows: Sequence[SheetRow]) -> CodedReading[RuleLine]:
    """Read the rows of a rule sheet; a row with any error is left out of ``items``.

    Raises Invalid ``columns_missing`` (``missing``, ``found``) without code, category, name, score or
    default points, and ``no_rows``.
    """
    columns = match_columns(header, COLUMN_NAMES)
    columns.require("code", "category_zh", "name_zh", "score", "points_default")
    return read_coded(rows, columns, _read_item)


def read_line(values: Mapping[str, str]) -> tuple[RuleLine, list[RowError]]:
    """One item as a form states it, field by field, with every fault of it: the same reading as a row of a sheet."""
    fields = tuple(COLUMN_NAMES)
    columns = Columns({name: at for at, name in enumerate(fields)}, fields, ())
    reader = RowReader(SheetRow(1, tuple(values.get(name, "") for name in fields)), columns)
    return _read_item(reader), reader.errors


def _read_item(reader: RowReader) -> RuleLine:
    score = reader.take("score", one_of(_SCORES)) or ""
    points_min, points_default, points_max = _read_points(reader, score)
    cap_count, cap_unit, cap_period = _read_cap(reader)
    return RuleLine(
        line=reader.row.line,
        code=reader.take("code", _code_of) or "",
        category_zh=reader.take("category_zh", limited_text(20, required=True)) or "",
        category_en=reader.take("category_en", limited_text(30)) or "",
        name_zh=reader.take("name_zh", limited_text(60, required=True)) or "",
        name_en=reader.take("name_en", limited_text(80)) or "",
        unit_zh=reader.take("unit_zh", limited_text(30)) or "",
        unit_en=reader.take("unit_en", limited_text(30)) or "",
        score=score,
        points_min=points_min,
        points_default=points_default,
        points_max=points_max,
        cap_count=cap_count,
        cap_unit=cap_unit,
        cap_period=cap_period,
        evidence_zh=reader.take("evidence_zh", limited_text(120)) or "",
        evidence_en=reader.take("evidence_en", limited_text(120)) or "",
        photo=reader.take("photo", _photo_of, raw=True) or "",
        reporters=reader.take("reporters", _reporters_of) or (),
        review_path=reader.take("review_path", one_of(_REVIEW_PATHS, default="panel")) or "",
        note_zh=reader.take("note_zh", limited_text(200)) or "",
        note_en=reader.take("note_en", limited_text(200)) or "",
        example_zh=reader.take("example_zh", limited_text(200)) or "",
        example_en=reader.take("example_en", limited_text(200)) or "",
    )


def _read_points(reader: RowReader, score: str) -> tuple[int, int, int]:
    """The range of an item; an end left out is the default. Conduct is at most 0, all else at least 1."""
    least, most = (-MOST_POINTS, 0) if score == "conduct" else (1, MOST_POINTS)

    def points_of(text: str) -> int:
        return parse_points(text, least=least, most=most, full_width=True)

    before = len(reader.errors)
    default = reader.take("points_default", points_of, raw=True) or 0
    low = reader.take("points_min", points_of, raw=True) if reader.text("points_min") else default
    high = reader.take("points_max", points_of, raw=True) if reader.text("points_max") else default
    low, high = low or 0, high or 0
    if len(reader.errors) == before and not low <= default <= high:
        reader.refuse("points_default", "points_out_of_order", least=low, default=default, most=high)
    return low, default, high


def _read_cap(reader: RowReader) -> tuple[int | None, str | None, str | None]:
    """All three columns of a cap, or none of them: half a cap would be enforced as none."""
    filled = [name for name in ("cap_count", "cap_unit", "cap_period") if reader.text(name)]
    if not filled:
        return None, None, None
    if len(filled) < 3:
        missing = [name for name in ("cap_count", "cap_unit", "cap_period") if name not in filled]
        reader.refuse(missing[0], "cap_incomplete", missing=missing)
        return None, None, None
    count = reader.take(
        "cap_count", lambda text: parse_points(text, least=1, most=MOST_CAP, full_width=True), raw=True
    )
    return count, reader.take("cap_unit", one_of(_CAP_UNITS)), reader.take("cap_period", one_of(_CAP_PERIODS))


def _code_of(text: str) -> str:
    if not text:
        raise Invalid("code_missing")
    code = text.upper()
    if not _CODE.fullmatch(code):
        raise Invalid("code_not_valid")
    return code


def _photo_of(text: str) -> str | None:
    """Reads the cell as it stands, for here the word "none" is an answer, not an empty cell."""
    return one_of(_PHOTOS, default="optional")(clean_text(text))


def _reporters_of(text: str) -> tuple[str, ...]:
    """Reporters divided by | , 、 or ;. An empty cell means the person themself and the grid worker."""
    if not text:
        return ("self", "grid_worker")
    word = one_of(_REPORTERS)
    named = [word(part.strip()) for part in re.split(r"[|,、;/]", text) if part.strip()]
    return tuple(dict.fromkeys(name for name in named if name))
