"""An order moves to another shop whole or not at all: same code, same time, same price."""

from datetime import date, timedelta

import pytest

from points.errors import Conflict, DomainError, Gone, NotFound
from points.ledger.queries import wallet
from shop.catalogue.editing import EditItem, ItemDetails, ShelfPlan, edit_item
from shop.catalogue.operations import OpenShop, open_shop
from shop.orders.moving import MoveOrder, move_order, shops_for
from shop.orders.operations import place_order
from shop.orders.preparing import PrepareOrder, moved_away, no_shows, pieces_to_pack, prepare_order
from shop.queries import items_at, orders_to_collect
from tests.shop.till import SOON, given_till


@pytest.fixture
def mill(till):
    """A second shop with two pieces of A01 and one of A03."""
    shop_id = till.run(open_shop, OpenShop(till.community_id, None, "磨坊店"))
    till.receive("A01", 2, shop_id=shop_id)
    till.receive("A03", 1, shop_id=shop_id)
    return shop_id


def move(till, person, order, shop_id):
    return till.run(move_order, MoveOrder(till.community_id, person.id, order.id, shop_id))


def refused(till, *what):
    with pytest.raises(DomainError) as caught:
        move(till, *what)
    return type(caught.value), caught.value.code


def pack(till, order, shop_id=None, is_packed=True):
    shop = shop_id or till.shop_id
    till.run(prepare_order, PrepareOrder(till.community_id, till.staff.id, shop, order.id, is_packed))


def free(till, session, code, shop_id):
    found = items_at(session, till.community_id, shop_id, now=till.now)
    return next(one.available for one in found if one.code == code)


def test_an_order_moves_with_its_code_its_time_and_its_points(till, mill, session):
    person = till.people[0]
    till.give(person, 6, expires_on=SOON)
    command = till.wanted(person, ("A01", 2), ("A03", 1))
    order = till.run(place_order, command)
    purse = till.purse(person)
    pack(till, order)
    assert [shop.id for shop in shops_for(session, till.community_id, order.id, now=till.now)] == [mill]
    session.rollback()
    assert [move(till, person, order, mill) for _tap in range(2)] == [mill, mill]
    moved = till.view(order)
    assert (moved.shop, moved.token, moved.expires_at, moved.state) == (
        "磨坊店", order.code, order.expires_at, "placed",
    )  # fmt: skip
    assert moved.prepared_at is None
    assert (till.purse(person), till.shelf("A01"), free(till, session, "A01", mill)) == (purse, (20, 0), 0)
    assert [view.id for view, _at in moved_away(session, till.community_id, till.shop_id, now=till.now)] == [
        order.id
    ]
    session.rollback()
    assert till.run(place_order, command) == order
    assert till.scan(order).reason == "product"
    assert till.scan(order, shop_id=mill).status == "ok"
    assert (till.purse(person).total, refused(till, person, order, till.shop_id)) == (
        97, (Conflict, "order_not_waiting"),
    )  # fmt: skip


def test_what_is_not_all_there_does_not_move(till, mill, session):
    person, other = till.people[:2]
    order = till.order(person, ("A01", 1), ("A03", 2))
    before = till.view(order), till.purse(person), till.shelf("A01"), till.shelf("A03")
    assert shops_for(session, till.community_id, order.id, now=till.now) == []
    session.rollback()
    assert refused(till, person, order, mill) == (Conflict, "out_of_stock")
    assert refused(till, other, order, mill) == (NotFound, "order_not_found")
    assert refused(till, person, order, given_till(code="other", number=2).shop_id) == (
        NotFound,
        "shop_not_found",
    )
    assert (till.view(order), till.purse(person), till.shelf("A01"), till.shelf("A03")) == before
    assert free(till, session, "A01", mill) == 2
    till.wait(days=7)
    assert refused(till, person, order, mill) == (Gone, "order_lapsed")


def test_an_order_does_not_move_where_its_goods_are_not_handed_out(till, mill, session):
    person = till.people[0]
    order = till.order(person, ("A01", 1), ("A03", 1))
    partner = till.run(open_shop, OpenShop(till.community_id, None, "物业", kind="partner"))
    assert refused(till, person, order, partner) == (NotFound, "shop_not_found")
    away = (ShelfPlan(mill, is_sold=False),)
    towel = ItemDetails("A01", "goods", "货A01")
    till.run(edit_item, EditItem(till.community_id, till.keeper.id, till.items["A01"], towel, (), away))
    assert refused(till, person, order, mill) == (Conflict, "item_not_sold_here")
    assert (till.view(order).shop, till.shelf("A01"), free(till, session, "A03", mill)) == (
        "村口店",
        (20, 1),
        1,
    )


def test_goods_that_lapsed_orders_hold_over_there_count(till, mill, session):
    late, person = till.people[:2]
    till.order(late, ("A03", 1), shop_id=mill)
    till.wait(days=6)
    order = till.order(person, ("A03", 1))
    assert refused(till, person, order, mill) == (Conflict, "out_of_stock")
    till.wait(days=1)
    assert [shop.id for shop in shops_for(session, till.community_id, order.id, now=till.now)] == [mill]
    session.rollback()
    assert move(till, person, order, mill) == mill


def test_points_that_ended_under_the_hold_keep_the_order_where_it_is(session):
    till = given_till(points=0, order_days=90)
    mill = till.run(open_shop, OpenShop(till.community_id, None, "磨坊店"))
    till.receive("A01", 9, shop_id=mill)
    person = till.people[0]
    till.give(person, 4, expires_on=date(2026, 9, 30))
    order = till.order(person)
    till.wait(days=40)
    assert refused(till, person, order, mill) == (Conflict, "held_points_ended")
    assert (till.state(order), till.purse(person).held, till.scan(order).status) == ("placed", 4, "ok")
    assert till.wrong_numbers() == []


def test_the_staff_see_what_to_fetch_and_mark_what_is_packed(till, session):
    first, second = till.people[:2]
    orders = [till.order(first, ("A01", 2), ("A03", 1)), till.order(second, ("A01", 1))]

    def to_fetch():
        found = pieces_to_pack(session, till.community_id, till.shop_id, now=till.now)
        session.rollback()
        return [(one.code, one.pieces, one.orders) for one in found]

    assert to_fetch() == [("A01", 3, 2), ("A03", 1, 1)]
    for _tap in range(2):
        pack(till, orders[0])
    assert (to_fetch(), till.view(orders[0]).prepared_at) == ([("A01", 1, 1)], till.now)
    unpacked = orders_to_collect(session, till.community_id, till.shop_id, now=till.now, only_unpacked=True)
    assert [one.id for one in unpacked] == [orders[1].id]
    session.rollback()
    pack(till, orders[0], is_packed=False)
    assert (to_fetch(), till.view(orders[0]).prepared_at) == ([("A01", 3, 2), ("A03", 1, 1)], None)
    other = till.run(open_shop, OpenShop(till.community_id, None, "磨坊店"))
    with pytest.raises(NotFound, match="order_not_found"):
        pack(till, orders[0], shop_id=other)
    till.cancel(first, orders[0])
    with pytest.raises(Conflict, match="order_not_waiting"):
        pack(till, orders[0])
    till.wait(days=7)
    with pytest.raises(Gone, match="order_lapsed"):
        pack(till, orders[1])
    assert to_fetch() == []


def test_orders_nobody_came_for_are_told_to_the_staff_with_how_often(till, session):
    often, once = till.people[:2]
    first = till.order(often)
    till.wait(days=80)
    orders = [till.order(often), till.order(once)]
    collected = till.order(once)
    till.scan(collected)
    till.wait(days=7)
    found = no_shows(session, till.community_id, till.shop_id, now=till.now)
    assert {one.order.id: one.times for one in found} == {orders[0].id: 2, orders[1].id: 1, first.id: 2}
    session.rollback()
    assert till.view(orders[0]).state == "lapsed"
    till.wait(days=60)
    found = no_shows(session, till.community_id, till.shop_id, now=till.now)
    assert {one.order.id: one.times for one in found} == {orders[0].id: 1, orders[1].id: 1}


def test_the_last_day_of_an_order_is_told(till):
    order = till.order(till.people[0])
    view = till.view(order)
    assert not view.is_last_day(order.expires_at - timedelta(days=1, seconds=1))
    assert view.is_last_day(order.expires_at - timedelta(days=1))
    till.scan(order)
    assert not till.view(order).is_last_day(till.now + timedelta(days=6, hours=5))


def test_a_wallet_is_whole_after_many_moves(till, mill, session):
    person = till.people[0]
    order = till.order(person, ("A01", 1))
    for shop_id in (mill, till.shop_id) * 3:
        move(till, person, order, shop_id)
    today = till.now.date()
    found = wallet(session, till.community_id, till.wallet_id(person), now=till.now, today=today).view
    assert (found.available, found.held) == (96, 4)
