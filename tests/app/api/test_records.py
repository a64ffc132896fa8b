"""Reporting deeds, reading them, taking them back."""

from __future__ import annotations

from datetime import date

import pytest

from tests.app.api.program import House, unknown_id
from tests.builders import Village, given_decided, given_open_session, given_record


def test_a_reported_deed_is_the_reporters_own_unless_somebody_is_named(
    house: House, village: Village
) -> None:
    resident = village.residents[0]
    answer = house.as_(resident).post(
        "/records", {"rule": "AID-02", "done_on": "2026-09-06", "note": " walked her home "}
    )
    assert answer.status_code == 201
    assert (answer.json["state"], answer.json["expected_points"]) == ("submitted", 4)
    assert answer.json["records"] == [
        {
            "id": answer.json["id"],
            "state": "submitted",
            "expected_points": 4,
            "household_id": str(resident.household_id),
            "member_id": str(resident.id),
        }
    ]
    shown = house.as_(resident).get(f"/records/{answer.json['id']}").json
    assert shown["note"] == "walked her home"
    assert shown["rule"]["code"] == "AID-02"
    assert shown["points"] is None
    assert [(line["event"], line["by"]) for line in shown["history"]] == [("filed", resident.name)]


def test_a_grid_worker_reports_for_several_at_once(house: House, village: Village) -> None:
    ids = [str(member.id) for member in village.residents[:3]]
    answer = house.as_one("grid_worker").post(
        "/records", {"rule": "AID-02", "done_on": "2026-09-06", "member_ids": ids}
    )
    assert answer.status_code == 201
    assert answer.json["expected_points"] == 12
    assert [record["member_id"] for record in answer.json["records"]] == ids
    assert house.as_(village.residents[1]).get("/records").json["items"][0]["member"]["id"] == ids[1]


def test_a_deed_of_a_household_needs_nobody_named_either(house: House, village: Village) -> None:
    book = house.as_(village.residents[0]).get("/rules").json["items"]
    rule = next(
        rule for rule in book
        if rule["is_of_household"] and "self" in rule["reporters"] and rule["photo"] != "required"
        and rule["score"] == "redeemable"
    )  # fmt: skip
    answer = house.as_(village.residents[0]).post("/records", {"rule": rule["code"], "done_on": "2026-09-06"})
    assert answer.status_code == 201
    assert answer.json["records"][0]["member_id"] is None
    assert house.as_(village.residents[0]).get(f"/records/{answer.json['id']}").json["member"] is None


def test_people_and_a_household_cannot_both_be_named(house: House, village: Village) -> None:
    resident = village.residents[0]
    body = {
        "rule": "AID-02", "done_on": "2026-09-06", "member_ids": [str(resident.id)],
        "household_id": str(resident.household_id),
    }  # fmt: skip
    answer = house.as_(resident).post("/records", body)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["household_id"])


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"rule": "AID-02", "done_on": "2026-09-08"}, 422, "done_on_in_future"),
        ({"rule": "AID-02", "done_on": "2026-08-01"}, 422, "done_on_too_long_ago"),
        ({"rule": "NO-99", "done_on": "2026-09-06"}, 422, "rule_not_in_force"),
        ({"rule": "AID-02", "done_on": "2026-09-06", "member_ids": [unknown_id()]}, 404, "member_not_found"),
        (
            {"rule": "AID-02", "done_on": "2026-09-06", "household_id": unknown_id()},
            404,
            "household_not_found",
        ),
        (
            {"rule": "AID-02", "done_on": "2026-09-06", "evidence_ids": [unknown_id()]},
            404,
            "evidence_not_found",
        ),
    ],
)
def test_what_the_rules_refuse_is_said_by_its_code(
    house: House, village: Village, body: dict, status: int, code: str
) -> None:
    answer = house.as_(village.residents[0]).post("/records", body)
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_the_same_deed_twice_is_a_conflict(house: House, village: Village) -> None:
    program = house.as_(village.residents[0])
    program.post("/records", {"rule": "AID-02", "done_on": "2026-09-06"})
    answer = program.post("/records", {"rule": "AID-02", "done_on": "2026-09-06"})
    assert (answer.status_code, answer.json["code"]) == (409, "duplicate_record")


def test_lists_are_read_page_by_page_without_a_gap(house: House, village: Village) -> None:
    resident = village.residents[0]
    filed = [
        str(
            house.do(
                given_record,
                village,
                resident,
                done_on=date(2026, 9, day),
                reporter=village.one("grid_worker"),
            ).id
        )
        for day in (1, 2, 3, 4, 5)
    ]
    pages = house.as_(resident).pages("/records", limit=2)
    assert [len(page) for page in pages[:-1]] == [2] * (len(pages) - 1)
    assert [record["id"] for page in pages for record in page] == filed[::-1]
    reported = house.as_one("grid_worker").pages("/records", of="reported", limit=2)
    assert [record["id"] for page in reported for record in page] == filed[::-1]


def test_others_records_are_not_there(house: House, village: Village) -> None:
    record = house.do(given_record, village, village.residents[0])
    neighbour = house.as_(village.residents[1])
    assert neighbour.get(f"/records/{record.id}").status_code == 404
    assert neighbour.post(f"/records/{record.id}/withdraw").status_code == 404
    assert neighbour.get("/records").json == {"items": [], "next": None}


def test_all_records_are_for_those_who_check_them(house: House, village: Village) -> None:
    record = house.do(given_record, village, village.residents[0])
    answer = house.as_(village.residents[1]).get("/records", of="all")
    assert (answer.status_code, answer.json["code"]) == (403, "not_permitted")
    for role in ("grid_worker", "reviewer", "supervisor"):
        assert [one["id"] for one in house.as_one(role).get("/records", of="all").json["items"]] == [
            str(record.id)
        ]
        assert house.as_one(role).get(f"/records/{record.id}").status_code == 200


def test_who_checks_records_sees_those_on_the_table_too(house: House, village: Village) -> None:
    judge = village.staff["reviewer"][0]
    record = house.do(given_record, village, village.residents[0], reporter=village.one("grid_worker"))
    own = house.do(given_record, village, judge)
    house.do(given_open_session, village)
    assert house.as_(judge).get(f"/records/{own.id}").status_code == 200
    assert house.as_(judge).get(f"/records/{record.id}").status_code == 200


def test_a_report_is_taken_back_until_it_lies_on_the_table(house: House, village: Village) -> None:
    resident = village.residents[0]
    record = house.do(given_record, village, resident)
    answer = house.as_(resident).post(f"/records/{record.id}/withdraw")
    assert (answer.status_code, answer.json["state"]) == (200, "withdrawn")
    assert [line["event"] for line in answer.json["history"]] == ["filed", "withdrawn"]
    again = house.as_(resident).post(f"/records/{record.id}/withdraw")
    assert (again.status_code, again.json["state"]) == (200, "withdrawn")
    late = house.do(given_record, village, resident)
    house.do(given_open_session, village)
    refused = house.as_(resident).post(f"/records/{late.id}/withdraw")
    assert (refused.status_code, refused.json["code"]) == (409, "record_not_withdrawable")


def test_a_decided_record_tells_points_and_notice(house: House, village: Village) -> None:
    resident = village.residents[0]
    record = house.do(given_record, village, resident)
    house.do(given_decided, village, [record], points=5)
    shown = house.as_(resident).get(f"/records/{record.id}").json
    assert (shown["state"], shown["expected_points"], shown["points"]) == ("on_notice", 4, 5)
    assert shown["notice_id"]
    assert shown["notice_ends_at"] == "2026-09-10T00:50:00Z"
    assert [line["event"] for line in shown["history"]] == ["filed", "put_on_agenda", "approved", "published"]
