"""Oneself: wallet, scores, and the story behind every entry."""

from __future__ import annotations

from datetime import date

import pytest

from app import clock
from app.identity.passwords import SetPassword, set_password
from app.transaction import transact
from tests.app.api.conftest import SHOPPING_DAY
from tests.app.api.program import House, Program
from tests.builders import (
    PASSWORD,
    PASSWORD_HASH,
    Village,
    given_decided,
    given_order,
    given_points,
    given_record,
    phone_of,
)


def wallet_of(program: Program) -> str:
    return program.get("/me").json["wallet"]["id"]


def test_the_wallet_tells_what_is_free_held_on_notice_and_when_it_ends(
    house: House, village: Village
) -> None:
    resident = village.residents[0]
    program = house.as_(resident)
    house.do(given_points, village, resident, 10)
    assert program.get("/me").json["wallet"] | {"id": ""} == {
        "id": "",
        "available": 0,
        "held": 0,
        "on_notice": 10,
        "expiring": [],
    }
    house.do(given_order, village, resident)
    with clock.at(SHOPPING_DAY):
        assert program.get("/me").json["wallet"] | {"id": ""} == {
            "id": "",
            "available": 6,
            "held": 4,
            "on_notice": 0,
            "expiring": [{"on": "2027-12-31", "points": 6}],
        }


def test_me_names_member_household_community_and_roles(house: House, village: Village) -> None:
    staff = village.one("shop_staff")
    me = house.as_(staff).get("/me").json
    assert me["member"] == {"id": str(staff.id), "name": staff.name}
    assert me["household"] == {"id": str(staff.household_id), "number": staff.household_number}
    assert me["community"]["code"] == "yitian"
    assert me["roles"] == ["resident", "shop_staff"]
    assert (me["honour"], me["conduct"], me["minutes"]) == (0, 0, 0)


def test_honour_counts_beside_the_wallet_once_its_notice_has_ended(house: House, village: Village) -> None:
    resident, program = village.residents[0], house.as_(village.residents[0])
    rule = next(
        rule for rule in program.get("/rules").json["items"]
        if rule["score"] == "honour" and not rule["is_of_household"] and rule["photo"] != "required"
        and rule["review_path"] == "panel" and rule["points_max"] <= 20
    )  # fmt: skip
    record = house.do(
        given_record,
        village,
        resident,
        rule=rule["code"],
        reporter=_may_report(village, rule),
        done_on=date(2026, 9, 6),
    )
    house.do(given_decided, village, [record], points=rule["points_min"])
    assert program.get("/me").json["honour"] == 0
    with clock.at(SHOPPING_DAY):
        me = program.get("/me").json
    assert me["honour"] == rule["points_min"]
    assert me["wallet"]["available"] == 0


def _may_report(village: Village, rule: dict):
    for role in ("grid_worker", "steward"):
        capacities = {"grid_worker": {"grid_worker", "neighbour", "activity_leader", "mediator"},
                      "steward": {"staff", "activity_leader", "mediator"}}[role]  # fmt: skip
        if capacities & set(rule["reporters"]):
            return village.one(role)
    return None


def test_an_award_in_the_statement_tells_deed_rule_session_tally_and_notice(
    house: House, village: Village
) -> None:
    resident, program = village.residents[0], house.as_(village.residents[0])
    record = house.do(given_record, village, resident)
    session = house.do(given_decided, village, [record], points=5)
    with clock.at(SHOPPING_DAY):
        entries = program.get(f"/wallets/{wallet_of(program)}/statement").json["items"]
    assert len(entries) == 1
    entry = entries[0]
    assert (entry["kind"], entry["points"], entry["at"]) == ("award", 5, "2026-09-10T00:50:00Z")
    assert entry["deed"]["record_id"] == str(record.id)
    assert entry["deed"]["member"]["id"] == str(resident.id)
    assert (entry["rule"]["code"], entry["rule"]["version"]) == ("AID-02", 1)
    assert entry["session"]["id"] == str(session)
    assert entry["tally"] == {"for": 4, "against": 0, "abstained": 0, "by_consent": False}
    assert entry["notice"]["days"] == 3
    assert (entry["order_id"], entry["shop"], entry["goods"], entry["handed_over_by"]) == (
        None,
        None,
        [],
        None,
    )


def test_a_purchase_in_the_statement_tells_shop_goods_and_staff(house: House, village: Village) -> None:
    resident, program = village.residents[0], house.as_(village.residents[0])
    house.do(given_points, village, resident, 10)
    order = house.do(given_order, village, resident)
    with clock.at(SHOPPING_DAY):
        house.as_one("shop_staff").post("/redemptions", {"code": order.code, "nonce": "n-1"})
        entries = program.get(f"/wallets/{wallet_of(program)}/statement").json["items"]
    assert [entry["kind"] for entry in entries] == ["redemption", "award"]
    entry = entries[0]
    assert (entry["points"], entry["order_id"], entry["shop"]["name"]) == (-4, str(order.id), "村口店")
    assert [(goods["quantity"], goods["points"]) for goods in entry["goods"]] == [(1, 4)]
    assert entry["handed_over_by"] == village.one("shop_staff").name
    assert (entry["deed"], entry["rule"], entry["tally"], entry["notice"]) == (None, None, None, None)


def test_the_statement_is_read_page_by_page_settled_or_not(house: House, village: Village) -> None:
    resident, program = village.residents[0], house.as_(village.residents[0])
    for day in (1, 2, 3, 4, 5):
        house.do(
            given_decided,
            village,
            [house.do(given_record, village, resident, done_on=date(2026, 9, day))],
            points=day + 2,
        )
    with clock.at(SHOPPING_DAY):
        place = f"/wallets/{wallet_of(program)}/statement"
        before = [entry for page in program.pages(place, limit=2) for entry in page]
        house.do(given_order, village, resident)
        pages = program.pages(place, limit=2)
    assert sorted(entry["points"] for entry in before) == [3, 4, 5, 6, 7]
    assert [len(page) for page in pages] == [2, 2, 1]
    after = [entry for page in pages for entry in page]
    assert {entry["deed"]["record_id"] for entry in after} == {entry["deed"]["record_id"] for entry in before}


def test_somebody_elses_wallet_is_not_there(house: House, village: Village) -> None:
    wallet = wallet_of(house.as_(village.residents[1]))
    for program in (house.as_(village.residents[0]), house.as_one("steward"), house.as_one("shop_staff")):
        answer = program.get(f"/wallets/{wallet}/statement")
        assert (answer.status_code, answer.json["code"]) == (404, "account_not_found")


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_first_password_has_to_be_changed_before_anything_else(house: House, village: Village) -> None:
    resident = village.residents[0]
    house.do(
        transact,
        set_password,
        SetPassword(village.community_id, resident.id, PASSWORD_HASH, must_change=True),
    )
    sign_in = {"phone": phone_of(int(resident.household_number)), "password": PASSWORD}
    token = house.stranger().call("POST", "/tokens", sign_in).json["token"]
    answer = Program(house.site, token).get("/me")
    assert (answer.status_code, answer.json["code"]) == (403, "password_must_be_changed")
