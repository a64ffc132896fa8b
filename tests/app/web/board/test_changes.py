"""The public line: every change with its reason, by kind and month, page by page, and as a table."""

from __future__ import annotations

import csv
import io
import re
import uuid
from dataclasses import replace
from datetime import timedelta

from app.transaction import transact
from points.people.operations import (
    GrantBudget,
    GrantRole,
    IssueCard,
    RevokeRole,
    grant_role,
    issue_card,
    revoke_role,
)
from points.review.funding import fund_budget
from shop.catalogue.operations import ImportCatalogue, OfferItem, import_catalogue, offer_item
from shop.counter.annulment import AnnulRedemption, annul_redemption
from shop.counter.operations import RedeemCode, redeem_code
from shop.stock.operations import CountStock, count_stock
from tests.app.web.review.hall import Hall, text_of
from tests.builders import MONDAY, a_key, demo_items, given_order, given_points


def given_changes(hall: Hall, clock_at) -> None:
    """A price, a count, an offer, a lost card, an undone scan, a late hand-over, a role given and taken."""
    village = hall.village
    of_village, steward = village.community_id, village.one("steward").id
    person, staff = village.residents[0], village.one("shop_staff").id
    items = tuple(replace(item, points=6) if item.code == "I01" else item for item in demo_items())
    hall.do(given_points, village, person, 10)
    hall.do(transact, import_catalogue, ImportCatalogue(of_village, steward, items, "供销社涨价"))
    count = CountStock(of_village, staff, a_key(), village.shop_id, village.items["I02"], 18, "破损两件")
    hall.do(transact, count_stock, count)
    for offered, why in ((False, "卖完了"), (False, "再点一次"), (True, "又进货了")):
        hall.do(transact, offer_item, OfferItem(of_village, steward, village.items["I03"], offered, why))
    for _time in range(2):
        hall.do(transact, issue_card, IssueCard(of_village, person.id, steward, replace=True))
    hall.do(transact, grant_role, GrantRole(of_village, person.id, "reviewer", "补选", steward))
    hall.do(transact, revoke_role, RevokeRole(of_village, person.id, "reviewer", "任期满", steward))
    order = hall.do(given_order, village, person)
    clock_at(MONDAY + timedelta(days=4, minutes=1))
    scan = RedeemCode(of_village, staff, village.shop_id, "phone", order.code, "one")
    assert hall.do(transact, redeem_code, scan).status == "ok"
    hall.do(transact, annul_redemption, AnnulRedemption(of_village, staff, "phone", "one"))
    late = hall.do(given_order, village, person)
    clock_at(MONDAY + timedelta(days=20))
    force = {"force": True, "may_force": True, "reason": "老人住院刚回来"}
    supervisor = village.one("supervisor").id
    scan = RedeemCode(of_village, supervisor, village.shop_id, "phone", late.code, "two", **force)
    assert hall.do(transact, redeem_code, scan).status == "ok"


def test_every_change_tells_what_who_and_why(hall: Hall, clock_at) -> None:
    given_changes(hall, clock_at)
    village, person = hall.village, hall.village.residents[0]
    answer = hall.stranger().get("/c/yitian/changes")
    page = text_of(answer)
    steward, staff = village.one("steward").name, village.one("shop_staff").name
    for words in (
        f"货品改价（分）I01 肥皂/香皂: 4 → 6 9月7日 08:30 · {steward} 经办 · 供销社涨价",
        "超市货品目录更新：新增 0，改动 1",
        f"盘点改了库存（件）I02 牙刷: 20 → 18 9月7日 08:30 · {staff} 经办 · 破损两件",
        "货品下架 I03", "货品上架 I03", "又进货了", "一张卡丢了，换了新卡",
        "柜台 15 分钟内撤销了一次扫码，6 分退回", "过期的订单由监督员同意发货，6 分", "老人住院刚回来",
        "村**0 不再担任评议员", "任期满",
    ):  # fmt: skip
        assert words in page, words
    assert "再点一次" not in page  # nothing changed
    assert page.count("一张卡丢了") == 1  # the first card replaced none
    assert person.name not in answer.get_data(as_text=True)  # no longer in office


def test_the_line_goes_on_by_key_and_is_sorted_by_kind_and_month(hall: Hall, clock_at, monkeypatch) -> None:
    given_changes(hall, clock_at)
    monkeypatch.setattr("app.web.changes.ROWS", 4)
    browser, path, seen = hall.stranger(), "/c/yitian/changes", []
    while path:
        page = browser.get(path).get_data(as_text=True)
        seen += re.findall(r'class="t">([^<]+)<', page)
        older = re.search(r'href="([^"]+before=[^"]+)"', page)
        path = older[1].replace("&amp;", "&") if older else ""
    assert len(seen) == len(list(csv.reader(io.StringIO(browser.get("/c/yitian/changes.csv").text)))) - 1
    monkeypatch.setattr("app.web.changes.ROWS", 50)
    by_kind = [
        re.findall(
            r'class="t">([^<]+)<', browser.get(f"/c/yitian/changes?kind={kind}").get_data(as_text=True)
        )
        for kind in ("rules", "people", "results", "points", "shop")
    ]
    assert sorted(words for found in by_kind for words in found) == sorted(seen)
    assert by_kind[3] == ["预算增加 5000 分"]
    september = text_of(browser.get("/c/yitian/changes?month=2026-09"))
    assert "预算增加" not in september
    assert "货品改价" in september
    assert "没有这样的改动" in text_of(browser.get("/c/yitian/changes?kind=results"))
    assert "预算增加" in text_of(browser.get("/c/yitian/changes?kind=points&month=2026-08"))
    assert browser.get("/c/yitian/changes?month=2026-9").status_code == 404
    for wrong in ("x", "W10", "%00"):
        assert browser.get(f"/c/yitian/changes?before={wrong}").status_code == 422


def test_watchers_take_the_line_home_as_a_table_that_runs_nothing(hall: Hall, clock_at) -> None:
    village = hall.village
    steward = village.one("steward")
    grant = GrantBudget(village.community_id, steward.id, a_key(), 5, '=HYPERLINK("http://evil")<b>粗</b>')
    hall.do(transact, fund_budget, grant)
    answer = hall.stranger().get("/c/yitian/changes.csv?kind=points")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    head, first, *_more = csv.reader(io.StringIO(answer.text.lstrip("\ufeff")))
    assert head == ["时间", "类别", "改了什么", "经办人", "理由"]
    assert first == ["2026-09-07T08:30:00+08:00", "积分", "预算增加 5 分", steward.name,
                     "'=HYPERLINK(\"http://evil\")<b>粗</b>"]  # fmt: skip
    other = hall.stranger().get("/c/beishan/changes.csv?kind=points").text
    assert "HYPERLINK" not in other


def test_an_act_of_somebody_unknown_has_no_name(hall: Hall) -> None:
    village = hall.village
    grant = GrantBudget(village.community_id, uuid.uuid4(), a_key(), 5, "补充")
    hall.do(transact, fund_budget, grant)
    page = text_of(hall.stranger().get("/c/yitian/changes?kind=points&month=2026-09"))
    assert "预算增加 5 分 今天 08:30 · 补充" in page
