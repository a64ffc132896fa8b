"""How the awards of each rule item spread. Pure: counts in, quartiles out.

Points are for one piece (an hour, a time), so that three hours and one hour compare. Quartiles are those of
``statistics.quantiles(method="inclusive")`` (Hyndman and Fan 1996, type 7). What a spread cannot say: whether a panel is
wrong. Deeds under one rule differ, and then their points should.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median, quantiles

# Below these counts quartiles are noise and nothing is called unusual.
ENOUGH_AWARDS = 10
ENOUGH_IN_GRID = 5


@dataclass(frozen=True, slots=True)
class AwardCell:
    """``count`` equal awards: one rule item, one grid, the same points for the same quantity.

    ``voted`` is False for what passed in the consent block with the rule's own default: nobody scored it.
    """

    code: str
    name_zh: str
    name_en: str
    least: int
    most: int
    grid: str
    voted: bool
    points: int
    quantity: int
    count: int


@dataclass(frozen=True)
class GridSpread:
    """Awards of one rule item in one grid. ``is_apart``: its middle lies outside the middle half of the other grids."""

    grid: str
    count: int
    median: float
    is_apart: bool


@dataclass(frozen=True)
class RuleSpread:
    """Awards of one rule item with one range, points for one piece. ``together``: passed without a vote, not in it.

    ``is_wide``: the middle half of the awards fills half of the rule's range or more, as it would if points were drawn
    by lot between its lowest and its highest.
    """

    code: str
    name_zh: str
    name_en: str
    least: int
    most: int
    count: int
    together: int
    low: float
    quarter: float
    median: float
    three_quarters: float
    high: float
    is_wide: bool
    grids: tuple[GridSpread, ...]

    @property
    def is_unusual(self) -> bool:
        """Worth a look: wide, or one grid apart from the others."""
        return self.is_wide or any(grid.is_apart for grid in self.grids)


def spreads(cells: Iterable[AwardCell]) -> list[RuleSpread]:
    """The spread of every rule item that was awarded, the unusual first, then by code."""
    by_rule: dict[tuple[str, int, int], list[AwardCell]] = defaultdict(list)
    for cell in cells:
        by_rule[cell.code, cell.least, cell.most].append(cell)
    found = [_spread(rule_cells) for rule_cells in by_rule.values()]
    return sorted(found, key=lambda rule: (not rule.is_unusual, rule.code, rule.least, rule.most))


def _spread(cells: list[AwardCell]) -> RuleSpread:
    first = cells[0]
    by_grid: dict[str, list[float]] = defaultdict(list)
    together = 0
    for cell in cells:
        if cell.voted:
            by_grid[cell.grid] += [cell.points / cell.quantity] * cell.count
        else:
            together += cell.count
    awards = sorted(award for part in by_grid.values() for award in part)
    quarter, middle, three_quarters = _quartiles(awards)
    is_wide = (
        len(awards) >= ENOUGH_AWARDS
        and first.most > first.least
        and 2 * (three_quarters - quarter) >= first.most - first.least
    )
    return RuleSpread(
        first.code, first.name_zh, first.name_en, first.least, first.most, len(awards), together,
        awards[0] if awards else 0, quarter, middle, three_quarters, awards[-1] if awards else 0, is_wide,
        tuple(_grid(grid, by_grid) for grid in sorted(by_grid)),
    )  # fmt: skip


def _quartiles(awards: list[float]) -> tuple[float, float, float]:
    if len(awards) < 2:
        return (awards[0],) * 3 if awards else (0.0, 0.0, 0.0)
    quarter, middle, three_quarters = quantiles(awards, n=4, method="inclusive")
    return quarter, middle, three_quarters


def _grid(grid: str, by_grid: dict[str, list[float]]) -> GridSpread:
    own = by_grid[grid]
    others = [award for name, awards in by_grid.items() if name != grid for award in awards]
    middle = median(own)
    is_apart = False
    if len(own) >= ENOUGH_IN_GRID and len(others) >= ENOUGH_IN_GRID:
        quarter, _median, three_quarters = _quartiles(others)
        is_apart = not quarter <= middle <= three_quarters
    return GridSpread(grid, len(own), middle, is_apart)
