"""The points supermarket as a household sees it: what is there, what it costs, and what can be afforded."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from app.transaction import transact
from shop.catalogue.operations import OfferItem, OpenShop, offer_item, open_shop
from tests.app.web.resident.street import Street, links, words
from tests.builders import MONDAY, given_counted, given_order, given_points


def tile(page: TestResponse, name: str) -> str:
    """What the tile of one item says."""
    (found,) = (
        part for part in re.findall(r'(?s)<li class="good.*?</li>', page.text) if f"<h2>{name}<" in part
    )
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def shelf(street: Street, code: str, pieces: int) -> None:
    """Somebody counted so many pieces."""
    village = street.village
    signers = village.one("shop_staff").id, village.one("steward").id
    street.do(given_counted, village.community_id, village.shop_id, signers, {village.items[code]: pieces})


def test_each_thing_shows_price_stock_limit_and_whether_it_can_be_had(street: Street) -> None:
    page = street.as_(street.rich).get("/shop")
    assert "能用 20 分" in words(page)
    assert tile(page, "肥皂/香皂") == "肥皂/香皂 每户每月最多 5 件 4 分 还剩 20 留一件"
    assert tile(page, "洗衣液") == "洗衣液 每户每月最多 2 件 20 分 还剩 20 留一件"
    assert tile(page, "雨伞").endswith("留一件")
    assert tile(page, "大米5kg").endswith("还差 10 分")
    assert links(page, str(street.village.items["I11"])) == []


def test_who_has_nothing_sees_everything_and_what_is_missing(street: Street) -> None:
    page = street.as_(street.poor).get("/shop")
    assert "能用 0 分" in words(page)
    assert tile(page, "食盐").endswith("还差 3 分")
    assert links(page, "/shop/items/") == []


def test_what_is_out_stands_last_and_cannot_be_ordered(street: Street) -> None:
    shelf(street, "I01", 0)
    shelf(street, "I02", 2)
    page = street.as_(street.rich).get("/shop")
    assert tile(page, "肥皂/香皂").endswith("今天没货 等进货")
    assert "只剩 2" in tile(page, "牙刷")
    assert words(page).index("肥皂/香皂") > words(page).index("停车/活动室优先")


def test_goods_others_have_set_aside_are_not_there(street: Street, clock_at) -> None:
    shelf(street, "I01", 3)
    street.do(given_order, street.village, street.neighbour, quantity=2, at=MONDAY)
    browser = street.as_(street.rich)
    assert "只剩 1" in tile(browser.get("/shop"), "肥皂/香皂")
    clock_at(MONDAY + timedelta(days=7))
    assert "只剩 3" in tile(browser.get("/shop"), "肥皂/香皂")


def test_goods_and_services_have_their_own_lists(street: Street) -> None:
    browser = street.as_(street.rich)
    goods, services = words(browser.get("/shop?kind=goods")), words(browser.get("/shop?kind=service"))
    assert "食盐" in goods
    assert "理发一次" not in goods
    assert "理发一次" in services
    assert "食盐" not in services


def test_an_item_says_how_many_may_be_had_and_why_not_more(street: Street) -> None:
    browser, items = street.as_(street.rich), street.village.items
    soap = browser.get(f"/shop/items/{items['I01']}")
    assert "最多 5 件" in words(soap)
    assert 'max="5"' in soap.text
    assert 'max="4"' in browser.get(f"/shop/items/{items['I02']}").text  # 20 points, 5 each
    shelf(street, "I09", 2)
    assert 'max="2"' in browser.get(f"/shop/items/{items['I09']}").text
    rice = browser.get(f"/shop/items/{items['I11']}")
    assert "还差 10 分" in words(rice)
    assert 'name="quantity"' not in rice.text


def test_an_item_counts_what_the_household_has_had_this_month(street: Street) -> None:
    street.do(given_points, street.village, street.rich, at=MONDAY - timedelta(days=7))
    street.do(given_order, street.village, street.rich, quantity=3, at=MONDAY)
    browser, path = street.as_(street.spouse), f"/shop/items/{street.village.items['I01']}"
    assert 'max="2"' in browser.get(path).text
    street.do(given_order, street.village, street.rich, quantity=2, at=MONDAY)
    page = browser.get(path)
    assert 'name="quantity"' not in page.text
    assert "现在还能留 0 件" in words(page)


def test_goods_of_elsewhere_or_off_the_shelf_are_not_found(street: Street) -> None:
    village, browser = street.village, street.as_(street.rich)
    item_id = village.items["I01"]
    assert street.far_away().get(f"/shop/items/{item_id}").status_code == 404
    for shop in (street.other.shop_id, "x"):
        assert browser.get(f"/shop?shop={shop}").status_code == 404
        assert browser.get(f"/shop/items/{item_id}?shop={shop}").status_code == 404
    street.do(transact, offer_item, OfferItem(village.community_id, None, item_id, False, "试一试"))
    assert browser.get(f"/shop/items/{item_id}").status_code == 404
    assert "肥皂/香皂" not in words(browser.get("/shop"))


def test_a_second_shop_has_its_own_shelf(street: Street) -> None:
    second = street.do(transact, open_shop, OpenShop(street.village.community_id, None, "东头店"))
    browser = street.as_(street.rich)
    assert f"/shop?shop={second}" in links(browser.get("/shop"), "?shop=")
    assert "这里暂时没有东西" in words(browser.get(f"/shop?shop={second}"))


@pytest.mark.parametrize("path", ["/shop", "/orders"])
def test_the_shop_asks_for_a_sign_in(street: Street, path: str) -> None:
    assert street.stranger().get(path).location == f"/sign-in?next={path}"


def test_the_shop_is_english_for_who_reads_english(street: Street) -> None:
    browser = street.as_(street.rich)
    browser.set_cookie("lang", "en")
    page = words(browser.get("/shop"))
    assert "soap bar" in page
    assert "肥皂" not in page
