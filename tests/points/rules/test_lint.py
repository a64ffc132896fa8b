"""Rules about rules: what is refused with its words, what only sounds like it, and what is asked to be looked at."""

from __future__ import annotations

from dataclasses import replace

import pytest

from points.rules.forbidden import ANY, BANS, DEDUCTION, HOUSEHOLD_DEDUCTION, REWARD
from points.rules.lint import lint_book, lint_item
from points.rules.sheet import RuleLine
from tests.builders import demo_rules

BOOK = {item.code: item for item in demo_rules()}
DEED, DEDUCTION_OF_ONE, DEDUCTION_OF_ALL = BOOK["ENV-02"], BOOK["DED-04"], BOOK["DED-01"]
KIND = {
    ANY: (DEED, DEDUCTION_OF_ONE), REWARD: (DEED,), DEDUCTION: (DEDUCTION_OF_ONE, DEDUCTION_OF_ALL),
    HOUSEHOLD_DEDUCTION: (DEDUCTION_OF_ALL,),
}  # fmt: skip


def refusals(item: RuleLine) -> list[str]:
    return [finding.code for finding in lint_item(item) if finding.is_refusal]


def warnings(*items: RuleLine) -> set[tuple[str, str]]:
    return {(finding.item, finding.code) for finding in lint_book(items) if not finding.is_refusal}


@pytest.mark.parametrize("ban", BANS, ids=lambda ban: f"{ban.code}-{ban.on}")
def test_every_ban_refuses_what_it_is_for_wherever_it_stands_and_passes_its_near_misses(ban):
    assert len(ban.refuses) + len(ban.passes) >= 2
    for base in KIND[ban.on]:
        for text in ban.refuses:
            for field in ("name_zh", "example_zh", "note_zh"):
                assert ban.code in refusals(replace(base, **{field: text})), (base.code, field, text)
    # A deed that is innocent as a reward may be none as a deduction: near-misses are read as the first of their kind.
    for text in ban.passes:
        assert refusals(replace(KIND[ban.on][0], name_zh=text)) == [], text


def test_the_46_rules_of_the_field_pass_without_a_refusal():
    assert [(item.code, refusals(item)) for item in BOOK.values() if refusals(item)] == []


def test_what_is_looked_at_in_the_46_rules():
    assert warnings(*BOOK.values()) == {
        ("", "too_many_items"), ("", "over_budget"), ("HON-03", "range_wide"), ("HON-04", "above_authority"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("item", "changes", "code"),
    [
        (DEED, {"points_min": 4}, "range_out_of_order"),
        (DEED, {"points_min": -1}, "deducts_outside_conduct"),
        (DEDUCTION_OF_ONE, {"points_max": 3}, "conduct_adds_points"),
        (DEDUCTION_OF_ONE, {"points_min": -100}, "takes_all_points"),
        (DEED, {"score": "honour", "points_min": -2}, "deducts_outside_conduct"),
    ],
)
def test_points_that_no_book_may_have(item, changes, code):
    assert refusals(replace(item, **changes)) == [code]


@pytest.mark.parametrize(
    ("item", "changes", "code"),
    [
        (DEED, {"points_max": 21}, "above_authority"),
        (DEED, {"points_max": 23}, "range_wide"),
        (DEED, {"example_zh": ""}, "example_missing"),
        (DEED, {"evidence_zh": ""}, "evidence_missing"),
        (DEDUCTION_OF_ONE, {"points_min": -30}, "range_wide"),
    ],
)
def test_what_an_assembly_is_asked_to_look_at(item, changes, code):
    assert code not in {found for _item, found in warnings(item)}
    assert code in {found for _item, found in warnings(replace(item, **changes))}


def test_more_may_be_given_when_a_second_level_confirms():
    assert warnings(replace(DEED, points_max=22, review_path="panel_and_second_level")) == set()


def test_forty_items_are_not_too_many():
    small = [
        replace(DEED, code=f"ENV-{n}", cap_count=1, cap_period="year", points_default=2) for n in range(41)
    ]
    assert warnings(*small[:40]) == set()
    assert warnings(*small) == {("", "too_many_items")}


def test_the_budget_is_weighed_against_a_fortieth_of_what_caps_allow():
    """A cap of 400 points a month comes to 10 for each household, and that is the budget."""
    at = {"cap_unit": "points", "cap_period": "month"}
    assert warnings(replace(DEED, **at, cap_count=400)) == set()
    (found,) = lint_book([replace(DEED, **at, cap_count=401)])
    assert (found.code, found.facts) == (
        "over_budget", {"allowed": 401, "expected": 11, "budget": 10, "share": 40},
    )  # fmt: skip
    assert warnings(replace(DEED, **at, cap_count=4000, score="honour")) == set()


def test_spaces_and_width_hide_nothing():
    assert refusals(replace(DEDUCTION_OF_ONE, name_zh="越 级 上　访")) == ["punishes_complaint"]
    assert refusals(replace(DEED, name_zh="每次奖励　２０ 元")) == ["pays_money"]
