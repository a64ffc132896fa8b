"""Orders that change places at the same moment, and orders that move while somebody scans or cancels them."""

from collections import Counter
from functools import partial

import pytest

from shop.catalogue.operations import OpenShop, open_shop
from shop.counter.operations import Outcome
from shop.orders.moving import MoveOrder, move_order
from shop.queries import items_at
from tests.concurrency.crowd import all_at_once
from tests.shop.till import Till, given_till

PHONES = 12


@pytest.fixture
def till(site, session, nobody_listens):
    """Twelve households with 100 points each, and the shelves of both shops nearly empty."""
    till = given_till(households=PHONES, pieces=PHONES)
    yield till
    assert till.wrong_numbers() == []


@pytest.fixture
def mill(till):
    """The other shop, with as much."""
    shop_id = till.run(open_shop, OpenShop(till.community_id, None, "磨坊店"))
    for code in ("A01", "A03"):
        till.receive(code, PHONES, shop_id=shop_id)
    return shop_id


def moving(till: Till, person, order, shop_id):
    command = MoveOrder(till.community_id, person.id, order.id, shop_id)
    return partial(till.run, move_order, command)


def free(till, session, shop_id):
    found = items_at(session, till.community_id, shop_id, now=till.now)
    session.rollback()
    return {one.code: one.available for one in found if one.code in ("A01", "A03")}


def test_orders_that_change_places_at_once_all_arrive(site, till, mill, session):
    shops = (till.shop_id, mill)
    lines = (("A01", 1), ("A03", 1)), (("A03", 1), ("A01", 1))
    orders = [
        till.order(person, *lines[turn // 2 % 2], shop_id=shops[turn % 2])
        for turn, person in enumerate(till.people)
    ]
    for turn in range(1, 4):
        acts = [
            moving(till, person, order, shops[(at + turn) % 2])
            for at, (person, order) in enumerate(zip(till.people, orders, strict=True))
        ]
        assert all_at_once(site, acts) == [shops[(at + turn) % 2] for at in range(PHONES)]
    assert [till.view(order).shop_id for order in orders] == [shops[(at + 1) % 2] for at in range(PHONES)]
    session.rollback()
    half = {"A01": PHONES // 2, "A03": PHONES // 2}
    assert (free(till, session, till.shop_id), free(till, session, mill)) == (half, half)
    assert [(till.purse(one).available, till.purse(one).held) for one in till.people] == [(95, 5)] * PHONES


def test_a_move_racing_a_scan_or_a_cancel_leaves_one_of_the_two(site, till, mill, session):
    for turn, person in enumerate(till.people):
        order = till.order(person, ("A01", 1))
        other = partial(till.cancel, person, order) if turn % 2 else partial(till.scan, order)
        moved, done = all_at_once(site, [moving(till, person, order, mill), other])
        if isinstance(done, Outcome):
            # A scan that waited for the order has read its old shop beside it, and may find nothing: no goods either way.
            assert (moved, done.reason) in ((mill, "product"), (mill, "invalid"), ("order_not_waiting", None))
        else:
            assert (moved, done) in ((mill, "cancelled"), ("order_not_waiting", "cancelled"))
    states = Counter(till.purse(person).held for person in till.people)
    session.rollback()
    waiting_here, there = PHONES - till.shelf("A01")[0], PHONES - free(till, session, mill)["A01"]
    assert (till.shelf("A01")[1], states[4], waiting_here + there) == (0, there, PHONES // 2)
