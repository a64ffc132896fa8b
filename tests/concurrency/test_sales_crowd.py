"""Counter sales under a crowd: a code pays once, the last piece goes once, and all books stay exact."""

from collections import Counter
from functools import partial

import pytest

from points.people.operations import IssueCard, issue_card
from shop.counter.lost import CancelSale, cancel_sale
from shop.counter.operations import Outcome
from tests.concurrency.crowd import all_at_once
from tests.shop.till import given_till

PEOPLE = 10
CROWD = 50


@pytest.fixture
def till(site, session, nobody_listens):
    """Ten households with 300 points each, and a card for each."""
    till = given_till(households=PEOPLE, points=300, pieces=100)
    till.cards = [till.run(issue_card, IssueCard(till.community_id, person.id)) for person in till.people]
    yield till
    assert till.wrong_numbers() == []


def answers(outcomes):
    return Counter(one.reason or one.status if isinstance(one, Outcome) else one for one in outcomes)


def test_one_code_at_two_tills_in_the_same_second_pays_once(site, till):
    for turn in range(8):
        show = till.phone_of(till.people[turn])
        code = show()
        outcomes = all_at_once(
            site, [partial(till.sell, code, ("A03", 1), nonce=f"{turn}-{phone}") for phone in range(2)]
        )
        assert answers(outcomes) == {"ok": 1, "already_redeemed": 1}
    assert till.shelf("A03") == (92, 0)


def test_the_last_piece_goes_to_one_of_fifty(site, till):
    till.count("A04", 1)
    cards = [till.cards[at % PEOPLE] for at in range(CROWD)]
    outcomes = all_at_once(site, [partial(till.sell, card, ("A04", 1)) for card in cards])
    assert answers(outcomes)["ok"] == 1
    assert answers(outcomes).keys() <= {"ok", "out_of_stock", "rules"}
    assert till.shelf("A04") == (0, 0)


def test_a_household_at_many_tills_spends_no_more_than_its_limit_and_its_cap(site, till):
    outcomes = all_at_once(site, [partial(till.sell, till.cards[0], ("A02", 1)) for _ in range(6)])
    assert answers(outcomes) == {"ok": 2, "rules": 4}
    outcomes = all_at_once(site, [partial(till.sell, till.cards[0], ("A01", 1)) for _ in range(6)])
    assert answers(outcomes) == {"ok": 2, "incomplete": 4}  # 20 of the 30 points of the day were gone
    assert till.purse(till.people[0]).available == 300 - 28


def test_an_annulment_racing_a_refund_gives_back_once(site, till):
    for turn in range(6):
        sold = till.sell(till.cards[turn], ("A01", 2))
        nonce = sold.body["redemption"]["nonce"]
        outcomes = all_at_once(site, [partial(till.annul, nonce), partial(till.refund, sold, ("A01", 2))])
        told = [one for one in outcomes if isinstance(one, str)]
        assert len(told) == 1
        assert told[0] in ("redemption_annulled", "refunded_in_part")
        assert till.purse(till.people[turn]).available == 300


def test_a_sale_racing_its_own_cancellation_is_booked_or_not_but_never_in_doubt(site, till):
    for turn in range(8):
        give_up = CancelSale(till.community_id, till.staff.id, till.shop_id, "phone-1", f"doubt-{turn}")
        all_at_once(
            site,
            [
                partial(till.sell, till.cards[turn], ("A03", 1), nonce=f"doubt-{turn}"),
                partial(till.run, cancel_sale, give_up),
            ],
        )
        assert till.purse(till.people[turn]).available == 300
    assert till.shelf("A03") == (100, 0)
