"""A process or its connection dies in the middle of a transaction: nothing is half done, and a repeat finishes it."""

from __future__ import annotations

import signal
import subprocess
import sys

import psycopg
import pytest
import sqlalchemy as sa

from app.config import ROOT
from app.transaction import transact
from points.ledger.operations import create_transfer
from tests.points.ledger.books import Books

DYING = """
import sys, time
from app import create_app
from app.database import db
from app.transaction import transact
from points.ledger.operations import create_transfer
from points.ledger.results import NewTransfer
import uuid

url, community, wallet, shop, key = sys.argv[1:]

def half(session, new, *, now):
    create_transfer(session, new, now=now)
    print("written", flush=True)
    sys.stdin.read()  # the transaction stays open until somebody kills us

site = create_app(DATABASE_URL=url, SECRET_KEY="test", LOG_LEVEL="ERROR")
with site.app_context():
    transact(half, NewTransfer(int(community), uuid.UUID(key), "redemption", debit_account_id=uuid.UUID(wallet),
                               credit_account_id=uuid.UUID(shop), amount=15))
"""


@pytest.fixture
def books(session, run, clock_at) -> Books:
    """Li has 20 points."""
    books = Books(session, run, clock_at)
    for name, kind in (("issue", "issue"), ("shop", "shop"), ("li", "household")):
        books.open(name, kind)
    books.create("issue", "li", 20)
    session.rollback()
    return books


def test_a_process_killed_in_the_middle_leaves_nothing_half_done(books: Books, database_url: str):
    new = books.transfer("li", "shop", 15, code="redemption")
    arguments = [
        str(one) for one in (books.community_id, new.debit_account_id, new.credit_account_id, new.id)
    ]
    process = subprocess.Popen(
        [sys.executable, "-c", DYING, database_url, *arguments],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        assert process.stdout.readline() == "written\n"
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert books.balance("li").available == 20
    assert books.wrong_numbers() == []
    assert books.send(new) == "created"
    assert books.send(new) == "exists"
    assert books.balance("li").available == 5
    assert books.wrong_numbers() == []


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_connection_ended_in_the_middle_is_tried_again_and_counts_once(books: Books, raw):
    new = books.transfer("li", "shop", 15, code="redemption")
    tries = []

    def cut_off(session, new, *, now):
        result = create_transfer(session, new, now=now)
        tries.append(session.execute(sa.text("SELECT pg_backend_pid()")).scalar())
        if len(tries) == 1:
            with raw() as executioner:
                executioner.execute("SELECT pg_terminate_backend(%s)", [tries[0]])
        return result

    assert transact(cut_off, new).status == "created"
    assert len(set(tries)) == 2
    assert books.balance("li").available == 5
    assert books.wrong_numbers() == []


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_commit_whose_answer_was_lost_is_repeated_without_harm(books: Books, engine, monkeypatch):
    """A connection lost during COMMIT means that nobody knows; the same request finds out."""
    new = books.transfer("li", "shop", 15, code="redemption")
    commit, lost = engine.dialect.do_commit, []

    def commit_and_lose_the_answer(connection):
        commit(connection)
        if not lost:
            lost.append(1)
            connection.dbapi_connection.close()
            raise psycopg.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(engine.dialect, "do_commit", commit_and_lose_the_answer)
    assert transact(create_transfer, new).status == "exists"
    assert lost
    assert books.balance("li").available == 5
