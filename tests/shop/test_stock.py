"""In and out of the shelf, each with a line in the register."""

import pytest

from points.errors import Conflict, DomainError, Invalid, NotFound
from shop.stock.operations import CountStock, ReceiveStock, count_stock, receive_stock
from tests.shop.till import given_till


def refusal(till, operation, command):
    with pytest.raises(DomainError) as caught:
        till.run(operation, command)
    return type(caught.value), caught.value.code


def receive(till, pieces, key="key-receive", item="A01", **more):
    values = {"shop_id": till.shop_id, "item_id": till.items[item]} | more
    return ReceiveStock(till.community_id, till.staff.id, key, quantity=pieces, **values)


def count(till, pieces, key="key-count", note="月末盘点", item="A01"):
    return CountStock(till.community_id, till.staff.id, key, till.shop_id, till.items[item], pieces, note)


def test_goods_that_come_in_stand_on_the_shelf_and_in_the_register_once(till):
    assert [till.run(receive_stock, receive(till, 5)) for _ in range(2)] == [25, 25]
    assert till.register("A01") == [("received", 20), ("received", 5)]


def test_a_count_sets_the_shelf_and_the_difference_goes_into_the_register_once(till):
    assert [till.run(count_stock, count(till, 17)) for _ in range(2)] == [-3, -3]
    assert (till.shelf("A01"), till.register("A01")) == ((17, 0), [("received", 20), ("counted", -3)])


def test_a_count_that_finds_what_the_book_says_is_a_line_too_and_is_not_repeated_later(till):
    assert till.run(count_stock, count(till, 20)) == 0
    till.scan(till.order(till.people[0], ("A01", 2)))
    assert till.run(count_stock, count(till, 20)) == 0
    assert till.shelf("A01") == (18, 0)
    assert ("counted", 0) in till.register("A01")


def test_a_count_cannot_take_away_what_is_set_aside_but_lapsed_orders_count_no_more(till):
    till.order(till.people[0], ("A01", 6))
    assert refusal(till, count_stock, count(till, 5)) == (Conflict, "fewer_than_held")
    till.wait(days=7)
    assert till.run(count_stock, count(till, 5)) == -15


@pytest.mark.parametrize(
    ("pieces", "code"), [(0, "amount_too_small"), (-3, "amount_too_small"), (100_001, "amount_too_large")]
)
def test_pieces_that_cannot_have_come_in_are_refused(till, pieces, code):
    assert refusal(till, receive_stock, receive(till, pieces)) == (Invalid, code)


@pytest.mark.parametrize(("pieces", "note", "code"), [
    (-1, "盘点", "amount_too_small"), (100_001, "盘点", "amount_too_large"), (3, "  ", "reason_needed"),
])  # fmt: skip
def test_a_count_needs_a_possible_number_and_a_reason(till, pieces, note, code):
    assert refusal(till, count_stock, count(till, pieces, note=note)) == (Invalid, code)


def test_a_key_that_stood_for_something_else_is_a_conflict(till):
    till.run(receive_stock, receive(till, 5))
    for command in (receive(till, 6), receive(till, 5, item="A02")):
        assert refusal(till, receive_stock, command) == (Conflict, "request_key_reused")
    assert refusal(till, count_stock, count(till, 5, key="key-receive")) == (Conflict, "request_key_reused")


def test_shops_and_items_of_elsewhere_are_not_found(till):
    other = given_till(code="other", number=2)
    assert refusal(till, receive_stock, receive(till, 5, shop_id=other.shop_id)) == (
        NotFound,
        "shop_not_found",
    )
    command = receive(till, 5, item_id=other.items["A01"])
    assert refusal(till, receive_stock, command) == (NotFound, "item_not_found")
