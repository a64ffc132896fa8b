"""A shop phone loses the network, sells, is started again, and tells when the network is back."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.identity.passwords import SetPassword, set_password
from app.transaction import transact
from tests.browser.conftest import PHONE, serving, sign_in
from tests.builders import PASSWORD, PASSWORD_HASH
from tests.conftest import close_site, new_site
from tests.shop.phones import given_card, given_phone, reserve
from tests.shop.till import Till, given_till
from tests.support.chromium import Chromium, axe_violations, no_horizontal_scroll


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
    expect(banner).to_have_attribute("data-state", "off", timeout=3_000)
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
    expect(banner).to_have_attribute("data-state", "off", timeout=3_000)
    scan(page, card)
    page.get_by_role("button", name="货A03").click()
    page.get_by_role("button", name="货A03", exact=True).click()
    expect(page.locator("[data-slip-points]")).to_have_text("扣 2 分")
    assert axe_violations(page) == []
    page.get_by_role("button", name="确认给货").click()
    expect(queue).to_have_text("3")

    page.context.set_offline(False)
    expect(banner).to_have_attribute("data-state", "on", timeout=4_000)
    expect(queue).to_have_text("0", timeout=10_000)
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
