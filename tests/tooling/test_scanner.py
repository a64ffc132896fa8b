"""The scanner's modules, the very ones that the browser loads, on frames as bad as those of a village shop."""

from __future__ import annotations

import json
import random
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from points.codes import ALPHABET, grouped, new_code, read_code
from tests.support.scan_corpus import (
    FRAME,
    FRAMES_PER_SECOND,
    KINDS,
    STRENGTHS,
    Shot,
    barcode_shot,
    payload,
    video,
)

ROOT = Path(__file__).parents[2]
SEEDS = range(3)
SINGLY, WITHIN_A_SECOND = 0.80, 0.95
GOODS = "QRCode,EAN13,EAN8,UPCA,Code128"


def node(*arguments: object) -> str:
    run = subprocess.run(
        [ROOT / "tools/with_node.sh", "node", *map(str, arguments)], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def read(folder: Path, shots: Iterable[Shot], formats: str = "QRCode") -> list[str | None]:
    """What the scanner reads in each frame."""
    frames = folder / "frames.grey"
    frames.write_bytes(b"".join(shot.grey for shot in shots))
    found = json.loads(node("tests/tooling/scan_frames.mjs", frames, *FRAME, formats))
    return [one and one["text"] for one in found]


def test_damaged_codes_are_read_singly_and_within_a_second(tmp_path: Path) -> None:
    films = [video(kind, strength, seed) for kind in KINDS for strength in STRENGTHS for seed in SEEDS]
    firsts = [next(film) for film in films]
    texts = read(tmp_path, firsts)
    at_once = [text == shot.text for shot, text in zip(firsts, texts, strict=True)]
    assert not [text for shot, text in zip(firsts, texts, strict=True) if text not in (None, shot.text)]

    missed = [at for at, hit in enumerate(at_once) if not hit]
    rest = [list(films[at]) for at in missed]
    later = read(tmp_path, chain.from_iterable(rest))
    in_time = at_once.copy()
    for number, at in enumerate(missed):
        seen = later[number * (FRAMES_PER_SECOND - 1) :][: FRAMES_PER_SECOND - 1]
        in_time[at] = firsts[at].text in seen
        assert set(seen) <= {None, firsts[at].text}

    print(told(firsts, at_once, in_time))
    assert sum(at_once) / len(films) >= SINGLY
    assert sum(in_time) / len(films) >= WITHIN_A_SECOND


def told(shots: list[Shot], at_once: list[bool], in_time: list[bool]) -> str:
    """The rates by kind, mild and strong, as a table."""
    rows: dict[tuple[str, int], list[tuple[bool, bool]]] = defaultdict(list)
    for shot, single, second in zip(shots, at_once, in_time, strict=True):
        rows[shot.kind, shot.strength].append((single, second))
    lines = [f"{'kind':<10}{'':>8}{'singly':>9}{'in 1 s':>9}"]
    for (kind, strength), hits in [*rows.items(), (("all", 2), list(chain.from_iterable(rows.values())))]:
        rates = "".join(f"{sum(which) / len(hits):>9.0%}" for which in zip(*hits, strict=True))
        lines.append(f"{kind:<10}{('mild', 'strong', '')[strength]:>8}{rates}")
    return "\n".join(lines)


def test_goods_are_read_by_their_barcode_only_where_the_page_asks_for_it(tmp_path: Path) -> None:
    goods = ["6901028075831", "6923450657713", "96385074", "036000291452"]
    shots = [barcode_shot(digits, seed) for digits in goods for seed in range(2)]
    card = next(video(KINDS[0], 0, 1))
    *found, address = read(tmp_path, [*shots, card], GOODS)
    assert [text and text.zfill(13) for text in found] == [shot.text.zfill(13) for shot in shots]
    assert address == payload(1)
    assert set(read(tmp_path, shots)) == {None}


def test_the_page_and_the_server_agree_on_the_check_character() -> None:
    chance = random.Random(4)
    typed = [new_code() for _ in range(40)]
    typed += [code.lower().replace("0", "o").replace("1", "l") for code in typed]
    typed += [f" {grouped(code)}" for code in typed[:10]] + [f"HTTPS://Y.CN/Q/{code}" for code in typed[:10]]
    for code in typed[:40]:
        at = chance.randrange(22)
        typed.append(code[:at] + chance.choice(ALPHABET + "U*") + code[at + 1 :])
        typed.append(code[:at] + code[at:][::-1])
    verdicts = json.loads(node("tests/tooling/scan_rules.mjs", *typed, "12345", typed[0] + "0"))
    assert verdicts[-2:] == ["", ""], "too short or too long is no mistake yet"
    for text, verdict in zip(typed, verdicts[:-2], strict=True):
        assert verdict == ("good" if read_code(text) else "wrong"), text
