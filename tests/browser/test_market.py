"""A market morning: three staff phones in real browsers, one of them without network for a while, sixty residents with
phones, cards and a helper, two annulments, a refund and a close-out on the pages. Ledger, shelves and statement agree to
the point; and what the shop prints has the size of its paper."""

from __future__ import annotations

import io
import json
import re
import urllib.error
import urllib.request
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, expect

from app import clock
from app.database import db
from app.identity.passwords import SetPassword, set_password
from app.identity.tokens import IssueToken, issue_token
from app.transaction import transact
from points.ledger.models import Account
from points.people.operations import GrantRole, grant_role
from points.people.queries import MemberBrief
from shop.codes.pins import SetPin, set_pin
from shop.codes.rotating import member_code
from shop.counter.models import Redemption
from shop.settlement.operations import SetUnitValue, set_unit_value
from tests.browser.conftest import PHONE, serving, sign_in
from tests.builders import PASSWORD, PASSWORD_HASH
from tests.conftest import close_site, new_site
from tests.shop.phones import given_card, given_phone, reserve
from tests.shop.till import Till, day_of, given_till
from tests.support.chromium import Chromium, axe_violations, no_horizontal_scroll
from tests.support.fake_camera import qr_picture, write_fake_camera

RESIDENTS = 60
FEN = 20
WITHOUT_NETWORK = timedelta(minutes=10)
redemption, account = Redemption.__table__, Account.__table__


@dataclass
class Market:
    """The served site, its till, and what each of the three staff holds: the page, and a token for HTTP."""

    site: Flask
    url: str
    till: Till
    chromium: Chromium
    staff: list[MemberBrief]
    phones: list[tuple[uuid.UUID, str]]
    tokens: list[str]
    behind: timedelta = WITHOUT_NETWORK

    def now(self) -> datetime:
        """What the site's clock shows: ten minutes ago, until ``ten_minutes_pass``."""
        return datetime.now(UTC) - self.behind

    def do(self, work: Any, *args: Any, **more: Any) -> Any:
        """Anything that needs the site's context, at the market's time of day."""
        with self.site.app_context():
            self.till.now = self.now()
            return work(*args, **more)

    def counter(self, which: int, camera: Path | None = None) -> Page:
        """A staff phone: enrolled, its clock the market's, and its volunteer signed in."""
        page = self.chromium.new_page(*PHONE, base_url=self.url, camera=camera)
        if self.behind:
            page.clock.install(time=self.now())
        page.context.add_cookies([{"name": "shop_phone", "value": self.phones[which][1], "url": self.url}])
        sign_in(page, phone_of(self.staff[which]), PASSWORD)
        return page

    def resident(self, number: int) -> Page:
        """A resident's own phone, with a browser."""
        page = self.chromium.new_page(*PHONE, base_url=self.url)
        sign_in(page, phone_of(self.till.people[number]), PASSWORD)
        return page

    def call(self, which: int, path: str, body: dict[str, Any], **headers: str) -> tuple[int, dict[str, Any]]:
        """What a staff phone's program sends; a refusal is an answer too."""
        asked = urllib.request.Request(
            f"{self.url}/api/v1{path}", json.dumps(body).encode(),
            {"Authorization": f"Bearer {self.tokens[which]}", "Content-Type": "application/json", **headers},
        )  # fmt: skip
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            return refused.code, json.load(refused)

    def sell(
        self, which: int, code: str, *lines: tuple[str, int], nonce: str = "", **more: Any
    ) -> tuple[int, dict[str, Any]]:
        """A counter sale over HTTP."""
        goods = [{"item_id": str(self.till.items[item]), "quantity": pieces} for item, pieces in lines]
        body = {"code": code, "nonce": nonce or self.till.a_key(), "lines": goods, **more}
        return self.call(which, "/redemptions", body)


def phone_of(person: MemberBrief) -> str:
    """The number that ``given_till`` gave them."""
    return f"1380001{int(person.household_number):04d}"


@pytest.fixture
def market(
    sqlite_template: Path, tmp_path: Path, chromium: Chromium, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Market]:
    """A shop this very morning: sixty households with a hundred points each, three volunteers with a phone each."""
    path = tmp_path / "market.db"
    path.write_bytes(sqlite_template.read_bytes())
    site = new_site(f"sqlite:///{path}", tmp_path, WTF_CSRF_ENABLED=True)
    with site.app_context():
        till = given_till(
            households=RESIDENTS + 2, points=100, pieces=500, at=datetime.now(UTC) - WITHOUT_NETWORK
        )
        staff = [till.staff, *till.people[RESIDENTS:]]
        for person in staff[1:]:
            grant = GrantRole(till.community_id, person.id, "shop_staff", "推选", scope_id=till.shop_id)
            transact(grant_role, grant)
        for person in (*staff, till.keeper, *till.people[:3]):
            transact(
                set_password, SetPassword(till.community_id, person.id, PASSWORD_HASH, must_change=False)
            )
        till.run(set_unit_value, SetUnitValue(till.community_id, till.keeper.id, FEN, "村民代表会议"))
        phones = [given_phone(till, f"{number}号机") for number in (1, 2, 3)]
        tokens = [
            transact(issue_token, IssueToken(till.community_id, person.id, 1, "till")).token
            for person in staff
        ]
    with serving(site) as url:
        market = Market(site, url, till, chromium, staff, phones, tokens)
        monkeypatch.setattr(clock, "now", market.now)
        yield market
    close_site(site)


def press(page: Page, name: str) -> None:
    """The first button or link of that name."""
    page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name)).first.click()
    page.wait_for_load_state()


def scan_order(page: Page, code: str) -> None:
    """Type the pick-up code, look, hand over."""
    page.goto("/counter")
    page.fill("input[name=code]", code)
    press(page, "查这张单")


def choose_goods(page: Page, **pieces: int) -> None:
    """Goods onto the counter, by their number fields."""
    page.goto("/counter/sale")
    for item, quantity in pieces.items():
        page.fill(f"#q-{item}", str(quantity))
    press(page, "选好了，扫对方的码")


def shown_code(page: Page) -> str:
    """What a resident's own phone shows."""
    page.goto("/code")
    words = page.locator("[data-code-text]")
    expect(words).not_to_be_empty()
    return words.inner_text()


def orders_are_collected(market: Market, counter: Page, orders: list[Any]) -> None:
    for order in orders:
        scan_order(counter, order.code)
        press(counter, "确认给货")
        expect(counter.get_by_role("heading", level=1)).to_have_text("可以给货")
    press(counter, "扫错了，撤销（15 分钟内）")  # the first annulment: the last one was a mistake
    scan_order(counter, orders[0].code)
    expect(counter.get_by_role("heading", level=1)).to_have_text("不能给货")


def residents_pay_at_the_counter(market: Market, counter: Page, folder: Path) -> None:
    """One with the rotating code, one with a word on the own phone, and one with a card, which the phone's camera reads, and
    a PIN."""
    first, second = market.resident(0), market.resident(1)
    choose_goods(counter, A01=2)
    counter.fill("input[name=code]", shown_code(first))
    press(counter, "看总数")
    press(counter, "确认给货")
    expect(counter.get_by_role("heading", level=1)).to_have_text("可以给货")

    choose_goods(counter, A01=15)  # sixty points: more than a code may spend by itself
    counter.fill("input[name=code]", shown_code(second))
    press(counter, "看总数")
    press(counter, "请对方在手机上确认")
    second.get_by_role("link", name="等您确认").first.click()
    press(second, "对，换这些")
    expect(second.get_by_role("heading", level=1)).to_have_text("换好了")
    expect(counter.get_by_role("heading", level=1)).to_have_text("可以给货")

    card = market.do(given_card, market.till, market.till.people[2])
    elder = SetPin(market.till.community_id, market.till.keeper.id, market.till.people[2].id, "2580")
    market.do(market.till.run, set_pin, elder)
    a_helper_orders_and_collects(market, counter, second, card)
    camera = write_fake_camera(
        folder / "card.mjpeg", [qr_picture(f"{market.url}/Q/{card}")], seconds_each=1.5
    )
    counter = market.counter(1, camera)
    choose_goods(counter, A01=10)
    expect(counter.locator("input[name=pin]")).to_be_visible()  # nobody typed, nobody pressed
    counter.fill("input[name=pin]", "1357")
    press(counter, "确认给货")
    expect(counter.get_by_text("密码不对")).to_be_visible()
    counter.fill("input[name=pin]", "2580")
    press(counter, "确认给货")
    expect(counter.get_by_role("heading", level=1)).to_have_text("可以给货")


def a_helper_orders_and_collects(market: Market, counter: Page, helper: Page, card: str) -> None:
    """Card and PIN of an old neighbour on the helper's phone; the order is the neighbour's, and the helper brings it home."""
    helper.goto("/helping")
    helper.fill("input[name=code]", card)
    helper.fill("input[name=pin]", "2580")
    press(helper, "开始帮办")
    expect(helper.get_by_text("办事，还有")).to_be_visible()
    helper.goto(f"/shop/items/{market.till.items['A03']}")
    press(helper, "留货")
    code = helper.locator(".code-text").inner_text()
    place = helper.url
    assert axe_violations(helper) == []
    assert no_horizontal_scroll(helper)
    press(helper, "办好了，回到自己的账户")
    scan_order(counter, code)
    expect(counter.locator("main")).to_contain_text(market.till.people[2].name)
    press(counter, "确认给货")
    expect(counter.get_by_role("heading", level=1)).to_have_text("可以给货")
    elder = market.resident(2)
    elder.goto(place)
    expect(elder.locator("main")).to_contain_text("谁帮办的")
    expect(elder.locator("main")).to_contain_text(market.till.people[1].name)


def one_phone_loses_the_network(counter: Page, orders: list[Any], card: str) -> None:
    counter.goto("/counter/offline")
    banner, queue = (counter.locator(f"[data-till] [data-{name}]") for name in ("banner", "queue"))
    expect(banner).to_have_attribute("data-state", "on")
    expect(counter.locator("[data-till] [data-age]")).to_contain_text("张单")
    counter.evaluate(
        "navigator.serviceWorker.ready.then(() => caches.match('/counter/offline')).then(Boolean)"
    )
    counter.context.set_offline(True)
    expect(banner).to_have_attribute("data-state", "off")
    for order in orders:
        counter.fill("input[name=code]", order.code)
        counter.get_by_role("button", name="查这个码").click()
        counter.get_by_role("button", name="确认给货").click()
    without_network(counter, card)
    expect(queue).to_have_text(str(len(orders) + 1))


def without_network(counter: Page, card: str) -> None:
    """One piece of A03 on a card, from what was reserved for this phone."""
    counter.fill("input[name=code]", card)
    counter.get_by_role("button", name="查这个码").click()
    counter.get_by_role("button", name="货A03").click()
    counter.get_by_role("button", name="确认给货").click()


def ten_minutes_pass(market: Market, counter: Page) -> None:
    """On the site's clock and on that of the phone without network."""
    market.behind = timedelta()
    counter.clock.fast_forward(int(WITHOUT_NETWORK.total_seconds()) * 1000)


def longest_without_network(market: Market) -> timedelta:
    """Between the first and the last hand-over that was told afterwards, as the register has them."""
    first, last = db.session.execute(
        sa.select(sa.func.min(redemption.c.scanned_at), sa.func.max(redemption.c.scanned_at)).where(
            redemption.c.community_id == market.till.community_id, redemption.c.is_offline
        )
    ).one()
    return last - first


def the_rest_come_over_http(market: Market) -> Counter[str]:
    """Fifty more residents: each phone makes its code by itself; some are refused, each with a reason."""
    people = market.till.people[10:RESIDENTS]
    shows = market.do(lambda: [market.till.phone_of(person) for person in people])

    def shop(at: int) -> str:
        with market.site.app_context():
            market.till.now = market.now()
            code = shows[at]()
        lines = [
            (("A01", 1),),
            (("A01", 1), ("A03", 2)),
            (("A02", 3),),
            (("A04", 1), ("A01", 1), ("A03", 1)),
        ][at % 4]
        status, answer = market.sell(at % 2, code, *lines, nonce=f"http-{at}")
        again = market.sell(at % 2, code, *lines, nonce=f"http-{at}")
        assert again == (status, answer) or {**again[1], "request_id": ""} == {**answer, "request_id": ""}
        return answer.get("reason") or answer["status"]

    with ThreadPoolExecutor(4) as pool:
        told = Counter(pool.map(shop, range(len(people))))
    spent = market.do(shows[2])  # refused a moment ago, so its code was not used up
    told[market.sell(0, spent, ("A03", 1), nonce="own-code")[1]["status"]] += 1
    told[market.sell(1, spent, ("A03", 1), nonce="same-code")[1]["reason"]] += 1
    told[market.sell(1, "0" * 22, ("A03", 1), nonce="no-code")[1]["reason"]] += 1
    forged = member_code("ABCDEFG", bytes(32), market.now())
    told[market.sell(0, forged, ("A03", 1), nonce="forged")[1]["reason"]] += 1
    return told


def test_a_market_morning(market: Market, tmp_path: Path) -> None:
    till = market.till
    orders = market.do(lambda: [till.order(person, ("A01", 1), ("A03", 1)) for person in till.people[3:9]])
    card = market.do(given_card, till, till.people[9])
    market.do(reserve, till, market.phones[2][0])
    third = market.counter(2)
    one_phone_loses_the_network(third, orders[3:], card)
    ten_minutes_pass(market, third)
    without_network(third, card)
    first, second = (market.counter(which) for which in range(2))
    orders_are_collected(market, first, orders[:3])
    residents_pay_at_the_counter(market, second, tmp_path)
    told = the_rest_come_over_http(market)
    assert told == {"ok": 39, "rules": 12, "already_redeemed": 1, "invalid": 2}
    status, _ = market.call(0, "/redemptions/annul", {"nonce": "http-0"})  # the second annulment
    assert status == 200

    third.context.set_offline(False)
    queue = third.locator("[data-till] [data-queue]")
    expect(queue).to_have_text("0")
    assert market.do(longest_without_network, market) >= WITHOUT_NETWORK

    steward = market.chromium.new_page(*PHONE, base_url=market.url)
    sign_in(steward, phone_of(till.keeper), PASSWORD)
    steward.goto("/desk/redemptions")
    steward.locator("main .rows a", has_text="已给货").first.click()
    steward.locator("input[type=number]").first.fill("1")
    steward.fill("input[name=reason]", "开了口")
    press(steward, "退货，把积分还给对方")
    expect(steward.get_by_text("退过的")).to_be_visible()
    everything_agrees(market, told)
    the_shift_ends(market, first)
    the_day_is_closed(market, first, second)
    both_sign_what_the_ledger_moved(market, first, steward)


def total_of(page: Page) -> list[int]:
    """The numbers of the table's last sum."""
    row = page.get_by_role("row").filter(has_text="合计")
    return [int(number.replace(",", "")) for number in row.locator(".num").all_inner_texts()]


def the_shift_ends(market: Market, counter: Page) -> None:
    """The volunteer's report says what the register has of this volunteer."""
    counter.goto("/counter/shift")
    press(counter, "交班")
    counter.wait_for_url("**/counter/shift/*")

    def told() -> list[int]:
        of_staff = sa.and_(redemption.c.community_id == market.till.community_id, redemption.c.status == "ok",
                           redemption.c.staff_id == market.staff[0].id)  # fmt: skip
        stands = redemption.c.annulled_at.is_(None)
        count = sa.func.count().filter
        points = sa.func.sum(redemption.c.points).filter(stands)
        return [*db.session.execute(sa.select(count(stands), points, count(~stands)).where(of_staff)).one()]

    found = market.do(told)
    assert found[2] == 2  # both annulments were this volunteer's
    assert total_of(counter) == found


def the_day_is_closed(market: Market, counter: Page, second: Page) -> None:
    """One item is counted, and one piece of it is missing; the book follows by a stock-take, which begins there."""
    item = market.till.items["A01"]
    on_hand, _held = market.do(market.till.shelf, "A01")
    counter.goto("/settlement/days")
    counter.fill(f"input[name='counted-{item}']", str(on_hand - 1))
    press(counter, "结账")
    expect(counter.get_by_text("请写一句为什么不一样")).to_be_visible()
    counter.fill(f"input[name='note-{item}']", "压碎了一件")
    press(counter, "结账")
    counter.wait_for_url("**/settlement/days/*")
    expect(counter.get_by_role("row").filter(has_text="压碎了一件")).to_contain_text(str(on_hand - 1))
    second.goto(counter.url)
    press(second, "核对无误，签字")
    expect(second.get_by_text("核对签好了")).to_be_visible()
    press(counter, "盘点这一样")
    expect(counter.get_by_role("heading", level=1)).to_contain_text("A01")


def both_sign_what_the_ledger_moved(market: Market, counter: Page, steward: Page) -> None:
    """Drawn and signed on the pages; points times the value of a point are what the shop's account moved."""
    for page in (counter, steward):
        page.on("dialog", lambda question: question.accept())
    steward.goto("/settlement")
    steward.locator("summary", has_text="出一张结算单").click()
    steward.fill("#draw input[name=until]", day_of(market.now()).isoformat())
    steward.locator("#draw button[type=submit]").click()
    steward.wait_for_url("**/settlement/*")
    expect(steward.get_by_text("一分不差")).to_be_visible()
    counter.goto(steward.url)
    for page in (steward, counter):
        press(page, "核对无误，签字")
    expect(counter.get_by_text("双方都签好了")).to_be_visible()

    def moved() -> int:
        return db.session.execute(
            sa.select(account.c.credits_posted - account.c.debits_posted).where(
                account.c.community_id == market.till.community_id,
                account.c.kind == "shop",
                account.c.owner_id == market.till.shop_id,
            )
        ).scalar_one()

    points = market.do(moved)
    assert total_of(counter)[1] == points
    with counter.expect_download() as download:
        counter.get_by_role("link", name="XLSX").click()
    rows = {
        row[0]: row[2]
        for row in openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes())).active.values
    }
    assert (rows["合计"], rows["应付（元）"]) == (points, points * FEN / 100)


def papers_of(page: Page) -> list[tuple[int, int]]:
    """The sheets that would be printed, each with its size in millimetres."""
    sizes = re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", page.pdf(prefer_css_page_size=True))
    return [(round(float(wide) / 72 * 25.4), round(float(high) / 72 * 25.4)) for wide, high in sizes]


def test_what_the_shop_prints_has_the_size_of_its_paper(market: Market) -> None:
    counter, code = market.counter(0), market.do(lambda: market.till.phone_of(market.till.people[0])())
    assert market.sell(0, code, ("A03", 1), nonce="a-slip")[1]["status"] == "ok"
    counter.goto("/counter/slips/a-slip")
    expect(counter.get_by_role("button", name="打印小票")).to_be_visible()
    counter.emulate_media(media="print")
    assert counter.locator(".receipt").bounding_box()["width"] == pytest.approx(58 / 25.4 * 96, abs=1)
    assert [one.is_visible() for one in counter.locator("nav, .btn, .noprint").all()].count(True) == 0
    assert papers_of(counter) == [(58, 180)]

    counter.emulate_media(media="screen")
    counter.goto("/stock/tags")
    for box in counter.locator("input[name=item_ids]").all():
        box.check()
    press(counter, "做成打印页")
    expect(counter.get_by_role("heading", level=1)).to_be_visible()
    counter.emulate_media(media="print")
    assert counter.locator(".a4").first.bounding_box()["width"] == pytest.approx(210 / 25.4 * 96, abs=1)
    assert [one.is_visible() for one in counter.locator("nav, .btn, .noprint").all()].count(True) == 0
    assert papers_of(counter) == [(210, 297)]


def everything_agrees(market: Market, told: Counter[str]) -> None:
    """Ledger, shelves and register add up; every refusal has a reason."""
    till = market.till
    assert market.do(till.wrong_numbers) == []

    def refusals() -> Counter[str]:
        rows = db.session.execute(
            sa.select(redemption.c.reason).where(
                redemption.c.community_id == till.community_id, redemption.c.status == "error"
            )
        )
        return Counter(row.reason for row in rows)

    found = market.do(refusals)
    assert found == {reason: count for reason, count in told.items() if reason != "ok"} | {
        "already_redeemed": 2
    }
