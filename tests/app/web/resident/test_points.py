"""My points: what can be used, what waits, and where each of them came from."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.database import db
from app.transaction import transact
from points.notices.operations import ObjectToNotice, object_to_notice
from points.notices.queries import board
from tests.app.web.resident.street import Street, links, words
from tests.builders import MONDAY, a_key, given_decided, given_order, given_points, given_record

NOWHERE = UUID("01a00000-0000-7000-8000-000000000000")


def on_notice(street: Street, **more: object) -> None:
    """An award of 6 points for the household with 20, on notice since Monday morning."""
    record = street.do(given_record, street.village, street.rich, **more)
    street.do(given_decided, street.village, [record], points=6)


def head(answer) -> str:
    """The large figures."""
    start = answer.text.index("<header")
    return " ".join(
        re.sub(r"<[^>]+>", " ", answer.text[start : answer.text.index('<main id="main"')]).split()
    )


def test_the_balance_stands_first_with_what_waits_beside_it(street: Street, clock_at) -> None:
    on_notice(street)
    clock_at(MONDAY + timedelta(hours=1))
    street.do(given_order, street.village, street.rich, quantity=2, at=MONDAY + timedelta(hours=1))
    page = street.as_(street.spouse).get("/points")
    assert "现在能用 12 分" in head(page)
    assert "公示中 6 到期自己到账" in head(page)
    assert "已留货 8 等您取" in head(page)


def test_every_point_names_the_day_it_must_be_used_by(street: Street) -> None:
    page = words(street.as_(street.rich).get("/points"))
    assert "2027年12月31日 前要用 过了这一天就没有了 20 分" in page


def test_points_of_two_years_are_listed_each_with_its_day(street: Street, clock_at) -> None:
    january = MONDAY + timedelta(days=130)
    clock_at(january)
    street.do(given_points, street.village, street.rich, 7, at=january)
    clock_at(january + timedelta(days=4))
    page = words(street.as_(street.rich).get("/points"))
    assert "12月31日 前要用 过了这一天就没有了 20 分 2028年12月31日 前要用 过了这一天就没有了 7 分" in page


def test_a_line_opens_the_whole_way_from_the_deed_to_the_wallet(street: Street) -> None:
    browser = street.as_(street.rich)
    entry = browser.get(links(browser.get("/points"), "/entries/")[0])
    for said in (
        "已到账",
        "做好事得分",
        "10 分",
        "2027年12月31日 前要用",
        "8月24日 的评议会 · 同意 4，不同意 0，弃权 0",
        "公示了 3 天",
        "8月27日 08:50",
        "AID-02 关爱老人陪护（第 1 版）",
        "每人每次，3 到 10 分，每月最多 6 次",
    ):
        assert said in words(entry)
    (record,) = links(entry, "/records/")
    assert browser.get(record).status_code == 200


def test_a_line_of_the_shop_opens_goods_shop_and_days(street: Street) -> None:
    order = street.do(given_order, street.village, street.rich, quantity=2, at=MONDAY)
    browser = street.as_(street.spouse)
    (line,) = links(browser.get("/points/held"), "/entries/")
    entry = browser.get(line)
    for said in ("已留货，等您取", "肥皂/香皂 × 2 块", "村口店，9月14日 前", "2027年12月31日 到期的"):
        assert said in words(entry)
    assert links(entry, "/orders/") == [f"/orders/{order.id}"]


def test_what_is_on_notice_says_when_it_comes(street: Street, clock_at) -> None:
    on_notice(street)
    clock_at(MONDAY + timedelta(hours=1))
    browser = street.as_(street.rich)
    page = browser.get("/points/on-notice")
    assert "9月10日 到账 · 村民10 +6 分" in words(page)
    entry = browser.get(links(page, "/entries/")[0])
    assert "公示中，还剩 3 天" in words(entry)
    assert links(entry, "/board/")
    clock_at(MONDAY + timedelta(days=3, minutes=20))
    assert "现在没有在公示的" in words(browser.get("/points/on-notice"))
    assert "现在能用 26 分" in head(browser.get("/points"))


def test_an_objection_stops_the_clock_and_the_line_says_so(street: Street, clock_at) -> None:
    on_notice(street)
    clock_at(MONDAY + timedelta(hours=1))
    notice = street.ask(board, street.village.community_id, now=MONDAY + timedelta(hours=1))[0]
    doubt = ObjectToNotice(street.village.community_id, street.neighbour.id, a_key(), notice.id, "没看见")
    street.do(transact, object_to_notice, doubt)
    browser = street.as_(street.rich)
    page = browser.get("/points/on-notice")
    assert "有人提了异议，答复以后再说" in words(page)
    entry = words(browser.get(links(page, "/entries/")[0]))
    assert "异议处理中" in entry
    assert street.neighbour.name not in entry


def test_the_lines_of_others_are_not_found(street: Street) -> None:
    entry = links(street.as_(street.rich).get("/points"), "/entries/")[0]
    assert street.as_(street.spouse).get(entry).status_code == 200
    for browser in (street.as_(street.neighbour), street.staff("steward"), street.far_away()):
        assert browser.get(entry).status_code == 404
    assert street.as_(street.rich).get(f"/points/entries/{NOWHERE}").status_code == 404


def test_nobody_sees_points_without_signing_in(street: Street) -> None:
    for path in (
        "/points",
        "/points/honour",
        "/points/held",
        "/points/on-notice",
        f"/points/entries/{NOWHERE}",
    ):
        answer = street.stranger().get(path)
        assert (answer.status_code, answer.location) == (303, f"/sign-in?next={path}")


def test_honour_is_counted_apart_and_buys_nothing(street: Street, clock_at) -> None:
    record = street.do(given_record, street.village, street.poor, rule="PUB-03")
    street.do(given_decided, street.village, [record], points=10)
    clock_at(MONDAY + timedelta(days=4))
    browser = street.as_(street.poor)
    points, page = browser.get("/points"), browser.get("/points/honour")
    assert "现在能用 0 分" in head(points)
    assert "荣誉分 记一份光荣，不能换东西 10" in words(points)
    assert "荣誉分 10 分" in head(page)
    entry = browser.get(links(page, "/entries/")[0])
    assert "无偿献血" in entry.text
    assert "/points/honour" in entry.text
    assert "还没有荣誉分" in words(street.as_(street.neighbour).get("/points/honour"))


def test_the_statement_goes_on_by_number_and_never_counts_from_the_start(
    street: Street, monkeypatch: pytest.MonkeyPatch, clock_at
) -> None:
    monkeypatch.setattr("app.web.points.ROWS", 2)
    for day in range(3):
        clock_at(MONDAY + timedelta(days=day))
        order = street.do(given_order, street.village, street.rich, at=MONDAY + timedelta(days=day))
        street.staff("shop_staff").post("/counter/redeem", data={"code": order.code, "nonce": a_key()})
    said: list[str] = []
    with street.site.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", listener := lambda *args: said.append(args[2]))
    try:
        pages = turn_all_pages(street)
    finally:
        sa.event.remove(engine, "before_cursor_execute", listener)
    assert [len(page) for page in pages] == [2, 2, 1]
    assert len({line for page in pages for line in page}) == 5
    assert not [text for text in said if "OFFSET" in text.upper()]


def turn_all_pages(street: Street) -> list[list[str]]:
    """The lines of each page of the statement, by the way on at its end."""
    browser, path, pages = street.as_(street.rich), "/points", []
    while path:
        page = browser.get(path)
        pages.append(links(page, "/entries/"))
        path = next(iter(links(page, "before=")), "")
    return pages


@pytest.mark.parametrize("before", ["-1", "1.5", "٣", "1e9", "x", "", "9" * 19])
def test_a_made_up_place_in_the_statement_is_refused(street: Street, before: str) -> None:
    answer = street.as_(street.rich).get("/points", query_string={"before": before})
    assert answer.status_code == 422
    assert "请从第一页看起" in words(answer)


def test_who_has_nothing_yet_is_shown_the_way(street: Street) -> None:
    page = street.as_(street.poor).get("/points")
    assert "现在能用 0 分" in head(page)
    assert "还没有积分" in words(page)
    assert "/report" in links(page, "/report")


def test_english_names_deeds_and_days_in_english(street: Street) -> None:
    browser = street.as_(street.rich)
    browser.set_cookie("lang", "en")
    page = browser.get("/points")
    assert "elder visit & care 27 Aug" in words(page)
    assert "31 Dec 2027" in words(page)
    assert "关爱老人陪护" not in page.text
