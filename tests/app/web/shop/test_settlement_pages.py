"""The pages on which shop and village settle: shift, day's close, statement, and what stands behind the points."""

from __future__ import annotations

import io
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.database import db
from app.files.papers import Paper, as_pdf, as_workbook
from app.jobs import SettleDue, settle_due
from app.transaction import transact
from points.people.models import Community, Member
from points.people.operations import GrantRole, grant_role
from shop.catalogue.models import Item, Shop
from shop.catalogue.operations import OpenShop, open_shop
from tests.app.web.resident.street import Street, flashed, links, words
from tests.app.web.shop.test_voucher_pages import given_voucher
from tests.builders import MONDAY, a_key, given_order

VALUE = {"fen": "20", "reason": "村民代表会议决定"}
PAGES = {
    "shop_staff": ("/counter/shift", "/settlement", "/settlement/days"),
    "steward": ("/settlement", "/settlement/days", "/desk/liability", "/desk/expiring", "/desk"),
    "supervisor": ("/settlement", "/settlement/days", "/desk/liability", "/desk/expiring"),
    "operator": ("/settlement", "/desk/liability"),
    "grid_worker": ("/desk/expiring",),
}


def hand_over(street: Street, quantity: int = 2) -> FlaskClient:
    """The first household gets soap at the counter; the browser of the staff."""
    order = street.do(given_order, street.village, street.rich, quantity=quantity, at=MONDAY)
    staff = street.staff("shop_staff")
    answer = staff.post(
        "/counter/redeem", data={"code": order.code, "nonce": a_key(), "request_key": a_key()}
    )
    assert answer.status_code in (200, 303), answer.text
    return staff


def post(browser: FlaskClient, path: str, **typed: str):
    """A form with a fresh key."""
    return browser.post(path, data={"request_key": a_key(), **typed})


def test_everybody_sees_the_pages_of_the_own_work_and_no_others(street: Street) -> None:
    for role, paths in PAGES.items():
        browser = street.staff(role)
        for path in paths:
            assert browser.get(path).status_code == 200, (role, path)
    neighbour = street.as_(street.neighbour)
    for path in {path for paths in PAGES.values() for path in paths}:
        assert neighbour.get(path).status_code == 403, path
    assert street.staff("grid_worker").get("/settlement").status_code == 403


def test_a_month_is_settled_signed_by_both_and_taken_home(
    street: Street, clock_at: Callable[[datetime], None]
) -> None:
    staff, steward = hand_over(street), street.staff("steward")
    assert "还没有定一分折多少钱" in words(steward.get("/settlement"))
    assert post(steward, "/settlement/unit-value", **VALUE).status_code == 303
    shop, today = str(street.village.shop_id), MONDAY.date().isoformat()
    tomorrow = (MONDAY.date() + timedelta(days=1)).isoformat()
    assert post(staff, "/settlement", shop=shop, until=today).status_code == 403
    early = post(steward, "/settlement", shop=shop, until=tomorrow)
    assert early.status_code == 422
    assert "截止日还没有到" in words(early)
    clock_at(MONDAY + timedelta(minutes=1))
    drawn = post(steward, "/settlement", shop=shop, until=today)
    assert drawn.status_code == 303, words(drawn)
    page = drawn.location
    shown = words(staff.get(page))
    assert "一分不差" in shown
    assert "兑换 1" in shown
    assert post(staff, f"{page}/sign", side="village").status_code == 403
    assert post(staff, f"{page}/sign", side="shop").status_code == 303
    assert post(steward, f"{page}/sign", side="village").status_code == 303
    assert "双方都签好了" in flashed(steward)
    assert "核对无误，签字" not in words(staff.get(page))
    assert "双方签好" in words(staff.get("/settlement"))
    book = openpyxl.load_workbook(io.BytesIO(staff.get(f"{page}.xlsx").data))
    rows = list(book.active.values)
    total = next(row for row in rows if row[0] == "合计")
    assert total[1:3] == (1, 8)
    files = [staff.get(f"{page}.pdf").data for _again in range(2)]
    assert files[0] == files[1]
    assert files[0].startswith(b"%PDF")
    assert street.far_away("steward").get(page).status_code == 404
    assert street.far_away("steward").get(f"{page}.pdf").status_code == 404


def test_a_period_in_which_the_value_changed_is_shown_in_parts(
    street: Street, clock_at: Callable[[datetime], None]
) -> None:
    steward = street.staff("steward")
    post(steward, "/settlement/unit-value", **VALUE)
    hand_over(street)
    clock_at(MONDAY + timedelta(minutes=5))
    post(steward, "/settlement/unit-value", fen="30", reason="又开了一次会")
    assert "从现在起兑换的按这个算" in flashed(steward)
    order = street.do(given_order, street.village, street.rich, at=MONDAY + timedelta(minutes=5))
    street.staff("shop_staff").post("/counter/redeem", data={"code": order.code, "nonce": a_key()})
    clock_at(MONDAY + timedelta(minutes=6))
    drawn = post(steward, "/settlement", shop=str(street.village.shop_id), until=MONDAY.date().isoformat())
    shown = words(steward.get(drawn.location))
    assert "0.20、0.30 元" in shown
    assert "第 1 笔到第 1 笔 兑换 1 8 小计 1 8 小计（元），一分折 0.20 元 1.60" in shown
    assert "小计（元），一分折 0.30 元 1.20 合计 2 12 应付（元） 2.80" in shown
    book = openpyxl.load_workbook(io.BytesIO(steward.get(f"{drawn.location}.xlsx").data))
    rows = list(book.active.values)
    assert ("应付（元）", None, 2.8) in [row[:3] for row in rows]
    assert ("小计（元），一分折 0.30 元", None, 1.2) in [row[:3] for row in rows]


def test_a_partner_is_settled_on_the_page_and_its_paper_is_the_same_for_ever(
    street: Street, clock_at: Callable[[datetime], None]
) -> None:
    village, steward = street.village, street.staff("steward")
    partner = street.do(
        transact, open_shop, OpenShop(village.community_id, None, "老张理发店", "河东", kind="partner")
    )
    barber = village.residents[4]
    street.do(transact, grant_role,
              GrantRole(village.community_id, barber.id, "shop_staff", "服务商", scope_id=partner))  # fmt: skip
    street.do(served_by, street, "I21", partner)
    voucher = given_voucher(street)
    counter = street.as_(barber)
    used = counter.post("/counter/vouchers/use", data={"code": voucher.token, "nonce": a_key()})
    assert "券收好了" in words(used)
    post(steward, "/settlement/unit-value", **VALUE)
    clock_at(MONDAY + timedelta(minutes=1))
    drawn = post(steward, "/settlement", shop=str(partner), until=MONDAY.date().isoformat())
    assert drawn.status_code == 303, words(drawn)
    page = drawn.location
    assert "服务券兑付 1" in words(counter.get(page))
    assert street.staff("shop_staff").get(page).status_code == 404
    assert post(counter, f"{page}/sign", side="shop").status_code == 303
    assert post(steward, f"{page}/sign", side="village").status_code == 303
    papers = [counter.get(f"{page}.{kind}").data for kind in ("pdf", "xlsx")]
    rows = list(openpyxl.load_workbook(io.BytesIO(papers[1])).active.values)
    assert ("商店", "老张理发店") in [row[:2] for row in rows]
    assert next(row for row in rows if row[0] == "合计")[1:3] == (1, voucher.points)
    street.do(renamed, village.community_id)
    counter.set_cookie("lang", "en")
    assert [counter.get(f"{page}.{kind}").data for kind in ("pdf", "xlsx")] == papers


def served_by(street: Street, code: str, partner: uuid.UUID) -> None:
    """A service is the partner's from now on."""
    of_item = (Item.community_id == street.village.community_id, Item.id == street.village.items[code])
    db.session.execute(sa.update(Item).where(*of_item).values(partner_id=partner))
    db.session.commit()


def renamed(community_id: int) -> None:
    """Village, shops and people are called something else by now."""
    for table, column in (
        (Shop, Shop.community_id),
        (Community, Community.id),
        (Member, Member.community_id),
    ):
        db.session.execute(sa.update(table).where(column == community_id).values(name=table.name + "改"))
    db.session.commit()


def test_a_shift_and_a_day_are_ended_by_two_persons(street: Street) -> None:
    staff = hand_over(street)
    assert "您的班从 今天 08:30 开始" in words(staff.get("/counter/shift"))
    ended = post(staff, "/counter/shift/end")
    assert ended.status_code == 303
    report = words(staff.get(ended.location))
    assert "合计" in report
    item = street.village.items["I01"]
    page = staff.get("/settlement/days")
    assert f"counted-{item}" in page.text
    assert f'role="group" aria-labelledby="item-{item}"' in page.text
    wrong = post(staff, "/settlement/days", **{f"counted-{item}": "17"})
    assert wrong.status_code == 422
    assert "账上 18 件，数出来 17 件" in words(wrong)
    assert 'value="17"' in wrong.text
    for typed in ("1.5", "-1"):
        assert post(staff, "/settlement/days", **{f"counted-{item}": typed}).status_code == 422
    closed = post(staff, "/settlement/days", **{f"counted-{item}": "17", f"note-{item}": "破了一块"})
    assert closed.status_code == 303
    assert "请另一个人来核对" in words(staff.get(closed.location))
    assert post(staff, f"{closed.location}/sign").status_code == 409
    assert post(street.staff("supervisor"), f"{closed.location}/sign").status_code == 303
    assert "破了一块" in words(staff.get(closed.location))
    assert street.far_away("steward").get(closed.location).status_code == 404


def test_a_shift_is_read_however_long_ago_and_by_those_who_settle(
    street: Street, clock_at: Callable[[datetime], None]
) -> None:
    staff, steward = street.staff("shop_staff"), street.staff("steward")
    assert "这里还没有交过班" in words(steward.get("/settlement/shifts"))
    reports = []
    for at in range(32):
        clock_at(MONDAY + timedelta(minutes=at))
        post(staff, "/counter/shift")
        clock_at(MONDAY + timedelta(minutes=at, seconds=30))
        reports.append(post(staff, "/counter/shift/end").location)
    assert staff.get(reports[0]).status_code == 200
    for browser, path in ((staff, "/counter/shift"), (steward, "/settlement/shifts")):
        assert links(browser.get(path), reports[2]) == [reports[2]]
        assert links(browser.get(path), reports[1]) == []
        (older,) = [url for url in links(browser.get(path), "before=") if path in url]
        assert [links(browser.get(older), report) for report in reports[:3]] == [
            [reports[0]],
            [reports[1]],
            [],
        ]
    assert "的班，2026年" in words(steward.get(reports[0]))
    assert street.far_away("steward").get(reports[0]).status_code == 404
    assert street.as_(street.neighbour).get(reports[0]).status_code == 403
    assert street.as_(street.neighbour).get("/settlement/shifts").status_code == 403


def test_a_day_is_closed_after_midnight_and_puts_what_is_missing_right(
    street: Street, clock_at: Callable[[datetime], None]
) -> None:
    staff, yesterday = hand_over(street), MONDAY.date().isoformat()
    item, other = street.village.items["I01"], street.village.items["I02"]
    clock_at(MONDAY + timedelta(hours=16))  # half past midnight in the village
    page = staff.get("/settlement/days")
    assert f"counted-{item}" not in page.text
    (link,) = [url for url in links(page, "day=") if yesterday in url]
    page = staff.get(link)
    assert f"counted-{item}" in page.text
    assert f"counted-{other}" not in page.text
    typed = {"day": yesterday, f"counted-{item}": "18"}
    more = post(staff, "/settlement/days", **typed, add=str(other), then="add")
    assert (more.status_code, f"counted-{other}" in more.text, 'value="18"' in more.text) == (200, True, True)
    counted = {f"counted-{other}": "1", f"note-{other}": "找不到"}
    closed = post(staff, "/settlement/days", **typed, **counted, item=str(other))
    assert closed.status_code == 303, words(closed)
    assert "9月7日日结" in words(staff.get(closed.location))
    assert post(staff, "/settlement/days", day=yesterday).status_code == 409
    assert yesterday not in " ".join(links(staff.get("/settlement/days"), "day="))
    begun = staff.post("/stock/takes", data={"item": str(other), "request_key": a_key()})
    assert begun.location.endswith(f"/items/{other}")
    assert "架上有几件" in words(staff.get(begun.location))
    assert f'value="{other}"' in staff.get(closed.location).text
    assert post(staff, "/settlement/days", day="2026-08-01").status_code == 422
    assert staff.get("/settlement/days?day=x").status_code == 404


def test_older_closes_have_a_page_too(street: Street, clock_at: Callable[[datetime], None]) -> None:
    staff = street.staff("shop_staff")
    for at in range(33):
        clock_at(MONDAY + timedelta(days=at))
        assert post(staff, "/settlement/days").status_code == 303
    first = staff.get("/settlement/days")
    assert "9月7日" not in words(first)
    (older,) = links(first, "before=")
    assert [day in words(staff.get(older)) for day in ("9月7日", "9月8日", "9月9日")] == [True, True, False]


def test_money_for_goods_counts_when_the_supervisor_has_seen_the_paper(street: Street) -> None:
    steward, supervisor = street.staff("steward"), street.staff("supervisor")
    post(steward, "/settlement/unit-value", **VALUE)
    assert post(steward, "/desk/liability/funds", yuan="1.5", source="村集体").status_code == 422
    assert post(steward, "/desk/liability/funds", yuan="500", source="村集体").status_code == 303
    page = words(steward.get("/desk/liability"))
    assert "等监督员核对" in page
    assert "折 0 分" in page
    (confirm,) = [url for url in _actions(supervisor.get("/desk/liability").text) if url.endswith("/confirm")]
    assert post(steward, confirm).status_code == 403
    assert post(supervisor, confirm).status_code == 303
    assert "折 2,500 分" in words(supervisor.get("/desk/liability"))
    assert "兑换资金 500.00 元" in words(steward.get(f"/c/{street.village.code}/changes"))


def _actions(text: str) -> list[str]:
    return [part.split('"')[0] for part in text.split('action="')[1:]]


def test_who_has_points_that_end_soon_is_on_the_list_for_the_door(
    street: Street, clock_at: Callable[[datetime], None]
) -> None:
    clock_at(datetime(2027, 10, 25, tzinfo=UTC))
    assert "过了这一天就没有了" in words(street.as_(street.rich).get("/points"))
    clock_at(datetime(2027, 12, 25, 8, tzinfo=UTC))
    assert "还有 6 天，过了就没有了" in words(street.as_(street.rich).get("/points"))
    street.do(transact, settle_due, SettleDue(street.village.community_id))
    steward = street.staff("steward")
    pages = [words(steward.get(url)) for url in links(steward.get("/desk/expiring"), "grid=")]
    everything = " ".join(pages)
    assert f"{street.rich.household_number} {street.rich.name} 20 12月31日 有" in everything
    assert street.poor.name not in everything
    far = street.far_away("steward")
    theirs = links(steward.get("/desk/expiring"), "grid=")[0]
    assert far.get(theirs).status_code == 404


def test_a_household_is_told_in_time_and_thanked(
    street: Street, clock_at: Callable[[datetime], None]
) -> None:
    told = {}
    for day in ("2027-10-30", "2027-11-01", "2027-12-25", "2027-12-31"):
        clock_at(datetime.fromisoformat(f"{day}T02:00:00+00:00"))
        told[day] = words(street.as_(street.rich).get("/home"))
    assert "请在" not in told["2027-10-30"]
    assert "谢谢您出的力。有 20 分请在 12月31日 前用 ，还有 60 天。" in told["2027-11-01"].replace(
        "前用，", "前用 ，"
    )
    assert "还有 6 天。" in told["2027-12-25"]
    assert "今天是最后一天。" in told["2027-12-31"]
    assert "请在" not in words(street.as_(street.poor).get("/home"))
    elder = street.as_(street.rich)
    elder.set_cookie("view", "elder")
    page = elder.get("/home")
    assert "有 20 分请在 12月31日 前用" in words(page)
    assert '<span class="b">谢谢您出的力' in page.text
    clock_at(datetime(2027, 11, 1, 2, tzinfo=UTC))
    assert '<span class="b">谢谢您出的力' not in elder.get("/home").text


@pytest.mark.parametrize("text", ["=1+1", "@x", "汉字囍"])
def test_papers_hold_what_was_typed_and_begin_no_formula(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = Paper("结算单", ((text, 1),), ("项目", "分"), ((text, 1234), ("应付", 2.5)), (text,), MONDAY)
    sheet = openpyxl.load_workbook(io.BytesIO(as_workbook(paper))).active
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert as_pdf(paper) == as_pdf(paper)
    first = as_workbook(paper)
    monkeypatch.setattr("zipfile.time.localtime", lambda *_at: time.gmtime(2_000_000_000))
    assert as_workbook(paper) == first
