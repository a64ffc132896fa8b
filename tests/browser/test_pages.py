"""Every page, for whom it is made: nobody is shut out, nothing scrolls sideways, no script complains."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page

from app.database import db
from points.people.models import Area, Community, Grid, Member
from shop.catalogue.models import Shop
from shop.settlement.models import FundEntry
from tests.browser.conftest import DESK, PHONE, SMALLEST, Live
from tests.support.chromium import axe_violations, no_horizontal_scroll

# Pages by who opens them; what needs an id is reached by following links below.
PAGES: dict[str | None, tuple[str, ...]] = {
    None: (
        "/", "/sign-in", "/c/yitian/board", "/c/yitian/changes", "/c/yitian/groups", "/c/liuhe/board",
        "/c/yitian/rules", "/c/yitian/rules/AID-02", "/c/yitian/rules/difference", "/c/yitian/rules/poster",
        "/c/yitian/rules/cards", "/c/yitian/objections/figures", "/c/yitian/changes?kind=points", "/c/yitian/poster",
        "/c/yitian/poster?lay=wide", "/c/yitian/months", "/c/yitian/sessions", "/c/yitian/rechecks",
        "/c/yitian/checkpoints", "/shop-phone", "/c/yitian/care", "/c/yitian/donations", "/c/yitian/shelf",
    ),
    "resident": (
        "/home", "/points", "/points/on-notice", "/points/held", "/points/honour", "/report", "/report?category=AID",
        "/report?rule=AID-01", "/records", "/shop", "/orders", "/code", "/code/pocket", "/account", "/password", "/rules",
        "/me/relations", "/me/conduct", "/me/verify", "/account/pin", "/vouchers", "/gifts", "/points/household",
        "/basket", "/shop/wishes", "/helping",
    ),
    "elder": ("/home", "/points"),
    "grid_worker": ("/home", "/round", "/records", "/cards", "/conduct", "/conduct/new", "/members"),
    "reviewer": ("/home", "/review", "/fairness/mine"),
    "chair": ("/review",),
    "shop_staff": (
        "/home", "/counter", "/counter/sale", "/counter/orders", "/counter/log", "/counter/offline", "/stock",
        "/stock/register", "/stock/offline", "/counter/vouchers", "/counter/vouchers/used",
        "/counter/vouchers/issued", "/counter/loans", "/counter/loans/new", "/counter/care", "/counter/prepare",
        "/counter/shift", "/settlement", "/settlement/days", "/stock/deliveries", "/stock/deliveries/new",
        "/stock/donors", "/stock/takes", "/stock/books/out", "/stock/waiting", "/stock/door", "/stock/tags",
    ),
    "steward": (
        "/desk", "/members", "/imports", "/cards", "/stock", "/stock/offline", "/stock/conflicts", "/desk/groups",
        "/desk/groups/review/people", "/desk/relations", "/desk/review-plan", "/rules/draft",
        "/rules/draft/difference", "/rules/draft/adoption", "/rules/draft/items/new", "/conduct", "/cards/all",
        "/desk/devices", "/desk/counter-rules", "/desk/vouchers", "/desk/care", "/counter/loans",
        "/settlement/shifts", "/settlement/days", "/desk/redemptions",
        "/desk/liability", "/desk/expiring", "/desk/helping", "/settlement", "/stock/items/new", "/stock/shops",
    ),
    "supervisor": (
        "/home", "/objections", "/second-level", "/review", "/conduct?show=appeals", "/fairness",
        "/fairness?show=severity", "/fairness?show=pairs", "/rechecks", "/rechecks/paper", "/desk/care",
        "/desk/gifts", "/desk/helping", "/stock/conflicts", "/stock/deliveries", "/stock/books/in", "/members",
    ),
    "operator": ("/operator", "/imports", "/members", "/stock/shops", "/stock/items/new"),
}  # fmt: skip

# (who, page, which link to follow from it)
BEHIND: tuple[tuple[str | None, str, str], ...] = (
    (None, "/c/yitian/board", ".board a"),
    ("steward", "/desk/redemptions", "main .rows a"),
    ("resident", "/c/yitian/board?show=over", ".board a"),
    (None, "/c/yitian/months", "main a[href*='/months/']"),
    (None, "/c/yitian/sessions", "main a[href*='/sessions/']"),
    (None, "/c/yitian/checkpoints", "main .rows a"),
    ("resident", "/points", "main a[href*='/points/entries/']"),
    ("resident", "/records", "main a[href*='/records/']"),
    ("resident", "/orders", "main a[href*='/orders/']"),
    ("resident", "/shop", "main a[href*='/shop/items/']"),
    ("reviewer", "/review", "main a[href*='/review/']"),
    ("shop_staff", "/stock", "main a[href*='/stock/items/']"),
    ("steward", "/rules/draft", "main a[href*='/rules/draft/items/']:not([href*='new'])"),
    ("grid_worker", "/conduct", "main .rows a[href*='/conduct/']"),
    ("steward", "/desk/devices", "main .rows a[href*='/desk/devices/']"),
    ("steward", "/desk/devices", "main .rows a[href*='/desk/shops/']"),
    ("steward", "/cards/all", "main .rows a"),
    ("shop_staff", "/counter/loans", "main .rows a[href*='/counter/loans/']"),
    ("shop_staff", "/counter/loans/new?q=01", "main .rows a[href*='/counter/loans/new']"),
    ("steward", "/desk/vouchers", "main .rows a[href*='/desk/vouchers/']"),
    ("steward", "/members", "main a[href*='/members/']"),
    ("supervisor", "/objections", "main a[href*='/objections/']"),
    ("supervisor", "/second-level", "main a[href*='/second-level/']"),
    ("supervisor", "/rechecks", "main .row a[href*='/rechecks/']"),
    ("steward", "/settlement", "main .rows a[href*='/settlement/']"),
)  # fmt: skip

Opened = Callable[[str | None, tuple[int, int]], Page]


def check(page: Page, where: str, *, axe: bool = True) -> None:
    """What every page owes to everybody."""
    assert not axe or axe_violations(page) == [], where
    assert no_horizontal_scroll(page), where
    assert page.locator("h1").count() == 1, where


def opened(live: Live, role: str | None, size: tuple[int, int], **options: object) -> Page:
    """A page of a visitor or of one of the demo's people."""
    return live.page(size, **options) if role is None else live.signed_in(role, size, **options)


FOR_A_DESK = ("steward", "supervisor", "operator")


# Everybody's pages on a phone, and on a desk those that are made for one.
@pytest.mark.parametrize(
    ("role", "size"),
    [(role, PHONE) for role in PAGES] + [(role, DESK) for role in (None, *FOR_A_DESK)],
    ids=str,
)
def test_pages_are_open_to_everybody(live: Live, role: str | None, size: tuple[int, int]) -> None:
    page = opened(live, role, size)
    for address in PAGES[role]:
        answer = page.goto(address)
        assert answer.status == 200, address
        check(page, f"{role} {address}", axe=size == PHONE or role in FOR_A_DESK)
    assert live.chromium.problems == []


@pytest.mark.parametrize(("role", "address", "link"), BEHIND, ids=[f"{who}{page}" for who, page, _ in BEHIND])
def test_what_lies_behind_a_list_is_open_to_everybody(
    live: Live, role: str | None, address: str, link: str
) -> None:
    page = opened(live, role, PHONE)
    page.goto(address)
    target = page.locator(link).first.get_attribute("href")
    assert page.goto(target).status == 200
    check(page, f"{role} {target}")


def test_a_wrong_address_says_what_to_do(live: Live) -> None:
    page = live.page()
    assert page.goto("/no-such-page").status == 404
    assert page.locator("h1").count() == 1
    assert page.locator("a[href='/']").count() >= 1
    assert no_horizontal_scroll(page)


@pytest.mark.parametrize("role", [None, "resident", "grid_worker", "shop_staff", "steward"], ids=str)
def test_nothing_scrolls_sideways_on_the_smallest_phone(live: Live, role: str | None) -> None:
    page = opened(live, role, SMALLEST)
    for address in PAGES[role]:
        page.goto(address)
        assert no_horizontal_scroll(page), address


def test_one_tap_makes_everything_large_and_it_stays(live: Live) -> None:
    page = live.signed_in("elder")
    body = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    page.get_by_role("button", name=re.compile("长辈版")).click()
    page.wait_for_load_state()
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= body * 1.3
    for address in PAGES["resident"]:
        page.goto(address)
        assert page.locator("html.elder").count() == 1
        check(page, address)


def test_english_is_english_everywhere(live: Live) -> None:
    chinese = re.compile("[\u4e00-\u9fff]")
    names = proper_names(live)
    for role in (None, "resident", "grid_worker", "chair", "shop_staff", "steward", "supervisor"):
        page = opened(live, role, PHONE)
        page.context.add_cookies([{"name": "lang", "value": "en", "url": live.url}])
        for address in PAGES[role]:
            page.goto(address)
            words = page.evaluate(
                "() => [...document.querySelectorAll('h1, h2, button, label, legend, nav a, th, .btn')]"
                ".map(e => e.textContent.trim())"
            )
            assert [word for word in words if chinese.search(names.sub("", word))] == [], f"{role} {address}"
            assert no_horizontal_scroll(page), f"{role} {address}"


def proper_names(live: Live) -> re.Pattern[str]:
    """What stays Chinese in the English site: the mark, the language switch, people, masked too, and places."""
    with live.site.app_context():
        names = [
            name
            for column in (Member.name, Community.name, Area.name, Grid.name, Shop.name, FundEntry.source)
            for name in db.session.scalars(
                sa.select(column).distinct(), execution_options={"across_communities": True}
            )
        ]
    longest_first = sorted(map(re.escape, names), key=len, reverse=True)
    return re.compile("|".join([*longest_first, "中文", "义田", r"[\u4e00-\u9fff]\*[\u4e00-\u9fff]?"]))


def test_reading_and_reporting_work_without_javascript(live: Live) -> None:
    page = live.signed_in("resident", javascript=False)
    page.goto("/points")
    assert page.locator("h1").count() == 1
    page.goto("/report")
    page.locator("main a[href*='category=HON']").click()
    page.locator("main a[href*='HON-01']").click()
    page.locator("input[name=done_on]").nth(1).check()
    page.locator("form[action='/report'] button[type=submit], #report button[type=submit]").last.click()
    page.wait_for_url("**/report/done/**")
    page.goto("/c/yitian/board")
    assert page.locator(".board tbody tr").count() > 3


def test_what_was_typed_survives_a_sign_out(live: Live) -> None:
    page = live.signed_in("resident")
    page.goto("/report?rule=AID-04")
    page.fill("textarea[name=note]", "教隔壁奶奶用手机挂号")
    page.context.clear_cookies(name="session")
    page.locator("input[name=done_on]").nth(1).check()
    page.locator("#report button[type=submit]").last.click()
    page.wait_for_url("**/sign-in**")
    page.fill("input[name=phone]", "19900007145")
    page.fill("input[name=password]", "yitian2026")
    page.keyboard.press("Enter")
    page.wait_for_url("**/report**")
    assert page.locator("textarea[name=note]").input_value() == "教隔壁奶奶用手机挂号"


def test_a_poll_whose_element_was_replaced_before_it_left_breaks_nothing(live: Live) -> None:
    page = live.signed_in("resident")
    page.evaluate("""() => {
        const panel = document.createElement("div");
        panel.setAttribute("hx-get", "/points");
        panel.setAttribute("hx-trigger", "every 50ms");
        document.body.append(panel);
        document.addEventListener("htmx:config:request", () => panel.remove());
        htmx.process(panel);
    }""")
    with page.expect_request("**/points"):
        pass
    page.wait_for_timeout(200)
    assert live.chromium.problems == []
