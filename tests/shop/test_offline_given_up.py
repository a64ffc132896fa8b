"""Handed over without network under a nonce that had been given up or undone on line: the goods have left all the same."""

from __future__ import annotations

import pytest

from app.database import db
from points.errors import Conflict
from shop.counter.lost import CancelSale, cancel_sale
from shop.offline.queries import unsettled
from shop.offline.settling import SettleConflict, settle_conflict
from tests.shop.phones import change_device, given_card, given_device, reserve, told
from tests.shop.test_offline import conflicts


def give_up(till, phone, nonce="N"):
    command = CancelSale(till.community_id, till.staff.id, till.shop_id, "phone-1", nonce, phone)
    return till.run(cancel_sale, command)


def facts(till):
    return [(one.reason, one.member, one.points, one.lines, one.device) for one in conflicts(till)]


def test_an_order_given_under_a_nonce_that_was_cancelled_before_it_came_is_a_fact(till):
    phone, person = given_device(till), till.people[0]
    order = till.order(person, ("A01", 2))
    till.wait(minutes=1)
    assert give_up(till, phone) == {"status": "cancelled"}
    outcome = told(till, phone, order.code, nonce="N", ago=30)
    assert (outcome.status, outcome.reason, outcome.body["redemption"]["points"]) == (
        "conflict",
        "canceled",
        8,
    )
    assert [told(till, phone, order.code, nonce="N", ago=30) for _ in range(2)] == [outcome] * 2
    assert facts(till) == [("canceled", person.name, 8, (("货A01", "goods A01", 2),), "一号机")]
    assert (till.state(order), till.shelf("A01"), till.purse(person).held) == ("placed", (18, 2), 8)
    assert [row.status for row in till.stored("N")] == ["error"]  # what was said on line stays
    with pytest.raises(Conflict, match="nonce_conflict"):
        told(till, phone, till.order(person).code, nonce="N")
    command = SettleConflict(
        till.community_id, till.keeper.id, conflicts(till)[0].id, "单子已经取消，货收回来了"
    )
    till.run(settle_conflict, command)
    assert not unsettled(db.session(), till.community_id)


def test_an_order_booked_on_line_undone_and_given_all_the_same_is_a_fact(till):
    phone, person = given_device(till), till.people[0]
    order = till.order(person, ("A01", 2))
    assert till.scan(order, "N", device_id=phone).status == "ok"
    till.wait(minutes=2)
    assert give_up(till, phone)["status"] == "ok"
    outcome = told(till, phone, order.code, nonce="N", ago=60)
    assert (outcome.status, outcome.reason) == ("conflict", "canceled")
    assert told(till, phone, order.code, nonce="N", ago=60) == outcome
    assert facts(till) == [("canceled", person.name, 8, (("货A01", "goods A01", 2),), "一号机")]
    assert (till.shelf("A01"), till.purse(person).available) == ((18, 0), 100)


def test_an_order_refused_on_line_and_given_all_the_same_is_a_fact(till):
    phone, person = given_device(till), till.people[0]
    order = till.order(person)
    till.cancel(person, order)
    assert till.scan(order, "N", device_id=phone).reason == "canceled"
    outcome = told(till, phone, order.code, nonce="N")
    assert (outcome.status, outcome.reason, len(conflicts(till))) == ("conflict", "canceled", 1)


def test_a_sale_given_under_a_cancelled_nonce_is_a_fact_and_takes_no_points(till):
    phone, person = given_device(till), till.people[0]
    card = given_card(till, person)
    reserve(till, phone)
    give_up(till, phone)
    outcome = told(till, phone, card, ("A03", 3), nonce="N")
    assert told(till, phone, card, ("A03", 3), nonce="N") == outcome
    assert facts(till) == [("canceled", person.name, 3, (("货A03", "goods A03", 3),), "一号机")]
    assert (till.shelf("A03"), till.purse(person).held) == ((17, 0), 20)


def test_what_was_booked_on_line_and_stands_is_booked_once(till):
    phone = given_device(till)
    order = till.order(till.people[0])
    booked = till.scan(order, "N", device_id=phone)
    assert told(till, phone, order.code, nonce="N") == booked
    assert (conflicts(till), till.shelf("A01")) == ([], (19, 0))


def test_what_was_told_and_undone_afterwards_is_told_as_before(till):
    phone = given_device(till)
    order = till.order(till.people[0])
    booked = told(till, phone, order.code, nonce="N")
    till.annul("N")
    assert told(till, phone, order.code, nonce="N") == booked
    assert (conflicts(till), till.shelf("A01")) == ([], (20, 0))


def test_under_a_cancelled_nonce_a_refusal_is_noted_and_a_stopped_phone_is_set_apart(till):
    phone = given_device(till)
    order = till.order(till.people[0])
    for nonce in ("N", "M"):
        give_up(till, phone, nonce)
    for _ in range(2):
        noted = told(till, phone, order.code, nonce="N", refused="canceled")
        assert (noted.status, noted.body) == ("error", {"status": "noted"})
    change_device(till, phone, revoked_at=till.now)
    assert told(till, phone, order.code, nonce="M").status == "quarantined"
    assert (conflicts(till), till.shelf("A01")) == ([], (20, 1))
