"""Ordering, looking, cancelling."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app import clock
from app.transaction import transact
from shop.catalogue.operations import OpenShop, open_shop
from shop.stock.deliveries import LineIn
from tests.app.api.conftest import SHOPPING_DAY
from tests.app.api.program import House, unknown_id
from tests.builders import Village, given_delivery, given_order, given_points


def wanted(village: Village, code: str = "I01", quantity: int = 1) -> dict[str, Any]:
    return {
        "shop_id": str(village.shop_id),
        "lines": [{"item_id": str(village.items[code]), "quantity": quantity}],
    }


def test_an_order_holds_points_and_stock_and_tells_the_code(house: House, village: Village) -> None:
    resident, program = village.residents[0], house.as_(village.residents[0])
    house.do(given_points, village, resident, 10)
    with clock.at(SHOPPING_DAY):
        placed = program.post("/orders", wanted(village, quantity=2))
        assert placed.status_code == 201
        assert set(placed.json) == {"id", "state", "code", "points", "expires_at"}
        assert (placed.json["state"], placed.json["points"]) == ("placed", 8)
        assert placed.json["expires_at"] == (SHOPPING_DAY + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%SZ")
        wallet = program.get("/me").json["wallet"]
        assert (wallet["available"], wallet["held"]) == (2, 8)
        stock = {item["code"]: item["stock"] for item in program.get("/items").json["items"]}
        assert stock["I01"] == 18
        shown = program.get(f"/orders/{placed.json['id']}").json
    assert (shown["code"], shown["member"]) == (placed.json["code"], resident.name)
    assert [(line["quantity"], line["points"]) for line in shown["lines"]] == [(2, 8)]


def test_cancelling_gives_points_and_goods_back(house: House, village: Village) -> None:
    resident, program = village.residents[0], house.as_(village.residents[0])
    house.do(given_points, village, resident, 10)
    order = house.do(given_order, village, resident)
    with clock.at(SHOPPING_DAY):
        cancelled = program.post(f"/orders/{order.id}/cancel")
        assert (cancelled.status_code, cancelled.json["state"]) == (200, "cancelled")
        assert program.get("/me").json["wallet"]["available"] == 10
        again = program.post(f"/orders/{order.id}/cancel")
        assert (again.status_code, again.json["state"]) == (200, "cancelled")


def test_an_order_past_its_time_reads_lapsed_and_cannot_be_cancelled(house: House, village: Village) -> None:
    resident, program = village.residents[0], house.as_(village.residents[0])
    house.do(given_points, village, resident, 10)
    order = house.do(given_order, village, resident)
    with clock.at(SHOPPING_DAY + timedelta(days=7)):
        assert program.get(f"/orders/{order.id}").json["state"] == "lapsed"
        late = program.post(f"/orders/{order.id}/cancel")
        assert (late.status_code, late.json["code"]) == (410, "order_lapsed")
        assert program.get("/me").json["wallet"]["available"] == 10


def test_others_orders_are_not_there_not_even_for_the_shop(house: House, village: Village) -> None:
    house.do(given_points, village, village.residents[0], 10)
    order = house.do(given_order, village, village.residents[0])
    for program in (house.as_(village.residents[1]), house.as_one("shop_staff")):
        assert program.get(f"/orders/{order.id}").status_code == 404
        assert program.post(f"/orders/{order.id}/cancel").status_code == 404


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_what_cannot_be_ordered_is_said_by_its_code(house: House, village: Village) -> None:
    resident, program = village.residents[0], house.as_(village.residents[0])
    house.do(given_points, village, resident, 10)
    item = str(village.items["I01"])
    with clock.at(SHOPPING_DAY):
        for body, status, code in (
            (wanted(village, quantity=3), 409, "insufficient_points"),
            (wanted(village, quantity=21), 409, None),
            (wanted(village) | {"shop_id": unknown_id()}, 404, "shop_not_found"),
            (wanted(village) | {"lines": [{"item_id": unknown_id(), "quantity": 1}]}, 404, "item_not_found"),
            (wanted(village) | {"lines": []}, 422, "order_empty"),
            (wanted(village) | {"lines": [{"item_id": item, "quantity": 1}] * 2}, 422, "too_many_lines"),
            (wanted(village) | {"lines": [{"item_id": item, "quantity": 1}] * 21}, 422, "form_invalid"),
            (wanted(village, quantity=100), 422, "form_invalid"),
        ):
            answer = program.post("/orders", body)
            assert answer.status_code == status, body
            assert code in (None, answer.json["code"])


def test_a_price_the_program_did_not_see_orders_nothing(house: House, village: Village) -> None:
    resident, program = village.residents[0], house.as_(village.residents[0])
    house.do(given_points, village, resident, 10)
    soap, salt = wanted(village)["lines"][0], wanted(village, "I09")["lines"][0]
    body = {"shop_id": str(village.shop_id), "lines": [soap | {"points_each": 4}, salt | {"points_each": 2}]}
    with clock.at(SHOPPING_DAY):
        answer = program.post("/orders", body)
        assert (answer.status_code, answer.json["code"]) == (409, "price_changed")
        for wrong in ("4", -1, 1.5):
            lines = [soap | {"points_each": wrong}]
            assert program.post("/orders", body | {"lines": lines}).status_code == 422
        assert program.get("/me").json["wallet"]["held"] == 0
        body["lines"][1]["points_each"] = 3
        assert program.post("/orders", body).json["points"] == 7


def test_an_order_moves_to_another_shop_under_its_code(house: House, village: Village) -> None:
    resident, program = village.residents[0], house.as_(village.residents[0])
    house.do(given_points, village, resident, 10)
    order = house.do(given_order, village, resident)
    mill = house.do(transact, open_shop, OpenShop(village.community_id, None, "东头店"))
    path, body = f"/orders/{order.id}/move", {"shop_id": str(mill)}
    with clock.at(SHOPPING_DAY):
        answer = program.post(path, body)
        assert (answer.status_code, answer.json["code"]) == (409, "out_of_stock")
        signers = village.one("steward").id, village.one("supervisor").id
        house.do(given_delivery, village.community_id, mill, signers, LineIn(village.items["I01"], 1))
        assert house.as_(village.residents[1]).post(path, body).status_code == 404
        moved = [program.post(path, body) for _sent in range(2)]
        assert [answer.status_code for answer in moved] == [200, 200]
        told = moved[0].json
        assert (told["shop"]["name"], told["code"], told["way"], told["prepared_at"]) == (
            "东头店", order.code, "ahead", None,
        )  # fmt: skip
        assert program.post(path, {"shop_id": unknown_id()}).status_code == 404
    with clock.at(SHOPPING_DAY + timedelta(days=7)):
        assert program.post(path, {"shop_id": str(village.shop_id)}).json["code"] == "order_lapsed"
