"""The counter: who and what before anything leaves the shelf, once, and red with a reason for everything else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.transaction import transact
from points.codes import grouped, new_code
from points.people.operations import GrantRole, IssueCard, grant_role, issue_card
from shop.catalogue.operations import OpenShop, open_shop
from shop.catalogue.shops import SetDoor, set_door
from shop.orders.operations import CancelOrder, OrderPlaced, cancel_order
from shop.queries import scans_at
from tests.app.web.resident.street import Street, links, value_of, words
from tests.app.web.shop.test_orders import free, given_two_things
from tests.builders import MONDAY, a_key, given_order


def waiting(street: Street, quantity: int = 2, **more: object) -> OrderPlaced:
    """An order of soap, ready at the counter."""
    return street.do(given_order, street.village, street.rich, quantity=quantity, **({"at": MONDAY} | more))


def check(browser: FlaskClient, code: str) -> TestResponse:
    """The code, scanned."""
    return browser.post("/counter/check", data={"code": code})


def confirm(browser: FlaskClient, seen: TestResponse) -> TestResponse:
    """The button of the page that shows who and what."""
    return browser.post("/counter/redeem", data={name: value_of(seen, name)[0] for name in ("code", "nonce")})


def hand_over(browser: FlaskClient, code: str) -> TestResponse:
    """Scanned and confirmed."""
    return confirm(browser, check(browser, code))


def another_shop(street: Street) -> FlaskClient:
    """The browser of staff of a second shop, who is the poor resident."""
    village = street.village
    shop = street.do(transact, open_shop, OpenShop(village.community_id, None, "东头店"))
    grant = GrantRole(village.community_id, street.poor.id, "shop_staff", "推选", scope_id=shop)
    street.do(transact, grant_role, grant)
    return street.as_(street.poor)


def red(answer: TestResponse) -> bool:
    """The full-screen refusal."""
    return answer.status_code == 400 and 'data-feedback="bad"' in answer.text and "不能给货" in words(answer)


def test_a_scan_shows_who_what_and_how_much_and_hands_over_nothing(street: Street) -> None:
    order = waiting(street)
    page = check(street.staff("shop_staff"), order.code)
    for said in ("核对人和东西", street.rich.name, "010 户", "肥皂/香皂 × 2", "扣积分 8 分", "确认给货"):
        assert said in words(page)
    assert "13900010010" not in page.text
    purse = street.purse(street.rich)
    assert (purse.available, purse.held) == (12, 8)
    assert street.ask(scans_at, street.village.community_id, street.village.shop_id) == []


def test_the_confirmation_hands_over(street: Street) -> None:
    order = waiting(street)
    page = hand_over(street.staff("shop_staff"), order.code)
    assert page.status_code == 200
    assert 'data-feedback="ok"' in page.text
    for said in ("可以给货", "已核销，积分已扣", street.rich.name, "× 2", "8 分", "15 分钟内"):
        assert said in words(page)
    purse = street.purse(street.rich)
    assert (purse.available, purse.held, free(street)) == (12, 0, 18)
    assert "已取走" in words(street.as_(street.rich).get(f"/orders/{order.id}"))


@pytest.mark.parametrize(
    "typed", [str.lower, grouped, lambda code: f" {code} ", lambda code: f"https://yitian.example/Q/{code}"]
)
def test_a_code_is_read_as_people_type_it_and_as_cameras_see_it(street: Street, typed) -> None:
    order = waiting(street)
    assert street.rich.name in words(check(street.staff("shop_staff"), typed(order.code)))


def test_a_code_in_the_address_stands_in_the_field(street: Street) -> None:
    order = waiting(street)
    page = street.staff("shop_staff").get(f"/counter?code={order.code}")
    assert value_of(page, "code") == [order.code]
    assert "等着取的 1" in words(page)


def test_no_code_at_all_is_told_beside_the_field(street: Street) -> None:
    for nothing in ("", "   "):
        answer = check(street.staff("shop_staff"), nothing)
        assert answer.status_code == 422
        assert 'id="f-code-err"' in answer.text
        assert "请扫码，或者输入取货码" in words(answer)


def test_the_same_confirmation_twice_gives_the_same_answer_once(street: Street) -> None:
    browser = street.staff("shop_staff")
    seen = check(browser, waiting(street).code)
    first, second = confirm(browser, seen), confirm(browser, seen)
    assert [answer.status_code for answer in (first, second)] == [200, 200]
    assert words(first) == words(second)
    assert (street.purse(street.rich).available, free(street)) == (12, 18)


def test_a_second_scan_is_red_and_says_when_it_was_collected(street: Street, clock_at) -> None:
    order, browser = waiting(street), street.staff("shop_staff")
    hand_over(browser, order.code)
    clock_at(MONDAY + timedelta(minutes=40))
    again = check(browser, order.code)
    assert red(again)
    assert "这张单已经取走了：今天 08:30，村口店。" in words(again)
    assert street.rich.name not in words(again)
    assert street.purse(street.rich).available == 12


def test_two_phones_that_both_saw_the_order_hand_it_over_once(street: Street) -> None:
    order = waiting(street)
    phones = [street.staff("shop_staff"), street.staff("shop_staff")]
    seen = [check(phone, order.code) for phone in phones]
    answers = [confirm(phone, page) for phone, page in zip(phones, seen, strict=True)]
    assert [answer.status_code for answer in answers] == [200, 400]
    assert red(answers[1])
    assert free(street) == 18


@pytest.mark.parametrize("code", ["HELLO", "https://weixin.qq.com/r/abc", "0" * 22, "٣" * 22, "x" * 4000])
def test_a_foreign_code_is_red_and_says_what_to_do(street: Street, code: str) -> None:
    answer = check(street.staff("shop_staff"), code)
    assert red(answer)
    assert "这不是我们的取货码" in words(answer)


def test_one_wrong_letter_is_noticed(street: Street) -> None:
    code = waiting(street).code
    wrong = code[:5] + ("7" if code[5] != "7" else "8") + code[6:]
    assert red(check(street.staff("shop_staff"), wrong))
    assert street.purse(street.rich).held == 8


def test_a_card_leads_to_the_goods_it_is_to_pay_for(street: Street) -> None:
    browser = street.staff("shop_staff")
    card = IssueCard(street.village.community_id, street.rich.id)
    old = street.do(transact, issue_card, card)
    assert check(browser, old).location == f"/counter/sale?code={old}"
    street.do(transact, issue_card, IssueCard(street.village.community_id, street.rich.id, replace=True))
    assert "换过新卡" in words(check(browser, old))


def test_a_code_whose_time_is_over_is_red_and_the_points_are_back(street: Street, clock_at) -> None:
    order = waiting(street)
    clock_at(MONDAY + timedelta(days=7, minutes=1))
    answer = check(street.staff("shop_staff"), order.code)
    assert red(answer)
    assert "这张单过期了，积分已经退回" in words(answer)
    assert street.purse(street.rich, MONDAY + timedelta(days=7, minutes=1)).available == 20


def test_an_order_that_lapses_between_look_and_button_is_not_handed_over(street: Street, clock_at) -> None:
    order, browser = waiting(street), street.staff("shop_staff")
    clock_at(MONDAY + timedelta(days=7) - timedelta(minutes=1))
    seen = check(browser, order.code)
    assert seen.status_code == 200
    clock_at(MONDAY + timedelta(days=7, minutes=1))
    assert red(confirm(browser, seen))


def test_a_cancelled_order_is_red(street: Street) -> None:
    order = waiting(street)
    street.do(transact, cancel_order, CancelOrder(street.village.community_id, street.rich.id, order.id))
    answer = check(street.staff("shop_staff"), order.code)
    assert red(answer)
    assert "已经取消或撤销了" in words(answer)


def test_another_shops_order_is_red_and_says_where_to_go(street: Street) -> None:
    order = waiting(street)
    answer = check(another_shop(street), order.code)
    assert red(answer)
    assert "请对方到 村口店 去取" in words(answer)
    assert street.purse(street.rich).held == 8


def test_another_villages_order_is_not_known_and_names_nobody(street: Street) -> None:
    order = waiting(street)
    answer = check(street.far_away("shop_staff"), order.code)
    assert red(answer)
    assert "这不是我们的取货码" in words(answer)
    assert street.rich.name not in answer.text
    assert street.purse(street.rich).held == 8


def test_staff_without_a_shop_are_told_whom_to_ask(street: Street) -> None:
    grant = GrantRole(street.village.community_id, street.poor.id, "shop_staff", "推选")
    street.do(transact, grant_role, grant)
    browser = street.as_(street.poor)
    for path in (
        "/counter",
        "/counter/orders",
        "/counter/prepare",
        "/counter/log",
        "/stock",
        "/stock/register",
    ):
        answer = browser.get(path)
        assert (answer.status_code, "您还没有分到哪个店" in words(answer)) == (403, True)
    assert check(browser, waiting(street).code).status_code == 403


@pytest.mark.parametrize(
    "path",
    ["/counter", "/counter/orders", "/counter/prepare", "/counter/log", "/stock", "/stock/register"],
)
def test_residents_have_no_business_behind_the_counter(street: Street, path: str) -> None:
    answer = street.as_(street.rich).get(path)
    assert answer.status_code == 403
    assert "您的身份不能做这一步" in words(answer)
    assert street.stranger().get(path).location == f"/sign-in?next={path}"


def test_a_resident_cannot_hand_over_to_oneself(street: Street) -> None:
    order, browser = waiting(street), street.as_(street.rich)
    assert check(browser, order.code).status_code == 403
    for path in ("/counter/redeem", "/counter/annul"):
        assert browser.post(path, data={"code": order.code, "nonce": a_key()}).status_code == 403
    assert street.purse(street.rich).held == 8


def test_an_empty_confirmation_leads_back_to_the_scanner(street: Street) -> None:
    browser = street.staff("shop_staff")
    assert browser.post("/counter/redeem", data={"code": "", "nonce": ""}).location == "/counter"
    long = browser.post("/counter/redeem", data={"code": waiting(street).code, "nonce": "n" * 81})
    assert (long.status_code, street.purse(street.rich).held) == (422, 8)


def test_what_waits_is_listed_with_all_its_goods_until_it_is_collected(street: Street, clock_at) -> None:
    browser = street.staff("shop_staff")
    assert "没有等着取的单" in words(browser.get("/counter/orders"))
    given_two_things(street)
    street.do(given_order, street.village, street.neighbour, at=MONDAY)
    page = words(browser.get("/counter/orders"))
    assert f"{street.rich.name} · 010 户 肥皂/香皂 × 1 · 食盐 × 2 · 留到 9月14日 · 10 分" in page
    assert f"{street.neighbour.name} · 011 户" in page
    assert "没有等着取的单" in words(another_shop(street).get("/counter/orders"))
    clock_at(MONDAY + timedelta(days=7))
    assert "没有等着取的单" in words(browser.get("/counter/orders"))


def test_a_code_that_was_typed_survives_a_sign_out(street: Street) -> None:
    browser, code = street.stranger(), waiting(street).code
    away = browser.post(
        "/counter/check", data={"code": code}, headers={"Referer": "http://localhost/counter"}
    )
    assert away.location == "/sign-in?next=/counter"
    browser.post("/sign-in", data={"phone": "13900010006", "password": "lantian-2026"})
    assert value_of(browser.get("/counter"), "code") == [code]


def test_the_scanned_card_of_a_household_leads_to_what_waits_for_it(street: Street) -> None:
    order = waiting(street)
    code = street.do(transact, issue_card, IssueCard(street.village.community_id, street.spouse.id))
    page = street.staff("shop_staff").get(f"/Q/{code}")
    assert links(page, "/counter?code=") == [f"/counter?code={order.code}"]
    assert links(page, "/counter/sale") == [f"/counter/sale?code={code}"]
    assert street.spouse.name in words(page)
    assert "这是一张会员卡" in words(street.as_(street.neighbour).get(f"/Q/{code}"))


def test_an_english_volunteer_reads_english(street: Street) -> None:
    browser, order = street.staff("shop_staff"), waiting(street)
    browser.set_cookie("lang", "en")
    assert "soap bar" in words(check(browser, order.code))
    hand_over(browser, order.code)
    again = words(check(browser, order.code))
    assert "取走" not in again
    assert "08:30" in again


def given_supervisor_at_the_counter(street: Street) -> FlaskClient:
    """A supervisor who also stands at the counter."""
    supervisor = street.village.one("supervisor")
    grant = GrantRole(
        street.village.community_id, supervisor.id, "shop_staff", "代班", scope_id=street.village.shop_id
    )
    street.do(transact, grant_role, grant)
    return street.as_(supervisor)


def override(browser: FlaskClient, refused: TestResponse, reason: str) -> TestResponse:
    """The form of the red page, with a reason."""
    address = re.search(r'<form action="([^"]+)"[^>]*id="override"', refused.text)[1]
    lines = re.findall(r'name="line" value="([^"]*)"', refused.text)
    sent = {name: value_of(refused, name)[0] for name in ("code", "seen")}
    return browser.post(address, data=sent | {"line": lines, "override": reason})


def test_a_supervisor_hands_over_all_the_same_with_a_reason_that_is_public(street: Street, clock_at) -> None:
    order = waiting(street)
    clock_at(MONDAY + timedelta(days=8))
    staff, browser = street.staff("shop_staff"), given_supervisor_at_the_counter(street)
    assert 'id="override"' not in check(staff, order.code).text
    refused = check(browser, order.code)
    assert "按规定仍要给" in words(refused)
    assert red(override(browser, refused, " "))
    seen = override(browser, refused, "病了，来晚了")
    assert "核对人和东西" in words(seen)
    assert street.purse(street.rich, MONDAY + timedelta(days=8)).available == 20
    done = browser.post(
        "/counter/redeem", data={name: value_of(seen, name)[0] for name in ("code", "nonce", "override")}
    )
    assert "可以给货" in words(done)
    assert street.purse(street.rich, MONDAY + timedelta(days=8)).available == 12
    assert "病了，来晚了" in words(browser.get(f"/c/{street.village.code}/changes"))


def test_a_supervisor_sells_at_a_shut_shop_and_forces_no_unknown_code(street: Street) -> None:
    browser = given_supervisor_at_the_counter(street)
    village = street.village
    door = SetDoor(village.community_id, village.one("steward").id, village.shop_id, "closed")
    street.do(transact, set_door, door)
    item, card = str(village.items["I01"]), a_card(street)
    page = browser.post("/counter/sale", data={f"q-{item}": "2"})
    sale = {"line": re.findall(r'name="line" value="([^"]*)"', page.text)[:1], "code": card}
    seen = override(browser, browser.post("/counter/sale/pay", data=sale), "台风天，急用")
    assert "一共 8 分" in words(seen)
    fields = {name: value_of(seen, name)[0] for name in ("nonce", "code", "seen", "override", "line")}
    assert "可以给货" in words(browser.post("/counter/sell", data=fields))
    assert 'id="override"' not in check(browser, new_code()).text


def a_card(street: Street) -> str:
    """A card of the rich resident."""
    command = IssueCard(street.village.community_id, street.rich.id, street.village.one("steward").id)
    return street.do(transact, issue_card, command)
