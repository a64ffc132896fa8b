"""The counter over the interface: once, with its first answer for ever, and undone from the same device."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from app import clock
from app.schemas.answers.shop import AnnulledSchema, RedeemedSchema, RedemptionRefusedSchema
from app.transaction import transact
from points.codes import new_code
from points.people.operations import GrantRole, IssueCard, grant_role, issue_card
from shop.catalogue.operations import OpenShop, open_shop
from shop.codes.counter_rules import ChangeCounterRules, change_counter_rules
from tests.app.api.conftest import SHOPPING_DAY
from tests.app.api.program import House, Program
from tests.builders import Village, given_order, given_points


@pytest.fixture
def order(house: House, village: Village):
    """An order of one piece for four points, waiting at the counter, with six points left beside it."""
    house.do(given_points, village, village.residents[0], 10)
    return house.do(given_order, village, village.residents[0])


@pytest.fixture
def till(house: House) -> Program:
    """The shop's phone."""
    return house.as_one("shop_staff")


def scan(till: Program, code: str, nonce: str = "n-1", *, after: timedelta = timedelta(), **more: Any):
    with clock.at(SHOPPING_DAY + after):
        return till.call("POST", "/redemptions", {"code": code, "nonce": nonce} | more)


def test_a_pick_up_code_becomes_goods_once(order, till: Program, house: House, village: Village) -> None:
    answer = scan(till, order.code)
    assert answer.status_code == 201
    assert (answer.json["status"], answer.json["dry_run"]) == ("ok", False)
    redemption = answer.json["redemption"]
    assert (redemption["member"], redemption["points"], redemption["shop"]) == (
        village.residents[0].name,
        4,
        "村口店",
    )
    assert [(line["quantity"], line["points"]) for line in redemption["lines"]] == [(1, 4)]
    assert answer.json["balance"] == {"available": 6, "held": 0}
    second = scan(till, order.code, "n-2", after=timedelta(minutes=1))
    assert (second.status_code, second.json["reason"]) == (400, "already_redeemed")
    assert second.json["first"] == {"at": "2026-09-11T00:30:00Z", "shop": "村口店"}
    assert second.json["detail"]


def test_the_code_may_come_as_the_address_in_the_picture(order, till: Program) -> None:
    assert scan(till, f"https://village.example/q/{order.code}").status_code == 201


def test_a_nonce_keeps_its_first_answer(order, till: Program) -> None:
    first = scan(till, order.code)
    again = scan(till, order.code, after=timedelta(days=2))
    assert (first.status_code, first.data) == (again.status_code, again.data)
    refused = scan(till, order.code, "n-2")
    assert scan(till, order.code, "n-2", after=timedelta(days=2)).json["first"] == refused.json["first"]


def test_the_same_scan_from_four_threads_at_once_has_one_answer(order, till: Program) -> None:
    answers: list[tuple[int, bytes]] = []
    gate = threading.Barrier(4)

    def send() -> None:
        gate.wait()
        answer = scan(till, order.code)
        answers.append((answer.status_code, answer.data))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert len(set(answers)) == 1
    assert answers[0][0] == 201


def test_the_first_answer_stays_after_an_annulment(order, till: Program) -> None:
    first = scan(till, order.code)
    with clock.at(SHOPPING_DAY + timedelta(minutes=5)):
        till.call("POST", "/redemptions/annul", {"nonce": "n-1"})
    assert scan(till, order.code, after=timedelta(minutes=6)).data == first.data
    assert scan(till, order.code, "n-2", after=timedelta(minutes=6)).json["reason"] == "canceled"


def test_a_nonce_for_another_code_is_a_conflict(order, till: Program) -> None:
    scan(till, order.code)
    answer = scan(till, new_code())
    assert (answer.status_code, answer.json["reason"], answer.json["code"]) == (
        409,
        "nonce_conflict",
        "nonce_conflict",
    )


def test_a_code_that_is_not_ours_is_not_found_and_that_is_remembered(till: Program) -> None:
    for nonce, code in (("n-1", new_code()), ("n-2", "nonsense"), ("n-3", "二维码")):
        answer = scan(till, code, nonce)
        assert (answer.status_code, answer.json["status"], answer.json["reason"]) == (404, "error", "invalid")
        assert answer.json["first"] is None


def test_another_villages_code_is_not_ours(order, house: House) -> None:
    other_till = house.as_(house.other.one("shop_staff"), house.other)
    assert scan(other_till, order.code).json["reason"] == "invalid"


def test_a_dry_run_tells_everything_and_changes_nothing(order, till: Program) -> None:
    for _ in range(2):
        answer = scan(till, order.code, dry_run=True)
        assert (answer.status_code, answer.json["status"], answer.json["dry_run"]) == (201, "ok", True)
        assert answer.json["redemption"]["member"]
    assert scan(till, new_code(), "n-2", dry_run=True).status_code == 404
    assert scan(till, order.code).json["dry_run"] is False
    assert scan(till, order.code, "n-3", dry_run=True).json["reason"] == "already_redeemed"


def test_an_order_whose_time_is_over_is_refused(order, till: Program) -> None:
    answer = scan(till, order.code, after=timedelta(days=7))
    assert (answer.status_code, answer.json["reason"]) == (400, "invalid_time")


def test_a_scan_made_offline_in_time_counts_when_it_is_heard_of(order, till: Program) -> None:
    answer = scan(
        till, order.code, after=timedelta(days=7, hours=1), offline=True, scanned_at="2026-09-18T00:00:00Z"
    )
    assert answer.status_code == 201
    assert answer.json["redemption"]["at"] == "2026-09-18T00:00:00Z"


def test_a_cancelled_order_is_refused(order, till: Program, house: House, village: Village) -> None:
    with clock.at(SHOPPING_DAY):
        house.as_(village.residents[0]).post(f"/orders/{order.id}/cancel")
    assert scan(till, order.code).json["reason"] == "canceled"


def test_another_shops_order_is_sent_there(order, house: House, village: Village) -> None:
    clerk = village.residents[1]
    shop_id = house.do(transact, open_shop, OpenShop(village.community_id, None, "镇上店"))
    role = GrantRole(village.community_id, clerk.id, "shop_staff", "镇上店的店员", scope_id=shop_id)
    house.do(transact, grant_role, role)
    answer = scan(house.as_(clerk), order.code)
    assert (answer.status_code, answer.json["reason"]) == (400, "product")
    assert "村口店" in answer.json["detail"]


def test_force_is_sent_in_vain_by_those_who_are_no_supervisor(order, till: Program) -> None:
    answer = scan(till, order.code, after=timedelta(days=7), force=True, reason="she was ill")
    assert answer.json["reason"] == "invalid_time"


def test_a_supervisor_at_the_counter_may_force_a_late_order(order, house: House, village: Village) -> None:
    supervisor = village.one("supervisor")
    role = GrantRole(village.community_id, supervisor.id, "shop_staff", "代班", scope_id=village.shop_id)
    house.do(transact, grant_role, role)
    program = house.as_(supervisor)
    answer = scan(program, order.code, after=timedelta(days=7), force=True, reason="she was ill")
    assert (answer.status_code, answer.json["status"]) == (201, "ok")
    assert answer.json["balance"] == {"available": 6, "held": 0}
    assert scan(program, new_code(), "n-2", force=True, reason="x").json["reason"] == "invalid"


def test_only_the_shops_staff_redeem(order, house: House, village: Village) -> None:
    for program in (house.as_(village.residents[0]), house.as_one("steward")):
        assert scan(program, order.code).status_code == 403


def test_staff_without_a_shop_are_told_so(order, house: House, village: Village) -> None:
    clerk = village.residents[1]
    house.do(transact, grant_role, GrantRole(village.community_id, clerk.id, "shop_staff", "待定"))
    answer = scan(house.as_(clerk), order.code)
    assert (answer.status_code, answer.json["code"]) == (403, "no_shop_of_yours")


def test_a_pick_up_code_pays_for_nothing_else(order, till: Program, village: Village) -> None:
    lines = [{"item_id": str(village.items["I02"]), "quantity": 1}]
    answer = scan(till, order.code, "n-0", lines=lines)
    assert (answer.status_code, answer.json["reason"]) == (404, "invalid")
    assert scan(till, order.code, lines=None).status_code == 201


def test_undoing_gives_everything_back_within_a_quarter_of_an_hour(
    order, till: Program, house: House, village: Village
) -> None:
    scan(till, order.code)
    with clock.at(SHOPPING_DAY + timedelta(minutes=15)):
        undone = till.call("POST", "/redemptions/annul", {"nonce": "n-1"})
        again = till.call("POST", "/redemptions/annul", {"nonce": "n-1"})
        wallet = house.as_(village.residents[0]).get("/me").json["wallet"]
    assert undone.status_code == 200
    assert undone.json["redemption"]["annulled_at"] == "2026-09-11T00:45:00Z"
    assert again.json == undone.json
    assert (wallet["available"], wallet["held"]) == (10, 0)


def test_undoing_is_for_the_device_that_scanned_and_not_for_ever(order, till: Program, house: House) -> None:
    scan(till, order.code)
    with clock.at(SHOPPING_DAY + timedelta(minutes=5)):
        other = house.as_one("shop_staff").call("POST", "/redemptions/annul", {"nonce": "n-1"})
    assert (other.status_code, other.json["code"]) == (403, "other_device")
    with clock.at(SHOPPING_DAY + timedelta(minutes=16)):
        late = till.call("POST", "/redemptions/annul", {"nonce": "n-1"})
        unknown = till.call("POST", "/redemptions/annul", {"nonce": "n-9"})
    assert (late.status_code, late.json["code"]) == (410, "undo_time_over")
    assert (unknown.status_code, unknown.json["code"]) == (404, "redemption_not_found")


def test_undoing_asks_for_a_shop_phone_where_only_those_serve(order, till: Program, house: House) -> None:
    scan(till, order.code)
    rules = ChangeCounterRules(
        house.village.community_id, house.village.one("steward").id, 30, 50, 20, True, "只用店里的手机"
    )
    house.do(transact, change_counter_rules, rules)
    with clock.at(SHOPPING_DAY + timedelta(minutes=5)):
        answer = till.call("POST", "/redemptions/annul", {"nonce": "n-1"})
    assert (answer.status_code, answer.json["code"]) == (403, "shop_phone_needed")


def test_after_a_lost_answer_the_device_that_asked_is_told_it_again(
    order, till: Program, house: House
) -> None:
    assert till.get("/redemptions/by-nonce/n-1").status_code == 404
    done = scan(till, order.code)
    assert till.get("/redemptions/by-nonce/n-1").json == done.json
    refused = scan(till, order.code, "n-2")
    again = till.get("/redemptions/by-nonce/n-2")
    assert (again.status_code, again.json["reason"]) == (400, refused.json["reason"])
    other = house.as_one("shop_staff").get("/redemptions/by-nonce/n-1")
    assert (other.status_code, other.json["code"]) == (403, "other_device")


def test_a_sale_that_was_given_up_is_certainly_not_booked(
    order, till: Program, house: House, village: Village
) -> None:
    def cancel(nonce: str, program: Program = till):
        with clock.at(SHOPPING_DAY + timedelta(minutes=1)):
            return program.call("POST", "/redemptions/cancel", {"nonce": nonce})

    assert [cancel("n-1").json, cancel("n-1").json] == [{"status": "cancelled"}] * 2
    late = scan(till, order.code)
    assert (late.status_code, late.json["reason"]) == (400, "canceled")
    assert scan(till, order.code, "n-2").status_code == 201
    assert cancel("n-2", house.as_one("shop_staff")).json["code"] == "other_device"
    assert cancel("n-2").json == {"status": "annulled"}
    with clock.at(SHOPPING_DAY + timedelta(minutes=2)):
        wallet = house.as_(village.residents[0]).get("/me").json["wallet"]
    assert (wallet["available"], wallet["held"]) == (10, 0)


def test_refunds_are_a_managers_in_parts_and_once_for_each_key(
    order, till: Program, house: House, village: Village
) -> None:
    sold = scan(till, order.code).json["redemption"]
    (line,) = sold["lines"]
    body = {
        "redemption_id": sold["id"],
        "reason": "裂了",
        "lines": [{"item_id": line["item_id"], "quantity": 1}],
    }
    steward = house.as_one("steward")
    with clock.at(SHOPPING_DAY + timedelta(days=1)):
        assert till.post("/redemptions/refunds", body).status_code == 403
        done = steward.post("/redemptions/refunds", body, key="once-0001")
        again = steward.post("/redemptions/refunds", body, key="once-0001")
        more = steward.post("/redemptions/refunds", body)
    assert (done.status_code, done.json["points"]) == (201, 4)
    assert again.json == done.json
    assert (more.status_code, more.json["code"]) == (409, "refund_too_large")


def test_nobody_refunds_what_the_own_household_paid(
    order, till: Program, house: House, village: Village
) -> None:
    buyer = village.residents[0]
    house.do(transact, grant_role, GrantRole(village.community_id, buyer.id, "steward", "村委会分管"))
    sold = scan(till, order.code).json["redemption"]
    lines = [{"item_id": sold["lines"][0]["item_id"], "quantity": 1}]
    body = {"redemption_id": sold["id"], "reason": "裂了", "lines": lines}
    answer = house.as_(buyer).post("/redemptions/refunds", body)
    assert (answer.status_code, answer.json["code"]) == (403, "refund_of_own")


def test_a_sale_is_told_that_points_are_on_notice_and_a_look_what_would_be_left(
    till: Program, house: House, village: Village
) -> None:
    person, item = village.residents[1], str(village.items["I01"])
    house.do(given_points, village, person, 10)
    card = house.do(
        transact, issue_card, IssueCard(village.community_id, person.id, village.one("steward").id)
    )

    def sell(pieces: int, nonce: str, *, after: timedelta = timedelta(), **more: Any):
        return scan(till, card, nonce, after=after, lines=[{"item_id": item, "quantity": pieces}], **more)

    soon = sell(2, "n-1", after=timedelta(days=-4) + timedelta(hours=1))
    assert (soon.status_code, soon.json["reason"]) == (400, "unapproved")
    assert "10" in soon.json["detail"]
    assert sell(3, "n-2").json["reason"] == "insufficient_points"
    rules = ChangeCounterRules(village.community_id, village.one("steward").id, 0, 0, 0, False, "都要输密码")
    house.do(transact, change_counter_rules, rules)
    asked = sell(2, "n-3", dry_run=True)
    assert (asked.json["requires"], asked.json["balance"]) == (["pin"], {"available": 2, "held": 0})


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_answers_made_without_a_schema_have_exactly_its_fields(order, till: Program) -> None:
    ok, refused = scan(till, order.code).json, scan(till, order.code, "n-2").json
    with clock.at(SHOPPING_DAY):
        undone = till.call("POST", "/redemptions/annul", {"nonce": "n-1"}).json
    for schema, answer in (
        (RedeemedSchema, ok),
        (RedemptionRefusedSchema, refused),
        (AnnulledSchema, undone),
    ):
        _same_fields(schema(), answer)


def _same_fields(schema: Any, answer: dict[str, Any]) -> None:
    assert set(answer) == set(schema.fields)
    for name, field in schema.fields.items():
        inner = getattr(field, "inner", field)
        if hasattr(inner, "schema") and answer[name] is not None:
            for part in answer[name] if isinstance(answer[name], list) else [answer[name]]:
                _same_fields(inner.schema, part)
