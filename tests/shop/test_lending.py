"""A thing is lent for a deposit that comes back with the thing, with the days its points had."""

from __future__ import annotations

import pytest

from app.database import db
from points.errors import DomainError
from shop.lending.operations import KeepDeposit, LendItem, TakeBack, keep_deposit, lend_item, take_back
from shop.lending.queries import loans_of_household, loans_out
from tests.shop.lent_and_served import given_wide_till, points_on
from tests.shop.till import SOON


@pytest.fixture
def till(session):
    till, _partner = given_wide_till()
    yield till
    assert till.wrong_numbers() == []


def lend(till, person, code="L01", key=""):
    command = LendItem(
        till.community_id, till.staff.id, key or till.a_key(), till.shop_id, till.items[code], person.id
    )
    return till.run(lend_item, command)


def bring(till, loan, **more):
    return till.run(take_back, TakeBack(till.community_id, till.staff.id, loan.id, till.shop_id, **more))


def keep(till, loan, reason="搬走了，拿不回来"):
    return till.run(keep_deposit, KeepDeposit(till.community_id, till.staff.id, loan.id, reason))


def code_of(act, *args, **more):
    with pytest.raises(DomainError) as caught:
        act(*args, **more)
    return caught.value.code


def test_the_deposit_waits_as_long_as_the_thing_is_out_and_comes_back_with_its_days(till):
    person = till.people[0]
    till.give(person, 6, expires_on=SOON)
    before = till.purse(person)
    loan = lend(till, person, key="umbrella-1")
    assert lend(till, person, key="umbrella-1") == loan
    assert (till.purse(person).available, till.purse(person).held) == (91, 15)
    assert till.shelf("L01") == (9, 0)
    till.wait(days=8)
    (out,) = loans_out(db.session(), till.community_id, till.shop_id, now=till.now)
    assert (out.is_late, out.may_keep, out.household_number) == (True, False, person.household_number)
    assert till.purse(person).held == 15
    assert code_of(keep, till, loan) == "too_early_to_keep"
    assert bring(till, loan).state == "returned"
    assert bring(till, loan).state == "returned"
    assert (till.purse(person), till.shelf("L01")) == (before, (10, 0))
    assert till.register("L01") == [("received", 10), ("lent", -1), ("brought_back", 1)]


def test_a_damaged_thing_is_written_off_and_the_deposit_is_free(till):
    person = till.people[0]
    loan = lend(till, person)
    bring(till, loan, is_damaged=True, note="伞骨断了")
    assert (till.purse(person).available, till.shelf("L01")) == (100, (9, 0))
    assert till.register("L01")[-2:] == [("brought_back", 1), ("spoiled", -1)]


def test_what_never_comes_back_is_paid_for_after_two_weeks(till):
    person = till.people[0]
    loan = lend(till, person)
    till.wait(days=21)
    assert code_of(keep, till, loan, reason=" ") == "reason_needed"
    assert keep(till, loan).state == "kept"
    assert keep(till, loan).state == "kept"
    assert code_of(bring, till, loan) == "loan_kept"
    assert (till.purse(person).total, points_on(till, "shop", till.shop_id)) == (85, 15)
    (mine,) = loans_of_household(db.session(), till.community_id, person.household_id, now=till.now)
    assert (mine.state, mine.is_late) == ("kept", False)


def test_who_cannot_leave_the_deposit_or_asks_for_goods_gets_nothing(till):
    poor = till.people[1]
    till.order(poor, ("A01", 20))
    till.receive("A01", 20)
    till.order(poor, ("A03", 10))
    assert code_of(lend, till, poor) == "insufficient_points"
    assert code_of(lend, till, poor, "A04") == "item_not_lent"
    assert till.shelf("L01") == (10, 0)
    for person in (0, 2):
        till.count("L01", 1)
        lend(till, till.people[person])
        assert code_of(lend, till, till.people[3]) == "out_of_stock"
