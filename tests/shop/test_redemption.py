"""The till: a pick-up code becomes goods, once; every answer is stored under its nonce."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.database import db
from app.models import metadata
from points.codes import grouped, new_code
from points.errors import Conflict, Invalid
from points.ledger.operations import close_account
from points.people.operations import IssueCard, issue_card
from shop.catalogue.operations import OpenShop, open_shop
from shop.catalogue.shops import SetDoor, set_door
from shop.queries import scan_of_order
from tests.shop.till import given_till


def reason(till, order, **more):
    outcome = till.scan(order, **more)
    assert (outcome.status, outcome.body["status"], outcome.body["reason"]) == (
        "error",
        "error",
        outcome.reason,
    )
    return outcome.reason


def blocked(till, person):
    def close(session, wallet_id, *, now):
        close_account(session, till.community_id, wallet_id, now=now)

    till.run(close, till.wallet_id(person))


def a_mill(till):
    return till.run(open_shop, OpenShop(till.community_id, None, "磨坊店"))


def row_counts():
    db.session.rollback()
    return {
        table.name: db.session.execute(
            sa.select(sa.func.count()).select_from(table), execution_options={"across_communities": True}
        ).scalar_one()
        for table in metadata.sorted_tables
    }


def test_goods_leave_points_are_posted_and_the_register_says_so(till, session):
    person = till.people[0]
    order = till.order(person, ("A01", 2), ("A02", 1))
    outcome = till.scan(order, "scan-1")
    found = outcome.body["redemption"]
    assert (outcome.status, outcome.reason) == ("ok", None)
    assert {name: found[name] for name in ("nonce", "order_id", "member", "household_number", "shop", "points", "at")} == {
        "nonce": "scan-1", "order_id": str(order.id), "member": person.name,
        "household_number": person.household_number, "shop": "村口店", "points": 18, "at": "2026-09-07T01:00:00Z",
    }  # fmt: skip
    assert sorted((line["name_zh"], line["quantity"], line["points"]) for line in found["lines"]) == [
        ("货A01", 2, 8),
        ("货A02", 1, 10),
    ]
    assert (till.state(order), till.view(order).ended_at) == ("collected", till.now)
    assert (till.shelf("A01"), till.shelf("A02")) == ((18, 0), (19, 0))
    assert till.register("A01") == [("received", 20), ("handed_over", -2)]
    purse = till.purse(person)
    assert (purse.available, purse.held) == (82, 0)
    assert outcome.body["balance"] == {"available": 82, "held": 0}
    assert scan_of_order(session, till.community_id, order.id).staff == till.staff.name


def test_the_balance_at_the_till_is_the_one_my_points_shows(till):
    person = till.people[0]
    first, second = till.order(person, ("A01", 1)), till.order(person, ("A03", 3))
    till.wait(days=6)
    third = till.order(person, ("A01", 2))
    till.wait(days=1)  # the first two have lapsed, and nobody has written it down
    body = till.scan(third).body
    purse = till.purse(person)
    assert (
        body["balance"] == {"available": purse.available, "held": purse.held} == {"available": 92, "held": 0}
    )
    assert [till.state(order) for order in (first, second)] == ["lapsed", "lapsed"]


@pytest.mark.parametrize(
    "written", ["HTTPS://YITIAN.EXAMPLE/Q/{}", "{}", "https://x.cn/q/{}?from=card", " {} \n"]
)
def test_a_code_is_read_from_an_address_or_as_it_was_typed(till, written):
    order = till.order(till.people[0])
    assert (
        till.scan(written.format(grouped(order.code).lower() if written == "{}" else order.code)).status
        == "ok"
    )


@pytest.mark.parametrize(
    "code", ["", "hello", "0" * 22, "HTTPS://YITIAN.EXAMPLE/Q/", "6901234567892", "取货" * 11]
)
def test_what_is_no_code_of_ours_is_invalid(till, code):
    assert reason(till, code) == "invalid"


def test_a_code_nobody_gave_out_and_one_of_another_community_are_invalid(till):
    other = given_till(code="other", number=2)
    order = other.order(other.people[0])
    assert [reason(till, new_code()), reason(till, order)] == ["invalid", "invalid"]
    assert other.scan(order).status == "ok"


def test_a_card_without_goods_asks_what_it_is_to_pay_and_a_replaced_card_is_revoked(till):
    person = till.people[0]
    old, new = (
        till.run(issue_card, IssueCard(till.community_id, person.id, till.staff.id, replace=lost))
        for lost in (False, True)
    )
    asked = till.scan(new, "no-goods")
    assert (asked.status, asked.body["requires"], asked.body["member"]["name"]) == (
        "incomplete",
        ["lines"],
        person.name,
    )
    assert till.stored("no-goods") == []
    assert [reason(till, old), reason(till, old, dry_run=True)] == ["revoked", "revoked"]


def test_a_frozen_wallet_is_blocked_before_anything_else(till):
    person = till.people[0]
    order = till.order(person)
    mill = a_mill(till)
    blocked(till, person)
    assert reason(till, order, dry_run=True) == "blocked"
    assert reason(till, order, shop_id=mill) == "blocked"
    till.wait(days=7)
    assert reason(till, order) == "blocked"
    assert (till.shelf("A01"), till.state(order)) == ((20, 1), "lapsed")


def test_an_order_past_its_time_is_refused_before_the_question_whose_shop_it_is(till):
    order = till.order(till.people[0])
    mill = a_mill(till)
    till.wait(days=7)
    assert [reason(till, order), reason(till, order, shop_id=mill)] == ["invalid_time", "invalid_time"]


@pytest.mark.parametrize("undone", [False, True])
def test_a_cancelled_order_is_canceled_at_any_shop(till, undone):
    person = till.people[0]
    order = till.order(person)
    if undone:
        till.scan(order, "scan-1")
        till.annul("scan-1")
    else:
        till.cancel(person, order)
    mill = a_mill(till)
    till.wait(days=7)
    assert [reason(till, order), reason(till, order, shop_id=mill)] == ["canceled", "canceled"]


def test_who_comes_twice_is_told_when_and_where_it_was_collected(till):
    order = till.order(till.people[0])
    till.scan(order, "scan-1")
    till.wait(days=8)
    outcome = till.scan(order, shop_id=a_mill(till))
    assert outcome.body == {
        "status": "error",
        "reason": "already_redeemed",
        "first": {"at": "2026-09-07T01:00:00Z", "shop": "村口店"},
    }
    assert (till.shelf("A01"), till.purse(till.people[0]).available) == ((19, 0), 96)


def test_an_order_of_another_shop_is_sent_there(till):
    order = till.order(till.people[0])
    outcome = till.scan(order, shop_id=a_mill(till))
    assert outcome.body == {"status": "error", "reason": "product", "shop": "村口店"}
    assert till.scan(order).status == "ok"


def test_an_order_of_a_shut_shop_is_not_for_the_open_one_to_open_its_door(till):
    order, mill = till.order(till.people[0]), a_mill(till)
    till.run(set_door, SetDoor(till.community_id, till.staff.id, till.shop_id, "closed"))
    assert till.scan(order, shop_id=mill).body == {"status": "error", "reason": "product", "shop": "村口店"}
    till.run(set_door, SetDoor(till.community_id, till.staff.id, mill, "closed"))
    assert reason(till, order, shop_id=mill) == "product"


def test_a_late_order_whose_points_are_still_on_notice_is_told_so(till):
    forced = {"force": True, "may_force": True, "reason": "迟到"}
    person = till.people[0]
    order = till.order(person, ("A01", 2))
    till.wait(days=7)
    till.order(person, ("A01", 17), ("A02", 2), ("A03", 8))
    till.put_on_notice(person, 4)
    assert (till.purse(person).available, till.purse(person).on_notice) == (4, 4)
    dry, told = till.scan(order, dry_run=True, **forced), till.scan(order, **forced)
    assert [(one.reason, one.body["on_notice"]) for one in (dry, told)] == [("unapproved", 4)] * 2
    till.wait(days=3)
    assert till.scan(order, **forced).status == "ok"


def test_a_refusal_is_stored_once_with_reason_device_shop_and_both_times(till):
    order = till.order(till.people[0])
    till.cancel(till.people[0], order)
    scanned_at = till.now - timedelta(hours=2)
    till.wait(hours=1)
    for _ in range(3):
        assert (
            reason(till, order, nonce="scan-1", device="phone-7", offline=True, scanned_at=scanned_at)
            == "canceled"
        )
    [row] = till.stored("scan-1")
    assert (row.status, row.reason, row.device, row.shop_id, row.staff_id) == (
        "error", "canceled", "phone-7", till.shop_id, till.staff.id,
    )  # fmt: skip
    assert (row.scanned_at, row.recorded_at, row.is_offline, row.order_id) == (
        scanned_at,
        till.now,
        True,
        order.id,
    )
    assert (row.points, row.transfer_id) == (0, None)


def test_a_code_that_is_not_ours_is_stored_as_well(till):
    reason(till, "hello", nonce="scan-1")
    [row] = till.stored("scan-1")
    assert (row.reason, row.order_id) == ("invalid", None)


def test_the_same_nonce_gets_its_first_answer_whatever_happened_since(till):
    order = till.order(till.people[0])
    first = till.scan(order, "scan-1")
    till.wait(days=30)
    assert till.scan(order, "scan-1") == first
    assert till.scan(order, "scan-2").reason == "already_redeemed"
    assert (len(till.stored("scan-1")), till.shelf("A01")) == (1, (19, 0))


def test_the_nonce_is_looked_up_before_anything_about_the_code(till):
    order = till.order(till.people[0])
    till.wait(days=7)
    refused = till.scan(order, "scan-1")
    blocked(till, till.people[0])
    assert (till.scan(order, "scan-1"), refused.reason) == (refused, "invalid_time")


def test_a_nonce_keeps_its_first_answer_after_the_scan_was_undone(till):
    order = till.order(till.people[0])
    first = till.scan(order, "scan-1")
    till.annul("scan-1")
    assert till.scan(order, "scan-1") == first
    assert (till.scan(order, "scan-2").reason, till.state(order), till.shelf("A01")) == (
        "canceled",
        "annulled",
        (20, 0),
    )


def test_the_same_nonce_for_another_code_or_shop_is_a_conflict_and_changes_nothing(till):
    first, second = till.order(till.people[0]), till.order(till.people[1])
    till.scan(first, "scan-1")
    before = row_counts()
    for code, more in ((second, {}), ("hello", {}), (first, {"shop_id": a_mill(till)})):
        before = before if not more else row_counts()
        with pytest.raises(Conflict, match="nonce_conflict"):
            till.scan(code, "scan-1", **more)
    assert (row_counts(), till.state(second)) == (before, "placed")


def test_the_same_nonce_in_another_community_is_another_nonce(till):
    other = given_till(code="other", number=2)
    order = other.order(other.people[0])
    assert (
        till.scan(till.order(till.people[0]), "scan-1").status == other.scan(order, "scan-1").status == "ok"
    )


def test_a_resend_from_the_queue_is_the_same_scan(till):
    order = till.order(till.people[0])
    first = till.scan(order, "scan-1")
    sent_again = {"offline": True, "scanned_at": till.now - timedelta(minutes=3)}
    assert till.scan(order, "scan-1", **sent_again) == first


@pytest.mark.parametrize("nonce", ["x" * 81])
def test_a_nonce_that_cannot_be_kept_is_refused(till, nonce):
    with pytest.raises(Invalid, match="nonce_wrong"):
        till.scan(till.order(till.people[0]), nonce)


def test_a_dry_run_tells_everything_and_writes_nothing(till):
    person = till.people[0]
    order, cancelled = till.order(person, ("A01", 2)), till.order(person, ("A03", 1))
    till.cancel(person, cancelled)
    before = row_counts()
    tried = till.scan(order, "scan-1", dry_run=True)
    assert [reason(till, code, dry_run=True) for code in (cancelled, "hello")] == ["canceled", "invalid"]
    assert (row_counts(), till.state(order), till.shelf("A01")) == (before, "placed", (20, 2))
    done = till.scan(order, "scan-1")
    facts = [{**outcome.body["redemption"], "id": ""} for outcome in (tried, done)]
    assert (facts[0], tried.body["balance"]) == (facts[1], done.body["balance"])
    assert tried.body["balance"] == {"available": 92, "held": 0}


def test_force_opens_an_order_past_its_time_for_a_supervisor_only(till):
    person = till.people[0]
    order = till.order(person, ("A01", 2))
    till.wait(days=7)
    assert reason(till, order, force=True) == "invalid_time"
    forced = {"force": True, "may_force": True, "reason": "住院了，今天才能来"}
    assert till.scan(order, dry_run=True, **forced).body["balance"] == {"available": 92, "held": 0}
    outcome = till.scan(order, "scan-1", **forced)
    [row] = till.stored("scan-1")
    assert (outcome.body["balance"], row.force_sent, row.forced, row.force_reason) == (
        {"available": 92, "held": 0}, True, True, "住院了，今天才能来",
    )  # fmt: skip
    assert (till.state(order), till.shelf("A01"), till.purse(person).available) == ("collected", (18, 0), 92)


def test_force_that_was_not_needed_is_a_fact_of_its_own(till):
    till.scan(till.order(till.people[0]), "scan-1", force=True, may_force=True, reason="以防万一")
    [row] = till.stored("scan-1")
    assert (row.force_sent, row.forced) == (True, False)


def test_force_opens_nothing_else(till):
    person = till.people[0]
    collected, cancelled, elsewhere = (till.order(person) for _ in range(3))
    till.scan(collected)
    till.cancel(person, cancelled)
    mill = a_mill(till)
    till.wait(days=7)
    forced = {"force": True, "may_force": True, "reason": "非要不可"}
    assert [reason(till, code, **forced) for code in (collected, cancelled, "hello", new_code())] == [
        "already_redeemed", "canceled", "invalid", "invalid",
    ]  # fmt: skip
    assert reason(till, elsewhere, shop_id=mill, **forced) == "product"
    blocked(till, person)
    assert reason(till, elsewhere, **forced) == "blocked"


def lapsed_and_released(till, *lines):
    """An order whose goods went back on the shelf and were ordered by somebody else."""
    order = till.order(till.people[0], *lines)
    till.wait(days=7)
    return order


def test_a_late_hand_over_needs_the_goods_then_the_limit_then_the_points(till):
    forced = {"force": True, "may_force": True, "reason": "迟到"}
    order = lapsed_and_released(till, ("A02", 2), ("A03", 18))
    till.order(till.people[1], ("A03", 20))
    till.order(till.people[0], ("A02", 1))
    late = {"A": order}
    spent = till.order(till.people[0], ("A01", 15))
    assert (
        reason(till, late["A"], dry_run=True, **forced) == reason(till, late["A"], **forced) == "out_of_stock"
    )
    till.receive("A03", 30)
    assert reason(till, late["A"], dry_run=True, **forced) == reason(till, late["A"], **forced) == "rules"
    till.now = till.now.replace(month=10, day=1)  # the other orders have lapsed, and a new month has begun
    till.order(till.people[0], ("A01", 17))
    assert (
        reason(till, late["A"], dry_run=True, **forced)
        == reason(till, late["A"], **forced)
        == "insufficient_points"
    )
    till.give(till.people[0], 6)
    assert till.scan(late["A"], **forced).status == "ok"
    assert (till.state(spent), till.state(order)) == ("lapsed", "collected")


def test_a_scan_without_network_counts_at_the_time_it_was_made(till):
    person = till.people[0]
    order = till.order(person, ("A01", 2))
    scanned_at = order.expires_at - timedelta(minutes=5)
    till.now = order.expires_at + timedelta(hours=3)
    assert reason(till, order, dry_run=True) == "invalid_time"
    outcome = till.scan(order, "scan-1", offline=True, scanned_at=scanned_at)
    [row] = till.stored("scan-1")
    assert (outcome.status, row.is_offline, row.forced, row.scanned_at, row.recorded_at) == (
        "ok", True, False, scanned_at, till.now,
    )  # fmt: skip
    assert (till.view(order).ended_at, till.shelf("A01"), till.purse(person).available) == (
        scanned_at,
        (18, 0),
        92,
    )


def test_a_scan_in_time_counts_also_when_the_goods_went_back_on_the_shelf_meanwhile(till):
    order = till.order(till.people[0], ("A01", 20))
    scanned_at = order.expires_at - timedelta(minutes=5)
    till.now = order.expires_at
    till.cancel(till.people[1], till.order(till.people[1], ("A01", 20)))
    assert till.shelf("A01") == (20, 0)
    assert till.scan(order, offline=True, scanned_at=scanned_at).status == "ok"
    assert till.shelf("A01") == (0, 0)


@pytest.mark.parametrize("span", [timedelta(minutes=-1), timedelta(days=8)])
def test_a_device_cannot_choose_a_time_to_come_or_long_past(till, span):
    till.wait(days=30)
    order = till.order(till.people[0])
    till.scan(order, "scan-1", offline=True, scanned_at=till.now - span)
    [row] = till.stored("scan-1")
    assert row.scanned_at == till.now


def test_with_network_the_servers_time_counts(till):
    order = till.order(till.people[0])
    till.wait(days=7)
    assert reason(till, order, scanned_at=till.now - timedelta(hours=1)) == "invalid_time"


def test_a_hand_over_takes_seven_statements_however_many_lines(till, engine):
    sent = []

    def note(_connection, _cursor, statement, *_more):
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    for lines in ((("A01", 1),), (("A01", 1), ("A02", 1), ("A03", 1))):
        order = till.order(till.people[0], *lines)
        sent.clear()
        sa.event.listen(engine, "before_cursor_execute", note)
        till.scan(order)
        sa.event.remove(engine, "before_cursor_execute", note)
        assert len(sent) == 7, sent
