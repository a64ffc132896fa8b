"""Finds the header of a sheet: the row, or the two rows, with the most column names we know."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from points.sheets import SheetRow, clean_text, header_key

# Title, who filled it in, units, a blank row: a header further down has not been seen.
SEARCHED_ROWS = 30


@dataclass(frozen=True, slots=True)
class Header:
    """``names`` of the columns, and the positions (not lines) of the first and last row they come from."""

    names: tuple[str, ...]
    first: int
    last: int
    score: int


def find_header(rows: Sequence[SheetRow], known: Collection[str]) -> Header | None:
    """The best header among the first rows, or None if no row has a name in ``known`` (header keys).

    Two rows together win only if they know more columns than either alone: a group heading such as
    家庭成员 above 姓名, 关系, 性别.
    """
    searched = rows[:SEARCHED_ROWS]
    singles = [_header(row.cells, position, position, known) for position, row in enumerate(searched)]
    candidates = list(singles)
    for upper, lower in pairwise(singles):
        names = _two_rows_as_one(searched[upper.first].cells, searched[lower.first].cells, known)
        pair = _header(names, upper.first, lower.first, known)
        if pair.score > max(upper.score, lower.score):
            candidates.append(pair)
    best = max(candidates, key=lambda header: header.score, default=None)
    if best is None or best.score == 0:
        return None
    return _with_group_row(best, rows)


def is_repeated_header(row: SheetRow, header_rows: Sequence[SheetRow]) -> bool:
    """Whether a row only repeats the header, as on each page of a sheet made for printing."""
    return any(
        len(row.cells) == len(other.cells)
        and all(
            header_key(cell) == header_key(name) for cell, name in zip(row.cells, other.cells, strict=True)
        )
        for other in header_rows
    )


def _header(names: Sequence[str], first: int, last: int, known: Collection[str]) -> Header:
    cleaned = tuple(clean_text(name) for name in names)
    return Header(cleaned, first, last, len({header_key(name) for name in cleaned} & set(known)))


def _two_rows_as_one(upper: Sequence[str], lower: Sequence[str], known: Collection[str]) -> list[str]:
    names = []
    for column in range(max(len(upper), len(lower))):
        above = upper[column] if column < len(upper) else ""
        below = lower[column] if column < len(lower) else ""
        if header_key(below) in known or header_key(above) not in known:
            names.append(below or above)
        else:
            names.append(above)
    return names


def _with_group_row(header: Header, rows: Sequence[SheetRow]) -> Header:
    """A header whose cells are partly merged with the row above it begins there, not in the title."""
    if header.first == header.last and header.first > 0 and rows[header.first].filled:
        return Header(header.names, header.first - 1, header.last, header.score)
    return header
