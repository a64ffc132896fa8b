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
from points.codes import check_character
from shop.offline.policy import code_mark, verdict

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


def in_node(script: str = "offline_verdicts", **sent: Any) -> dict[str, Any]:
    """What the phone's own script says."""
    done = subprocess.run(
        [ROOT / "tools/with_node.sh", "node", f"tests/tooling/{script}.mjs"],
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
    assert len({case["expect"]["why"] for case in CASES}) == 22


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


@cache
def the_queue() -> dict[str, Any]:
    """What a phone's queue does, all in one go: against a server that answers badly, in two tabs, on a full disk."""
    with create_app(DATABASE_URL="sqlite://", SECRET_KEY="x" * 40).app_context():
        codes = [check_code(f"0RDER{at}") for at in range(3)]
        orders = {
            code_mark(code): [f"order-{at}", "001", "张*兰", [[0, 1]], 4, 2_000_000_000]
            for at, code in enumerate(codes)
        }
        parcel = signed(TABLE["snapshot"] | {"orders": orders})
        later, key = signed(TABLE["snapshot"] | {"orders": {}}), public_key()
    return in_node(script="offline_till", parcel=parcel, later=later, key=key, codes=codes)


def test_the_queue_keeps_what_was_not_answered_and_drops_what_was() -> None:
    found = the_queue()
    waiting = {"states": ["waiting"] * 3, "sent": 1}
    assert (found["full"], found["afterFull"], found["usedHere"]) == ("QuotaExceededError", 0, "used_here")
    assert found["server"] == waiting | {"trouble": "kept"}
    assert found["network"] == waiting | {"trouble": "kept"}
    assert found["proxy"] == waiting | {"trouble": "kept"}  # a page that is not ours is no answer
    assert found["signedOut"] == waiting | {"trouble": "signIn"}
    assert found["restarted"] == 3
    assert found["told"] == {"states": ["booked", "conflict", "dropped"], "sent": 3, "trouble": "forged"}
    assert (found["order"], found["sameNonce"]) == ([0, 1, 2], 3)
    assert found["madeAt"] == TABLE["snapshot"]["made_at"]  # the old list stays
    assert found["fresh"] == {"states": ["conflict", "dropped"], "sent": 0, "trouble": ""}


def test_a_refusal_is_told_and_neither_uses_anything_nor_holds_anything_up() -> None:
    found = the_queue()
    assert found["refusals"] == {"entries": 2, "waiting": 1, "used": 1}  # said twice, noted once
    assert found["toldOfRefusal"] == [[None, "staff-1"], ["invalid", "staff-1"]]
    assert found["refusalKept"] == {"untold": 1, "refreshed": True}


def test_two_tabs_of_one_phone_give_a_code_once() -> None:
    found = the_queue()
    assert found["twoTabs"] == {"verdicts": [None, "used_here"], "kept": 1}
    assert found["afterTold"] == {"kept": 0, "before": "give", "why": "unknown"}


def test_a_clock_put_right_before_sending_moves_both_times() -> None:
    assert the_queue()["clock"] == {"apart": True, "isRight": True}


def test_what_waits_is_seen_by_other_tabs_and_told_as_soon_as_the_network_is_back() -> None:
    found = the_queue()
    assert found["waits"] == [False, True, True, False]
    assert (found["heldBack"], found["cameBack"]) == (1, 2)


def test_signed_out_or_stopped_a_phone_gives_nothing_and_keeps_its_queue() -> None:
    found = the_queue()
    assert found["signedOut2"] == {"why": "signed_out", "waiting": 1}
    assert found["before"] == "give"
    assert found["stopped"] == {
        "why": "stopped", "list": ["stopped"], "told": 1, "second": "stopped", "restarted": "stopped",
    }  # fmt: skip


def check_code(body: str) -> str:
    """A code of ours that begins with these letters."""
    body = body.ljust(21, "0")
    return body + check_character(body)
