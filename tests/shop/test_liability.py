"""What the points promise and what stands behind them: the states that warn, and the pace they look ahead with."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.database import db
from points.gifts.operations import GivePoints, give_points
from points.ledger.cut_off import standing_at
from shop.settlement.funds import ConfirmFunds, EnterFunds, confirm_funds, enter_funds
from shop.settlement.liability import Liability, Pace, liability, pace
from shop.settlement.operations import SetUnitValue, set_unit_value
from shop.settlement.policy import COVER_ALARM, COVER_ENOUGH, cover_percent, months_left, state_of
from tests.shop.till import Till, day_of


@pytest.mark.parametrize(("shelf", "promised", "percent"), [(118, 100, 118), (199, 200, 99), (5, 0, None)])
def test_cover_is_rounded_down_and_unknown_while_nothing_is_promised(shelf, promised, percent):
    assert cover_percent(shelf, promised) == percent


@pytest.mark.parametrize(
    ("cover", "state"),
    [(None, "none"), (100, "enough"), (99, "low"), (60, "low"), (59, "alarm"), (0, "alarm")],
)
def test_a_cover_has_a_state(cover, state):
    assert state_of(cover, COVER_ENOUGH, COVER_ALARM) == state


def test_months_last_by_the_pace_of_the_last_ones():
    assert (months_left(300, 100.0), months_left(300, 0)) == (3.0, None)
    nothing_yet = pace([0, 0, 0], [0, 0, 0], 3, 50, 80)
    assert (nothing_yet, nothing_yet.state) == (Pace(0, 0.0, 0.0, None, None), "none")
    assert pace([0, 9, 3], [0, 1, 3], 3, 1, 4) == Pace(2, 6.0, 2.0, 0.5, 2.0)
    assert pace([5, 9, 3], [8, 1, 3], 1, 3, 6) == Pace(1, 3.0, 3.0, 1.0, 2.0)


@pytest.mark.parametrize(
    ("shelf", "stands", "states"),
    [
        (10, 30, ("enough", "enough")),
        (9, 29, ("low", "low")),
        (5, 10, ("low", "low")),
        (4, 9, ("alarm", "alarm")),
    ],
)
def test_the_present_pace_warns_for_the_shelf_and_for_what_is_behind(shelf, stands, states):
    found = pace([10], [10], 3, shelf, stands)
    assert (found.shelf_state, found.state) == states


def looked_at(till: Till) -> Liability:
    """A month after the morning, the month between being the only full one."""
    db.session.rollback()
    months = [(till.now - timedelta(days=30), till.now)]
    found = liability(db.session(), till.community_id, now=till.now, today=day_of(till.now), months=months)
    db.session.rollback()
    return found


def test_the_forecast_warns_while_the_cover_is_enough(till: Till):
    for person in till.people:  # all but a few points are spent
        till.scan(till.order(person, ("A03", 4), ("A04", 1)))
    for code, pieces in (("A01", 0), ("A02", 0), ("A03", 0), ("A04", 2)):
        till.count(code, pieces)
    till.wait(days=30)
    found = looked_at(till)
    assert (found.shelf.points, found.redeemed) == (14, [44])
    assert (found.present.shelf_state, found.present.state) == ("alarm", "alarm")
    steward, second = till.people[:2]
    till.run(set_unit_value, SetUnitValue(till.community_id, steward.id, 100, "会议"))
    entered = till.run(enter_funds, EnterFunds(till.community_id, steward.id, till.a_key(), 200_00, "村集体"))
    till.run(confirm_funds, ConfirmFunds(till.community_id, second.id, entered))
    found = looked_at(till)
    assert (found.present.shelf_state, found.present.state) == ("alarm", "enough")
    assert found.present.lasts == pytest.approx((14 + 200) / 44)


def test_what_the_care_pool_holds_is_owed_too(till: Till):
    before = looked_at(till)
    giver = till.people[0]
    till.run(give_points, GivePoints(till.community_id, giver.id, till.a_key(), None, 10))
    after = looked_at(till)
    assert (after.pool, after.owed, after.cover) == (10, before.owed, before.cover)
    month = standing_at(db.session(), till.community_id, till.now)
    assert (month.care_pool, month.owed) == (10, after.owed)
