"""The monthly board and the sheet for the wall: one sum for one cut-off, names masked, and the same for everybody."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.database import db
from app.transaction import transact
from points.notices.operations import ObjectToNotice, object_to_notice
from points.notices.queries import board
from points.people.operations import GrantBudget
from points.review.funding import fund_budget
from shop.counter.operations import RedeemCode, redeem_code
from tests.app.web.review.hall import Hall, text_of
from tests.builders import MONDAY, a_key, given_decided, given_order, given_record

POSTED = MONDAY + timedelta(days=4)


def given_month(hall: Hall, clock_at) -> None:
    """Two awards and an honour posted, one doubted, goods for 4 points handed over; it is four days later."""
    village = hall.village
    people = village.residents[:3]
    records = [hall.do(given_record, village, person) for person in people]
    hall.do(given_decided, village, records, points=10)
    clock_at(MONDAY + timedelta(days=1))
    donor = village.residents[3]
    blood = hall.do(given_record, village, donor, rule="PUB-03", at=MONDAY + timedelta(hours=1))
    hall.do(given_decided, village, [blood], points=10, at=MONDAY + timedelta(hours=1))
    doubted = next(
        line for line in hall.ask(board, village.community_id, now=MONDAY) if line.record_id == records[2].id
    )
    doubt = ObjectToNotice(village.community_id, donor.id, a_key(), doubted.id, "没看见")
    hall.do(transact, object_to_notice, doubt)
    order = hall.do(given_order, village, people[0], at=POSTED)
    clock_at(POSTED + timedelta(hours=2))
    staff = village.one("shop_staff").id
    scan = RedeemCode(village.community_id, staff, village.shop_id, "phone", order.code, a_key())
    assert hall.do(transact, redeem_code, scan).status == "ok"


def row_of(answer, label: str) -> list[str]:
    """The numbers of a row of the books."""
    found = re.search(rf'rowheader" scope="row">{label}</th>(.*?)</tr>', answer.get_data(as_text=True), re.S)
    return re.findall(r'class="num">([^<]*)<', found[1])


def test_a_month_tells_its_points_deeds_honours_and_doubts(hall: Hall, clock_at) -> None:
    given_month(hall, clock_at)
    answer = hall.stranger().get("/c/yitian/months/2026-09")
    page = text_of(answer)
    assert row_of(answer, "批的预算") == ["0", "5,000"]
    assert row_of(answer, "发出（到了村民账上）") == ["20", "20"]
    assert row_of(answer, "兑换") == ["4", "4"]
    assert row_of(answer, "村民手里") == ["16"]
    assert row_of(answer, "公示中") == ["10"]
    assert row_of(answer, "预算还剩") == ["4,970"]
    assert row_of(answer, "互助") == ["2", "20"]
    for words in ("感谢了 2 户", "荣誉 1 项", "无偿献血", "提出 1 条；答复成立 0 条，不成立 0 条；等答复 1 条", "评议会 2 场",
                  "截至 2026年9月11日 10:30", "关爱老人陪护"):  # fmt: skip
        assert words in page
    for person in hall.village.residents:
        assert person.name not in answer.get_data(as_text=True)


def test_what_is_printed_later_for_the_same_moment_says_the_same(hall: Hall, clock_at) -> None:
    given_month(hall, clock_at)
    browser, address = hall.stranger(), "/c/yitian/months/2026-09?until=2026-09-11T02:30:00Z"
    sheet = "/c/yitian/poster?until=2026-09-08T02:00:00Z"
    clock_at(POSTED + timedelta(hours=3))
    before, hung = text_of(browser.get(address)), text_of(browser.get(sheet))
    assert hung.count("异议处理中") == 1
    village = hall.village
    more = hall.do(given_record, village, village.residents[4], at=POSTED + timedelta(hours=3))
    hall.do(given_decided, village, [more], points=7, at=POSTED + timedelta(hours=3))
    clock_at(POSTED + timedelta(days=5))
    grant = GrantBudget(village.community_id, village.one("steward").id, a_key(), 100, "九月份")
    hall.do(transact, fund_budget, grant)
    assert text_of(browser.get(address)) == before
    assert text_of(browser.get(sheet)) == hung
    now = browser.get("/c/yitian/months/2026-09")
    assert row_of(now, "发出（到了村民账上）") == ["27", "27"]
    assert "九月份" in text_of(now)
    printed = browser.get(f"{address}&print=1")
    assert 'class="paper poster"' in printed.get_data(as_text=True)
    assert row_of(printed, "村民手里") == row_of(browser.get(address), "村民手里")


def test_months_follow_each_other_from_the_founding_to_now(hall: Hall, clock_at) -> None:
    browser = hall.stranger()
    months = browser.get("/c/yitian/months").get_data(as_text=True)
    assert re.findall(r'href="/c/yitian/months/([^"]+)"', months) == ["2026-09", "2026-08"]
    over = browser.get("/c/yitian/months/2026-08")
    assert "截至 2026年8月31日 24:00" in text_of(over)
    assert row_of(over, "批的预算") == ["5,000", "5,000"]
    assert 'href="/c/yitian/months/2026-09"' in over.get_data(as_text=True)
    for wrong in ("2026-07", "2026-10", "2026-13", "1999-01", "x"):
        assert browser.get(f"/c/yitian/months/{wrong}").status_code == 404
    assert browser.get("/c/nowhere/months").status_code == 404
    assert browser.get("/c/yitian/months/2026-09?until=x").status_code == 422
    assert browser.get("/c/yitian/months/2026-09?until=2026-08-02T00:00:00Z").status_code == 404
    future = browser.get("/c/yitian/months/2026-09?until=2030-01-01T00:00:00Z")
    assert "截至 2026年9月7日 08:30" in text_of(future)


def test_a_month_takes_the_same_statements_whatever_happened_in_it(hall: Hall, clock_at) -> None:
    statements: list[str] = []
    with hall.site.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    browser = hall.stranger()
    browser.get("/c/yitian/months/2026-09")
    empty = len(statements)
    given_month(hall, clock_at)
    statements.clear()
    assert browser.get("/c/yitian/months/2026-09").status_code == 200
    assert len(statements) == empty <= 14


def test_the_sheet_for_the_wall_puts_its_moment_into_the_address(hall: Hall, clock_at) -> None:
    given_month(hall, clock_at)
    browser = hall.stranger()
    address = browser.get("/c/yitian/poster?lay=wide").location
    assert address == "/c/yitian/poster?lay=wide&until=2026-09-11T02:30:00Z"
    page = browser.get(address).get_data(as_text=True)
    assert 'class="paper poster lying"' in page
    assert "截至 2026年9月11日 10:30" in page
    assert page.count("<tr>") == 2  # the head, and what an objection keeps there


@pytest.mark.parametrize(
    "path", ["months", "months/2026-09", "months/2026-09?print=1", "sessions", "changes"]
)
def test_the_public_pages_speak_english_and_to_elders(hall: Hall, path: str) -> None:
    browser = hall.stranger()
    browser.set_cookie("view", "elder")
    assert browser.get(f"/c/yitian/{path}").status_code == 200
    browser.set_cookie("lang", "en")
    page = browser.get(f"/c/yitian/{path}")
    assert (page.status_code, '<html lang="en"' in page.get_data(as_text=True)) == (200, True)
