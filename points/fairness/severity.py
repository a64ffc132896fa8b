"""How each reviewer scores beside the panel on the same deeds. Pure.

Three figures of a reviewer, each a mean of differences on the same deed, so that who happened to judge what does not
count: points of an approval (for one piece) less the median of the other approvals; rejections (1 or 0) less the share
of the others who rejected; abstentions in the same way. A figure stands out when it lies more than three standard
errors from zero (Shewhart's rule for control charts, 1931) and is large enough to matter: a quarter of a point, or five
percentage points. What severity cannot say: who is right. The one who reads the evidence differs from a panel that
does not.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

from points.fairness.deeds import FEWEST_OTHERS, JudgedDeed, Mean, beside_the_others

# Fewer ballots say nothing yet: of 30 ballots a share of 10 % is uncertain by 5.5 percentage points either way.
ENOUGH_BALLOTS = 30
STANDS_OUT = 3.0
LEAST_POINTS, LEAST_SHARE = 0.25, 0.05


@dataclass(frozen=True)
class Difference:
    """A mean difference from the panel, its standard error, and from how many ballots; ``least``: what matters."""

    mean: float
    error: float
    count: int
    least: float

    @property
    def stands_out(self) -> int:
        """1 or -1 when it lies clearly above or below the panel, else 0."""
        if self.count < ENOUGH_BALLOTS or abs(self.mean) <= max(STANDS_OUT * self.error, self.least):
            return 0
        return 1 if self.mean > 0 else -1


@dataclass(frozen=True)
class Severity:
    """One reviewer beside the panel. Shares lie between 0 and 1; ``expected_*`` are the others' on the same deeds.

    ``higher``, ``same``, ``lower`` count approvals beside the middle of the other approvals on the deed.
    """

    judge: uuid.UUID
    ballots: int
    higher: int
    same: int
    lower: int
    median_lean: float
    lean: Difference
    rejected: float
    expected_rejected: float
    rejecting: Difference
    abstained: float
    expected_abstained: float
    abstaining: Difference

    @property
    def is_enough(self) -> bool:
        """Whether there are ballots enough to say anything."""
        return self.ballots >= ENOUGH_BALLOTS

    @property
    def stands_out(self) -> bool:
        """Worth a talk: one of the three figures lies clearly beside the panel."""
        return self.is_enough and any(
            figure.stands_out for figure in (self.lean, self.rejecting, self.abstaining)
        )


@dataclass(slots=True)
class _Tally:
    leans: dict[float, int] = field(default_factory=lambda: defaultdict(int))
    lean: Mean = field(default_factory=Mean)
    own: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    difference: dict[str, Mean] = field(default_factory=lambda: defaultdict(Mean))
    ballots: int = 0


def severities(deeds: Iterable[JudgedDeed]) -> list[Severity]:
    """Every reviewer with a ballot that can be compared, the most ballots first."""
    tallies: dict[uuid.UUID, _Tally] = defaultdict(_Tally)
    for deed in deeds:
        if len(deed.ballots) > FEWEST_OTHERS:
            _count_choices(deed, tallies)
        _count_scores(deed, tallies)
    found = [_severity(judge, tally) for judge, tally in tallies.items()]
    return sorted(found, key=lambda one: (-one.ballots, one.judge))


def _count_choices(deed: JudgedDeed, tallies: dict[uuid.UUID, _Tally]) -> None:
    others = len(deed.ballots) - 1
    cast = {
        choice: sum(ballot.choice == choice for ballot in deed.ballots) for choice in ("reject", "abstain")
    }
    for ballot in deed.ballots:
        tally = tallies[ballot.judge]
        tally.ballots += 1
        for choice, total in cast.items():
            own = int(ballot.choice == choice)
            tally.own[choice] += own
            tally.difference[choice].add(own - (total - own) / others)


def _count_scores(deed: JudgedDeed, tallies: dict[uuid.UUID, _Tally]) -> None:
    approvals = [
        ballot for ballot in deed.ballots if ballot.choice == "approve" and ballot.points is not None
    ]
    leans = beside_the_others([(ballot.points or 0) / deed.quantity for ballot in approvals])
    for ballot, lean in zip(approvals, leans, strict=False):
        tally = tallies[ballot.judge]
        tally.lean.add(lean)
        tally.leans[lean] += 1


def _severity(judge: uuid.UUID, tally: _Tally) -> Severity:
    def difference(figure: Mean, least: float) -> Difference:
        return Difference(figure.mean, figure.error, figure.count, least)

    def counted(side: int) -> int:
        return sum(times for lean, times in tally.leans.items() if (lean > 0) - (lean < 0) == side)

    rejecting, abstaining = (
        difference(tally.difference[choice], LEAST_SHARE) for choice in ("reject", "abstain")
    )
    cast = max(tally.ballots, 1)
    rejected, abstained = tally.own["reject"] / cast, tally.own["abstain"] / cast
    leans = [lean for lean, times in tally.leans.items() for _ in range(times)]
    return Severity(
        judge, tally.ballots, counted(1), counted(0), counted(-1), median(leans) if leans else 0.0,
        difference(tally.lean, LEAST_POINTS), rejected, rejected - rejecting.mean, rejecting, abstained,
        abstained - abstaining.mean, abstaining,
    )  # fmt: skip
