"""A morning's meeting: nine phones and a projector in real browsers, from the agenda to posted points and to the proof."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app import clock
from app.database import db
from app.sealing import seal_community
from app.transaction import transact
from points.people.operations import GrantRole, grant_role
from points.people.queries import MemberBrief, community_by_id
from points.records.operations import FileRecord, file_record
from tests.browser.conftest import PHONE, Live, serving, sign_in
from tests.browser.walk import tap
from tests.builders import PASSWORD, Village, a_key, given_record, given_village, phone_of
from tests.conftest import close_site, new_site
from tests.support.chromium import Chromium, axe_violations, no_horizontal_scroll

NINE = 9


@dataclass
class Morning:
    """The served village; ``own_deed`` is the record that one of its judges reported for herself."""

    live: Live
    village: Village
    own_deed: uuid.UUID


@pytest.fixture
def morning(sqlite_template: Path, tmp_path: Path, chromium: Chromium) -> Iterator[Morning]:
    """A village with nine judges, three deeds reported since yesterday, and its site."""
    path = tmp_path / "hall.db"
    path.write_bytes(sqlite_template.read_bytes())
    site = new_site(f"sqlite:///{path}", tmp_path, WTF_CSRF_ENABLED=True)
    with site.app_context():
        now = clock.now()
        village = given_village(residents=10, at=now - timedelta(days=20), cadence="ad_hoc")
        for resident in village.residents[:5]:
            transact(grant_role, GrantRole(village.community_id, resident.id, "reviewer", "换届"))
        given_record(village, village.residents[7], at=now - timedelta(hours=20))
        own = given_record(village, village.residents[0], at=now - timedelta(hours=19))
        worker, people = village.one("grid_worker"), village.residents[6:9]
        with clock.at(now - timedelta(hours=18)):
            day = clock.today("Asia/Shanghai")
            together = FileRecord(
                village.community_id, worker.id, a_key(), "AID-02", day - timedelta(days=2),
                tuple(person.id for person in people), None, 1, "一起去看望独居老人",
            )  # fmt: skip
            transact(file_record, together)
        db.session.remove()
    with serving(site) as url:
        yield Morning(Live(url, site, chromium), village, own.id)
    close_site(site)


def judges_of(village: Village) -> list[MemberBrief]:
    return [*village.judges, *village.residents[:5]]


def phone_page(live: Live, person: MemberBrief) -> Page:
    """A phone whose owner has signed in."""
    page = live.page(PHONE)
    sign_in(page, phone_of(int(person.household_number)), PASSWORD)
    return page


def keep(page: Page, name: str) -> None:
    """A picture, where somebody wants to look."""
    folder = os.environ.get("WALK_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"meeting-{name}.png")


def vote(page: Page, place: str, name: str) -> int:
    """Votes on everything that is open to this judge; answers on how many items."""
    page.goto(place)
    count = 0
    begin = page.get_by_role("link", name=re.compile("开始投票|接着投"))
    while begin.count():
        begin.first.click()
        page.wait_for_load_state()
        while "/items/" in page.url:
            if count == 0:
                keep(page, f"vote-{name}")
            tap(page, re.compile("^同意，给"))
            count += 1
    return count


def test_nine_phones_and_a_projector_from_the_agenda_to_posted_points(
    morning: Morning, tmp_path: Path
) -> None:
    live, village = morning.live, morning.village
    judges = judges_of(village)
    chair, *others = [phone_page(live, judge) for judge in judges]
    assert len(judges) == NINE
    chair.goto("/review")
    chair.locator("label", has_text="不记名").click()
    tap(chair, "现在开会")
    place = chair.url.split("/chair")[0]
    projector = live.page((1280, 720))
    sign_in(projector, phone_of(int(village.chair.household_number)), PASSWORD)
    projector.goto(place + "/projector")
    code = re.search(r"会场码\s*([0-9A-Z]{3})\s*([0-9A-Z]{3})", chair.locator("#desk").inner_text())
    for page in others:
        page.goto(place)
        page.fill("input[name=code]", code[1] + code[2])
        tap(page, "签到")
    projector.get_by_text("到场 9／9 人").wait_for()
    keep(projector, "projector")
    lost = others[0]
    lost.goto(place)
    tap(lost, "开始投票")
    lost.context.set_offline(True)  # the network goes in the middle of the meeting
    chair.get_by_role("button", name="下一件").click()
    lost.context.set_offline(False)
    done = {
        judge.id: vote(page, place, judge.name) for judge, page in zip(judges, [chair, *others], strict=True)
    }
    # Three items: one deed, one of three people together, and a judge's own, which that judge does not see.
    own = village.residents[0].id
    assert done == {judge.id: 2 if judge.id == own else 3 for judge in judges}
    recused = others[judges.index(village.residents[0]) - 1]
    recused.goto(f"{place}/items/{morning.own_deed}")
    expect(recused.locator("main")).to_contain_text("没有找到")
    recused.goto(place)
    expect(recused.locator("main")).to_contain_text("和您有关")
    projector.get_by_text("已投 8／8 票").wait_for()  # the second item, without its judge
    for page, name in ((chair, "chair"), (lost, "phone"), (projector, "projector")):
        assert axe_violations(page) == [], name
        assert no_horizontal_scroll(page), name
    chair.goto(place + "/close")
    tap(chair, "结束会议，数票")
    expect(chair.locator("main")).to_contain_text("通过")
    keep(chair, "results")
    projector.get_by_role("heading", name="评议结果").wait_for()
    keep(projector, "results-projector")
    _three_days_later(live, village, tmp_path / "desk")
    assert live.chromium.problems == []


def _three_days_later(live: Live, village: Village, desk: Path) -> None:
    """The points are posted by time alone; a second machine with nothing but exported files finds that all agrees."""
    desk.mkdir()
    resident = village.residents[7]
    site: Flask = live.site
    with clock.at(clock.now() + timedelta(days=4)):
        with site.app_context():
            seal_community(community_by_id(db.session(), village.community_id))
            db.session.remove()
        browser = site.test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = f"{village.community_id}:{resident.id}:1"
        assert "现在能用" in browser.get("/home").text
        points = browser.get("/points").text
        assert "+4" in points
        for name in ("verify.py", "checkpoints.jsonl", "entries-0.jsonl"):
            answer = site.test_client().get(f"/c/{village.code}/checkpoints/{name}")
            (desk / name).write_bytes(answer.data)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", "checkpoints.jsonl", "entries-0.jsonl"],
        cwd=desk, capture_output=True, text=True, check=False, env={"PYTHONIOENCODING": "utf-8", "PATH": ""},
    )  # fmt: skip
    assert (done.returncode, "全部对得上" in done.stdout) == (0, True), done.stdout
