"""The basket, an order that changes its shop, and what the staff and the household read of both; slips and shares."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.transaction import transact
from shop.catalogue.operations import ImportCatalogue, OpenShop, import_catalogue, open_shop
from shop.orders.models import Order
from shop.stock.deliveries import LineIn
from tests.app.web.resident.street import NO_AMOUNTS, Street, flashed, links, value_of, words
from tests.app.web.shop.test_catalogue import shelf
from tests.app.web.shop.test_counter import another_shop, hand_over
from tests.builders import MONDAY, a_key, given_delivery, given_order
from tests.shop.till import an_item


def put_in(street: Street, browser: FlaskClient, code: str, quantity: object = "1") -> TestResponse:
    """The other button of an item's page."""
    form = {"item_id": str(street.village.items[code]), "shop_id": str(street.village.shop_id)}
    return browser.post("/basket/items", data=form | {"quantity": quantity, "request_key": a_key()})


def sent(page: TestResponse, path: str, **typed: object) -> dict[str, object]:
    """The form of the basket as a browser sends it: every field once, the ids of the items one after the other."""
    names = dict.fromkeys(re.findall(r'name="([a-z_]+[^"]*)"', page.text.partition('id="basket"')[2]))
    form = {name: value_of(page, name) for name in names if value_of(page, name)}
    form["item_id"] = value_of(page, "item_id")
    form["shop_id"] = value_of(page, "shop_id")[:1]
    return {"path": path, "data": form | typed}


def quantity_of(street: Street, code: str) -> str:
    return f"quantity-{street.village.items[code]}"


def given_two_in_the_basket(street: Street) -> tuple[FlaskClient, TestResponse]:
    """Two soaps and a bag of salt, and the page that shows them."""
    browser = street.as_(street.rich)
    for code, quantity in (("I01", "1"), ("I09", "1"), ("I01", "2")):
        answer = put_in(street, browser, code, quantity)
        assert answer.location == f"/basket?shop={street.village.shop_id}"
    return browser, browser.get(answer.location)


def cheaper(street: Street, code: str, points: int) -> None:
    """The steward's sheet names another price."""
    line = an_item(code, points, name_zh="肥皂/香皂")
    street.do(transact, import_catalogue, ImportCatalogue(street.village.community_id, None, (line,)))


def given_mill(street: Street, *codes: str) -> UUID:
    """A second shop with some things."""
    village = street.village
    mill = street.do(transact, open_shop, OpenShop(village.community_id, None, "东头店"))
    signers = village.one("steward").id, village.one("supervisor").id
    goods = [LineIn(village.items[code], 5) for code in codes]
    if goods:
        street.do(given_delivery, village.community_id, mill, signers, *goods)
    return mill


def test_several_things_are_ordered_together_and_the_basket_is_empty(street: Street) -> None:
    browser, page = given_two_in_the_basket(street)
    assert "肥皂/香皂 8 分" in words(page)
    assert "一共 11 分" in words(page)
    assert street.purse(street.rich).held == 0
    order = sent(page, "/basket/order")
    answers = [browser.post(**order) for _click in range(2)]
    assert answers[0].status_code == 303
    assert answers[0].location == answers[1].location
    assert "肥皂/香皂 × 2 食盐 × 1" in words(browser.get(answers[0].location))
    assert (street.purse(street.rich).held, "篮子是空的" in words(browser.get("/basket"))) == (11, True)
    late = browser.post(**sent(page, "/basket/order", request_key=a_key(), item_id=[]))
    assert (late.status_code, "还没有选东西" in words(late)) == (422, True)


def test_quantities_change_and_things_are_taken_out(street: Street) -> None:
    browser, page = given_two_in_the_basket(street)
    browser.post(**sent(page, "/basket", **{quantity_of(street, "I01"): "1"}))
    page = browser.get("/basket")
    assert "一共 7 分" in words(page)
    out = {"shop_id": str(street.village.shop_id), "item_id": str(street.village.items["I09"])}
    assert [browser.post("/basket/out", data=out).status_code for _click in range(2)] == [303, 303]
    assert "食盐" not in words(browser.get("/basket"))
    assert browser.post("/basket/out", data=out | {"item_id": "x"}).status_code == 404
    assert "篮子是空的" in words(street.as_(street.spouse).get("/basket"))


@pytest.mark.parametrize("quantity", [*NO_AMOUNTS, "", "0", "100", "1000000000", "１"])
def test_what_is_no_number_is_told_beside_its_thing_and_nothing_typed_is_lost(
    street: Street, quantity: str
) -> None:
    browser, page = given_two_in_the_basket(street)
    salt, soap = quantity_of(street, "I09"), quantity_of(street, "I01")
    for path in ("/basket", "/basket/order"):
        answer = browser.post(**sent(page, path, **{salt: quantity, soap: "4"}))
        assert answer.status_code == 422
        assert (f'id="f-{salt}-err"' in answer.text, f'id="f-{soap}-err"' in answer.text) == (True, False)
        assert (value_of(answer, salt), value_of(answer, soap)) == ([quantity], ["4"])
    assert put_in(street, browser, "I01", quantity).status_code == 422
    assert street.purse(street.rich).held == 0


def test_a_price_that_changed_is_shown_and_asked_again(street: Street) -> None:
    browser, page = given_two_in_the_basket(street)
    cheaper(street, "I01", 5)
    soap = quantity_of(street, "I01")
    answer = browser.post(**sent(page, "/basket/order", **{soap: "3"}))
    assert answer.status_code == 409
    assert "肥皂/香皂的分值变了：您看到的是 4 分，现在是 5 分。还没有下单" in words(answer)
    assert "放进来时每件 4 分，现在每件 5 分" in words(answer)
    assert (value_of(answer, soap), street.purse(street.rich).held) == (["3"], 0)
    done = browser.post(**sent(answer, "/basket/order"))
    assert (done.status_code, street.purse(street.rich).held) == (303, 18)


def test_the_page_of_one_thing_asks_again_as_well(street: Street) -> None:
    browser, item = street.as_(street.rich), street.village.items["I01"]
    page = browser.get(f"/shop/items/{item}")
    form = {name: value_of(page, name)[0] for name in ("item_id", "shop_id", "quantity", "points_each")}
    cheaper(street, "I01", 5)
    answer = browser.post("/orders", data=form)
    assert (answer.status_code, value_of(answer, "points_each"), street.purse(street.rich).held) == (
        409,
        ["5"],
        0,
    )
    assert browser.post("/orders", data=form | {"points_each": "5"}).status_code == 303


def test_what_went_meanwhile_is_said_beside_it(street: Street) -> None:
    browser, page = given_two_in_the_basket(street)
    shelf(street, "I01", 1)
    answer = browser.post(**sent(page, "/basket/order"))
    assert (answer.status_code, "肥皂/香皂没有货了" in words(answer), "现在只有 1 件" in words(answer)) == (
        409,
        True,
        True,
    )
    assert "食盐" in words(browser.get("/basket"))


def test_an_order_moves_to_a_shop_that_has_everything(street: Street) -> None:
    placed = street.do(given_order, street.village, street.rich, at=MONDAY)
    path, browser = f"/orders/{placed.id}", street.as_(street.spouse)
    assert "换一个店取" not in words(browser.get(path))
    mill = given_mill(street, "I01")
    assert "换一个店取" in words(browser.get(path))
    assert street.as_(street.neighbour).post(f"{path}/move", data={"shop_id": mill}).status_code == 404
    assert browser.post(f"{path}/move", data={"shop_id": "x"}).status_code == 404
    assert browser.post(f"{path}/move", data={"shop_id": mill}).location == path
    page = words(browser.get(path))
    assert "换好了" in flashed(browser) or "到哪里取 东头店" in page
    assert "9月14日 08:30" in page
    back = browser.post(f"{path}/move", data={"shop_id": given_mill_without(street)})
    assert (back.status_code, "没有货了" in flashed(browser)) == (303, True)


def given_mill_without(street: Street) -> UUID:
    """A third shop with nothing on its shelves."""
    return street.do(transact, open_shop, OpenShop(street.village.community_id, None, "西头店"))


def test_the_staff_pack_and_the_household_reads_it(street: Street) -> None:
    placed = street.do(given_order, street.village, street.rich, quantity=2, at=MONDAY)
    street.do(given_order, street.village, street.neighbour, at=MONDAY)
    staff, browser = street.staff("shop_staff"), street.as_(street.rich)
    paper = words(staff.get("/counter/prepare"))
    assert "肥皂/香皂 3 块 2" in paper
    assert "010 户" in paper
    assert staff.post(f"/counter/orders/{placed.id}/packed").location == "/counter/orders"
    assert "已备好 没备好，改回来" in words(staff.get("/counter/orders"))
    assert "肥皂/香皂 1 块 1" in words(staff.get("/counter/prepare"))
    assert "已备好，等您取" in words(browser.get(f"/orders/{placed.id}"))
    assert "已备好，等您取" in words(browser.get("/orders"))
    mill = given_mill(street, "I01")
    browser.post(f"/orders/{placed.id}/move", data={"shop_id": mill})
    assert "备好以后换到别的店的" in words(staff.get("/counter/orders"))
    assert staff.post(f"/counter/orders/{placed.id}/unpacked").status_code == 404
    assert browser.post(f"/counter/orders/{placed.id}/packed").status_code == 403


def test_nobody_came(street: Street, clock_at) -> None:
    orders = [street.do(given_order, street.village, street.rich, at=MONDAY) for _each in range(2)]
    browser, staff = street.as_(street.rich), street.staff("shop_staff")
    assert "只剩最后一天" not in words(browser.get("/home"))
    clock_at(MONDAY + timedelta(days=6, hours=1))
    assert "只剩最后一天" in words(browser.get("/home"))
    assert "只剩最后一天" in words(browser.get("/orders"))
    assert "请在这以前来取" in words(browser.get(f"/orders/{orders[0].id}"))
    clock_at(MONDAY + timedelta(days=7))
    missed = words(staff.get("/counter/orders"))
    assert "没来取的" in missed
    assert missed.count("90 天里 2 次") == 2
    assert staff.post(f"/counter/orders/{orders[0].id}/packed").status_code == 303
    page = words(browser.get(f"/orders/{orders[0].id}"))
    assert "没来取，已退分" in page
    assert "90 天" not in page
    again = browser.post(f"/orders/{orders[0].id}/again")
    assert again.location == f"/basket?shop={street.village.shop_id}"
    assert "肥皂/香皂 4 分" in words(browser.get(again.location))
    assert street.as_(street.neighbour).post(f"/orders/{orders[0].id}/again").status_code == 404


def test_a_slip_tells_what_was_handed_over_without_a_name(street: Street) -> None:
    placed = street.do(given_order, street.village, street.rich, quantity=2, at=MONDAY)
    browser, staff = street.as_(street.spouse), street.staff("shop_staff")
    assert browser.get(f"/orders/{placed.id}/slip").status_code == 404
    done = hand_over(staff, placed.code)
    (at_counter,) = links(done, "/counter/slips/")
    assert at_counter in links(staff.get("/counter/log"), "/counter/slips/")
    for page in (staff.get(at_counter), browser.get(f"/orders/{placed.id}/slip")):
        said = words(page)
        for part in ("村口店", "010 户", "肥皂/香皂 × 2", "8 分", "还能用 12 分", "15 分钟内请柜台撤销"):
            assert part in said
        assert re.search(r"单号 [0-9A-F]{4}-[0-9A-F]{4}", said)
        assert street.rich.name not in said
        assert 'class="sheet receipt' in page.text
    assert another_shop(street).get(at_counter).status_code == 404
    assert street.as_(street.neighbour).get(f"/orders/{placed.id}/slip").status_code == 404
    staff.post("/counter/annul", data={"nonce": at_counter.rpartition("/")[2]})
    assert "已撤销：" in words(browser.get(f"/orders/{placed.id}/slip"))


def test_a_household_sees_who_brought_what_in_and_for_whom_it_went(street: Street, clock_at) -> None:
    placed = street.do(given_order, street.village, street.spouse, quantity=2, at=MONDAY)
    staff = street.staff("shop_staff")
    hand_over(staff, placed.code)
    said = words(street.as_(street.rich).get("/points/household"))
    assert f"{street.rich.name} 20 0" in said
    assert f"{street.spouse.name} 0 8" in said
    assert street.neighbour.name not in said
    assert "全家一起攒的积分" in words(street.as_(street.spouse).get("/orders"))
    clock_at(MONDAY + timedelta(days=200))
    assert "今年还没有到账的积分" in words(street.as_(street.rich).get("/points/household"))


def test_what_was_bought_at_the_till_reads_so_and_has_no_code(street: Street) -> None:
    placed = street.do(given_order, street.village, street.rich, at=MONDAY)
    hand_over(street.staff("shop_staff"), placed.code)

    def at_the_till(session: Session) -> None:
        here = (Order.community_id == street.village.community_id, Order.id == placed.id)
        session.execute(sa.update(Order).where(*here).values(way="counter", token=None))
        session.commit()

    street.ask(at_the_till)
    browser = street.as_(street.rich)
    assert "在柜台换的" in words(browser.get("/orders"))
    page = browser.get(f"/orders/{placed.id}")
    assert "在哪里换的 村口店，在柜台换的" in words(page)
    assert '<svg class="qr"' not in page.text
    assert browser.get(f"/orders/{placed.id}/slip").status_code == 200
    assert browser.post(f"/orders/{placed.id}/again").status_code == 303
    assert browser.post(f"/orders/{placed.id}/cancel").status_code == 303
