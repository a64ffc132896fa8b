"""A shop phone without network: the size of its list with 10,000 codes, and the time from a code to the verdict."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from bench.report import Goal, Rounds, headline
from bench.site import ROOT
from points.codes import check_character
from shop.offline.policy import code_mark

ORDERS, CARDS = 7_000, 3_000
MOST_MB, MOST_MS, TIMES = 5, 100, 300
MADE_AT = 1_788_742_800


def bench_offline(folder: Path, rounds: int, seconds: int) -> list[Goal]:  # noqa: ARG001 - nothing is served
    """The list as ``shop.offline.snapshot`` makes it; the verdict by the page's own script in Node, on this machine."""
    headline(f"offline: a list of {ORDERS} orders and {CARDS} cards; {TIMES} verdicts of each kind")
    snapshot = _snapshot()
    size = len(json.dumps(snapshot, ensure_ascii=False, separators=(",", ":")).encode()) / 1e6
    measured = Rounds()
    for _ in range(rounds):
        measured.add({"verdict, ms (median)": _median(snapshot), "list, MB": size})
    measured.print()
    return [
        Goal("offline: list of 10,000 codes", size, "MB", most=MOST_MB),
        Goal("offline: code to verdict", measured.median("verdict, ms (median)"), "ms", most=MOST_MS),
    ]


def _code(number: int) -> str:
    body = f"{number:021d}"
    return body + check_character(body)


def _snapshot() -> dict[str, Any]:
    """Goods, orders of three lines, and cards with an allowance each."""
    key = "01a2044b-83dd-71e0-86f0-30ed5ec00cc5"
    return {
        "v": 1, "made_at": MADE_AT, "valid_until": MADE_AT + 43_200, "closed": {}, "phones": {},
        "items": [[f"{key}{at}", f"A{at:03}", f"69{at:011}", "东北大米", "north-eastern rice", 3, 20, 0, "grains"]
                  for at in range(200)],
        "orders": {code_mark(_code(at)): [key, f"{at:04}", "张*兰", [[at % 200, 1], [7, 2], [9, 1]], 12, MADE_AT + 90_000]
                   for at in range(ORDERS)},
        "allowances": [[f"{key}{at}", f"{at:04}", 20, MADE_AT + 36_000] for at in range(CARDS)],
        "cards": {code_mark(_code(ORDERS + at)): [at, "张*兰"] for at in range(CARDS)},
    }  # fmt: skip


def _median(snapshot: dict[str, Any]) -> float:
    local = {
        "used": [code_mark(_code(at)) for at in range(500)],
        "spent": {},
        "taken": {},
        "seen_at": MADE_AT,
    }
    goods = [[snapshot["items"][at][0], 1] for at in range(3)]
    case = {"snapshot": snapshot, "local": local, "now": MADE_AT + 60}
    cases = [case | {"text": _code(600), "lines": []}, case | {"text": _code(ORDERS + 5), "lines": goods}]
    done = subprocess.run(
        [ROOT / "tools/with_node.sh", "node", "tests/tooling/offline_verdicts.mjs"],
        cwd=ROOT, input=json.dumps({"cases": cases, "times": TIMES}), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)["median"]
