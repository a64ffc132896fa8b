"""Rules about rules that need neither a database nor a clock."""

from __future__ import annotations

# In which capacities a role may report a deed; the words are the ``reporters`` of a rule item.
CAPACITIES: dict[str, frozenset[str]] = {
    "grid_worker": frozenset({"grid_worker", "activity_leader", "mediator", "neighbour"}),
    "steward": frozenset({"staff", "activity_leader", "mediator"}),
}


def capacities(roles: frozenset[str], *, own: bool) -> frozenset[str]:
    """What somebody is to a deed: ``self`` for the own household's, ``neighbour`` for another's, and by role."""
    found = frozenset({"self"} if own else {"neighbour"})
    for role in roles:
        found |= CAPACITIES.get(role, frozenset())
    return found


def may_report(reporters: frozenset[str], roles: frozenset[str], *, own: bool) -> bool:
    """True when the rule lets one of the person's capacities report this deed."""
    return not reporters.isdisjoint(capacities(roles, own=own))


def is_of_household(unit: str) -> bool:
    """A deed of the household as a whole (household/month, household-event ...), not of one person."""
    return unit.startswith("household")


def counts_quantity(cap_unit: str | None, unit: str) -> bool:
    """Hours and points-capped items are counted in pieces; everything else is one deed."""
    return cap_unit == "points" or "hour" in unit


def review_path_of(score: str, written: str) -> str:
    """The way a deed is reviewed: a deduction always by a panel and a second level, whatever the sheet says (design:
    review)."""
    return "panel_and_second_level" if score == "conduct" else written


# Above this many points a panel's approval needs a second level. Field practice: a grid worker's group may award up
# to 20 points for one deed, above that the next level decides (Dongmeng town).
AUTHORITY_LIMIT_POINTS = 20


def needs_second_level(review_path: str, points: int) -> bool:
    """True when the supervisor has to confirm an approval."""
    return review_path == "panel_and_second_level" or points > AUTHORITY_LIMIT_POINTS


def is_routine(review_path: str, points: int) -> bool:
    """Checked by attendance and small: it can pass as one block unless somebody questions it."""
    return review_path == "attendance" and not needs_second_level(review_path, points)


# What a month's budget begins with in the field: 10 points for each household (design: budgets).
MONTH_BUDGET_PER_HOUSEHOLD = 10
