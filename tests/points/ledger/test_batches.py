"""Awards of a whole session go on notice in one sweep, each answered as if it had come alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from points.base import new_id
from points.errors import Invalid
from points.ledger.operations import create_pending_batch
from points.ledger.results import NewTransfer
from tests.points.ledger.books import NEXT_YEAR, Books


def send(books: Books, news: list[NewTransfer]) -> list[str]:
    """The statuses of a batch."""
    return [result.status for result in books.transact(create_pending_batch, news)]


def awards(books: Books, *points: int, **more) -> list[NewTransfer]:
    """Awards to Li and Wang in turn."""
    return [
        books.transfer(
            "budget",
            ("li", "wang")[at % 2],
            amount,
            kind="pending",
            posts=60,
            points_expire_on=NEXT_YEAR,
            **more,
        )
        for at, amount in enumerate(points)
    ]


def test_a_batch_is_pending_and_posts_by_itself(village: Books):
    assert send(village, awards(village, 1, 2, 3, 4)) == ["created"] * 4
    assert (village.wallet("li").view.on_notice, village.wallet("wang").view.on_notice) == (4, 6)
    assert village.balance("budget").available == 990
    village.wait(60)
    assert (village.wallet("li").view.available, village.wallet("wang").view.available) == (4, 6)


def test_a_batch_sent_again_changes_nothing(village: Books):
    batch = awards(village, 1, 2, 3)
    send(village, batch)
    assert send(village, batch) == ["exists"] * 3
    assert send(village, [replace(batch[0], amount=9), *batch[1:]]) == [
        "exists_with_different_amount",
        "exists",
        "exists",
    ]
    assert village.balance("budget").debits_pending == 6


def test_a_request_twice_in_one_batch_counts_once(village: Books):
    batch = awards(village, 1, 2)
    assert send(village, [*batch, batch[0], replace(batch[1], amount=5)]) == [
        "created", "created", "exists", "exists_with_different_amount",
    ]  # fmt: skip
    assert village.balance("budget").debits_pending == 3


def test_what_the_budget_no_longer_covers_is_refused_in_order(village: Books):
    batch = awards(village, 600, 500, 400, 1)
    assert send(village, batch) == ["created", "exceeds_credits", "created", "exceeds_credits"]
    assert village.balance("budget").available == 0
    village.create("issue", "budget", 1000, code="grant")
    assert send(village, batch) == ["exists", "id_already_failed", "exists", "id_already_failed"]


def test_sources_of_two_units_may_be_mixed(village: Books):
    village.open("laurels", "honour")
    village.open("honour of li", "honour")
    batch = [*awards(village, 5), village.transfer("laurels", "honour of li", 1, kind="pending", posts=60)]
    assert send(village, batch) == ["created", "created"]
    assert send(village, [village.transfer("laurels", "li", 1, kind="pending")]) == [
        "accounts_must_have_the_same_unit"
    ]


def test_unknown_accounts_are_named(village: Books):
    lost = replace(awards(village, 1)[0], credit_account_id=new_id())
    nobody = replace(awards(village, 1)[0], debit_account_id=new_id())
    assert send(village, [lost, nobody, *awards(village, 1)]) == [
        "credit_account_not_found", "debit_account_not_found", "created",
    ]  # fmt: skip


def test_a_wrong_batch_is_a_mistake_of_the_caller(village: Books):
    with pytest.raises(Invalid, match="amount_must_be_positive"):
        send(village, awards(village, 1, 0))
    with pytest.raises(ValueError, match="pending"):
        send(village, [village.transfer("budget", "li", 1)])
    with pytest.raises(ValueError, match="one community"):
        send(village, [*awards(village, 1), replace(awards(village, 1)[0], community_id=8)])
    village.create("budget", "li", 5)
    with pytest.raises(ValueError, match="wallets"):
        send(village, [village.transfer("li", "shop", 1, kind="pending")])
    assert send(village, []) == []
