"""Papers that are kept: facts and a table, as a workbook and as a PDF with its letters in it."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from app.assets import STATIC, read_manifest

FONT = "noto_sans_sc.woff"  # not woff2, whose outlines Python takes twenty seconds to put together
_MODIFIED = re.compile(rb"<dcterms:modified.*?</dcterms:modified>")
Cell = str | int | float


@dataclass(frozen=True)
class Paper:
    """``facts`` are pairs above the table, ``notes`` lines below it; ``made_at`` is the moment the paper speaks of, so that
    the same paper is the same bytes whenever it is made."""

    title: str
    facts: tuple[tuple[str, Cell], ...]
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...]
    made_at: datetime


def as_workbook(paper: Paper) -> bytes:
    """XLSX: one sheet, numbers as numbers; no cell begins a formula; the same bytes for the same paper."""
    from openpyxl import Workbook  # loaded when the first workbook is asked for
    from openpyxl.styles import Font

    book = Workbook()
    book.properties.created = paper.made_at.replace(tzinfo=None)
    sheet = book.active
    sheet.title = paper.title[:31]
    blank: tuple[Cell, ...] = ()
    lines = [
        (paper.title,),
        *paper.facts,
        blank,
        paper.head,
        *paper.rows,
        blank,
        *((note,) for note in paper.notes),
    ]
    for line in lines:
        sheet.append([_plain(cell) for cell in line])
    sheet["A1"].font = Font(bold=True, size=14)
    for cell in sheet[len(paper.facts) + 3]:
        cell.font = Font(bold=True)
    sheet.column_dimensions["A"].width = 28
    for letter in "BCD":
        sheet.column_dimensions[letter].width = 18
    out = io.BytesIO()
    book.save(out)
    return _without_time(out.getvalue())


def _without_time(workbook: bytes) -> bytes:
    """Takes out the moment of saving, which openpyxl writes into the properties and beside each part of the archive."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(workbook)) as saved, ZipFile(out, "w", ZIP_DEFLATED) as kept:
        for name in saved.namelist():
            kept.writestr(ZipInfo(name), _MODIFIED.sub(b"", saved.read(name)), ZIP_DEFLATED)
    return out.getvalue()


def _plain(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t") else cell


def as_pdf(paper: Paper) -> bytes:
    """A4, only the letters that are used embedded; the same bytes for the same paper.

    Raises AssetsNotBuilt when the font has not been built in.
    """
    from fpdf import FPDF  # twenty megabytes that no other answer of the site needs
    from fpdf.enums import XPos, YPos
    from fpdf.fonts import FontFace

    document = FPDF(format="A4")
    document.set_creation_date(paper.made_at)
    document.set_title(paper.title)
    document.add_font("paper", fname=STATIC / "vendor" / read_manifest()[FONT])
    document.add_page()
    document.set_font("paper", size=18)
    below = {"new_x": XPos.LMARGIN, "new_y": YPos.NEXT}
    document.multi_cell(0, 10, paper.title, align="C", **below)
    document.ln(4)
    document.set_font("paper", size=11)
    for name, value in paper.facts:
        document.multi_cell(0, 7, f"{name}  {shown(value)}", **below)
    document.ln(4)
    with document.table(
        headings_style=FontFace(fill_color=(235, 235, 230)), line_height=8, text_align="LEFT"
    ) as table:
        for line in (paper.head, *paper.rows):
            _fill(table.row(), line)
    document.ln(6)
    for note in paper.notes:
        document.multi_cell(0, 8, note, **below)
    return bytes(document.output())


def _fill(row: object, line: Sequence[Cell]) -> None:
    for value in line:
        row.cell(shown(value), align="LEFT" if isinstance(value, str) else "RIGHT")  # type: ignore[attr-defined]


def shown(value: Cell) -> str:
    """Numbers with their thousands apart, money with two digits."""
    if isinstance(value, str):
        return value
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"
