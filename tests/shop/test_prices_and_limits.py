"""Prices that are told beforehand, limits for a person and a household, hours, items put in by hand, wishes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from points.errors import Conflict, Invalid, NotFound
from shop.catalogue.announcing import AnnouncePrice, FoldPrices, announce_price, fold_prices
from shop.catalogue.doors import door_open
from shop.catalogue.editing import AddItem, EditItem, ItemDetails, ShelfPlan, add_item, edit_item
from shop.catalogue.hours import Hours, check_hours, is_open, next_opening, weekly
from shop.catalogue.limits import Limit
from shop.catalogue.models import ItemPrice
from shop.catalogue.operations import (
    ImportCatalogue,
    OpenShop,
    check_catalogue,
    import_catalogue,
    open_shop,
)
from shop.catalogue.prices import Told, in_force, registers, versions
from shop.catalogue.shops import SetDoor, SetOpenings, set_door, set_openings
from shop.figures import low_stock
from shop.queries import item_at, items_at, limits_left
from shop.wishes.operations import AnswerWish, BackWish, MakeWish, answer_wish, back_wish, make_wish
from shop.wishes.queries import wishes_of
from tests.shop.test_orders import code_of
from tests.shop.till import ZONE, an_item, day_of

MORNING = Hours("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "08:30", "11:00")


def price_of(till, session, code="A01"):
    found = item_at(session, till.community_id, till.shop_id, till.items[code], now=till.now)
    session.rollback()
    return found.points, found.next_points


def announce(till, points, on=None, code="A01"):
    command = AnnouncePrice(till.community_id, till.staff.id, till.items[code], points, 100, on, "进价涨了")
    return till.run(announce_price, command)


def register(till, session):
    rows = session.scalars(
        sa.select(ItemPrice).where(
            ItemPrice.community_id == till.community_id, ItemPrice.item_id == till.items["A01"]
        ).order_by(ItemPrice.announced_at, ItemPrice.id)
    )  # fmt: skip
    told = [Told(row.points, row.reference_fen, row.valid_from, row.announced_at) for row in rows]
    session.rollback()
    return told


def test_an_announced_price_counts_from_its_day_whether_or_not_a_job_has_run(till, session):
    before = till.order(till.people[0], ("A01", 1))
    tomorrow = (till.now + timedelta(hours=8, days=1)).date()
    for wrong, code in (
        (tomorrow - timedelta(days=1), "price_day_past"),
        (date(2040, 1, 1), "price_day_far"),
    ):
        with pytest.raises(Invalid, match=code):
            announce(till, 9, wrong)
    announce(till, 9, tomorrow)
    assert price_of(till, session) == (4, 9)
    till.wait(hours=1)
    announce(till, 6)  # from now on: what was announced does not come
    assert price_of(till, session) == (6, None)
    announce(till, 8, tomorrow)
    till.wait(days=1)
    assert price_of(till, session) == (8, None)
    assert till.order(till.people[1], ("A01", 2)).points == 16
    assert in_force(register(till, session), till.now).points == 8
    assert till.run(fold_prices, FoldPrices(till.community_id)) == 1
    assert till.run(fold_prices, FoldPrices(till.community_id)) == 0
    assert price_of(till, session) == (8, None)
    assert (before.points, len(register(till, session))) == (4, 4)


def test_the_versions_of_a_price_leave_out_what_was_taken_back(till, session):
    def told():
        found = registers(session, till.community_id, [till.items["A01"]])
        session.rollback()
        return [(one.points, one.valid_from) for one in versions(found[till.items["A01"]])]

    announce(till, 4)  # another reference price is another version
    first = told()
    assert [points for points, _from in first] == [4, 4]
    coming = announce(till, 5, day_of(till.now) + timedelta(days=3))
    assert told() == [*first, (5, coming)]
    announce(till, 4)
    assert told() == first
    later = announce(till, 6, day_of(till.now) + timedelta(days=1))
    till.wait(days=2)
    last = announce(till, 7)
    assert told() == [*first, (6, later), (7, last)]


def test_the_least_of_all_limits_counts_and_a_person_is_not_the_household(till, session):
    details = ItemDetails("A01", "goods", "货A01")
    limits = (Limit("household", "month", 5), Limit("person", "day", 2))
    till.run(edit_item, EditItem(till.community_id, till.staff.id, till.items["A01"], details, limits))
    buyer, other = till.people[0], till.people[1]

    def left(member):
        found = limits_left(
            session, till.community_id, household_id=buyer.household_id, member_id=member.id,
            item_ids=[till.items["A01"]], zone=ZONE, now=till.now,
        )[till.items["A01"]]  # fmt: skip
        session.rollback()
        return found

    till.order(buyer, ("A01", 2))
    assert (left(buyer), left(other)) == (0, 2)
    assert code_of(till, till.wanted(buyer, ("A01", 1))).facts["left"] == 0
    till.wait(days=1)
    till.order(buyer, ("A01", 2))
    till.wait(days=1)
    assert (left(buyer), left(other)) == (1, 1)


def test_an_item_put_in_by_hand_is_sold_where_the_steward_says(till, session):
    barber = till.run(open_shop, OpenShop(till.community_id, None, "理发店", kind="partner"))
    cut = ItemDetails("S01", "service", "理发", barcode="6901234567892", voucher_days=30, partner_id=barber)
    new = AddItem(till.community_id, till.staff.id, cut, 10, 1500, (), (ShelfPlan(barber, is_sold=True),))
    item_id = till.run(add_item, new)
    found = item_at(session, till.community_id, barber, item_id, now=till.now)
    session.rollback()
    assert (found.points, found.partner_id, found.voucher_days, found.is_offered) == (10, barber, 30, True)
    with pytest.raises(Conflict, match="code_taken"):
        till.run(add_item, new)
    same = ItemDetails("S02", "goods", "梳子", barcode="6901234567892")
    with pytest.raises(Conflict, match="barcode_taken"):
        till.run(add_item, AddItem(till.community_id, till.staff.id, same, 3, 0))
    elsewhere = ItemDetails("S03", "ticket", "电影票", partner_id=till.shop_id)
    with pytest.raises(NotFound, match="partner_not_found"):
        till.run(add_item, AddItem(till.community_id, till.staff.id, elsewhere, 3, 0))
    away = (ShelfPlan(till.shop_id, is_sold=False),)
    details = ItemDetails("A01", "goods", "货A01")
    till.run(edit_item, EditItem(till.community_id, till.staff.id, till.items["A01"], details, (), away))
    assert code_of(till, till.wanted(till.people[0], ("A01", 1))).code == "item_not_sold_here"
    offered = {one.code for one in items_at(session, till.community_id, till.shop_id, now=till.now)}
    session.rollback()
    assert "A01" not in offered


def test_a_sheet_gives_partner_days_and_barcode_and_keeps_what_it_does_not_say(till, session):
    barber = till.run(open_shop, OpenShop(till.community_id, None, "理发店", kind="partner"))
    cut = an_item("S01", 5, kind="service", partner="理发店", voucher_days=30, line=2)
    towel = an_item("B01", 5, barcode="6901234567892", line=3)

    def imported(*lines):
        return till.run(import_catalogue, ImportCatalogue(till.community_id, None, lines))

    def stands(code):
        found = {one.code: one for one in items_at(session, till.community_id, till.shop_id, now=till.now)}[
            code
        ]
        session.rollback()
        return found.partner_id, found.voucher_days, found.barcode

    imported(cut, towel)
    imported(replace(cut, partner=None, voucher_days=None), replace(towel, barcode=None))
    assert (stands("S01"), stands("B01")) == ((barber, 30, None), (None, None, "6901234567892"))
    wrong = (
        replace(cut, partner="别家"), an_item("B02", 5, barcode="6901234567892", line=3),
        an_item("B03", 5, barcode="1234", line=4), an_item("B04", 5, barcode="1234", line=5),
    )  # fmt: skip
    found = check_catalogue(session, till.community_id, wrong)
    session.rollback()
    assert [(one.line, one.field, one.code) for one in found] == [
        (2, "partner", "partner_not_found"), (3, "barcode", "barcode_taken"), (5, "barcode", "barcode_twice"),
    ]  # fmt: skip
    with pytest.raises(Conflict, match="partner_not_found"):
        imported(*wrong)


def test_an_item_that_is_only_worded_anew_is_not_missed_where_it_never_was(till, session):
    mill = till.run(open_shop, OpenShop(till.community_id, None, "磨坊店"))
    everywhere = (ShelfPlan(till.shop_id, is_sold=True), ShelfPlan(mill, is_sold=True))
    details = ItemDetails("A01", "goods", "好货")
    till.run(
        edit_item, EditItem(till.community_id, till.staff.id, till.items["A01"], details, (), everywhere)
    )
    assert low_stock(session, till.community_id, shop_id=mill) == []
    session.rollback()
    till.receive("A01", 9, shop_id=mill)
    assert till.order(till.people[0], ("A01", 1), shop_id=mill).state == "placed"


def test_a_shop_that_was_unticked_before_the_first_delivery_does_not_begin_with_it(till, session):
    details = ItemDetails("B01", "goods", "毛巾")
    away = (ShelfPlan(till.shop_id, is_sold=False),)
    item_id = till.run(add_item, AddItem(till.community_id, till.staff.id, details, 3, 0, (), away))
    till.items["B01"] = item_id
    till.receive("B01", 5)
    assert code_of(till, till.wanted(till.people[0], ("B01", 1))).code == "item_not_sold_here"


def test_the_door_follows_the_hours_unless_somebody_holds_it(till, session):
    def stands(at):
        found = door_open(session, till.community_id, till.shop_id, at=at, zone=ZONE)
        session.rollback()
        return found

    monday = datetime.fromisoformat("2026-09-07T09:00+08:00")
    assert stands(monday.replace(hour=23))
    till.run(set_openings, SetOpenings(till.community_id, None, till.shop_id, (MORNING,)))
    assert [stands(monday), stands(monday.replace(hour=11)), stands(monday - timedelta(days=1))] == [
        True,
        False,
        False,
    ]
    for door, opens in (("closed", False), ("open", True)):
        till.run(set_door, SetDoor(till.community_id, till.staff.id, till.shop_id, door))
        assert stands(monday.replace(hour=9)) is opens
    assert not door_open(session, till.community_id, till.staff.id, at=monday, zone=ZONE)
    session.rollback()


def test_wishes_are_counted_once_for_each_and_answered(till, session):
    one, other = till.people[0], till.people[1]
    ids = [till.run(make_wish, MakeWish(till.community_id, one.id, text)) for text in ("锅", "盆", "碗")]
    assert till.run(make_wish, MakeWish(till.community_id, one.id, " 锅 ")) == ids[0]
    with pytest.raises(Conflict, match="too_many_wishes"):
        till.run(make_wish, MakeWish(till.community_id, one.id, "筷子"))
    with pytest.raises(Invalid, match="wish_missing"):
        till.run(make_wish, MakeWish(till.community_id, other.id, "长" * 61))
    for _again in range(2):
        till.run(back_wish, BackWish(till.community_id, other.id, ids[1]))
    waiting = wishes_of(session, till.community_id, reader_id=other.id, is_waiting=True)
    session.rollback()
    assert [(wish.text, wish.backers, wish.is_backed) for wish in waiting[:2]] == [
        ("盆", 2, True),
        ("锅", 1, False),
    ]
    answer = AnswerWish(till.community_id, till.staff.id, ids[0], "done", "下周一到货")
    till.run(answer_wish, answer)
    with pytest.raises(Conflict, match="wish_is_answered"):
        till.run(answer_wish, answer)
    till.run(make_wish, MakeWish(till.community_id, one.id, "筷子"))


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("FREQ=HOURLY", "opening_too_often"), ("FREQ=DAILY;BYMINUTE=1", "opening_too_often"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "opening_never"), ("FREQ=MONTHLY;BYMONTH=13", "opening_never"),
        ("FREQ=DAILY;UNTIL=20250101", "opening_never"), ("FREQ=WEEKLY;INTERVAL=0", "opening_rule_wrong"),
        ("FREQ=WEEKLY;BYDAY=XX", "opening_rule_wrong"), ("每天", "opening_rule_wrong"), ("", "opening_rule_wrong"),
    ],
)  # fmt: skip
def test_hours_that_never_come_or_come_too_often_are_refused(rule, code):
    with pytest.raises(Invalid, match=code):
        check_hours(Hours(rule, "08:00", "11:00"), today=date(2026, 9, 1))


@pytest.mark.parametrize(
    ("opens", "closes"), [("11:00", "08:00"), ("08:00", "08:00"), ("8:00", "11:00"), ("08:00", "24:00")]
)
def test_hours_end_after_they_begin(opens, closes):
    with pytest.raises(Invalid, match="opening_times_wrong"):
        check_hours(Hours("FREQ=DAILY", opens, closes), today=date(2026, 9, 1))


@settings(max_examples=60)
@given(
    at=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001
    days=st.sets(st.sampled_from(["MO", "WE", "SU"]), min_size=1),
)
def test_the_next_opening_is_the_first_moment_that_is_open(at, days):
    openings = (Hours(weekly(days), "08:30", "11:00"), Hours("FREQ=MONTHLY;BYDAY=2SA", "14:00", "16:00"))
    opens = next_opening("hours", openings, at)
    assert opens > at
    assert is_open("hours", openings, opens)
    assert not is_open("hours", openings, opens - timedelta(minutes=1))
    assert opens - at <= timedelta(days=8)
