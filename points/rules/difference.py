"""A rule sheet beside the version before it: what is new, what changed, what is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from points.rules.policy import review_path_of
from points.rules.queries import RuleView, book_of, versions_of
from points.rules.sheet import RuleLine

_COMPARED = tuple(
    name for name in RuleLine.__dataclass_fields__ if name not in ("line", "reporters", "review_path")
)


@dataclass(frozen=True)
class BookDifference:
    """Codes of items, against version ``version``."""

    version: int
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def difference_from_last(
    session: Session, community_id: int, items: Sequence[RuleLine]
) -> BookDifference | None:
    """How a sheet differs from the newest adopted version; None before the first."""
    versions = versions_of(session, community_id)
    if not versions:
        return None
    before = {rule.code: rule for rule in book_of(session, community_id, versions[0].id)}
    codes = {item.code for item in items}
    return BookDifference(
        versions[0].number,
        tuple(item.code for item in items if item.code not in before),
        tuple(item.code for item in items if item.code in before and _differs(item, before[item.code])),
        tuple(code for code in before if code not in codes),
    )


def _differs(item: RuleLine, rule: RuleView) -> bool:
    if frozenset(item.reporters) != rule.reporters:
        return True
    if review_path_of(item.score, item.review_path) != rule.review_path:
        return True
    return any(getattr(item, name) != getattr(rule, name) for name in _COMPARED)
