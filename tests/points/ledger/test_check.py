"""``flask ledger check`` counts everything again and names what does not add up."""

from __future__ import annotations

import pytest

from tests.points.ledger.books import Books
from tests.points.ledger.raw_sql import RawSql


@pytest.fixture
def sql(village: Books, raw, backend: str) -> RawSql:
    """Li has 20 points, of which 5 are held; an award of 7 is on notice."""
    village.create("budget", "li", 20)
    village.create("li", "shop", 5, kind="pending", code="order")
    village.create("budget", "li", 7, kind="pending", posts=60)
    village.session.rollback()
    return RawSql(raw(), backend)


def check(site) -> tuple[int, str]:
    """Exit status and output."""
    result = site.test_cli_runner().invoke(args=["ledger", "check"])
    return result.exit_code, result.output


def test_sound_books_are_called_sound(sql: RawSql, site):
    status, said = check(site)
    assert (status, "village-7" in said, "account" in said) == (0, False, False)


@pytest.mark.parametrize("column", ["credits_posted", "debits_posted", "credits_pending", "debits_pending"])
def test_a_balance_changed_by_hand_is_found_and_its_account_named(
    sql: RawSql, village: Books, site, column: str
):
    sql.run(f"UPDATE account SET {column} = {column} + 1 WHERE id = :li", li=village.accounts["li"])
    status, said = check(site)
    stored = {"credits_posted": 20, "debits_posted": 0, "credits_pending": 7, "debits_pending": 5}[column]
    assert status == 1
    assert f"{column}: stored {stored + 1}, rows say {stored}" in said
    assert f"account {village.accounts['li']}" in said
    assert "village-7 household:" in said
    assert str(village.accounts["budget"]) not in said
    sql.run(f"UPDATE account SET {column} = {column} - 1 WHERE id = :li", li=village.accounts["li"])


def test_lots_changed_by_hand_are_found(sql: RawSql, village: Books, site):
    sql.run("UPDATE lot SET points = points + 3 WHERE account_id = :li", li=village.accounts["li"])
    status, said = check(site)
    assert status == 1
    assert f"account {village.accounts['li']} lots: stored 15, rows say 18" in said
    sql.run("UPDATE lot SET points = points - 3 WHERE account_id = :li", li=village.accounts["li"])


def test_a_line_count_changed_by_hand_is_found(sql: RawSql, village: Books, site):
    sql.run("UPDATE account SET entries = 9 WHERE id = :shop", shop=village.accounts["shop"])
    status, said = check(site)
    assert (status, "entries: stored 9, rows say 0" in said) == (1, True)
    sql.run("UPDATE account SET entries = 0 WHERE id = :shop", shop=village.accounts["shop"])


def test_every_community_is_counted(sql: RawSql, village: Books, site, run, clock_at):
    other = Books(village.session, run, clock_at, community_id=8)
    account = other.open("issue")
    other.session.rollback()
    sql.run("UPDATE account SET debits_posted = 1 WHERE id = :id", id=account)
    status, said = check(site)
    assert (status, "village-8 issue:" in said, "village-7" in said) == (1, True, False)
