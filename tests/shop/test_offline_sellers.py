"""Who handed over and who told of it; and what a phone refused without network."""

from __future__ import annotations

import sqlalchemy as sa

from app.database import db
from points.people.operations import GrantRole, RevokeRole, grant_role, revoke_role
from shop.offline.models import UploadedScan
from shop.settlement.shifts import shift_report
from tests.shop.phones import change_device, given_card, given_device, reserve, told

uploaded = UploadedScan.__table__


def given_staff(till, person):
    till.run(grant_role, GrantRole(till.community_id, person.id, "shop_staff", "推选", scope_id=till.shop_id))


def said(till, nonce):
    db.session.rollback()
    return db.session.execute(
        sa.select(uploaded).where(uploaded.c.community_id == till.community_id, uploaded.c.nonce == nonce)
    ).one()


def test_the_register_names_the_seller_and_the_upload_who_told_it(till):
    phone, (buyer, seller, *_) = given_device(till), till.people
    given_staff(till, seller)
    card, order = given_card(till, buyer), till.order(buyer)
    reserve(till, phone)
    assert told(till, phone, card, ("A03", 2), nonce="sale", staff_id=seller.id).status == "ok"
    assert told(till, phone, order.code, nonce="order", staff_id=seller.id).status == "ok"
    for nonce in ("sale", "order"):
        assert till.stored(nonce)[0].staff_id == seller.id
        assert (said(till, nonce).staff_id, said(till, nonce).told_by) == (seller.id, till.staff.id)
    [line] = shift_report(db.session(), till.community_id, till.shop_id, till.now, till.now)
    assert (line.staff, line.handed_over) == (seller.name, 2)


def test_only_who_stands_or_has_stood_at_this_counter_is_believed_to_be_the_seller(till):
    phone, (buyer, seller, nobody, *_) = given_device(till), till.people
    card = given_card(till, buyer)
    reserve(till, phone)
    told(till, phone, card, ("A03", 1), nonce="resident", staff_id=nobody.id)
    assert till.stored("resident")[0].staff_id == till.staff.id
    given_staff(till, seller)
    told(till, phone, card, ("A03", 1), nonce="staff", staff_id=seller.id)
    till.run(revoke_role, RevokeRole(till.community_id, seller.id, "shop_staff", "搬走", till.keeper.id))
    told(till, phone, card, ("A03", 1), nonce="was-staff", staff_id=seller.id)
    assert [till.stored(nonce)[0].staff_id for nonce in ("staff", "was-staff")] == [seller.id] * 2


def test_what_the_phone_refused_stands_in_the_register_and_changes_nothing(till):
    phone, buyer = given_device(till), till.people[0]
    card, order = given_card(till, buyer), till.order(buyer)
    reserve(till, phone)
    before = till.purse(buyer), till.shelf("A01"), till.shelf("A03")
    refused = told(till, phone, order.code, nonce="n-1", refused="canceled", ago=60)
    told(till, phone, card, ("A03", 3), nonce="n-2", refused="out_of_stock")
    assert (refused.status, refused.reason, refused.body) == ("error", "canceled", {"status": "noted"})
    assert told(till, phone, order.code, nonce="n-1", refused="canceled") == refused
    [row] = till.stored("n-1")
    assert (row.status, row.reason, row.is_offline, row.order_id) == ("error", "canceled", True, None)
    assert (till.purse(buyer), till.shelf("A01"), till.shelf("A03")) == before
    assert told(till, phone, order.code).status == "ok"
    change_device(till, phone, revoked_at=till.now)
    assert told(till, phone, card, nonce="n-3", refused="invalid").status == "quarantined"
