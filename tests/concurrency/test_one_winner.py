"""Fifty people spend one balance at the same moment: exactly one of them may."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.database import db
from app.transaction import transact
from points.base import new_id
from points.errors import Conflict
from points.ledger.operations import make_transfer
from points.ledger.results import NewTransfer
from tests.conftest import close_site, new_site
from tests.points.ledger.books import COMMUNITY, Books

SPENDERS, ROUNDS = 50, 30


@pytest.fixture
def site(database_url, tmp_path):
    """As many connections as a busy process has; the other threads queue for one."""
    site = new_site(database_url, tmp_path, POOL_SIZE=12)
    yield site
    close_site(site)


def spend(site, start: threading.Barrier, new: NewTransfer) -> str:
    """One spender in a thread and an application context of its own."""
    with site.app_context():
        start.wait(timeout=60)
        try:
            return transact(make_transfer, new).status
        except Conflict as refusal:
            return refusal.code
        finally:
            db.session.remove()


def test_of_fifty_simultaneous_spends_of_one_balance_exactly_one_wins(site, session, run, clock_at):
    books = Books(session, run, clock_at)
    for name, kind in (("issue", "issue"), ("shop", "shop"), ("li", "household")):
        books.open(name, kind)
    start = threading.Barrier(SPENDERS)
    with ThreadPoolExecutor(SPENDERS) as crowd:
        for number in range(ROUNDS):
            books.create("issue", "li", 10)
            session.rollback()
            kind = {"kind": "pending"} if number % 2 else {}
            asked = [books.transfer("li", "shop", 10, **kind) for _ in range(SPENDERS)]
            answers = Counter(crowd.map(lambda new: spend(site, start, new), asked))
            assert answers == {"created": 1, "exceeds_credits": SPENDERS - 1}
    there = books.balance("li")
    assert (there.debits_posted + there.debits_pending, there.available) == (10 * ROUNDS, 0)
    assert books.wrong_numbers() == []


def test_the_same_request_sent_fifty_times_at_once_counts_once(site, session, run, clock_at):
    books = Books(session, run, clock_at)
    for name, kind in (("issue", "issue"), ("shop", "shop"), ("li", "household")):
        books.open(name, kind)
    books.create("issue", "li", 1000)
    held = books.create("li", "shop", 100, kind="pending")
    session.rollback()
    start = threading.Barrier(SPENDERS)
    key = new_id()
    for new, status in (
        (books.transfer("li", "shop", 10, id=key), "exists"),
        (NewTransfer(COMMUNITY, new_id(), "redemption", kind="post", pending_id=held.id), "exists"),
    ):
        with ThreadPoolExecutor(SPENDERS) as crowd:
            answers = Counter(crowd.map(lambda new: spend(site, start, new), [new] * SPENDERS))
        assert answers == {"created": 1, status: SPENDERS - 1}
    assert books.balance("li").debits_posted == 110
    assert books.wrong_numbers() == []


def test_a_hold_posted_and_voided_at_once_is_resolved_once(site, session, run, clock_at):
    books = Books(session, run, clock_at)
    for name, kind in (("issue", "issue"), ("shop", "shop"), ("li", "household")):
        books.open(name, kind)
    books.create("issue", "li", 1000)
    start = threading.Barrier(10)
    with ThreadPoolExecutor(10) as crowd:
        for _ in range(10):
            held = books.create("li", "shop", 10, kind="pending")
            session.rollback()
            asked = [books.transfer(kind=kind, pending_id=held.id) for kind in ("post", "void") * 5]
            answers = Counter(crowd.map(lambda new: spend(site, start, new), asked))
            assert answers["created"] == 1
            assert sum(answers.values()) == answers["created"] + sum(
                count for status, count in answers.items() if status.startswith("pending_transfer_already_")
            )
    assert books.wrong_numbers() == []


def test_wallets_that_pay_each_other_in_circles_do_not_wait_for_each_other(site, session, run, clock_at):
    books = Books(session, run, clock_at)
    names = ["a", "b", "c", "d"]
    books.open("issue")
    for name in names:
        books.open(name, "household")
        books.create("issue", name, 100)
    session.rollback()
    start = threading.Barrier(8)
    asked = [
        books.transfer(names[one % 4], names[(one + step) % 4], 1, code="gift")
        for one in range(40)
        for step in (1, 3)
    ]
    with ThreadPoolExecutor(8) as crowd:
        answers = Counter(crowd.map(lambda new: spend(site, start, new), asked))
    assert answers == {"created": 80}
    assert sum(books.balance(name).available for name in names) == 400
    assert books.wrong_numbers() == []
