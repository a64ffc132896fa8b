"""What the database itself refuses: nobody needs our code to be held by its rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from points.base import new_id
from points.ledger.operations import close_account
from points.ledger.results import NewTransfer
from tests.points.ledger.books import COMMUNITY, START, Books
from tests.points.ledger.raw_sql import RawSql

# Ways to put a row in.
WAYS = {
    "postgresql": ("INSERT INTO", "ON CONFLICT"),
    "sqlite": (
        "INSERT INTO",
        "INSERT OR IGNORE INTO",
        "INSERT OR REPLACE INTO",
        "REPLACE INTO",
        "INSERT OR FAIL INTO",
        "ON CONFLICT",
    ),
}


@pytest.fixture
def sql(village: Books, raw, backend: str) -> RawSql:
    """Li has 20 points and an open hold of 5; the shop has 3 from Wang; the site's own connections are idle."""
    village.create("budget", "li", 25)
    village.create("budget", "wang", 3)
    village.create("wang", "shop", 3)
    village.held = village.create("li", "shop", 5, kind="pending", expires=3600, code="order")
    village.session.rollback()
    return RawSql(raw(), backend)


@pytest.fixture
def row(village: Books, sql: RawSql) -> dict[str, Any]:
    """A posted transfer of 5 points from Li to the shop that would go in as it is."""
    return {
        "community_id": COMMUNITY, "id": new_id(), "kind": "posted", "debit_account_id": village.accounts["li"],
        "credit_account_id": village.accounts["shop"], "amount": 5, "code": "gift", "pending_id": None, "expires_at": None,
        "posts_at": None, "reverses_id": None, "recorded_at": START, "effective_at": START, "debit_seq": 2, "credit_seq": 2,
    }  # fmt: skip


def put(sql: RawSql, row: dict[str, Any], way: str = "INSERT INTO", table: str = "transfer") -> None:
    """Inserts a row in one of the ``WAYS``."""
    if way == "ON CONFLICT":
        sql.insert(table, row, "INSERT INTO", "ON CONFLICT DO NOTHING")
    else:
        sql.insert(table, row, way)


def gets_in_by_no_way(sql: RawSql, row: dict[str, Any], what: str = "", table: str = "transfer") -> None:
    """None of the ``WAYS`` changes anything; a plain INSERT is refused aloud."""
    for way in WAYS[sql.backend]:
        judge = sql.is_refused if way == "INSERT INTO" else sql.changes_nothing
        judge(lambda way=way: put(sql, row, way, table), f"{what} by {way}")


def test_a_right_row_goes_in_and_moves_both_balances(sql: RawSql, row, village: Books):
    put(sql, row)
    assert village.balance("li").debits_posted == 5
    assert village.balance("shop").credits_posted == 8
    # Raw SQL keeps the balances; which day's points they were only our code writes down, and the check says so.
    assert [(one.kind, one.field) for one in village.wrong_numbers()] == [("household", "lots")]
    sql.run("UPDATE lot SET points = points - 5 WHERE account_id = :li", li=village.accounts["li"])


WRONG_ROWS = {
    "no debit account": {"debit_account_id": None},
    "no credit account": {"credit_account_id": None},
    "an unknown debit account": {"debit_account_id": new_id()},
    "an unknown credit account": {"credit_account_id": new_id()},
    "an unknown community": {"community_id": 99},
    "nothing to move": {"amount": 0},
    "a negative amount": {"amount": -5},
    "no amount": {"amount": None},
    "more than there is": {"amount": 21},
    "more than there is, reserved": {"kind": "pending", "amount": 21, "debit_seq": None, "credit_seq": None},
    "an unknown kind": {"kind": "poste"},
    "an unknown code": {"code": "wish"},
    "a posted one that names a pending one": {"pending_id": "held"},
    "a posted one with a clock": {"expires_at": START + timedelta(days=1)},
    "two clocks": {"kind": "pending", "debit_seq": None, "credit_seq": None,
                   "expires_at": START + timedelta(days=1), "posts_at": START + timedelta(days=1)},
    "no time": {"recorded_at": None},
    "a line number out of turn": {"debit_seq": 3},
    "a line number used before": {"credit_seq": 1},
    "no line number": {"debit_seq": None},
    "a pending one with a line number": {"kind": "pending"},
    "a reversal of nothing": {"reverses_id": new_id()},
    "a post of nothing": {"kind": "post"},
    "a post of an unknown one": {"kind": "post", "pending_id": new_id()},
    "a post of more than was held": {"kind": "post", "pending_id": "held", "amount": 6},
    "a void of less than was held": {"kind": "void", "pending_id": "held", "amount": 4, "debit_seq": None, "credit_seq": None},
    "a post after the hold lapsed": {"kind": "post", "pending_id": "held", "recorded_at": START + timedelta(seconds=3600)},
}  # fmt: skip


def test_a_wrong_row_gets_in_by_no_way(sql: RawSql, row, village: Books):
    for what, changes in WRONG_ROWS.items():
        changes = {name: village.held.id if value == "held" else value for name, value in changes.items()}
        gets_in_by_no_way(sql, row | changes, what)


def test_the_same_account_on_both_sides_is_refused(sql: RawSql, row):
    gets_in_by_no_way(sql, row | {"credit_account_id": row["debit_account_id"]})


def test_different_units_are_refused(sql: RawSql, row, village: Books):
    honour = village.open("honour", "honour")
    gets_in_by_no_way(sql, row | {"credit_account_id": honour, "credit_seq": 1})


def test_a_row_cannot_be_put_in_the_place_of_another(sql: RawSql, row, village: Books):
    gets_in_by_no_way(sql, row | {"id": village.held.id})


def test_a_closed_account_takes_nothing_but_a_void(sql: RawSql, row, village: Books):
    village.transact(
        lambda session, account, *, now: close_account(session, COMMUNITY, account, now=now),
        village.accounts["shop"],
    )
    village.session.rollback()
    sql.is_refused(lambda: put(sql, row))
    sql.is_refused(lambda: put(sql, row | {"kind": "pending", "debit_seq": None, "credit_seq": None}))
    post = row | {"kind": "post", "pending_id": village.held.id}
    sql.is_refused(lambda: put(sql, post))
    put(sql, post | {"kind": "void", "debit_seq": None, "credit_seq": None})
    assert village.balance("li").debits_pending == 0
    sql.run("UPDATE lot SET points = points + 5 WHERE account_id = :li", li=village.accounts["li"])


@pytest.mark.parametrize("first", ["post", "void"])
@pytest.mark.parametrize("second", ["post", "void"])
def test_a_pending_transfer_is_resolved_once(sql: RawSql, row, village: Books, first: str, second: str):
    assert village.resolve(first, village.held) == "created"
    again = row | {"kind": second, "pending_id": village.held.id}
    again |= (
        {"debit_seq": None, "credit_seq": None} if second == "void" else {"debit_seq": 3, "credit_seq": 3}
    )
    gets_in_by_no_way(sql, again)


def test_a_pending_transfer_is_resolved_between_its_own_accounts(sql: RawSql, row, village: Books):
    wang = row | {
        "kind": "post",
        "pending_id": village.held.id,
        "debit_account_id": village.accounts["wang"],
        "debit_seq": 3,
    }
    sql.is_refused(lambda: put(sql, wang))


def test_an_award_whose_notice_ended_cannot_be_voided(sql: RawSql, row, village: Books):
    award = village.create("budget", "li", 2, kind="pending", posts=60)
    void = row | {"kind": "void", "pending_id": award.id, "amount": 2, "debit_seq": None, "credit_seq": None,
                  "debit_account_id": village.accounts["budget"], "credit_account_id": village.accounts["li"]}  # fmt: skip
    village.session.rollback()
    sql.is_refused(lambda: put(sql, void | {"recorded_at": START + timedelta(seconds=60)}))
    put(sql, void | {"recorded_at": START + timedelta(seconds=59)})


def test_a_transfer_is_reversed_once(sql: RawSql, row, village: Books):
    refund = village.create("shop", "budget", 3, code="refund")
    village.session.rollback()
    reversal = row | {
        "debit_account_id": refund.credit_account_id,
        "credit_account_id": refund.debit_account_id,
        "amount": 3,
    }
    put(sql, reversal | {"reverses_id": refund.id, "debit_seq": 5, "credit_seq": 3})
    gets_in_by_no_way(
        sql, reversal | {"id": new_id(), "reverses_id": refund.id, "debit_seq": 6, "credit_seq": 4}
    )


CHANGES = [
    "UPDATE transfer SET amount = 1 WHERE community_id = 7",
    "UPDATE transfer SET reason = 'a better one' WHERE community_id = 7",
    "UPDATE transfer SET community_id = 8 WHERE community_id = 7",
    "DELETE FROM transfer WHERE community_id = 7",
    "UPDATE account SET debits_must_not_exceed_credits = :no WHERE community_id = 7",
    "UPDATE account SET kind = 'issue' WHERE community_id = 7 AND kind = 'household'",
    "UPDATE account SET unit = 'honour' WHERE community_id = 7",
    "UPDATE account SET owner_id = id WHERE community_id = 7",
    "UPDATE account SET debits_posted = credits_posted + 1 WHERE community_id = 7 AND kind = 'household'",
    "UPDATE account SET credits_posted = 0 WHERE community_id = 7 AND kind = 'household'",
    "UPDATE account SET debits_pending = -1 WHERE community_id = 7",
    "DELETE FROM account WHERE community_id = 7",
    "UPDATE lot_use SET points = points + 1 WHERE community_id = 7",
    "DELETE FROM lot_use WHERE community_id = 7",
    "UPDATE lot SET points = -1 WHERE community_id = 7",
    "UPDATE open_pending SET amount = 1 WHERE community_id = 7",
    "UPDATE open_pending SET credit_account_id = debit_account_id WHERE community_id = 7",
    "DELETE FROM open_pending WHERE community_id = 7",
    "DELETE FROM failed_transfer WHERE community_id = 7",
    "UPDATE failed_transfer SET result = 'created' WHERE community_id = 7",
]
ON_SQLITE = [
    "UPDATE OR IGNORE transfer SET amount = 1",
    "UPDATE OR REPLACE transfer SET id = (SELECT max(id) FROM transfer)",
    "UPDATE OR IGNORE account SET debits_must_not_exceed_credits = 0",
    "REPLACE INTO account SELECT * FROM account",
    "INSERT OR REPLACE INTO account SELECT * FROM account",
    "REPLACE INTO transfer SELECT * FROM transfer",
    "REPLACE INTO open_pending (community_id, id, debit_account_id, credit_account_id, amount, code, expires_at) "
    "SELECT community_id, id, debit_account_id, credit_account_id, 1, code, expires_at FROM open_pending",
    "INSERT INTO transfer SELECT * FROM transfer WHERE true ON CONFLICT DO UPDATE SET amount = 1",
]
ON_POSTGRESQL = [
    "TRUNCATE transfer CASCADE",
    "TRUNCATE account CASCADE",
    "TRUNCATE open_pending",
    "TRUNCATE failed_transfer",
    "TRUNCATE lot_use",
    "INSERT INTO transfer SELECT * FROM transfer ON CONFLICT (community_id, id) DO UPDATE SET amount = 1",
    "MERGE INTO transfer t USING transfer s ON t.id = s.id WHEN MATCHED THEN DELETE",
    "MERGE INTO transfer t USING transfer s ON t.id = s.id WHEN MATCHED THEN UPDATE SET amount = 1",
    "WITH gone AS (DELETE FROM open_pending RETURNING *) SELECT count(*) FROM gone",
]


def test_nothing_written_is_changed_or_deleted(sql: RawSql, village: Books, backend: str):
    assert village.send(village.transfer("li", "shop", 999)) == "exceeds_credits"
    village.session.rollback()
    for statement in CHANGES + (ON_SQLITE if backend == "sqlite" else ON_POSTGRESQL):
        values = {"no": False} if ":no" in statement else {}
        sql.is_refused(lambda statement=statement, values=values: sql.run(statement, **values), statement)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_an_overdraft_that_sqlite_is_told_to_ignore_changes_nothing(sql: RawSql):
    sql.changes_nothing(
        lambda: sql.run(
            "UPDATE OR IGNORE account SET debits_posted = credits_posted + 1 WHERE kind = 'household'"
        )
    )


def test_an_account_opens_empty_and_once(sql: RawSql, village: Books):
    opened = {
        "community_id": COMMUNITY, "id": new_id(), "kind": "household", "owner_id": new_id(), "unit": "points",
        "credits_posted": 0, "debits_posted": 0, "credits_pending": 0, "debits_pending": 0, "entries": 0,
        "debits_must_not_exceed_credits": True, "opened_at": START,
    }  # fmt: skip
    for changes in (
        {"credits_posted": 100}, {"debits_pending": 1, "credits_posted": 1}, {"credits_pending": 1}, {"entries": 1},
        {"debits_posted": 1, "debits_must_not_exceed_credits": False}, {"unit": "yuan"}, {"kind": "cash"}, {"owner_id": None},
        {"id": village.accounts["li"]},
    ):  # fmt: skip
        gets_in_by_no_way(sql, opened | changes, str(changes), "account")
    put(sql, opened, table="account")
    gets_in_by_no_way(sql, opened | {"id": new_id()}, "a second one", "account")


def test_the_clock_of_an_award_may_be_set_and_nothing_else(sql: RawSql, village: Books):
    award: NewTransfer = village.create("budget", "li", 2, kind="pending", posts=60)
    village.session.rollback()
    sql.run("UPDATE open_pending SET posts_at = NULL WHERE community_id = 7 AND id = :id", id=award.id)
    village.wait(120)
    assert village.balance("li").credits_pending == 2


def test_an_amount_is_a_whole_number(sql: RawSql, row, backend: str):
    for amount in ("1.5", "five") if backend == "postgresql" else (1.5, "five", b"5"):
        sql.is_refused(lambda amount=amount: put(sql, row | {"amount": amount}))
