"""Rules about rules: what a rule book may not contain, and what its assembly should look at before it votes.

Pure. ``refused`` findings keep a book from being adopted; a ``warning`` is shown and stays with the adopted version.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import Protocol

from points.rules.forbidden import ANY, BANS, DEDUCTION, HOUSEHOLD_DEDUCTION, REWARD
from points.rules.policy import AUTHORITY_LIMIT_POINTS, MONTH_BUDGET_PER_HOUSEHOLD, is_of_household
from points.sheets import clean_text

REFUSED, WARNING = "refused", "warning"

# More rules than these nobody remembers (design: rules about rules).
MOST_ACTIVE_ITEMS = 40
# A conduct score begins at 100 in the field; one deduction of that much is all of it.
WHOLE_CONDUCT_SCORE = 100
# How much of what caps allow is really done. A cap is a ceiling, not a habit: the caps of the 46 items used in the
# field allow one household 527 points a month, and active people there earn 20 to 50 points a quarter, 12 a month.
SHARE_DONE = Fraction(1, 40)
# How often a cap's period comes in a month. What has no cap, and what comes with an event, is taken for once a year.
_MONTHLY = {
    "week": Fraction(52, 12), "month": Fraction(1), "quarter": Fraction(1, 3), "year": Fraction(1, 12),
    "event": Fraction(1, 12),
}  # fmt: skip
_TEXTS = ("category_zh", "name_zh", "example_zh", "note_zh", "name_en", "example_en", "note_en")
_CLAUSE_ENDS = re.compile(r"[,，。;；!！?？、.:：()（）\n]")


class Item(Protocol):
    """What is looked at of an item: a line of a sheet, of a draft or of an adopted version."""

    code: str
    category_zh: str
    name_zh: str
    name_en: str
    unit_zh: str
    unit_en: str
    score: str
    points_min: int
    points_default: int
    points_max: int
    cap_count: int | None
    cap_unit: str | None
    cap_period: str | None
    evidence_zh: str
    example_zh: str
    example_en: str
    review_path: str
    note_zh: str
    note_en: str


@dataclass(frozen=True)
class Finding:
    """``item`` is the code of an item, empty for the book as a whole. ``field``: where in the item; may be empty."""

    code: str
    severity: str
    item: str = ""
    facts: dict[str, object] = field(default_factory=dict)
    field: str = ""

    @property
    def is_refusal(self) -> bool:
        """Whether it keeps the book from being adopted."""
        return self.severity == REFUSED


def lint_book(items: Sequence[Item]) -> list[Finding]:
    """Everything to be said about a book: refusals first, then warnings about it as a whole, then about items."""
    found = [finding for item in items for finding in lint_item(item)]
    refusals = [finding for finding in found if finding.is_refusal]
    return [*refusals, *_about_the_book(items), *(finding for finding in found if not finding.is_refusal)]


def lint_item(item: Item) -> list[Finding]:
    """What is to be said about one item alone; each kind of refusal once."""
    refusals: dict[str, Finding] = {}
    for finding in (*_wrong_points(item), *_wrong_words(item)):
        refusals.setdefault(finding.code, finding)
    return [*refusals.values(), *_to_look_at(item)]


def _wrong_points(item: Item) -> Iterator[Finding]:
    low, default, high = item.points_min, item.points_default, item.points_max
    facts = {"least": low, "default": default, "most": high}
    if not low <= default <= high:
        yield Finding("range_out_of_order", REFUSED, item.code, facts, "points_default")
    if item.score == "conduct":
        if high > 0:
            yield Finding("conduct_adds_points", REFUSED, item.code, facts, "points_max")
        if low <= -WHOLE_CONDUCT_SCORE:
            yield Finding("takes_all_points", REFUSED, item.code, {"words": str(low)}, "points_min")
    elif low < 0:
        yield Finding("deducts_outside_conduct", REFUSED, item.code, {"words": str(low)}, "points_min")


def _wrong_words(item: Item) -> Iterator[Finding]:
    """The first forbidden words of each kind, with the field they stand in."""
    kinds = _kinds(item)
    for name in _TEXTS:
        clauses = [part.strip() for part in _CLAUSE_ENDS.split(clean_text(getattr(item, name)))]
        for ban in BANS:
            if ban.on not in kinds:
                continue
            for clause in filter(None, clauses):
                if words := ban.finds(clause):
                    yield Finding(ban.code, REFUSED, item.code, {"words": words}, name)


def _kinds(item: Item) -> set[str]:
    if item.score != "conduct":
        return {ANY, REWARD}
    of_household = is_of_household(item.unit_en) or "户" in item.unit_zh
    return {ANY, DEDUCTION, HOUSEHOLD_DEDUCTION} if of_household else {ANY, DEDUCTION}


def _to_look_at(item: Item) -> Iterator[Finding]:
    """Warnings about one item."""
    low, high = item.points_min, item.points_max
    facts = {"least": low, "most": high, "limit": AUTHORITY_LIMIT_POINTS}
    if high - low > AUTHORITY_LIMIT_POINTS:
        yield Finding("range_wide", WARNING, item.code, facts, "points_max")
    if max(high, -low) > AUTHORITY_LIMIT_POINTS and item.review_path != "panel_and_second_level":
        yield Finding("above_authority", WARNING, item.code, facts, "points_max")
    if not item.example_zh:
        yield Finding("example_missing", WARNING, item.code, field="example_zh")
    if not item.evidence_zh:
        yield Finding("evidence_missing", WARNING, item.code, field="evidence_zh")


def _about_the_book(items: Sequence[Item]) -> Iterator[Finding]:
    if len(items) > MOST_ACTIVE_ITEMS:
        yield Finding("too_many_items", WARNING, facts={"count": len(items), "most": MOST_ACTIVE_ITEMS})
    allowed = sum((allowed_monthly(item) for item in items), Fraction(0))
    expected = ceil(allowed * SHARE_DONE)
    if expected > MONTH_BUDGET_PER_HOUSEHOLD:
        yield Finding(
            "over_budget", WARNING,
            facts={
                "allowed": round(allowed), "expected": expected, "budget": MONTH_BUDGET_PER_HOUSEHOLD,
                "share": SHARE_DONE.denominator,
            },
        )  # fmt: skip


def allowed_monthly(item: Item) -> Fraction:
    """Points that the caps of an item allow one household in a month, at its usual points; 0 for what takes no budget.

    Assumes that one person of a household does it, and an item without a cap once a year.
    """
    if item.score != "redeemable":
        return Fraction(0)
    if item.cap_count is None or item.cap_unit is None or item.cap_period is None:
        return Fraction(item.points_default, 12)
    points = item.cap_count * (1 if item.cap_unit == "points" else item.points_default)
    return points * _MONTHLY[item.cap_period]
