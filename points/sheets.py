"""What every sheet that a village hands over has in common: rows with their line, columns by many names.

Pure: a sheet arrives here as text cells, whatever file it came from. The three readers (people, rules,
goods) share the way columns are recognised, rows are skipped and refusals are noted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from points.errors import Invalid

T = TypeVar("T")
Facts = Mapping[str, object]

# What people write into a cell to say that nothing belongs there.
_NOTHING = {"", "无", "没有", "暂无", "空", "-", "--", "—", "——", "/", "\\", "none", "n/a", "null", "nil"}
_SUMS = {"合计", "总计", "小计", "共计", "总人数", "本页小计", "本页合计", "total", "sum", "subtotal"}
_SUM_START = re.compile(r"(?:本页)?(?:合计|总计|小计|共计)[:\d]")
_FOOTER = re.compile(
    r"(?:(?:注|备注|说明|填表人?|填报人?|制表人?|审核人?|负责人|联系人|填表日期|日期|单位|盖章)\s*:"
    r"|第\s*\d+\s*页|共\s*\d+\s*页)"
)
_HINT = re.compile(r"[(\[【].*?[)\]】]")
_NOT_IN_A_NAME = re.compile(r"[\s*:_\-.]+")
_BETWEEN_CHINESE = re.compile(r"(?<=[\u3400-\u9fff·])\s+(?=[\u3400-\u9fff·])")


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that the file's reader could not take a value from, such as a formula never computed."""

    column: int
    code: str
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: ``line`` is its number in the file (from 1), ``cells`` the text as it stands there.

    ``filled`` are the columns whose value was taken from a merged cell that begins in an earlier row.
    """

    line: int
    cells: tuple[str, ...]
    faults: tuple[Fault, ...] = ()
    filled: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class RowError:
    """Why one row cannot be taken, with the field it is about. ``facts`` always has ``value``."""

    line: int
    field: str
    code: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class RowWarning:
    """Something a person should look at, though the row can be taken."""

    line: int
    code: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was done with the file as a whole and that its owner should know."""

    code: str
    facts: Facts = field(default_factory=dict)


def clean_text(text: str) -> str:
    """Text as it should have been typed: ordinary width, no invisible signs, no padding.

    Spaces between Chinese characters go ("张　三" is padded to look aligned); others become one.
    """
    narrow = unicodedata.normalize("NFKC", text)
    if not narrow.isprintable():  # invisible signs are not; the test is far cheaper than the search
        narrow = "".join(sign for sign in narrow if unicodedata.category(sign) != "Cf")
    narrow = " ".join(narrow.split())
    return _BETWEEN_CHINESE.sub("", narrow)


def is_nothing(cleaned: str) -> bool:
    """Whether a cleaned cell is empty or says in words that it is."""
    return cleaned.casefold() in _NOTHING


def header_key(text: str) -> str:
    """The form in which column names are compared: no width, case, spaces, stars, colons or (hints)."""
    cleaned = clean_text(text).casefold()
    without_hint = _HINT.sub("", cleaned)
    return _NOT_IN_A_NAME.sub("", without_hint or cleaned)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds which field, and what the header says that nobody here reads."""

    where: Mapping[str, int]
    header: tuple[str, ...]
    notes: tuple[Note, ...]

    def require(self, *fields: str) -> None:
        """Raises Invalid ``columns_missing`` (``missing``: fields, ``found``: the header as it stands)."""
        missing = [name for name in fields if name not in self.where]
        if missing:
            raise Invalid("columns_missing", missing=missing, found=[name for name in self.header if name])


def match_columns(
    header: Sequence[str], names: Mapping[str, Sequence[str]], ignored: Collection[str] = ()
) -> Columns:
    """Find the column of each field by its names, the first name in the list winning over the later.

    Notes: ``column_twice`` (``field``, ``used``, ``unused``) and ``columns_not_read`` (``columns``).
    """
    cleaned = tuple(clean_text(name) for name in header)
    keys = [header_key(name) for name in header]
    where: dict[str, int] = {}
    taken = {index for index, key in enumerate(keys) if key in {header_key(name) for name in ignored}}
    notes: list[Note] = []
    for field_name, synonyms in names.items():
        order = [header_key(synonym) for synonym in synonyms]
        found = [index for wanted in order for index, key in enumerate(keys) if key == wanted]
        if not found:
            continue
        where[field_name] = found[0]
        taken.update(found)
        if len(found) > 1:
            used, *unused = [cleaned[index] for index in found]
            notes.append(Note("column_twice", {"field": field_name, "used": used, "unused": unused}))
    unread = [name for index, name in enumerate(cleaned) if name and index not in taken]
    if unread:
        notes.append(Note("columns_not_read", {"columns": unread}))
    return Columns(where, cleaned, tuple(notes))


def known_headers(names: Mapping[str, Sequence[str]], ignored: Collection[str] = ()) -> frozenset[str]:
    """All names a sheet's header row may be recognised by, as ``header_key`` writes them."""
    listed = [*ignored, *(synonym for synonyms in names.values() for synonym in synonyms)]
    return frozenset(header_key(name) for name in listed)


def sift(rows: Iterable[SheetRow]) -> tuple[list[SheetRow], list[Note]]:
    """Rows that say something of their own; blank rows, sums and footers are left out and noted by line.

    Notes ``blank_rows_skipped``, ``sum_rows_skipped``, ``footer_rows_skipped``, each with ``lines``.
    """
    kept: list[SheetRow] = []
    skipped: dict[str, list[int]] = {}
    for row in rows:
        reason = _why_skipped(row)
        if reason is None:
            kept.append(row)
        else:
            skipped.setdefault(reason, []).append(row.line)
    return kept, [Note(reason, {"lines": lines}) for reason, lines in sorted(skipped.items())]


def _why_skipped(row: SheetRow) -> str | None:
    # A row that has only what a merged cell lends it says nothing itself.
    own = [text for column, text in enumerate(row.cells) if column not in row.filled]
    written = [text for text in map(clean_text, own) if text]
    if not written:
        return None if row.faults else "blank_rows_skipped"
    compact = [text.replace(" ", "").rstrip(":").casefold() for text in written]
    if any(text in _SUMS for text in compact) or _SUM_START.match(compact[0]):
        return "sum_rows_skipped"
    if _FOOTER.match(written[0]):
        return "footer_rows_skipped"
    return None


class RowReader:
    """Takes the fields of one row one after another and keeps every refusal: a row names all its faults."""

    def __init__(self, row: SheetRow, columns: Columns) -> None:
        self.row = row
        self.columns = columns
        self.errors: list[RowError] = []

    def raw(self, name: str) -> str:
        """The cell as it stands in the file; empty if there is no such column or the row is short."""
        index = self.columns.where.get(name)
        return self.row.cells[index] if index is not None and index < len(self.row.cells) else ""

    def text(self, name: str) -> str:
        """The cleaned cell; empty also where it says "无" or the like."""
        cleaned = clean_text(self.raw(name))
        return "" if is_nothing(cleaned) else cleaned

    def was_filled(self, name: str) -> bool:
        """Whether the value comes from a merged cell of an earlier row."""
        return self.columns.where.get(name) in self.row.filled

    def take(self, name: str, parse: Callable[[str], T], *, raw: bool = False) -> T | None:
        """``parse`` applied to the field's text; None, and an error noted, where it raises Invalid."""
        index = self.columns.where.get(name)
        fault = next((fault for fault in self.row.faults if fault.column == index), None)
        if fault is not None:
            self.refuse(name, fault.code, **fault.facts)
            return None
        text = self.raw(name) if raw else self.text(name)
        try:
            return parse(text)
        except Invalid as error:
            self.refuse(name, error.code, **error.facts)
            return None

    def refuse(self, name: str, code: str, **facts: object) -> None:
        """Note an error about a field of this row; the value as written is added to its facts."""
        value = clean_text(self.raw(name))[:60]
        self.errors.append(RowError(self.row.line, name, code, {"value": value, **facts}))


def limited_text(most: int, *, required: bool = False) -> Callable[[str], str | None]:
    """A parser for plain text of at most ``most`` characters.

    It raises Invalid ``text_missing``, ``text_too_long`` (``limit``) and ``text_garbled`` for text that an
    earlier program has already spoilt (the replacement character, or what it becomes in a Chinese encoding).
    """

    def parse(text: str) -> str | None:
        if not text:
            if required:
                raise Invalid("text_missing")
            return None
        if "\ufffd" in text or "锟斤拷" in text:
            raise Invalid("text_garbled")
        if len(text) > most:
            raise Invalid("text_too_long", limit=most)
        return text

    return parse


def one_of(words: Mapping[str, str], *, default: str | None = None) -> Callable[[str], str | None]:
    """A parser that turns any of the given words (compared without case and spaces) into its code.

    It raises Invalid ``word_missing`` where there is no default, and ``word_not_known`` (``allowed``).
    """
    by_key = {header_key(word): code for word, code in words.items()}

    def parse(text: str) -> str | None:
        if not text:
            if default is None:
                raise Invalid("word_missing", allowed=list(dict.fromkeys(words.values())))
            return default
        if header_key(text) not in by_key:
            raise Invalid("word_not_known", allowed=list(dict.fromkeys(words.values())))
        return by_key[header_key(text)]

    return parse


class Coded(Protocol):
    """A line that is known by its code."""

    code: str


Line = TypeVar("Line", bound=Coded)


@dataclass(frozen=True, slots=True)
class CodedReading(Generic[Line]):
    """The items that can be taken, every error by row, and notes on what was passed over."""

    items: list[Line]
    errors: list[RowError]
    notes: list[Note]


def read_coded(
    rows: Sequence[SheetRow], columns: Columns, read_item: Callable[[RowReader], Line]
) -> CodedReading[Line]:
    """Reads rows of which each has a code of its own; a row with any error is left out of ``items``.

    Raises Invalid ``no_rows``.
    """
    kept, skipped = sift(rows)
    if not kept:
        raise Invalid("no_rows")
    items: list[Line] = []
    errors: list[RowError] = []
    first_line: dict[str, int] = {}
    for row in kept:
        reader = RowReader(row, columns)
        item = read_item(reader)
        earlier = first_line.setdefault(item.code, row.line) if item.code else row.line
        if earlier != row.line:
            reader.refuse("code", "code_twice", first_line=earlier)
        errors += reader.errors
        if not reader.errors:
            items.append(item)
    return CodedReading(items, errors, [*columns.notes, *skipped])
