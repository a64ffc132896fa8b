"""The worked vectors of two-phase transfers, on both databases. A1 is debited, A2 credited."""

from __future__ import annotations

import pytest

from points.base import new_id
from points.ledger.operations import create_transfer
from points.ledger.results import NewTransfer
from tests.points.ledger.books import START, Books


@pytest.fixture
def pair(books: Books) -> Books:
    """Two unlimited accounts."""
    books.open("A1")
    books.open("A2")
    return books


@pytest.fixture
def limited(books: Books) -> Books:
    """A1 is a household's wallet and cannot go below zero; A2 is a shop; points come from A0."""
    books.open("A0")
    books.open("A1", "household")
    books.open("A2", "shop")
    return books


@pytest.fixture
def first_vector(pair: Books) -> dict[str, NewTransfer]:
    """The seven transfers of V1."""
    made = {"T1": pair.create("A1", "A2", 15)}
    for name, amount, expires in (
        ("T2", 15, 1000),
        ("T3", 15, 50),
        ("T4", 15, 1),
        ("T5", 7, 50),
        ("T6", 1, None),
        ("T7", 1, None),
    ):
        made[name] = pair.create("A1", "A2", amount, kind="pending", expires=expires)
    assert (pair.debits("A1"), pair.credits("A2")) == ((54, 15), (54, 15))
    assert (pair.credits("A1"), pair.debits("A2")) == ((0, 0), (0, 0))
    pair.wait(1)
    return made


def test_v1_posting_twice_under_one_id_is_a_repeat_or_names_what_differs(pair: Books, first_vector):
    t101 = pair.transfer(amount=13, kind="post", pending_id=first_vector["T2"].id)
    assert pair.send(t101) == "created"
    assert pair.send(t101, amount=14) == "exists_with_different_amount"
    assert pair.send(t101) == "exists"


def test_v1_a_repeat_tells_the_first_time(pair: Books, first_vector):
    pair.wait(5)
    result = pair.transact(create_transfer, first_vector["T1"])
    assert (result.status, result.recorded_at) == ("exists", START)


def test_v1_an_id_refused_once_stays_refused(pair: Books, first_vector):
    t102 = pair.transfer(kind="void", pending_id=new_id())
    assert pair.send(t102) == "pending_transfer_not_found"
    assert pair.send(t102, pending_id=first_vector["T3"].id) == "id_already_failed"
    assert pair.resolve("void", first_vector["T3"]) == "created"


def test_v1_from_beginning_to_end(pair: Books, first_vector):
    t1, t2, t3, t4, t5, t6, t7 = first_vector.values()
    assert pair.resolve("post", t2, 13) == "created"
    assert pair.resolve("void", t1) == "pending_transfer_not_pending"
    assert pair.resolve("void", t3, 16) == "exceeds_pending_transfer_amount"
    assert pair.resolve("void", t3, 14) == "pending_transfer_has_different_amount"
    assert pair.resolve("post", t2) == "pending_transfer_already_posted"
    assert pair.resolve("void", t3, 15) == "created"
    assert pair.resolve("post", t3) == "pending_transfer_already_voided"
    assert pair.resolve("void", t4) == "pending_transfer_expired"
    assert pair.resolve("post", t5, 8) == "exceeds_pending_transfer_amount"
    t105 = pair.transfer(kind="post", pending_id=t5.id)
    assert pair.send(t105) == "created"
    assert pair.send(t105, amount=7) == "exists"
    assert pair.send(t105, amount=6) == "exists_with_different_amount"
    assert pair.send(t105, amount=8) == "exists_with_different_amount"
    assert pair.resolve("post", t6) == "created"
    assert pair.resolve("post", t7, 0) == "created"
    assert (pair.debits("A1"), pair.credits("A2")) == ((0, 36), (0, 36))
    assert (pair.credits("A1"), pair.debits("A2")) == ((0, 0), (0, 0))


def test_v2_pending_transfers_lapse_one_after_the_other_by_themselves(pair: Books):
    held = [
        pair.create("A1", "A2", amount, kind="pending", expires=expires)
        for amount, expires in ((10, None), (11, 1), (12, 2), (13, 3))
    ]
    sums = []
    for _ in range(4):
        sums.append((pair.debits("A1")[0], pair.credits("A2")[0]))
        pair.wait(1)
    assert sums == [(46, 46), (35, 35), (23, 23), (10, 10)]
    assert [pair.resolve("post", one) for one in held] == ["created", *["pending_transfer_expired"] * 3]
    assert (pair.debits("A1"), pair.credits("A2")) == ((0, 10), (0, 10))


def test_v3_a_chain_with_an_invalid_link_leaves_every_balance_as_it_was(pair: Books):
    pair.create("A1", "A2", 3)
    good, bad = pair.transfer("A1", "A2", 15), pair.transfer("A1", "A1", 15)
    assert pair.chain(good, bad) == ["linked_event_failed", "accounts_must_be_different"]
    assert (pair.debits("A1"), pair.credits("A2")) == ((0, 3), (0, 3))


def test_v4_a_failed_chain_uses_nothing_up(limited: Books):
    limited.create("A0", "A1", 20)
    chained = limited.transfer("A1", "A2", 15)
    unsigned = limited.transfer("A1", "A2", -1)
    assert limited.chain(chained, unsigned) == ["linked_event_failed", "amount_must_be_positive"]
    assert limited.send(limited.transfer("A1", "A2", 15)) == "created"
    assert limited.balance("A1").available == 5


def test_a_chain_that_holds_is_written_whole_and_may_be_repeated(limited: Books):
    chain = [limited.transfer("A0", "A1", 20), limited.transfer("A1", "A2", 15)]
    assert limited.chain(*chain) == ["created", "created"]
    assert limited.chain(*chain) == ["exists", "exists"]
    assert limited.balance("A1").available == 5


def test_v5_reserving_points_is_where_the_floor_is_tested(limited: Books):
    limited.create("A0", "A1", 100)
    limited.create("A1", "A2", 70)
    assert limited.send(limited.transfer("A1", "A2", 50, kind="pending")) == "exceeds_credits"
    held = limited.create("A1", "A2", 30, kind="pending")
    assert limited.send(limited.transfer("A1", "A2", 1, kind="pending")) == "exceeds_credits"
    assert limited.resolve("void", held) == "created"
    assert limited.send(limited.transfer("A1", "A2", 30, kind="pending")) == "created"
    assert limited.balance("A1").available == 0
