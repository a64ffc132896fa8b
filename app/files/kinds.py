"""What a handed-over file really is, by its first bytes; its name is only compared with them."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePath

from app.files.limits import MOST_BYTES
from points.errors import Invalid

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_BY_FIRST_BYTES = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"BM", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"{\\rtf", "document"),
)
_WORKBOOK_NAMES = {".xlsx", ".xlsm", ".xltx", ".xls", ".et", ".ett"}


def workbook_or_text(data: bytes, filename: str) -> str:
    """'workbook' for a file in the XLSX format, 'text' for what may be CSV or TSV.

    Raises Invalid: ``file_empty``; ``file_too_large`` (``bytes``, ``limit_bytes``); ``file_kind_not_read``
    (``name``, ``kind``: xls, et, pdf, image, document, ods, archive, web_page, unknown);
    ``file_protected`` (``name``) for a workbook with a password; ``file_renamed`` (``name``, ``extension``)
    for text that calls itself a workbook; ``file_damaged`` (``name``).
    """
    if len(data) > MOST_BYTES:
        raise Invalid("file_too_large", bytes=len(data), limit_bytes=MOST_BYTES)
    if not data.strip():
        raise Invalid("file_empty")
    extension = PurePath(filename).suffix.lower()
    if data.startswith(_ZIP):
        return _workbook_in_zip(data, filename)
    if data.startswith(_OLE):
        raise _old_office_file(data, filename, extension)
    kind = next((kind for start, kind in _BY_FIRST_BYTES if data.startswith(start)), None)
    # BM also begins an English text; a bitmap has NUL bytes in its first header fields.
    if kind is not None and not (data.startswith(b"BM") and b"\x00" not in data[:64]):
        raise Invalid("file_kind_not_read", name=filename, kind=kind)
    if data[4:8] == b"ftyp":
        raise Invalid("file_kind_not_read", name=filename, kind="image")
    if _is_markup(data):
        raise Invalid("file_kind_not_read", name=filename, kind="web_page")
    if extension in _WORKBOOK_NAMES:
        raise Invalid("file_renamed", name=filename, extension=extension)
    return "text"


def _workbook_in_zip(data: bytes, filename: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Invalid("file_damaged", name=filename) from None
    if "xl/workbook.xml" in names:
        return "workbook"
    if any(name.startswith(("word/", "ppt/")) for name in names):
        kind = "document"
    elif "content.xml" in names and "mimetype" in names:
        kind = "ods"
    else:
        kind = "archive"
    raise Invalid("file_kind_not_read", name=filename, kind=kind)


def _old_office_file(data: bytes, filename: str, extension: str) -> Invalid:
    """The container of Office before 2007, which today also wraps a workbook that has a password."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return Invalid("file_protected", name=filename)
    if "WordDocument".encode("utf-16-le") in data:
        return Invalid("file_kind_not_read", name=filename, kind="document")
    return Invalid("file_kind_not_read", name=filename, kind="et" if extension in (".et", ".ett") else "xls")


def _is_markup(data: bytes) -> bool:
    """Many systems export a web page and call it .xls."""
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype", b"<html", b"<table", b"<head", b"<?xml", b"<meta"))
