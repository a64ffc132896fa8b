"""The desk: cover first, then what waits; a budget that publishes what waited for it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from points.ledger.figures import grants_of, ledger_figures
from points.standings.queries import awards_waiting
from tests.app.web.desk.office import flashed, words
from tests.builders import MONDAY, given_decided, given_record, given_village


def figures(office):
    """The figures of the office's village now."""
    from app import clock

    now = clock.now()
    return office.ask(ledger_figures, office.village.community_id, now=now, today=now.date())


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("steward", 200),
        ("supervisor", 200),
        ("operator", 200),
        ("chair", 403),
        ("grid_worker", 403),
        ("resident", 403),
    ],
)
def test_the_desk_is_for_those_who_answer_for_the_scheme(office, role, status):
    assert office.client(role).get("/desk").status_code == status


def test_while_nothing_is_promised_no_ratio_is_claimed(office):
    page = words(office.client().get("/desk"))
    assert "还没有发出积分" in page
    assert "村民手里 0 分" in page
    assert "公示中 30 分" in page


def test_cover_is_the_goods_price_against_what_villagers_hold(office, clock_at):
    clock_at(MONDAY + timedelta(days=4))
    page = words(office.client().get("/desk"))
    shelf = int(re.search(r"一共标价 ([\d,]+) 分", page)[1].replace(",", ""))
    assert "村民手里和爱心池里有 30 分" in page
    assert f"{shelf * 100 // 30:,} %" in page
    assert "有保障" in page


def test_the_page_reads_no_sum_over_transfers_and_few_statements(office, statement_lint):
    import sqlalchemy as sa

    said = []
    sa.event.listen(sa.Engine, "before_cursor_execute", listener := lambda *args: said.append(args[2]))
    try:
        office.client().get("/desk")
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", listener)
    assert [text for text in said if "sum(transfer" in text.lower()] == []
    assert len(said) <= 28


def test_what_waits_is_listed_and_leads_there(office):
    given = office.village.residents
    with office.site.app_context():
        given_record(office.village, given[3], at=MONDAY + timedelta(hours=5))
    page = office.client().get("/desk")
    assert "1 件等评议" in words(page)
    assert re.search(r'<a href="[^"]*review[^"]*" class="lead"', page.text)


def test_a_grant_is_written_down_once_with_its_reason(office):
    client = office.client()
    form = {"points": "120", "reason": "十月份，每户 10 分", "request_key": "the-same-key"}
    for _ in range(2):
        assert client.post("/desk/budget", data=form).status_code == 303
    grants = office.ask(grants_of, office.village.community_id)
    assert [(grant.points, grant.reason) for grant in grants] == [
        (120, "十月份，每户 10 分"),
        (5000, "每户每月 10 分"),
    ]
    assert "十月份，每户 10 分" in words(client.get("/desk"))


@pytest.mark.parametrize("points", ["1.5", "-3", "٣", "1e9", "", "0"])
def test_an_amount_that_is_none_is_refused_and_the_reason_stays(office, points):
    before = figures(office)
    answer = office.client().post("/desk/budget", data={"points": points, "reason": "村集体分红"})
    assert answer.status_code == 422
    assert 'value="村集体分红"' in answer.text
    assert figures(office) == before


def test_a_grant_without_its_source_is_refused(office):
    answer = office.client().post("/desk/budget", data={"points": "50", "reason": " "})
    assert answer.status_code == 422
    assert 'value="50"' in answer.text


@pytest.mark.parametrize("role", ["supervisor", "operator", "resident"])
def test_only_a_steward_grants_budget(office, role):
    client = office.client(role)
    assert client.post("/desk/budget", data={"points": "50", "reason": "分红"}).status_code == 403
    assert "追加预算" not in words(client.get("/desk"))


def test_awards_wait_for_the_budget_and_the_grant_says_how_many_it_published(office, clock_at):
    with office.site.app_context():
        poor = given_village(code="nanshan", village=3, residents=2, budget=4)
        given_decided(poor, [given_record(poor, person) for person in poor.residents], points=5)
    office.village, before = poor, office.village
    assert before.community_id != poor.community_id
    clock_at(MONDAY + timedelta(hours=6))
    client = office.client()
    assert "2 件通过了，等预算" in words(client.get("/desk"))
    client.post("/desk/budget", data={"points": "10", "reason": "追加"})
    assert "等着的 2 件已经公示" in flashed(client)
    assert office.ask(awards_waiting, poor.community_id).count == 0


def test_the_weeks_of_the_charts_begin_on_monday_in_the_village(office):
    page = words(office.client().get("/desk"))
    assert "每周公示的积分" in page
    assert "9月7日 30" in page


def test_the_elder_view_leaves_the_charts_out(office):
    client = office.client()
    client.set_cookie("view", "elder")
    assert "每周公示的积分" not in words(client.get("/desk"))
