"""How many of a service may still be given: one signature, a reason, a line of the register and of the public list."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.database import db
from points.errors import DomainError
from points.people.acts import acts_of
from shop.stock.places import SetPlaces, set_places
from tests.shop.lent_and_served import given_wide_till


@pytest.fixture
def till(session):
    till, _partner = given_wide_till()
    yield till
    assert till.wrong_numbers() == []


def places(till, count, item="S01", reason="理发店答应再做几次"):
    key = till.a_key()
    return SetPlaces(till.community_id, till.keeper.id, key, till.shop_id, till.items[item], count, reason)


def code_of(till, command):
    with pytest.raises(DomainError) as caught:
        till.run(set_places, command)
    return caught.value.code


def test_places_are_given_and_taken_with_a_line_of_their_own(till):
    more = places(till, 25)
    assert [till.run(set_places, more) for _click in range(2)] == [15, 15]
    assert (till.shelf("S01"), till.register("S01")[-1]) == ((25, 0), ("places", 15))
    told = acts_of(db.session(), till.community_id, limit=1)[0]
    assert (told.act, told.detail, told.reason) == ("places_set", "S01 货S01: 10 → 25", "理发店答应再做几次")
    assert till.run(set_places, places(till, 25)) == 0
    assert till.run(set_places, places(till, 0)) == -25
    other = ({"item_id": till.items["S02"]}, {"places": 9}, {"reason": "别的原因"})
    assert [code_of(till, replace(more, **values)) for values in other] == ["request_key_reused"] * 3


def test_a_repeat_is_known_also_after_the_places_went_on(till):
    more = places(till, 25)
    till.run(set_places, more)
    till.sell(till.phone_of(till.people[0])(), ("S01", 2))
    assert till.run(set_places, more) == 15
    assert till.shelf("S01") == (23, 0)


def test_never_fewer_than_orders_wait_for_and_never_for_goods(till):
    till.order(till.people[0], ("S01", 3))
    assert code_of(till, places(till, 2)) == "places_below_held"
    assert code_of(till, places(till, -1)) == "amount_too_small"
    assert code_of(till, places(till, 10**9)) == "amount_too_large"
    assert code_of(till, places(till, 5, reason=" ")) == "reason_needed"
    assert code_of(till, places(till, 5, item="A01")) == "item_has_pieces"
    till.wait(days=8)
    assert till.run(set_places, places(till, 2)) == -8
