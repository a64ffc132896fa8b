"""Choosing goods at the counter in a real browser: USB scanner, name, total; what is not there; an answer that was lost."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect

from app import clock
from app.database import db
from app.demo.cast import SIGN_INS
from app.transaction import transact
from points.people.models import Community, Member, Role
from points.people.operations import GrantRole, grant_role
from shop.catalogue.models import Item
from shop.catalogue.shops import SetDoor, set_door
from shop.codes.keys import code_keys
from shop.codes.member_keys import AddPhone, add_phone
from shop.codes.pins import SetPin, set_pin
from shop.codes.rotating import member_code
from tests.browser.conftest import Live
from tests.browser.test_scanner import KEYS
from tests.support.chromium import axe_violations, no_horizontal_scroll

BARCODE = "6901234567892"


def payer() -> tuple[int, uuid.UUID]:
    """A demo resident, as (community, member)."""
    phone = next(phone for role, phone in SIGN_INS if role == "resident")
    return db.session.execute(
        sa.select(Member.community_id, Member.id).where(Member.phone == phone),
        execution_options={"across_communities": True},
    ).one()


@pytest.fixture
def sale(live: Live) -> Page:
    """The counter's page for choosing; ``page.item`` is the code of something that has the barcode ``BARCODE``."""
    page = live.signed_in("shop_staff")
    page.goto("/counter/sale")
    page.item = page.evaluate(
        "[...document.querySelectorAll('li[data-code]')].find((e) => e.querySelector('input').max >= 4).dataset.code"
    )

    def stick(session, community_id, *, now):
        item = sa.update(Item).where(Item.community_id == community_id, Item.code == page.item)
        session.execute(item.values(barcode=BARCODE))

    with live.site.app_context():
        transact(stick, payer()[0])
    page.reload()
    return page


def row(page: Page) -> Locator:
    """Its row."""
    return page.locator(f"li[data-code={page.item}]")


def pieces(page: Page) -> str:
    """How many of it are chosen."""
    return row(page).locator("input[type=number]").input_value()


def scan(page: Page, text: str, *, where: str = "body", end: str = "Enter") -> None:
    """A USB scanner."""
    page.evaluate(KEYS, [where, text, end, False])


def test_a_usb_scanner_adds_a_piece_wherever_the_focus_is_and_the_total_follows(
    live: Live, sale: Page
) -> None:
    price = int(row(sale).get_attribute("data-points"))
    scan(sale, BARCODE)
    expect(sale.locator("[data-total]")).to_have_text(str(price))
    scan(sale, BARCODE, where="[data-find]", end="Tab")
    expect(sale.locator("[data-total]")).to_have_text(str(2 * price))
    sale.locator("[data-find]").fill(BARCODE)
    sale.locator("[data-find]").press("Enter")
    expect(sale.locator("[data-total]")).to_have_text(str(3 * price))
    assert (pieces(sale), sale.locator("[data-find]").input_value()) == ("3", "")
    assert sale.url.endswith("/counter/sale")
    assert live.chromium.problems == []


def test_a_name_finds_and_enter_adds_the_only_one_left(sale: Page) -> None:
    name = row(sale).get_attribute("data-called")
    sale.locator("[data-find]").fill(name)
    expect(sale.locator("li[data-code]:visible")).to_have_count(1)
    sale.locator("[data-find]").press("Enter")
    assert pieces(sale) == "1"
    assert sale.locator("li[data-code]:visible").count() > 5


def test_a_short_number_is_the_item_that_has_it_and_not_a_name(sale: Page) -> None:
    sale.evaluate(
        """(code) => {
          const rows = [...document.querySelectorAll("li[data-code]")];
          rows.find(({ dataset }) => dataset.code === code).dataset.barcode = "4711";
          rows.find(({ dataset }) => dataset.code !== code).dataset.name += " 4711";
        }""",
        sale.item,
    )
    sale.locator("[data-find]").fill("4711")
    expect(sale.locator("li[data-code]:visible")).to_have_count(1)
    sale.locator("[data-find]").press("Enter")
    assert pieces(sale) == "1"


def test_what_is_not_here_or_all_taken_is_said_in_words(sale: Page) -> None:
    said = sale.locator(".toast[role=status]")
    scan(sale, "4006381333931")
    expect(said).to_contain_text("4006381333931 在这里没有货")
    count = row(sale).locator("input[type=number]")
    count.fill(count.get_attribute("max"))
    sale.locator("h1").click()
    scan(sale, BARCODE)
    expect(said).to_contain_text("件了")
    assert pieces(sale) == count.get_attribute("max")
    sale.locator("[data-find]").fill("没有这样的东西")
    sale.locator("[data-find]").press("Enter")
    expect(said).to_contain_text("没有这样的东西 在这里没有货")
    assert axe_violations(sale) == []
    assert no_horizontal_scroll(sale)


def test_every_row_has_a_small_picture_or_an_icon_and_pictures_wait(sale: Page) -> None:
    rows = sale.locator("li[data-code]").count()
    assert sale.locator(".goods-mini").count() == rows > 5
    assert sale.locator(".goods-mini img:not([loading=lazy])").count() == 0
    boxes = sale.evaluate("[...document.querySelectorAll('.goods-mini')].map((e) => e.offsetWidth)")
    assert set(boxes) == {56}


def look_at_one(live: Live, sale: Page) -> None:
    """One piece, and the code of a resident's phone: the page before the confirmation."""
    row(sale).locator("input[type=number]").fill("1")
    sale.get_by_role("button", name="选好了").click()
    sale.locator("#pay input[name=code]").fill(code_of_a_phone(live))
    sale.locator("#pay button[type=submit]").last.click()
    sale.wait_for_url("**/counter/sale/pay")


def confirm_without_answer(sale: Page) -> None:
    """Sent, and the network lost it."""
    sale.route("**/counter/sell", lambda route: route.abort())
    sale.get_by_role("button", name="确认给货").click()
    sale.wait_for_url("chrome-error://**")


def banners(page: Page) -> int:
    """Whether the page says that an answer was not seen."""
    return page.get_by_text("答复没看到").count()


def test_a_confirmation_whose_answer_was_lost_is_asked_for_on_the_next_page(live: Live, sale: Page) -> None:
    look_at_one(live, sale)
    assert (banners(sale), axe_violations(sale)) == (0, [])
    confirm_without_answer(sale)
    sale.goto("/counter")
    expect(sale.get_by_role("status").filter(has_text="答复没看到")).to_be_visible()
    sale.get_by_role("link", name="查一下记上了没有").click()
    expect(sale.locator("h1")).to_have_text("还没有记上")
    assert (no_horizontal_scroll(sale), axe_violations(sale)) == (True, [])
    sale.get_by_role("button", name="不要这笔了").click()
    expect(sale.locator("main")).to_contain_text("没有扣积分")
    sale.goto("/counter")
    assert banners(sale) == 0


@pytest.fixture
def asks_for_a_pin(live: Live) -> Iterator[None]:
    """The village asks for a PIN above nought points, and the payer has one."""
    with live.site.app_context():
        community_id, member_id = payer()
        transact(set_pin, SetPin(community_id, member_id, member_id, "2580"))
        before = ask_for_pins_above(0, community_id)
    yield
    with live.site.app_context():
        ask_for_pins_above(before, community_id)


def ask_for_pins_above(points: int, community_id: int) -> int:
    """What it was before."""

    def change(session, points, *, now):
        mine = Community.id == community_id
        before = session.scalar(sa.select(Community.confirm_above).where(mine))
        session.execute(sa.update(Community).where(mine).values(confirm_above=points))
        return before

    return transact(change, points)


@pytest.mark.usefixtures("asks_for_a_pin")
def test_a_wrong_pin_and_a_changed_price_are_answers(live: Live, sale: Page) -> None:
    look_at_one(live, sale)
    sale.get_by_label("对方的密码").fill("1111")
    sale.get_by_role("button", name="确认给货").click()
    expect(sale.locator("main")).to_contain_text("密码不对")
    assert (sale.url.endswith("/counter/sell"), banners(sale), axe_violations(sale)) == (True, 0, [])
    with live.site.app_context():
        change_price(sale.item, 1)
    sale.get_by_label("对方的密码").fill("2580")
    sale.get_by_role("button", name="确认给货").click()
    expect(sale.locator("h1")).to_have_text("换东西")
    assert (sale.url.endswith("/counter/sell"), banners(sale)) == (True, 0)
    with live.site.app_context():
        change_price(sale.item, -1)
    sale.goto("/counter")
    assert banners(sale) == 0


@pytest.mark.usefixtures("asks_for_a_pin")
def test_after_a_wrong_pin_a_lost_answer_is_asked_for_all_the_same(live: Live, sale: Page) -> None:
    look_at_one(live, sale)
    sale.get_by_label("对方的密码").fill("1111")
    sale.get_by_role("button", name="确认给货").click()
    expect(sale.locator("main")).to_contain_text("密码不对")
    sale.get_by_label("对方的密码").fill("2580")
    confirm_without_answer(sale)
    sale.goto("/counter")
    expect(sale.get_by_text("答复没看到")).to_be_visible()


@pytest.mark.usefixtures("asks_for_a_pin")
def test_asking_on_the_other_phone_is_no_confirmation(live: Live, sale: Page) -> None:
    look_at_one(live, sale)
    sale.get_by_role("button", name="请对方在手机上确认").click()
    sale.wait_for_url("**/counter/asked/*")
    sale.goto("/counter")
    assert banners(sale) == 0


def change_price(item: str, points: int) -> None:
    """So many points more for an item of the payer's village."""

    def change(session, points, *, now):
        here = (Item.community_id == payer()[0], Item.code == item)
        session.execute(sa.update(Item).where(*here).values(points=Item.points + points))

    transact(change, points)


def code_of_a_phone(live: Live) -> str:
    """What the phone of a demo resident shows now."""
    with live.site.app_context():
        community_id, member_id = payer()
        phone = transact(add_phone, AddPhone(community_id, member_id))
        key = code_keys(db.session()).member_key(phone.handle)
        return member_code(phone.handle, key, clock.now())


def test_the_way_round_a_refusal_is_open_to_everybody(live: Live, sale: Page) -> None:
    with live.site.app_context():
        phone = next(phone for role, phone in SIGN_INS if role == "shop_staff")
        community_id, staff_id, shop_id = db.session.execute(
            sa.select(Member.community_id, Member.id, Role.scope_id)
            .join(Role, Role.member_id == Member.id)
            .where(Member.phone == phone, Role.role == "shop_staff"),
            execution_options={"across_communities": True},
        ).one()
        transact(grant_role, GrantRole(community_id, staff_id, "supervisor", "试验"))
        transact(set_door, SetDoor(community_id, staff_id, shop_id, "closed"))
    row(sale).locator("input[type=number]").fill("1")
    sale.get_by_role("button", name="选好了").click()
    sale.locator("#pay input[name=code]").fill(code_of_a_phone(live))
    sale.locator("#pay button[type=submit]").last.click()
    reason = sale.get_by_label("按规定仍要给，为什么")
    assert (no_horizontal_scroll(sale), axe_violations(sale)) == (True, [])
    reason.fill("台风天，急用")
    sale.get_by_role("button", name="按规定仍要给").click()
    expect(sale.get_by_role("button", name="确认给货")).to_be_visible()
