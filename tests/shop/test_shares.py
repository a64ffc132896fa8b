"""Who of a household brought points in and for whom they went, on both databases."""

from datetime import timedelta

import sqlalchemy as sa

from app import clock
from points.ledger.operations import account_id_of, settle
from shop.counter.slips import slip_by_nonce, slip_of_order
from shop.orders.basket import FillBasket, basket_at, fill_basket
from shop.orders.operations import Wanted
from shop.orders.preparing import no_shows, pieces_to_pack
from shop.orders.shares import shares_of_household
from shop.queries import orders_to_collect
from tests.builders import MONDAY, given_points, given_village
from tests.shop.till import given_till


def test_shares_are_sums_of_what_was_booked_by_member(session):
    village = given_village(with_credentials=False)
    first, day = village.residents[0], MONDAY + timedelta(days=5)
    given_points(village, first, 10)
    given_points(village, first, 6, at=MONDAY + timedelta(days=3))
    common = account_id_of(session, village.community_id, "household", first.household_id)

    def shares(now):
        found = shares_of_household(session, village.community_id, common, since=MONDAY, now=now)
        session.rollback()
        return [(one.name, one.earned, one.fetched) for one in found]

    assert shares(MONDAY + timedelta(days=1)) == []
    assert shares(day) == [(first.name, 10, 0)]
    with clock.at(day):
        settle(session, village.community_id, now=day)
        session.commit()
    assert shares(day) == [(first.name, 10, 0)]
    assert shares(day + timedelta(days=5)) == [(first.name, 16, 0)]


def test_what_was_fetched_and_undone_counts_with_whose_order_it_was(till, session):
    person = till.people[0]
    order, other = till.order(person, ("A01", 3)), till.order(person, ("A01", 1), ("A03", 2))
    till.scan(order, "scan-1")
    till.scan(other, "scan-2")
    slip = slip_by_nonce(session, till.community_id, "scan-1")
    assert (slip.points, slip.available, slip.annulled_at) == (12, 82, None)
    assert [(line.quantity, line.points) for line in slip.lines] == [(3, 12)]
    till.wait(minutes=5)
    till.annul("scan-1")
    assert slip_of_order(session, till.community_id, order.id).annulled_at == till.now
    found = shares_of_household(
        session, till.community_id, till.wallet_id(person), since=MONDAY, now=till.now + timedelta(hours=1)
    )
    assert [(one.name, one.earned, one.fetched) for one in found] == [(person.name, 0, 6)]


def test_the_pages_need_the_same_statements_for_one_order_as_for_many(session):
    till = given_till(households=3)
    counted = []

    def statements():
        sent = []
        engine = session.get_bind()
        listener = lambda *args: sent.append(args[2])  # noqa: E731
        sa.event.listen(engine, "before_cursor_execute", listener)
        for person in till.people:
            basket_at(session, till.community_id, person.id, till.shop_id, now=till.now)
        for query in (orders_to_collect, pieces_to_pack, no_shows):
            query(session, till.community_id, till.shop_id, now=till.now)
        sa.event.remove(engine, "before_cursor_execute", listener)
        session.rollback()
        return len(sent)

    for _round in range(2):
        for person in till.people:
            lines = tuple(Wanted(till.items[code], 1) for code in ("A01", "A03"))
            till.run(fill_basket, FillBasket(till.community_id, person.id, till.shop_id, lines))
            till.order(person, ("A01", 1), ("A03", 1))
        till.wait(days=8)
        for person in till.people:
            till.order(person, ("A01", 1), ("A03", 1))
        counted.append(statements())
    assert counted[0] == counted[1]
