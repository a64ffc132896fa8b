"""What is there to be read: people, rules, goods, the public board."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from points.people.names import mask_name
from tests.app.api.program import House, Program, unknown_id
from tests.builders import MONDAY, Village, demo_rules, given_points

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def test_people_are_found_by_the_beginning_of_name_or_household_number(
    house: House, village: Village
) -> None:
    worker = house.as_one("grid_worker")
    found = worker.get("/members", q="村民1").json
    assert [set(member) for member in found["items"]] == [{"id", "name", "household_number"}] * len(
        found["items"]
    )
    assert [member["household_number"] for member in found["items"]] == [
        "010",
        "011",
        "012",
        "013",
        "014",
        "015",
    ]
    assert [member["name"] for member in worker.get("/members", q="012").json["items"]] == ["村民12"]
    assert worker.get("/members", q="%%").json["items"] == []


def test_people_are_listed_page_by_page(house: House, village: Village) -> None:
    pages = house.as_one("grid_worker").pages("/members", q="村民", limit=4)
    numbers = [member["household_number"] for page in pages for member in page]
    assert numbers == sorted(numbers)
    assert len(numbers) == len(set(numbers)) == 15


def test_one_letter_is_too_little_to_look_people_up(house: House) -> None:
    for text in ("", "村", " 村 "):
        answer = house.as_one("grid_worker").get("/members", q=text)
        assert answer.status_code == 422, text


def test_residents_do_not_look_people_up(house: House, village: Village) -> None:
    answer = house.as_(village.residents[0]).get("/members", q="村民")
    assert (answer.status_code, answer.json["code"]) == (403, "not_permitted")


def test_the_rule_book_comes_whole_with_its_versions(house: House, village: Village) -> None:
    book = house.as_(village.residents[0]).get("/rules").json
    assert [rule["code"] for rule in book["items"]] == [rule.code for rule in demo_rules()]
    assert book["next"] is None
    assert book["version"]["number"] == 1
    assert [version["number"] for version in book["versions"]] == [1]
    assert (book["version"]["votes_for"], book["version"]["adopted_by"]) == (30, "村民代表会议")


def test_before_the_first_version_there_is_no_book(house: House, village: Village) -> None:
    book = house.as_(village.residents[0]).get("/rules", day="2020-01-01").json
    assert (book["version"], book["items"], book["next"]) == (None, [], None)


def test_goods_are_listed_shop_by_shop_with_points_stock_and_limits(house: House, village: Village) -> None:
    program = house.as_(village.residents[0])
    pages = program.pages("/items", limit=10)
    items = [item for page in pages for item in page]
    assert [item["code"] for item in items] == sorted(item["code"] for item in items)
    first = next(item for item in items if item["code"] == "I01")
    assert (first["points"], first["stock"]) == (4, 20)
    assert first["shop"] == {"id": str(village.shop_id), "name": "村口店"}
    assert any(item["limits"] for item in items)
    own = program.pages("/items", limit=100, shop=str(village.shop_id))
    assert [item for page in own for item in page] == items
    assert program.get("/items", shop=unknown_id()).json["code"] == "shop_not_found"


def test_the_board_is_public_and_masked(house: House, village: Village) -> None:
    resident = village.residents[0]
    house.do(given_points, village, resident, 5)
    stranger = house.stranger()
    notices = stranger.get("/notices", community="yitian").json["items"]
    shown = [(notice["name"], notice["points"], notice["state"], notice["days_left"]) for notice in notices]
    assert shown == [(mask_name(resident.name), 5, "on_notice", 4)]
    assert resident.name not in stranger.get("/notices", community="yitian").text
    assert str(resident.household_id) not in stranger.get("/notices", community="yitian").text
    assert notices[0]["tally"] == {"for": 4, "against": 0, "abstained": 0, "by_consent": False}
    with clock.at(MONDAY + timedelta(days=4)):
        assert stranger.get("/notices", community="yitian").json["items"][0]["state"] == "posted"


def test_with_a_token_the_board_is_the_own_communitys(house: House, village: Village) -> None:
    house.do(given_points, village, village.residents[0], 5)
    own = house.as_(village.residents[1])
    assert len(own.get("/notices").json["items"]) == 1
    assert own.get("/notices", community="beishan").json["items"] == []
    assert house.as_(house.other.residents[0], house.other).get("/notices").json["items"] == []


def test_a_stranger_has_to_name_the_community(house: House) -> None:
    answer = house.stranger().get("/notices")
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["community"])
    assert house.stranger().get("/notices", community="nowhere").json["code"] == "community_not_found"
    assert Program(house.site, "nonsense").get("/notices").status_code == 401


def test_the_board_is_read_page_by_page(house: House, village: Village) -> None:
    for resident in village.residents[:3]:
        house.do(given_points, village, resident, 5)
    pages = house.stranger().pages("/notices", community="yitian", limit=1)
    ids = [page[0]["id"] for page in pages]
    assert len(ids) == len(set(ids)) == 3


def test_any_resident_may_object_once_and_the_clock_stops(house: House, village: Village) -> None:
    house.do(given_points, village, village.residents[0], 5)
    program = house.as_(village.residents[1])
    notice = program.get("/notices").json["items"][0]
    answer = program.post(f"/notices/{notice['id']}/objections", {"reason": "那天她不在村里"})
    assert answer.status_code == 201
    assert answer.json | {"id": ""} == {
        "id": "", "notice_id": notice["id"], "state": "open", "reason": "那天她不在村里", "filed_at": "2026-09-07T00:30:00Z",
    }  # fmt: skip
    shown = program.get("/notices").json["items"][0]
    assert (shown["state"], shown["ends_at"]) == ("objected", None)
    again = house.as_(village.residents[2]).post(
        f"/notices/{notice['id']}/objections", {"reason": "我也这么想"}
    )
    assert (again.status_code, again.json["code"]) == (409, "already_objected")


def test_after_the_window_it_is_too_late_to_object(house: House, village: Village) -> None:
    house.do(given_points, village, village.residents[0], 5)
    program = house.as_(village.residents[1])
    notice = program.get("/notices").json["items"][0]["id"]
    with clock.at(MONDAY + timedelta(days=4)):
        answer = program.post(f"/notices/{notice}/objections", {"reason": "那天她不在村里"})
    assert (answer.status_code, answer.json["code"]) == (410, "notice_over")
