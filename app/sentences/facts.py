"""Facts of a refusal as a reader wants them: fields by their column names, sizes in MB, lists in one line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask_babel import get_locale
from flask_babel import gettext as _

from app.i18n import moment
from app.sentences.columns import ENCODINGS, FILE_KINDS, LABELS, WORDS

# More numbers than these help nobody to find the place.
MOST_LINES = 8


def worded(code: str, facts: Mapping[str, object]) -> dict[str, object]:
    """The facts, each as text that can stand in a sentence. Unknown facts stay as they are."""
    found = {name: _one(code, name, value) for name, value in facts.items()}
    if "item_zh" in facts:
        found["item"] = facts["item_en" if str(get_locale()) == "en" else "item_zh"]
    return found


def joined(values: object) -> str:
    """甲、乙、丙 / A, B, C."""
    separator = ", " if str(get_locale()) == "en" else "、"
    return separator.join(map(str, values))  # type: ignore[call-overload]


def line_list(lines: list[int]) -> str:
    """第 3、4、9 行 / lines 3, 4, 9; a long list names the first ones and the count."""
    shown = joined(lines[:MOST_LINES])
    if len(lines) > MOST_LINES:
        return _("第 %(lines)s 等共 %(count)s 行", lines=shown, count=len(lines))
    return _("第 %(lines)s 行", lines=shown)


def megabytes(count: int) -> str:
    """Bytes as MB, one decimal where it says something."""
    whole = count / (1024 * 1024)
    return f"{whole:.0f} MB" if whole >= 10 or whole == int(whole) else f"{whole:.1f} MB"


def _one(code: str, name: str, value: object) -> object:
    if name in ("bytes", "limit_bytes") and isinstance(value, int):
        return megabytes(value)
    if name == "encoding":
        return ENCODINGS.get(str(value), value)
    if name == "kind" and code == "file_kind_not_read":
        return FILE_KINDS.get(str(value), FILE_KINDS["unknown"])
    if name == "field":
        return LABELS.get(str(value), value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, list | tuple):
        return _list(name, value)
    return value


def _list(name: str, values: list | tuple) -> str:
    if name == "lines":
        return line_list(list(values))
    names = {"missing": LABELS, "allowed": WORDS}.get(name, {})
    return joined([names.get(str(value), value) for value in values])
