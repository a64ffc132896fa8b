"""A sale at the counter: a member's code and goods become a payment, once, by rules the till cannot bend."""

from datetime import UTC, datetime

import pytest

from app.database import db
from points.errors import Conflict, Gone, Invalid, NotAllowed, NotFound
from points.people.operations import IssueCard, issue_card
from shop.catalogue.shops import SetDoor, set_door
from shop.codes.member_keys import ForgetPhone, forget_phone, phones_of
from shop.codes.pins import SetPin, set_pin
from shop.counter.lost import CancelSale, answer_of, cancel_sale
from shop.counter.requests import (
    AnswerRequest,
    ask_resident,
    confirm_request,
    decline_request,
    requests_at,
    requests_for,
)  # fmt: skip
from shop.counter.scan import RedeemCode, SaleLine
from tests.shop.till import SOON

YEARS_END = datetime(2026, 12, 28, 1, 0, tzinfo=UTC)


def card_of(till, person):
    return till.run(issue_card, IssueCard(till.community_id, person.id, till.staff.id))


def give_pin(till, person, pin="2580"):
    till.run(set_pin, SetPin(till.community_id, till.staff.id, person.id, pin))


def sale(till, *lines, nonce="asked", code="", **more):
    return RedeemCode(
        till.community_id,
        till.staff.id,
        till.shop_id,
        "phone-1",
        code,
        nonce,
        lines=till.lines(*lines),
        **more,
    )


def test_goods_leave_points_are_paid_and_everything_is_in_the_books(till):
    person = till.people[0]
    till.give(person, 10, expires_on=SOON)
    outcome = till.sell(till.phone_of(person)(), ("A01", 2), ("A02", 1), nonce="sale-1")
    found = outcome.body["redemption"]
    assert (outcome.status, found["member"], found["points"]) == ("ok", person.name, 18)
    assert outcome.body["balance"] == {"available": 92, "held": 0}
    purse = till.purse(person)
    assert (purse.available, [points for _day, points in purse.expiring]) == (
        92,
        [92],
    )  # the older ones went first
    assert (till.shelf("A01"), till.shelf("A02")) == ((18, 0), (19, 0))
    assert till.register("A01") == [("received", 20), ("handed_over", -2)]
    (stored,) = till.stored("sale-1")
    assert (stored.member_id, stored.means, stored.points) == (person.id, "code", 18)


def test_the_same_nonce_gets_the_same_answer_and_other_goods_are_a_conflict(till):
    show = till.phone_of(till.people[0])
    first = till.sell(show(), ("A01", 1), nonce="again")
    code = till.stored("again")[0]
    till.wait(minutes=5)
    assert till.scan("x", "other").reason == "invalid"
    with pytest.raises(Conflict, match="nonce_conflict"):
        till.sell(show(), ("A01", 1), nonce="again")
    assert (till.purse(till.people[0]).available, code.points) == (96, 4)
    assert first.status == "ok"


def test_a_code_pays_once_and_a_minute_long(till):
    show = till.phone_of(till.people[0])
    code = show()
    assert till.sell(code, ("A03", 1)).status == "ok"
    again = till.sell(code, ("A03", 1))
    assert (again.reason, again.body["first"]["shop"]) == ("already_redeemed", "村口店")
    till.wait(seconds=20)
    assert till.sell(show(), ("A03", 1)).status == "ok"
    late = show()
    till.wait(seconds=80)
    assert till.sell(late, ("A03", 1)).reason == "invalid_time"


def test_a_phone_that_was_taken_back_and_a_forged_code_pay_nothing(till):
    person = till.people[0]
    show = till.phone_of(person)
    (phone,) = phones_of_now(till, person)
    forged = show()[:-3] + "000"
    assert till.sell(forged).reason == "invalid"
    till.run(forget_phone, ForgetPhone(till.community_id, person.id, phone.handle))
    assert till.sell(show()).reason == "revoked"
    assert phones_of_now(till, person) == []


def phones_of_now(till, person):
    db.session.rollback()
    return phones_of(db.session(), till.community_id, person.id)


@pytest.mark.parametrize("quantity", [0, -1, 100, 10**9])
def test_a_quantity_nobody_sells_is_refused_before_anything_is_read(till, quantity):
    with pytest.raises(Invalid, match="quantity_wrong"):
        till.scan("x", lines=(SaleLine(till.items["A01"], quantity),))


def test_the_first_reason_of_the_contract_wins(till):
    person = till.people[0]
    show = till.phone_of(person)
    assert till.sell(show(), ("A02", 3)).reason == "rules"
    assert till.sell(show(), ("A02", 21)).reason == "out_of_stock"
    till.wait(seconds=20)
    till.sell(show(), ("A02", 2))
    till.wait(seconds=20)
    assert till.sell(show(), ("A02", 1)).reason == "rules"
    assert till.sell(show(), ("A01", 20), pin=None).body["requires"] == ["pin", "confirm"]
    assert till.shelf("A02") == (18, 0)


def test_the_till_never_sells_at_another_price_than_it_showed(till):
    show = till.phone_of(till.people[0])
    with pytest.raises(Conflict, match="price_changed"):
        till.scan(show(), lines=(SaleLine(till.items["A01"], 1, 3),))
    assert till.scan(show(), lines=(SaleLine(till.items["A01"], 1, 4),)).status == "ok"


def test_a_dry_run_tells_everything_and_writes_nothing(till):
    person = till.people[0]
    show = till.phone_of(person)
    told = till.sell(show(), ("A01", 2), nonce="dry", dry_run=True)
    assert (told.body["redemption"]["points"], told.body["balance"]["available"]) == (8, 92)
    assert till.stored("dry") == []
    assert till.purse(person).available == 100
    assert till.sell(show(), ("A01", 2), nonce="dry").status == "ok"


def test_a_card_pays_its_daily_cap_without_a_pin_and_more_with_one(till):
    person = till.people[0]
    card = card_of(till, person)
    give_pin(till, person)
    assert till.sell(card, ("A04", 1), ("A01", 5)).status == "ok"  # 27 of 30
    asked = till.sell(card, ("A01", 1), nonce="above")
    assert (asked.status, asked.body["requires"]) == ("incomplete", ["pin"])
    assert till.sell(card, ("A01", 1), nonce="above", pin="1357").body["pin"] == "wrong"
    assert till.sell(card, ("A01", 1), nonce="above", pin="2580").status == "ok"
    till.wait(days=1)
    assert till.sell(card, ("A01", 1)).status == "ok"


def test_five_wrong_pins_lock_the_card_and_not_the_account(till):
    person = till.people[0]
    card, show = card_of(till, person), till.phone_of(person)
    give_pin(till, person)
    answers = [till.sell(card, ("A01", 8), nonce="guess", pin=f"11{n}7").body["pin"] for n in range(5)]
    assert answers == ["wrong"] * 4 + ["locked"]
    assert till.sell(card, ("A03", 1)).reason == "revoked"
    assert till.sell(show(), ("A03", 1)).status == "ok"
    give_pin(till, person, "8642")
    assert till.sell(card, ("A03", 1)).status == "ok"


def test_the_resident_confirms_a_large_sale_on_the_own_phone(till, session):
    person, neighbour = till.people[:2]
    show = till.phone_of(person)
    command = sale(till, ("A01", 15), code=show())
    asked = till.run(ask_resident, command)
    assert till.run(ask_resident, command).id == asked.id
    session.rollback()
    (waiting,) = requests_for(session, till.community_id, person.id, now=till.now)
    assert (waiting.points, waiting.lines) == (60, (("货A01", "goods A01", 15, 60),))
    with pytest.raises(NotFound):
        till.run(confirm_request, AnswerRequest(till.community_id, neighbour.id, asked.id))
    till.wait(minutes=3)  # the code is old by now, the word is not
    done = till.run(confirm_request, AnswerRequest(till.community_id, person.id, asked.id))
    assert (done.status, done.body["redemption"]["nonce"]) == ("ok", "asked")
    again = till.run(confirm_request, AnswerRequest(till.community_id, person.id, asked.id))
    assert again.body == done.body
    session.rollback()
    assert requests_for(session, till.community_id, person.id, now=till.now) == []
    assert (till.purse(person).available, till.stored("asked")[0].means) == (40, "own_phone")


def test_whoever_scans_the_shops_code_takes_the_sale_with_the_number_on_the_till(till, session):
    first = till.run(ask_resident, sale(till, ("A01", 1), nonce="one"))
    second = till.run(ask_resident, sale(till, ("A03", 2), nonce="two"))
    assert first.number != second.number
    session.rollback()
    numbers = [one.number for one in requests_at(session, till.community_id, till.shop_id, now=till.now)]
    assert numbers == [first.number, second.number]
    person, neighbour = till.people[:2]
    till.run(confirm_request, AnswerRequest(till.community_id, person.id, second.id))
    with pytest.raises(NotFound):
        till.run(confirm_request, AnswerRequest(till.community_id, neighbour.id, second.id))
    till.run(decline_request, AnswerRequest(till.community_id, neighbour.id, first.id))
    with pytest.raises(Gone, match="request_over"):
        till.run(confirm_request, AnswerRequest(till.community_id, neighbour.id, first.id))
    assert (till.purse(person).available, till.purse(neighbour).available) == (98, 100)


def test_a_sale_given_up_is_certainly_not_booked(till):
    person = till.people[0]
    show = till.phone_of(person)
    give_up = CancelSale(till.community_id, till.staff.id, till.shop_id, "phone-1", "lost-1")
    till.run(cancel_sale, give_up)
    assert (
        till.sell(show(), ("A01", 1), nonce="lost-1").reason == "canceled"
    )  # it comes after all, and too late
    till.sell(show(), ("A01", 1), nonce="lost-2")
    undone = till.run(
        cancel_sale, CancelSale(till.community_id, till.staff.id, till.shop_id, "phone-1", "lost-2")
    )
    assert undone["redemption"]["annulled_at"]
    assert (till.purse(person).available, till.shelf("A01")) == (100, (20, 0))


def test_after_a_lost_answer_only_the_same_device_may_ask_for_it(till, session):
    till.sell(till.phone_of(till.people[0])(), ("A01", 1), nonce="lost")
    session.rollback()
    asked = sale(till, nonce="lost")
    assert answer_of(session, asked).status == "ok"
    assert answer_of(session, sale(till, nonce="never")) is None
    with pytest.raises(NotAllowed, match="other_device"):
        till.run(cancel_sale, CancelSale(till.community_id, till.staff.id, till.shop_id, "phone-2", "lost"))


def test_points_that_are_on_notice_or_over_do_not_pay(till):
    person = till.people[3]
    till.give(person, 30, expires_on=SOON)
    show = till.phone_of(person)
    assert till.sell(show(), ("A01", 1)).body["balance"]["available"] == 126
    till.wait(days=130)  # the rest of the thirty is over since New Year's Eve
    assert till.purse(person).available == 100
    sold = till.sell(show(), ("A01", 12))
    assert sold.body["balance"]["available"] == till.purse(person).available == 52


def test_a_shop_that_is_shut_serves_neither_sales_nor_orders_until_somebody_opens_it(till):
    person = till.people[0]
    show, order = till.phone_of(person), till.order(person)
    till.run(set_door, SetDoor(till.community_id, till.staff.id, till.shop_id, "closed"))
    shut = till.sell(show(), ("A03", 1))
    assert (shut.reason, shut.body["shut"]) == ("invalid_time", True)
    assert till.scan(order).body["shut"] is True
    assert till.scan(order, force=True, may_force=True, reason="等着用").status == "ok"
    till.run(set_door, SetDoor(till.community_id, till.staff.id, till.shop_id, "open"))
    assert till.sell(show(), ("A03", 1)).status == "ok"


def test_points_that_are_still_on_notice_are_told_from_points_that_are_not_there(till):
    poor = till.people[0]
    till.give(poor, 4)
    card, show = card_of(till, poor), till.phone_of(poor)
    till.run(set_pin, SetPin(till.community_id, till.staff.id, poor.id, "2580"))
    till.sell(card, ("A01", 20), ("A02", 2), pin="2580")
    till.put_on_notice(poor, 20)
    for more in ({"dry_run": True}, {"looks": True}, {}):
        told = till.sell(show(), ("A03", 10), **more)
        assert (told.reason, told.body["on_notice"]) == ("unapproved", 20)
        far = till.sell(show(), ("A03", 20), ("A04", 1), **more)
        assert (far.reason, "on_notice" in far.body) == ("insufficient_points", False)
    till.wait(days=3)
    assert till.sell(show(), ("A03", 10)).status == "ok"


def test_who_cannot_pay_is_told_before_a_pin_is_asked_for(till):
    person = till.people[0]
    card = card_of(till, person)
    give_pin(till, person)
    till.receive("A01", 20)
    for more in ({"dry_run": True}, {"looks": True}, {}, {"pin": "9999"}):
        assert till.sell(card, ("A01", 26), **more).reason == "insufficient_points"
    asked = till.sell(card, ("A01", 25), nonce="all", dry_run=True)
    assert (asked.status, asked.body["balance"]) == ("incomplete", {"available": 0, "held": 0})
    wrong = [till.sell(card, ("A01", 25), nonce="all", pin="9999").body["pin"] for _ in range(4)]
    assert wrong == ["wrong"] * 4  # the one above did not count
    assert till.sell(card, ("A01", 25), nonce="all", pin="2580").status == "ok"


def test_looking_stores_a_refusal_and_never_sells(till):
    person, other = till.people[:2]
    till.order(other, ("A01", 20))
    till.wait(days=8)  # the twenty pieces lie with an order whose time is over
    show = till.phone_of(person)
    assert till.sell(show(), ("A01", 2), dry_run=True).status == "ok"
    assert till.sell(show(), ("A01", 2), nonce="look", looks=True).status == "ok"
    assert (till.stored("look"), till.purse(person).available) == ([], 100)
    refused = till.sell(show(), ("A01", 21), nonce="look", looks=True)
    assert (refused.reason, till.stored("look")[0].reason) == ("out_of_stock", "out_of_stock")
    assert till.sell(show(), ("A01", 2)).status == "ok"


def test_a_lapsed_hold_whose_points_have_ended_pays_nothing_and_the_book_says_so(till):
    person = till.people[0]
    till.receive("A01", 20)
    till.now = YEARS_END
    till.sell(till.phone_of(person)(), ("A01", 12))
    till.sell(card_of(till, person), ("A01", 7))
    till.give(person, 8, expires_on=SOON)
    till.order(person, ("A01", 2))
    till.wait(days=8)
    show = till.phone_of(person)
    assert till.purse(person).available == 24
    assert till.sell(show(), ("A01", 7), nonce="ended").reason == "insufficient_points"
    assert till.stored("ended")[0].reason == "insufficient_points"


def test_the_word_on_the_own_phone_is_asked_for_also_when_choosing_took_a_while(till):
    person = till.people[0]
    code, seen = till.phone_of(person)(), till.now
    till.wait(seconds=90)
    asked = till.run(ask_resident, sale(till, ("A01", 15), code=code, seen_at=seen))
    yes = AnswerRequest(till.community_id, person.id, asked.id)
    done = till.run(confirm_request, yes)
    till.wait(minutes=6)
    assert till.run(confirm_request, yes).body == done.body
    with pytest.raises(Conflict, match="request_done"):
        till.run(decline_request, yes)
