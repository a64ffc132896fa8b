"""An order that brings a voucher needs the network: the voucher is issued at the hand-over."""

from __future__ import annotations

from shop.offline.policy import code_mark, verdict
from tests.shop.lent_and_served import given_wide_till
from tests.shop.phones import given_device, snapshot_for


def test_an_order_with_a_voucher_is_not_taken_along_and_the_phone_says_it_needs_the_network(session):
    till, _partner = given_wide_till()
    phone, person = given_device(till), till.people[0]
    goods, mixed = till.order(person), till.order(person, ("A01", 1), ("S01", 1))
    fetched = till.order(person, ("S01", 1))
    till.scan(fetched)
    snapshot = snapshot_for(till, phone)
    assert set(snapshot["orders"]) == {code_mark(goods.code)}
    local = {"used": [], "spent": {}, "taken": {}, "seen_at": 0}
    said = {
        order.code: verdict(snapshot, local, int(till.now.timestamp()), order.code, [])
        for order in (goods, mixed, fetched)
    }
    assert [(one.verdict, one.why) for one in said.values()] == [
        ("give", None), ("refuse", "needs_network"), ("refuse", "used"),
    ]  # fmt: skip
