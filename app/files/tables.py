"""A file from a village becomes a table: the header that was found, the rows below it, and what was noticed.

Which columns are wanted is the caller's knowledge (``KNOWN_HEADERS`` of the roster, the rules, the goods):
it decides where the header is, what divides the columns of a text, and which sheet of a workbook is meant.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.files import delimited, workbooks
from app.files.headers import Header, find_header, is_repeated_header
from app.files.kinds import workbook_or_text
from app.files.limits import MOST_COLUMNS, MOST_ROWS
from app.files.workbooks import Sheet
from points.errors import Invalid
from points.sheets import Note, SheetRow, clean_text


@dataclass(frozen=True, slots=True)
class Table:
    """``header`` names the columns of ``rows``; ``title`` are the texts above the header.

    ``sheet`` is the sheet's name in a workbook, ``encoding`` the encoding of a text. Notes: ``encoding``
    (``encoding``), ``sheet_chosen`` (``sheet``, ``others``), ``sheet_also_has_rows`` (``sheet``, ``rows``),
    ``sheet_is_hidden`` (``sheet``), ``hidden_columns_read`` (``columns``), ``hidden_rows_read`` (``lines``),
    ``red_rows`` (``lines``), ``repeated_header_skipped`` (``lines``), ``merged_cells_filled`` (``cells``).
    """

    header: tuple[str, ...]
    rows: list[SheetRow]
    title: tuple[str, ...]
    sheet: str | None
    encoding: str | None
    notes: list[Note]


def read_table(data: bytes, filename: str, *, known: Collection[str], sheet: str | None = None) -> Table:
    """Read a CSV, TSV or XLSX file. ``sheet``: the sheet to read where the best one is not the one meant.

    Raises Invalid: the codes of ``workbook_or_text``, ``decode``, ``read_rows`` and ``read_sheets``;
    ``header_not_found`` (``found``: the first row that says anything); ``sheet_not_found`` (``sheet``,
    ``sheets``); ``too_many_rows`` (``rows``, ``limit``); ``too_many_columns`` (``columns``, ``limit``).
    """
    if workbook_or_text(data, filename) == "workbook":
        return _from_workbook(workbooks.read_sheets(data, filename), known, sheet)
    text, encoding = delimited.decode(data)
    rows = _without_blank_end(delimited.read_rows(text, known))
    header = _header_of(rows, known)
    return _table(rows, header, notes=[Note("encoding", {"encoding": encoding})], encoding=encoding)


def _from_workbook(sheets: list[Sheet], known: Collection[str], wanted: str | None) -> Table:
    if not sheets:
        raise Invalid("file_empty")
    chosen = _chosen(sheets, known, wanted)
    header = _header_of(chosen.rows, known)
    notes = _notes_about_sheets(sheets, chosen, header, known)
    if chosen.hidden:
        notes.append(Note("sheet_is_hidden", {"sheet": chosen.name}))
    hidden = [header.names[column] for column in chosen.hidden_columns if header.names[column]]
    if hidden:
        notes.append(Note("hidden_columns_read", {"columns": hidden}))
    below = chosen.rows[header.last].line
    for code, lines in (("hidden_rows_read", chosen.hidden_lines), ("red_rows", chosen.red_lines)):
        if read := [line for line in lines if line > below]:
            notes.append(Note(code, {"lines": read}))
    filled = sum(len(row.filled) for row in chosen.rows[header.last + 1 :])
    if filled:
        notes.append(Note("merged_cells_filled", {"cells": filled}))
    return _table(chosen.rows, header, notes=notes, sheet=chosen.name)


def _chosen(sheets: list[Sheet], known: Collection[str], wanted: str | None) -> Sheet:
    """The sheet asked for, or the first with the most known column names; visible sheets come first."""
    if wanted is None:
        return max(sheets, key=lambda sheet: _score(sheet, known))
    for sheet in sheets:
        if sheet.name == wanted:
            return sheet
    raise Invalid("sheet_not_found", sheet=wanted, sheets=[sheet.name for sheet in sheets])


def _notes_about_sheets(
    sheets: list[Sheet], chosen: Sheet, header: Header, known: Collection[str]
) -> list[Note]:
    others = [sheet for sheet in sheets if sheet is not chosen]
    if not others:
        return []
    notes = [Note("sheet_chosen", {"sheet": chosen.name, "others": [sheet.name for sheet in others]})]
    for sheet in others:
        # A village with one sheet for each grid must not believe that all of them were read.
        if _score(sheet, known) >= max(2, header.score - 1):
            notes.append(Note("sheet_also_has_rows", {"sheet": sheet.name, "rows": len(sheet.rows)}))
    return notes


def _score(sheet: Sheet, known: Collection[str]) -> int:
    header = find_header(sheet.rows, known)
    return header.score if header else 0


def _header_of(rows: Sequence[SheetRow], known: Collection[str]) -> Header:
    header = find_header(rows, known)
    if header is None:
        said = ([text[:40] for cell in row.cells if (text := clean_text(cell))] for row in rows)
        raise Invalid("header_not_found", found=next((texts[:20] for texts in said if texts), []))
    if len(header.names) > MOST_COLUMNS:
        raise Invalid("too_many_columns", columns=len(header.names), limit=MOST_COLUMNS)
    return header


def _table(
    rows: Sequence[SheetRow],
    header: Header,
    *,
    notes: list[Note],
    sheet: str | None = None,
    encoding: str | None = None,
) -> Table:
    header_rows = rows[header.first : header.last + 1]
    below = rows[header.last + 1 :]
    repeated = [row.line for row in below if is_repeated_header(row, header_rows)]
    if repeated:
        notes = [*notes, Note("repeated_header_skipped", {"lines": repeated})]
    body = [row for row in below if row.line not in set(repeated)]
    if len(body) > MOST_ROWS:
        raise Invalid("too_many_rows", rows=len(body), limit=MOST_ROWS)
    above = [clean_text(cell) for row in rows[: header.first] for cell in row.cells]
    title = tuple(dict.fromkeys(text for text in above if text))
    return Table(header.names, body, title, sheet, encoding, notes)


def _without_blank_end(rows: list[SheetRow]) -> list[SheetRow]:
    end = len(rows)
    while end and not any(cell.strip() for cell in rows[end - 1].cells):
        end -= 1
    return rows[:end]
