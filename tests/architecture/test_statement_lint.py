"""The reader of statements catches a forgotten community and lets the others pass."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from points.ledger.models import Account, OpenPending, Transfer
from points.people.models import Household, Member
from tests.support.statement_lint import CommunityForgotten, StatementLint, what_is_wrong

COMPLETE = [
    "SELECT account.id FROM account WHERE account.community_id = %(community_id_1)s::BIGINT AND account.id = ?",
    "SELECT id FROM account WHERE community_id = ?",
    "SELECT 1 FROM account AS a JOIN transfer AS t ON t.community_id = a.community_id WHERE a.community_id = ?",
    "SELECT 1 FROM account a, transfer t WHERE a.community_id = :c AND t.community_id = :c",
    "SELECT id FROM lot WHERE ? = lot.community_id AND lot.id = ?",
    "SELECT id FROM lot WHERE (lot.community_id, lot.id) IN ((?, ?), (?, ?))",
    "SELECT id FROM lot WHERE lot.community_id = ? UNION ALL SELECT id FROM lot WHERE lot.community_id = ?",
    "INSERT INTO lot (community_id, id) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET points = 1",
    "UPDATE lot SET points = ? WHERE lot.community_id = ? AND lot.points = '; FROM transfer'",
    "DELETE FROM open_pending WHERE community_id = $1 AND id = $2",
    "SELECT id FROM community ORDER BY id FOR UPDATE",
    "SELECT count(*) FROM account -- across communities",
    "CREATE TABLE account (id BLOB)",
]
FORGETFUL = [
    "SELECT id FROM account",
    "SELECT id FROM account WHERE id = ?",
    "SELECT 1 FROM account AS a JOIN transfer AS t ON t.debit_account_id = a.id WHERE a.community_id = ?",
    "SELECT 1 FROM account AS a JOIN transfer AS t ON t.community_id = a.community_id WHERE a.id = ?",
    "SELECT 1 FROM account a, transfer t WHERE a.community_id = :c",
    "SELECT id FROM lot WHERE lot.community_id = ? AND EXISTS (SELECT 1 FROM account WHERE account.id = lot.account_id)",
    "SELECT id FROM lot WHERE lot.community_id = ? UNION ALL SELECT id FROM lot WHERE lot.id = ?",
    "SELECT id FROM lot WHERE lot.community_id IN (?, ?)",
    "INSERT INTO lot (id) VALUES (?)",
    "UPDATE lot SET points = ?",
    "DELETE FROM open_pending WHERE id = $1",
    "SELECT id FROM account -- WHERE community_id = ?",
]


@pytest.mark.parametrize("statement", COMPLETE)
def test_a_statement_that_binds_its_community_passes(statement):
    assert what_is_wrong(statement) is None


@pytest.mark.parametrize("statement", FORGETFUL)
def test_a_statement_that_forgets_its_community_is_named(statement):
    assert what_is_wrong(statement)


def test_what_sqlalchemy_writes_is_understood(session):
    wallet = Account.__table__.alias("wallet")
    session.execute(
        sa.select(Transfer, wallet)
        .join(
            wallet,
            sa.and_(wallet.c.community_id == Transfer.community_id, wallet.c.id == Transfer.debit_account_id),
        )
        .where(Transfer.community_id == 1, ~sa.exists().where(OpenPending.community_id == 1))
    )
    session.execute(
        sa.select(Member)
        .join(Household, Household.community_id == Member.community_id)
        .where(Member.community_id == 1)
    )
    session.get(Household, (1, "0197a1b0-0000-7000-8000-000000000000"))


def test_a_forgotten_community_stops_the_statement(session, statement_lint: StatementLint):
    with pytest.raises(CommunityForgotten):
        session.execute(sa.select(Member.name))
    assert "member" in statement_lint.refused.pop()


def test_crossing_communities_can_be_said(session):
    session.execute(sa.select(Member.name).execution_options(across_communities=True))
