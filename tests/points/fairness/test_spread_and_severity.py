"""How awards spread and how reviewers score: pure figures."""

from __future__ import annotations

from random import Random

import pytest

from points.fairness.deeds import JudgedBallot, JudgedDeed, Mean, beside_the_others, support
from points.fairness.severity import ENOUGH_BALLOTS, severities
from points.fairness.spread import AwardCell, RuleSpread, spreads
from tests.points.fairness.made_up import an_id, panel


def cell(
    points: int, count: int, *, grid: str = "第一网格", quantity: int = 1, voted: bool = True
) -> AwardCell:
    return AwardCell("AID-02", "陪伴老人", "Sit with", 3, 10, grid, voted, points, quantity, count)


def only(cells: list[AwardCell]) -> RuleSpread:
    (found,) = spreads(cells)
    return found


def test_quartiles_are_of_one_piece_and_block_items_stand_beside() -> None:
    found = only([cell(4, 3), cell(12, 1, quantity=2), cell(5, 1), cell(4, 9, voted=False)])
    assert (found.low, found.quarter, found.median, found.three_quarters, found.high) == (4, 4, 4, 5, 6)
    assert (found.count, found.together) == (5, 9)
    assert not found.is_unusual


def test_points_as_if_drawn_by_lot_are_worth_a_look_and_few_are_not() -> None:
    even = [cell(points, 3) for points in range(3, 11)]
    assert only(even).is_wide
    assert not only([cell(points, 1) for points in range(3, 11)]).is_wide
    assert not only([cell(points, 1) for points in range(3, 11)] + [cell(5, 30)]).is_unusual


def test_a_grid_that_is_paid_otherwise_is_named() -> None:
    found = only(
        [
            cell(4, 8),
            cell(5, 9),
            cell(9, 6, grid="第二网格"),
            cell(5, 20, grid="第三网格"),
            cell(9, 4, grid="第四网格"),
        ]
    )
    assert [grid.grid for grid in found.grids if grid.is_apart] == ["第二网格"]
    assert found.is_unusual


def test_a_rule_that_only_ever_passed_as_a_block_has_no_spread() -> None:
    found = only([cell(4, 5, voted=False)])
    assert (found.count, found.together, found.grids, found.is_unusual) == (0, 5, (), False)


def deed(*votes: int | str, quantity: int = 1) -> JudgedDeed:
    """Ballots of judges 0, 1, 2 ... on a deed of household 99."""
    ballots = [
        JudgedBallot(an_id(at), an_id(at), "approve", vote) if isinstance(vote, int)
        else JudgedBallot(an_id(at), an_id(at), vote, None)
        for at, vote in enumerate(votes)
    ]  # fmt: skip
    return JudgedDeed("AID-02", an_id(99), 3 * quantity, 10 * quantity, quantity, tuple(ballots))


def test_support_has_one_scale_for_all_rules() -> None:
    one = deed(3, 10, "reject", "abstain")
    assert [support(ballot, one) for ballot in one.ballots] == [0.5, 1.0, 0.0, None]
    fixed = JudgedDeed("PUB-03", an_id(99), 10, 10, 1, deed(10).ballots)
    assert support(fixed.ballots[0], fixed) == 1.0


def test_one_other_is_no_panel() -> None:
    assert beside_the_others([1, 5]) == []
    assert beside_the_others([1, 5, 6]) == [-4.5, 1.5, 3.0]


def test_a_mean_knows_its_error() -> None:
    mean = Mean()
    for figure in (1, 2, 3, 4):
        mean.add(figure)
    assert (mean.mean, mean.error) == (2.5, pytest.approx((5 / 3 / 4) ** 0.5))


def test_who_gives_more_for_the_same_deeds_is_seen_and_too_few_ballots_say_nothing() -> None:
    generous = {one.judge: one for one in severities([deed(7, 5, 5, 4)] * ENOUGH_BALLOTS)}
    first = generous[an_id(0)]
    assert (first.lean.mean, first.lean.stands_out, first.higher, first.median_lean) == (
        2,
        1,
        ENOUGH_BALLOTS,
        2,
    )
    assert generous[an_id(3)].lean.stands_out == -1
    assert first.stands_out
    few = severities([deed(7, 5, 5, 4)] * (ENOUGH_BALLOTS - 1))
    assert not any(one.is_enough or one.stands_out for one in few)


def test_leaning_is_counted_for_one_piece() -> None:
    first = next(one for one in severities([deed(14, 10, 10, 10, quantity=2)]) if one.judge == an_id(0))
    assert first.lean.mean == 2


def test_rejections_and_abstentions_are_compared_on_the_same_deeds() -> None:
    deeds = [deed("reject", 5, 5, "abstain"), deed(5, 5, 5, "abstain")] * ENOUGH_BALLOTS
    found = {one.judge: one for one in severities(deeds)}
    assert found[an_id(0)].rejected == 0.5
    assert found[an_id(0)].expected_rejected == 0
    assert found[an_id(0)].rejecting.stands_out == 1
    assert found[an_id(3)].abstaining.stands_out == 1
    assert (found[an_id(1)].rejecting.stands_out, found[an_id(1)].abstaining.stands_out) == (-1, -1)


def test_a_panel_whose_members_lean_alike_has_nobody_who_stands_out() -> None:
    rng = Random(3)
    alike = [deed(*(rng.choice((4, 5, 6)) for _ in range(6))) for _ in range(300)]
    assert [one.judge for one in severities(alike) if one.stands_out] == []


def test_who_is_absent_from_hard_deeds_is_not_called_generous() -> None:
    """Everybody gives the same on a deed; one judge only ever came to the large ones."""
    deeds = [deed(9, 9, 9, 9)] * 40 + [deed(3, 3, 3)] * 40
    assert not any(one.stands_out for one in severities(deeds))


def test_a_year_is_read_once_as_a_stream() -> None:
    assert sum(one.ballots for one in severities(panel(Random(1), deeds=50))) > 200
