"""Helping an old neighbour: the helper's browser shows the neighbour's account, and what is done names both."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.permissions import EVERYONE, HELPED, PERMISSIONS
from app.transaction import transact
from points.fairness.queries import is_concerned
from points.notices.queries import board
from points.people.operations import IssueCard, issue_card
from points.people.own import own_data
from shop.codes.pins import SetPin, set_pin
from tests.app.web.resident.street import Street, flashed, links, value_of, words
from tests.builders import MONDAY, PASSWORD, a_key, given_decided, given_record

PIN = "2580"


@pytest.fixture
def card(street: Street) -> str:
    """Of the one with 20 points, who has a PIN."""
    village, steward = street.village, street.village.one("steward")
    street.do(transact, set_pin, SetPin(village.community_id, steward.id, street.rich.id, PIN))
    return street.do(
        transact, issue_card, IssueCard(village.community_id, street.rich.id, steward.id, replace=False)
    )


def helping(street: Street, card: str, pin: str = PIN) -> FlaskClient:
    """The neighbour's browser, helping."""
    browser = street.as_(street.neighbour)
    answer = browser.post("/helping", data={"code": card, "pin": pin})
    assert (answer.status_code, answer.location) == (303, "/home")
    return browser


def order(street: Street, browser: FlaskClient) -> str:
    answer = order_with(street, browser)
    assert answer.status_code == 303
    return answer.location


def order_with(street: Street, browser: FlaskClient, token: str = "", key: str = "") -> TestResponse:
    form = {"item_id": str(street.village.items["I01"]), "shop_id": str(street.village.shop_id)}
    more = {"quantity": "1", "request_key": key or a_key(), "csrf_token": token}
    return browser.post("/orders", data=form | more)


def test_the_browser_shows_the_account_of_the_one_who_is_helped(street: Street, card: str) -> None:
    browser = helping(street, card)
    page = browser.get("/home").text
    assert f"您在替 {street.rich.name} 办事，还有 15 分钟" in page
    assert "20" in words(browser.get("/points"))
    back = browser.post("/helping/end")
    assert back.location == "/helping"
    assert "现在是您自己的账户" in browser.get("/helping").text
    assert street.rich.name not in browser.get("/home").text


@pytest.mark.parametrize("address", ["/points", "/c/yitian/board"])
def test_nobody_elses_page_tells_who_is_helped(street: Street, card: str, address: str) -> None:
    for _ in range(2):  # the first page after a sign-in or an act may carry a message, and is drawn otherwise
        street.as_(street.poor).get(address)
    browser = helping(street, card)
    browser.get("/home")
    for _ in range(2):
        assert f"您在替 {street.rich.name} 办事" in browser.get(address).text
    page = street.as_(street.poor).get(address).text
    assert "您在替" not in page
    assert "/account" in page


def test_an_order_is_the_residents_and_names_the_helper(street: Street, card: str) -> None:
    browser = helping(street, card)
    place = order(street, browser)
    browser.post("/helping/end")
    assert (street.purse(street.rich).held, street.purse(street.neighbour).held) == (4, 0)
    own = words(street.as_(street.rich).get(place))
    assert f"谁下的单 {street.rich.name}" in own
    assert f"谁帮办的 {street.neighbour.name}" in own
    assert browser.get(place).status_code == 404
    line = f"{street.neighbour.name} 帮 {street.rich.name}"
    for reader in (street.as_(street.rich), browser):
        assert line in words(reader.get("/helping"))
        assert "留货" in words(reader.get("/helping"))
    assert line not in words(street.as_(street.poor).get("/helping"))
    for role in ("steward", "supervisor"):
        assert line in words(street.staff(role).get("/desk/helping"))
    assert street.as_(street.poor).get("/desk/helping").status_code == 403


def test_an_order_that_is_sent_twice_is_told_once(street: Street, card: str) -> None:
    browser, key = helping(street, card), a_key()
    places = {order_with(street, browser, key=key).location for _ in range(2)}
    assert len(places) == 1
    browser.post("/helping/end")
    listed = words(browser.get("/helping"))
    assert "留货" in listed
    assert "留货、留货" not in listed


def test_without_a_helper_an_order_names_none(street: Street, card: str) -> None:
    browser = street.as_(street.rich)
    assert "谁帮办的" not in words(browser.get(order(street, browser)))


def test_a_deed_is_reported_for_the_resident_and_names_both(street: Street, card: str) -> None:
    browser = helping(street, card)
    form = {"rule": "AID-02", "member_ids": str(street.rich.id), "done_on": MONDAY.date().isoformat(),
            "quantity": "1", "note": "陪独居老人说话", "request_key": a_key()}  # fmt: skip
    answer = browser.post("/report", data=form)
    assert answer.status_code == 303, words(answer)
    (line,) = street.records(street.rich)
    page = words(street.as_(street.rich).get(f"/records/{line.id}"))
    assert f"谁报的 {street.rich.name}" in page
    assert f"谁帮办的 {street.neighbour.name}" in page


def test_an_objection_names_the_helper_where_it_names_the_objector_and_no_list_tells_of_it(
    street: Street, card: str
) -> None:
    village = street.village
    record = street.do(given_record, village, street.poor)
    street.do(given_decided, village, [record], points=6)
    notice = street.ask(board, village.community_id, now=MONDAY)[0]
    browser = helping(street, card)
    form = {"reason": "那天我没看见", "request_key": a_key()}
    place = browser.post(f"/c/yitian/board/{notice.id}/object", data=form).location
    assert f"谁帮办的 {street.neighbour.name}" in words(browser.get(place))
    order(street, browser)
    browser.post("/helping/end")
    seen = words(street.staff("supervisor").get(place))
    assert f"谁提的 {street.rich.name}" in seen
    assert f"谁帮办的 {street.neighbour.name}" in seen
    assert street.neighbour.name not in words(street.as_(street.poor).get(place))
    listed = words(street.staff("steward").get("/desk/helping"))
    assert re.search(r"今天 08:30：留货( |$)", listed), listed


def test_a_supervisor_who_helped_to_object_does_not_answer(street: Street, card: str) -> None:
    village, supervisor = street.village, street.village.one("supervisor")
    record = street.do(given_record, village, street.poor)
    street.do(given_decided, village, [record], points=6)
    notice = street.ask(board, village.community_id, now=MONDAY)[0]
    browser = street.as_(supervisor)
    assert browser.post("/helping", data={"code": card, "pin": PIN}).status_code == 303
    form = {"reason": "那天我没看见", "request_key": a_key()}
    place = browser.post(f"/c/yitian/board/{notice.id}/object", data=form).location
    browser.post("/helping/end")
    assert browser.get(place).status_code == 404
    assert browser.post(place, data={"decision": "dismiss", "answer": "没有这回事"}).status_code == 404
    assert street.staff("operator").get(place).status_code == 200  # nobody else is left in the village


def test_what_is_the_persons_own_affair_is_shut_to_the_helper(street: Street, card: str) -> None:
    browser = helping(street, card)
    for address in ("/account", "/account/pin", "/password", "/code", "/gifts", "/me/relations", "/me/conduct",
                    "/helping", "/desk", "/review"):  # fmt: skip
        assert browser.get(address).status_code == 403, address
    assert browser.post("/account/pin", data={"pin": "1470", "pin_again": "1470"}).status_code == 403
    assert browser.post("/code/phone").status_code == 403


def test_a_new_permission_of_everybodys_is_not_the_helpers_without_a_word(street: Street) -> None:
    own = {
        "account.own",
        "conduct.own",
        "code.show",
        "gifts.own",
        "relations.own",
        "code.open",
        "helping.own",
    }
    assert {name for name, roles in PERMISSIONS.items() if roles == EVERYONE} == HELPED | own


def test_roles_of_the_one_who_is_helped_do_not_come_along(street: Street, card: str) -> None:
    village, staff = street.village, street.village.one("shop_staff")
    street.do(transact, set_pin, SetPin(village.community_id, None, staff.id, PIN))
    theirs = street.do(transact, issue_card, IssueCard(village.community_id, staff.id, None, replace=False))
    browser = helping(street, theirs)
    assert browser.get("/counter").status_code == 403
    assert "/counter" not in browser.get("/home").text


def test_after_the_time_the_next_page_is_the_helpers_own(street: Street, card: str, clock_at) -> None:
    browser = helping(street, card)
    clock_at(MONDAY + timedelta(minutes=14, seconds=30))
    assert "还有 1 分钟" in browser.get("/home").text
    clock_at(MONDAY + timedelta(minutes=15))
    page = browser.get("/home").text
    assert "帮办的时间到了" in page
    assert street.rich.name not in page
    place = order(street, browser)
    assert f"谁下的单 {street.neighbour.name}" in words(browser.get(place))


def token(browser: FlaskClient) -> str:
    """Of a form on a page that is open now."""
    return value_of(browser.get("/home"), "csrf_token")[0]


def test_what_was_filled_in_for_one_account_is_done_for_no_other(
    street: Street, card: str, clock_at, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(street.site.config, "WTF_CSRF_ENABLED", True)
    browser = street.as_(street.neighbour)
    own = token(browser)
    assert browser.post("/helping", data={"code": card, "pin": PIN, "csrf_token": own}).status_code == 303
    assert order_with(street, browser, own).status_code == 400  # a tab that was open before
    theirs = token(browser)
    clock_at(MONDAY + timedelta(minutes=15))
    assert order_with(street, browser, theirs).status_code == 400
    assert "帮办的时间到了" in flashed(browser)
    assert (street.purse(street.rich).held, street.purse(street.neighbour).held) == (0, 0)
    assert order_with(street, browser, token(browser)).status_code == 303


def test_done_after_the_time_is_no_error(
    street: Street, card: str, clock_at, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(street.site.config, "WTF_CSRF_ENABLED", True)
    browser = street.as_(street.neighbour)
    browser.post("/helping", data={"code": card, "pin": PIN, "csrf_token": token(browser)})
    theirs = token(browser)
    clock_at(MONDAY + timedelta(minutes=16))
    assert browser.post("/helping/end", data={"csrf_token": theirs}).location == "/helping"


def test_a_new_sign_in_helps_nobody(street: Street, card: str) -> None:
    browser = helping(street, card)
    for person in (street.neighbour, street.poor):
        phone = street.ask(own_data, street.village.community_id, person.id).phone
        answer = browser.post("/sign-in", data={"phone": phone, "password": PASSWORD})
        assert answer.status_code == 303
        page = browser.get("/home").text
        assert person.name in page
        assert street.rich.name not in page
        assert "帮办的时间到了" not in page


def test_a_cookie_of_another_helper_means_nothing(street: Street, card: str) -> None:
    with helping(street, card).session_transaction() as cookie:
        taken = cookie["helping"]
    thief = street.as_(street.poor)
    with thief.session_transaction() as cookie:
        cookie["helping"] = taken
    page = thief.get("/home").text
    assert street.rich.name not in page
    assert "您在替" not in page


@pytest.mark.parametrize(
    ("pin", "says"), [("1111", "密码不对，再输一次。"), ("", "请填写。")], ids=["wrong", "none"]
)
def test_a_wrong_pin_is_said_beside_it_and_never_shown(
    street: Street, card: str, pin: str, says: str
) -> None:
    answer = street.as_(street.neighbour).post("/helping", data={"code": card, "pin": pin})
    assert answer.status_code in (400, 422)
    assert says in words(answer)
    assert card in answer.text  # nothing typed is lost, but for the secret
    assert not re.search(r'name="pin"[^>]*value=', answer.text)


def test_older_ones_are_linked_only_where_there_are_some(
    street: Street, card: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.helping.MOST_SHOWN", 2)
    browser = street.as_(street.neighbour)
    steward = street.staff("steward")
    for count in (1, 2, 3):
        browser.post("/helping", data={"code": card, "pin": PIN})
        browser.post("/helping/end")
        older = links(steward.get("/desk/helping"), "before=")
        assert len(older) == (count == 3)
    assert street.rich.name in words(steward.get(older[0]))
    assert links(steward.get(older[0]), "before=") == []


def test_cards_that_are_none_or_of_another_village_are_said_beside_the_code(street: Street) -> None:
    browser, far = street.as_(street.neighbour), street.other
    card = IssueCard(far.community_id, far.residents[0].id, None, replace=False)
    for code, says in (("ABC", "这不是本村的卡"), (street.do(transact, issue_card, card), "不认识这张卡")):
        answer = browser.post("/helping", data={"code": code, "pin": PIN})
        assert (answer.status_code >= 400, says in words(answer)) == (True, True)


def test_a_judge_who_reported_it_as_a_helper_stands_aside(street: Street, card: str) -> None:
    judge = street.village.judges[0]
    browser = street.as_(judge)
    assert browser.post("/helping", data={"code": card, "pin": PIN}).status_code == 303
    form = {"rule": "AID-02", "member_ids": str(street.rich.id), "done_on": MONDAY.date().isoformat(),
            "quantity": "1", "note": "陪独居老人说话", "request_key": a_key()}  # fmt: skip
    assert browser.post("/report", data=form).status_code == 303
    browser.post("/helping/end")
    (line,) = street.records(street.rich)
    session_id, (another, *_others) = street.sitting("AID-04")
    assert browser.get(f"/review/{session_id}/items/{line.id}").status_code == 404
    assert browser.get(f"/review/{session_id}/items/{another}").status_code == 200  # of the same elder
    other = street.as_(street.village.judges[1])
    assert other.get(f"/review/{session_id}/items/{line.id}").status_code == 200


def test_who_reported_it_as_a_helper_does_not_check_it_again(street: Street, card: str) -> None:
    village, supervisor = street.village, street.village.one("supervisor")
    browser = street.as_(supervisor)
    browser.post("/helping", data={"code": card, "pin": PIN})
    form = {"rule": "AID-02", "member_ids": str(street.rich.id), "done_on": MONDAY.date().isoformat(),
            "quantity": "1", "note": "陪独居老人说话", "request_key": a_key()}  # fmt: skip
    assert browser.post("/report", data=form).status_code == 303
    (line,) = street.records(street.rich)
    concerned = [
        street.ask(is_concerned, village.community_id, who.id, line.id)
        for who in (supervisor, street.neighbour)
    ]
    assert concerned == [True, False]
