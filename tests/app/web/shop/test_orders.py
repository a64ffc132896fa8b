"""Ordering: goods are set aside, points are held, and both come back when nobody comes."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.transaction import transact
from points.codes import grouped
from shop.orders.operations import PlaceOrder, Wanted, place_order
from shop.queries import items_at
from tests.app.web.resident.street import NO_AMOUNTS, Street, flashed, links, value_of, words
from tests.app.web.shop.test_catalogue import shelf
from tests.builders import MONDAY, a_key, given_order

NOWHERE = "01a00000-0000-7000-8000-000000000000"


def order(street: Street, browser: FlaskClient, code: str = "I01", **typed: object) -> TestResponse:
    """The form of an item, sent."""
    form = {
        "item_id": str(street.village.items[code]),
        "shop_id": str(street.village.shop_id),
        "quantity": "1",
    }
    return browser.post("/orders", data=form | {"request_key": a_key()} | typed)


def free(street: Street, code: str = "I01") -> int:
    """Pieces that nobody has set aside."""
    village = street.village
    items = street.ask(items_at, village.community_id, village.shop_id, now=MONDAY)
    return next(item.available for item in items if item.code == code)


def test_an_order_sets_goods_aside_holds_points_and_shows_its_code(street: Street) -> None:
    browser = street.as_(street.rich)
    answer = order(street, browser, quantity="2")
    assert answer.status_code == 303
    page = browser.get(answer.location)
    for said in (
        "到店给人扫一扫",
        "已留货，等您取",
        "肥皂/香皂 × 2",
        "8 分 已占用，取货时扣",
        "村口店",
        "9月14日 08:30",
    ):
        assert said in words(page)
    assert '<svg class="qr"' in page.text
    assert 'aria-label="取货码"' in page.text
    purse = street.purse(street.rich)
    assert (purse.available, purse.held, free(street)) == (12, 8, 18)


def test_the_code_under_the_picture_is_the_one_that_is_scanned(street: Street) -> None:
    placed = street.do(given_order, street.village, street.rich, at=MONDAY)
    page = street.as_(street.rich).get(f"/orders/{placed.id}")
    assert grouped(placed.code) in words(page)


def test_two_clicks_are_one_order(street: Street) -> None:
    browser, key = street.as_(street.rich), a_key()
    first, second = (order(street, browser, request_key=key) for _click in range(2))
    assert first.location == second.location
    assert (street.purse(street.rich).held, free(street)) == (4, 19)


@pytest.mark.parametrize("quantity", [*NO_AMOUNTS, "", "0", "100", "１"])
def test_a_number_that_is_none_is_told_beside_it_and_stays(street: Street, quantity: str) -> None:
    answer = order(street, street.as_(street.rich), quantity=quantity)
    assert answer.status_code == 422
    assert 'id="f-quantity-err"' in answer.text
    assert 'href="#f-quantity"' in answer.text
    assert value_of(answer, "quantity") == [quantity]
    assert (street.purse(street.rich).held, free(street)) == (0, 20)


def test_a_bad_number_is_told_in_english_to_who_reads_english(street: Street) -> None:
    browser = street.as_(street.rich)
    browser.set_cookie("lang", "en")
    answer = order(street, browser, quantity="1.5")
    assert "whole number" in words(answer)
    assert not re.search(
        r"[\u4e00-\u9fff]", words(answer).replace("村口店", "").replace("村委会旁", "").replace("每天", "")
    )


def test_points_that_do_not_reach_are_told_with_both_figures(street: Street) -> None:
    answer = order(street, street.as_(street.rich), "I06", quantity="3")
    assert answer.status_code == 409
    assert "积分不够：要 24 分，现在能用 20 分。" in words(answer)
    assert value_of(answer, "quantity") == ["3"]
    assert (street.purse(street.rich).held, free(street, "I06")) == (0, 20)


def test_goods_that_went_meanwhile_are_told_by_name(street: Street) -> None:
    shelf(street, "I01", 3)
    answer = order(street, street.as_(street.rich), quantity="4")
    assert answer.status_code == 409
    assert "肥皂/香皂没有货了，请少要几件或换一样" in words(answer)
    assert value_of(answer, "quantity") == ["4"]
    shelf(street, "I01", 0)
    gone = order(street, street.as_(street.rich))
    assert (gone.status_code, street.purse(street.rich).held) == (409, 0)
    assert "没货了。进了货就能留。" in words(gone)


def test_a_limit_is_told_with_what_is_left_of_it(street: Street) -> None:
    street.do(given_order, street.village, street.spouse, quantity=3, at=MONDAY)
    answer = order(street, street.as_(street.rich), quantity="3")
    assert answer.status_code == 409
    assert "肥皂/香皂有限量，现在还能留 2 件" in words(answer)
    assert value_of(answer, "quantity") == ["3"]


@pytest.mark.parametrize(
    "typed", [{"item_id": "x"}, {"item_id": NOWHERE}, {"shop_id": NOWHERE}, {"item_id": ""}]
)
def test_what_does_not_exist_is_not_found(street: Street, typed: dict[str, str]) -> None:
    assert order(street, street.as_(street.rich), **typed).status_code == 404


def test_another_villages_goods_cannot_be_ordered(street: Street) -> None:
    theirs = {"item_id": str(street.other.items["I01"]), "shop_id": str(street.other.shop_id)}
    assert order(street, street.as_(street.rich), **theirs).status_code == 404
    mixed = {"shop_id": str(street.other.shop_id)}
    assert order(street, street.as_(street.rich), **mixed).status_code == 404


def test_a_cancelled_order_gives_points_and_goods_back(street: Street) -> None:
    placed = street.do(given_order, street.village, street.rich, quantity=2, at=MONDAY)
    browser = street.as_(street.spouse)
    for _click in range(2):
        answer = browser.post(f"/orders/{placed.id}/cancel")
        assert (answer.status_code, answer.location) == (303, f"/orders/{placed.id}")
    assert "已经取消，积分回到您的账上" in flashed(browser)
    purse = street.purse(street.rich)
    assert (purse.available, purse.held, free(street)) == (20, 0, 20)
    page = browser.get(f"/orders/{placed.id}")
    assert "已取消" in words(page)
    assert '<svg class="qr"' not in page.text
    assert "/cancel" not in page.text


def test_a_collected_order_is_not_cancelled_any_more(street: Street) -> None:
    placed = street.do(given_order, street.village, street.rich, at=MONDAY)
    street.staff("shop_staff").post("/counter/redeem", data={"code": placed.code, "nonce": a_key()})
    browser = street.as_(street.rich)
    browser.post(f"/orders/{placed.id}/cancel")
    assert "已经取走了，不能再取消" in flashed(browser)
    page = words(browser.get(f"/orders/{placed.id}"))
    assert "已取走" in page
    assert street.village.one("shop_staff").name in page
    assert street.purse(street.rich).available == 16


def test_an_order_nobody_came_for_says_so_without_any_job(street: Street, clock_at) -> None:
    placed = street.do(given_order, street.village, street.rich, at=MONDAY)
    clock_at(MONDAY + timedelta(days=7))
    browser = street.as_(street.rich)
    assert "没来取，已退分" in words(browser.get("/orders"))
    page = browser.get(f"/orders/{placed.id}")
    assert "到期没有取，积分已经退回您的账上。还想要" in words(page)
    assert '<svg class="qr"' not in page.text
    browser.post(f"/orders/{placed.id}/cancel")
    assert "这张单已经到期" in flashed(browser)
    assert street.purse(street.rich, MONDAY + timedelta(days=7)).available == 20


def test_an_order_is_its_households_business(street: Street) -> None:
    placed = street.do(given_order, street.village, street.rich, at=MONDAY)
    path = f"/orders/{placed.id}"
    assert street.as_(street.spouse).get(path).status_code == 200
    for browser in (street.as_(street.neighbour), street.staff("shop_staff"), street.far_away()):
        assert browser.get(path).status_code == 404
        assert browser.post(f"{path}/cancel").status_code == 404
    assert street.purse(street.rich).held == 4
    assert placed.code not in street.as_(street.neighbour).get("/orders").text


def test_the_scanned_address_leads_each_to_the_own_page(street: Street) -> None:
    placed = street.do(given_order, street.village, street.rich, at=MONDAY)
    path = f"/Q/{placed.code}"
    assert street.as_(street.spouse).get(path).location == f"/orders/{placed.id}"
    assert street.staff("shop_staff").get(path).location == f"/counter?code={placed.code}"
    for browser in (street.stranger(), street.as_(street.neighbour), street.far_away()):
        answer = browser.get(path)
        assert (answer.status_code, "这是一张取货码" in words(answer)) == (200, True)
        assert street.rich.name not in words(answer)
    assert street.stranger().get(f"/Q/{placed.code[:-1]}").status_code == 404


def test_the_list_of_orders_goes_on_by_key(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.orders.PAGE", 2)
    placed = [
        f"/orders/{street.do(given_order, street.village, street.rich, at=MONDAY).id}" for _each in range(5)
    ]
    browser, path, seen = street.as_(street.rich), "/orders", []
    for rows in (2, 2, 1):
        page = browser.get(path)
        found = links(page, "/orders/")
        assert len(found) == rows
        seen += found
        path = next(iter(links(page, "before=")), "")
    assert (path, seen) == ("", placed[::-1])


def test_an_order_of_several_things_names_them_all(street: Street) -> None:
    placed = given_two_things(street)
    browser = street.as_(street.rich)
    assert "肥皂/香皂 等 2 样" in words(browser.get("/orders"))
    page = words(browser.get(f"/orders/{placed}"))
    assert "肥皂/香皂 × 1" in page
    assert "食盐 × 2" in page


def given_two_things(street: Street) -> UUID:
    """An order as the app for phones can place it."""
    village = street.village
    lines = (Wanted(village.items["I01"], 1), Wanted(village.items["I09"], 2))
    command = PlaceOrder(village.community_id, street.rich.id, a_key(), village.shop_id, lines)
    return street.do(transact, place_order, command).id


def test_a_quantity_survives_a_sign_out(street: Street) -> None:
    page = f"/shop/items/{street.village.items['I01']}"
    browser = street.stranger()
    form = {
        "item_id": str(street.village.items["I01"]),
        "shop_id": str(street.village.shop_id),
        "quantity": "3",
    }
    away = browser.post("/orders", data=form, headers={"Referer": f"http://localhost{page}"})
    assert away.location.startswith("/sign-in?next=/shop/items/")
    browser.post("/sign-in", data={"phone": "13900010010", "password": "lantian-2026"})
    assert value_of(browser.get(page), "quantity") == ["3"]
