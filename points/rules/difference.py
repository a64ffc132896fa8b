"""Two rule books side by side: what is new, what changed in which field, what is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.orm import Session

from points.rules.policy import review_path_of
from points.rules.queries import RuleView, book_of, versions_of
from points.rules.sheet import RuleLine

COMPARED = tuple(name for name in RuleLine.__dataclass_fields__ if name not in ("line", "code"))
Item = RuleLine | RuleView
Before, After = TypeVar("Before", bound=Item), TypeVar("After", bound=Item)


@dataclass(frozen=True)
class FieldChange:
    """One field of an item in both books; reporters as a sorted tuple."""

    name: str
    before: object
    after: object


@dataclass(frozen=True)
class ItemChange:
    """An item that is in both books, with what differs."""

    before: Item
    after: Item
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class BookDifference:
    """Items by their codes, in the order of the later book, the removed ones in that of the earlier."""

    added: tuple[Item, ...]
    changed: tuple[ItemChange, ...]
    removed: tuple[Item, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def compare_books(before: Sequence[Before], after: Sequence[After]) -> BookDifference:
    """How the later book differs from the earlier; another order of the same items is no difference."""
    earlier = {item.code: item for item in before}
    codes = {item.code for item in after}
    pairs = [(earlier[item.code], item) for item in after if item.code in earlier]
    changes = [ItemChange(old, new, changed_fields(old, new)) for old, new in pairs]
    return BookDifference(
        tuple(item for item in after if item.code not in earlier),
        tuple(change for change in changes if change.fields),
        tuple(item for item in before if item.code not in codes),
    )


def changed_fields(before: Item, after: Item) -> tuple[FieldChange, ...]:
    """The fields that differ, in the order of the sheet."""
    pairs = ((name, _comparable(before, name), _comparable(after, name)) for name in COMPARED)
    return tuple(FieldChange(name, old, new) for name, old, new in pairs if old != new)


def _comparable(item: Item, name: str) -> object:
    value = getattr(item, name)
    if name == "review_path":
        return review_path_of(item.score, value)
    return tuple(sorted(value)) if name == "reporters" else value


def difference_from_last(
    session: Session, community_id: int, items: Sequence[Item]
) -> tuple[int, BookDifference] | None:
    """Number of the newest adopted version, and how a book differs from it; None before the first."""
    versions = versions_of(session, community_id)
    if not versions:
        return None
    before = book_of(session, community_id, versions[0].id)
    return versions[0].number, compare_books(before, items)
