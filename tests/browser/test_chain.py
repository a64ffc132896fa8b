"""From a reported deed to goods over the counter, as six people, in a real browser."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page

from tests.browser import walk as steps
from tests.browser.conftest import PHONE, Live
from tests.browser.walk import Walk


def people_of(live: Live) -> object:
    """``person(role)``: this person's page; None is a visitor."""

    def person(
        role: str | None, *, which: int = 0, size: tuple[int, int] = PHONE, camera: Path | None = None
    ) -> Page:
        if role is None:
            return live.page(size)
        return live.signed_in(role, size, which=which, camera=camera)

    return person


def test_a_deed_becomes_goods_over_the_counter(live: Live, tmp_path: Path) -> None:
    folder = os.environ.get("WALK_PICTURES")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
    walk = Walk(people_of(live), Path(folder) if folder else None)
    steps.note_a_deed(walk)
    steps.note_for_several(walk)
    steps.hold_a_session(walk)
    steps.read_the_board(walk)
    code = steps.order_something(walk, tmp_path / "camera.mjpeg")
    steps.hand_it_over(walk, tmp_path / "camera.mjpeg")
    steps.scan_again(walk, code)
    assert live.chromium.problems == []
