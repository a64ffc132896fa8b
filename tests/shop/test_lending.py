"""A thing is lent for a deposit that comes back with the thing, with the days its points had."""

from __future__ import annotations

import pytest

from app.database import db
from points.errors import DomainError
from points.people.acts import acts_of
from points.people.operations import IssueCard, issue_card
from shop.catalogue.editing import EditItem, ItemDetails, ShelfPlan, edit_item
from shop.catalogue.shops import SetDoor, set_door
from shop.codes.pins import SetPin, set_pin
from shop.counter.lost import CancelSale, cancel_sale
from shop.counter.refunds import RefundGoods, Returned, refund_goods
from shop.lending.operations import (
    KeepDeposit,
    LendItem,
    TakeBack,
    WordNeeded,
    keep_deposit,
    lend_item,
    take_back,
)
from shop.lending.queries import loans_of_household, loans_out, things_to_lend
from shop.settlement.shifts import shift_report
from tests.shop.lent_and_served import given_wide_till, points_on
from tests.shop.till import SOON


@pytest.fixture
def till(session):
    till, _partner = given_wide_till()
    yield till
    assert till.wrong_numbers() == []


def lend(till, person, item="L01", key="", **shown):
    """Lent to whoever shows ``code``; without it, and without naming anybody, the person's phone of now."""
    shown = shown or {"code": till.phone_of(person)()}
    command = LendItem(
        till.community_id,
        till.staff.id,
        key or till.a_key(),
        till.shop_id,
        "phone-1",
        till.items[item],
        **shown,
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
    shown = till.phone_of(person)()
    loan = lend(till, person, key="umbrella-1", code=shown)
    till.wait(minutes=5)
    assert lend(till, person, key="umbrella-1", code=shown) == loan
    assert code_of(lend, till, person, key="umbrella-1", code="another") == "request_key_reused"
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
    assert code_of(bring, till, loan, is_damaged=True, note=" ") == "reason_needed"
    bring(till, loan, is_damaged=True, note="伞骨断了")
    assert (till.purse(person).available, till.shelf("L01")) == (100, (9, 0))
    assert till.register("L01")[-2:] == [("brought_back", 1), ("spoiled", -1)]
    told = acts_of(db.session(), till.community_id, limit=1)[0]
    assert (told.act, told.detail, told.reason) == ("goods_spoiled", "L01 货L01: 1", "伞骨断了")


def test_everybody_sees_what_is_lent_for_how_much_and_how_many_lie_there(till):
    def shown():
        found = things_to_lend(db.session(), till.community_id, till.shop_id, now=till.now)
        db.session.rollback()
        return {one.code: (one.points, one.free, one.days) for one in found}

    assert shown() == {"L01": (15, 10, 7), "L02": (0, 10, 7)}
    lend(till, till.people[0])
    assert shown()["L01"] == (15, 9, 7)
    away = (ShelfPlan(till.shop_id, is_sold=False),)
    ladder = ItemDetails("L02", "loan", "梯子")
    till.run(edit_item, EditItem(till.community_id, till.keeper.id, till.items["L02"], ladder, (), away))
    assert list(shown()) == ["L01"]


def test_a_shut_shop_lends_nothing_and_takes_back(till):
    person = till.people[0]
    loan = lend(till, person)
    till.run(set_door, SetDoor(till.community_id, till.staff.id, till.shop_id, "closed"))
    assert code_of(lend, till, till.people[1]) == "shop_shut"
    assert bring(till, loan).state == "returned"


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


def test_a_shop_that_does_not_hand_a_thing_out_does_not_lend_it(till):
    away = (ShelfPlan(till.shop_id, is_sold=False),)
    ladder = ItemDetails("L01", "loan", "梯子")
    till.run(edit_item, EditItem(till.community_id, till.keeper.id, till.items["L01"], ladder, (), away))
    assert code_of(lend, till, till.people[0]) == "item_not_sold_here"


def test_a_code_lends_or_sells_once_and_a_minute_long(till):
    person, other = till.people[0], till.people[2]
    show, key = till.phone_of(person), till.a_key()
    lend(till, person, key=key, code=show())
    assert till.sell(show(), ("A03", 1)).reason == "already_redeemed"
    assert code_of(lend, till, person, code=show()) == "code_used_before"
    (line,) = till.stored(f"loan:{key}")
    assert (line.status, line.means, line.points, line.order_id) == ("ok", "code", 0, None)
    till.wait(seconds=20)
    assert till.sell(show(), ("A03", 1)).status == "ok"
    assert code_of(lend, till, person, code=show()) == "code_used_before"
    old, seen_at = till.phone_of(other)(), till.now
    till.wait(minutes=4)
    assert code_of(lend, till, other, code=old) == "code_over"
    assert code_of(lend, till, other, code=old[:-3] + "000") == "code_not_known"
    assert lend(till, other, code=old, seen_at=seen_at).member == other.name


def test_a_deposit_asks_a_card_for_a_pin_where_a_sale_would(till):
    person = till.people[0]
    card = till.run(issue_card, IssueCard(till.community_id, person.id, till.staff.id))
    first = lend(till, person, code=card)
    assert till.sell(card, ("A03", 10)).status == "ok"
    assert lend(till, person, code=card) == WordNeeded("asked")
    assert till.sell(card, ("A03", 6)).body["requires"] == ["pin"]
    bring(till, first)
    second = lend(till, person, code=card)
    assert lend(till, person, code=card, pin="2580") == WordNeeded("unset")
    till.run(set_pin, SetPin(till.community_id, till.staff.id, person.id, "2580"))
    third = lend(till, person, code=card, pin="2580")
    assert till.purse(person).held == second.points + third.points == 30
    for word in ["wrong"] * 4 + ["locked"]:
        assert lend(till, person, code=card, pin="1111") == WordNeeded(word)
    assert code_of(lend, till, person, code=card, pin="2580") == "code_stopped"
    assert (till.purse(person).held, till.shelf("L01")) == (30, (8, 0))


def test_whom_staff_only_name_borrows_what_needs_no_deposit(till):
    person = till.people[0]
    named = {"member_id": person.id}
    key = till.a_key()
    loan = lend(till, person, "L02", key=key, **named)
    assert (loan.points, lend(till, person, "L02", key=key, **named)) == (0, loan)
    assert till.stored(f"loan:{key}")[0].means is None
    till.run(set_pin, SetPin(till.community_id, till.staff.id, person.id, "2580"))
    for pin in (None, "1111", "2580"):  # nobody tries a PIN by the name
        assert code_of(lend, till, person, pin=pin, **named) == "code_needed"
    assert till.purse(person).held == 0
    assert code_of(lend, till, person, "L02", member_id=till.items["L01"]) == "member_not_found"
    assert code_of(lend, till, person, code="") == "borrower_needed"


def test_nobody_leaves_another_deposit_than_the_page_named(till):
    person = till.people[0]
    assert code_of(lend, till, person, code=till.phone_of(person)(), points_shown=14) == "price_changed"
    assert lend(till, person, code=till.phone_of(person)(), points_shown=15).points == 15


def test_a_key_that_was_given_up_lends_nothing(till):
    till.run(cancel_sale, CancelSale(till.community_id, till.staff.id, till.shop_id, "phone-1", "loan:taken"))
    assert code_of(lend, till, till.people[0], key="taken") == "request_key_reused"


def test_what_was_lent_is_no_sale_to_annul_to_refund_or_to_count(till):
    key = till.a_key()
    lend(till, till.people[0], key=key)
    assert code_of(till.annul, f"loan:{key}") == "lent_not_sold"
    back = (Returned(till.items["L01"], 1, True),)
    (line,) = till.stored(f"loan:{key}")
    refund = RefundGoods(till.community_id, till.keeper.id, till.a_key(), line.id, back, "不要了")
    assert code_of(till.run, refund_goods, refund) == "lent_not_sold"
    report = shift_report(db.session(), till.community_id, till.shop_id, till.now, till.now)
    assert [one.handed_over for one in report] == []
