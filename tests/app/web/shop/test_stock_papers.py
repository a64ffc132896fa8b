"""Slips, counts and books through a browser without scripts: one enters, another signs, everybody may read the thanks."""

from __future__ import annotations

import re
from datetime import date

from app.transaction import transact
from shop.catalogue.operations import OpenShop, open_shop
from shop.stock.deliveries import LineIn
from tests.app.web.resident.street import Street, flashed, links, value_of, words
from tests.app.web.shop.test_orders import free
from tests.builders import MONDAY, a_key, given_delivery, given_order


def a_slip(street: Street, **more: str) -> dict[str, str]:
    """What the form sends for five soaps and two toothbrushes."""
    items = street.village.items
    return {
        "source": "bought", "lines": "4", "item_0": str(items["I01"]), "quantity_0": "5", "cost_0": "3.5",
        "best_before_0": "2026-09-15", "item_2": str(items["I02"]), "quantity_2": "2", "cost_2": "",
        "note": "供销社进货", "request_key": a_key(),
    } | more  # fmt: skip


def test_goods_stand_on_the_shelf_when_a_second_person_has_signed(street: Street) -> None:
    staff, steward = street.staff("shop_staff"), street.staff("steward")
    typed = a_slip(street)
    slip = [staff.post("/stock/deliveries", data=typed).headers["Location"] for _click in range(2)]
    assert slip[0] == slip[1]
    page = staff.get(slip[0])
    assert "这张单是您登记的" in words(page)
    assert "点过数了" not in words(page)
    assert (staff.post(f"{slip[0]}/confirm").status_code, free(street)) == (403, 20)
    assert "1 张单等另一个人签字" in words(staff.get("/stock"))
    assert "肥皂/香皂 5 块、牙刷 2 支" in words(street.staff("supervisor").get("/stock/waiting"))
    assert "张单等另一个人签字" in words(steward.get("/desk"))
    short = {"arrived_0": "4", "why_0": ""}
    assert steward.post(f"{slip[0]}/confirm", data=short).status_code == 422
    assert steward.post(f"{slip[0]}/confirm", data=short | {"arrived_0": "1.5"}).status_code == 422
    answer = steward.post(f"{slip[0]}/confirm", data=short | {"why_0": "碎了一块"})
    assert (answer.status_code, free(street)) == (303, 24)
    receipt = words(staff.get(f"{slip[0]}/receipt"))
    assert "肥皂/香皂 4 块 3.50" in receipt
    assert street.village.one("steward").name in receipt
    assert "碎了一块" in words(street.stranger().get(f"/c/{street.village.code}/changes"))
    stock = words(staff.get("/stock"))
    assert "肥皂/香皂 9月15日 到期" in stock
    assert staff.get(f"{slip[0]}/thanks").status_code == 404


def test_a_shop_sends_goods_and_the_other_shop_takes_them_in(street: Street) -> None:
    staff, village = street.staff("shop_staff"), street.village
    second = street.do(transact, open_shop, OpenShop(village.community_id, None, "东头店"))
    refused = staff.post("/stock/deliveries", data=a_slip(street, source="transfer", cost_0=""))
    assert (refused.status_code, "调货要选另一个店" in words(refused)) == (422, True)
    sent = a_slip(street, source="transfer", cost_0="", to_shop_id=str(second))
    slip = staff.post("/stock/deliveries", data=sent).headers["Location"]
    assert (free(street), "村口店 → 东头店" in words(staff.get("/stock/deliveries"))) == (15, True)
    assert staff.get(slip).status_code == 200
    steward = street.staff("steward")
    steward.post(f"{slip}/confirm")
    assert "肥皂/香皂 货架上 5 件" in words(steward.get(f"/stock?shop={second}"))
    assert "调出,,肥皂/香皂,5" in staff.get("/stock/books/out.csv").text


def test_a_slip_with_a_mistake_keeps_what_was_typed_and_grows_when_asked(street: Street) -> None:
    staff = street.staff("shop_staff")
    for wrong in (
        {"quantity_0": "1.5"},
        {"quantity_0": "-1"},
        {"cost_0": "三元"},
        {"best_before_0": "明年"},
        {"item_0": ""},
    ):
        answer = staff.post("/stock/deliveries", data=a_slip(street, **wrong))
        assert (answer.status_code, "第 1 行填得不对" in words(answer)) == (422, True)
        assert "供销社进货" in value_of(answer, "note")
    longer = staff.post("/stock/deliveries", data=a_slip(street, more="1"))
    assert (longer.status_code, value_of(longer, "quantity_0"), value_of(longer, "lines")) == (
        200,
        ["5"],
        ["10"],
    )
    nothing = staff.post("/stock/deliveries", data={"source": "bought", "request_key": a_key()})
    assert "请至少填一样东西和件数" in words(nothing)
    slip = staff.post("/stock/deliveries", data=a_slip(street)).headers["Location"]
    assert street.far_away("steward").get(slip).status_code == 404
    assert street.as_(street.rich).get(slip).status_code == 403
    assert staff.post(f"{slip}/reject", data={"why": "填错了"}).status_code == 303
    assert street.staff("steward").post(f"{slip}/confirm").status_code == 409
    assert free(street) == 20


def test_a_gift_is_thanked_for_in_public_by_name_only_with_consent(street: Street) -> None:
    staff, steward = street.staff("shop_staff"), street.staff("steward")
    for name, kind, may in (("惠民粮油店", "company", "1"), ("张大爷", "person", "")):
        staff.post("/stock/donors", data={"name": name, "kind": kind} | ({"is_public": may} if may else {}))
    again = staff.post("/stock/donors", data={"name": "张大爷", "kind": "person"})
    assert (again.status_code, "已经有叫这个名字" in words(again)) == (409, True)
    form = staff.get("/stock/deliveries/new").text
    for name in ("惠民粮油店", "张大爷"):
        donor = re.search(rf'<option value="([^"]+)">{name}</option>', form)[1]
        typed = a_slip(street, source="donated", donor_id=donor, cost_0="", wish="先给独居老人")
        slip = staff.post("/stock/deliveries", data=typed).headers["Location"]
        steward.post(f"{slip}/confirm")
    letter = words(steward.get(f"{slip}/thanks"))
    assert "张大爷：" in letter
    assert "先给独居老人" in letter
    assert "先给独居老人" in words(staff.get(f"/stock/items/{street.village.items['I01']}"))
    street.do(given_order, street.village, street.rich, quantity=1, at=MONDAY)
    for page in ("/counter/sale", "/counter/prepare"):
        assert "捐赠人的心愿：先给独居老人" in words(staff.get(page))
    public = words(street.stranger().get(f"/c/{street.village.code}/donations"))
    assert "惠民粮油店：肥皂/香皂 5 块" in public
    assert "一位村民：肥皂/香皂 5 块" in public
    assert "张大爷" not in public
    assert "元" not in public
    edit = next(url for url in links(staff.get("/stock/donors"), "donor=") if "张大爷" in staff.get(url).text)
    typed = {"donor_id": edit.rpartition("=")[2], "name": "张大爷", "kind": "person", "is_public": "1"}
    assert staff.post("/stock/donors", data=typed).status_code == 303
    assert "张大爷" in words(street.stranger().get(f"/c/{street.village.code}/donations"))


def test_a_shelf_is_counted_without_seeing_the_book_and_two_sign_for_differences(street: Street) -> None:
    staff, steward = street.staff("shop_staff"), street.staff("steward")
    take = staff.post("/stock/takes").headers["Location"]
    shelf = f"{take}/items/{street.village.items['I01']}"
    blind = staff.get(shelf)
    assert ("账上" in words(blind), value_of(blind, "counted")) == (False, [""])
    since = value_of(blind, "since")[0]
    assert staff.post(shelf, data={"counted": "一", "since": since}).status_code == 422
    assert staff.post(shelf, data={"counted": "14", "since": since}).headers["Location"] == shelf
    assert "数出 14 件，账上 20 件，差 -6" in words(staff.get(shelf))
    assert staff.post(f"{take}/finish").status_code == 422
    following = steward.post(f"{shelf}/why", data={"why": "搬货时摔坏了"}).headers["Location"]
    assert following == f"{take}/items/{street.village.items['I02']}"
    assert steward.post(following, data={"counted": "20"}).status_code == 303
    street.do(given_order, street.village, street.rich, quantity=3, at=MONDAY)
    staff.post(f"{take}/finish")
    assert "有差数" in flashed(staff)
    assert "签字" in words(staff.get(take))
    assert staff.post(f"{take}/sign", data={"agrees": "true"}).status_code == 403
    supervisor = street.staff("supervisor")
    assert take in links(supervisor.get("/stock/waiting"), "/stock/takes/")
    assert supervisor.post(f"{take}/sign", data={"agrees": "true"}).status_code == 303
    assert "货架上 14 件，其中已留 3 件" in words(staff.get("/stock"))
    assert street.far_away("steward").get(take).status_code == 404
    assert street.as_(street.rich).get(take).status_code == 403
    assert words(staff.get("/stock/takes")).count("已结束") == 1


def test_the_books_of_a_month_print_and_go_home_as_tables(street: Street) -> None:
    village = street.village
    signers = village.one("shop_staff").id, village.one("steward").id
    line = LineIn(village.items["I01"], 5, 350, date(2027, 1, 31))
    street.do(given_delivery, village.community_id, village.shop_id, signers, line)
    staff = street.staff("shop_staff")
    staff.post(
        f"/stock/items/{village.items['I01']}/write-off",
        data={"move": "spoiled", "lost": "1", "lost_why": "=1+1"},
    )
    came = words(staff.get("/stock/books/in?month=2026-09"))
    assert "来货登记簿" in came
    assert "肥皂/香皂 5 3.50" in came
    table = staff.get("/stock/books/out.csv?month=2026-09")
    assert table.mimetype == "text/csv"
    assert "损坏,,肥皂/香皂,1" in table.text
    assert "'=1+1" in table.text
    assert "这个月没有" in words(staff.get("/stock/books/donations"))
    assert staff.get("/stock/books/secret").status_code == 404
    assert staff.get("/stock/books/in?month=2020-01").status_code == 404
    second = street.do(transact, open_shop, OpenShop(village.community_id, None, "东头店"))
    assert staff.get(f"/stock/books/in?shop={second}").status_code == 404
    assert street.as_(street.rich).get("/stock/books/out").status_code == 403
