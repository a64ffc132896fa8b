"""XLSX sheets as rows of text: merged cells filled downwards, numbers as shown, formulas by their result."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from app.files.headers import SEARCHED_ROWS
from app.files.limits import MOST_BYTES_UNPACKED, MOST_CELLS, MOST_COLUMNS, MOST_ROWS
from points.errors import Invalid
from points.sheets import Fault, SheetRow

if TYPE_CHECKING:  # eight megabytes in each worker: loaded when the first workbook comes
    from openpyxl.cell.cell import Cell
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_MERGED = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"
)
_ZEROS = re.compile(r"0+")
_RED = re.compile(r"(?:FF|00)(?:FF0000|C00000|E60000)", re.IGNORECASE)

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its rows (without trailing blank ones), and what cannot be seen in their text."""

    name: str
    rows: list[SheetRow]
    hidden: bool = False
    hidden_columns: list[int] = field(default_factory=list)
    hidden_lines: list[int] = field(default_factory=list)
    red_lines: list[int] = field(default_factory=list)


def read_sheets(data: bytes, filename: str) -> list[Sheet]:
    """All sheets of a workbook that have cells, in their order, visible ones first.

    A cell merged over several rows gives its value to each of them in its first column; other columns of
    a merged range stay empty, so that no value turns up under a name it was not written under.

    Raises Invalid ``file_damaged`` (``name``), ``file_unpacks_too_large`` (``limit_bytes``),
    ``too_many_cells`` (``limit``).
    """
    has_formulas = _examine_parts(data, filename)
    formulas = _formulas_by_sheet(_load(data, filename, data_only=False)) if has_formulas else {}
    book = _load(data, filename, data_only=True)
    sheets = [_read(sheet, formulas.get(sheet.title, {})) for sheet in book.worksheets]
    return sorted((sheet for sheet in sheets if sheet.rows), key=lambda sheet: sheet.hidden)


def _examine_parts(data: bytes, filename: str) -> bool:
    """Unpack once within limits, before any parser builds a tree; tells whether there are formulas."""
    unpacked = cells = 0
    has_formulas = False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for part in archive.infolist():
                unpacked += part.file_size
                if unpacked > MOST_BYTES_UNPACKED:
                    raise Invalid("file_unpacks_too_large", limit_bytes=MOST_BYTES_UNPACKED)
                if not part.filename.endswith(".xml"):
                    continue
                content = archive.read(part)
                if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                    raise Invalid("file_damaged", name=filename)
                if part.filename.startswith("xl/worksheets/"):
                    # The parser walks over every cell of a merged range, so they count like written ones.
                    cells += sum(1 for _ in _CELL.finditer(content)) + _merged_cells(content)
                    has_formulas = has_formulas or _FORMULA.search(content) is not None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise Invalid("file_damaged", name=filename) from error
    if cells > MOST_CELLS:
        raise Invalid("too_many_cells", limit=MOST_CELLS)
    return has_formulas


def _merged_cells(content: bytes) -> int:
    from openpyxl.utils import column_index_from_string

    count = 0
    for left, top, right, bottom in _MERGED.findall(content):
        columns = column_index_from_string(right.decode()) - column_index_from_string(left.decode()) + 1
        count += max(columns, 1) * max(int(bottom) - int(top) + 1, 1)
    return count


def _load(data: bytes, filename: str, *, data_only: bool) -> Workbook:
    import openpyxl

    try:
        with warnings.catch_warnings():
            # openpyxl warns about parts it leaves out (validation lists, drawings); none of them hold rows.
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(io.BytesIO(data), data_only=data_only)
    except Exception as error:  # a damaged file makes the parser fail in more ways than it documents
        raise Invalid("file_damaged", name=filename) from error


def _formulas_by_sheet(book: Workbook) -> Mapping[str, Mapping[Place, str]]:
    found: dict[str, dict[Place, str]] = {}
    for sheet in book.worksheets:
        found[sheet.title] = {
            place: str(getattr(cell.value, "text", cell.value))
            for place, cell in _cells(sheet).items()
            if cell.data_type == "f"
        }
    return found


def _read(sheet: Worksheet, formulas: Mapping[Place, str]) -> Sheet:
    cells = _cells(sheet)
    texts = {place: text for place, cell in cells.items() if (text := _text(cell))}
    faults = _faults(cells, formulas)
    red_lines = _red_lines(cells, texts)
    last_line, width = _extent(texts, faults)
    filled = _fill_merged(sheet, texts, last_line, width)
    by_line: dict[int, list[str]] = {}
    for (line, column), text in texts.items():
        by_line.setdefault(line, [""] * width)[column - 1] = text
    rows = [
        SheetRow(
            line,
            tuple(by_line.get(line, ())),
            faults=tuple(faults.get(line, ())),
            filled=frozenset(filled.get(line, ())),
        )
        for line in range(1, last_line + 1)
    ]
    return Sheet(
        name=sheet.title,
        rows=rows,
        hidden=sheet.sheet_state != "visible",
        hidden_columns=_hidden_columns(sheet, width),
        hidden_lines=sorted(
            line for line, look in sheet.row_dimensions.items() if look.hidden and line in by_line
        ),
        red_lines=red_lines,
    )


def _extent(texts: Mapping[Place, str], faults: Mapping[int, list[Fault]]) -> tuple[int, int]:
    """The last line and the last column that say anything, within what is ever read."""
    used = [*texts, *((line, fault.column + 1) for line, of_line in faults.items() for fault in of_line)]
    last_line = max((line for line, _ in used), default=0)
    width = max((column for _, column in used), default=0)
    if last_line > MOST_ROWS + SEARCHED_ROWS:
        raise Invalid("too_many_rows", rows=last_line, limit=MOST_ROWS)
    if width > MOST_COLUMNS:
        raise Invalid("too_many_columns", columns=width, limit=MOST_COLUMNS)
    return last_line, width


def _cells(sheet: Worksheet) -> Mapping[Place, Cell]:
    # The sheet's own store. iter_rows() would create every missing cell of a sheet that has one
    # formatted cell at its far end: 17 thousand million of them.
    return sheet._cells


def _text(cell: Cell) -> str:
    """The value as a person sees it: 001 for a 1 formatted so, a date as ISO, a whole number without .0."""
    value = cell.value
    if value is None or cell.data_type == "e":
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, int) and _ZEROS.fullmatch(cell.number_format or ""):
        return str(value).zfill(len(cell.number_format))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _faults(cells: Mapping[Place, Cell], formulas: Mapping[Place, str]) -> dict[int, list[Fault]]:
    """Cells with an error value, and formulas whose result was never stored.

    A stored result that is an empty text has the type of a text and is no fault.
    """
    faults: dict[int, list[Fault]] = {}
    for (line, column), cell in cells.items():
        if cell.data_type == "e":
            faults.setdefault(line, []).append(Fault(column - 1, "cell_error", {"value": str(cell.value)}))
        elif (line, column) in formulas and cell.value is None and cell.data_type not in ("s", "str"):
            formula = formulas[line, column][:60]
            faults.setdefault(line, []).append(Fault(column - 1, "formula_without_value", {"value": formula}))
    return faults


def _fill_merged(
    sheet: Worksheet, texts: dict[Place, str], last_line: int, width: int
) -> dict[int, set[int]]:
    """Write a merged cell's text into the rows below it; gives the columns that were filled, by line."""
    filled: dict[int, set[int]] = {}
    for merged in sheet.merged_cells.ranges:
        text = texts.get((merged.min_row, merged.min_col))
        if text is None or merged.min_col > width:
            continue
        for line in range(merged.min_row + 1, min(merged.max_row, last_line) + 1):
            texts[line, merged.min_col] = text
            filled.setdefault(line, set()).add(merged.min_col - 1)
    return filled


def _hidden_columns(sheet: Worksheet, width: int) -> list[int]:
    hidden: set[int] = set()
    for look in sheet.column_dimensions.values():
        if look.hidden and look.min is not None and look.max is not None:
            hidden.update(range(look.min - 1, min(look.max, width)))
    return sorted(hidden)


def _red_lines(cells: Mapping[Place, Cell], texts: Mapping[Place, str]) -> list[int]:
    """Lines with red letters or a red background: villages mark people who are away like that."""
    of_style: dict[int, bool] = {}
    lines: set[int] = set()
    for place in texts:
        style = cells[place].style_id
        if style not in of_style:
            of_style[style] = _is_red(cells[place])
        if of_style[style]:
            lines.add(place[0])
    return sorted(lines)


def _is_red(cell: Cell) -> bool:
    colours = [cell.font.color if cell.font else None]
    if cell.fill is not None and cell.fill.fill_type == "solid":
        colours.append(cell.fill.fgColor)
    return any(
        colour is not None and colour.type == "rgb" and _RED.fullmatch(str(colour.rgb)) is not None
        for colour in colours
    )
