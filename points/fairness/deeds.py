"""What the figures are made of: deeds that a panel judged, and how one score compares with the others. Pure."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from math import sqrt
from statistics import median

# A score is compared with the middle of the others only where there are at least two others: one other is a quarrel,
# not a panel.
FEWEST_OTHERS = 2


@dataclass(frozen=True, slots=True)
class JudgedBallot:
    """One ballot with its owner; ``points`` for the whole deed, only with ``approve``."""

    judge: uuid.UUID
    judge_household: uuid.UUID
    choice: str
    points: int | None


@dataclass(frozen=True, slots=True)
class JudgedDeed:
    """A deed of a closed session that was not secret. ``least``, ``most``: what the rule gives for the whole deed."""

    rule: str
    household: uuid.UUID
    least: int
    most: int
    quantity: int
    ballots: tuple[JudgedBallot, ...]


@dataclass(slots=True)
class Mean:
    """A mean and its standard error, fed one figure at a time (sums only: memory does not grow)."""

    count: int = 0
    total: float = 0.0
    squares: float = field(default=0.0, repr=False)

    def add(self, figure: float) -> None:
        """One more figure."""
        self.count += 1
        self.total += figure
        self.squares += figure * figure

    @property
    def mean(self) -> float:
        """Zero of nothing."""
        return self.total / self.count if self.count else 0.0

    @property
    def error(self) -> float:
        """Standard error of the mean: sample deviation over the root of the count; zero below two figures."""
        if self.count < 2:
            return 0.0
        variance = (self.squares - self.total * self.total / self.count) / (self.count - 1)
        return sqrt(max(variance, 0.0) / self.count)


def support(ballot: JudgedBallot, deed: JudgedDeed) -> float | None:
    """How much a ballot is for a deed, the same scale for every rule: rejected 0, lowest points 0.5, highest 1.

    None for an abstention. A rule with one fixed number of points knows only 0 and 1.
    """
    if ballot.choice == "abstain":
        return None
    if ballot.choice == "reject" or ballot.points is None:
        return 0.0
    if deed.most == deed.least:
        return 1.0
    return 0.5 + 0.5 * (ballot.points - deed.least) / (deed.most - deed.least)


def beside_the_others(figures: list[float]) -> list[float]:
    """Each figure less the median of the others; empty where there are too few of them to say.

    The median, not the mean: three who agree among nine do not move it.
    """
    if len(figures) <= FEWEST_OTHERS:
        return []
    return [figure - median(figures[:at] + figures[at + 1 :]) for at, figure in enumerate(figures)]
