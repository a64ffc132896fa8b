"""A shop phone loses the network, sells, is started again, and tells when the network is back."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from app.database import db
from app.identity.passwords import SetPassword, set_password
from app.transaction import transact
from shop.devices.operations import RevokeDevice, revoke_device
from shop.queries import scans_at
from tests.browser.conftest import PHONE, serving, sign_in
from tests.builders import PASSWORD, PASSWORD_HASH
from tests.conftest import close_site, new_site
from tests.shop.phones import given_card, given_phone, reserve
from tests.shop.till import Till, given_till
from tests.support.chromium import Chromium, axe_violations, no_horizontal_scroll, until
from tests.support.fake_camera import qr_picture, write_fake_camera


@pytest.fixture
def market(sqlite_template: Path, tmp_path: Path) -> Iterator[tuple[Flask, str, Till, uuid.UUID, str]]:
    """A shop this very morning, whose staff can sign in."""
    path = tmp_path / "market.db"
    path.write_bytes(sqlite_template.read_bytes())
    site = new_site(f"sqlite:///{path}", tmp_path, WTF_CSRF_ENABLED=True)
    with site.app_context():
        till = given_till(at=datetime.now(UTC))
        phone, token = given_phone(till)
        transact(
            set_password, SetPassword(till.community_id, till.staff.id, PASSWORD_HASH, must_change=False)
        )
    with serving(site) as url:
        yield site, url, till, phone, token
    close_site(site)


def scan(page: Page, code: str) -> None:
    page.fill("input[name=code]", code)
    page.get_by_role("button", name="查这个码").click()


def at_the_counter(
    market: tuple, chromium: Chromium, start: str = "/counter/offline", **options: object
) -> Page:
    """The enrolled phone with its volunteer, on a page of the counter; list and page are kept."""
    _site, url, _till, _phone, token = market
    page = chromium.new_page(*PHONE, base_url=url, **options)
    page.context.add_cookies([{"name": "shop_phone", "value": token, "url": url}])
    sign_in(page, "13800010001", PASSWORD)
    page.goto(start)
    until(page, KEPT)
    return page


# The page in the worker's cache, and a list in the store.
KEPT = """async () => {
  if (!(await caches.match("/counter/offline"))) return false;
  if (!(await indexedDB.databases()).some(({name}) => name === "yitian-counter")) return false;
  const base = await new Promise((done) => { indexedDB.open("yitian-counter").onsuccess = ({target}) => done(target.result); });
  const asked = base.transaction("things").objectStore("things").get("snapshot");
  const list = await new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  base.close();
  return Boolean(list);
}"""


def told(page: Page, name: str) -> Locator:
    """A part of the page without network."""
    return page.locator(f"[data-till] [data-{name}]")


def no_problems(chromium: Chromium) -> bool:
    """But the network's own."""
    return [one for one in chromium.problems if "ERR_INTERNET_DISCONNECTED" not in one] == []


def test_a_phone_goes_on_without_network_and_tells_afterwards(market, chromium: Chromium) -> None:
    site, url, till, phone, token = market
    with site.app_context():
        order, card = till.order(till.people[0], ("A01", 2)), given_card(till, till.people[1])
        reserve(till, phone)
    page = chromium.new_page(*PHONE, base_url=url)
    page.context.add_cookies([{"name": "shop_phone", "value": token, "url": url}])
    sign_in(page, "13800010001", PASSWORD)
    page.goto("/counter/offline")
    banner, queue, answer = (
        page.locator(f"[data-till] [data-{name}]") for name in ("banner", "queue", "answer")
    )
    expect(page.locator("[data-till] [data-age]")).to_contain_text("1 张单、1 户")
    expect(banner).to_have_attribute("data-state", "on")
    page.evaluate("navigator.serviceWorker.ready.then(() => caches.match('/counter/offline')).then(Boolean)")
    assert axe_violations(page) == []
    assert no_horizontal_scroll(page)

    page.context.set_offline(True)
    expect(banner).to_have_attribute("data-state", "off")
    scan(page, order.code)
    expect(page.locator("[data-slip-points]")).to_have_text("扣 8 分")
    page.get_by_role("button", name="确认给货").click()
    expect(answer).to_contain_text("可以给货")
    expect(queue).to_have_text("1")
    scan(page, order.code)
    expect(answer).to_contain_text("用过了")
    expect(queue).to_have_text("2")  # the refusal is told as well
    expect(page.locator("[data-queue-list]")).to_contain_text("没有给货")

    page.reload()
    expect(queue).to_have_text("2")
    expect(banner).to_have_attribute("data-state", "off")
    scan(page, card)
    page.get_by_role("button", name="货A03").click()
    page.get_by_role("button", name="货A03", exact=True).click()
    expect(page.locator("[data-slip-points]")).to_have_text("扣 2 分")
    assert axe_violations(page) == []
    page.get_by_role("button", name="确认给货").click()
    expect(queue).to_have_text("3")

    page.context.set_offline(False)
    expect(banner).to_have_attribute("data-state", "on")
    expect(queue).to_have_text("0")
    with site.app_context():
        till.now = datetime.now(UTC)
        assert till.state(order) == "collected"
        assert (till.shelf("A01"), till.shelf("A03")) == ((18, 0), (18, 0))
        assert (till.purse(till.people[1]).available, till.purse(till.people[1]).held) == (80, 18)
    assert [one for one in chromium.problems if "ERR_INTERNET_DISCONNECTED" not in one] == []


def test_a_residents_phone_shows_good_codes_without_network(market, chromium: Chromium) -> None:
    site, url, till, _phone, _token = market
    person = till.people[2]
    with site.app_context():
        transact(set_password, SetPassword(till.community_id, person.id, PASSWORD_HASH, must_change=False))
    page = chromium.new_page(*PHONE, base_url=url)
    sign_in(page, f"1380001{int(person.household_number):04d}", PASSWORD)
    page.goto("/code")
    words = page.locator("[data-code-text]")
    expect(words).not_to_be_empty()
    page.evaluate("navigator.serviceWorker.ready.then(() => caches.match('/code/pocket')).then(Boolean)")
    page.context.set_offline(True)
    page.goto("/code")
    expect(page.get_by_text("现在没有网，码照样能用")).to_be_visible()
    expect(words).not_to_be_empty()
    assert person.name not in page.content()
    assert axe_violations(page) == []
    with site.app_context():
        till.now = datetime.now(UTC)
        assert till.sell(words.inner_text(), ("A03", 1)).body["redemption"]["member"] == person.name
    page.context.set_offline(False)
    page.goto("/home")
    page.context.clear_cookies()
    page.goto("/sign-in")
    assert page.evaluate("localStorage.length") == 0
    assert [one for one in chromium.problems if "ERR_INTERNET_DISCONNECTED" not in one] == []


def test_a_phone_revoked_while_it_was_off_line_tells_and_gives_nothing_more(
    market, chromium: Chromium
) -> None:
    site, _url, till, phone, _token = market
    with site.app_context():
        order, other = till.order(till.people[0], ("A01", 2)), till.order(till.people[1], ("A01", 1))
    page = at_the_counter(market, chromium)
    page.context.set_offline(True)
    expect(told(page, "banner")).to_have_attribute("data-state", "off")
    scan(page, order.code)
    page.get_by_role("button", name="确认给货").click()
    expect(told(page, "queue")).to_have_text("1")
    with site.app_context():
        till.now = datetime.now(UTC)
        till.run(revoke_device, RevokeDevice(till.community_id, till.staff.id, phone, "手机丢了"))
    page.reload()
    expect(told(page, "queue")).to_have_text("1")

    page.context.set_offline(False)
    expect(told(page, "banner")).to_have_attribute("data-state", "stopped")
    expect(told(page, "banner-text")).to_contain_text("请找管理员")
    expect(told(page, "queue")).to_have_text("0")
    until(page, KEPT, wanted=False)
    page.reload()
    expect(page.get_by_text("这部手机停用了，或者换了店")).to_be_visible()
    assert axe_violations(page) == []
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("[data-look]")).to_be_hidden()
    with site.app_context():
        assert (till.state(order), till.state(other)) == ("placed", "placed")  # set apart, not booked
    assert no_problems(chromium)


def test_from_the_counter_over_to_the_kept_page_and_back(market, chromium: Chromium) -> None:
    site, _url, till, phone, _token = market
    with site.app_context():
        order = till.order(till.people[0], ("A01", 2))
        reserve(till, phone)
    page = at_the_counter(market, chromium, "/counter")
    assert page.locator("link[rel=manifest]").count() == 1
    page.fill("input[name=code]", order.code)
    page.context.set_offline(True)
    page.wait_for_url("**/counter/offline")
    expect(page.locator("[data-slip-points]")).to_have_text("扣 8 分")
    page.get_by_role("button", name="确认给货").click()
    expect(told(page, "answer")).to_contain_text("可以给货")

    page.context.set_offline(False)
    page.wait_for_url("**/counter")
    expect(page.get_by_role("status").filter(has_text="网通了，回到柜台")).to_be_visible()
    with site.app_context():
        till.now = datetime.now(UTC)
        assert till.state(order) == "collected"
    kept = page.evaluate("caches.keys().then((all) => Promise.all(all.map(async (name) => "
                         "(await (await caches.open(name)).keys()).map(({url}) => new URL(url).pathname))))")  # fmt: skip
    assert {path for paths in kept for path in paths if not path.startswith("/static/")} == {
        "/counter/offline"
    }
    assert no_problems(chromium)


def test_goods_already_chosen_come_along_and_every_way_leads_to_the_kept_page(
    market, chromium: Chromium
) -> None:
    site, _url, till, phone, _token = market
    with site.app_context():
        card = given_card(till, till.people[1])
        reserve(till, phone)
    page = at_the_counter(market, chromium, "/counter/sale")
    page.locator(f"input[name='q-{till.items['A03']}']").fill("2")
    page.context.set_offline(True)
    page.wait_for_url("**/counter/offline")
    expect(page.locator("[data-slip-who]")).to_contain_text("请扫对方的码")
    expect(page.locator("[data-slip-points]")).to_have_text("扣 2 分")
    expect(page.get_by_role("button", name="确认给货")).to_be_disabled()
    assert axe_violations(page) == []
    scan(page, card)
    page.get_by_role("button", name="确认给货").click()
    expect(told(page, "queue")).to_have_text("1")
    for way in ("/counter/orders", "/counter/more", "/counter"):
        page.goto(way)
        page.wait_for_url("**/counter/offline")
        expect(told(page, "queue")).to_have_text("1")
    assert no_problems(chromium)


def test_a_confirmation_without_answer_is_confirmed_again_and_counts_once(market, chromium: Chromium) -> None:
    site, _url, till, _phone, _token = market
    with site.app_context():
        order = till.order(till.people[0], ("A01", 2))
    page = at_the_counter(market, chromium, "/counter")
    page.fill("input[name=code]", order.code)
    page.get_by_role("button", name="查这张单").click()
    answers, gone = site.wsgi_app, []

    def lost(environ, start_response):
        """Books, and is away from then on."""
        if environ["PATH_INFO"] == "/counter/redeem":
            gone.append(b"".join(answers(environ, lambda *_started: None)))
        if not gone:
            return answers(environ, start_response)
        start_response("502 Bad Gateway", [("Content-Type", "text/html")])
        return [b""]

    site.wsgi_app = lost
    page.get_by_role("button", name="确认给货").click()
    page.wait_for_url("**/counter/offline")
    expect(told(page, "answer")).to_contain_text("没有收到回答")
    page.get_by_role("button", name="确认给货").click()
    expect(told(page, "answer")).to_contain_text("可以给货")
    site.wsgi_app = answers
    page.wait_for_url("**/counter")
    with site.app_context():
        till.now = datetime.now(UTC)
        assert (till.state(order), till.shelf("A01")) == ("collected", (18, 0))
        scans = scans_at(db.session(), till.community_id, till.shop_id)
        assert [scan.status for scan in scans] == ["ok"]
    # The queue has told of it: nobody is led to give it up.
    expect(page.get_by_text("查一下记上了没有")).to_be_hidden()


@contextmanager
def no_answer_from(site: Flask, path: str) -> Iterator[threading.Event]:
    """The site does what is asked there and never says so; the event tells that it was done."""
    answers, done, is_over = site.wsgi_app, threading.Event(), threading.Event()

    def silent(environ, start_response):
        if environ["PATH_INFO"] != path:
            return answers(environ, start_response)
        b"".join(answers(environ, lambda *_started: None))
        done.set()
        is_over.wait(60)
        start_response("504 Gateway Timeout", [("Content-Type", "text/html")])
        return [b""]

    site.wsgi_app = silent
    try:
        yield done
    finally:
        site.wsgi_app = answers
        is_over.set()


@pytest.mark.parametrize("seconds", [3, 12])
def test_a_sale_without_answer_is_never_offered_again_however_late_the_network_goes(
    market, chromium: Chromium, seconds: int
) -> None:
    site, _url, till, phone, _token = market
    with site.app_context():
        card = given_card(till, till.people[1])
        reserve(till, phone)
    page = at_the_counter(market, chromium, f"/counter/sale?code={card}")
    page.locator(f"input[name='q-{till.items['A03']}']").fill("2")
    page.get_by_role("button", name="选好了").click()
    with no_answer_from(site, "/counter/sell") as done:
        page.get_by_role("button", name="确认给货").click(no_wait_after=True)
        assert done.wait(10)
        page.wait_for_timeout(seconds * 1000)
        page.context.set_offline(True)
        page.wait_for_url("**/counter/offline")
        expect(told(page, "answer")).to_contain_text("可能已经上账。货先别给")
        expect(told(page, "slip")).to_be_hidden()
        expect(told(page, "queue")).to_have_text("0")
    with site.app_context():
        assert [scan.status for scan in scans_at(db.session(), till.community_id, till.shop_id)] == ["ok"]


def test_goods_chosen_again_after_a_sale_without_answer_are_not_offered_without_network(
    market, chromium: Chromium
) -> None:
    site, _url, till, phone, _token = market
    with site.app_context():
        card = given_card(till, till.people[1])
        reserve(till, phone)
    page = at_the_counter(market, chromium, f"/counter/sale?code={card}")
    page.locator(f"input[name='q-{till.items['A03']}']").fill("2")
    page.get_by_role("button", name="选好了").click()
    with no_answer_from(site, "/counter/sell") as done:
        page.get_by_role("button", name="确认给货").click(no_wait_after=True)
        assert done.wait(10)
        page.goto("/counter/sale")
    page.locator(f"input[name='q-{till.items['A03']}']").fill("2")
    page.context.set_offline(True)
    page.wait_for_url("**/counter/offline")
    expect(told(page, "answer")).to_contain_text("可能已经上账。货先别给")
    expect(told(page, "slip")).to_be_hidden()


@pytest.mark.parametrize("is_answered", [True, False])
def test_a_sale_put_before_a_resident_is_not_offered_again_without_network(
    market, chromium: Chromium, is_answered: bool
) -> None:
    site, _url, till, phone, _token = market
    with site.app_context():
        reserve(till, phone)
    page = at_the_counter(market, chromium, "/counter/sale")
    page.locator(f"input[name='q-{till.items['A03']}']").fill("2")
    page.get_by_role("button", name="选好了").click()
    asks = page.get_by_role("button", name="对方用自己手机扫柜台的码")
    if is_answered:
        asks.click()
        page.wait_for_url("**/counter/asked/*")
        page.context.set_offline(True)
    else:
        with no_answer_from(site, "/counter/ask") as done:
            asks.click(no_wait_after=True)
            assert done.wait(10)
            page.context.set_offline(True)
    page.wait_for_url("**/counter/offline")
    expect(told(page, "answer")).to_contain_text("也可能还会点。货先别给，也别再卖一遍")
    expect(told(page, "slip")).to_be_hidden()
    assert axe_violations(page) == []


def test_another_tab_tells_at_once_what_was_given_without_network_and_does_not_give_it_again(
    market, chromium: Chromium
) -> None:
    site, _url, till, _phone, _token = market
    with site.app_context():
        order = till.order(till.people[0], ("A01", 2))
    page = at_the_counter(market, chromium)
    page.context.set_offline(True)
    expect(told(page, "banner")).to_have_attribute("data-state", "off")
    scan(page, order.code)
    page.get_by_role("button", name="确认给货").click()
    expect(told(page, "queue")).to_have_text("1")
    # Only the other tab is left to tell it, and the list it has is fresh.
    page.evaluate("localStorage.setItem('yitian-till-asked', Date.now())")
    other = page.context.new_page()
    page.close()
    other.context.set_offline(False)
    other.goto("/counter")
    until(other, "localStorage.getItem('yitian-till-waits') === null")
    with site.app_context():
        till.now = datetime.now(UTC)
        assert till.state(order) == "collected"
    other.fill("input[name=code]", order.code)
    other.get_by_role("button", name="查这张单").click()
    expect(other.get_by_role("heading", name="不能给货")).to_be_visible()
    expect(other.locator("main")).to_contain_text("这张单已经取走了")


def test_other_browsers_pay_nothing(market, chromium: Chromium) -> None:
    _site, url, _till, _phone, _token = market
    page = chromium.new_page(*PHONE, base_url=url)
    sign_in(page, "13800010001", PASSWORD)
    page.goto("/counter")
    assert page.locator("#counter-line, link[rel=manifest]").count() == 0
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0


def test_after_signing_out_nothing_is_given_until_somebody_signs_in(market, chromium: Chromium) -> None:
    site, _url, till, _phone, _token = market
    with site.app_context():
        order = till.order(till.people[0], ("A01", 2))
    page = at_the_counter(market, chromium)
    page.goto("/home")
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(lambda address: "/home" not in address)
    page.context.set_offline(True)
    page.goto("/counter/offline")
    expect(told(page, "banner-text")).to_contain_text("已经退出登录")
    scan(page, order.code)
    expect(told(page, "answer")).to_contain_text("已经退出登录")
    expect(page.locator("[data-slip]")).to_be_hidden()

    page.context.set_offline(False)
    sign_in(page, "13800010001", PASSWORD)
    page.goto("/counter/offline")
    expect(told(page, "banner-text")).to_contain_text("网通着")
    page.context.set_offline(True)
    expect(told(page, "banner")).to_have_attribute("data-state", "off")
    scan(page, order.code)
    expect(page.locator("[data-slip-points]")).to_have_text("扣 8 分")


def test_price_tags_and_barcodes_add_goods_and_keep_the_basket(market, chromium: Chromium) -> None:
    site, _url, till, phone, _token = market
    with site.app_context():
        card = given_card(till, till.people[1])
        reserve(till, phone)
    page = at_the_counter(market, chromium)
    assert "EAN13" in page.locator("[data-scan]").get_attribute("data-formats")
    page.context.set_offline(True)
    expect(told(page, "banner")).to_have_attribute("data-state", "off")
    scan(page, card)
    for tag in ("https://yitian.example/c/v/shelf?shop=1#A03", "a03"):
        scan(page, tag)
    expect(page.locator("[data-slip-points]")).to_have_text("扣 2 分")
    scan(page, "6900000000000")
    expect(told(page, "answer")).to_contain_text("本店没有这样东西")
    expect(page.locator("[data-slip-points]")).to_have_text("扣 2 分")
    scan(page, "HTTPS://YITIAN.EXAMPLE/Q/NOTACODE")  # the goods wait for the next code
    expect(told(page, "answer")).to_contain_text("没有读全")
    expect(page.locator("[data-slip-points]")).to_have_text("扣 2 分")
    expect(page.get_by_role("button", name="确认给货")).to_be_disabled()


def test_a_full_disk_is_said_and_nothing_is_handed_over(market, chromium: Chromium) -> None:
    site, _url, till, _phone, _token = market
    with site.app_context():
        order = till.order(till.people[0], ("A01", 2))
    page = at_the_counter(market, chromium)
    page.context.set_offline(True)
    expect(told(page, "banner")).to_have_attribute("data-state", "off")
    page.evaluate("""() => { for (const name of ["add", "put"]) IDBObjectStore.prototype[name] = () => {
      throw new DOMException("full", "QuotaExceededError"); }; }""")
    scan(page, "NOTACODE")  # a refusal that finds no room is no trouble
    expect(told(page, "answer")).to_contain_text("没有读全")
    scan(page, order.code)
    page.get_by_role("button", name="确认给货").click()
    expect(told(page, "answer")).to_contain_text("手机存满了")
    expect(told(page, "queue")).to_have_text("0")
    page.reload()
    expect(told(page, "queue")).to_have_text("0")


def test_the_camera_reads_a_code_without_network(market, chromium: Chromium, tmp_path: Path) -> None:
    site, _url, till, _phone, _token = market
    with site.app_context():
        order = till.order(till.people[0], ("A01", 2))
    camera = write_fake_camera(
        tmp_path / "order.mjpeg", [qr_picture(f"HTTPS://YITIAN.EXAMPLE/Q/{order.code}")]
    )
    page = at_the_counter(market, chromium, "/counter/more", camera=camera)
    page.context.set_offline(True)
    page.wait_for_url("**/counter/offline")
    expect(page.locator("[data-slip-points]")).to_have_text("扣 8 分")
    assert no_problems(chromium)
