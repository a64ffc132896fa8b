"""Vouchers and lent things on the web: at home, at the counter, at the desk."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.transaction import transact
from points.people.models import Community
from points.people.queries import MemberBrief
from shop.catalogue.models import Item
from shop.codes.pins import SetPin, set_pin
from shop.counter.operations import RedeemCode, redeem_code
from shop.vouchers.operations import issue_vouchers
from shop.vouchers.queries import VoucherView, vouchers_of_household
from tests.app.web.resident.street import Street, flashed, links, value_of, words
from tests.app.web.shop.test_sale_pages import phone_code
from tests.builders import MONDAY, a_key, given_order


def given_voucher(street: Street, code: str = "I21") -> VoucherView:
    """A haircut, paid for and handed over on Monday morning."""
    village = street.village
    order = street.do(given_order, village, street.rich, code=code, at=MONDAY)
    staff = village.one("shop_staff").id
    street.do(transact, redeem_code,
              RedeemCode(village.community_id, staff, village.shop_id, "d", order.code, a_key()))  # fmt: skip

    def issue(session: Session, order_id: uuid.UUID, *, now: datetime) -> list[VoucherView]:
        # What the counter issued already at the hand-over is answered again.
        return issue_vouchers(session, village.community_id, order_id, shop_id=village.shop_id, now=now)

    (voucher,) = street.do(transact, issue, order.id)
    return voucher


def state_of(street: Street, voucher: VoucherView) -> str:
    """As its household reads it now."""
    village = street.village
    found = street.ask(vouchers_of_household, village.community_id, street.rich.household_id, now=MONDAY)
    return next(one.state for one in found if one.id == voucher.id)


def test_a_voucher_goes_from_home_over_the_counter_into_the_list_of_the_month(street: Street) -> None:
    voucher = given_voucher(street)
    home, counter = street.as_(street.rich), street.staff("shop_staff")
    assert links(home.get("/vouchers"), f"/vouchers/{voucher.id}")
    page = home.get(f"/vouchers/{voucher.id}")
    assert "理发一次 还没用" in words(page)
    assert "村口店，村委会旁" in words(page)
    assert home.get(f"/Q/{voucher.token}").location == f"/vouchers/{voucher.id}"
    assert counter.get(f"/Q/{voucher.token}").location == f"/counter/vouchers?code={voucher.token}"
    paper = counter.get(f"/counter/vouchers/{voucher.id}/paper")
    assert "只能用一次" in words(paper)
    assert value_of(counter.get(f"/counter/vouchers?code={voucher.token}"), "code") == [voucher.token]
    check = counter.post("/counter/vouchers/check", data={"code": voucher.token})
    assert f"{voucher.household_number} 户" in words(check)
    assert street.rich.name not in words(check)
    assert state_of(street, voucher) == "issued"
    sent = {"code": voucher.token, "nonce": value_of(check, "nonce")[0]}
    for _click in range(2):
        assert "券收好了" in words(counter.post("/counter/vouchers/use", data=sent))
    again = counter.post("/counter/vouchers/check", data={"code": voucher.token})
    assert (again.status_code, "这张券已经用过了：今天 08:30，村口店。" in words(again)) == (400, True)
    assert "收了 1 张" in words(counter.get("/counter/vouchers/used"))
    assert "收了 0 张" in words(counter.get("/counter/vouchers/used?month=2026-08"))
    assert counter.get("/counter/vouchers/used?month=x").status_code == 404
    assert "用过了" in words(counter.get("/counter/vouchers/issued"))
    counter.get(f"/counter/vouchers/{voucher.id}/paper")
    assert "不用再印" in flashed(counter)
    assert counter.post("/counter/vouchers/check", data={"code": ""}).status_code == 422


def test_a_credit_shows_what_it_pays_and_keeps_which_bill(street: Street) -> None:
    credit = given_voucher(street, "I28")
    home, counter = street.as_(street.rich), street.staff("shop_staff")
    assert "物业费抵扣，抵扣 1 元" in words(home.get(f"/vouchers/{credit.id}"))
    check = counter.post("/counter/vouchers/check", data={"code": credit.token})
    sent = {"code": credit.token, "nonce": value_of(check, "nonce")[0], "note": "号" * 61}
    refused = counter.post("/counter/vouchers/use", data=sent)
    assert (refused.status_code, "最多 60 个字" in words(refused)) == (422, True)
    sent["note"] = "3 栋 502"
    assert "3 栋 502" in words(counter.post("/counter/vouchers/use", data=sent))
    for page in (home.get(f"/vouchers/{credit.id}"), counter.get("/counter/vouchers/used")):
        assert "3 栋 502" in words(page)


def test_only_the_household_the_counter_and_the_steward_see_a_voucher(street: Street) -> None:
    voucher = given_voucher(street)
    assert street.as_(street.neighbour).get(f"/vouchers/{voucher.id}").status_code == 404
    assert street.far_away().get(f"/vouchers/{voucher.id}").status_code == 404
    assert "这是一张券" in words(street.stranger().get(f"/Q/{voucher.token}"))
    assert street.as_(street.rich).get("/counter/vouchers").status_code == 403
    assert street.far_away("steward").get(f"/desk/vouchers/{voucher.id}").status_code == 404
    assert street.far_away("shop_staff").get(f"/counter/vouchers/{voucher.id}/paper").status_code == 404


def test_the_steward_extends_what_has_lapsed_once(street: Street, clock_at) -> None:
    voucher = given_voucher(street)
    clock_at(MONDAY + timedelta(days=91))
    steward, path = street.staff("steward"), f"/desk/vouchers/{voucher.id}"
    assert path in links(steward.get("/desk/vouchers"), "/desk/vouchers/")
    assert steward.post(f"{path}/extend", data={"reason": ""}).status_code == 422
    assert steward.post(f"{path}/extend", data={"reason": "住院没能来"}).status_code == 303
    assert "延长过了" in words(steward.get(path))
    assert steward.post(f"{path}/extend", data={"reason": "再来一次"}).status_code == 409
    board = words(street.stranger().get("/c/yitian/changes"))
    assert "一张券延长了有效期：I21 理发一次" in board


def lendable_soap(street: Street, points: int = 4) -> str:
    """The id of soap, which this street lends for a deposit."""
    village = street.village

    def make_loan(session: Session, _what: None, *, now: datetime) -> None:
        of_item = (Item.community_id == village.community_id, Item.code == "I01")
        session.execute(sa.update(Item).where(*of_item).values(kind="loan", points=points))

    street.do(transact, make_loan, None)
    return str(village.items["I01"])


def ask_above(session: Session, what: tuple[int, int], *, now: datetime) -> None:
    """A phone's code is good for so many points without a PIN."""
    community_id, points = what
    session.execute(sa.update(Community).where(Community.id == community_id).values(confirm_above=points))


def given_pin(street: Street, person: MemberBrief) -> None:
    """Set at the desk."""
    keeper = street.village.one("steward").id
    street.do(transact, set_pin, SetPin(street.village.community_id, keeper, person.id, "2580"))


def test_a_large_deposit_asks_for_the_pin_and_nothing_else_is_lost(street: Street) -> None:
    counter, soap = street.staff("shop_staff"), lendable_soap(street)
    typed = {"code": phone_code(street), "item_id": soap, "request_key": a_key()}
    street.do(transact, ask_above, (street.village.community_id, 3))
    for pin, said in (("", "请对方自己按密码"), ("2580", "还没有设密码")):
        page = counter.post("/counter/loans", data=typed | {"pin": pin})
        assert (page.status_code, said in words(page), "2580" in page.text) == (422, True, False)
    given_pin(street, street.rich)
    page = counter.post("/counter/loans", data=typed | {"pin": "2581"})
    assert (page.status_code, "密码不对" in words(page), "2581" in page.text) == (422, True, False)
    assert re.search(rf'value="{soap}"[^>]* checked', page.text)
    page = counter.post("/counter/loans", data=typed | {"pin": "2580", f"p-{soap}": "5"})
    assert (page.status_code, "您看到的是 5 分，现在是 4 分" in words(page)) == (409, True)
    assert counter.post("/counter/loans", data=typed | {"pin": "2580", f"p-{soap}": "4"}).status_code == 303
    assert street.purse(street.rich).held == 4


def test_whom_the_counter_only_names_leaves_no_deposit(street: Street) -> None:
    counter, soap = street.staff("shop_staff"), lendable_soap(street)
    page = counter.get("/counter/loans/new", query_string={"m": str(street.rich.id), "item_id": soap})
    assert ("只能借不用押金的东西" in words(page), 'name="pin"' in page.text) == (True, False)
    typed = {"m": str(street.rich.id), "item_id": soap, "request_key": a_key(), "pin": "2580"}
    page = counter.post("/counter/loans", data=typed)
    assert (page.status_code, "请扫对方手机上的码，或者积分卡" in words(page)) == (409, True)
    assert street.purse(street.rich).held == 0
    nobody = counter.post("/counter/loans", data={"item_id": soap})
    assert (nobody.status_code, "还不知道借给谁" in words(nobody)) == (422, True)
    unknown = counter.get("/counter/loans/new", query_string={"q": "0" * 22, "item_id": soap})
    assert "不认识这个码" in words(unknown)
    assert value_of(unknown, "item_id") == [soap]


def test_what_is_lent_stands_on_the_shop_page_and_on_the_public_shelf(street: Street) -> None:
    pages = street.as_(street.rich), street.stranger()
    paths = "/shop", f"/c/{street.village.code}/shelf"
    assert all("可以借" not in words(who.get(path)) for who, path in zip(pages, paths, strict=True))
    lendable_soap(street)
    for who, path in zip(pages, paths, strict=True):
        page = words(who.get(path))
        assert all(said in page for said in ("可以借", "到柜台借", "押金 4 分，借 7 天 还有"))


def test_the_years_statement_shows_deposits_and_vouchers(street: Street, clock_at) -> None:
    counter, home, soap = street.staff("shop_staff"), street.as_(street.rich), lendable_soap(street, 2)

    def told() -> tuple[str, int]:
        sent = []
        home.get("/points/household")

        def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            sent.append(statement)

        sa.event.listen(sa.Engine, "before_cursor_execute", note)
        try:
            said = words(home.get("/points/household"))
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", note)
        return said, len(sent)

    before, few = told()
    assert ("押着的积分" in before, "今年的券" in before) == (False, False)
    voucher = given_voucher(street)
    for umbrella in range(2):
        code = phone_code(street, at=MONDAY + umbrella * timedelta(seconds=20))
        typed = {"code": code, "item_id": soap, "request_key": a_key()}
        assert counter.post("/counter/loans", data=typed).status_code == 303
    said, many = told()
    assert "押着的积分 借的东西 押金 哪天前还 肥皂/香皂 2 9月14日 肥皂/香皂 2 9月14日" in said
    assert "理发一次 12月6日 前到村口店用 还没用" in said
    assert many == few
    loans = [url for url in links(counter.get("/counter/loans"), "/counter/loans/") if "new" not in url]
    clock_at(MONDAY + timedelta(days=22))
    counter.post("/counter/vouchers/use", data={"code": voucher.token, "nonce": a_key()})
    sent = {"reason": "拿不回来了"}
    assert street.staff("steward").post(f"{loans[0].partition('?')[0]}/keep", data=sent).status_code == 303
    said, many = told()
    assert "哪天前还 肥皂/香皂 2 9月14日 今年按价收下的押金" in said
    assert "哪天收的 肥皂/香皂 2 9月29日" in said
    assert "在村口店用的 用过了" in said
    assert many == few
    clock_at(MONDAY + timedelta(days=200))
    said, _many = told()
    assert ("押着的积分" in said, "按价收下" in said, "今年的券" in said) == (True, False, False)


def test_an_umbrella_is_lent_and_comes_back(street: Street, clock_at) -> None:
    counter, soap = street.staff("shop_staff"), lendable_soap(street)
    found = counter.get("/counter/loans/new", query_string={"q": street.rich.household_number})
    assert str(street.rich.id) in found.text
    assert "至少输入 2 个字" in words(counter.get("/counter/loans/new?q=x"))
    code = phone_code(street)
    page = counter.get("/counter/loans/new", query_string={"q": f"HTTPS://X.EXAMPLE/M/{code}"})
    assert f"{street.rich.name} " in words(page)
    assert "肥皂/香皂，押金 4 分" in words(page)
    assert 'name="pin"' not in page.text
    typed = {name: value_of(page, name)[0] for name in ("code", "seen")}
    typed |= {"item_id": soap, "request_key": a_key()}
    clock_at(MONDAY + timedelta(minutes=4))
    for _click in range(2):
        assert counter.post("/counter/loans", data=typed).status_code == 303
    assert "码过期了" in words(counter.get("/counter/loans/new", query_string={"q": code}))
    log = counter.get("/counter/log")
    assert ("借出" in words(log), "撤销" in words(log), "小票" in words(log)) == (True, False, False)
    (scan,) = links(street.staff("steward").get("/desk/redemptions"), "/desk/redemptions/")
    assert "这是借出的东西" in words(street.staff("steward").get(scan))
    assert street.purse(street.rich).held == 4
    assert "押金：肥皂/香皂 东西还了就退" in words(street.as_(street.rich).get("/points/held"))
    assert "押金 4 分" in words(street.as_(street.rich).get("/vouchers"))
    code = phone_code(street, street.poor, MONDAY + timedelta(minutes=4))
    poor = {"code": code, "item_id": soap, "request_key": a_key()}
    refused = counter.post("/counter/loans", data=poor)
    assert (refused.status_code, "积分不够" in words(refused)) == (409, True)
    (path,) = [url for url in links(counter.get("/counter/loans"), "/counter/loans/") if "new" not in url]
    loan, steward = path.partition("?")[0], street.staff("steward")
    assert counter.post(f"{loan}/keep", data={"reason": "没有还"}).status_code == 403
    assert steward.post(f"{loan}/keep", data={"reason": "没有还"}).status_code == 409
    clock_at(MONDAY + timedelta(days=8))
    assert "该还了" in words(counter.get("/counter/loans"))
    assert "再等 14 天" in words(steward.get(path))
    assert counter.post(f"{loan}/back", data={}).status_code == 422
    assert counter.post(f"{loan}/back", data={"condition": "good"}).status_code == 303
    assert street.purse(street.rich).held == 0
