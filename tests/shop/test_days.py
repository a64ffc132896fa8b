"""The close of a shop's day and the shifts at its counter: what was redeemed and counted stays as it was seen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.database import db
from points.errors import DomainError
from shop.settlement.days import (
    CloseDay,
    Counted,
    CountersignDay,
    close_day,
    countersign_day,
    day_by_id,
    moved_on,
    open_days,
)
from shop.settlement.shifts import BeginShift, EndShift, begin_shift, end_shift, running_shift, shift_report
from shop.stock.places import SetPlaces, set_places
from tests.shop.lent_and_served import given_wide_till
from tests.shop.till import ZONE, Till, day_of, sold


def test_a_shift_begins_with_its_first_scan_and_its_report_counts_every_answer(till: Till):
    with pytest.raises(DomainError, match="no_shift"):
        till.run(end_shift, EndShift(till.community_id, till.staff.id, till.shop_id))
    began = till.now
    nonce = sold(till, 0, 5)
    till.wait(minutes=5)
    sold(till, 1, 2)
    again = till.order(till.people[2], ("A03", 1))
    till.scan(again, device="phone-2")
    assert till.scan(again).reason == "already_redeemed"
    till.annul(nonce)
    db.session.rollback()
    running = running_shift(db.session(), till.community_id, till.shop_id, till.staff.id, now=till.now)
    assert (running.began_at, running.id) == (began, None)
    till.run(end_shift, EndShift(till.community_id, till.staff.id, till.shop_id))
    lines = shift_report(db.session(), till.community_id, till.shop_id, began, till.now)
    assert [(line.device, line.handed_over, line.points, line.annulled, line.annulled_points) for line in lines] == [
        ("phone-1", 1, 2, 1, 5), ("phone-2", 1, 1, 0, 0),
    ]  # fmt: skip
    assert [line.refused for line in lines] == [{"already_redeemed": 1}, {}]
    db.session.rollback()
    till.wait(minutes=1)
    assert till.run(begin_shift, BeginShift(till.community_id, till.staff.id, till.shop_id)) == till.now
    begun, _wait = till.now, till.wait(minutes=1)
    assert till.run(begin_shift, BeginShift(till.community_id, till.staff.id, till.shop_id)) == begun


def test_a_close_never_changes_and_what_came_late_is_in_the_next(till: Till):
    today = day_of(till.now)
    first_scan = till.now
    sold(till, 0, 5)
    command = CloseDay(
        till.community_id, till.staff.id, till.shop_id, today, (Counted(till.items["A03"], 14),)
    )
    with pytest.raises(DomainError, match="difference_needs_note"):
        till.run(close_day, command)
    counted = (Counted(till.items["A03"], 14, "少一件，正在找"), Counted(till.items["A01"], 20))
    close_id = till.run(close_day, CloseDay(till.community_id, till.staff.id, till.shop_id, today, counted))
    with pytest.raises(DomainError, match="day_closed"):
        till.run(close_day, command)
    with pytest.raises(DomainError, match="signed_by_same_person"):
        till.run(countersign_day, CountersignDay(till.community_id, till.staff.id, close_id))
    till.run(countersign_day, CountersignDay(till.community_id, till.people[0].id, close_id))
    late = till.order(till.people[1], ("A03", 2))
    till.wait(days=1)
    till.scan(late, scanned_at=first_scan, offline=True)
    sold(till, 2, 4)
    second = till.run(
        close_day, CloseDay(till.community_id, till.staff.id, till.shop_id, today + timedelta(days=1))
    )
    db.session.rollback()
    day, goods = day_by_id(db.session(), till.community_id, close_id)
    assert (day.points, day.earlier, day.second) == (5, 0, till.people[0].name)
    counted = [(one.booked, one.counted, one.note) for one in goods]
    assert counted == [(20, 20, ""), (20, None, ""), (15, 14, "少一件，正在找"), (20, None, "")]
    day, goods = day_by_id(db.session(), till.community_id, second)
    assert (day.redeemed, day.earlier, day.second) == (6, 2, None)
    assert [one.booked for one in goods] == [9]


def test_a_day_that_is_over_is_closed_once_with_what_was_recorded_in_it(till: Till):
    monday = day_of(till.now)
    sold(till, 0, 5)
    till.wait(days=1)
    sold(till, 1, 3)
    days = open_days(
        db.session(), till.community_id, till.shop_id, today=day_of(till.now), zone="Asia/Shanghai"
    )
    assert days == [monday + timedelta(1), monday]
    close = {day: CloseDay(till.community_id, till.staff.id, till.shop_id, day) for day in days}
    closes = [till.run(close_day, close[day]) for day in reversed(days)]
    assert [day_by_id(db.session(), till.community_id, one)[0].points for one in closes] == [5, 3]
    with pytest.raises(DomainError, match="later_day_closed"):
        till.run(close_day, close[monday])
    till.wait(days=9)
    late = CloseDay(till.community_id, till.staff.id, till.shop_id, monday + timedelta(2))
    with pytest.raises(DomainError, match="day_long_over"):
        till.run(close_day, late)


def test_only_what_stands_on_a_shelf_is_counted_but_a_day_of_services_is_closed_too(session):
    till, _partner = given_wide_till()
    till.wait(days=1)
    day = day_of(till.now)
    places = SetPlaces(
        till.community_id,
        till.keeper.id,
        till.a_key(),
        till.shop_id,
        till.items["S01"],
        15,
        "理发店答应再做几次",
    )
    till.run(set_places, places)
    till.sell(till.phone_of(till.people[0])(), ("S01", 1))
    look = db.session(), till.community_id, till.shop_id
    assert moved_on(*look, day, ZONE) == []
    till.wait(days=3)
    assert day in open_days(*look, today=day_of(till.now), zone=ZONE)
