"""A ticket for a day: ordered and sold until it begins, good until that day is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.database import db
from points.errors import Conflict
from shop.catalogue.editing import EditItem, ItemDetails, edit_item
from shop.queries import items_at
from shop.vouchers.queries import voucher_by_id
from tests.shop.lent_and_served import given_wide_till, sold

EVENING = datetime(2026, 9, 9, 11, 30, tzinfo=UTC)  # Wednesday, half past seven in the village
MIDNIGHT = datetime(2026, 9, 9, 16, 0, tzinfo=UTC)


@pytest.fixture
def till(session):
    """The till's S01 is the seat at an opera."""
    till, _partner = given_wide_till()
    move(till, EVENING)
    yield till
    assert till.wrong_numbers() == []


def move(till, takes_place_at: datetime) -> None:
    seat = ItemDetails("S01", "ticket", "看戏", takes_place_at=takes_place_at)
    till.run(edit_item, EditItem(till.community_id, till.keeper.id, till.items["S01"], seat))


def is_offered(till) -> bool:
    found = items_at(db.session(), till.community_id, till.shop_id, now=till.now)
    db.session.rollback()
    return till.items["S01"] in {one.id for one in found}


def test_its_voucher_ends_with_the_day(till):
    (seat,) = sold(till, "S01")
    assert (seat.takes_place_at, seat.expires_at) == (EVENING, MIDNIGHT - timedelta(microseconds=1))


def test_an_order_waits_until_it_begins_and_no_longer(till):
    order = till.order(till.people[0], ("A01", 1), ("S01", 1))
    assert order.expires_at == EVENING
    till.now = EVENING
    assert (till.state(order), till.scan(order).reason) == ("lapsed", "invalid_time")


def test_once_it_began_nobody_gets_one_any_more(till):
    code = till.phone_of(till.people[0])
    assert is_offered(till)
    till.now = EVENING
    assert not is_offered(till)
    with pytest.raises(Conflict, match="item_begun"):
        till.order(till.people[0], ("S01", 1))
    outcome = till.sell(code(), ("S01", 1))
    assert (outcome.status, outcome.reason, outcome.body["begun"]) == ("error", "invalid_time", True)
    assert till.shelf("S01") == (10, 0)


def test_when_it_is_put_off_sold_tickets_are_good_on_the_new_day(till):
    (seat,) = sold(till, "S01")
    move(till, EVENING + timedelta(days=3))
    till.now = EVENING + timedelta(days=3)
    found = voucher_by_id(db.session(), till.community_id, seat.id, now=till.now)
    assert (found.state, found.expires_at) == (
        "issued",
        MIDNIGHT + timedelta(days=3) - timedelta(microseconds=1),
    )
    db.session.rollback()


def test_when_it_is_earlier_no_order_waits_past_it(till):
    order = till.order(till.people[0], ("S01", 1))
    move(till, EVENING - timedelta(days=1))
    till.now = EVENING - timedelta(days=1)
    assert (till.state(order), till.scan(order).reason) == ("lapsed", "invalid_time")


def test_only_a_ticket_has_a_day(till):
    towel = ItemDetails("A01", "goods", "毛巾", takes_place_at=EVENING)
    till.run(edit_item, EditItem(till.community_id, till.keeper.id, till.items["A01"], towel))
    till.now = EVENING
    assert till.order(till.people[0], ("A01", 1)).expires_at > EVENING
