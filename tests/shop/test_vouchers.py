"""A voucher is served once, by whoever serves it, and its points follow."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.database import db
from points.codes import new_code
from points.errors import Conflict, DomainError, Gone, NotFound
from points.people.queries import meaning_of
from shop.vouchers.operations import (
    ExtendVoucher,
    annul_pieces,
    annul_vouchers,
    extend_voucher,
    look_at_voucher,
)
from shop.vouchers.queries import open_vouchers, voucher_by_id, vouchers_of_household, vouchers_used_at
from tests.shop.lent_and_served import given_wide_till, issue, points_on, sold, use


@pytest.fixture
def wide(session):
    till, partner = given_wide_till()
    yield till, partner
    assert till.wrong_numbers() == []


def refusal(act, *args):
    with pytest.raises(DomainError) as caught:
        act(*args)
    return caught.value


def test_a_voucher_is_issued_for_each_piece_once_and_pays_the_partner_when_served(wide):
    till, partner = wide
    first, second = sold(till, "S02", 2)
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
    one, two = sold(till, "S02", 2)

    def annul(session, order_id, *, now):
        return annul_vouchers(session, till.community_id, order_id, now=now)

    def refund(session, pieces, *, now):
        return annul_pieces(session, till.community_id, one.order_id, till.items["S02"], pieces, now=now)

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
