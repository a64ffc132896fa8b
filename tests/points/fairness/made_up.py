"""Invented panels: a year of ballots with and without friends in it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from random import Random

from points.fairness.deeds import JudgedBallot, JudgedDeed

RULES = {
    "AID-01": (3, 8),
    "AID-02": (3, 10),
    "ENV-03": (2, 6),
    "GOV-05": (3, 8),
    "VOL-04": (5, 15),
    "PUB-03": (10, 10),
}


def an_id(number: int) -> uuid.UUID:
    """The household, or the judge who lives in it."""
    return uuid.UUID(int=number)


def panel(
    rng: Random,
    *,
    deeds: int = 600,
    judges: int = 9,
    households: int = 60,
    clique: Collection[int] = (),
    lift: int = 2,
) -> Iterator[JudgedDeed]:
    """Deeds of ``households``, of which the first ``judges`` are on the panel; six of them are there each time.

    Deeds differ, judges lean, some reject or abstain. Those of the ``clique`` give one another ``lift`` points more
    and never reject.
    """
    leaning = [rng.choice((-1, 0, 0, 0, 1)) for _ in range(judges)]
    for _ in range(deeds):
        rule = rng.choice(list(RULES))
        least, most = RULES[rule]
        home, worth = rng.randrange(households), rng.uniform(least, most)
        present = [judge for judge in rng.sample(range(judges), min(judges, 6)) if judge != home]
        ballots = []
        for judge in present:
            friends = judge in clique and home in clique
            draw = rng.random()
            points = round(worth + leaning[judge] + rng.gauss(0, 1)) + (lift if friends else 0)
            choice = "approve" if friends or draw > 0.08 else "reject" if draw < 0.05 else "abstain"
            score = min(most, max(least, points)) if choice == "approve" else None
            ballots.append(JudgedBallot(an_id(judge), an_id(judge), choice, score))
        yield JudgedDeed(rule, an_id(home), least, most, 1, tuple(ballots))
