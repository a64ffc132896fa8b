"""The order of the refusals, without a database."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from shop.counter.policy import OrderFacts, decide, logical_time, may_annul, refusals
from shop.orders.models import STATES

NOON = datetime(2026, 9, 7, 4, 0, tzinfo=UTC)
CONTRACT = ("blocked", "invalid_time", "canceled", "already_redeemed", "product")


@pytest.mark.parametrize(
    ("state", "hours", "here", "blocked"), [*product(STATES, (-1, 0, 1), (True, False), (True, False))]
)
def test_reasons_come_in_the_order_of_the_contract(state, hours, here, blocked):
    facts = OrderFacts(state, NOON + timedelta(hours=hours), here, blocked)
    found = refusals(facts, at=NOON)
    assert found == [reason for reason in CONTRACT if reason in found]
    assert ("blocked" in found, "product" in found) == (blocked, not here)
    assert ("invalid_time" in found) == (state in ("placed", "lapsed") and hours <= 0)
    assert ("canceled" in found) == (state in ("cancelled", "annulled"))
    assert ("already_redeemed" in found) == (state == "collected")


@pytest.mark.parametrize(
    ("reasons", "may_force", "decision"),
    [
        ([], False, (None, False)),
        ([], True, (None, False)),
        (["invalid_time"], False, ("invalid_time", False)),
        (["invalid_time"], True, (None, True)),
        (["invalid_time", "product"], False, ("invalid_time", False)),
        (["invalid_time", "product"], True, ("product", False)),
        (["blocked", "invalid_time"], True, ("blocked", False)),
        (["already_redeemed"], True, ("already_redeemed", False)),
    ],
)
def test_force_passes_the_time_and_nothing_else(reasons, may_force, decision):
    assert decide(reasons, may_force=may_force) == decision


@pytest.mark.parametrize(
    ("scanned", "is_offline", "counts"),
    [
        (None, True, 0),
        (timedelta(hours=-1), False, 0),
        (timedelta(hours=-1), True, -1),
        (timedelta(seconds=1), True, 0),
        (timedelta(days=-7), True, -7 * 24),
        (timedelta(days=-7, seconds=-1), True, 0),
    ],
)
def test_a_devices_time_counts_for_a_scan_without_network_of_the_last_week(scanned, is_offline, counts):
    at = logical_time(None if scanned is None else NOON + scanned, is_offline=is_offline, now=NOON)
    assert at == NOON + timedelta(hours=counts)


def test_undoing_is_possible_for_fifteen_minutes():
    assert may_annul(NOON, NOON + timedelta(minutes=15))
    assert not may_annul(NOON, NOON + timedelta(minutes=15, microseconds=1))
