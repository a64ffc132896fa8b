"""The till without network: what was reserved is spent, once; what cannot be booked is a fact somebody settles."""

import itertools
import json
import random
from datetime import timedelta

import pytest

from app.database import db
from app.snapshot_key import signed
from points.errors import Conflict, Invalid, NotAllowed, NotFound
from points.people.operations import IssueCard, issue_card
from shop.catalogue.announcing import AnnouncePrice, announce_price
from shop.catalogue.shops import SetDoor, set_door
from shop.counter.annulment import AnnulRedemption, annul_redemption
from shop.offline.allowances import AskBack, Reserved, ask_back
from shop.offline.policy import ITEM_CELLS, Verdict, code_mark, counted_time, verdict
from shop.offline.queries import allowances_of, conflicts_of, phones_at, set_apart
from shop.offline.settling import NoteQuarantine, SettleConflict, note_quarantine, settle_conflict
from tests.shop.phones import (
    change_device,
    given_card,
    given_device,
    given_phone_key,
    phone_code,
    reserve,
    snapshot_for,
    told,
)
from tests.shop.till import LATER, MONDAY, SOON, day_of

BLANK = {"used": [], "spent": {}, "taken": {}, "seen_at": 0}


def seen(till, snapshot, code, *lines, local=BLANK):
    """What the phone says at the till's own time."""
    pieces = [[str(till.items[item]), quantity] for item, quantity in lines]
    return verdict(snapshot, local, int(till.now.timestamp()), code, pieces)


def mine(till, person):
    return allowances_of(db.session(), till.community_id, person.household_id, person.id, now=till.now)


def conflicts(till):
    db.session.rollback()
    return conflicts_of(db.session(), till.community_id)


def purse(till, person):
    view = till.purse(person)
    return view.available, view.held


def test_what_is_reserved_is_held_and_comes_back_by_itself(till):
    phone, person = given_device(till), till.people[0]
    given_card(till, person)
    assert reserve(till, phone, points=15, hours=8) == Reserved(1, 15)
    assert reserve(till, phone).wallets == 0  # once is enough
    assert (purse(till, person), purse(till, till.people[1])) == ((85, 15), (100, 0))
    [view] = phones_at(db.session(), till.community_id, till.shop_id, now=till.now)
    assert (view.wallets, view.points) == (1, 15)
    till.wait(hours=32)
    assert (purse(till, person), mine(till, person)) == ((100, 0), [])


def test_nobody_reserves_more_than_the_village_allows_or_than_there_is(till):
    phone, poor = given_device(till), till.people[0]
    for person in till.people[:2]:
        given_card(till, person)
    till.order(poor, ("A02", 2), ("A01", 18))
    for wrong in ({"points": 21}, {"points": 0}, {"hours": 0}, {"hours": 25}):
        with pytest.raises(Invalid):
            reserve(till, phone, **wrong)
    with pytest.raises(NotFound):
        reserve(till, phone, shop_id=till.items["A01"])
    done = reserve(till, phone)
    assert (done.wallets, done.points, purse(till, poor)) == (2, 28, (0, 100))
    change_device(till, phone, revoked_at=till.now)
    with pytest.raises(NotAllowed, match="device_revoked"):
        reserve(till, phone)
    with pytest.raises(NotAllowed, match="device_revoked"):
        snapshot_for(till, phone)


def test_reserving_again_is_no_way_past_the_cap_of_a_day(till):
    phone, person = given_device(till), till.people[0]
    code = given_card(till, person)
    assert reserve(till, phone, points=20, hours=1).points == 20
    assert told(till, phone, code, ("A03", 19)).status == "ok"
    till.wait(hours=1, minutes=1)
    snapshot_for(till, phone)  # the one point that was left goes back
    assert (purse(till, person), mine(till, person)) == ((81, 0), [])
    assert reserve(till, phone, points=20, hours=1).points == 1
    till.wait(hours=23)
    snapshot_for(till, phone)
    assert reserve(till, phone, points=20, hours=1).points == 20


def test_a_household_takes_back_what_no_phone_can_be_spending(till):
    phone, person = given_device(till), till.people[0]
    given_card(till, person)
    reserve(till, phone)
    [allowance] = mine(till, person)
    command = AskBack(till.community_id, person.id, allowance.id)
    with pytest.raises(NotFound):
        till.run(ask_back, AskBack(till.community_id, till.people[1].id, allowance.id))
    snapshot_for(till, phone)
    assert [till.run(ask_back, command), till.run(ask_back, command)] == ["asked", "asked"]
    assert purse(till, person) == (80, 20)
    assert snapshot_for(till, phone, queued=1)["allowances"] == []  # something still waits to be told
    assert purse(till, person) == (80, 20)
    snapshot_for(till, phone)
    assert (purse(till, person), till.run(ask_back, command)) == ((100, 0), "returned")
    reserve(till, phone)
    [allowance] = mine(till, person)
    assert till.run(ask_back, AskBack(till.community_id, person.id, allowance.id)) == "returned"
    assert purse(till, person) == (100, 0)


def test_a_card_spends_what_was_reserved_and_the_rest_stays_reserved(till):
    phone, person = given_device(till), till.people[0]
    code = given_card(till, person)
    reserve(till, phone)
    snapshot = snapshot_for(till, phone)
    assert seen(till, snapshot, code).verdict == "choose"
    assert seen(till, snapshot, code, ("A01", 2), ("A03", 1)) == Verdict("give", points=9)
    assert seen(till, snapshot, code, ("A01", 6)).why == "over_allowance"
    till.wait(hours=2)
    outcome = told(till, phone, code, ("A01", 2), ("A03", 1), nonce="sale-1", ago=3600)
    assert (outcome.status, outcome.body["redemption"]["points"]) == ("ok", 9)
    assert (purse(till, person), till.shelf("A01"), mine(till, person)[0].left) == ((80, 11), (18, 0), 11)
    for _ in range(3):
        assert told(till, phone, code, ("A03", 1), ("A01", 2), nonce="sale-1") == outcome
    with pytest.raises(Conflict, match="nonce_conflict"):
        told(till, phone, code, ("A01", 1), nonce="sale-1")
    assert told(till, phone, code, ("A03", 11)).status == "ok"
    assert (purse(till, person), mine(till, person)) == ((80, 0), [])
    till.now -= timedelta(minutes=50)
    till.run(annul_redemption, AnnulRedemption(till.community_id, till.staff.id, "phone-1", "sale-1"))
    assert (purse(till, person), till.shelf("A01")) == ((89, 0), (20, 0))


def test_the_code_of_a_phone_is_known_without_network_and_used_once(till):
    phone, person = given_device(till), till.people[0]
    handle = given_phone_key(till, person)
    reserve(till, phone)
    snapshot = snapshot_for(till, phone)
    till.wait(hours=9)
    code = phone_code(till, handle)
    found = seen(till, snapshot, code, ("A03", 3))
    assert (found.verdict, found.points) == ("give", 3)
    assert seen(till, snapshot, code, ("A03", 1), local=BLANK | {"used": [found.mark]}).why == "used_here"
    assert seen(till, snapshot, phone_code(till, handle, till.now - timedelta(seconds=90))).why == "rotated"
    assert told(till, phone, code, ("A03", 3)).status == "ok"
    again = told(till, phone, code, ("A03", 1))
    assert (again.status, again.reason) == ("conflict", "already_redeemed")
    till.wait(hours=1)
    assert told(till, phone, code, ("A03", 1)).reason == "invalid_time"
    assert told(till, phone, code[:-2] + ("00" if code[-2] != "0" else "11"), ("A03", 1)).reason == "invalid"


def test_a_clock_a_day_off_changes_nothing(till):
    phone, person = given_device(till), till.people[0]
    code, order = given_card(till, person), till.order(person, ("A01", 1))
    reserve(till, phone)
    till.wait(hours=1)
    for off in (timedelta(days=1), timedelta(days=-1)):
        assert (
            told(till, phone, code, ("A03", 1), ago=600, clock_off=off, nonce=f"off-{off.days}").status
            == "ok"
        )
        [row] = till.stored(f"off-{off.days}")
        assert row.scanned_at == till.now - timedelta(minutes=10)
    till.now = order.expires_at + timedelta(minutes=5)
    assert told(till, phone, order.code, ago=600, clock_off=timedelta(days=1)).status == "ok"


DAY = timedelta(days=1)


@pytest.mark.parametrize("off", [DAY, -DAY])
@pytest.mark.parametrize("put_right", [timedelta(), DAY, -DAY])
def test_whatever_the_last_contact_put_right_the_age_of_a_scan_stays(till, off, put_right):
    """The offset is the same for both stamps, learned before the hand-over, after it, or never."""
    phone, handle = given_device(till), given_phone_key(till, till.people[0])
    reserve(till, phone)
    till.wait(hours=1)
    code = phone_code(till, handle, till.now - timedelta(minutes=10))
    done = told(till, phone, code, ("A03", 1), ago=600, clock_off=off, put_right=put_right, nonce="n-1")
    [row] = till.stored("n-1")
    assert (done.status, row.scanned_at) == ("ok", till.now - timedelta(minutes=10))


def test_a_clock_set_back_by_hand_since_counts_now_and_one_set_on_is_a_day_old(till):
    """What only the phone can know it must not tell: it refuses to go on when its clock jumps back."""
    phone, card = given_device(till), given_card(till, till.people[0])
    till.wait(days=2)
    reserve(till, phone)
    till.wait(hours=1)
    ahead = told(till, phone, card, ("A03", 1), ago=600, was_off=DAY, nonce="ahead")
    assert (ahead.status, till.stored("ahead")[0].scanned_at) == ("ok", till.now)
    behind = told(till, phone, card, ("A03", 1), ago=600, was_off=-DAY, nonce="behind")
    assert till.stored("behind")[0].scanned_at == till.now - DAY - timedelta(minutes=10)
    assert (behind.status, behind.reason) == (
        "conflict",
        "insufficient_points",
    )  # nothing was reserved a day ago
    assert [one.reason for one in conflicts(till)] == ["insufficient_points"]


@pytest.mark.parametrize(
    ("scanned", "sent", "counted"),
    [(-600, 0, -600), (86_400 - 600, 86_400, -600), (-86_400 - 600, -86_400, -600), (60, 0, 0), (-8 * 86_400, 0, 0),
     (-7 * 86_400, 0, -7 * 86_400), (0, 0, 0)],
)  # fmt: skip
def test_only_the_time_between_the_two_stamps_counts(scanned, sent, counted):
    now, stamp = MONDAY, lambda seconds: MONDAY + timedelta(seconds=seconds)
    assert counted_time(stamp(scanned), stamp(sent), now) == stamp(counted)
    assert counted_time(None, None, now) == now


def test_the_same_pick_up_code_at_two_phones_is_one_booking_and_one_conflict(till):
    first, second = given_device(till), given_device(till, "二号机")
    order = till.order(till.people[0], ("A01", 2))
    for phone in (first, second):
        assert seen(till, snapshot_for(till, phone), order.code).points == 8
    assert told(till, first, order.code, nonce="n-1").status == "ok"
    late = told(till, second, order.code, nonce="n-2")
    assert (late.status, late.reason, late.body["first"]["shop"]) == (
        "conflict",
        "already_redeemed",
        "村口店",
    )
    assert told(till, second, order.code, nonce="n-2") == late
    assert (till.shelf("A01"), purse(till, till.people[0])) == ((16, 0), (92, 0))
    [conflict] = conflicts(till)
    assert (conflict.points, conflict.lines, conflict.device) == (8, (("货A01", "goods A01", 2),), "二号机")
    settle = SettleConflict(till.community_id, till.keeper.id, conflict.id, "多给的两件已送回")
    with pytest.raises(Invalid, match="reason_needed"):
        till.run(settle_conflict, SettleConflict(till.community_id, till.keeper.id, conflict.id, " "))
    till.run(settle_conflict, settle)
    with pytest.raises(Conflict, match="conflict_settled"):
        till.run(settle_conflict, settle)
    assert conflicts(till)[0].settled_note == "多给的两件已送回"


def test_goods_that_left_and_cannot_be_booked_are_kept_as_a_fact(till):
    phone, person = given_device(till), till.people[0]
    code = given_card(till, person)
    cancelled = till.order(person, ("A01", 1))
    reserve(till, phone)
    till.cancel(person, cancelled)
    assert told(till, phone, cancelled.code).reason == "canceled"
    assert told(till, phone, code, ("A01", 6)).reason == "insufficient_points"
    assert told(till, phone, code, ("A04", 2)).reason == "rules"
    till.count("A03", 1)
    assert told(till, phone, code, ("A03", 30)).reason == "out_of_stock"  # more than was reserved
    assert told(till, given_device(till, "二号机"), code, ("A01", 1)).reason == "insufficient_points"
    assert told(till, phone, "0" * 22).reason == "invalid"
    assert (till.shelf("A01"), till.shelf("A03"), purse(till, person)) == ((12, 0), (0, 0), (80, 20))
    assert {one.reason for one in conflicts(till)} == {
        "canceled", "insufficient_points", "rules", "out_of_stock", "invalid",
    }  # fmt: skip


def test_what_a_revoked_or_moved_phone_tells_is_set_apart(till):
    phone, person = given_device(till), till.people[0]
    order = till.order(person)
    change_device(till, phone, revoked_at=till.now)
    apart = told(till, phone, order.code, nonce="n-1")
    assert (apart.status, apart.reason) == ("quarantined", "revoked")
    change_device(till, phone, revoked_at=None, serial=2)
    assert told(till, phone, order.code, nonce="n-1") == apart
    assert told(till, phone, order.code, nonce="n-2").status == "quarantined"
    assert told(till, phone, order.code, serial=2).status == "ok"
    db.session.rollback()
    waiting = set_apart(db.session(), till.community_id)
    assert [(one.device, one.note) for one in waiting] == [("一号机", None), ("一号机", None)]
    till.run(note_quarantine, NoteQuarantine(till.community_id, till.staff.id, waiting[0].id, "手机丢过"))
    with pytest.raises(NotFound):
        till.run(settle_conflict, SettleConflict(till.community_id, till.staff.id, waiting[1].id, "查过"))


def test_uploads_in_any_order_and_three_times_book_the_same(till):
    phones = [given_device(till), given_device(till, "二号机")]
    people = till.people[:3]
    cards = {person.id: given_card(till, person) for person in people}
    for phone in phones:
        reserve(till, phone, points=10)
    orders = [till.order(person, ("A01", 1)) for person in people]
    sold = [(phone, cards[person.id], (("A03", 2),)) for phone, person in itertools.product(phones, people)]
    sold += [(phones[0], order.code, ()) for order in orders]
    queue = [(f"n-{at}", *one) for at, one in enumerate(sold)] * 3
    random.Random(4).shuffle(queue)
    till.wait(hours=1)
    answers = {}
    for nonce, phone, code, lines in queue:
        outcome = told(till, phone, code, *lines, nonce=nonce, ago=1800)
        assert answers.setdefault(nonce, outcome) == outcome
    assert {outcome.status for outcome in answers.values()} == {"ok"}
    assert [purse(till, person) for person in people] == [(76, 16)] * 3
    assert (till.shelf("A03"), till.shelf("A01"), conflicts(till)) == ((8, 0), (17, 0), [])


def test_a_snapshot_says_which_codes_are_over_and_tells_no_name_or_code(till):
    phone, (anna, berta, *_) = given_device(till), till.people
    old = given_card(till, anna)
    taken, dropped, waiting = till.order(anna), till.order(anna), till.order(berta, ("A01", 1), ("A03", 2))
    till.scan(taken)
    till.cancel(anna, dropped)
    till.run(issue_card, IssueCard(till.community_id, anna.id, till.staff.id, replace=True))
    reserve(till, phone)
    snapshot = snapshot_for(till, phone)
    whys = [seen(till, snapshot, code).why for code in (taken.code, dropped.code, old)]
    assert whys == ["used", "canceled", "replaced"]
    order = snapshot["orders"][code_mark(waiting.code)]
    assert [order[1], order[2], order[4]] == [berta.household_number, "村**3", 6]
    assert [(snapshot["items"][at][1], pieces) for at, pieces in order[3]] == [("A01", 1), ("A03", 2)]
    text = signed(snapshot)["text"]
    assert anna.name not in text
    assert berta.name not in text
    assert waiting.code not in text
    assert json.loads(text) == snapshot


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_ten_thousand_codes_fit_in_five_megabytes(till):
    phone = given_device(till)
    given_card(till, till.people[0])
    given_phone_key(till, till.people[0])
    reserve(till, phone)
    till.order(till.people[0], ("A01", 1), ("A02", 1), ("A03", 1), ("A04", 1))
    snapshot = snapshot_for(till, phone)
    bare = len(signed(snapshot)["text"].encode())
    for part in ("orders", "cards", "phones", "closed"):
        [value, *_] = snapshot[part].values() or ["u"]
        snapshot[part] |= {f"{at:032x}": value for at in range(2500 if part != "orders" else 5000)}
    snapshot["allowances"] *= 2500
    size = len(signed(snapshot)["text"].encode())
    assert (bare < 5_000, size < 5_000_000) == (True, True), size


def test_no_upload_spends_more_than_was_reserved_whatever_became_of_the_hold(till):
    phone, person = given_device(till), till.people[0]
    card = given_card(till, person)
    reserve(till, phone, points=20)
    assert told(till, phone, card, ("A01", 5)).status == "ok"  # all twenty
    more = told(till, phone, card, ("A01", 1))
    assert (more.status, more.reason) == ("conflict", "insufficient_points")
    till.wait(minutes=1)
    reserve(till, phone, points=20)  # nothing: a day has one cap, however often somebody reserves
    assert told(till, phone, card, ("A03", 1)).status == "conflict"
    assert till.purse(person).available == 80
    till.wait(days=2)
    reserve(till, phone, points=8, hours=1)
    till.wait(days=3)
    late = told(till, phone, card, ("A01", 3), ago=3 * 86400 - 60)
    assert (late.status, late.reason) == ("conflict", "insufficient_points")
    assert told(till, phone, card, ("A01", 2), ago=3 * 86400 - 60).status == "ok"
    assert till.purse(person).available == 72


def test_a_members_code_without_goods_is_kept_as_a_fact_and_holds_up_nothing(till):
    phone = given_device(till)
    outcome = told(till, phone, given_card(till, till.people[0]), nonce="nothing-named")
    assert (outcome.status, outcome.reason) == ("conflict", "invalid")
    assert told(till, phone, given_card(till, till.people[0]), nonce="nothing-named").body == outcome.body


def test_points_of_a_sale_without_network_come_back_with_the_days_they_had(till):
    phone, person = given_device(till), till.people[0]
    till.give(person, 8, expires_on=SOON)
    card = given_card(till, person)
    reserve(till, phone, points=20)
    sold = told(till, phone, card, ("A01", 2))
    till.wait(minutes=20)
    till.refund(sold, ("A01", 2))
    till.wait(days=3)
    assert dict(till.purse(person).expiring) == {SOON: 8, LATER: 100}


def test_what_was_handed_over_counts_by_the_price_and_the_door_of_that_time(till):
    phone, person = given_device(till), till.people[0]
    card, order = given_card(till, person), till.order(till.people[1], ("A03", 1))
    reserve(till, phone, points=20)
    till.wait(hours=1)
    dearer = AnnouncePrice(till.community_id, till.keeper.id, till.items["A01"], 9, 900, None, "涨价")
    till.run(announce_price, dearer)
    till.run(set_door, SetDoor(till.community_id, till.staff.id, till.shop_id, "closed"))
    assert told(till, phone, order.code, ago=600).status == "ok"
    sold = told(till, phone, card, ("A01", 2), ago=600)
    assert (sold.status, sold.body["redemption"]["points"]) == ("ok", 8)
    assert told(till, phone, card, ("A01", 1)).body["redemption"]["points"] == 9


def test_a_price_announced_for_tomorrow_counts_from_midnight_also_without_network(till):
    phone, card = given_device(till), given_card(till, till.people[0])
    till.wait(hours=8)  # five in the afternoon
    tomorrow = day_of(till.now) + timedelta(days=1)
    values = (till.keeper.id, till.items["A01"], 9, 900, tomorrow, "涨价")
    till.run(announce_price, AnnouncePrice(till.community_id, *values))
    reserve(till, phone, points=20)
    snapshot = snapshot_for(till, phone)
    till.wait(hours=7, seconds=-1)
    before = seen(till, snapshot, card, ("A01", 1)).points
    till.wait(seconds=1)
    assert (before, seen(till, snapshot, card, ("A01", 1)).points) == (4, 9)
    booked = [told(till, phone, card, ("A01", 1), ago=ago).body["redemption"]["points"] for ago in (1, 0)]
    assert booked == [4, 9]
    rows = snapshot_for(till, phone)["items"]
    assert {len(row) for row in rows} == {ITEM_CELLS}  # nothing is to come any more
