"""The grid worker's round: whom by card or by name, then one deed and one send for all of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.transaction import transact
from points.people.operations import IssueCard, issue_card
from points.people.queries import MemberBrief
from points.records.queries import records_by_reporter
from tests.app.web.resident.street import (
    NO_AMOUNTS,
    Street,
    checked,
    flashed,
    links,
    typed_area,
    value_of,
    words,
)
from tests.builders import MONDAY, a_key, given_record

TODAY = str(MONDAY.date())


def card_of(street: Street, member: MemberBrief, *, replace: bool = False) -> str:
    """The code on a member's card."""
    return street.do(transact, issue_card, IssueCard(street.village.community_id, member.id, replace=replace))


def deed(*people: MemberBrief, **typed: object) -> dict[str, object]:
    """The form of the round with these people ticked."""
    ids = [str(person.id) for person in people]
    order = {
        "rule": "VOL-01",
        "done_on": TODAY,
        "quantity": "2",
        "note": "服务站值班",
        "request_key": a_key(),
    }
    return {"shown": ids, "member_ids": ids} | order | typed


def reported(street: Street) -> list:
    """What the grid worker has reported this morning."""
    worker = street.village.one("grid_worker")
    return street.ask(records_by_reporter, street.village.community_id, worker.id, now=MONDAY, limit=50)


def test_a_typed_card_adds_its_owner(street: Street) -> None:
    browser, code = street.staff("grid_worker"), card_of(street, street.poor)
    typed = f" {code[:4].lower()} {code[4:]} "
    answer = browser.post("/round/card", data={"code": typed, "m": str(street.rich.id)})
    assert answer.status_code == 303
    assert f"已加入：{street.poor.name}" in flashed(browser)
    page = words(browser.get(answer.location))
    assert "已选 2 人" in page
    assert page.index(street.rich.name) < page.index(street.poor.name)


def test_the_address_on_a_card_is_read_as_well_as_its_code(street: Street) -> None:
    browser, code = street.staff("grid_worker"), card_of(street, street.poor)
    answer = browser.post("/round/card", data={"code": f"HTTPS://YITIAN.EXAMPLE/Q/{code}"})
    assert answer.status_code == 303
    assert str(street.poor.id) in answer.location


def test_a_scanned_card_twice_is_one_person(street: Street) -> None:
    browser, code = street.staff("grid_worker"), card_of(street, street.poor)
    answer = browser.post("/round/card", data={"code": code, "m": str(street.poor.id)})
    assert answer.location.count(str(street.poor.id)) == 1


def test_a_card_that_is_none_is_told_and_the_list_stays(street: Street) -> None:
    browser, old = street.staff("grid_worker"), card_of(street, street.poor)
    card_of(street, street.poor, replace=True)
    wrong = {
        "": "这不是本村的卡",
        "HELLO": "这不是本村的卡",
        old: "这是一张旧卡",
        old[:-1] + "?": "这不是本村的卡",
    }
    for code, sentence in wrong.items():
        answer = browser.post("/round/card", data={"code": code, "m": str(street.rich.id)})
        assert answer.status_code in (404, 422)
        assert sentence in words(answer)
        assert value_of(answer, "code") == [code]
        assert "已选 1 人" in words(answer)


def test_a_card_of_another_village_is_not_known_here(street: Street) -> None:
    stranger = street.other.residents[0]
    code = street.do(transact, issue_card, IssueCard(street.other.community_id, stranger.id))
    answer = street.staff("grid_worker").post("/round/card", data={"code": code})
    assert answer.status_code == 404
    assert stranger.name not in words(answer)


def test_a_name_is_found_by_its_beginning_and_a_household_by_its_number(street: Street) -> None:
    browser = street.staff("grid_worker")
    for query, found in (("李家", [street.spouse]), ("010", [street.rich, street.spouse])):
        page = browser.get("/round", query_string={"q": query})
        assert sorted(value_of(page, "m")) == sorted(str(person.id) for person in found)
        assert value_of(page, "q") == [query]


def test_who_is_on_the_list_is_not_found_again(street: Street) -> None:
    page = street.staff("grid_worker").get("/round", query_string={"q": "李家", "m": str(street.spouse.id)})
    assert "没有找到别的人" in words(page)
    assert "已选 1 人" in words(page)


@pytest.mark.parametrize("query", ["李", "%", "_"])
def test_one_letter_is_too_short_a_search(street: Street, query: str) -> None:
    answer = street.staff("grid_worker").get("/round", query_string={"q": query, "m": str(street.rich.id)})
    assert answer.status_code == 422
    assert "请至少输入 2 个字" in words(answer)
    assert value_of(answer, "q") == [query]
    assert "已选 1 人" in words(answer)


def test_a_search_finds_nobody_of_another_village_and_no_joker(street: Street) -> None:
    browser = street.staff("grid_worker")
    for query in ("%%", "__", "0%", street.other.residents[0].name + "x"):
        assert "没有找到别的人" in words(browser.get("/round", query_string={"q": query}))
    found = browser.get("/round", query_string={"q": "村民"})
    assert not {str(person.id) for person in street.other.residents} & set(value_of(found, "m"))


def test_made_up_people_in_the_address_are_left_out(street: Street) -> None:
    browser = street.staff("grid_worker")
    strangers = ["x", "", str(street.other.residents[0].id), str(street.poor.id)]
    page = browser.get("/round", query_string={"m": strangers})
    assert "已选 1 人" in words(page)
    assert browser.get("/round/deed", query_string={"m": strangers[:3]}).location == "/round"


def test_one_deed_and_one_send_for_many(street: Street) -> None:
    browser, people = street.staff("grid_worker"), [street.rich, street.neighbour, street.poor]
    items = browser.get("/round/deed", query_string={"m": [str(person.id) for person in people]})
    assert f"替 3 人报：{'、'.join(person.name for person in people)}" in words(items)
    form = browser.get(links(items, "rule=VOL-01")[0])
    assert checked(form, "member_ids") == [str(person.id) for person in people]
    answer = browser.post("/round/deed", data=deed(*people))
    assert answer.status_code == 303
    assert "已替 3 人报上去：志愿服务时长" in flashed(browser)
    assert {(line.member_id, line.quantity) for line in reported(street)} == {
        (person.id, 2) for person in people
    }
    page = words(browser.get("/records?show=reported"))
    assert all(person.name in page for person in people)


def test_who_was_not_there_is_unticked(street: Street) -> None:
    typed = deed(street.rich, street.poor) | {"member_ids": [str(street.poor.id)]}
    assert street.staff("grid_worker").post("/round/deed", data=typed).status_code == 303
    assert [line.member_id for line in reported(street)] == [street.poor.id]


def test_one_of_many_is_refused_by_name_and_nothing_is_filed(street: Street) -> None:
    street.do(
        given_record, street.village, street.poor, rule="VOL-01", reporter=street.village.one("grid_worker")
    )
    browser, people = street.staff("grid_worker"), [street.rich, street.neighbour, street.poor]
    answer = browser.post("/round/deed", data=deed(*people))
    assert answer.status_code == 409
    assert f"{street.poor.name} 这一天的这件事已经报过了" in words(answer)
    assert checked(answer, "member_ids") == [str(person.id) for person in people]
    assert (value_of(answer, "quantity"), typed_area(answer, "note")) == (["2"], "服务站值班")
    assert len(reported(street)) == 1
    without = {"member_ids": [str(person.id) for person in people[:2]]}
    assert browser.post("/round/deed", data=deed(*people) | without).status_code == 303
    assert len(reported(street)) == 3


def test_nobody_ticked_is_told_and_the_names_stay_on_the_page(street: Street) -> None:
    typed = deed(street.rich, street.poor) | {"member_ids": []}
    answer = street.staff("grid_worker").post("/round/deed", data=typed)
    assert answer.status_code == 422
    assert "请至少选一个人" in words(answer)
    assert value_of(answer, "shown") == [str(street.rich.id), str(street.poor.id)]
    assert checked(answer, "member_ids") == []


@pytest.mark.parametrize("quantity", [*NO_AMOUNTS, "0", "9", "１"])
def test_hours_that_are_no_whole_number_are_refused_and_stay(street: Street, quantity: str) -> None:
    answer = street.staff("grid_worker").post("/round/deed", data=deed(street.poor, quantity=quantity))
    assert answer.status_code == 422
    assert 'id="f-quantity-err"' in answer.text
    assert value_of(answer, "quantity") == [quantity]
    assert typed_area(answer, "note") == "服务站值班"
    assert reported(street) == []


def test_two_clicks_of_a_round_are_one(street: Street) -> None:
    browser, typed = street.staff("grid_worker"), deed(street.rich, street.poor)
    assert [browser.post("/round/deed", data=typed).status_code for _click in range(2)] == [303, 303]
    assert len(reported(street)) == 2


def test_a_deed_of_the_household_is_noted_once_for_each(street: Street) -> None:
    browser, people = street.staff("grid_worker"), [street.rich, street.spouse, street.poor]
    form = browser.get("/round/deed", query_string={"m": [str(p.id) for p in people], "rule": "ENV-07"})
    assert checked(form, "member_ids") == [str(street.rich.id), str(street.poor.id)]
    assert "这一件按户记" in words(form)


def test_a_wrong_day_of_a_round_is_told_beside_the_day(street: Street) -> None:
    tomorrow = str(MONDAY.date() + timedelta(days=1))
    typed = deed(street.poor, done_on="other", done_on_other=tomorrow)
    answer = street.staff("grid_worker").post("/round/deed", data=typed)
    assert answer.status_code == 422
    assert 'id="f-done_on-err"' in answer.text
    assert value_of(answer, "done_on_other") == [tomorrow]


def test_somebody_of_another_village_cannot_be_slipped_in(street: Street) -> None:
    answer = street.staff("grid_worker").post(
        "/round/deed", data=deed(street.poor, street.other.residents[0])
    )
    assert answer.status_code == 404
    assert value_of(answer, "shown") == [str(street.poor.id)]
    assert reported(street) == []


def test_residents_do_not_report_for_others(street: Street) -> None:
    browser = street.as_(street.rich)
    for path in ("/round", "/round/deed"):
        assert browser.get(path).status_code == 403
    assert browser.post("/round/deed", data=deed(street.poor)).status_code == 403
    assert "/round" not in browser.get("/home").text
    assert "/round" in street.staff("grid_worker").get("/home").text


def test_a_list_that_is_full_says_so_and_leaves_nobody_out_in_silence(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.round.MOST_MEMBERS", 2)
    browser, code = street.staff("grid_worker"), card_of(street, street.poor)
    full = [str(street.rich.id), str(street.neighbour.id)]
    answer = browser.post("/round/card", data={"code": code, "m": full})
    assert answer.status_code == 422
    assert "一次最多报 2 人" in words(answer)
    assert flashed(browser) == ""
    assert browser.post("/round/card", data={"code": code, "m": full[:1]}).status_code == 303
    picked = browser.get("/round", query_string={"m": [*full, full[0], str(street.poor.id)]})
    assert picked.status_code == 422
    assert "一次最多报 2 人" in words(picked)
    assert "已选 2 人" in words(picked)
    assert browser.get("/round", query_string={"m": [*full, full[0]]}).status_code == 200


def test_a_deduction_is_no_report(street: Street) -> None:
    browser = street.staff("grid_worker")
    items = browser.get("/round/deed", query_string={"m": str(street.poor.id)})
    codes = {url.partition("rule=")[2][:6] for url in links(items, "rule=")}
    assert {"ENV-05", "VOL-01", "CUL-01"} <= codes
    assert not {code for code in codes if code.startswith("DED")}
    assert browser.post("/round/deed", data=deed(street.poor, rule="DED-01")).status_code == 422
    assert reported(street) == []
