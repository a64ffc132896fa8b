"""What a program gets for requests that cannot be understood."""

from __future__ import annotations

import pytest

from tests.app.api.program import House, unknown_id
from tests.builders import Village

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

SHAPE = {"code", "detail", "errors", "request_id"}


def raw(house: House, village: Village, data: bytes, kind: str = "application/json"):
    return house.as_(village.residents[0]).call(
        "POST", "/records", key="a-key-of-monday", data=data, content_type=kind
    )


@pytest.mark.parametrize(
    "data", [b"", b"{", b"nonsense", b"\xff\xfe", b"[" * 100_000, b'{"quantity": ' + b"9" * 5000 + b"}"]
)
def test_what_is_no_json_is_a_bad_request(house: House, village: Village, data: bytes) -> None:
    answer = raw(house, village, data)
    assert (answer.status_code, answer.json["code"]) == (400, "bad_request")
    assert set(answer.json) == SHAPE


@pytest.mark.parametrize("data", [b"[]", b"null", b"3", b'"text"', b"true"])
def test_json_that_is_no_object_breaks_a_rule_of_form(house: House, village: Village, data: bytes) -> None:
    answer = raw(house, village, data)
    assert (answer.status_code, answer.json["code"]) == (422, "form_invalid")


def test_another_content_type_is_refused(house: House, village: Village) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = raw(house, village, b'{"rule": "AID-02"}', kind)
        assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "quantity", [1.5, -3, "3", "٣", 1e9, "", None, True, [1], {"n": 1}, 10**30, float("nan")]
)
def test_an_amount_is_a_whole_number_and_nothing_else(
    house: House, village: Village, quantity: object
) -> None:
    body = {"rule": "AID-02", "done_on": "2026-09-06", "quantity": quantity}
    answer = house.as_(village.residents[0]).post("/records", body)
    assert (answer.status_code, answer.json["code"]) == (422, "form_invalid")
    assert list(answer.json["errors"]) == ["quantity"]
    assert answer.json["errors"]["quantity"][0]


@pytest.mark.parametrize(
    "day", ["2026-9-6", "20260906", "2026-W36-7", "06.09.2026", 20260906, "2026-02-30", ""]
)
def test_a_day_is_an_iso_date(house: House, village: Village, day: object) -> None:
    answer = house.as_(village.residents[0]).post("/records", {"rule": "AID-02", "done_on": day})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["done_on"])


def test_errors_name_fields_inside_lists_by_their_path(house: House, village: Village) -> None:
    lines = [{"item_id": str(village.items["I01"]), "quantity": 1}, {"item_id": "nonsense", "quantity": 0}]
    answer = house.as_(village.residents[0]).post("/orders", {"shop_id": unknown_id(), "lines": lines})
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {"lines.1.item_id", "lines.1.quantity"}


def test_an_unknown_field_is_named(house: House, village: Village) -> None:
    body = {"rule": "AID-02", "done_on": "2026-09-06", "qantity": 2}
    answer = house.as_(village.residents[0]).post("/records", body)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["qantity"])


@pytest.mark.parametrize("text", ["half \ud83d", "nul \x00", "bell \x07", "x" * 501, " " * 501])
def test_text_that_no_database_or_screen_can_hold_is_refused(
    house: House, village: Village, text: str
) -> None:
    body = {"rule": "AID-02", "done_on": "2026-09-06", "note": text}
    answer = house.as_(village.residents[0]).post("/records", body)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["note"])


def test_a_wrong_method_is_told_the_right_ones(house: House, village: Village) -> None:
    answer = house.as_(village.residents[0]).call("DELETE", "/records")
    assert (answer.status_code, answer.json["code"]) == (405, "method_not_allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_unknown_addresses_answer_in_json(house: House) -> None:
    for path in ("/nothing", "/records/not-an-id", "/orders/", ""):
        answer = house.stranger().get(path)
        assert answer.status_code == 404
        assert set(answer.json) == SHAPE


@pytest.mark.parametrize(
    "after", ["nonsense", "!!!", "WyJ4Il0", "WzFd", "W10", "eyJhIjoxfQ", "WyJcdWQ4MDAiXQ", "W1tbW1tb", "ü"]
)
def test_a_cursor_of_ones_own_making_is_refused(house: House, village: Village, after: str) -> None:
    lists = ("/records", "/sessions", "/notices", "/items", "/rules", f"/wallets/{unknown_id()}/statement")
    program = house.as_(village.chair)
    for path in lists[:-1]:
        answer = program.get(path, after=after)
        assert (answer.status_code, answer.json["code"]) == (422, "bad_cursor"), path
    assert program.get(lists[-1], after=after).status_code == 404
    wallet = program.get("/me").json["wallet"]["id"]
    assert program.get(f"/wallets/{wallet}/statement", after=after).json["code"] == "bad_cursor"


@pytest.mark.parametrize("limit", ["0", "101", "-1", "1.5", "many", ""])
def test_a_page_has_one_to_a_hundred_lines(house: House, village: Village, limit: str) -> None:
    answer = house.as_(village.residents[0]).get("/records", limit=limit)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["limit"])


def test_a_misspelt_query_is_named(house: House, village: Village) -> None:
    answer = house.as_(village.residents[0]).get("/records", limt=5)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["limt"])


def test_the_detail_comes_in_the_readers_language(house: House, village: Village) -> None:
    chinese = house.as_(village.residents[0])
    assert chinese.get("/records", limit=0).json["detail"] == "有几处填写需要改正。"


def test_answers_about_people_are_not_kept_by_anybody_on_the_way(house: House, village: Village) -> None:
    answer = house.as_(village.residents[0]).get("/me")
    assert answer.headers["Cache-Control"] == "private, no-store"
