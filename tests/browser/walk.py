"""The walk through the whole chain, as six people in a real browser: used by the tests and by the picture taker."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.support.chromium import axe_violations, no_horizontal_scroll
from tests.support.fake_camera import write_fake_camera

Visit = Callable[[str], Page]


@dataclass
class Walk:
    """Pages of the people, opened by ``person(role, which, size, camera)``; ``keep`` names a folder for pictures."""

    person: Callable[..., Page]
    keep: Path | None = None
    shown: list[str] = field(default_factory=list)

    def look(self, page: Page, name: str) -> None:
        """Every page of the walk: nothing scrolls sideways, nobody is shut out; and a picture, where wanted."""
        page.wait_for_load_state()
        assert no_horizontal_scroll(page), name
        assert axe_violations(page) == [], name
        self.shown.append(name)
        if self.keep:
            page.screenshot(path=self.keep / f"{len(self.shown):02d}-{name}.png")


def tap(page: Page, name: str | re.Pattern[str]) -> None:
    """Presses the first button or link of that name and waits for the page behind it."""
    target = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name)).first
    target.click()
    page.wait_for_load_state()


def note_a_deed(walk: Walk) -> None:
    """The villager: category, item, day, send. Four taps."""
    page = walk.person("resident")
    page.goto("/report")
    walk.look(page, "report-category")
    tap(page, "荣誉")
    walk.look(page, "report-item")
    tap(page, "社区级荣誉")
    walk.look(page, "report-deed")
    page.get_by_role("radio", name="昨天").check()
    tap(page, "报上去")
    expect(page.get_by_role("heading", level=1)).to_contain_text("谢谢您")
    walk.look(page, "report-done")


def note_for_several(walk: Walk) -> None:
    """The grid worker: two people found by household number, one deed, one send."""
    page = walk.person("grid_worker")
    page.goto("/round")
    for number in ("034", "101"):
        page.fill("input[name=q]", number)
        page.keyboard.press("Enter")
        page.wait_for_load_state()
        page.locator("#pick input[name=m][type=checkbox]").first.check()
        tap(page, "加入名单")
    walk.look(page, "round-people")
    tap(page, "选好了，选事项")
    walk.look(page, "round-item")
    tap(page, "义务出工整修工程")
    page.get_by_role("radio", name="昨天").check()
    walk.look(page, "round-deed")
    tap(page, "一起报上去")
    assert "/round/deed" not in page.url, page.locator("main").inner_text()
    walk.look(page, "round-done")


def hold_a_session(walk: Walk) -> None:
    """The chair opens; reviewers come in and vote; the projector follows; the chair closes."""
    chair = walk.person("chair")
    chair.goto("/review")
    walk.look(chair, "review-call")
    tap(chair, "现在开会")
    if "/chair" not in chair.url:
        tap(chair, re.compile("到主持台|主持台"))
    walk.look(chair, "review-desk")
    session_address = chair.url.split("/chair")[0]
    projector = walk.person("chair", size=(1280, 720))
    projector.goto(session_address + "/projector")
    walk.look(projector, "projector")
    code = re.search(r"会场码\s*([0-9A-Z]{3})\s*([0-9A-Z]{3})", chair.locator("#desk").inner_text())
    assert code, "the desk shows the code of the room"
    reviewers = []
    for which in (0, 1):
        reviewer = walk.person("reviewer", which=which)
        reviewer.goto(session_address)
        walk.look(reviewer, f"review-outside-{which}")
        reviewer.fill("input[name=code]", code[1] + code[2])
        tap(reviewer, "签到")
        reviewers.append(reviewer)
    third = walk.person("reviewer", which=2)
    third.goto(session_address)
    third.fill("input[name=code]", code[1] + code[2])
    tap(third, "签到")
    walk.look(reviewers[0], "review-agenda")
    _ballots_reach_the_projector(walk, reviewers[0], projector)
    for reviewer in (*reviewers, third):
        vote_on_everything(walk, reviewer, session_address)
    chair.goto(session_address)
    vote_on_everything(walk, chair, session_address)
    chair.goto(session_address + "/close")
    walk.look(chair, "review-close")
    tap(chair, "结束会议，数票")
    walk.look(chair, "review-results")
    chair.goto(session_address + "/minutes")
    walk.look(chair, "minutes")


def _ballots_reach_the_projector(walk: Walk, reviewer: Page, projector: Page) -> None:
    """The first item is on the screen, and four people are there; one ballot changes the count."""
    projector.get_by_text(re.compile("已投 0／[34] 票")).wait_for()
    tap(reviewer, "开始投票")
    walk.look(reviewer, "vote")
    tap(reviewer, re.compile("^同意，给"))
    projector.get_by_text(re.compile("已投 1／[34] 票")).wait_for()
    walk.look(projector, "projector-voted")


def vote_on_everything(walk: Walk, page: Page, session_address: str) -> None:
    """Approves what is open to this judge, item after item."""
    page.goto(session_address)
    begin = page.get_by_role("link", name=re.compile("开始投票|接着投"))
    for _ in range(60):
        if "/items/" not in page.url:
            if begin.count() == 0:
                return
            begin.first.click()
            page.wait_for_load_state()
        tap(page, re.compile("^同意，给"))
    raise AssertionError("the voting does not end")


def read_the_board(walk: Walk) -> None:
    """A visitor, not signed in: masked names, days left, a way to object."""
    page = walk.person(None)
    page.goto("/c/yitian/board")
    expect(page.get_by_role("heading", level=1)).to_contain_text("公示栏")
    assert "*" in page.locator("main").inner_text()
    walk.look(page, "board")
    page.locator(".board a").first.click()
    walk.look(page, "board-one")


def order_something(walk: Walk, camera: Path) -> str:
    """The villager sets something aside; the code on the screen becomes the camera's picture."""
    page = walk.person("resident")
    page.goto("/shop")
    walk.look(page, "shop")
    page.get_by_role("link", name=re.compile("^留货")).first.click()
    walk.look(page, "shop-item")
    tap(page, re.compile("^留货"))
    walk.look(page, "order")
    write_fake_camera(camera, [page.locator("svg.qr").screenshot()])
    return page.locator(".code-text").inner_text().replace(" ", "")


def hand_it_over(walk: Walk, camera: Path) -> None:
    """The volunteer's phone sees the code, shows who and what, and hands over; undo is there."""
    page = walk.person("shop_staff", camera=camera)
    page.goto("/counter")
    start = page.get_by_role("button", name="打开摄像头扫码")
    if start.is_visible():
        start.click()
    page.get_by_role("button", name="确认给货").wait_for()
    walk.look(page, "counter-check")
    tap(page, "确认给货")
    expect(page.get_by_role("heading", level=1)).to_have_text("可以给货")
    walk.look(page, "counter-ok")
    page.goto("/counter/log")
    walk.look(page, "counter-log")


def scan_again(walk: Walk, code: str) -> None:
    """The same code once more: red, and the sentence says when it was collected."""
    page = walk.person("shop_staff")
    page.goto("/counter")
    page.fill("input[name=code]", code)
    tap(page, "查这张单")
    expect(page.get_by_role("heading", level=1)).to_have_text("不能给货")
    assert "已经取走" in page.locator("body").inner_text()
    walk.look(page, "counter-refused")
