"""Shop phones on the web: the steward's screen shows a code, the phone takes it, and the counter asks which phone it is."""

from __future__ import annotations

import re
from datetime import timedelta

from flask_login import login_user

from app.database import db
from app.identity.shop_phone import COOKIE, check_shop_phone, this_shop_phone
from app.identity.viewer import load_viewer
from points.errors import NotAllowed
from shop.catalogue.operations import OpenShop, open_shop
from shop.codes.counter_codes import code_of_shop
from shop.codes.counter_rules import ChangeCounterRules, change_counter_rules
from shop.devices.queries import devices_of
from tests.app.web.desk.office import flashed, words
from tests.builders import MONDAY

CHANGES = "/c/yitian/changes"


def phones(office):
    return office.ask(devices_of, office.village.community_id)


def code_on(page) -> str:
    """The typed code under the QR picture."""
    found = re.search(r'class="code-text">(.*?)</figcaption>', page.text, re.S)[1]
    return re.sub(r"<[^>]+>|\s", "", found)


def enrolled(office, name="柜台一号"):
    """A phone of the village's shop: its page for the steward, and its own browser."""
    steward = office.client()
    data = {"shop_id": str(office.village.shop_id), "name": name}
    page = steward.post("/desk/devices", data=data).location
    phone = office.site.test_client()
    assert phone.post("/shop-phone", data={"code": code_on(steward.get(page))}).status_code == 303
    return page, phone


def at_the_counter(office, phone, method="POST", role="shop_staff") -> str | None:
    """What the counter says to staff with this phone; None when they may work."""
    person, community_id = office.village.one(role), office.village.community_id
    cookie = phone.get_cookie(COOKIE)
    headers = {"Cookie": f"{COOKIE}={cookie.value}"} if cookie else {}
    with office.site.test_request_context("/counter", method=method, headers=headers):
        viewer = load_viewer(db.session(), community_id, person.id, 1)
        login_user(viewer)
        try:
            return check_shop_phone(viewer)
        except NotAllowed as error:
            return error.code


def test_only_the_steward_sees_and_changes_them(office):
    for role in ("operator", "supervisor", "shop_staff", "chair", "resident"):
        client = office.client(role)
        assert client.get("/desk/devices").status_code == 403
        assert client.get("/desk/counter-rules").status_code == 403
        assert client.get(f"/desk/shops/{office.village.shop_id}/code").status_code == 403
    client = office.client()
    page = words(client.get("/desk/devices"))
    assert "还没有登记过手机" in page
    assert client.get(f"/desk/devices/{office.village.shop_id}").status_code == 404
    assert client.get(f"/desk/shops/{office.neighbour.shop_id}/code").status_code == 404
    wrong = client.post("/desk/devices", data={"shop_id": str(office.neighbour.shop_id), "name": "甲"})
    assert (wrong.status_code, 'value="甲"' in wrong.text) == (404, True)
    assert phones(office) == []


def test_a_phone_takes_the_code_from_the_screen_and_keeps_a_cookie_of_its_own(office):
    steward = office.client()
    data = {"shop_id": str(office.village.shop_id), "name": "柜台一号"}
    page = steward.post("/desk/devices", data=data).location
    code = code_on(steward.get(page))
    phone = office.site.test_client()
    scanned = phone.get(f"/Q/{code}")
    assert scanned.location.endswith(f"/shop-phone?code={code}")
    assert f'value="{code}"' in phone.get(scanned.location).text
    done = phone.post("/shop-phone", data={"code": code.lower()})
    assert done.location.endswith("/sign-in?next=/counter")
    set_cookie = next(text for text in done.headers.getlist("Set-Cookie") if text.startswith(COOKIE))
    for part in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in set_cookie
    assert "柜台一号" in flashed(phone)
    assert "已经登记过，叫“柜台一号”" in words(phone.get("/shop-phone"))
    assert (code in steward.get(page).text, "在用" in words(steward.get("/desk/devices"))) == (False, True)
    again = office.site.test_client().post("/shop-phone", data={"code": code})
    assert (again.status_code, "用过了" in words(again)) == (410, True)
    assert phones(office)[0].enrolled_by == office.village.one("steward").name


def test_wrong_codes_are_counted_like_wrong_passwords(office):
    stranger = office.site.test_client()
    answers = [stranger.post("/shop-phone", data={"code": "0" * 22}) for _ in range(9)]
    assert [answer.status_code for answer in answers] == [404] * 8 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_the_counter_asks_which_phone_it_is(office, clock_at):
    stranger = office.site.test_client()
    assert at_the_counter(office, stranger) is None
    page, phone = enrolled(office)
    clock_at(MONDAY + timedelta(days=1))
    assert at_the_counter(office, phone, "GET") is None
    assert phones(office)[0].seen_at == MONDAY + timedelta(hours=6)
    assert at_the_counter(office, phone) is None
    assert phones(office)[0].seen_at == MONDAY + timedelta(days=1)
    assert at_the_counter(office, phone, role="steward") == "device_of_other_shop"  # no shop of theirs
    rules = (office.village.community_id, office.village.one("steward").id, 30, 50, 20, True, "防止冒用")
    office.run(change_counter_rules, ChangeCounterRules(*rules))
    assert (at_the_counter(office, stranger), at_the_counter(office, phone)) == ("shop_phone_needed", None)
    other = office.run(open_shop, OpenShop(office.village.community_id, None, "河西店"))
    steward = office.client()
    moved = steward.post(f"{page}/shop", data={"shop_id": str(other)})
    assert (moved.status_code, at_the_counter(office, phone)) == (303, "device_revoked")
    assert "这台手机已停用" in words(phone.get("/shop-phone"))
    assert "河西店" in words(steward.get(page))
    assert steward.post(f"{page}/code").status_code == 303
    assert phone.post("/shop-phone", data={"code": code_on(steward.get(page))}).status_code == 303
    assert at_the_counter(office, phone) == "device_of_other_shop"
    empty = steward.post(f"{page}/revoke", data={})
    assert (empty.status_code, "请填写" in words(empty)) == (422, True)
    assert steward.post(f"{page}/revoke", data={"reason": "手机丢了"}).status_code == 303
    assert at_the_counter(office, phone) == "device_revoked"
    gone = steward.get(page)
    assert ("已停用" in words(gone), f"{page}/code" in gone.text) == (True, False)
    public = words(office.site.test_client().get(CHANGES))
    for said in (
        "店里的手机换店：柜台一号 → 河西店",
        "停用店里的手机：柜台一号",
        "手机丢了",
        "什么手机都行”改成“刷卡一天 30 分",
    ):
        assert said in public


def test_a_cookie_that_says_nothing_is_no_phone(office):
    with office.site.test_request_context("/", headers={"Cookie": f"{COOKIE}=nonsense"}):
        assert this_shop_phone() is None


def test_names_change_and_a_refusal_keeps_what_was_typed(office):
    page, _phone = enrolled(office)
    enrolled(office, "柜台二号")
    steward = office.client()
    taken = steward.post(f"{page}/name", data={"name": "柜台二号"})
    assert (
        taken.status_code,
        'value="柜台二号"' in taken.text,
        "已经有一台手机叫这个名字" in words(taken),
    ) == (409, True, True)
    assert steward.post(f"{page}/name", data={"name": "收银台"}).status_code == 303
    assert "收银台" in words(steward.get("/desk/devices"))
    reader = office.site.test_client()
    reader.set_cookie("lang", "en")
    assert "A shop phone was renamed: 柜台一号 → 收银台" in words(reader.get(CHANGES))


def test_the_code_of_a_counter_is_printed_and_renewed(office):
    steward, address = office.client(), f"/desk/shops/{office.village.shop_id}/code"
    assert "还没有码" in words(steward.get(address))
    tokens = []
    for data in ({}, {}, {"renew": "1"}):
        assert steward.post(address, data=data).status_code == 303
        tokens.append(office.ask(code_of_shop, office.village.community_id, office.village.shop_id).token)
    assert (tokens[0] == tokens[1], tokens[1] != tokens[2]) == (True, True)
    page = steward.get(address)
    for said in ("村口店", "用自己的手机扫一扫，自己确认", "第 2 版"):
        assert said in words(page)
    assert '<svg class="qr"' in page.text


def test_the_rules_of_counters_are_changed_with_a_reason(office):
    steward = office.client()
    page = steward.get("/desk/counter-rules").text
    assert ('value="30"' in page, " checked" in page) == (True, False)
    typed = {
        "card_daily_cap": "40",
        "confirm_above": "60",
        "offline_allowance": "10",
        "shop_phones_only": "1",
    }
    silent = steward.post("/desk/counter-rules", data=typed)
    assert (silent.status_code, 'value="40"' in silent.text, " checked" in silent.text) == (422, True, True)
    for wrong in ("1.5", "-1", "1000000000", "十"):
        assert (
            steward.post(
                "/desk/counter-rules", data=typed | {"card_daily_cap": wrong, "reason": "试"}
            ).status_code
            == 422
        )
    assert steward.post("/desk/counter-rules", data=typed | {"reason": "过年多用一点"}).status_code == 303
    page = steward.get("/desk/counter-rules").text
    assert ('value="40"' in page, " checked" in page) == (True, True)
    assert "过年多用一点" in words(office.site.test_client().get(CHANGES))


def test_the_pages_speak_english_too(office):
    client = office.client()
    client.set_cookie("lang", "en")
    for path in ("/desk/devices", "/desk/counter-rules", "/shop-phone", "/account/pin"):
        page = words(client.get(path))
        assert not re.search(r"[\u4e00-\u9fff]", page.replace("村口店", "")), path
