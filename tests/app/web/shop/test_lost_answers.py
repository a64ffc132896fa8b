"""A confirmation whose answer never came: what became of it, and making certain that it is not booked; without scripts."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from app.database import db
from app.transaction import transact
from points.base import new_id
from shop.counter.models import Redemption
from shop.counter.operations import RedeemCode, redeem_code
from tests.app.web.resident.street import Street, flashed, links, value_of, words
from tests.app.web.shop.test_counter import check, confirm, red, waiting
from tests.app.web.shop.test_sale_pages import kept, phone_code, pick, soap
from tests.app.web.shop.test_voucher_pages import given_voucher
from tests.builders import MONDAY


def refusals(street: Street) -> list[str]:
    """Why this village's counter refused, as its register has it."""
    with street.site.app_context():
        rows = db.session.execute(
            sa.select(Redemption.reason).where(
                Redemption.community_id == street.village.community_id, Redemption.status != "ok"
            )
        )
        return [row.reason for row in rows]


def way_to_ask(page: TestResponse) -> str:
    """The link for the answer that did not come."""
    return next(way for way in links(page, "/counter/answers/") if "NONCE" not in way)


def test_what_was_booked_is_found_and_can_be_undone(street: Street) -> None:
    browser = street.staff("shop_staff")
    seen = check(browser, waiting(street).code)
    confirm(browser, seen)
    found = browser.get(way_to_ask(seen))
    assert (found.status_code, "可以给货" in words(found)) == (200, True)
    browser.post("/counter/annul", data={"nonce": value_of(found, "nonce")[0]})
    assert street.purse(street.rich).available == 20


def test_a_sale_that_never_came_is_given_up_and_cannot_come_later(street: Street) -> None:
    browser = street.staff("shop_staff")
    page = browser.post("/counter/sale/pay", data=kept(pick(browser, soap(street)), code=phone_code(street)))
    unknown = browser.get(way_to_ask(page))
    assert (unknown.status_code, "还没有记上" in words(unknown)) == (200, True)
    assert refusals(street) == []
    given_up = browser.post("/counter/cancel", data={"nonce": value_of(unknown, "nonce")[0]})
    assert "已经取消，没有扣积分" in words(browser.get(given_up.location))
    late = browser.post("/counter/sell", data=kept(page))
    assert (red(late), "已经取消，没有扣积分" in words(late)) == (True, True)
    assert (street.purse(street.rich).available, refusals(street)) == (20, ["canceled"])


def test_giving_up_what_was_booked_undoes_it_and_says_so(street: Street) -> None:
    browser = street.staff("shop_staff")
    page = browser.post("/counter/sale/pay", data=kept(pick(browser, soap(street)), code=phone_code(street)))
    browser.post("/counter/sell", data=kept(page))
    given_up = browser.post("/counter/cancel", data={"nonce": value_of(page, "nonce")[0]})
    assert "已经撤销 村口店 8 分退回对方账上" in words(browser.get(given_up.location))
    assert street.purse(street.rich).available == 20


def test_what_cannot_be_given_up_any_more_is_told_on_the_counters_list(street: Street, clock_at) -> None:
    browser = street.staff("shop_staff")
    seen = check(browser, waiting(street).code)
    confirm(browser, seen)
    clock_at(MONDAY + timedelta(minutes=16))
    answer = browser.post("/counter/cancel", data={"nonce": value_of(seen, "nonce")[0]})
    assert answer.location == "/counter/log"
    assert "超过 15 分钟" in flashed(browser)


def test_a_change_of_mind_before_confirming_leaves_nothing_in_the_register(street: Street) -> None:
    browser = street.staff("shop_staff")
    seen = check(browser, waiting(street).code)
    assert "/counter" in links(seen, "/counter")
    browser.get("/counter")
    assert refusals(street) == []


def test_another_browser_is_not_told_and_an_empty_number_cancels_nothing(street: Street) -> None:
    browser = street.staff("shop_staff")
    seen = check(browser, waiting(street).code)
    confirm(browser, seen)
    assert street.staff("shop_staff").get(way_to_ask(seen)).status_code == 403
    for nonce in ("", "0" * 400):
        browser.post("/counter/cancel", data={"nonce": nonce})
    assert refusals(street) == []


def test_a_voucher_at_the_scanner_goes_to_its_own_page_and_is_no_refusal(street: Street) -> None:
    voucher = given_voucher(street)
    sent = check(street.staff("shop_staff"), f"https://village.example/q/{voucher.token}")
    assert (sent.status_code, "/counter/vouchers?code=" in sent.location) == (303, True)
    assert refusals(street) == []
    other = street.as_(street.other.one("shop_staff"), street.other)
    assert red(check(other, voucher.token))


def test_undo_is_offered_by_the_time_of_the_scan(street: Street) -> None:
    browser, village = street.staff("shop_staff"), street.village
    browser.get("/counter")
    check(browser, waiting(street).code)
    with browser.session_transaction() as cookie:
        device = cookie["device"]
    for quantity, ago in ((1, 16), (2, 14)):
        scan = RedeemCode(
            village.community_id, village.one("shop_staff").id, village.shop_id, device, waiting(street, quantity).code,
            new_id().hex, scanned_at=MONDAY - timedelta(minutes=ago), offline=True,
        )  # fmt: skip
        street.do(transact, redeem_code, scan)
    page = browser.get("/counter/log")
    assert page.text.count("/counter/annul") == 1


@pytest.mark.parametrize("nonce", ["a\0b", "\0", "x" * 81])
def test_a_number_that_no_database_takes_is_refused_and_nothing_is_kept(street: Street, nonce: str) -> None:
    browser, code = street.staff("shop_staff"), waiting(street).code
    refused = 404 if "\0" in nonce else 422  # no address has a NUL in it
    assert browser.get(f"/counter/answers/{quote(nonce)}").status_code == refused
    assert browser.get(f"/counter/slips/{quote(nonce)}").status_code == refused
    for path, more in (("cancel", {}), ("annul", {}), ("redeem", {"code": code})):
        answer = browser.post(f"/counter/{path}", data={"nonce": nonce} | more)
        assert answer.status_code in (302, 303, 422), path
    sale = browser.post("/counter/sale/pay", data=kept(pick(browser, soap(street)), code=phone_code(street)))
    assert browser.post("/counter/sell", data=kept(sale, nonce=nonce)).status_code in (200, 303, 422)
    assert (refusals(street), code in words(browser.get("/counter/log"))) == ([], False)
