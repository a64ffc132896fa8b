"""Closing a session of nine reviewers: what the database works for each award, beside one INSERT of the same transfers;
how long it takes on either database; and what a poll of the projector costs while it goes on."""

from __future__ import annotations

import time
import uuid
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from app import clock
from app.database import db
from app.transaction import transact
from bench.processes import precise_cpu_seconds
from bench.report import Goal, Rounds, headline
from bench.site import close_site, migrate, new_site
from points.base import new_id
from points.people.operations import GrantRole, grant_role
from points.review.closing import CloseSession, close_session
from points.review.models import AgendaItem, Ballot, Recusal, Seat
from points.review.policy import MOST_ITEMS
from points.review.queries import revision_of
from tests.builders import MONDAY, Village, given_open_session, given_record, given_village
from tests.support.postgres import postgres_cluster

MOST_SERVER_MS = 0.6
MOST_SECONDS, MOST_SECONDS_ON_SQLITE = 3, 5
MOST_POLL_MS = 5
JUDGES, POLLS = 9, 1000
POINTS = 4
item, seat, recusal, ballot = AgendaItem.__table__, Seat.__table__, Recusal.__table__, Ballot.__table__


def bench_awards(folder: Path, rounds: int, seconds: int) -> list[Goal]:  # noqa: ARG001 - counted in items
    """A session of 500 approved items on PostgreSQL with fsync on: server time for each."""
    headline(f"awards: closing a session of {MOST_ITEMS} approved items (PostgreSQL, fsync on)")
    with postgres_cluster(fsync=True, directory=folder) as cluster:
        site = new_site(cluster.create_database("awards"), folder)
        try:
            migrate(site)
            with site.app_context():
                found = _rounds(rounds, cluster.url("awards").replace("+psycopg", ""))
        finally:
            close_site(site)
    found.print()
    ratio = found.ratio("close: PostgreSQL CPU ms each", to="plain INSERT: PostgreSQL CPU ms each")
    print(f"  closing / plain INSERT of the transfers alone, PostgreSQL CPU: {ratio:.2f}")
    return [
        Goal("awards: PostgreSQL's processor time of an item", found.median("close: PostgreSQL CPU ms each"), "ms",
             most=MOST_SERVER_MS),
        Goal("awards: time of an item, commit and Python included", found.median("close: elapsed ms each"), "ms",
             most=MOST_SERVER_MS),
        Goal(f"closing {MOST_ITEMS} items of {JUDGES} reviewers",
             found.median("close: elapsed ms each") * MOST_ITEMS / 1000, "s", most=MOST_SECONDS),
    ]  # fmt: skip


def bench_closing_on_sqlite(folder: Path, rounds: int, seconds: int) -> list[Goal]:  # noqa: ARG001
    """The same session on SQLite; and the projector, asked again and again while nothing is new."""
    headline(f"closing: {MOST_ITEMS} items of {JUDGES} reviewers, and the projector's polls (SQLite)")
    site, found = new_site(f"sqlite:///{folder / 'closing.db'}", folder), Rounds()
    try:
        migrate(site)
        with site.app_context():
            village = _given_nine()
        for at in range(rounds):
            day = MONDAY + timedelta(days=31 * at)
            with site.app_context():
                session_id = _given_decidable_session(village, day)
                db.session.remove()
            poll = _poll(site, village, session_id, day)
            with site.app_context(), clock.at(day + timedelta(minutes=20)):
                began = time.perf_counter()
                command = CloseSession(village.community_id, village.chair.id, session_id)
                transact(close_session, command)
                found.add({"close: s": time.perf_counter() - began, "poll: CPU ms": poll})
    finally:
        close_site(site)
    found.print()
    return [
        Goal(f"closing {MOST_ITEMS} items of {JUDGES} reviewers on SQLite", found.median("close: s"), "s",
             most=MOST_SECONDS_ON_SQLITE),
        Goal("projector: processor time of a poll with nothing new", found.median("poll: CPU ms"), "ms",
             most=MOST_POLL_MS),
    ]  # fmt: skip


def _poll(site: Flask, village: Village, session_id: uuid.UUID, day: datetime) -> float:
    """Processor milliseconds of one poll that is told to keep what it shows."""
    with site.app_context():
        revision = revision_of(db.session(), village.community_id, session_id)
        db.session.remove()
    browser = site.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = f"{village.community_id}:{village.chair.id}:1"
    place = f"/review/{session_id}/projector/part?rev={revision}"
    with clock.at(day + timedelta(minutes=5)):
        if browser.get(place).status_code != 204:
            raise RuntimeError("the poll found something new")
        began = time.process_time()
        for _ in range(POLLS):
            browser.get(place)
        return (time.process_time() - began) * 1000 / POLLS


def _given_nine() -> Village:
    """A village with nine judges; its first ``MOST_ITEMS`` residents are none of them."""
    village = given_village(residents=MOST_ITEMS + JUDGES - 4, budget=10_000_000)
    more, village.residents = village.residents[MOST_ITEMS:], village.residents[:MOST_ITEMS]
    for resident in more:
        transact(grant_role, GrantRole(village.community_id, resident.id, "reviewer", "换届"))
    village.staff["reviewer"] += more
    return village


def _rounds(rounds: int, plain_url: str) -> Rounds:
    village = _given_nine()
    found = Rounds()
    with psycopg.connect(plain_url) as plain:
        for at in range(rounds + 1):
            day = MONDAY + timedelta(days=31 * at)
            session_id = _given_decidable_session(village, day)
            plain.execute(
                "ANALYZE"
            )  # as autovacuum does within a minute; three sessions in a row do not wait for it
            plain.commit()
            figures = _close(village, session_id, day) | _insert_the_same(plain, village, session_id)
            if at:  # the first time everything is compiled and cached
                found.add(figures)
    return found


def _given_decidable_session(village: Village, at: datetime) -> uuid.UUID:
    """Every resident reported a deed, and every judge who may has voted for it."""
    for member in village.residents:
        given_record(village, member, at=at)
    session_id = given_open_session(village, at=at)
    with clock.at(at):
        transact(_vote, (village.community_id, session_id))
    return session_id


def _vote(session: object, command: tuple[int, uuid.UUID], *, now: datetime) -> None:
    """All ballots at once: casting them one by one is not what is measured."""
    community_id, session_id = command
    pairs = session.execute(
        sa.select(item.c.id, seat.c.member_id)
        .join(seat, sa.and_(seat.c.community_id == item.c.community_id, seat.c.session_id == item.c.session_id))
        .where(item.c.community_id == community_id, item.c.session_id == session_id,
               ~sa.exists().where(recusal.c.community_id == item.c.community_id, recusal.c.item_id == item.c.id,
                                  recusal.c.member_id == seat.c.member_id))
    ).all()  # fmt: skip
    session.execute(
        sa.insert(ballot),
        [
            {"community_id": community_id, "id": new_id(), "item_id": item_id, "member_id": member_id, "choice": "approve",
             "points": POINTS, "reason": "", "cast_at": now}
            for item_id, member_id in pairs
        ],
    )  # fmt: skip


def _close(village: Village, session_id: uuid.UUID, at: datetime) -> dict[str, float]:
    spent, statements = [], []

    def begin(connection: sa.Connection, *_more: object) -> None:
        if not spent:
            backend.append(connection.connection.driver_connection.info.backend_pid)
            spent.append(precise_cpu_seconds(backend[0]))
        statements.append(-time.perf_counter())

    def end(*_more: object) -> None:
        statements[-1] += time.perf_counter()

    backend: list[int] = []
    event.listen(db.engine, "before_cursor_execute", begin)
    event.listen(db.engine, "after_cursor_execute", end)
    own, began = time.process_time(), time.perf_counter()
    with clock.at(at + timedelta(minutes=20)):
        closed = transact(close_session, CloseSession(village.community_id, village.chair.id, session_id))
    took, own = time.perf_counter() - began, time.process_time() - own
    spent.append(precise_cpu_seconds(backend[0]))
    event.remove(db.engine, "before_cursor_execute", begin)
    event.remove(db.engine, "after_cursor_execute", end)
    if closed.outcomes != {"approved": MOST_ITEMS}:
        raise RuntimeError(f"not every item was approved: {closed.outcomes}")
    each = 1000 / MOST_ITEMS
    return {
        "close: PostgreSQL CPU ms each": (spent[1] - spent[0]) * each, "close: statements' time ms each": sum(statements) * each,
        "close: elapsed ms each": took * each, "close: Python CPU ms each": own * each, "close: statements": len(statements),
    }  # fmt: skip


def _insert_the_same(plain: psycopg.Connection, village: Village, session_id: uuid.UUID) -> dict[str, float]:
    """The transfers that closing wrote, once more under other ids, in one INSERT of many rows, with the triggers."""
    rows = plain.execute(
        "SELECT t.debit_account_id, t.credit_account_id, t.amount, t.posts_at, t.points_expire_on, t.ref_id, t.done_on, "
        "t.recorded_at FROM transfer t JOIN agenda_item i ON i.community_id = t.community_id AND i.record_id = t.ref_id "
        "WHERE t.community_id = %s AND i.session_id = %s AND t.kind = 'pending' ORDER BY t.id",
        [village.community_id, session_id],
    ).fetchall()
    plain.rollback()
    values = [
        (village.community_id, new_id(), "pending", *row[:3], "award", *row[3:5], "record", *row[5:], row[-1])
        for row in rows
    ]
    width = len(values[0])
    one = "(" + ", ".join(["%s"] * width) + ")"
    text = (
        "INSERT INTO transfer (community_id, id, kind, debit_account_id, credit_account_id, amount, code, posts_at, "
        "points_expire_on, ref_kind, ref_id, done_on, recorded_at, effective_at) VALUES "
        + ", ".join([one] * len(values))
    )
    flat = [value for row in values for value in row]
    spent, began = precise_cpu_seconds(plain.info.backend_pid), time.perf_counter()
    plain.execute(text, flat)
    plain.commit()
    took, spent = time.perf_counter() - began, precise_cpu_seconds(plain.info.backend_pid) - spent
    each = 1000 / len(values)
    return {
        "plain INSERT: PostgreSQL CPU ms each": spent * each,
        "plain INSERT: elapsed ms each": took * each,
    }
