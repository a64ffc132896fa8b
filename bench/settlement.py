"""A shop's month of 20,000 redemptions: drawn up, checked again and put into a PDF, beside the bare sums in SQL."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from app.database import db
from app.files.papers import Paper, as_pdf
from bench.report import Goal, Rounds, headline
from bench.site import close_site, migrate, new_site
from points.base import new_id
from points.ledger.accounts import account_id_of, lock_rows
from points.ledger.models import Transfer
from points.ledger.results import NewTransfer
from points.ledger.writing import Numbers, row_of, write_rows
from shop.settlement.operations import DrawStatement, SetUnitValue, draw_statement, set_unit_value
from shop.settlement.queries import is_still_the_same, statement_by_id
from tests.shop.till import Till, given_till
from tests.support.postgres import postgres_cluster

REDEMPTIONS, BACK, AT_ONCE = 20_000, 20, 1_000  # every twentieth is given back
MOST_SECONDS = 2.0
transfer = Transfer.__table__


def bench_settlement(folder: Path, rounds: int, seconds: int) -> list[Goal]:  # noqa: ARG001 - counted in entries
    """On both databases."""
    goals = []
    with postgres_cluster(fsync=True, directory=folder) as cluster:
        for name, url in (
            ("PostgreSQL", cluster.create_database("settle")),
            ("SQLite", f"sqlite:///{folder}/settle.db"),
        ):
            headline(f"settlement: a month of {REDEMPTIONS:,} redemptions on {name}")
            site = new_site(url, folder)
            migrate(site)
            found = _measure(site, rounds)
            close_site(site)
            found.print()
            goals.append(
                Goal(f"settlement: a month drawn up, checked, as PDF ({name})", found.median("all, s"), "s", most=MOST_SECONDS)
            )  # fmt: skip
    return goals


def _measure(site: Flask, rounds: int) -> Rounds:
    found = Rounds()
    with site.app_context():
        session, now = db.session(), datetime.now(UTC)
        till = given_till(households=1, points=0, pieces=0, at=now - timedelta(days=31))
        account_id = _seed(till, now - timedelta(days=1))
        value = SetUnitValue(till.community_id, till.staff.id, 20, "量")
        set_unit_value(session, value, now=now - timedelta(days=1))
        session.commit()
        for _round in range(rounds):
            plain = _timed(lambda: _plain(till.community_id, account_id))
            drawn = _timed(lambda: _draw(till, now))
            session.rollback()  # so that the next round draws the same
            found.add({"sums in SQL, s": plain, "all, s": drawn, "all / sums": drawn / plain})
    return found


def _timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _draw(till: Till, now: datetime) -> None:
    session = db.session()
    made = draw_statement(
        session, DrawStatement(till.community_id, till.staff.id, till.shop_id, now), now=now
    )
    view, parts = statement_by_id(session, till.community_id, made)
    if not is_still_the_same(session, till.community_id, view, parts):
        raise RuntimeError("the statement is not the same")
    rows = tuple((line.kind, line.entries, line.points) for part in parts for line in part.lines)
    as_pdf(Paper("结算单", (("商店", view.shop),), ("项目", "笔数", "分"), rows, (view.digest,), now))


def _plain(community_id: int, account_id: uuid.UUID) -> None:
    for own in (transfer.c.credit_account_id, transfer.c.debit_account_id):
        db.session.execute(
            sa.select(transfer.c.code, sa.func.count(), sa.func.sum(transfer.c.amount))
            .where(
                transfer.c.community_id == community_id, own == account_id, transfer.c.debit_seq.is_not(None)
            )
            .group_by(transfer.c.code)
        ).all()


def _seed(till: Till, now: datetime) -> uuid.UUID:
    """Entries of the shop's account as the till writes them, from the community's source: the wallets are not measured."""
    session, community_id = db.session(), till.community_id
    issue = account_id_of(session, community_id, "issue")
    shop = account_id_of(session, community_id, "shop", till.shop_id)
    for _part in range(REDEMPTIONS // AT_ONCE):
        accounts = lock_rows(session, community_id, {issue, shop})
        numbers, rows = Numbers(accounts), []
        for n in range(AT_ONCE):
            rows.append(
                row_of(_entry(community_id, "redemption", issue, shop), numbers, now=now, effective_at=now)
            )
            if n % BACK == 0:
                rows.append(
                    row_of(_entry(community_id, "refund", shop, issue), numbers, now=now, effective_at=now)
                )
        write_rows(session, rows)
        session.commit()
    return shop


def _entry(community_id: int, code: str, debit: uuid.UUID, credit: uuid.UUID) -> NewTransfer:
    return NewTransfer(
        community_id, new_id(), code, debit_account_id=debit, credit_account_id=credit, amount=3
    )
