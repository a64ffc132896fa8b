"""One table of cases decides the same on the server and on the phone; a broken snapshot is refused by the phone."""

from __future__ import annotations

import json
import subprocess
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app import create_app
from app.snapshot_key import public_key, signed
from shop.offline.policy import verdict

ROOT = Path(__file__).parents[2]
TABLE = json.loads((ROOT / "tests/shop/offline_cases.json").read_text(encoding="utf-8"))
CASES: list[dict[str, Any]] = [
    case
    | {
        "snapshot": case["change"].get("snapshot", TABLE["snapshot"] | case["change"]),
        "local": TABLE["local"] | case["local"],
    }
    for case in TABLE["cases"]
]


def in_node(**sent: Any) -> dict[str, Any]:
    """What the phone's own script says."""
    done = subprocess.run(
        [ROOT / "tools/with_node.sh", "node", "tests/tooling/offline_verdicts.mjs"],
        cwd=ROOT, input=json.dumps(sent), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@cache
def on_the_phone() -> list[dict[str, Any]]:
    """All cases in one go: starting node costs more than deciding."""
    return in_node(cases=CASES)["found"]


@pytest.mark.parametrize("at", range(len(CASES)), ids=[case["name"] for case in CASES])
def test_server_and_phone_say_the_same(at: int) -> None:
    case = CASES[at]
    here = verdict(case["snapshot"], case["local"], case["now"], case["text"], case["lines"])
    assert (asdict(here), on_the_phone()[at]) == (case["expect"], case["expect"])


def test_the_table_is_large_and_names_each_case_once() -> None:
    assert len({case["name"] for case in CASES}) == len(CASES) >= 60
    assert len({case["expect"]["why"] for case in CASES}) == 21


def test_a_phone_takes_no_snapshot_with_a_broken_signature() -> None:
    with create_app(DATABASE_URL="sqlite://", SECRET_KEY="x" * 40).app_context():
        parcel, key = signed({"made_at": 7, "name": "村口店"}), public_key()
    other = parcel["signature"][:-6] + "AAAAA="
    parcels = [
        parcel, parcel | {"text": parcel["text"].replace("7", "8")}, parcel | {"signature": other},
        parcel | {"signature": ""}, parcel | {"signature": "%"},
    ]  # fmt: skip
    sent = [{"parcel": one, "key": key} for one in parcels]
    assert in_node(signed=sent)["opened"] == [7, None, None, None, None]
