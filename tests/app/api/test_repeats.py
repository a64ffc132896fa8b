"""The same write twice, and other writes under a used key."""

from __future__ import annotations

import threading
from datetime import timedelta

from app import clock
from app.api.repeats import REPLAYED
from tests.app.api.conftest import SHOPPING_DAY
from tests.app.api.program import House, unknown_id
from tests.builders import MONDAY, Village, given_order, given_points

KEY = "report-of-monday-1"


def report(**more: object) -> dict[str, object]:
    return {"rule": "AID-02", "done_on": "2026-09-06"} | more


def test_a_write_without_a_key_is_refused(house: House, village: Village) -> None:
    answer = house.as_(village.residents[0]).call("POST", "/records", report())
    assert (answer.status_code, answer.json["code"]) == (422, "request_key_missing")


def test_a_key_has_eight_to_sixty_visible_characters(house: House, village: Village) -> None:
    program = house.as_(village.residents[0])
    for key in ("short", "x" * 61, "with blanks", "schlüssel"):
        answer = program.post("/records", report(), key=key)
        assert (answer.status_code, answer.json["code"]) == (422, "form_invalid"), key
        assert list(answer.json["errors"]) == ["Idempotency-Key"]
    assert program.post("/records", report(), key="x" * 60).status_code == 201


def test_the_same_request_again_gets_the_same_answer_and_does_nothing(house: House, village: Village) -> None:
    program = house.as_(village.residents[0])
    first = program.post("/records", report(), key=KEY)
    again = program.post("/records", {"done_on": "2026-09-06", "rule": "AID-02", "quantity": 1}, key=KEY)
    assert first.status_code == again.status_code == 201
    assert first.data == again.data
    assert REPLAYED not in first.headers
    assert again.headers[REPLAYED] == "true"
    assert len(program.get("/records").json["items"]) == 1


def test_another_request_under_the_key_is_a_conflict(house: House, village: Village) -> None:
    program = house.as_(village.residents[0])
    program.post("/records", report(), key=KEY)
    for method, path, body in (
        ("POST", "/records", report(note="something else")),
        ("POST", "/orders", {"shop_id": str(village.shop_id), "lines": []}),
        ("POST", f"/records/{unknown_id()}/withdraw", None),
    ):
        answer = program.call(method, path, body, key=KEY)
        assert (answer.status_code, answer.json["code"]) == (409, "request_key_reused"), path


def test_two_members_may_choose_the_same_key(house: House, village: Village) -> None:
    answers = [house.as_(member).post("/records", report(), key=KEY) for member in village.residents[:2]]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json["id"] != answers[1].json["id"]


def test_a_refusal_for_a_passing_reason_stays_a_refusal(house: House, village: Village) -> None:
    resident = village.residents[0]
    program = house.as_(resident)
    body = {"shop_id": str(village.shop_id), "lines": [{"item_id": str(village.items["I01"]), "quantity": 1}]}
    refused = program.post("/orders", body, key=KEY)
    assert (refused.status_code, refused.json["code"]) == (409, "insufficient_points")
    house.do(given_points, village, resident, 10)
    with clock.at(SHOPPING_DAY):
        again = program.post("/orders", body, key=KEY)
        assert (again.status_code, again.data) == (409, refused.data)
        assert program.post("/orders", body).status_code == 201


def test_a_request_that_broke_a_rule_of_form_may_be_mended_under_its_key(
    house: House, village: Village
) -> None:
    program = house.as_(village.residents[0])
    assert program.post("/records", report(done_on="yesterday"), key=KEY).status_code == 422
    assert program.post("/records", report(), key=KEY).status_code == 201


def test_a_repeated_cancel_tells_what_it_told(house: House, village: Village) -> None:
    resident = village.residents[0]
    house.do(given_points, village, resident, 10)
    order = house.do(given_order, village, resident)
    program = house.as_(resident)
    with clock.at(SHOPPING_DAY):
        first = program.post(f"/orders/{order.id}/cancel", key=KEY)
    with clock.at(SHOPPING_DAY + timedelta(days=20)):
        again = program.call("POST", f"/orders/{order.id}/cancel", key=KEY)
    assert first.json["state"] == "cancelled"
    assert first.data == again.data


def test_the_same_order_from_four_threads_at_once_is_one_order(house: House, village: Village) -> None:
    resident = village.residents[0]
    house.do(given_points, village, resident, 10)
    program = house.as_(resident)
    body = {"shop_id": str(village.shop_id), "lines": [{"item_id": str(village.items["I01"]), "quantity": 1}]}
    answers: list[tuple[int, bytes]] = []
    gate = threading.Barrier(4)

    def send() -> None:
        gate.wait()
        with clock.at(SHOPPING_DAY):
            answer = program.post("/orders", body, key=KEY)
        answers.append((answer.status_code, answer.data))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {status for status, _ in answers} == {201}
    assert len({body for _, body in answers}) == 1
    with clock.at(MONDAY + timedelta(days=4)):
        assert program.get("/me").json["wallet"]["held"] == 4
