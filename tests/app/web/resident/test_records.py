"""My records: one's own and the household's, never the neighbours'; how far each has come; taking one back."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from tests.app.web.resident.street import Street, flashed, links, words
from tests.builders import MONDAY, given_decided, given_open_session, given_record

NOWHERE = UUID("01a00000-0000-7000-8000-000000000000")


def test_a_record_of_the_household_is_shown_to_all_of_it(street: Street) -> None:
    record_id = street.do(given_record, street.village, street.rich, note="给奶奶读报").id
    for member in (street.rich, street.spouse):
        browser = street.as_(member)
        assert f"/records/{record_id}" in browser.get("/records").text
        page = words(browser.get(f"/records/{record_id}"))
        for said in ("关爱老人陪护", "给奶奶读报", "已报，等评议", "每天 08:30 评议", "AID-02，第 1 版规则"):
            assert said in page


def test_a_neighbours_record_is_not_shown(street: Street) -> None:
    record_id = street.do(given_record, street.village, street.rich).id
    browser = street.as_(street.neighbour)
    assert str(record_id) not in browser.get("/records").text
    for path in (f"/records/{record_id}", f"/report/done/{record_id}"):
        assert browser.get(path).status_code == 404
    assert browser.post(f"/records/{record_id}/withdraw").status_code == 404
    assert street.records(street.rich)[0].state == "submitted"


def test_another_villages_record_and_no_record_are_the_same_404(street: Street) -> None:
    record_id = street.do(given_record, street.village, street.rich).id
    for browser in (street.far_away(), street.far_away("chair")):
        answers = [browser.get(f"/records/{key}") for key in (record_id, NOWHERE)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert {words(answer).rpartition("·")[0] for answer in answers} == {
            words(answers[0]).rpartition("·")[0]
        }


def test_those_who_check_see_a_record_and_the_shop_does_not(street: Street) -> None:
    record_id = street.do(given_record, street.village, street.rich).id
    for role, status in (("grid_worker", 200), ("steward", 200), ("reviewer", 200), ("shop_staff", 404)):
        assert street.staff(role).get(f"/records/{record_id}").status_code == status


def test_a_record_is_followed_from_the_table_to_the_wallet(street: Street, clock_at) -> None:
    record = street.do(given_record, street.village, street.poor)
    browser, path = street.as_(street.poor), f"/records/{record.id}"
    street.do(given_decided, street.village, [record], points=6)
    clock_at(MONDAY + timedelta(hours=1))
    page = browser.get(path)
    for said in ("公示中", "评议通过", "上公示栏", "9月10日 08:50 自己到账"):
        assert said in words(page)
    (notice,) = links(page, "/board/")
    assert browser.get(notice).status_code == 200
    assert "还剩 3 天" in words(browser.get("/records"))
    clock_at(MONDAY + timedelta(days=3, minutes=20))
    assert "公示期满，已到账" in words(browser.get(path))


def test_a_record_on_the_table_tells_no_result(street: Street) -> None:
    record = street.do(given_record, street.village, street.poor)
    street.do(given_open_session, street.village)
    page = words(street.as_(street.poor).get(f"/records/{record.id}"))
    assert "投票结束前，谁也看不到结果" in page
    assert "撤回" not in page


def test_a_report_is_taken_back_while_nobody_has_it(street: Street) -> None:
    record_id = street.do(given_record, street.village, street.rich).id
    browser = street.as_(street.spouse)
    assert "报错了，撤回" in words(browser.get(f"/records/{record_id}"))
    for _click in range(2):
        answer = browser.post(f"/records/{record_id}/withdraw")
        assert (answer.status_code, answer.location) == (303, f"/records/{record_id}")
    assert "已撤回" in flashed(browser)
    page = words(browser.get(f"/records/{record_id}"))
    assert "撤回了" in page
    assert "报错了，撤回" not in page
    assert street.records(street.rich)[0].state == "withdrawn"


def test_a_report_on_the_table_cannot_be_taken_back(street: Street) -> None:
    record_id = street.do(given_record, street.village, street.poor).id
    street.do(given_open_session, street.village)
    answer = street.as_(street.poor).post(f"/records/{record_id}/withdraw")
    assert answer.status_code == 409
    assert "这一条已经在评议了，不能再撤回" in words(answer)
    assert street.records(street.poor)[0].state == "on_agenda"


def test_a_taken_back_report_makes_room_for_a_better_one(street: Street) -> None:
    record_id = street.do(given_record, street.village, street.poor).id
    browser = street.as_(street.poor)
    browser.post(f"/records/{record_id}/withdraw")
    again = browser.post("/report", data={"rule": "AID-02", "done_on": str(MONDAY.date())})
    assert again.status_code == 303


def test_the_list_goes_on_by_key(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.records.ROWS", 2)
    filed = [
        str(
            street.do(
                given_record, street.village, street.poor, done_on=MONDAY.date() - timedelta(days=back)
            ).id
        )
        for back in range(5)
    ]
    browser, path, seen = street.as_(street.poor), "/records", []
    for rows in (2, 2, 1):
        page = browser.get(path)
        found = [url.rpartition("/")[2] for url in links(page, "/records/")]
        assert len(found) == rows
        seen += found
        path = next(iter(links(page, "before=")), "")
    assert path == ""
    assert seen == filed[::-1]
    assert "没有更早的了" in words(browser.get(f"/records?before={filed[0]}"))


@pytest.mark.parametrize("before", ["7", "x", "' OR 1"])
def test_a_made_up_place_in_the_list_is_refused_in_words(street: Street, before: str) -> None:
    answer = street.as_(street.poor).get(f"/records?before={before}")
    assert answer.status_code == 422
    assert "请从第一页看起" in words(answer)


def test_nothing_reported_yet_shows_the_way(street: Street) -> None:
    page = street.as_(street.poor).get("/records")
    assert "还没有记录" in words(page)
    assert "/report" in links(page, "/report")
    assert "我报的" not in words(page)
