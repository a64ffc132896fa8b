"""A PIN protects a card: hard to guess, never stored, locked after five wrong tries in a row however they arrive."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from app.database import db
from points.errors import DomainError, Invalid
from points.people.cards import RevokeCard, card_history, latest_cards, revoke_card
from points.people.models import AdminAct
from points.people.operations import IssueCard, issue_card
from shop.codes.models import MemberPin
from shop.codes.pins import RemovePin, SetPin, check_pin, check_pin_rules, pin_state, remove_pin, set_pin
from tests.concurrency.crowd import all_at_once
from tests.shop.till import Till, given_till


@pytest.fixture
def shop(session) -> Till:
    """A shop with two households."""
    return given_till(households=2, points=0, pieces=0, goods=())


def tried(shop: Till, pin: str, who: int = 0) -> str:
    """A try at the counter, committed like every answer of the till."""

    def operation(session, command, *, now):
        return check_pin(session, shop.community_id, shop.people[who].id, command, now=now)

    return shop.run(operation, pin)


def state(shop: Till, who: int = 0):
    db.session.rollback()
    return pin_state(db.session(), shop.community_id, shop.people[who].id)


def setting(shop: Till, pin: str = "2580", actor=None) -> SetPin:
    person = shop.people[0]
    return SetPin(shop.community_id, (actor or shop.staff).id, person.id, pin)


def told(shop: Till) -> list[str]:
    db.session.rollback()
    query = sa.select(AdminAct.act).where(
        AdminAct.community_id == shop.community_id, AdminAct.actor_id.is_not(None)
    )
    return sorted(db.session.scalars(query))


def test_five_wrong_ones_in_a_row_lock_it_and_a_new_one_unlocks(shop):
    assert (tried(shop, "2580"), state(shop).state) == ("unset", "unset")
    shop.run(set_pin, setting(shop))
    assert [tried(shop, wrong) for wrong in ("1111", "2581", "", "٢٥٨٠")] == ["wrong"] * 4
    assert (state(shop).tries_left, tried(shop, "2580"), state(shop).tries_left) == (1, "ok", 5)
    assert [tried(shop, "1357") for _ in range(5)] == ["wrong"] * 4 + ["locked"]
    locked = state(shop)
    assert (locked.state, locked.locked_at, tried(shop, "2580"), state(shop, 1).state) == (
        "locked",
        shop.now,
        "locked",
        "unset",
    )
    shop.run(set_pin, setting(shop, "8520"))
    assert (tried(shop, "2580"), tried(shop, "8520"), state(shop).state) == ("wrong", "ok", "set")
    assert tried(shop, "8520", who=1) == "unset"


@pytest.mark.usefixtures("nobody_listens")
def test_wrong_tries_at_the_same_moment_are_counted_each(shop, site):
    shop.run(set_pin, setting(shop))
    answers = all_at_once(site, [lambda: tried(shop, "1357")] * 5)
    assert sorted(answers) == ["locked", "wrong", "wrong", "wrong", "wrong"]
    assert (state(shop).state, state(shop).tries_left, tried(shop, "2580")) == ("locked", 0, "locked")


def test_the_digits_stand_nowhere_and_the_desks_acts_are_told_without_a_name(shop):
    command = setting(shop)
    shop.run(set_pin, command)
    row = db.session.scalars(sa.select(MemberPin).where(MemberPin.community_id == shop.community_id)).one()
    assert (len(row.pin_mark), "2580" in row.pin_mark, "2580" in repr(command)) == (64, False, False)
    assert row.set_by == shop.staff.id
    own = shop.people[0]
    shop.run(set_pin, setting(shop, "8520", actor=own))
    remove = RemovePin(shop.community_id, own.id, own.id)
    assert (shop.run(remove_pin, remove), shop.run(remove_pin, remove), state(shop).state) == (
        True,
        False,
        "unset",
    )
    assert told(shop) == ["pin_set"]
    shop.run(set_pin, command)
    shop.run(remove_pin, RemovePin(shop.community_id, shop.staff.id, own.id))
    assert told(shop) == ["pin_removed", "pin_set", "pin_set"]
    neighbour = SetPin(shop.community_id + 1, own.id, own.id, "2580")
    with pytest.raises(DomainError, match="member_not_found"):
        shop.run(set_pin, neighbour)


@pytest.mark.parametrize(
    ("pin", "why"),
    [("0000", "easy"), ("1234", "easy"), ("987654", "easy"), ("77777", "easy"), ("8901", "easy"), ("3210", "easy"),
     ("1960", "easy"), ("196005", "easy"), ("519601", "easy"), ("123", "valid"), ("1357913", "valid"), ("12a5", "valid"),
     ("١٣٥٨", "valid"), ("13 5", "valid"), ("", "valid"), ("2580\n", "valid")],
)  # fmt: skip
def test_what_a_finder_would_try_first_is_refused(pin, why):
    with pytest.raises(Invalid, match={"easy": "pin_too_easy", "valid": "pin_not_valid"}[why]):
        check_pin_rules(pin, 1960)


@given(st.integers(0, 9), st.sampled_from((-1, 0, 1)), st.integers(4, 6))
def test_every_run_of_digits_is_refused(first, step, length):
    pin = "".join(str((first + step * place) % 10) for place in range(length))
    with pytest.raises(Invalid, match="pin_too_easy"):
        check_pin_rules(pin, None)


def test_a_lost_card_is_stopped_and_the_next_one_has_the_next_number(shop):
    person, other = shop.people[0], shop.people[1]
    revoke = RevokeCard(shop.community_id, shop.staff.id, person.id)
    with pytest.raises(DomainError, match="no_card_in_use"):
        shop.run(revoke_card, revoke)
    issue = IssueCard(shop.community_id, person.id, shop.staff.id)
    first = shop.run(issue_card, issue)
    shop.wait(days=1)
    shop.run(revoke_card, revoke)
    with pytest.raises(DomainError, match="no_card_in_use"):
        shop.run(revoke_card, revoke)
    db.session.rollback()
    lost = latest_cards(db.session(), shop.community_id, [person.id, other.id])
    assert ([*lost], lost[person.id].version, lost[person.id].revoked_at) == ([person.id], 1, shop.now)
    assert shop.run(issue_card, issue) != first
    db.session.rollback()
    history = card_history(db.session(), shop.community_id, person.id)
    assert [(card.version, card.revoked_at is None) for card in history] == [(2, True), (1, False)]
    assert told(shop) == ["card_revoked"]
