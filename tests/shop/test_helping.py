"""A helper acts for somebody only while a session lasts that their card and PIN opened."""

from __future__ import annotations

import uuid

import pytest

from app.database import db
from points.errors import DomainError
from points.people.cards import RevokeCard, revoke_card
from points.people.helping import LASTS, CloseHelping, close_helping, helpings_of, live_helping
from points.people.operations import IssueCard, issue_card
from shop.codes.helping import HelpingOpened, OpenHelping, open_helping
from shop.codes.pins import RemovePin, SetPin, pin_state, remove_pin, set_pin
from tests.shop.phones import given_card
from tests.shop.till import Till, given_till

PIN = "2580"


@pytest.fixture
def shop(session) -> Till:
    """A shop with three households; the first has a card and a PIN."""
    till = given_till(households=3, points=0, pieces=0, goods=())
    till.card = given_card(till, till.people[0])
    till.run(set_pin, SetPin(till.community_id, till.keeper.id, till.people[0].id, PIN))
    return till


def opened(shop: Till, *, pin: str = PIN, code: str | None = None, helper: int = 1) -> HelpingOpened:
    command = OpenHelping(shop.community_id, shop.people[helper].id, code or shop.card, pin)
    return shop.run(open_helping, command)


def goes_on(shop: Till, session_id: uuid.UUID, helper: int = 1) -> bool:
    db.session.rollback()
    found = live_helping(db.session(), shop.community_id, session_id, shop.people[helper].id, now=shop.now)
    return found is not None


def refusal(shop: Till, **how: object) -> str:
    with pytest.raises(DomainError) as caught:
        opened(shop, **how)
    return caught.value.code


def test_card_and_pin_open_it_and_it_ends_by_itself(shop: Till) -> None:
    key = opened(shop).session_id
    assert goes_on(shop, key)
    shop.wait(seconds=LASTS.total_seconds() - 1)
    assert goes_on(shop, key)
    shop.wait(seconds=1)
    assert not goes_on(shop, key)


def test_it_is_nobody_elses(shop: Till) -> None:
    key = opened(shop).session_id
    assert not goes_on(shop, key, helper=2)
    assert not goes_on(shop, uuid.uuid4())


def test_a_wrong_pin_opens_nothing_and_counts(shop: Till) -> None:
    assert opened(shop, pin="1111") == HelpingOpened("wrong")
    db.session.rollback()
    assert pin_state(db.session(), shop.community_id, shop.people[0].id).tries_left == 4
    assert [opened(shop, pin="1111").pin for _ in range(4)] == ["wrong"] * 3 + ["locked"]
    assert opened(shop).pin == "locked"
    db.session.rollback()
    assert helpings_of(db.session(), shop.community_id) == []


def test_what_opens_nothing_says_why(shop: Till) -> None:
    assert refusal(shop, code="NOTACODE") == "code_not_ours"
    assert refusal(shop, helper=0) == "helping_oneself"
    without_pin = given_card(shop, shop.people[2])
    assert opened(shop, code=without_pin).pin == "unset"
    old = shop.card
    shop.run(issue_card, IssueCard(shop.community_id, shop.people[0].id, shop.keeper.id, replace=True))
    assert refusal(shop, code=old) == "card_replaced"


def test_a_card_that_is_lost_ends_it_at_once(shop: Till) -> None:
    key = opened(shop).session_id
    shop.run(revoke_card, RevokeCard(shop.community_id, shop.keeper.id, shop.people[0].id))
    assert not goes_on(shop, key)


@pytest.mark.parametrize("how", ["new", "removed", "locked"])
def test_a_pin_that_is_no_more_ends_it_at_once(shop: Till, how: str) -> None:
    key, elder = opened(shop).session_id, shop.people[0].id
    if how == "new":
        shop.run(set_pin, SetPin(shop.community_id, elder, elder, "1470"))
    elif how == "removed":
        shop.run(remove_pin, RemovePin(shop.community_id, elder, elder))
    else:
        for _ in range(5):
            assert goes_on(shop, key)
            opened(shop, pin="1111", helper=2)
    assert not goes_on(shop, key)


def test_one_at_a_time_and_done_is_done(shop: Till) -> None:
    first = opened(shop).session_id
    shop.wait(minutes=1)
    second = opened(shop).session_id
    assert (goes_on(shop, first), goes_on(shop, second)) == (False, True)
    shop.run(close_helping, CloseHelping(shop.community_id, shop.people[2].id, second))  # not this helper's
    assert goes_on(shop, second)
    shop.wait(minutes=1)
    shop.run(close_helping, CloseHelping(shop.community_id, shop.people[1].id, second))
    assert not goes_on(shop, second)
    ended = shop.now
    shop.wait(minutes=1)
    shop.run(close_helping, CloseHelping(shop.community_id, shop.people[1].id, second))
    db.session.rollback()
    assert [one.ended_at for one in helpings_of(db.session(), shop.community_id)][0] == ended


def test_both_find_it_in_their_list_and_nobody_else_does(shop: Till) -> None:
    opened(shop)
    db.session.rollback()
    lists = [helpings_of(db.session(), shop.community_id, member_id=person.id) for person in shop.people[:3]]
    assert [len(lines) for lines in lists] == [1, 1, 0]
    (line,) = lists[0]
    assert (line.helper, line.member, line.acts) == (shop.people[1].name, shop.people[0].name, ())
