"""Refunds: in parts, never more than was handed over, once for each key, with the days the points had."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from points.errors import Conflict, Invalid, NotAllowed, NotFound
from shop.figures import redeemed_in
from shop.orders.shares import shares_of_household
from tests.shop.phones import given_card, given_device, reserve, told
from tests.shop.till import LATER, SOON, Till, day_of


def test_points_come_back_with_their_days_limits_are_free_and_goods_on_the_shelf(till):
    person = till.people[0]
    till.give(person, 12, expires_on=SOON)
    show = till.phone_of(person)
    sold = till.sell(show(), ("A02", 2), ("A01", 1))
    assert dict(till.purse(person).expiring) == {LATER: 88}
    till.refund(sold, ("A02", 1))
    assert dict(till.purse(person).expiring) == {LATER: 98}  # what ends last comes back first
    till.refund(sold, ("A02", 1), ("A01", 1), to_shelf=False)
    assert dict(till.purse(person).expiring) == {SOON: 12, LATER: 100}
    assert (till.shelf("A02"), till.shelf("A01")) == ((19, 0), (19, 0))
    assert till.register("A02")[-1] == ("refunded", 1)
    till.wait(seconds=20)
    assert till.sell(show(), ("A02", 2)).status == "ok"


def test_never_more_than_was_handed_over_and_once_for_each_key(till):
    person = till.people[0]
    sold = till.sell(till.phone_of(person)(), ("A01", 3))
    first = till.refund(sold, ("A01", 2), key="once")
    assert till.refund(sold, ("A01", 2), key="once") == first
    assert till.purse(person).available == 96
    with pytest.raises(Conflict, match="refund_too_large"):
        till.refund(sold, ("A01", 2))
    with pytest.raises(NotFound, match="item_not_found"):
        till.refund(sold, ("A02", 1))
    with pytest.raises(Invalid, match="quantity_wrong"):
        till.refund(sold, ("A01", 0))
    with pytest.raises(Conflict, match="refunded_in_part"):
        till.annul(sold.body["redemption"]["nonce"])
    other = till.order(person)
    done = till.scan(other)
    till.annul(done.body["redemption"]["nonce"])
    with pytest.raises(Conflict, match="redemption_annulled"):
        till.refund(done, ("A01", 1))


def test_points_whose_day_has_passed_come_back_for_thirty_days(till):
    person = till.people[0]
    till.give(person, 4, expires_on=SOON)
    sold = till.sell(till.phone_of(person)(), ("A01", 1))
    till.now += timedelta(days=130)
    till.refund(sold, ("A01", 1))
    assert dict(till.purse(person).expiring) == {day_of(till.now) + timedelta(days=30): 4, LATER: 100}
    assert till.now.date() > SOON > date(2026, 9, 7)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(["A01", "A03"]), st.integers(1, 3)), max_size=6), st.integers(0, 30)
)
def test_any_refunds_in_any_order_give_back_exactly_what_they_name(till: Till, parts, soon):
    person = till.people[0]
    till.wait(minutes=2)
    if soon:
        till.give(person, soon, expires_on=SOON)
    before = till.purse(person)
    sold = till.sell(till.phone_of(person)(), ("A01", 3), ("A03", 3))
    left = {"A01": 3, "A03": 3}
    for code, quantity in parts:
        if quantity > left[code]:
            with pytest.raises(Conflict, match="refund_too_large"):
                till.refund(sold, (code, quantity))
            continue
        till.refund(sold, (code, quantity))
        left[code] -= quantity
    till.refund(sold, *[(code, pieces) for code, pieces in left.items() if pieces]) if any(
        left.values()
    ) else None
    assert till.purse(person).expiring == before.expiring
    assert till.wrong_numbers() == []


def test_two_managers_cannot_give_the_same_goods_back_twice(till):
    sold = till.sell(till.phone_of(till.people[0])(), ("A01", 1))
    till.refund(sold, ("A01", 1))
    with pytest.raises(Conflict, match="refund_too_large"):
        till.refund(sold, ("A01", 1))


def test_what_was_brought_back_counts_nowhere_as_fetched(till, session):
    person = till.people[0]
    sold = till.sell(till.phone_of(person)(), ("A01", 3))
    till.refund(sold, ("A01", 3))
    session.rollback()
    day = till.now - timedelta(hours=9), till.now + timedelta(hours=1)
    assert redeemed_in(session, till.community_id, [day]) == [0]
    shares = shares_of_household(session, till.community_id, till.wallet_id(person), since=day[0], now=day[1])
    assert [share.fetched for share in shares if share.member_id == person.id] == [0]


def test_who_handed_over_and_whose_household_paid_do_not_refund_it(till):
    person = till.people[0]
    sold = till.sell(till.phone_of(person)(), ("A01", 1))
    for own in (till.staff, person):
        with pytest.raises(NotAllowed, match="refund_of_own"):
            till.refund(sold, ("A01", 1), by=own)
    assert till.purse(person).available == 96
    assert till.refund(sold, ("A01", 1), by=till.people[1]).points == 4


def test_who_told_of_a_sale_under_anothers_name_does_not_refund_it(till):
    phone, (person, teller, *_) = given_device(till), till.people
    card = given_card(till, person)
    reserve(till, phone)
    sold = told(till, phone, card, ("A01", 1), actor_id=teller.id, staff_id=till.staff.id)
    assert sold.status == "ok"
    for own in (teller, till.staff):
        with pytest.raises(NotAllowed, match="refund_of_own"):
            till.refund(sold, ("A01", 1), by=own)
    assert till.refund(sold, ("A01", 1)).points == 4


def test_a_key_that_comes_again_for_other_goods_is_a_conflict(till):
    sold = till.sell(till.phone_of(till.people[0])(), ("A01", 3), ("A03", 1))
    till.refund(sold, ("A01", 1), ("A03", 1), key="once")
    for lines, more in (
        ([("A01", 2), ("A03", 1)], {}), ([("A01", 1)], {}), ([("A01", 1), ("A03", 1)], {"to_shelf": False}),
    ):  # fmt: skip
        with pytest.raises(Conflict, match="request_key_reused"):
            till.refund(sold, *lines, key="once", **more)
    assert till.refund(sold, ("A03", 1), ("A01", 1), key="once").points == 5
