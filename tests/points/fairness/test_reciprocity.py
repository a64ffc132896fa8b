"""A planted circle is found, and people who favour nobody are left alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from points.fairness.deeds import JudgedBallot, JudgedDeed
from points.fairness.reciprocity import ENOUGH_REPORTS, Reciprocity, ranks, reciprocity, standard
from tests.points.fairness.made_up import an_id, panel

SEEDS = range(50)


def households(found: Reciprocity) -> set[int]:
    return {household.int for finding in found.findings for household in finding.households}


def shuffled(deeds: list[JudgedDeed], rng: Random) -> list[JudgedDeed]:
    """The same deeds, dealt anew to the households within their rule: nobody has favoured anybody."""
    dealt = []
    for rule in {deed.rule for deed in deeds}:
        alike = [deed for deed in deeds if deed.rule == rule]
        homes = [deed.household for deed in alike]
        rng.shuffle(homes)
        dealt += [
            replace(
                deed,
                household=home,
                ballots=tuple(one for one in deed.ballots if one.judge_household != home),
            )
            for deed, home in zip(alike, homes, strict=True)
        ]
    return dealt


def test_people_who_favour_nobody_are_left_alone() -> None:
    """The false alarm is set at one in a hundred pages."""
    named = [
        seed for seed in SEEDS if reciprocity(panel(Random(seed), deeds=300), {}, seed=str(seed)).findings
    ]
    assert len(named) <= 2


def test_a_circle_shuffled_is_no_circle() -> None:
    named = []
    for seed in range(20):
        deeds = list(panel(Random(seed), deeds=300, clique=range(4), lift=3))
        named += reciprocity(shuffled(deeds, Random(seed)), {}, seed=str(seed)).findings
    assert len(named) <= 1


@pytest.mark.parametrize("size", [3, 4])
def test_a_planted_circle_is_found(size: int) -> None:
    """Nine reviewers, sixty households, a year with twenty deeds each: who gives friends two points more is named."""
    for seed in range(3):
        found = reciprocity(panel(Random(seed), deeds=1200, clique=range(size)), {}, seed="a page")
        assert len(households(found) & set(range(size))) >= 3
        assert households(found) <= set(range(size))
        assert all(way.lean > 0 and way.deeds >= 4 for finding in found.findings for way in finding.ways)
        assert all(finding.chance <= 0.01 for finding in found.findings)


def test_looking_twice_says_the_same() -> None:
    first, second = (
        reciprocity(panel(Random(2), deeds=600, clique=range(3), lift=4), {}, seed="a page") for _ in range(2)
    )
    assert first == second
    assert first.findings


def one_way(deeds: Iterator[JudgedDeed], giver: int, taker: int, lift: int) -> Iterator[JudgedDeed]:
    """One reviewer gives one household more; nothing comes back."""

    def lifted(ballot: JudgedBallot, deed: JudgedDeed) -> JudgedBallot:
        if ballot.judge != an_id(giver) or ballot.points is None:
            return ballot
        return replace(ballot, points=min(deed.most, ballot.points + lift))

    for deed in deeds:
        if deed.household == an_id(taker):
            yield replace(deed, ballots=tuple(lifted(ballot, deed) for ballot in deed.ballots))
        else:
            yield deed


def test_favour_without_return_is_not_named() -> None:
    found = reciprocity(one_way(panel(Random(5), deeds=1200), 0, 1, 3), {}, seed="a page")
    assert found.findings == ()
    assert found.looked_at > 20


def test_neighbours_who_report_for_each_other_are_not_named() -> None:
    reports = {(an_id(one), an_id(other)): 9 for one in range(9) for other in (50, one + 20, (one + 1) % 9)}
    reports |= {(an_id(one + 20), an_id(one)): 9 for one in range(9)}
    named = [
        seed
        for seed in range(10)
        if reciprocity(panel(Random(seed), deeds=300), reports, seed=str(seed)).findings
    ]
    assert len(named) <= 1


def test_scores_in_return_for_reports_are_named() -> None:
    """Household 30 reports for reviewer 0, and reviewer 0 alone gives it more; a grid worker reports for everybody."""
    reports = {(an_id(30), an_id(0)): 8, (an_id(30), an_id(41)): 2}
    reports |= {(an_id(31), an_id(home)): 8 for home in range(30)}
    found = reciprocity(one_way(panel(Random(7), deeds=1800), 0, 30, 4), reports, seed="a page")
    assert [(finding.households, finding.reports) for finding in found.findings] == [
        ((an_id(0), an_id(30)), 8)
    ]
    assert found.findings[0].judges == (an_id(0),)
    fewer = {(an_id(30), an_id(0)): ENOUGH_REPORTS - 1}
    assert reciprocity(one_way(panel(Random(7), deeds=1800), 0, 30, 4), fewer, seed="a page").findings == ()


def test_nothing_is_said_of_nothing() -> None:
    assert reciprocity([], {}, seed="a page") == Reciprocity((), 0)
    assert reciprocity(panel(Random(1), deeds=20), {}, seed="a page").looked_at == 0


def test_equal_leans_share_their_rank_and_equal_figures_say_nothing() -> None:
    assert ranks([3, 1, 3, 2]) == [0.75, 0.125, 0.75, 0.375]
    assert standard([2, 2, 2]) == [0, 0, 0]
    assert standard([1, 3]) == [-1, 1]
