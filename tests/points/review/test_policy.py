"""How votes are counted, for all votes there can be."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from points.review.policy import (
    FEWEST_JUDGES,
    Vote,
    decide,
    decide_by_consent,
    is_quorate,
    lower_median,
    quorum_of,
    recusal_reason,
)

approvals = st.integers(1, 200).map(lambda points: Vote("approve", points))
votes = st.lists(st.one_of(approvals, st.just(Vote("reject")), st.just(Vote("abstain"))), max_size=30)
rolls = st.integers(0, 40)


def count(ballots: Sequence[Vote], choice: str) -> int:
    return sum(vote.choice == choice for vote in ballots)


def full_house(ballots: Sequence[Vote], *, second_level: bool = False):
    """Everybody is there."""
    return decide(ballots, present=40, may_decide=40, second_level=second_level)


@given(votes, rolls, rolls, st.booleans())
def test_an_item_is_approved_exactly_when_quorum_and_majority_are_there(
    ballots: list[Vote], present: int, may_decide: int, second_level: bool
) -> None:
    found = decide(ballots, present=present, may_decide=may_decide, second_level=second_level)
    for_it, against = count(ballots, "approve"), count(ballots, "reject")
    enough = for_it > against and (not second_level or 3 * for_it >= 2 * (for_it + against))
    quorate = may_decide >= FEWEST_JUDGES and 3 * present >= 2 * may_decide
    assert (found.outcome == "approved") == (quorate and enough)
    assert (found.points is not None) == (found.outcome == "approved")
    assert (found.votes_for, found.votes_against, found.votes_abstained) == (
        for_it,
        against,
        count(ballots, "abstain"),
    )
    assert (found.present, found.quorum) == (present, quorum_of(may_decide))


@given(votes)
def test_the_award_is_one_of_the_approving_scores_with_half_of_them_on_each_side(ballots: list[Vote]) -> None:
    found = full_house(ballots)
    assume(found.outcome == "approved")
    scores = [vote.points for vote in ballots if vote.points is not None]
    assert found.points in scores
    assert 2 * sum(score <= found.points for score in scores) >= len(scores)
    assert 2 * sum(score >= found.points for score in scores) > len(scores) - 1


@given(votes, st.randoms())
def test_the_order_of_the_ballots_decides_nothing(ballots: list[Vote], rng) -> None:
    shuffled = list(ballots)
    rng.shuffle(shuffled)
    assert full_house(ballots) == full_house(shuffled)


@given(votes, st.integers(1, 5), st.booleans())
def test_abstaining_changes_neither_outcome_nor_award(
    ballots: list[Vote], more: int, second_level: bool
) -> None:
    before = full_house(ballots, second_level=second_level)
    after = full_house(ballots + [Vote("abstain")] * more, second_level=second_level)
    assert (after.outcome, after.points) == (before.outcome, before.points)


@given(votes)
def test_one_more_rejection_never_helps_and_one_more_approval_never_harms(ballots: list[Vote]) -> None:
    for second_level in (False, True):
        before = full_house(ballots, second_level=second_level).outcome == "approved"
        rejected = full_house([*ballots, Vote("reject")], second_level=second_level).outcome == "approved"
        approved = full_house([*ballots, Vote("approve", 5)], second_level=second_level).outcome == "approved"
        assert rejected <= before <= approved


@given(st.lists(approvals, min_size=1, max_size=10), st.integers(0, 5), st.booleans())
def test_a_tie_fails_and_says_so(yes: list[Vote], abstained: int, second_level: bool) -> None:
    ballots = [*yes, *[Vote("reject")] * len(yes), *[Vote("abstain")] * abstained]
    assert full_house(ballots, second_level=second_level).outcome == "tied"


@given(votes)
def test_what_two_thirds_approve_a_majority_approves_too(ballots: list[Vote]) -> None:
    strict, plain = full_house(ballots, second_level=True), full_house(ballots)
    if strict.outcome == "approved":
        assert plain == strict
    else:
        assert strict.outcome in ("rejected", plain.outcome)


@given(rolls, rolls)
def test_the_quorum_is_two_thirds_rounded_up_and_grows_with_the_roll(may_decide: int, present: int) -> None:
    assert 3 * quorum_of(may_decide) >= 2 * may_decide > 3 * (quorum_of(may_decide) - 1)
    assert quorum_of(may_decide) <= quorum_of(may_decide + 1)
    if may_decide < FEWEST_JUDGES:
        assert not is_quorate(present=present, may_decide=may_decide)


@given(st.integers(0, 200), rolls, rolls)
def test_the_block_passes_with_its_default_under_the_same_quorum(
    points: int, present: int, may_decide: int
) -> None:
    found = decide_by_consent(points, present=present, may_decide=may_decide)
    quorate = is_quorate(present=present, may_decide=may_decide)
    short = "another_panel" if may_decide < FEWEST_JUDGES else "not_quorate"
    assert (found.outcome, found.points) == (("approved", points) if quorate else (short, None))


@pytest.mark.parametrize(
    ("scores", "middle"), [((5,), 5), ((5, 9), 5), ((9, 5, 7), 7), ((3, 4, 8, 9), 4), ((9, 9, 1, 1), 1)]
)
def test_of_two_middle_scores_the_lower_counts(scores: tuple[int, ...], middle: int) -> None:
    assert lower_median(scores) == middle


@pytest.mark.parametrize(
    ("member", "household", "reporter", "reason"),
    [
        ("me", "mine", "other", "self"), ("me", "elsewhere", "me", "self"), ("other", "mine", "other", "household"),
        (None, "mine", "other", "household"), ("other", "elsewhere", "me", "reporter"), (None, "elsewhere", "other", None),
    ],
)  # fmt: skip
def test_a_judge_stands_aside_for_the_own_the_households_and_the_reported_deed(
    member, household, reporter, reason
) -> None:
    found = recusal_reason(
        judge="me", judge_household="mine", member=member, household=household, reporter=reporter
    )
    assert found == reason
