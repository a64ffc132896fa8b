"""Cards without network: one stopped by wrong PINs pays nothing, and the day's cap holds on line and off line together."""

from __future__ import annotations

from shop.codes.pins import MOST_WRONG, SetPin, check_pin, set_pin
from shop.offline.policy import code_mark
from tests.shop.phones import (
    given_card,
    given_device,
    given_phone_key,
    phone_code,
    reserve,
    snapshot_for,
    told,
)
from tests.shop.test_offline import conflicts, purse, seen


def lock_pin(till, person):
    till.run(set_pin, SetPin(till.community_id, person.id, person.id, "2580"))

    def wrong(session, _command, *, now):
        return [check_pin(session, till.community_id, person.id, "9137", now=now) for _ in range(MOST_WRONG)]

    assert till.run(wrong, None)[-1] == "locked"


def test_a_card_stopped_by_wrong_pins_is_not_in_the_list_and_pays_nothing(till):
    phone, person = given_device(till), till.people[0]
    card, handle = given_card(till, person), given_phone_key(till, person)
    reserve(till, phone)
    assert code_mark(card) in snapshot_for(till, phone)["cards"]
    till.wait(hours=1)
    lock_pin(till, person)
    snapshot = snapshot_for(till, phone)
    assert (snapshot["cards"], list(snapshot["phones"])) == ({}, [handle])
    assert seen(till, snapshot, card, ("A03", 1)).verdict == "refuse"
    till.wait(minutes=5)
    late = told(till, phone, card, ("A03", 1), ago=60)
    assert (late.status, late.reason) == ("conflict", "revoked")
    assert purse(till, person) == (80, 20)
    assert told(till, phone, card, ("A03", 1), ago=600).status == "ok"  # read before it was stopped
    assert told(till, phone, phone_code(till, handle), ("A03", 1)).status == "ok"
    assert [one.reason for one in conflicts(till)] == ["revoked"]


def test_the_book_says_what_was_paid_with(till):
    phone, person = given_device(till), till.people[0]
    card, handle = given_card(till, person), given_phone_key(till, person)
    order = till.order(person)
    reserve(till, phone)
    told(till, phone, card, ("A03", 1), nonce="n-1")
    told(till, phone, phone_code(till, handle), ("A03", 1), nonce="n-2")
    told(till, phone, order.code, nonce="n-3")
    rows = [till.stored(nonce)[0] for nonce in ("n-1", "n-2", "n-3")]
    assert [row.means for row in rows] == ["card", "code", "order"]


def test_what_a_card_spent_without_network_counts_against_its_cap_on_line(till):
    phone, person = given_device(till), till.people[0]
    card = given_card(till, person)
    reserve(till, phone, points=20)
    assert till.sell(card, ("A01", 3)).status == "ok"  # 12 of the day's 30
    till.wait(minutes=1)
    told(till, phone, card, ("A03", 10))
    assert till.sell(card, ("A03", 9)).status == "incomplete"
    assert till.sell(card, ("A03", 8)).status == "ok"


def test_the_list_holds_a_card_to_what_its_cap_leaves_today_and_a_phone_code_to_what_is_reserved(till):
    phone, person = given_device(till), till.people[0]
    card, handle = given_card(till, person), given_phone_key(till, person)
    reserve(till, phone, points=20, hours=20)
    for pieces in (6, 1):  # 24 and 4 of the day's 30
        till.sell(card, ("A01", pieces))
    snapshot = snapshot_for(till, phone)
    assert seen(till, snapshot, card, ("A03", 2)).verdict == "give"
    assert seen(till, snapshot, card, ("A03", 3)).why == "over_allowance"
    assert seen(till, snapshot, phone_code(till, handle), ("A03", 20)).verdict == "give"
    till.wait(hours=16)  # past midnight
    assert seen(till, snapshot_for(till, phone), card, ("A03", 20)).verdict == "give"
