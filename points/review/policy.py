"""How a review decides. Pure: no session, no clock."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

# A live session nobody closes ends by itself; sheets of a paper meeting may be keyed in for a week.
LONGEST_SESSION = timedelta(hours=4)
PAPER_DAYS = timedelta(days=7)
# What one session can take; the rest comes to the next.
MOST_ITEMS = 500
# Below this many who may decide, an item goes to another panel: the bar is never lowered.
FEWEST_JUDGES = 2
FEWEST_SEATS = 3
# A score this far from the default, in points, is noticed at all.
NOTICEABLE = 3


@dataclass(frozen=True)
class Vote:
    """One ballot as the count sees it; ``points`` only with an approval."""

    choice: str
    points: int | None = None


@dataclass(frozen=True)
class Decision:
    """Outcome of an item with its tally; ``points`` for the whole deed, only when approved."""

    outcome: str
    points: int | None
    votes_for: int
    votes_against: int
    votes_abstained: int
    present: int
    quorum: int


def quorum_of(may_decide: int) -> int:
    """Two thirds of the roll that is not recused, rounded up (law on villagers' assemblies; design: review)."""
    return -(-2 * may_decide // 3)


def is_quorate(*, present: int, may_decide: int) -> bool:
    """Enough judges sit at the table for an item."""
    return may_decide >= FEWEST_JUDGES and present >= quorum_of(may_decide)


def lower_median(scores: Sequence[int]) -> int:
    """The middle score; of two middle ones the lower."""
    return sorted(scores)[(len(scores) - 1) // 2]


def recusal_reason(
    *, judge: uuid.UUID, judge_household: uuid.UUID, member: uuid.UUID | None, household: uuid.UUID,
    reporter: uuid.UUID, declared: str | None = None,
) -> str | None:  # fmt: skip
    """Why a judge stands aside for a deed: their own, their household's, a relation's, or one they reported.

    ``declared``: how the judge is related to somebody of the household (``relative``, ``employer``, ``helper``).
    """
    if member == judge:
        return "self"
    if household == judge_household:
        return "household"
    if reporter == judge:
        return "reporter"
    return declared


def is_outlier(points: int, *, default: int, least: int, most: int) -> bool:
    """Whether a score needs a reason: three points or more from the rule's default, and further than half the width
    of its range.

    Nobody else's ballot may be looked at before the end, so a score is compared with the rule and not with the others.
    """
    distance = abs(points - default)
    return distance >= NOTICEABLE and 2 * distance > most - least


def decide(votes: Sequence[Vote], *, present: int, may_decide: int, second_level: bool) -> Decision:
    """Counts an item that was voted on.

    Approved by a majority of the votes cast (abstentions are not votes cast), a tie fails; where a second level is
    needed, two thirds of them. Without a quorum or without a single vote nothing is decided and the item comes back;
    where too many stand aside it goes to another panel.
    """
    tally = {
        choice: sum(vote.choice == choice for vote in votes) for choice in ("approve", "reject", "abstain")
    }
    for_it, against = tally["approve"], tally["reject"]

    def decision(outcome: str, points: int | None = None) -> Decision:
        return Decision(outcome, points, for_it, against, tally["abstain"], present, quorum_of(may_decide))

    if may_decide < FEWEST_JUDGES:
        return decision("another_panel")
    if not is_quorate(present=present, may_decide=may_decide):
        return decision("not_quorate")
    if for_it + against == 0:
        return decision("carried_over")
    if for_it == against:
        return decision("tied")
    if for_it < against or (second_level and 3 * for_it < 2 * (for_it + against)):
        return decision("rejected")
    points = lower_median(
        [vote.points for vote in votes if vote.choice == "approve" and vote.points is not None]
    )
    return decision("approved", points)


def decide_by_consent(points: int, *, present: int, may_decide: int) -> Decision:
    """An item of the block that nobody questioned passes with its default, under the same quorum."""
    if may_decide < FEWEST_JUDGES:
        return Decision("another_panel", None, 0, 0, 0, present, quorum_of(may_decide))
    if not is_quorate(present=present, may_decide=may_decide):
        return Decision("not_quorate", None, 0, 0, 0, present, quorum_of(may_decide))
    return Decision("approved", points, present, 0, 0, present, quorum_of(may_decide))
