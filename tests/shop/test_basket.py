"""A basket holds nothing until it is ordered, and nothing is ordered at a price that nobody saw."""

import pytest
import sqlalchemy as sa

from points.errors import Conflict, DomainError, Invalid, NotFound
from shop.catalogue.editing import EditItem, ItemDetails, ShelfPlan, edit_item
from shop.catalogue.models import Item
from shop.catalogue.operations import ImportCatalogue, OfferItem, import_catalogue, offer_item
from shop.orders.basket import (
    FillBasket,
    OrderAgain,
    TakeOut,
    basket_at,
    baskets_of,
    fill_basket,
    order_again,
    take_out,
)
from shop.orders.operations import PlaceOrder, Wanted, place_order
from tests.shop.till import an_item, given_till


def fill(till, person, *lines, shop_id=None):
    wanted = tuple(Wanted(till.items[code], quantity) for code, quantity in lines)
    till.run(fill_basket, FillBasket(till.community_id, person.id, shop_id or till.shop_id, wanted))


def held(till, person, session):
    found = basket_at(session, till.community_id, person.id, till.shop_id, now=till.now)
    return {line.item.code: (line.quantity, line.points_seen, line.points) for line in found}


def confirm(till, person, *lines, key=""):
    """The basket, ordered as its page shows it; lines as (code, quantity, price seen)."""
    wanted = tuple(Wanted(till.items[code], *rest) for code, *rest in lines)
    command = PlaceOrder(
        till.community_id, person.id, key or till.a_key(), till.shop_id, wanted, from_basket=True
    )
    return till.run(place_order, command)


def test_a_basket_over_several_items_becomes_one_order_and_is_empty(till, session):
    person, other = till.people[:2]
    fill(till, person, ("A01", 1), ("A03", 5))
    fill(till, person, ("A01", 2))
    fill(till, other, ("A01", 1))
    assert held(till, person, session) == {"A01": (2, 4, 8), "A03": (5, 1, 5)}
    assert (till.purse(person).held, till.shelf("A01")) == (0, (20, 0))
    with pytest.raises(Conflict, match="out_of_stock"):
        confirm(till, person, ("A01", 2, 4), ("A03", 21, 1))
    assert len(held(till, person, session)) == 2
    orders = [confirm(till, person, ("A01", 2, 4), ("A03", 5, 1), key="basket-1") for _sent in range(2)]
    assert (orders[0], orders[0].points, till.purse(person).held) == (orders[1], 13, 13)
    assert (held(till, person, session), baskets_of(session, till.community_id, other.id)) == (
        {}, {till.shop_id: 1},
    )  # fmt: skip


def test_what_another_phone_put_in_meanwhile_stays(till, session):
    person = till.people[0]
    fill(till, person, ("A01", 1), ("A03", 1))
    confirm(till, person, ("A01", 1, 4))
    assert held(till, person, session) == {"A03": (1, 1, 1)}
    command = TakeOut(till.community_id, person.id, till.shop_id, (till.items["A03"], till.items["A01"]))
    for _tap in range(2):
        till.run(take_out, command)
    assert held(till, person, session) == {}


def test_a_price_that_changed_orders_nothing_until_it_was_seen(till, session):
    person = till.people[0]
    fill(till, person, ("A01", 2), ("A03", 1))
    till.run(import_catalogue, ImportCatalogue(till.community_id, None, (an_item("A01", 6),)))
    with pytest.raises(Conflict) as caught:
        confirm(till, person, ("A01", 2, 4), ("A03", 1, 1))
    facts = caught.value.facts
    assert (caught.value.code, facts["item_zh"], facts["old"], facts["new"]) == (
        "price_changed",
        "货A01",
        4,
        6,
    )
    assert (till.purse(person).held, till.shelf("A01")) == (0, (20, 0))
    assert held(till, person, session) == {"A01": (2, 4, 12), "A03": (1, 1, 1)}
    assert confirm(till, person, ("A01", 2, 6), ("A03", 1, 1)).points == 13


def refused(till, command):
    with pytest.raises(DomainError) as caught:
        till.run(fill_basket, command)
    return type(caught.value), caught.value.code


def test_what_cannot_be_ordered_cannot_be_put_in(session):
    goods = tuple((f"B{n:02d}", 1, None, None) for n in range(21))
    till, other = (
        given_till(households=1, goods=goods, pieces=0),
        given_till(code="other", number=2, pieces=0),
    )
    person, items = till.people[0], list(till.items.values())

    def filled(*lines, shop_id=None, actor=None):
        return FillBasket(till.community_id, (actor or person).id, shop_id or till.shop_id, lines)

    for quantity in (0, -1, 100, 10**9):
        assert refused(till, filled(Wanted(items[0], quantity))) == (Invalid, "quantity_wrong")
    assert refused(till, filled()) == (Invalid, "order_empty")
    assert refused(till, filled(Wanted(other.items["A01"], 1))) == (NotFound, "item_not_found")
    assert refused(till, filled(Wanted(items[0], 1), shop_id=other.shop_id)) == (NotFound, "shop_not_found")
    assert refused(till, filled(Wanted(items[0], 1), actor=other.people[0])) == (NotFound, "member_not_found")
    till.run(offer_item, OfferItem(till.community_id, None, items[20], False, "试一试"))
    assert refused(till, filled(Wanted(items[20], 1))) == (Conflict, "item_not_offered")
    till.run(fill_basket, filled(*(Wanted(one, 1) for one in items[:19])))
    assert refused(till, filled(Wanted(items[18], 2), Wanted(items[19], 1), Wanted(items[20], 1))) == (
        Conflict, "item_not_offered",
    )  # fmt: skip
    till.run(offer_item, OfferItem(till.community_id, None, items[20], True, "试一试"))
    till.run(fill_basket, filled(Wanted(items[19], 1)))
    assert refused(till, filled(Wanted(items[20], 1))) == (Invalid, "too_many_lines")
    assert baskets_of(session, till.community_id, person.id) == {till.shop_id: 20}


def test_the_same_again_puts_what_is_still_offered_into_the_basket(till, session):
    person, other = till.people[:2]
    order = till.order(person, ("A01", 2), ("A03", 5))
    till.wait(days=8)
    again = OrderAgain(till.community_id, person.id, order.id)
    with pytest.raises(NotFound, match="order_not_found"):
        till.run(order_again, OrderAgain(till.community_id, other.id, order.id))
    till.run(offer_item, OfferItem(till.community_id, None, till.items["A03"], False, "试一试"))
    done = [till.run(order_again, again) for _tap in range(2)]
    assert [(one.shop_id, one.left_out) for one in done] == [(till.shop_id, 1)] * 2
    assert held(till, person, session) == {"A01": (2, 4, 8)}
    till.run(offer_item, OfferItem(till.community_id, None, till.items["A01"], False, "试一试"))
    with pytest.raises(Conflict, match="nothing_offered_again"):
        till.run(order_again, again)


def test_the_same_again_leaves_out_what_its_shop_no_longer_hands_out(till, session):
    person = till.people[0]
    order = till.order(person, ("A01", 2), ("A03", 5))
    away = (ShelfPlan(till.shop_id, is_sold=False),)
    details = ItemDetails("A03", "goods", "货A03")
    till.run(edit_item, EditItem(till.community_id, till.keeper.id, till.items["A03"], details, (), away))
    again = till.run(order_again, OrderAgain(till.community_id, person.id, order.id))
    assert (again.left_out, held(till, person, session)) == (1, {"A01": (2, 4, 8)})


def test_an_announced_price_counts_from_its_moment_on(till, session):
    def announce(session, points, *, now):
        here = (Item.community_id == till.community_id, Item.id == till.items["A01"])
        session.execute(
            sa.update(Item).where(*here).values(next_points=points, next_reference_fen=1, next_from=now)
        )

    till.run(announce, 9)
    with pytest.raises(Conflict, match="price_changed"):
        confirm(till, till.people[0], ("A01", 1, 4))
    assert confirm(till, till.people[0], ("A01", 1, 9)).points == 9
