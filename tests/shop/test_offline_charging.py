"""Goods that left without network are paid for where points were reserved for them: at once, or by the steward's word."""

from __future__ import annotations

import pytest

from app.database import db
from points.errors import Conflict, NotAllowed, NotFound
from points.people.acts import acts_of
from shop.offline.allowances import AskBack, ask_back
from shop.offline.queries import Unsettled, gaps_of, unsettled
from shop.offline.settling import NoteQuarantine, SettleConflict, note_quarantine, settle_conflict
from shop.statements import statement_page
from shop.stock.queries import moves_at
from shop.stock.takes import (
    BeginTake,
    CountItem,
    FinishTake,
    SignTake,
    begin_take,
    count_item,
    finish_take,
    sign_take,
)
from tests.shop.phones import (
    given_card,
    given_device,
    given_phone_key,
    phone_code,
    reserve,
    snapshot_for,
    told,
)
from tests.shop.test_offline import conflicts, mine, purse
from tests.shop.till import day_of


def settle(till, conflict, *, charges, note="说好了"):
    till.run(settle_conflict, SettleConflict(till.community_id, till.keeper.id, conflict.id, note, charges))


def waiting(till):
    db.session.rollback()
    return unsettled(db.session(), till.community_id)


def statement(till, person):
    db.session.rollback()
    wallet = till.wallet_id(person)
    lines = statement_page(db.session(), till.community_id, wallet, now=till.now, today=day_of(till.now))
    return [(line.entry.points, line.order.lines[0].quantity) for line in lines if line.order]


def acts(till):
    db.session.rollback()
    return [
        (line.act, line.detail, line.reason) for line in acts_of(db.session(), till.community_id, limit=5)
    ]


def test_goods_the_book_did_not_have_are_paid_from_what_was_reserved_and_the_shelf_is_to_be_looked_at(till):
    phone, person = given_device(till), till.people[0]
    card = given_card(till, person)
    reserve(till, phone, points=20)
    till.count("A03", 1)
    till.wait(minutes=5)
    sold = told(till, phone, card, ("A03", 3), ("A01", 1), nonce="sale")
    assert (sold.status, sold.reason, sold.body["redemption"]["points"]) == ("ok", None, 7)
    assert told(till, phone, card, ("A03", 3), ("A01", 1), nonce="sale") == sold
    assert (purse(till, person), till.shelf("A03"), till.shelf("A01")) == ((80, 13), (0, 0), (19, 0))
    assert sorted(till.register("A03")[-2:]) == [("counted", 2), ("handed_over", -3)]
    assert [
        move.quantity for move in moves_at(db.session(), till.community_id, till.shop_id) if move.was_unknown
    ] == [2]
    assert waiting(till) == Unsettled(conflicts=0, apart=0, gaps=1)
    [gap] = gaps_of(db.session(), till.community_id)
    assert sorted(gap.lines) == [("货A01", "goods A01", 1), ("货A03", "goods A03", 3)]
    till.run(note_quarantine, NoteQuarantine(till.community_id, till.keeper.id, gap.id, "数过了"))
    assert (waiting(till), acts(till)[0]) == (Unsettled(0, 0, 0), ("shelf_looked_at", "", "数过了"))
    till.refund(sold, ("A03", 3))
    assert till.shelf("A03") == (3, 0)


def test_goods_the_book_did_not_have_are_a_conflict_where_nothing_was_reserved(till):
    phone, person = given_device(till), till.people[0]
    card = given_card(till, person)
    till.count("A03", 1)
    refused = told(till, phone, card, ("A03", 3))
    assert (refused.status, refused.reason) == ("conflict", "out_of_stock")
    assert (purse(till, person), till.shelf("A03")) == ((100, 0), (0, 0))
    assert waiting(till) == Unsettled(conflicts=1, apart=0, gaps=0)
    [conflict] = conflicts(till)
    assert not conflict.may_charge
    with pytest.raises(Conflict, match="conflict_not_covered"):
        settle(till, conflict, charges=True)


def test_a_shelf_short_while_a_count_waits_for_its_signature_ends_as_it_was_counted(till):
    phone, person = given_device(till), till.people[0]
    card = given_card(till, person)
    reserve(till, phone, points=20)
    till.count("A03", 1)
    till.wait(hours=1)  # five stood there, three are sold
    take = till.run(begin_take, BeginTake(till.community_id, till.staff.id, till.shop_id))
    till.run(
        count_item, CountItem(till.community_id, till.staff.id, take, till.items["A03"], 2, reason="多了")
    )
    till.run(finish_take, FinishTake(till.community_id, till.staff.id, take))
    till.wait(hours=1)
    assert told(till, phone, card, ("A03", 3), ago=5400).status == "ok"
    till.run(sign_take, SignTake(till.community_id, till.keeper.id, take, agrees=True))
    assert till.shelf("A03") == (2, 0)


def test_the_steward_charges_what_the_allowance_still_covers_and_the_household_sees_it(till):
    phone, person = given_device(till), till.people[0]
    card = given_card(till, person)
    reserve(till, phone, points=20)
    assert told(till, phone, card, ("A04", 2), nonce="sale").reason == "rules"
    [conflict] = conflicts(till)
    assert (conflict.may_charge, conflict.is_charged, conflict.points) == (True, False, 14)
    settle(till, conflict, charges=True)
    assert (purse(till, person), mine(till, person)[0].left, till.shelf("A04")) == ((80, 6), 6, (18, 0))
    assert acts(till)[0] == ("conflict_charged", "14", "说好了")
    assert statement(till, person) == [(-14, 2)]
    [conflict] = conflicts(till)
    assert (conflict.is_charged, conflict.may_charge, waiting(till)) == (True, False, Unsettled(0, 0, 0))
    with pytest.raises(Conflict, match="conflict_settled"):
        settle(till, conflict, charges=True)
    assert told(till, phone, card, ("A04", 2), nonce="sale").reason == "rules"  # its first answer, for ever


def test_the_steward_waives_and_nothing_moves(till):
    phone, person = given_device(till), till.people[0]
    card = given_card(till, person)
    reserve(till, phone, points=20)
    told(till, phone, card, ("A04", 2))
    settle(till, conflicts(till)[0], charges=False, note="是我们没说清")
    assert (purse(till, person), statement(till, person)) == ((80, 20), [])
    assert acts(till)[0] == ("conflict_settled", "14", "是我们没说清")


def test_a_hold_that_lapsed_is_charged_from_what_is_there_and_never_overdraws(till):
    phone, (person, other, *_) = given_device(till), till.people
    cards = [given_card(till, person), given_card(till, other)]
    reserve(till, phone, points=20, hours=1)
    for card in cards:
        told(till, phone, card, ("A04", 2))
    till.wait(days=2)
    first, second = sorted(conflicts(till), key=lambda one: one.member)
    till.order(other, ("A01", 20))  # 80 points
    till.give(other, 1)
    till.order(other, ("A02", 1))
    settle(till, first, charges=True)
    assert purse(till, person) == (86, 0)
    with pytest.raises(Conflict, match="conflict_not_covered"):
        settle(till, second, charges=True)
    assert (purse(till, other), waiting(till).conflicts) == ((11, 90), 1)
    settle(till, second, charges=False)


def test_codes_that_prove_nobodys_will_are_never_charged(till):
    phone, person = given_device(till), till.people[0]
    given_card(till, person)
    handle = given_phone_key(till, person)
    reserve(till, phone, points=20)
    code, order = phone_code(till, handle), till.order(person)
    told(till, phone, code, ("A03", 1))
    told(till, phone, code, ("A03", 1))  # used twice
    told(till, phone, code[:-2] + ("00" if code[-2] != "0" else "11"), ("A03", 1))
    till.scan(order)
    told(till, phone, order.code)
    assert sorted(one.reason for one in conflicts(till)) == [
        "already_redeemed",
        "already_redeemed",
        "invalid",
    ]
    assert not any(one.may_charge for one in conflicts(till))


def test_another_villages_conflict_is_not_found(till):
    phone, person = given_device(till), till.people[0]
    reserve(till, phone, points=20)
    told(till, phone, given_card(till, person), ("A04", 2))
    command = SettleConflict(till.community_id + 1, till.keeper.id, conflicts(till)[0].id, "不是这个村", True)
    with pytest.raises(NotFound):
        till.run(settle_conflict, command)


def test_points_that_came_back_to_their_owner_are_not_spent_by_a_list_that_is_over(till):
    phone, person = given_device(till), till.people[0]
    card = given_card(till, person)
    reserve(till, phone, points=20, hours=20)
    snapshot_for(till, phone)
    till.wait(hours=13)  # the list is over, the time for spending is not
    till.run(ask_back, AskBack(till.community_id, person.id, mine(till, person)[0].id))
    till.wait(hours=1)
    assert told(till, phone, card, ("A03", 1), ago=60).reason == "insufficient_points"
    assert told(till, phone, card, ("A03", 1), ago=7200).status == "conflict"
    assert told(till, phone, card, ("A03", 1), ago=3 * 3600).status == "ok"  # while the list was in force
    assert purse(till, person) == (99, 0)


def test_who_handed_over_told_of_it_or_got_the_goods_does_not_settle_it(till):
    phone, (person, teller, *_) = given_device(till), till.people
    card = given_card(till, person)
    told(till, phone, card, ("A01", 1), actor_id=teller.id, staff_id=till.staff.id)
    [conflict] = conflicts(till)
    for own in (till.staff, teller, person):
        with pytest.raises(NotAllowed, match="conflict_of_own"):
            till.run(settle_conflict, SettleConflict(till.community_id, own.id, conflict.id, "算了"))
    order = till.order(person)
    till.cancel(person, order)
    told(till, phone, order.code)
    late = next(one for one in conflicts(till) if one.reason == "canceled")
    with pytest.raises(NotAllowed, match="conflict_of_own"):
        till.run(settle_conflict, SettleConflict(till.community_id, person.id, late.id, "算了"))
    for one in (conflict, late):
        settle(till, one, charges=False)
    assert not waiting(till)
