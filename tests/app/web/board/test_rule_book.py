"""The rule book under the community's code: open to all, with what each rule needs, how it came about, and on paper."""

from __future__ import annotations

import html
from dataclasses import replace
from datetime import timedelta

import pytest

from app.transaction import transact
from points.rules.operations import AdoptRules, adopt_rules
from tests.app.web.review.hall import Hall, text_of
from tests.builders import MONDAY, demo_rules


@pytest.fixture
def second(hall: Hall) -> Hall:
    """A second version, in force from tomorrow: AID-02 gives more, AID-03 is gone, AID-99 is new."""
    rules = {rule.code: rule for rule in demo_rules()}
    rules["AID-02"] = replace(rules["AID-02"], points_max=12, reporters=("self",))
    del rules["AID-03"]
    rules["AID-99"] = replace(rules["AID-01"], code="AID-99", name_zh="帮邻居收稻子")
    day = MONDAY.date()
    book = AdoptRules(
        hall.village.community_id, None, tuple(rules.values()), "秋季村民代表会议", day, day + timedelta(days=1), 28, 3, 2
    )  # fmt: skip
    hall.do(transact, adopt_rules, book)
    return hall


def test_anybody_reads_the_book_in_force_and_who_adopted_it(second: Hall) -> None:
    page = text_of(second.stranger().get("/c/yitian/rules"))
    assert "第 1 版" in page
    assert "村民代表会议" in page
    assert "同意 30，不同意 2，弃权 1" in page
    assert "AID-03 代办跑腿 每人每件，1 到 3 分 · 每月最多 8 次" in page
    assert "帮邻居收稻子" not in page
    later = text_of(second.stranger().get("/c/yitian/rules?version=2"))
    assert "还没生效" in later
    assert "帮邻居收稻子" in later
    assert "一共 46 条，超过了 40 条" in later


def test_a_new_version_is_the_book_from_its_day_on(second: Hall, clock_at) -> None:
    clock_at(MONDAY + timedelta(days=1))
    page = text_of(second.stranger().get("/c/yitian/rules"))
    assert "帮邻居收稻子" in page
    assert "代办跑腿" not in page


def test_the_old_address_leads_to_the_public_book(hall: Hall) -> None:
    assert hall.as_(hall.village.residents[0]).get("/rules").location == "/c/yitian/rules"


def test_a_card_says_what_to_do_how_to_prove_it_and_who_decides(hall: Hall) -> None:
    answer = hall.stranger().get("/c/yitian/rules/AID-02")
    page = text_of(answer)
    for said in (
        "每人每次，3 到 10 分", "一般给 4 分", "每月最多 6 次", "去独居的王奶奶家陪她说话", "受助老人或家属确认", "有照片更好",
        "网格员、本人", "评议小组表决", "超过 20 分还要监督员复核", "第 1 版：写进来",
    ):  # fmt: skip
        assert said in page, said
    assert 'href="/report?rule=AID-02"' in answer.get_data(as_text=True)


def test_a_card_offers_reporting_only_to_those_who_may(hall: Hall) -> None:
    for reader, rule, offered in (
        (hall.stranger(), "AID-02", True), (hall.stranger(), "ENV-02", False),
        (hall.as_(hall.village.residents[0]), "AID-02", True), (hall.as_(hall.village.residents[0]), "ENV-02", False),
        (hall.as_(hall.village.one("grid_worker")), "ENV-02", True),
        (hall.as_(hall.other.residents[0], hall.other), "AID-02", False), (hall.stranger(), "DED-01", False),
    ):  # fmt: skip
        page = reader.get(f"/c/yitian/rules/{rule}").get_data(as_text=True)
        assert (f'href="/report?rule={rule}"' in page) == offered, rule
    assert "只动行为分，不动积分" in text_of(hall.stranger().get("/c/yitian/rules/DED-01"))


def test_a_card_tells_how_its_rule_changed_came_and_went(second: Hall, clock_at) -> None:
    clock_at(MONDAY + timedelta(days=2))
    browser = second.stranger()
    changed = text_of(browser.get("/c/yitian/rules/AID-02"))
    assert "最高分：10 → 12" in changed
    assert "申报人：网格员、本人 → 本人" in changed
    assert "秋季村民代表会议通过" in changed
    assert "3 到 10 分" in text_of(browser.get("/c/yitian/rules/AID-02?version=1"))
    gone = text_of(browser.get("/c/yitian/rules/AID-03"))
    assert "第 2 版：去掉了" in gone
    assert "以前的" in gone
    assert "第 1 版" not in text_of(browser.get("/c/yitian/rules/AID-99")).split("这一条的来历")[1]


def test_two_versions_stand_side_by_side(second: Hall) -> None:
    page = text_of(second.stranger().get("/c/yitian/rules/difference"))
    for said in (
        "新增 1 条",
        "AID-99 帮邻居收稻子",
        "改动 1 条",
        "最高分 10 12",
        "去掉 1 条",
        "AID-03 代办跑腿",
    ):
        assert said in page
    back = text_of(second.stranger().get("/c/yitian/rules/difference?from=2&to=1"))
    assert "最高分 12 10" in back
    assert "这两版一样" in text_of(second.stranger().get("/c/yitian/rules/difference?from=1&to=1"))


def test_the_poster_and_the_cards_hold_every_rule(hall: Hall) -> None:
    for paper in ("poster", "cards"):
        page = html.unescape(text_of(hall.stranger().get(f"/c/yitian/rules/{paper}")))
        assert [rule.name_zh for rule in demo_rules() if rule.name_zh not in page] == []
        assert [rule.evidence_zh for rule in demo_rules() if rule.evidence_zh not in page] == []
    poster = hall.stranger().get("/c/yitian/rules/poster").get_data(as_text=True)
    assert 'class="paper poster"' in poster
    assert 'aria-label="积分细则的二维码"' in poster


def test_what_is_not_there_is_not_found(hall: Hall) -> None:
    browser = hall.stranger()
    for path in (
        "nowhere/rules", "nowhere/rules/poster", "yitian/rules/ENV-77", "yitian/rules?version=9",
        "yitian/rules/ENV-01?version=x", "yitian/rules/difference?to=7",
    ):  # fmt: skip
        assert browser.get(f"/c/{path}").status_code == 404, path


def test_board_notice_home_and_report_lead_to_the_rules(hall: Hall) -> None:
    resident = hall.as_(hall.village.residents[0])
    assert 'href="/c/yitian/rules"' in hall.stranger().get("/c/yitian/board").get_data(as_text=True)
    assert 'href="/c/yitian/rules"' in resident.get("/home").get_data(as_text=True)
    assert 'href="/c/yitian/rules/AID-02"' in resident.get("/report?rule=AID-02").get_data(as_text=True)


def test_english_readers_read_english(second: Hall) -> None:
    browser = second.stranger()
    browser.set_cookie("lang", "en")
    assert "elder visit" in text_of(browser.get("/c/yitian/rules"))
    page = text_of(browser.get("/c/yitian/rules/AID-02"))
    assert "elder visit" in page
    assert "去独居" not in page
