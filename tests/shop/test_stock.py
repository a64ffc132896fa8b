"""In and out of the shelf: two signatures for what comes, one or two for what is written off, each with its line."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.database import db
from points.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from points.people.operations import GrantRole, grant_role
from shop.catalogue.operations import OpenShop, open_shop
from shop.queries import (
    batches_on_shelf,
    deliveries_in,
    delivery_by_id,
    ending_soon,
    out_book,
    papers_waiting,
    write_offs_waiting,
)
from shop.stock.check import check_stock
from shop.stock.deliveries import (
    ConfirmDelivery,
    EnterDelivery,
    LineIn,
    RejectDelivery,
    confirm_delivery,
    enter_delivery,
    reject_delivery,
)
from shop.stock.donors import SaveDonor, save_donor
from shop.stock.models import NOT_IN_BOOK, Stock
from shop.stock.operations import CountStock, count_stock
from shop.stock.queries import moves_at
from shop.stock.write_offs import SignWriteOff, WriteOffGoods, sign_write_off, write_off_goods
from tests.shop.till import day_of, given_till


def refusal(till, operation, command):
    with pytest.raises(DomainError) as caught:
        till.run(operation, command)
    return type(caught.value), caught.value.code


def a_slip(till, *lines, source="bought", by=None, **more):
    pieces = tuple(LineIn(till.items[code], quantity) for code, quantity in lines or (("A01", 5),))
    return EnterDelivery(
        till.community_id, (by or till.staff).id, till.a_key(), till.shop_id, source, pieces, **more
    )


def confirmed(till, slip, by=None, **more):
    delivery_id = till.run(enter_delivery, slip)
    command = ConfirmDelivery(till.community_id, (by or till.keeper).id, delivery_id, **more)
    till.run(confirm_delivery, command)
    return command


def count(till, pieces, key="key-count", note="月末盘点", item="A01"):
    return CountStock(till.community_id, till.staff.id, key, till.shop_id, till.items[item], pieces, note)


def a_write_off(till, pieces, move="spoiled", **more):
    values = {"shop_id": till.shop_id, "item_id": till.items["A01"], "reason": "受潮"} | more
    return WriteOffGoods(till.community_id, till.staff.id, till.a_key(), move=move, quantity=pieces, **values)


def test_only_a_second_person_puts_goods_on_the_shelf_and_once(till):
    slip = a_slip(till)
    first = till.run(enter_delivery, slip)
    assert (till.run(enter_delivery, slip), till.shelf("A01")) == (first, (20, 0))
    assert papers_waiting(db.session(), till.community_id, shop_id=till.shop_id) == 1
    sign = ConfirmDelivery(till.community_id, till.staff.id, first)
    assert refusal(till, confirm_delivery, sign) == (NotAllowed, "second_person_needed")
    for stranger in till.people[:1]:
        assert refusal(till, confirm_delivery, replace(sign, actor_id=stranger.id)) == (
            NotAllowed, "not_of_this_shop",
        )  # fmt: skip
    for _click in range(2):
        till.run(confirm_delivery, replace(sign, actor_id=till.keeper.id))
    assert till.register("A01") == [("received", 20), ("received", 5)]
    seen = delivery_by_id(db.session(), till.community_id, first)
    assert (seen.number, seen.state, seen.confirmed_name) == (2, "confirmed", till.keeper.name)
    assert refusal(till, reject_delivery, RejectDelivery(till.community_id, till.keeper.id, first, "晚了")) == (
        Conflict, "delivery_settled",
    )  # fmt: skip


def test_a_supervisor_may_sign_and_staff_of_another_shop_may_not(till):
    other = till.run(open_shop, OpenShop(till.community_id, None, "东头店"))
    supervisor, elsewhere = till.people[:2]
    till.run(grant_role, GrantRole(till.community_id, supervisor.id, "supervisor", "推选"))
    till.run(grant_role, GrantRole(till.community_id, elsewhere.id, "shop_staff", "推选", scope_id=other))
    delivery_id = till.run(enter_delivery, a_slip(till))
    sign = ConfirmDelivery(till.community_id, elsewhere.id, delivery_id)
    assert refusal(till, confirm_delivery, sign) == (NotAllowed, "not_of_this_shop")
    till.run(confirm_delivery, replace(sign, actor_id=supervisor.id))
    assert till.shelf("A01") == (25, 0)


def test_what_did_not_arrive_needs_a_reason_and_never_stands_on_the_shelf(till):
    delivery_id = till.run(enter_delivery, a_slip(till, ("A01", 5), ("A02", 3)))
    sign = ConfirmDelivery(till.community_id, till.keeper.id, delivery_id, {till.items["A01"]: 4})
    assert refusal(till, confirm_delivery, sign) == (Invalid, "reason_needed")
    assert refusal(till, confirm_delivery, replace(sign, arrived={till.items["A01"]: -1})) == (
        Invalid, "amount_too_small",
    )  # fmt: skip
    till.run(confirm_delivery, replace(sign, reasons={till.items["A01"]: "碎了一件"}))
    assert (till.shelf("A01"), till.shelf("A02")) == ((24, 0), (23, 0))


def test_a_slip_that_is_refused_brings_nothing(till):
    delivery_id = till.run(enter_delivery, a_slip(till))
    refuse = RejectDelivery(till.community_id, till.staff.id, delivery_id, "填错了店")
    assert refusal(till, reject_delivery, replace(refuse, reason=" ")) == (Invalid, "reason_needed")
    till.run(reject_delivery, refuse)
    assert refusal(till, confirm_delivery, ConfirmDelivery(till.community_id, till.keeper.id, delivery_id)) == (
        Conflict, "delivery_settled",
    )  # fmt: skip
    assert till.register("A01") == [("received", 20)]


def test_slips_that_cannot_be_are_refused(till):
    stranger = given_till(code="other", number=2)
    item, far = till.items["A01"], stranger.items["A01"]
    donor = till.run(save_donor, SaveDonor(till.community_id, till.staff.id, "老王", "person", False))
    theirs = stranger.run(
        save_donor, SaveDonor(stranger.community_id, stranger.staff.id, "张姐", "person", True)
    )
    slip = a_slip(till)
    cases = [
        ({"source": "found"}, Invalid, "source_unknown"), ({"lines": ()}, Invalid, "lines_needed"),
        ({"lines": (LineIn(item, 1), LineIn(item, 2))}, Invalid, "item_twice"),
        ({"lines": tuple(LineIn(item, 1) for _ in range(61))}, Invalid, "too_many_delivery_lines"),
        ({"lines": (LineIn(item, 0),)}, Invalid, "amount_too_small"),
        ({"lines": (LineIn(item, 10**9),)}, Invalid, "amount_too_large"),
        ({"source": "donated"}, Invalid, "donor_needed"), ({"donor_id": donor}, Invalid, "donor_needed"),
        ({"source": "donated", "donor_id": donor, "lines": (LineIn(item, 1, 100),)}, Invalid, "gift_has_no_cost"),
        ({"source": "charity_field", "lines": (LineIn(item, 1, 1),)}, Invalid, "gift_has_no_cost"),
        ({"source": "transfer"}, Invalid, "other_shop_needed"),
        ({"source": "transfer", "from_shop_id": till.shop_id}, Invalid, "other_shop_needed"),
        ({"source": "donated", "donor_id": theirs}, NotFound, "donor_not_found"),
        ({"shop_id": stranger.shop_id}, NotFound, "shop_not_found"),
        ({"lines": (LineIn(far, 1),)}, NotFound, "item_not_found"),
        ({"actor_id": None}, NotAllowed, "second_person_needed"),
    ]  # fmt: skip
    found = [refusal(till, enter_delivery, replace(slip, **change)) for change, _kind, _code in cases]
    assert found == [(kind, code) for _change, kind, code in cases]
    till.run(enter_delivery, slip)
    assert refusal(till, enter_delivery, replace(slip, source="other")) == (Conflict, "request_key_reused")
    unknown = ConfirmDelivery(stranger.community_id, stranger.keeper.id, till.run(enter_delivery, slip))
    assert refusal(stranger, confirm_delivery, unknown) == (NotFound, "delivery_not_found")


def test_goods_between_shops_leave_one_and_arrive_at_the_other_with_what_is_missing_told(till):
    other = till.run(open_shop, OpenShop(till.community_id, None, "东头店"))
    sent = {"source": "transfer", "from_shop_id": till.shop_id, "shop_id": other}
    till.order(till.people[0], ("A01", 15))
    too_many = replace(a_slip(till, ("A01", 6)), **sent)
    assert refusal(till, enter_delivery, too_many) == (Conflict, "not_enough_free")
    slip = replace(a_slip(till, ("A01", 5)), **sent)
    item = till.items["A01"]
    confirmed(till, slip, arrived={item: 4}, reasons={item: "路上碎了一件"})
    assert till.register("A01") == [("received", 20), ("sent", -5)]
    there = replace(till, shop_id=other)
    assert (there.register("A01"), there.shelf("A01")) == ([("arrived", 5), ("counted", -1)], (4, 0))
    till.wait(days=8)
    back = till.run(enter_delivery, replace(a_slip(till, ("A01", 15)), **sent))
    assert till.shelf("A01") == (0, 0)
    till.run(reject_delivery, RejectDelivery(till.community_id, till.keeper.id, back, "没有送来"))
    assert till.shelf("A01") == (15, 0)


def test_a_few_pieces_are_written_off_by_one_and_more_by_two(till):
    few = a_write_off(till, 3)
    assert [till.run(write_off_goods, few) for _click in range(2)] == ["confirmed", "confirmed"]
    many = a_write_off(till, 4, "expired")
    assert (till.run(write_off_goods, many), till.shelf("A01")) == ("entered", (17, 0))
    (waiting,) = write_offs_waiting(db.session(), till.community_id, [till.shop_id])
    db.session.rollback()
    sign = SignWriteOff(till.community_id, till.staff.id, waiting.id, agrees=True)
    assert refusal(till, sign_write_off, sign) == (NotAllowed, "second_person_needed")
    for _click in range(2):
        till.run(sign_write_off, replace(sign, actor_id=till.keeper.id))
    assert refusal(till, sign_write_off, replace(sign, actor_id=till.keeper.id, agrees=False)) == (
        Conflict, "delivery_settled",
    )  # fmt: skip
    assert till.register("A01") == [("received", 20), ("spoiled", -3), ("expired", -4)]
    till.order(till.people[0], ("A01", 12))
    for pieces, more, expected in (
        (2, {}, (Conflict, "not_enough_free")), (1, {"reason": " "}, (Invalid, "reason_needed")),
        (1, {"move": "eaten"}, (Invalid, "write_off_unknown")), (0, {}, (Invalid, "amount_too_small")),
    ):  # fmt: skip
        assert refusal(till, write_off_goods, a_write_off(till, pieces, **more)) == expected


def test_the_oldest_pieces_are_taken_first_so_the_newest_slips_are_what_stands_there(till):
    ends = {"old": day_of(till.now) + timedelta(days=3), "new": day_of(till.now) + timedelta(days=90)}
    donor = till.run(save_donor, SaveDonor(till.community_id, till.staff.id, "惠民粮油", "company", True))
    for name, pieces in (("old", 6), ("new", 4)):
        till.wait(minutes=1)
        line = LineIn(till.items["A03"], pieces, best_before=ends[name])
        till.deliver(line, source="donated", donor_id=donor, wish=f"给老人{name}")
    look = db.session(), till.community_id
    assert [(one.pieces, one.wish) for one in ending_soon(*look, today=day_of(till.now))] == [
        (6, "给老人old")
    ]
    till.scan(till.order(till.people[0], ("A03", 24)))
    batches = batches_on_shelf(*look, item_id=till.items["A03"], wishes=True)
    assert [(one.pieces, one.best_before) for one in batches] == [(2, ends["old"]), (4, ends["new"])]
    db.session.rollback()


def test_the_books_tell_what_came_and_for_which_household_it_left(till):
    confirmed(till, a_slip(till, ("A02", 3)))
    till.scan(till.order(till.people[0], ("A01", 2)), nonce="n1")
    till.annul("n1")
    span = (till.now - timedelta(days=1), till.now + timedelta(days=1))
    look = db.session(), till.community_id
    out = [(one.move, one.household, one.pieces) for one in out_book(*look, till.shop_id, span)]
    number = till.people[0].household_number
    assert out == [("handed_over", number, 2), ("annulled", number, -2)]
    came = deliveries_in(*look, span, shop_id=till.shop_id)
    assert [(slip.number, [line.came for line in slip.lines]) for slip in came] == [(1, [20] * 4), (2, [3])]
    assert deliveries_in(*look, span, sources=("donated",)) == []
    db.session.rollback()


def test_the_check_finds_a_shelf_that_its_register_does_not_explain(till):
    assert list(check_stock(db.session(), till.community_id)) == []
    here = sa.and_(Stock.community_id == till.community_id, Stock.item_id == till.items["A01"])
    db.session.execute(sa.update(Stock).where(here).values(on_hand=Stock.on_hand + 1, held=1))
    found = {(one.field, one.stored, one.counted) for one in check_stock(db.session(), till.community_id)}
    assert found == {("on_hand", 21, 20), ("held", 1, 0)}
    db.session.rollback()


def test_a_count_sets_the_shelf_and_the_difference_goes_into_the_register_once(till):
    assert [till.run(count_stock, count(till, 17)) for _ in range(2)] == [-3, -3]
    assert (till.shelf("A01"), till.register("A01")) == ((17, 0), [("received", 20), ("counted", -3)])


def test_a_count_that_finds_what_the_book_says_is_a_line_too_and_is_not_repeated_later(till):
    assert till.run(count_stock, count(till, 20)) == 0
    till.scan(till.order(till.people[0], ("A01", 2)))
    assert till.run(count_stock, count(till, 20)) == 0
    assert till.shelf("A01") == (18, 0)
    assert ("counted", 0) in till.register("A01")


def test_a_count_cannot_take_away_what_is_set_aside_but_lapsed_orders_count_no_more(till):
    till.order(till.people[0], ("A01", 18))
    assert refusal(till, count_stock, count(till, 17)) == (Conflict, "fewer_than_held")
    till.wait(days=7)
    assert till.run(count_stock, count(till, 17)) == -3


@pytest.mark.parametrize(("pieces", "note", "kind", "code"), [
    (-1, "盘点", Invalid, "amount_too_small"), (100_001, "盘点", Invalid, "amount_too_large"),
    (3, "  ", Invalid, "reason_needed"), (16, "盘点", NotAllowed, "too_many_for_one"),
    (24, "盘点", NotAllowed, "too_many_for_one"),
])  # fmt: skip
def test_a_count_needs_a_possible_number_near_the_book_and_a_reason(till, pieces, note, kind, code):
    assert refusal(till, count_stock, count(till, pieces, note=note)) == (kind, code)


def test_whatever_somebody_writes_stays_in_the_register(till):
    till.run(count_stock, count(till, 18, note=NOT_IN_BOOK))
    newest = moves_at(db.session(), till.community_id, till.shop_id)[0]
    assert (newest.note, newest.was_counted, newest.was_unknown) == (NOT_IN_BOOK, False, False)


def test_a_key_that_stood_for_another_shelf_is_a_conflict(till):
    till.run(count_stock, count(till, 20))
    other = count(till, 20, item="A02")
    assert refusal(till, count_stock, other) == (Conflict, "request_key_reused")


@pytest.mark.parametrize("other", [{"quantity": 19}, {"note": "别的原因"}])
def test_a_key_that_stood_for_another_number_or_reason_is_a_conflict(till, other):
    command = count(till, 18)
    till.run(count_stock, command)
    till.scan(till.order(till.people[0], ("A01", 2)))
    assert till.run(count_stock, command) == -2
    assert refusal(till, count_stock, replace(command, **other)) == (Conflict, "request_key_reused")
    assert till.shelf("A01") == (16, 0)
