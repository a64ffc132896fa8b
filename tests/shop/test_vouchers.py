"""A voucher is served once, by whoever serves it, and its points follow."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.database import db
from points.codes import new_code
from points.errors import Conflict, DomainError, Gone, NotFound
from points.people.queries import meaning_of
from shop.catalogue.announcing import AnnouncePrice, announce_price
from shop.settlement.operations import DrawStatement, SetUnitValue, draw_statement, set_unit_value
from shop.settlement.queries import statement_by_id
from shop.vouchers.operations import (
    ExtendVoucher,
    annul_pieces,
    annul_vouchers,
    extend_voucher,
    look_at_voucher,
)
from shop.vouchers.queries import (
    open_vouchers,
    voucher_by_id,
    vouchers_of_household,
    vouchers_of_order,
    vouchers_settled,
    vouchers_used_at,
)
from tests.shop.lent_and_served import given_wide_till, issue, points_on, sold, use


@pytest.fixture
def wide(session):
    till, partner = given_wide_till()
    yield till, partner
    assert till.wrong_numbers() == []


def refusal(act, *args, **more):
    with pytest.raises(DomainError) as caught:
        act(*args, **more)
    return caught.value


def test_a_voucher_is_issued_for_each_piece_once_and_pays_the_partner_when_served(wide):
    till, partner = wide
    first, second = sold(till, "S03", 2)
    assert till.run(issue, (till.community_id, first.order_id, till.shop_id)) == [first, second]
    assert (first.points, first.state, first.served_by) == (5, "issued", "物业")
    assert first.expires_at == till.now + timedelta(days=10)
    meaning = meaning_of(db.session(), first.token)
    assert (meaning.purpose, meaning.subject_id) == ("voucher", first.id)
    assert (points_on(till, "shop", till.shop_id), points_on(till, "shop", partner)) == (10, 0)
    assert refusal(use, till, first, till.shop_id).code == "voucher_elsewhere"
    till.wait(hours=1)
    used = use(till, first, partner, "nonce-1")
    assert (used.state, used.used_in, used.used_at) == ("used", "物业", till.now)
    assert use(till, first, partner, "nonce-1") == used
    again = refusal(use, till, first, partner)
    assert (again.code, again.facts["at"], again.facts["where"]) == ("voucher_used", till.now, "物业")
    assert refusal(use, till, second, partner, "nonce-1").code == "nonce_conflict"
    assert (points_on(till, "shop", till.shop_id), points_on(till, "shop", partner)) == (5, 5)
    span = (till.now, till.now)
    assert vouchers_used_at(db.session(), till.community_id, partner, span, now=till.now) == [used]


def test_a_credit_is_one_voucher_for_all_that_was_bought(wide):
    till, partner = wide
    till.run(set_unit_value, SetUnitValue(till.community_id, till.keeper.id, 100, "一分抵一元"))
    (credit,) = sold(till, "S02", 6)
    assert (credit.quantity, credit.points, credit.fen, credit.use_note) == (6, 30, 3000, "")
    assert refusal(use, till, credit, partner, note="1" * 61).code == "use_note_too_long"
    used = use(till, credit, partner, note=" 3 栋 502，9 月 ")
    assert (used.state, used.use_note, points_on(till, "shop", partner)) == ("used", "3 栋 502，9 月", 30)
    till.wait(hours=1)
    drawn = till.run(draw_statement, DrawStatement(till.community_id, till.keeper.id, partner, till.now))
    view, (part,) = statement_by_id(db.session(), till.community_id, drawn)
    assert [(line.kind, line.entries, line.points) for line in part.lines] == [("vouchers_in", 1, 30)]
    assert view.fen == 3000
    behind = vouchers_settled(
        db.session(), till.community_id, view.account_id, view.first_seq, view.last_seq, now=till.now
    )
    assert behind == [used]


def tell_price(till, points, fen):
    told = AnnouncePrice(till.community_id, till.keeper.id, till.items["S02"], points, fen, None, "村里定的")
    till.run(announce_price, told)


def test_a_credit_is_worth_what_was_promised_when_it_was_ordered(wide):
    till, _partner = wide
    order = till.order(till.people[0], ("S02", 3))
    till.wait(hours=1)
    tell_price(till, 5, 100)
    assert till.scan(order).status == "ok"
    (credit,) = vouchers_of_order(db.session(), till.community_id, order.id, now=till.now)
    assert (credit.quantity, credit.points, credit.fen) == (3, 15, 1500)


def test_a_booking_that_pays_no_bill_is_a_voucher_for_each(wide):
    till, _partner = wide
    tell_price(till, 5, 0)
    assert [(one.quantity, one.points, one.fen) for one in sold(till, "S02", 2)] == [(1, 5, 0)] * 2


def test_a_credit_is_refunded_whole_or_not_at_all(wide):
    till, _partner = wide
    person, before = till.people[0], till.purse(till.people[0]).available
    outcome = till.scan(till.order(person, ("S02", 6)))
    part = refusal(till.refund, outcome, ("S02", 2))
    assert (part.code, part.facts["pieces"]) == ("voucher_whole", 6)
    till.refund(outcome, ("S02", 6))
    own = vouchers_of_household(db.session(), till.community_id, person.household_id, now=till.now)
    assert [one.state for one in own] == ["annulled"]
    assert (till.purse(person).available, till.shelf("S02")) == (before, (10, 0))


def test_the_shop_serves_its_own_and_goods_bring_no_voucher(wide):
    till, _partner = wide
    (haircut,) = sold(till, "S01")
    assert haircut.expires_at == till.now + timedelta(days=90)
    assert use(till, haircut, till.shop_id).state == "used"
    assert points_on(till, "shop", till.shop_id) == 6
    assert sold(till, "A01") == []
    own = vouchers_of_household(db.session(), till.community_id, till.people[0].household_id, now=till.now)
    assert [one.id for one in own] == [haircut.id]


def test_looking_uses_nothing_and_says_why_not(wide):
    till, partner = wide
    (voucher,) = sold(till, "S02")
    session, here = db.session(), till.community_id
    assert look_at_voucher(session, here, partner, voucher.token, now=till.now).id == voucher.id
    assert voucher_by_id(session, here, voucher.id, now=till.now).state == "issued"
    for code in ("nonsense", new_code()):
        with pytest.raises(NotFound):
            look_at_voucher(session, here, partner, code, now=till.now)
    with pytest.raises(Gone):
        look_at_voucher(session, here, partner, voucher.token, now=voucher.expires_at)
    with pytest.raises(NotFound):
        look_at_voucher(session, here + 1, partner, voucher.token, now=till.now)


def test_a_lapsed_voucher_may_be_extended_once_with_a_reason(wide):
    till, partner = wide
    (voucher,) = sold(till, "S02")
    till.wait(days=10)
    assert refusal(use, till, voucher, partner).code == "voucher_lapsed"
    assert [one.state for one in open_vouchers(db.session(), till.community_id, now=till.now)] == ["lapsed"]
    command = ExtendVoucher(till.community_id, till.staff.id, voucher.id, "住院了，没能用")
    assert till.run(extend_voucher, command) == till.now + timedelta(days=10)
    assert refusal(till.run, extend_voucher, command).code == "voucher_extended_before"
    assert use(till, voucher, partner).state == "used"
    assert points_on(till, "shop", partner) == 5


def test_an_annulment_takes_unused_vouchers_back_and_stops_at_a_used_one(wide):
    till, partner = wide
    one, two = sold(till, "S03", 2)

    def annul(session, order_id, *, now):
        return annul_vouchers(session, till.community_id, order_id, now=now)

    def refund(session, pieces, *, now):
        return annul_pieces(session, till.community_id, one.order_id, till.items["S03"], pieces, now=now)

    use(till, one, partner)
    with pytest.raises(Conflict, match="voucher_used"):
        till.run(annul, one.order_id)
    with pytest.raises(Conflict, match="voucher_used"):
        till.run(refund, 2)
    assert till.run(refund, 1) == 1
    assert refusal(use, till, two, partner).code == "voucher_annulled"
    (other,) = sold(till, "S01", person=1)
    assert till.run(annul, other.order_id) == 1
    assert till.run(annul, other.order_id) == 0
