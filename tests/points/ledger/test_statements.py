"""How often the ledger asks the database: each question costs a quarter of a millisecond of everybody's time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from points.ledger.operations import create_pending_batch, settle
from tests.points.ledger.books import COMMUNITY, NEXT_YEAR, Books


@pytest.fixture
def count(engine: sa.Engine) -> Callable[[Callable[[], object]], int]:
    """``count(action)``: the statements an action sends."""
    seen: list[str] = []

    def keep(_connection, _cursor, statement, *_more):
        seen.append(statement)

    def run(action: Callable[[], object]) -> int:
        seen.clear()
        action()
        return len([one for one in seen if not one.startswith("BEGIN")])

    sa.event.listen(engine, "before_cursor_execute", keep)
    yield run
    sa.event.remove(engine, "before_cursor_execute", keep)


def test_one_transfer_asks_little(village: Books, count):
    award = village.transfer("budget", "li", 20, kind="pending", posts=60)
    assert count(lambda: village.send(award)) <= 3
    assert count(lambda: village.send(award)) == 1
    village.create("budget", "li", 20, points_expire_on=NEXT_YEAR)
    held = village.transfer("li", "shop", 5, kind="pending", code="order")
    assert count(lambda: village.send(held)) <= 6
    post = village.transfer(kind="post", pending_id=held.id, code="redemption")
    assert count(lambda: village.send(post)) <= 4
    again = village.create("li", "shop", 5, kind="pending", code="order")
    assert count(lambda: village.resolve("void", again)) <= 6
    assert count(lambda: village.send(village.transfer("li", "shop", 99))) <= 4


def test_a_wallet_is_read_in_two_statements(village: Books, count):
    village.create("budget", "li", 20, kind="pending", posts=60, points_expire_on=NEXT_YEAR)
    assert count(lambda: village.wallet("li")) == 2
    village.wait(60)
    assert count(lambda: village.wallet("li")) == 2


def test_five_hundred_awards_take_few_statements(village: Books, count):
    batch = [
        village.transfer(
            "budget", ("li", "wang")[at % 2], 1, kind="pending", posts=60, points_expire_on=NEXT_YEAR
        )
        for at in range(500)
    ]
    assert count(lambda: village.transact(create_pending_batch, batch)) <= 6
    village.wait(60)
    done = []
    assert count(lambda: done.append(village.transact(settle_all, COMMUNITY))) <= 8
    assert done == [500]


def settle_all(session, number, *, now):
    """Everything of a community."""
    return settle(session, number, now=now)
