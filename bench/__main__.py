"""Measures speed and size, and prints what was found beside the goals. The exit status is 0, met or not."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench.awards import bench_awards, bench_closing_on_sqlite
from bench.memory import bench_memory
from bench.offline import bench_offline
from bench.pages import bench_pages
from bench.report import Goal, describe_machine
from bench.sales import bench_hot_shop, bench_sales
from bench.scanner import bench_scanner
from bench.seal import bench_seal
from bench.settlement import bench_settlement
from bench.till import bench_till, bench_till_on_sqlite
from bench.weight import bench_weight

BENCHES: dict[str, Callable[..., list[Goal]]] = {
    "till": bench_till,
    "till-sqlite": bench_till_on_sqlite,
    "sales": bench_sales,
    "hot-shop": bench_hot_shop,
    "pages": bench_pages,
    "awards": bench_awards,
    "closing-sqlite": bench_closing_on_sqlite,
    "seal": bench_seal,
    "settlement": bench_settlement,
    "memory": bench_memory,
    "offline": bench_offline,
    "weight": bench_weight,
    "scanner": bench_scanner,
}


def _chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="bench", help=f"{', '.join(BENCHES)}; without a name: all"
    )
    parser.add_argument("--rounds", type=int, default=3, help="how often each side is measured, in turns (3)")
    parser.add_argument("--seconds", type=int, default=8, help="how long each load lasts (8)")
    parser.add_argument(
        "--large",
        action="store_true",
        help="pages: a million members, ten million transfers (12 GB); seal: a million transfers",
    )
    parser.add_argument(
        "--directory", type=Path, help="where the databases go; on the disk whose fsync counts"
    )
    chosen = parser.parse_args()
    unknown = set(chosen.names) - BENCHES.keys()
    if unknown:
        parser.error(f"no such bench: {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    return chosen


def main() -> None:
    """Runs the chosen benches, each in a folder of its own that is gone afterwards."""
    chosen = _chosen()
    benches = BENCHES | {
        "pages": partial(bench_pages, large=chosen.large),
        "seal": partial(bench_seal, large=chosen.large),
    }
    goals: list[Goal] = []
    print(describe_machine())
    for name in chosen.names or benches:
        with tempfile.TemporaryDirectory(prefix="yitian-bench-", dir=chosen.directory) as folder:
            Path(folder).chmod(0o777)  # PostgreSQL runs as a user of its own
            goals += benches[name](Path(folder), chosen.rounds, chosen.seconds)
    print("\nGoals\n-----")
    for goal in goals:
        print(goal)
    print(describe_machine())


if __name__ == "__main__":
    main()
