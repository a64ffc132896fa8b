"""Whether households lift each other up in the review. Pure; the figures are the supervisor's alone.

Measure. The lean of a ballot is its support (``deeds.support``) less the median of the others on the same deed, so that
a good deed and a generous panel do not count. Among one reviewer's ballots under one rule item the leans become ranks,
so that a reviewer who is generous to all is in the middle and one rejection does not outweigh a year; less the median
of the others' ranks on the same deed, so that deeds to which everybody leans do not count. For a reviewer's household G
and a household H: the sum of these figures over H's deeds that G judged, over its standard deviation (a rank sum in
strata: van Elteren 1960).

Candidates. Circles of two to four reviewers' households that judged each other, all of them leaning to all: of the two
directions between two households the smaller z counts, so that favour without return is none. And a reviewer's
household with one that reports for it: at least three of that household's reports, and at least a quarter of those it
makes for others, are for this one. Who reports for whom is taken as it is: neighbours report for neighbours, and that
alone is never a finding. Only scores that lean are.

Test. Permutation with the maximum statistic (Westfall and Young 1993, single step): the deeds of each rule item, with
all their ballots, are dealt anew to the households, 499 times, and a circle is named only when at most 1 % of the deals
show anything as strong anywhere. So among people who favour nobody about one page in a hundred names somebody, however many
they are. The deals stop as soon as the strongest cannot be named any more (Besag and Clifford 1991); that changes no
answer, only the time.

What it cannot say: why. Households whose deeds only one reviewer understands look the same as friends. It is blind to
favours outside the review, to a majority that favours itself (the median moves with it), and to fewer than four deeds
each way. How often it finds a planted circle: docs/decisions/0016-fairness.md.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations
from math import sqrt
from random import Random
from statistics import fmean, pstdev

from points.fairness.deeds import JudgedBallot, JudgedDeed, beside_the_others, support

FALSE_ALARMS = 0.01
DEALS = 499
# How many of the deals may show anything as strong, so that (1 + that) / (1 + DEALS) stays within FALSE_ALARMS.
ALLOWED = round(FALSE_ALARMS * (DEALS + 1)) - 1
ENOUGH_DEEDS = 4
ENOUGH_REPORTS = 3
SHARE_OF_REPORTS = 4  # a quarter
LARGEST_CIRCLE = 4
# Mean and standard deviation of the smaller of two standard normal figures: -1/sqrt(pi) and sqrt(1 - 1/pi).
SMALLER_MEAN, SMALLER_DEVIATION = -0.5642, 0.8256

Household = uuid.UUID
Way = tuple[Household, Household]  # who judges, whose deeds
Circle = tuple[Household, ...]
Places = tuple[int, ...]  # a circle inside the table, where households are numbers


@dataclass(frozen=True)
class OneWay:
    """What a reviewer's household gave to another: deeds judged, and the mean lean beyond what it gives to all under the
    same rules (0.5: from the lowest points to the highest)."""

    giver: Household
    taker: Household
    deeds: int
    lean: float


@dataclass(frozen=True)
class Finding:
    """Households worth a look. ``reports``: how many deeds the second reported for the first, when it judged none.

    ``judges``: the reviewers whose ballots these are. ``chance``: how often deals without any favour show something as
    strong somewhere.
    """

    households: Circle
    judges: tuple[uuid.UUID, ...]
    ways: tuple[OneWay, ...]
    reports: int
    chance: float


@dataclass(frozen=True)
class Reciprocity:
    """What was found among how many pairs that there is data for."""

    findings: tuple[Finding, ...]
    looked_at: int


def reciprocity(deeds: Iterable[JudgedDeed], reports: Mapping[Way, int], *, seed: str) -> Reciprocity:
    """Looks at every pair there is data for. ``reports``: (reporter's household, household) -> deeds reported for it.

    The same ``seed`` deals the same way, so that a page looked at twice says the same.
    """
    ballots = _Ballots.of(deeds)
    reporting = _reporting(ballots.judging, reports)
    table = _Table(ballots, sorted(ballots.judging), reporting)
    shown = table.as_it_is()
    named = []
    for places, chance in _deal(table, table.strengths(shown), Random(seed)):
        circle = tuple(table.households[place] for place in places)
        ways = tuple(_one_way(ballots, way) for way in _ways(circle, reporting))
        givers = {way.giver for way in ways}
        judges = sorted({judge for home, judge, _rule in ballots.strata if home in givers})
        named.append(Finding(circle, tuple(judges), ways, reporting.get(circle, 0), chance))
    return Reciprocity(tuple(named), table.looked_at(shown))


@dataclass(slots=True)
class _Ballots:
    """The lean of every ballot, deed by deed within each rule item, and what each reviewer gave under it."""

    homes: dict[str, list[Household]] = field(default_factory=lambda: defaultdict(list))
    cast: dict[str, list[list[tuple[int, int]]]] = field(default_factory=lambda: defaultdict(list))
    strata: dict[tuple[Household, uuid.UUID, str], int] = field(default_factory=dict)
    leans: list[list[float]] = field(default_factory=list)

    @classmethod
    def of(cls, deeds: Iterable[JudgedDeed]) -> _Ballots:
        """Reads every deed once. A ballot is kept as its stratum (reviewer and rule) and its place there."""
        found = cls()
        for deed in deeds:
            scored = [
                (ballot, figure) for ballot in deed.ballots if (figure := support(ballot, deed)) is not None
            ]
            leans = beside_the_others([figure for _ballot, figure in scored])
            if leans:
                found.homes[deed.rule].append(deed.household)
                found.cast[deed.rule].append(
                    [
                        found._keep(ballot, deed.rule, lean)
                        for (ballot, _), lean in zip(scored, leans, strict=True)
                    ]
                )
        return found

    def _keep(self, ballot: JudgedBallot, rule: str, lean: float) -> tuple[int, int]:
        """Files a lean; answers where it is."""
        stratum = self.strata.setdefault((ballot.judge_household, ballot.judge, rule), len(self.leans))
        if stratum == len(self.leans):
            self.leans.append([])
        self.leans[stratum].append(lean)
        return stratum, len(self.leans[stratum]) - 1

    def figures(self) -> list[list[float]]:
        """What the test is made of, by stratum and place: ranks, less the median of the other ranks on the same deed.

        The second comparison is needed: a generous reviewer is missing from the panel of the own deeds, and all others
        would seem to lean to those.
        """
        ranked = [ranks(leans) for leans in self.leans]
        found = [[0.0] * len(leans) for leans in self.leans]
        for cast in chain.from_iterable(self.cast.values()):
            for (at, place), figure in zip(
                cast, beside_the_others([ranked[at][place] for at, place in cast]), strict=True
            ):
                found[at][place] = figure
        return [standard(figures) for figures in found]

    @property
    def judging(self) -> set[Household]:
        """Households of reviewers."""
        return {home for home, _judge, _rule in self.strata}


def _reporting(judging: set[Household], reports: Mapping[Way, int]) -> dict[Way, int]:
    """(Reviewer's household, household that reports for it) -> how many deeds. No reviewers among the reporters: those
    can show by judging."""
    in_all: dict[Household, int] = defaultdict(int)
    for (reporter, _household), times in reports.items():
        in_all[reporter] += times
    return {
        (household, reporter): times
        for (reporter, household), times in sorted(reports.items())
        if household in judging
        and reporter not in judging
        and times >= ENOUGH_REPORTS
        and SHARE_OF_REPORTS * times >= in_all[reporter]
    }


def _ways(circle: Circle, reporting: Mapping[Way, int]) -> list[Way]:
    if circle in reporting:
        return [(circle[0], circle[1])]
    return [way for pair in combinations(circle, 2) for way in (pair, pair[::-1])]


def _one_way(ballots: _Ballots, way: Way) -> OneWay:
    habits = {
        number: fmean(ballots.leans[number])
        for (home, _judge, _rule), number in ballots.strata.items()
        if home == way[0]
    }
    leans = [
        ballots.leans[stratum][place] - habits[stratum]
        for rule, homes in ballots.homes.items()
        for home, cast in zip(homes, ballots.cast[rule], strict=True)
        if home == way[1]
        for stratum, place in cast
        if stratum in habits
    ]
    return OneWay(*way, len(leans), sum(leans) / len(leans))


def ranks(figures: Sequence[float]) -> list[float]:
    """Ranks between 0 and 1; equal figures share the middle of their ranks."""
    order = sorted(range(len(figures)), key=figures.__getitem__)
    found = [0.0] * len(figures)
    start = 0
    for end in range(1, len(order) + 1):
        if end == len(order) or figures[order[end]] != figures[order[start]]:
            for at in order[start:end]:
                found[at] = (start + end) / (2 * len(order))
            start = end
    return found


def standard(figures: Sequence[float]) -> list[float]:
    """The same figures around zero with variance one; zeros when all are equal."""
    middle, spread = fmean(figures), pstdev(figures)
    return [(figure - middle) / spread if spread else 0.0 for figure in figures]


@dataclass(slots=True)
class _Sums:
    """Sum of figures and count of ballots of each way in one deal; a way is a number (``_Table.way``)."""

    total: list[float]
    count: list[int]

    def deviation(self, way: int) -> float:
        """How far a way leans, like a standard normal figure; zero without enough deeds."""
        count = self.count[way]
        return self.total[way] / sqrt(count) if count >= ENOUGH_DEEDS else 0.0


class _Table:
    """Deeds with the figures of their ballots. Households that matter are numbers: reviewers' first, reporters' after."""

    def __init__(self, ballots: _Ballots, judging: list[Household], reporting: Mapping[Way, int]) -> None:
        self.households = [*judging, *sorted({way[1] for way in reporting})]
        number = {household: at for at, household in enumerate(self.households)}
        self.size, self.judging = len(self.households), len(judging)
        self.reporting = [(number[one], number[other]) for one, other in reporting]
        giver = [number[home] * self.size for home, _judge, _rule in ballots.strata]
        figures = ballots.figures()
        # For each rule item: the ballots of each deed (whose, figure); the households that matter and their deeds.
        self.rules: list[tuple[list[list[tuple[int, float]]], list[int], list[int]]] = []
        for rule, homes in ballots.homes.items():
            deeds = [[(giver[at], figures[at][place]) for at, place in cast] for cast in ballots.cast[rule]]
            places = [at for at, home in enumerate(homes) if home in number]
            self.rules.append((deeds, [number[homes[at]] for at in places], places))

    def way(self, one: int, other: int) -> int:
        """The number of a way: who judges, whose deeds."""
        return one * self.size + other

    def as_it_is(self) -> _Sums:
        """Every deed with the household that did it."""
        return self._sums(lambda _deeds, places: places)

    def dealt(self, rng: Random) -> _Sums:
        """The deeds of every rule item dealt anew to the households."""
        return self._sums(lambda deeds, places: rng.sample(range(deeds), len(places)))

    def _sums(self, deal: Callable[[int, list[int]], list[int]]) -> _Sums:
        total, count = [0.0] * self.size**2, [0] * self.size**2
        for deeds, homes, places in self.rules:
            for home, place in zip(homes, deal(len(deeds), places), strict=True):
                for giver, figure in deeds[place]:
                    total[giver + home] += figure
                    count[giver + home] += 1
        return _Sums(total, count)

    def looked_at(self, sums: _Sums) -> int:
        """How many pairs there is data enough for."""

        def is_enough(one: int, other: int) -> bool:
            return sums.count[self.way(one, other)] >= ENOUGH_DEEDS

        both = sum(
            is_enough(*pair) and is_enough(*pair[::-1]) for pair in combinations(range(self.judging), 2)
        )
        return both + sum(is_enough(*pair) for pair in self.reporting)

    def strengths(self, sums: _Sums) -> dict[Places, float]:
        """Every circle all of whose ways lean, with its strength, like a standard normal figure without any favour."""
        found: dict[Places, float] = {
            pair: z for pair in self.reporting if (z := sums.deviation(self.way(*pair))) > 0
        }
        smaller = {}
        for one, other in combinations(range(self.judging), 2):
            z = min(sums.deviation(self.way(one, other)), sums.deviation(self.way(other, one)))
            if z > 0:
                smaller[one, other] = z
        for circle in _circles(smaller):
            pairs = [smaller[pair] for pair in combinations(circle, 2)]
            excess = sum(pairs) - SMALLER_MEAN * len(pairs)
            found[circle] = excess / (SMALLER_DEVIATION * sqrt(len(pairs)))
        return found


def _circles(pairs: Collection[tuple[int, int]]) -> Iterator[Places]:
    """Every set of two to four households in which all pairs are among ``pairs``, each once, sorted."""
    after: dict[int, set[int]] = defaultdict(set)
    for one, other in pairs:
        after[one].add(other)
    circles: list[tuple[Places, set[int]]] = [(pair, after[pair[0]] & after[pair[1]]) for pair in pairs]
    while circles:
        circle, joining = circles.pop()
        yield circle
        if len(circle) < LARGEST_CIRCLE:
            circles += [((*circle, one), joining & after[one]) for one in joining]


def _deal(table: _Table, observed: Mapping[Places, float], rng: Random) -> list[tuple[Places, float]]:
    """What may be named, the strongest first, with its chance; nothing that shares two households with a stronger."""
    if not observed:
        return []
    most, tops = max(observed.values()), []
    for _ in range(DEALS):
        tops.append(max(table.strengths(table.dealt(rng)).values(), default=0.0))
        if sum(top >= most for top in tops) > ALLOWED:
            return []
    named: list[tuple[Places, float]] = []
    for circle, strength in sorted(observed.items(), key=lambda one: (-one[1], one[0])):
        exceeded = sum(top >= strength for top in tops)
        if exceeded > ALLOWED:
            break
        if all(len(set(circle) & set(stronger)) < 2 for stronger, _chance in named):
            named.append((circle, (1 + exceeded) / (1 + DEALS)))
    return named
