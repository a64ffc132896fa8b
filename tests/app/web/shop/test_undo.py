"""Taking a wrong scan back within 15 minutes, and the counter's own list."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.app.web.resident.street import Street, flashed, value_of, words
from tests.app.web.shop.test_counter import another_shop, check, hand_over, waiting
from tests.app.web.shop.test_orders import free
from tests.builders import MONDAY


def handed_over(street: Street):
    """The counter's browser, the order, and the answer that hands it over."""
    browser, order = street.staff("shop_staff"), waiting(street)
    return browser, order, hand_over(browser, order.code)


def test_a_wrong_scan_is_taken_back_and_everything_returns(street: Street, clock_at) -> None:
    browser, order, done = handed_over(street)
    clock_at(MONDAY + timedelta(minutes=15))
    answer = browser.post("/counter/annul", data={"nonce": value_of(done, "nonce")[0]})
    assert answer.status_code == 200
    assert "8 分退回对方账上，到期日不变" in words(answer)
    purse = street.purse(street.rich)
    assert (purse.available, purse.held, free(street)) == (20, 0, 20)
    assert [points for _day, points in purse.expiring] == [20]
    page = words(street.as_(street.rich).get(f"/orders/{order.id}"))
    assert "柜台撤销了这一单，积分已经退回您的账上" in page
    again = check(browser, order.code)
    assert (again.status_code, "已经取消或撤销了" in words(again)) == (400, True)


def test_taking_back_twice_gives_back_once(street: Street) -> None:
    browser, _order, done = handed_over(street)
    nonce = value_of(done, "nonce")[0]
    answers = [browser.post("/counter/annul", data={"nonce": nonce}) for _click in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert (street.purse(street.rich).available, free(street)) == (20, 20)


def test_after_a_quarter_of_an_hour_it_stays(street: Street, clock_at) -> None:
    browser, _order, done = handed_over(street)
    clock_at(MONDAY + timedelta(minutes=15, seconds=1))
    assert "/counter/annul" not in browser.get("/counter/log").text
    answer = browser.post("/counter/annul", data={"nonce": value_of(done, "nonce")[0]})
    assert (answer.status_code, answer.location) == (303, "/counter/log")
    assert "超过 15 分钟，不能直接撤销了" in flashed(browser)
    assert street.purse(street.rich).available == 12


def test_only_the_browser_that_scanned_takes_back(street: Street) -> None:
    _browser, _order, done = handed_over(street)
    nonce = value_of(done, "nonce")[0]
    for other in (street.staff("shop_staff"), another_shop(street)):
        other.post("/counter/annul", data={"nonce": nonce})
        assert "只有扫码的那台设备能撤销" in flashed(other)
        assert "/counter/annul" not in other.get("/counter/log").text
    far = street.far_away("shop_staff")
    far.post("/counter/annul", data={"nonce": nonce})
    assert "没有找到这次扫码" in flashed(far)
    assert street.purse(street.rich).available == 12


@pytest.mark.parametrize("nonce", ["", "x", "0" * 400])
def test_an_unknown_scan_cannot_be_taken_back(street: Street, nonce: str) -> None:
    browser = street.staff("shop_staff")
    assert browser.post("/counter/annul", data={"nonce": nonce}).location == "/counter/log"
    assert "没有找到这次扫码" in flashed(browser)


def test_the_list_tells_what_went_what_did_not_and_what_came_back(street: Street, clock_at) -> None:
    browser, order, done = handed_over(street)
    clock_at(MONDAY + timedelta(minutes=2))
    check(browser, order.code)
    check(browser, "HELLO")
    page = browser.get("/counter/log")
    staff = street.village.one("shop_staff").name
    assert f"{street.rich.name} 今天 08:30 · {staff} −8 已给货" in words(page)
    assert f"{street.rich.name} 今天 08:32 · {staff} 没给货" in words(page)
    assert f"不认识的码 今天 08:32 · {staff} 没给货" in words(page)
    assert value_of(page, "nonce") == value_of(done, "nonce")
    browser.post("/counter/annul", data={"nonce": value_of(done, "nonce")[0]})
    after = browser.get("/counter/log")
    assert f"{street.rich.name} 今天 08:30 · {staff} −8 已撤销" in words(after)
    assert value_of(after, "nonce") == []


def test_each_shop_has_its_own_list(street: Street) -> None:
    handed_over(street)
    assert "还没有记录" in words(another_shop(street).get("/counter/log"))
    assert street.rich.name not in words(street.far_away("shop_staff").get("/counter/log"))
