"""An order holds points and stock until it is collected, cancelled, or its time is over."""

from datetime import date, timedelta

import pytest

from points.errors import Conflict, DomainError, Gone, Invalid, NotFound
from points.ledger.operations import close_account
from shop.catalogue.operations import (
    ImportCatalogue,
    OfferItem,
    OpenShop,
    import_catalogue,
    offer_item,
    open_shop,
)
from shop.orders.operations import PlaceOrder, Wanted, place_order, release_lapsed
from shop.queries import limits_left, orders_of_household
from tests.shop.till import LATER, SOON, ZONE, an_item, given_till


def code_of(till, command):
    with pytest.raises(DomainError) as caught:
        till.run(place_order, command)
    return caught.value


def test_an_order_sets_goods_aside_and_holds_the_points(till):
    person = till.people[0]
    order = till.order(person, ("A01", 2), ("A03", 5))
    assert (order.state, order.points, order.expires_at) == ("placed", 13, till.now + timedelta(days=7))
    assert (till.shelf("A01"), till.shelf("A03"), till.free("A01")) == ((20, 2), (20, 5), 18)
    assert (till.purse(person).available, till.purse(person).held) == (87, 13)
    assert till.register("A01") == [("received", 20)]


def test_cancelling_gives_points_with_their_days_and_goods_back_once(till):
    person = till.people[0]
    till.give(person, 6, expires_on=SOON)
    before = till.purse(person)
    assert before.expiring == ((SOON, 6), (LATER, 100))
    order = till.order(person, ("A01", 4))
    assert till.purse(person).expiring == ((LATER, 90),)
    assert [till.cancel(person, order) for _ in range(2)] == ["cancelled", "cancelled"]
    assert (till.purse(person), till.shelf("A01"), till.state(order)) == (before, (20, 0), "cancelled")


def test_when_the_time_is_over_points_and_goods_are_back_without_a_job(till):
    person, other = till.people[:2]
    till.give(person, 6, expires_on=SOON)
    before = till.purse(person)
    order = till.order(person, ("A01", 20))
    assert code_of(till, till.wanted(other, ("A01", 1))).code == "out_of_stock"
    till.wait(days=7)
    assert (till.state(order), till.free("A01"), till.purse(person)) == ("lapsed", 20, before)
    till.order(other, ("A01", 20))
    assert (till.shelf("A01"), till.state(order)) == ((20, 20), "lapsed")


def test_an_order_is_there_until_its_last_second(till):
    order = till.order(till.people[0])
    till.now = order.expires_at - timedelta(seconds=1)
    assert till.state(order) == "placed"
    till.now = order.expires_at
    assert till.state(order) == "lapsed"


def test_the_job_that_puts_lapsed_goods_back_changes_nothing_that_anybody_reads(till, session):
    first, second = (till.order(person, ("A01", 3), ("A03", 2)) for person in till.people[:2])
    till.wait(days=8)
    before = [till.view(order) for order in (first, second)], till.free("A01"), till.purse(till.people[0])

    def release(session, shop_id, *, now):
        return release_lapsed(session, till.community_id, shop_id, now=now)

    assert [till.run(release, till.shop_id) for _ in range(2)] == [2, 0]
    after = [till.view(order) for order in (first, second)], till.free("A01"), till.purse(till.people[0])
    assert [order.ended_at for order in after[0]] == [first.expires_at, second.expires_at]
    assert [(order.id, order.state) for order in after[0]] == [(order.id, order.state) for order in before[0]]
    assert (after[1:], till.shelf("A01")) == (before[1:], (20, 0))


def test_points_held_by_an_order_do_not_end_under_it_but_do_when_they_come_back(session):
    till = given_till(points=0, order_days=90)
    person = till.people[0]
    till.give(person, 10, expires_on=date(2026, 10, 31))
    order = till.order(person, ("A02", 1))
    till.now = order.expires_at - timedelta(days=1)
    assert (till.purse(person).held, till.scan(order, dry_run=True).status) == (10, "ok")
    till.cancel(person, order)
    assert (till.purse(person).available, till.purse(person).held) == (0, 0)
    assert till.wrong_numbers() == []


def test_a_limit_counts_all_orders_of_the_household_in_the_period(till):
    person = till.people[0]
    till.order(person, ("A02", 1))
    error = code_of(till, till.wanted(person, ("A02", 2)))
    assert (error.code, error.facts["left"]) == ("limit_reached", 1)
    till.order(person, ("A02", 1))
    assert code_of(till, till.wanted(person, ("A02", 1))).facts["left"] == 0
    till.order(till.people[1], ("A02", 2))


def test_collected_pieces_count_until_the_period_is_over_in_the_communitys_own_zone(till):
    person = till.people[0]
    till.scan(till.order(person, ("A02", 2)))
    till.now = till.now.replace(month=9, day=30, hour=15, minute=59)
    assert code_of(till, till.wanted(person, ("A02", 1))).code == "limit_reached"
    till.wait(minutes=1)  # midnight in Shanghai, still September in Greenwich
    till.order(person, ("A02", 2))


@pytest.mark.parametrize("end", ["cancelled", "lapsed", "annulled"])
def test_what_was_given_back_uses_no_limit_up(till, session, end):
    person = till.people[0]
    order = till.order(person, ("A02", 2))
    if end == "cancelled":
        till.cancel(person, order)
    elif end == "lapsed":
        till.wait(days=7)
    else:
        till.scan(order, "scan-1")
        till.annul("scan-1")
    assert till.state(order) == end
    till.order(person, ("A02", 2))


def test_what_is_left_of_each_limit_can_be_shown(till, session):
    till.order(till.people[0], ("A02", 1))
    buyer = till.people[0]
    left = limits_left(
        session, till.community_id, household_id=buyer.household_id, member_id=buyer.id, item_ids=list(till.items.values()),
        zone=ZONE, now=till.now,
    )  # fmt: skip
    assert left == {till.items["A02"]: 1, till.items["A04"]: 1}


def test_two_orders_cannot_both_have_the_last_piece(till):
    till.order(till.people[0], ("A03", 19))
    till.order(till.people[1], ("A03", 1))
    error = code_of(till, till.wanted(till.people[2], ("A03", 1)))
    assert (error.code, error.facts["item_zh"], error.facts["item_en"]) == (
        "out_of_stock",
        "货A03",
        "goods A03",
    )


def test_an_order_is_taken_whole_or_not_at_all(till):
    till.order(till.people[0], ("A03", 20))
    before = till.purse(till.people[1])
    assert code_of(till, till.wanted(till.people[1], ("A01", 1), ("A03", 1))).code == "out_of_stock"
    assert (till.shelf("A01"), till.purse(till.people[1])) == ((20, 0), before)


def test_who_has_too_few_points_is_told_how_many_are_missing(till):
    error = code_of(till, till.wanted(till.people[0], ("A01", 20), ("A02", 2), ("A03", 1)))
    assert (error.code, error.facts) == (
        "insufficient_points",
        {"available": 100, "points": 101, "missing": 1},
    )
    assert (till.shelf("A01"), till.purse(till.people[0]).held) == ((20, 0), 0)


def test_the_same_request_again_is_the_same_order(till, session):
    command = till.wanted(till.people[0], ("A01", 2), key="order-key-1")
    assert till.run(place_order, command) == till.run(place_order, command)
    assert (till.shelf("A01"), till.purse(till.people[0]).held) == ((20, 2), 8)
    assert (
        len(orders_of_household(session, till.community_id, till.people[0].household_id, now=till.now)) == 1
    )


def test_the_same_key_with_other_content_is_a_conflict(till):
    till.order(till.people[0], ("A01", 2), key="order-key-1")
    for command in (
        till.wanted(till.people[0], ("A01", 3), key="order-key-1"),
        till.wanted(till.people[0], ("A03", 2), key="order-key-1"),
        till.wanted(till.people[1], ("A01", 2), key="order-key-1"),
    ):
        assert code_of(till, command).code == "request_key_reused"


def test_a_repeat_after_the_end_tells_the_order_as_it_is(till):
    command = till.wanted(till.people[0], ("A01", 2), key="order-key-1")
    order = till.run(place_order, command)
    till.cancel(till.people[0], order)
    assert till.run(place_order, command).state == "cancelled"


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ((), "order_empty"),
        ((("A01", 0),), "quantity_wrong"),
        ((("A01", -1),), "quantity_wrong"),
        ((("A01", 100),), "quantity_wrong"),
        ((("A01", 1), ("A01", 1)), "too_many_lines"),
    ],
)
def test_a_form_that_makes_no_order_is_refused(till, lines, code):
    error = code_of(till, till.wanted(till.people[0], *lines))
    assert (type(error), error.code) == (Invalid, code)


def test_shops_goods_and_members_of_elsewhere_are_not_found(till, session):
    other = given_till(code="other", number=2)
    person = till.people[0]
    elsewhere = (Wanted(other.items["A01"], 1),)
    for command, code in (
        (till.wanted(person, ("A01", 1), shop_id=other.shop_id), "shop_not_found"),
        (PlaceOrder(till.community_id, person.id, till.a_key(), till.shop_id, elsewhere), "item_not_found"),
        (till.wanted(other.people[0], ("A01", 1)), "member_not_found"),
    ):
        error = code_of(till, command)
        assert (type(error), error.code) == (NotFound, code)


def test_what_was_taken_off_the_list_cannot_be_ordered(till):
    till.run(offer_item, OfferItem(till.community_id, None, till.items["A01"], False, "试一试"))
    assert code_of(till, till.wanted(till.people[0], ("A01", 1))).code == "item_not_offered"
    till.run(offer_item, OfferItem(till.community_id, None, till.items["A01"], True, "试一试"))
    till.order(till.people[0], ("A01", 1))


def test_goods_of_one_shop_are_not_goods_of_another(till):
    mill = till.run(open_shop, OpenShop(till.community_id, None, "磨坊店"))
    assert code_of(till, till.wanted(till.people[0], ("A01", 1), shop_id=mill)).code == "out_of_stock"
    till.receive("A01", 1, shop_id=mill)
    till.order(till.people[0], ("A01", 1), shop_id=mill)
    assert till.shelf("A01") == (20, 0)


def test_an_order_keeps_the_price_of_its_day(till):
    order = till.order(till.people[0], ("A01", 2))
    till.run(import_catalogue, ImportCatalogue(till.community_id, None, (an_item("A01", 9),)))
    assert till.scan(order).body["redemption"]["points"] == 8
    assert till.order(till.people[0], ("A01", 2)).points == 18


def test_only_the_household_cancels_and_only_what_is_still_waiting(till):
    order = till.order(till.people[0])
    with pytest.raises(NotFound, match="order_not_found"):
        till.cancel(till.people[1], order)
    till.scan(order, "scan-1")
    with pytest.raises(Conflict, match="order_collected"):
        till.cancel(till.people[0], order)
    till.annul("scan-1")
    with pytest.raises(Conflict, match="order_annulled"):
        till.cancel(till.people[0], order)
    late = till.order(till.people[0])
    till.wait(days=7)
    with pytest.raises(Gone, match="order_lapsed"):
        till.cancel(till.people[0], late)


def test_a_closed_wallet_orders_nothing(till):
    def close(session, wallet_id, *, now):
        close_account(session, till.community_id, wallet_id, now=now)

    till.run(close, till.wallet_id(till.people[0]))
    assert code_of(till, till.wanted(till.people[0], ("A01", 1))).code == "debit_account_closed"


def test_members_with_wallets_of_their_own_pay_from_their_own(session):
    till = given_till(points=0, wallet_kind="member")
    assert code_of(till, till.wanted(till.people[0], ("A01", 1))).facts["missing"] == 4
