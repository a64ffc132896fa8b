"""CSV and TSV in the encodings that offices here save them in: UTF-8, GB18030, UTF-16."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Collection

from app.files.headers import SEARCHED_ROWS, find_header
from points.errors import Invalid
from points.sheets import SheetRow

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# The last one is what a Chinese keyboard types for a comma.
_DELIMITERS = (",", "\t", ";", "，")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def decode(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding.

    Raises Invalid ``text_unreadable`` (``line``, ``encoding``) where bytes fit no encoding, and
    ``file_kind_not_read`` (kind unknown) where the text has control characters.
    """
    encoding, body = _encoding_of(data)
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        line = body[: error.start].decode(encoding, "ignore").count("\n") + 1
        raise Invalid("text_unreadable", line=line, encoding=encoding) from None
    if _CONTROL.search(text):
        raise Invalid("file_kind_not_read", name="", kind="unknown")
    return text, encoding


def read_rows(text: str, known: Collection[str]) -> list[SheetRow]:
    """All records, blank ones too; ``line`` counts records, as a spreadsheet program shows them.

    Raises Invalid ``quotes_broken`` (``line``).
    """
    delimiter = max(_DELIMITERS, key=lambda sign: _names_known_with(sign, text, known))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[SheetRow] = []
    try:
        for cells in reader:
            rows.append(SheetRow(len(rows) + 1, tuple(cells)))
    except csv.Error:
        raise Invalid("quotes_broken", line=len(rows) + 1) from None
    return rows


def _encoding_of(data: bytes) -> tuple[str, bytes]:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return encoding, data[len(bom) :]
    if b"\x00" in data[:4096]:
        # Digits, commas and line ends have their zero byte second in little-endian text.
        return "utf-16-le" if data[1::2].count(0) >= data[0::2].count(0) else "utf-16-be", data
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        # Chinese that was UTF-8 up to here is UTF-8 with one broken place, not another encoding.
        before = data[: error.start].decode("utf-8")
        return "utf-8" if len(_CHINESE.findall(before)) >= 3 else "gb18030", data
    return "utf-8", data


def _names_known_with(delimiter: str, text: str, known: Collection[str]) -> int:
    rows: list[SheetRow] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append(SheetRow(len(rows) + 1, tuple(cells)))
            if len(rows) == SEARCHED_ROWS:
                break
    except csv.Error:
        return 0
    header = find_header(rows, known)
    return header.score if header else 0
