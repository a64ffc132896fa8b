"""The till under a crowd: nothing is handed over twice, and ledger, shelves and register stay exact."""

from collections import Counter
from functools import partial

import pytest

from points.codes import new_code
from shop.counter.operations import Outcome
from shop.orders.operations import PlaceOrder
from shop.stock.deliveries import ConfirmDelivery, EnterDelivery, LineIn, confirm_delivery, enter_delivery
from shop.stock.write_offs import WriteOffGoods, write_off_goods
from tests.concurrency.crowd import all_at_once
from tests.shop.till import Till, given_till

PHONES = 16


@pytest.fixture
def till(site, session, nobody_listens):
    """Sixteen households with 300 points each."""
    till = given_till(households=PHONES, points=300, pieces=400)
    yield till
    assert till.wrong_numbers() == []


def answers(outcomes):
    return Counter(
        outcome.reason or "ok" if isinstance(outcome, Outcome) else outcome for outcome in outcomes
    )


def ordering(till: Till, command: PlaceOrder):
    from shop.orders.operations import place_order

    return partial(till.run, place_order, command)


def test_two_phones_at_one_code_hand_over_once(site, till):
    for turn in range(20):
        order = till.order(till.people[turn % PHONES])
        outcomes = all_at_once(
            site,
            [
                partial(till.scan, order, f"turn-{turn}-{phone}", device=f"phone-{phone}")
                for phone in range(2)
            ],
        )
        assert answers(outcomes) == {"ok": 1, "already_redeemed": 1}
    assert till.shelf("A01") == (380, 0)


def test_one_scan_sent_many_times_at_once_has_one_outcome(site, till):
    order = till.order(till.people[0])
    outcomes = all_at_once(site, [partial(till.scan, order, "scan-1")] * 8)
    assert len({repr(outcome.body) for outcome in outcomes}) == 1
    assert (answers(outcomes), len(till.stored("scan-1")), till.shelf("A01")) == ({"ok": 8}, 1, (399, 0))


def test_one_nonce_for_two_codes_at_once_stands_for_one_of_them(site, till):
    orders = [till.order(person) for person in till.people[:2]]
    outcomes = all_at_once(site, [partial(till.scan, order, "scan-1") for order in orders])
    assert answers(outcomes) == {"ok": 1, "nonce_conflict": 1}
    assert sorted(till.state(order) for order in orders) == ["collected", "placed"]


def test_sixteen_phones_at_one_shop_keep_stock_and_ledger_exact(site, till):
    lines = (("A01", 1), ("A03", 2)), (("A03", 1), ("A01", 2)), (("A01", 1),)
    orders = [[till.order(person, *lines[turn % 3]) for turn in range(6)] for person in till.people]

    def queue(own):
        return [till.scan(order).status for order in own]

    done = all_at_once(site, [partial(queue, own) for own in orders])
    assert done == [["ok"] * 6] * PHONES
    assert (till.shelf("A01"), till.shelf("A03")) == ((400 - PHONES * 8, 0), (400 - PHONES * 6, 0))
    assert [till.purse(person).total for person in till.people] == [300 - 8 * 4 - 6] * PHONES


def test_thirty_orders_racing_for_ten_pieces_get_ten(site, till):
    till.count("A01", 10)
    commands = [till.wanted(till.people[turn % PHONES], ("A01", 1)) for turn in range(30)]
    outcomes = all_at_once(site, [ordering(till, command) for command in commands])
    assert Counter(one if isinstance(one, str) else one.state for one in outcomes) == {
        "placed": 10,
        "out_of_stock": 20,
    }
    assert till.shelf("A01") == (10, 10)


def test_goods_that_come_spoil_and_are_ordered_at_once_are_booked_once_and_promised_once(site, till):
    till.count("A01", 10)
    item, of_village = till.items["A01"], till.community_id
    slip = EnterDelivery(of_village, till.staff.id, till.a_key(), till.shop_id, "bought", (LineIn(item, 5),))
    sign = ConfirmDelivery(of_village, till.keeper.id, till.run(enter_delivery, slip))
    spoiled = WriteOffGoods(of_village, till.staff.id, till.a_key(), till.shop_id, item, "spoiled", 3, "受潮")
    orders = [ordering(till, till.wanted(person, ("A01", 1))) for person in till.people[:14]]
    acts = [
        *orders[:7],
        *[partial(till.run, confirm_delivery, sign)] * 3,
        partial(till.run, write_off_goods, spoiled),
    ]
    outcomes = all_at_once(site, [*acts, *orders[7:]])
    placed = sum(getattr(one, "state", "") == "placed" for one in outcomes)
    gone = 3 if "confirmed" in outcomes else 0
    assert till.shelf("A01") == (15 - gone, placed)
    assert placed >= 7


def test_orders_of_one_household_racing_for_its_limit_get_the_limit(site, till):
    commands = [till.wanted(till.people[0], ("A02", 1)) for _ in range(8)]
    outcomes = all_at_once(site, [ordering(till, command) for command in commands])
    assert Counter(one if isinstance(one, str) else one.state for one in outcomes) == {
        "placed": 2,
        "limit_reached": 6,
    }


def test_one_order_sent_many_times_at_once_is_one_order(site, till):
    command = till.wanted(till.people[0], ("A01", 3), key="order-key-1")
    outcomes = all_at_once(site, [ordering(till, command)] * 8)
    assert len({one.id for one in outcomes}) == 1
    assert (till.shelf("A01"), till.purse(till.people[0]).held) == ((400, 3), 12)


def test_a_cancel_racing_a_scan_leaves_one_of_the_two(site, till):
    for turn in range(12):
        person = till.people[turn % PHONES]
        before = till.purse(person), till.shelf("A01")
        order = till.order(person, ("A01", 2))
        scanned, cancelled = all_at_once(
            site, [partial(till.scan, order), partial(till.cancel, person, order)]
        )
        if scanned.status == "ok":
            assert (cancelled, till.state(order)) == ("order_collected", "collected")
            assert till.shelf("A01") == (before[1][0] - 2, 0)
        else:
            assert (scanned.reason, cancelled, till.state(order)) == ("canceled", "cancelled", "cancelled")
            assert (till.purse(person), till.shelf("A01")) == before


def test_two_undoings_at_once_give_back_once(site, till):
    for turn in range(10):
        person, nonce = till.people[turn], f"scan-{turn}"
        till.scan(till.order(person, ("A01", 2)), nonce)
        first, second = all_at_once(site, [partial(till.annul, nonce)] * 2)
        assert (first, till.purse(person).available, till.shelf("A01")) == (second, 300, (400, 0))


def test_an_undoing_racing_a_second_scan_never_hands_over_again(site, till):
    for turn in range(10):
        nonce = f"scan-{turn}"
        order = till.order(till.people[turn])
        till.scan(order, nonce)
        again, _ = all_at_once(site, [partial(till.scan, order), partial(till.annul, nonce)])
        assert again.reason in ("already_redeemed", "canceled")
        assert (till.state(order), till.shelf("A01")) == ("annulled", (400, 0))


def test_ordering_cancelling_scanning_and_counting_at_once_wait_for_each_other_without_harm(site, till):
    """Orders with lines in opposite directions, hand-overs and cancels on the same two shelves: no deadlock is left over."""
    ready = [till.order(person, ("A01", 1), ("A03", 1)) for person in till.people]
    acts = []
    for turn, (person, order) in enumerate(zip(till.people, ready, strict=True)):
        lines = (("A01", 1), ("A03", 1)) if turn % 2 else (("A03", 1), ("A01", 1))
        acts.append(ordering(till, till.wanted(person, *lines)))
        acts.append(partial(till.cancel, person, order) if turn % 3 == 0 else partial(till.scan, order))
    outcomes = all_at_once(site, acts)
    assert [one for one in outcomes if isinstance(one, str) and one != "cancelled"] == []
    assert (till.shelf("A01"), till.shelf("A03")) == ((390, 16), (390, 16))


def test_codes_nobody_gave_out_are_refused_side_by_side(site, till):
    outcomes = all_at_once(site, [partial(till.scan, new_code()) for _ in range(PHONES)])
    assert answers(outcomes) == {"invalid": PHONES}
