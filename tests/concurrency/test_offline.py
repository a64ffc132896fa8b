"""Phones that tell of their hand-overs all at once, with a counter on line beside them."""

from collections import Counter
from functools import partial

import pytest

from app.database import db
from shop.offline.queries import allowances_of
from tests.concurrency.crowd import all_at_once
from tests.shop.phones import given_card, given_device, reserve, told
from tests.shop.till import given_till

PHONES = 3


@pytest.fixture
def till(site, session, nobody_listens):
    """Three households with 100 points each."""
    till = given_till(households=PHONES, points=100, pieces=200)
    yield till
    assert till.wrong_numbers() == []


def test_uploads_at_once_book_each_hand_over_once_and_overdraw_nobody(site, till):
    person = till.people[0]
    phones = [given_device(till, f"{at}号机") for at in range(PHONES)]
    card, order = given_card(till, person), till.order(person, ("A01", 5))
    for phone in phones:
        reserve(till, phone, points=10)
    assert (till.purse(person).available, till.purse(person).held) == (50, 50)
    sales = [
        partial(told, till, phone, card, ("A03", 4), nonce=f"sale-{at}-{turn}")
        for at, phone in enumerate(phones)
        for turn in (1, 2, 3)
    ]
    outcomes = all_at_once(site, sales + sales)
    assert all(str(one) == str(two) for one, two in zip(outcomes[:9], outcomes[9:], strict=True))
    assert Counter(outcome.reason for outcome in outcomes[:9]) == {None: 6, "insufficient_points": 3}
    collected = all_at_once(
        site,
        [partial(told, till, phone, order.code, nonce=f"order-{at}") for at, phone in enumerate(phones)]
        + [partial(till.scan, order, "on-line")],
    )
    assert Counter(outcome.status for outcome in collected)["ok"] == 1
    assert (till.purse(person).available, till.purse(person).held) == (50, 6)
    left = allowances_of(db.session(), till.community_id, person.household_id, person.id, now=till.now)
    assert [one.left for one in left] == [2] * PHONES
