"""Undoing a scan at once: everything comes back, and both facts stay."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from points.errors import Conflict, DomainError, Gone, NotAllowed, NotFound
from points.ledger.models import Transfer
from points.ledger.queries import entries_of
from shop.queries import scan_by_nonce
from tests.shop.till import LATER, SOON, given_till


def refusal(till, *args, **more):
    with pytest.raises(DomainError) as caught:
        till.annul(*args, **more)
    return type(caught.value), caught.value.code


def test_points_come_back_with_their_days_and_goods_to_the_shelf(till):
    person = till.people[0]
    till.give(person, 6, expires_on=SOON)
    before = till.purse(person)
    order = till.order(person, ("A01", 2), ("A03", 1))
    till.scan(order, "scan-1")
    assert till.purse(person).expiring == ((LATER, 97),)
    till.wait(minutes=15)
    answer = till.annul("scan-1")
    assert answer["redemption"] == {
        "id": answer["redemption"]["id"], "nonce": "scan-1", "order_id": str(order.id), "points": 9,
        "at": "2026-09-07T01:00:00Z", "annulled_at": "2026-09-07T01:15:00Z",
    }  # fmt: skip
    assert (till.purse(person), before.expiring) == (before, ((SOON, 6), (LATER, 100)))
    assert (till.shelf("A01"), till.shelf("A03"), till.state(order)) == ((20, 0), (20, 0), "annulled")


def test_both_facts_stay_visible(till, session):
    person = till.people[0]
    order = till.order(person, ("A01", 2))
    till.scan(order, "scan-1")
    till.annul("scan-1")
    [row] = till.stored("scan-1")
    assert (row.status, row.annulled_at, row.annulled_by, row.points) == ("ok", till.now, till.staff.id, 8)
    assert till.register("A01") == [("received", 20), ("handed_over", -2), ("annulled", 2)]
    codes = [
        (line.code, line.points) for line in entries_of(session, till.community_id, till.wallet_id(person))
    ]
    assert codes == [("annul", 8), ("redemption", -8), ("award", 100)]
    undone = session.execute(
        sa.select(Transfer.reverses_id).where(
            Transfer.community_id == till.community_id, Transfer.id == row.annul_transfer_id
        )
    ).scalar_one()
    assert undone == row.transfer_id
    view = scan_by_nonce(session, till.community_id, "scan-1")
    assert (view.annulled_at, view.member, view.household_number) == (
        till.now,
        person.name,
        person.household_number,
    )


def test_undoing_again_is_the_same_answer(till):
    till.scan(till.order(till.people[0], ("A01", 2)), "scan-1")
    first = till.annul("scan-1")
    till.wait(hours=5)
    assert (till.annul("scan-1"), till.shelf("A01")) == (first, (20, 0))
    assert till.purse(till.people[0]).available == 100


def test_only_the_device_that_scanned_may_undo(till):
    till.scan(till.order(till.people[0]), "scan-1")
    assert refusal(till, "scan-1", device="phone-2") == (NotAllowed, "other_device")
    till.annul("scan-1")
    assert refusal(till, "scan-1", device="phone-2") == (NotAllowed, "other_device")


def test_after_fifteen_minutes_a_scan_stays(till):
    order = till.order(till.people[0])
    till.scan(order, "scan-1")
    till.wait(minutes=15, seconds=1)
    assert (refusal(till, "scan-1"), till.state(order)) == ((Gone, "undo_time_over"), "collected")


def test_the_time_runs_from_the_scan_not_from_the_upload(till):
    order = till.order(till.people[0])
    till.wait(hours=2)
    till.scan(order, "scan-1", offline=True, scanned_at=till.now - timedelta(minutes=16))
    assert refusal(till, "scan-1") == (Gone, "undo_time_over")


def test_what_was_refused_or_never_scanned_cannot_be_undone(till):
    till.scan("hello", "scan-1")
    assert refusal(till, "scan-1") == (Conflict, "redemption_was_refused")
    assert refusal(till, "scan-2") == (NotFound, "redemption_not_found")


def test_a_scan_of_another_community_is_not_found(till):
    other = given_till(code="other", number=2)
    other.scan(other.order(other.people[0]), "scan-1")
    assert refusal(till, "scan-1") == (NotFound, "redemption_not_found")


def test_a_forced_hand_over_is_undone_like_any_other(till):
    person = till.people[0]
    till.give(person, 6, expires_on=SOON)
    before = till.purse(person)
    order = till.order(person, ("A02", 2))
    till.wait(days=7)
    till.scan(order, "scan-1", force=True, may_force=True, reason="迟到")
    till.annul("scan-1")
    assert (till.purse(person), till.shelf("A02"), till.state(order)) == (before, (20, 0), "annulled")
