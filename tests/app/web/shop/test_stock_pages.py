"""The shelf: what came in, what was counted and why it differs, and the register of it all."""

from __future__ import annotations

import re

import pytest

from app.transaction import transact
from shop.catalogue.operations import OpenShop, open_shop
from shop.queries import moves_at
from tests.app.web.resident.street import NO_AMOUNTS, Street, flashed, links, value_of, words
from tests.app.web.shop.test_orders import free
from tests.builders import MONDAY, a_key, given_order


def page_of(street: Street, code: str = "I01") -> str:
    """Where an item is taken in and counted."""
    return f"/stock/items/{street.village.items[code]}"


def moves(street: Street) -> list[tuple[str, int, str]]:
    """What the register says of this morning, newest first."""
    found = street.ask(moves_at, street.village.community_id, street.village.shop_id, limit=100)
    return [(move.move, move.quantity, move.note) for move in found if move.moved_at >= MONDAY]


def test_the_shelf_shows_what_stands_there_and_what_of_it_is_set_aside(street: Street) -> None:
    street.do(given_order, street.village, street.rich, quantity=3, at=MONDAY)
    page = street.staff("shop_staff").get("/stock")
    assert "肥皂/香皂 货架上 20 件，其中已留 3 件 还剩 17" in words(page)
    assert any(url.startswith(page_of(street)) for url in links(page, "/stock/items/"))


def test_the_register_goes_on_page_by_page(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.stock.MOVES", 2)
    browser, url, seen = street.staff("shop_staff"), "/stock/register", []
    for why in ("第11次", "第12次", "第13次", "第14次", "第15次"):
        browser.post(f"{page_of(street)}/count", data={"counted": "20", "why": why})
    while url:
        page = browser.get(url).text
        seen += re.findall(r"第(1[1-5])次", page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        url = following[1].replace("&amp;", "&") if following else ""
    assert seen == ["15", "14", "13", "12", "11"]
    assert browser.get("/stock/register?before=nonsense").status_code == 422


def test_a_count_writes_the_difference_with_its_reason(street: Street) -> None:
    browser = street.staff("shop_staff")
    typed = {"counted": "18", "why": "破损两件", "request_key": a_key()}
    for _click in range(2):
        assert browser.post(f"{page_of(street)}/count", data=typed).status_code == 303
    assert "相差 -2 件" in flashed(browser)
    assert (free(street), moves(street)) == (18, [("counted", -2, "破损两件")])
    assert "盘点差数 -2" in words(browser.get("/stock/register"))


def test_pieces_that_are_no_longer_good_leave_the_shelf_with_a_reason(street: Street) -> None:
    browser = street.staff("shop_staff")
    typed = {"move": "expired", "lost": "2", "lost_why": "过期两天了", "request_key": a_key()}
    for _click in range(2):
        assert browser.post(f"{page_of(street)}/write-off", data=typed).status_code == 303
    assert (free(street), moves(street)) == (18, [("expired", -2, "过期两天了")])
    refused = browser.post(f"{page_of(street)}/write-off", data=typed | {"lost": "21", "lost_why": ""})
    assert (refused.status_code, value_of(refused, "lost")) == (422, ["21"])
    browser.post(f"{page_of(street)}/write-off", data=typed | {"lost": "5", "request_key": a_key()})
    assert free(street) == 18
    waiting = street.staff("supervisor").get("/stock/waiting")
    assert "肥皂/香皂 5 件 · 过期" in words(waiting)
    sign = re.search(r'action="(/stock/write-offs/[^"]+)"', waiting.text)[1]
    assert browser.post(sign, data={"agrees": "true"}).status_code == 403
    assert street.far_away("steward").post(sign, data={"agrees": "true"}).status_code == 404
    assert street.staff("supervisor").post(sign, data={"agrees": "true"}).status_code == 303
    assert free(street) == 13
    register = words(browser.get("/stock/register"))
    both = f"{street.village.one('shop_staff').name}、{street.village.one('supervisor').name}"
    assert f"过期 -5 今天 08:30 {both}" in register


def test_a_count_that_agrees_is_written_down_as_well(street: Street) -> None:
    browser = street.staff("shop_staff")
    browser.post(f"{page_of(street)}/count", data={"counted": "20", "why": "月底盘点"})
    assert "一件不差" in flashed(browser)
    assert moves(street) == [("counted", 0, "月底盘点")]


@pytest.mark.parametrize("why", ["", "  ", "无"])
def test_a_count_needs_a_reason_and_the_number_stays(street: Street, why: str) -> None:
    answer = street.staff("shop_staff").post(f"{page_of(street)}/count", data={"counted": "18", "why": why})
    assert answer.status_code == 422
    assert 'id="f-why-err"' in answer.text
    assert (value_of(answer, "counted"), value_of(answer, "why")) == (["18"], [why])
    assert '<details class="more" open' in answer.text
    assert (free(street), moves(street)) == (20, [])


@pytest.mark.parametrize("counted", [*NO_AMOUNTS, "", "100001"])
def test_a_count_that_is_no_number_is_told_and_the_reason_stays(street: Street, counted: str) -> None:
    typed = {"counted": counted, "why": "破损一件", "request_key": a_key()}
    answer = street.staff("shop_staff").post(f"{page_of(street)}/count", data=typed)
    assert answer.status_code == 422
    assert 'id="f-counted-err"' in answer.text
    assert (value_of(answer, "counted"), value_of(answer, "why")) == ([counted], ["破损一件"])
    assert typed["request_key"] in value_of(answer, "request_key")
    assert moves(street) == []


def test_fewer_than_are_set_aside_cannot_be_counted(street: Street) -> None:
    street.do(given_order, street.village, street.rich, quantity=3, at=MONDAY)
    answer = street.staff("shop_staff").post(f"{page_of(street)}/count", data={"counted": "2", "why": "少了"})
    assert answer.status_code == 409
    assert "有 3 件已经给人留了" in words(answer)
    assert 'id="f-counted-err"' in answer.text
    assert value_of(answer, "counted") == ["2"]


def test_a_note_of_a_novel_is_refused_beside_it(street: Street) -> None:
    browser, novel = street.staff("shop_staff"), "进" * 201
    answer = browser.post(f"{page_of(street)}/count", data={"counted": "19", "why": novel})
    assert (answer.status_code, value_of(answer, "why")) == (422, [novel])
    assert 'id="f-why-err"' in answer.text


def test_what_was_typed_at_the_shelf_survives_a_sign_out(street: Street) -> None:
    browser, page = street.stranger(), page_of(street)
    typed = {"counted": "18", "why": "破损两件"}
    browser.post(f"{page}/count", data=typed, headers={"Referer": f"http://localhost{page}"})
    browser.post("/sign-in", data={"phone": "13900010006", "password": "lantian-2026"})
    again = browser.get(page)
    assert (value_of(again, "counted"), value_of(again, "why")) == (["18"], ["破损两件"])


def test_staff_see_their_own_shelf_and_stewards_each(street: Street) -> None:
    second = street.do(transact, open_shop, OpenShop(street.village.community_id, None, "东头店"))
    staff, steward = street.staff("shop_staff"), street.staff("steward")
    for path in ("/stock", "/stock/register", page_of(street)):
        assert staff.get(f"{path}?shop={second}").status_code == 404
        assert steward.get(f"{path}?shop={second}").status_code == 200
        assert steward.get(f"{path}?shop={street.other.shop_id}").status_code == 404
    typed = {"shop": str(second), "counted": "2", "why": "上次漏记"}
    assert staff.post(f"{page_of(street)}/count", data=typed).status_code == 404
    assert steward.post(f"{page_of(street)}/count", data=typed).status_code == 303
    assert free(street) == 20


def test_another_villages_goods_are_not_on_this_shelf(street: Street) -> None:
    theirs = f"/stock/items/{street.other.items['I01']}"
    browser = street.staff("shop_staff")
    assert browser.get(theirs).status_code == 404
    assert browser.post(f"{theirs}/count", data={"counted": "20", "why": "数一数"}).status_code == 404
    assert street.far_away("shop_staff").get(page_of(street)).status_code == 404


def test_residents_neither_see_nor_change_the_shelf(street: Street) -> None:
    browser = street.as_(street.rich)
    assert browser.get(page_of(street)).status_code == 403
    for change in ("write-off", "count", "offer"):
        typed = {"quantity": "5", "counted": "5", "why": "没有", "is_offered": "no"}
        assert browser.post(f"{page_of(street)}/{change}", data=typed).status_code == 403
    assert moves(street) == []


def test_only_who_keeps_the_catalogue_takes_an_item_off_it(street: Street) -> None:
    assert (
        street.staff("shop_staff").post(f"{page_of(street)}/offer", data={"is_offered": "no"}).status_code
        == 403
    )
    steward, without = street.staff("steward"), {"is_offered": "no"}
    refused = steward.post(f"{page_of(street)}/offer", data=without)
    assert (refused.status_code, 'id="f-reason-err"' in refused.text) == (422, True)
    assert steward.post(f"{page_of(street)}/offer", data=without | {"reason": "卖完了"}).status_code == 303
    assert "肥皂/香皂" not in words(street.as_(street.rich).get("/shop"))
    assert "没上架" in words(steward.get("/stock"))
    steward.post(f"{page_of(street)}/offer", data={"is_offered": "yes", "reason": "又进货了"})
    assert "肥皂/香皂" in words(street.as_(street.rich).get("/shop"))


def test_a_service_has_places_which_the_steward_sets_and_no_delivery(street: Street) -> None:
    steward, staff, path = street.staff("steward"), street.staff("shop_staff"), page_of(street, "I21")
    for who, may in ((steward, True), (staff, False)):
        page = who.get(path).text
        assert ('name="places"' in page, 'name="counted"' in page, 'name="lost"' in page) == (
            may,
            False,
            False,
        )
    typed = {"places": "31", "places_why": "理发店答应再做几次", "request_key": a_key()}
    assert staff.post(f"{path}/places", data=typed).status_code == 403
    assert steward.post(f"{path}/places", data=typed | {"places_why": ""}).status_code == 422
    assert steward.post(f"{path}/places", data=typed).status_code == 303
    assert "名额 31 个" in words(steward.get(path))
    assert "改名额" in words(steward.get("/stock/register"))
    told = words(street.stranger().get("/c/yitian/changes?kind=shop"))
    assert "服务、票和抵扣的名额改了：I21 理发一次: " in told
    slip = steward.get("/stock/deliveries/new").text
    assert ("肥皂/香皂" in slip, "理发一次" in slip) == (True, False)
