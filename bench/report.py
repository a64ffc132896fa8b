"""Medians of the rounds, printed beside the goals."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Goal:
    """A figure with what it has to be: at least ``least`` or at most ``most``, in ``unit``."""

    name: str
    value: float
    unit: str = ""
    least: float | None = None
    most: float | None = None

    @property
    def is_met(self) -> bool:
        """Whether the measured figure keeps the promise."""
        return (self.least is None or self.value >= self.least) and (
            self.most is None or self.value <= self.most
        )

    def __str__(self) -> str:
        wanted = f">= {self.least:g}" if self.least is not None else f"<= {self.most:g}"
        return f"{'met   ' if self.is_met else 'MISSED'}  {self.name}: {figure(self.value)} {self.unit} ({wanted})"


@dataclass
class Rounds:
    """What each round measured, by name."""

    values: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, measured: Mapping[str, float]) -> None:
        """One more round."""
        for name, value in measured.items():
            self.values[name].append(value)

    def median(self, name: str) -> float:
        """The middle one: a neighbour's compile in one round does not decide."""
        return median(self.values[name])

    def ratio(self, name: str, to: str) -> float:
        """Median of the ratios within each round, not the ratio of medians: both sides had the same weather."""
        return median(a / b for a, b in zip(self.values[name], self.values[to], strict=True))

    def print(self) -> None:
        """All rounds, and their median."""
        for name, values in self.values.items():
            rounds = "  ".join(f"{figure(value):>8}" for value in values)
            print(f"  {name:<46}{figure(median(values)):>8}   rounds: {rounds}", flush=True)


def figure(value: float) -> str:
    """Three digits that matter."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def headline(text: str) -> None:
    """The name of a bench, and what else the machine is doing."""
    print(f"\n{text}\n{'-' * len(text)}", flush=True)


def describe_machine() -> str:
    """Day, processor, cores, memory and load: without these a figure means little."""
    cpu = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        "unknown processor",
    )
    kilobytes = int(Path("/proc/meminfo").read_text().split()[1])
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} x {cpu}, {kilobytes / 2**20:.0f} GB, "
        f"load average {' '.join(Path('/proc/loadavg').read_text().split()[:3])}"
    )
