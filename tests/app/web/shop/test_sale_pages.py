"""Selling at the counter and paying with a code, a card or a word on the own phone, page by page."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.database import db
from app.transaction import transact
from points.base import new_id
from points.people.models import Community
from points.people.operations import IssueCard, issue_card, write_code
from points.people.queries import MemberBrief
from shop.catalogue.queries import items_at
from shop.codes.keys import code_keys
from shop.codes.rotating import member_code
from tests.app.web.resident.street import Street, flashed, links, value_of, words
from tests.builders import MONDAY, given_points


def set_community(street: Street, **settings: int) -> None:
    """What the village decided about its counters."""

    def change(session, _command, *, now):
        session.execute(
            sa.update(Community).where(Community.id == street.village.community_id).values(**settings)
        )

    street.do(transact, change, None)


def soap(street: Street) -> str:
    """The id of four-point soap."""
    items = street.ask(items_at, street.village.community_id, street.village.shop_id, now=MONDAY)
    return str(next(item.id for item in items if item.code == "I01"))


def phone_code(street: Street, person: MemberBrief | None = None, at: datetime = MONDAY) -> str:
    """What the rich resident's phone shows, or another's, told its key by the page."""
    told = street.as_(person or street.rich).post("/code/phone").json
    with street.site.app_context():
        assert bytes.fromhex(told["key"]) == code_keys(db.session()).member_key(told["handle"])
    return member_code(told["handle"], bytes.fromhex(told["key"]), at)


def pick(browser: FlaskClient, item_id: str, quantity: object = 2, **more: str) -> TestResponse:
    """Goods on the counter."""
    return browser.post("/counter/sale", data={f"q-{item_id}": str(quantity), **more})


def kept(page: TestResponse, **more: str) -> dict[str, object]:
    """What the page carries on to the next."""
    fields = {
        name: value_of(page, name) for name in ("nonce", "code", "seen") if f'name="{name}"' in page.text
    }
    lines = [html.unescape(one) for one in re.findall(r'name="line" value="([^"]*)"', page.text)]
    carried = {name: values[0] if values else "" for name, values in fields.items()}
    return carried | {"line": list(dict.fromkeys(lines))} | more


def test_goods_first_then_the_code_then_they_go(street: Street) -> None:
    browser = street.staff("shop_staff")
    assert "肥皂/香皂" in words(browser.get("/counter/sale"))
    page = pick(browser, soap(street))
    assert "一共 8 分" in words(page)
    page = browser.post("/counter/sale/pay", data=kept(page, code=phone_code(street)))
    for said in ("一共 8 分", street.rich.name, "换完还剩 12 分", "确认给货"):
        assert said in words(page)
    done = browser.post("/counter/sell", data=kept(page))
    assert (done.status_code, 'data-feedback="ok"' in done.text) == (200, True)
    again = browser.post("/counter/sell", data=kept(page))
    assert again.status_code == 200
    assert street.purse(street.rich).available == 12


def test_a_scanned_code_waits_while_goods_are_chosen(street: Street, clock_at) -> None:
    browser, code = street.staff("shop_staff"), phone_code(street)
    scanned = browser.post("/counter/check", data={"code": f"HTTPS://X.EXAMPLE/M/{code}"})
    chooser = browser.get(scanned.location)
    assert "码已经扫到了" in words(chooser)
    clock_at(MONDAY + timedelta(minutes=4))
    seen = {name: value_of(chooser, name)[0] for name in ("code", "seen")}
    page = pick(browser, soap(street), 1, **seen)
    assert "确认给货" in words(page)
    forged = pick(browser, soap(street), 1, code=code, seen="I saw it, believe me")
    assert (forged.status_code, "码过期了" in words(forged)) == (400, True)


@pytest.mark.parametrize("quantity", ["-1", "1.5", "1000000000", "两件"])
def test_a_wrong_quantity_is_told_and_nothing_typed_is_lost(street: Street, quantity: str) -> None:
    page = pick(street.staff("shop_staff"), soap(street), quantity)
    assert page.status_code == 422
    assert f'value="{quantity}"' in page.text


def test_a_card_above_its_cap_asks_for_a_pin_that_it_does_not_have(street: Street) -> None:
    set_community(street, card_daily_cap=3)
    browser = street.staff("shop_staff")
    card = street.do(transact, issue_card, IssueCard(street.village.community_id, street.rich.id))
    page = browser.post("/counter/sale/pay", data=kept(pick(browser, soap(street)), code=card))
    assert "对方的密码" in words(page)
    page = browser.post("/counter/sell", data=kept(page, pin="2580"))
    assert (page.status_code, "还没有设密码" in words(page), "2580" in page.text) == (422, True, False)
    assert street.purse(street.rich).available == 20


def test_the_resident_says_yes_on_the_own_phone(street: Street) -> None:
    set_community(street, confirm_above=3)
    browser, resident = street.staff("shop_staff"), street.as_(street.rich)
    page = browser.post("/counter/sale/pay", data=kept(pick(browser, soap(street)), code=phone_code(street)))
    assert "请对方在手机上确认" in words(page)
    asked = browser.post("/counter/ask", data=kept(page))
    assert "等对方在手机上确认" in words(browser.get(asked.location))
    assert browser.get(f"{asked.location}/now").status_code == 204
    (ask,) = links(resident.get("/code"), "/asks/")
    assert "用 8 分换这些" in words(resident.get(ask))
    assert "换好了" in words(resident.post(f"{ask}/confirm"))
    assert browser.get(f"{asked.location}/now").headers["HX-Redirect"] == asked.location
    assert 'data-feedback="ok"' in browser.get(asked.location).text
    assert street.as_(street.poor).get(ask).status_code == 404


def test_the_resident_says_no_and_nothing_is_booked(street: Street) -> None:
    set_community(street, confirm_above=3)
    browser, resident = street.staff("shop_staff"), street.as_(street.rich)
    page = browser.post("/counter/sale/pay", data=kept(pick(browser, soap(street)), code=phone_code(street)))
    asked = browser.post("/counter/ask", data=kept(page))
    (ask,) = links(resident.get("/code"), "/asks/")
    assert street.as_(street.poor).post(f"{ask}/decline").status_code == 404
    for _click in range(2):
        answer = resident.post(f"{ask}/decline")
        assert (answer.location, "没有换，积分没有动" in flashed(resident)) == ("/code", True)
    assert links(resident.get("/code"), "/asks/") == []
    assert resident.post(f"{ask}/confirm").location == ask
    assert browser.get(f"{asked.location}/now").headers["HX-Redirect"] == asked.location
    assert "对方没有同意" in words(browser.get(asked.location))
    assert street.purse(street.rich).available == 20


def test_what_is_booked_cannot_be_declined_any_more(street: Street) -> None:
    set_community(street, confirm_above=3)
    browser, resident = street.staff("shop_staff"), street.as_(street.rich)
    page = browser.post("/counter/sale/pay", data=kept(pick(browser, soap(street)), code=phone_code(street)))
    browser.post("/counter/ask", data=kept(page))
    (ask,) = links(resident.get("/code"), "/asks/")
    resident.post(f"{ask}/confirm")
    assert resident.post(f"{ask}/decline").location == ask
    assert "换好了" in words(resident.get(ask))


def test_whoever_scans_the_shops_code_finds_the_number_on_the_till(street: Street) -> None:
    village, token = street.village, "0" * 22

    def hang_up(session, shop_id, *, now):
        write_code(session, token, village.community_id, "shop", shop_id, now=now)

    street.do(transact, hang_up, village.shop_id)
    browser, resident = street.staff("shop_staff"), street.as_(street.poor)
    page = pick(browser, soap(street), 1)
    asked = browser.post("/counter/ask", data=kept(page))
    number = re.search(r"\b\d{3}\b", words(browser.get(asked.location)).split("选这个号")[1])[0]
    seen = resident.get(f"/Q/{token}")
    assert f"{number} 号" in words(seen)
    (ask,) = links(seen, "/asks/")
    refused = resident.post(f"{ask}/confirm")
    assert (refused.status_code, "积分不够" in words(refused)) == (400, True)
    assert browser.post("/counter/cancel", data={"nonce": new_id().hex}).status_code == 303


def test_a_manager_takes_goods_back_and_the_counter_cannot(street: Street) -> None:
    browser, steward = street.staff("shop_staff"), street.staff("steward")
    page = browser.post("/counter/sale/pay", data=kept(pick(browser, soap(street)), code=phone_code(street)))
    browser.post("/counter/sell", data=kept(page))
    assert browser.get("/desk/redemptions").status_code == 403
    (way,) = links(steward.get("/desk/redemptions"), "/desk/redemptions/")
    short = steward.post(f"{way}/refund", data={f"q-{soap(street)}": "1"})
    assert (short.status_code, "为什么退" in words(short)) == (422, True)
    steward.post(f"{way}/refund", data={f"q-{soap(street)}": "1", "reason": "裂了", "broken": soap(street)})
    assert street.purse(street.rich).available == 16
    assert "裂了" in words(steward.get(way))


def test_a_manager_whose_household_paid_is_told_who_refunds_instead_of_a_form(street: Street) -> None:
    browser, buyer = street.staff("shop_staff"), street.village.one("supervisor")
    street.do(given_points, street.village, buyer, 10, at=MONDAY - timedelta(days=7))
    page = browser.post(
        "/counter/sale/pay", data=kept(pick(browser, soap(street)), code=phone_code(street, buyer))
    )
    browser.post("/counter/sell", data=kept(page))
    (way,) = links(street.staff("steward").get("/desk/redemptions"), "/desk/redemptions/")
    own = street.staff("supervisor")
    seen = own.get(way)
    assert "请另一位管理员或监督员来退" in words(seen)
    assert 'id="refund-form"' not in seen.text
    assert own.post(f"{way}/refund", data={f"q-{soap(street)}": "1", "reason": "裂了"}).status_code == 422
    assert 'id="refund-form"' in street.staff("steward").get(way).text


def test_a_phone_that_is_given_away_shows_no_more_codes(street: Street) -> None:
    browser, resident = street.staff("shop_staff"), street.as_(street.rich)
    code = phone_code(street)
    resident.post("/code/forget", data={})
    page = browser.post("/counter/sale/pay", data=kept(pick(browser, soap(street)), code=code))
    assert (page.status_code, "停用了" in words(page)) == (400, True)
    assert resident.get("/code/clock").json["now"] == int(MONDAY.timestamp() * 1000)
