"""Reserving for a whole village in portions: nothing twice, nothing forgotten, and one line of the public list."""

from datetime import timedelta

import pytest

from app import clock, reserving
from app.database import db
from app.jobs import STEPS
from points.errors import NotAllowed
from points.people.acts import acts_of
from points.people.queries import communities
from shop.offline import allowances
from shop.offline.allowances import ReserveAllowances, Reserved, reserve_allowances
from tests.shop.phones import given_card, given_device, reserve


@pytest.fixture
def village(till, monkeypatch):
    """Four households with cards, reserved for in portions of two."""
    monkeypatch.setattr(allowances, "PORTION", 2)
    for person in till.people:
        given_card(till, person)
    return till


def told(till):
    """What the public list says of points reserved, the oldest first."""
    db.session.rollback()
    found = acts_of(db.session(), till.community_id, kind="shop")
    return [one.detail for one in reversed(found) if one.act == "allowances_reserved"]


def held(till):
    return [till.purse(person).held for person in till.people]


def a_portion(till, phone, after=None):
    """One portion; then the power is cut."""
    command = ReserveAllowances(till.community_id, till.staff.id, phone, 10, 15, after=after)
    return till.run(reserve_allowances, command)


def test_a_run_of_many_portions_is_one_line_with_the_whole_sum(village):
    phone, other = given_device(village), given_device(village, "二号机")
    village.order(village.people[1], ("A02", 2), ("A01", 20))
    assert reserve(village, phone, points=15) == Reserved(3, 45)
    assert (told(village), held(village)) == (["一号机: 3 / 45"], [15, 100, 15, 15])
    assert (reserve(village, phone, points=15), told(village)) == (Reserved(0, 0), ["一号机: 3 / 45"])
    reserve(village, other, points=5)
    assert told(village) == ["一号机: 3 / 45", "二号机: 3 / 15"]


def test_a_run_that_was_broken_off_is_completed_by_the_next_and_reserves_nothing_twice(village):
    phone = given_device(village)
    first = a_portion(village, phone)
    assert (first.wallets, sum(held(village)), told(village)) == (2, 30, [])
    village.wait(minutes=2)
    assert reserve(village, phone, points=15) == Reserved(4, 60)
    assert (held(village), told(village)) == ([15] * 4, ["一号机: 4 / 60"])


def test_what_a_broken_run_reserved_is_told_by_the_jobs_when_nobody_completes_it(village):
    phone, [view] = given_device(village), communities(db.session())
    a_portion(village, phone)
    for minutes, runs in ((4, 0), (6, 1), (7, 0)):
        with clock.at(village.now + timedelta(minutes=minutes)):
            assert STEPS["told"](view) == runs
    assert told(village) == ["一号机: 2 / 30"]
    village.wait(minutes=10)
    assert reserve(village, phone, points=15) == Reserved(2, 30)
    assert told(village) == ["一号机: 2 / 30"] * 2


def test_a_portion_that_is_refused_leaves_the_line_of_those_before_it(village, monkeypatch):
    phone, portions = given_device(village), []

    def stopped(session, command, *, now):
        portions.append(command.after)
        if len(portions) == 2:
            raise NotAllowed("device_revoked")
        return reserve_allowances(session, command, now=now)

    monkeypatch.setattr(reserving, "reserve_allowances", stopped)
    with pytest.raises(NotAllowed, match="device_revoked"):
        reserve(village, phone, points=15)
    assert (sum(held(village)), told(village)) == (30, ["一号机: 2 / 30"])
