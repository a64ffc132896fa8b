"""``transact``: one transaction, the data of now, and another try when the database asks for one."""

from __future__ import annotations

import sqlite3
import threading

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from app import transaction
from app.database import db
from app.transaction import MOST_TRIES, transact
from points.people.models import Area

COUNTY = {"id": 1, "parent_id": None, "kind": "county", "name": "县"}
area = Area.__table__


def add_county(session, _command, *, now):
    session.execute(sa.insert(area), COUNTY)
    return "added"


def add_area(session, number, *, now):
    session.execute(sa.insert(area), COUNTY | {"id": number})


def rename_county(session, name, *, now):
    session.execute(sa.update(area).values(name=name))


def name_of_county(session, number, *, now):
    return session.get(Area, number).name


def counties(site) -> int:
    """How many there are, seen from another connection."""
    with site.app_context(), db.engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(area)).scalar()


def failing(times: int, error: DBAPIError):
    """An operation that writes, then fails some times, then succeeds."""
    tries = []

    def operation(session, _command, *, now):
        add_county(session, None, now=now)
        tries.append(1)
        if len(tries) <= times:
            raise error
        return len(tries)

    return operation


class PgError(Exception):
    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


def wrapped(kind: type[DBAPIError], original: Exception, *, lost: bool = False) -> DBAPIError:
    return kind("SELECT 1", {}, original, connection_invalidated=lost)


PASSING = {
    "a deadlock": wrapped(OperationalError, PgError("40P01")),
    "a serialization failure": wrapped(OperationalError, PgError("40001")),
    "a lock not had in time": wrapped(OperationalError, PgError("55P03")),
    "a locked database": wrapped(OperationalError, sqlite3.OperationalError("database is locked")),
    "a race on a key, SQLite": wrapped(
        IntegrityError, sqlite3.IntegrityError("UNIQUE constraint failed: x.y")
    ),
    "a race on a key, PostgreSQL": wrapped(
        IntegrityError, psycopg.errors.UniqueViolation("duplicate key value violates")
    ),
    "a lost connection": wrapped(OperationalError, PgError("57P01"), lost=True),
}
LASTING = {
    "a check": wrapped(IntegrityError, sqlite3.IntegrityError("CHECK constraint failed: points")),
    "a missing table": wrapped(OperationalError, sqlite3.OperationalError("no such table: x")),
    "wrong SQL": wrapped(OperationalError, PgError("42601")),
}


@pytest.fixture
def _hurried(monkeypatch):
    monkeypatch.setattr(transaction.time, "sleep", lambda _seconds: None)


def test_what_an_operation_wrote_is_committed_and_its_result_comes_back(session, site):
    assert transact(add_county, None) == "added"
    assert counties(site) == 1


def test_what_an_operation_wrote_before_it_failed_is_gone(session, site):
    def half(session, command, *, now):
        add_county(session, command, now=now)
        raise ValueError("halfway")

    with pytest.raises(ValueError, match="halfway"):
        transact(half, None)
    assert counties(site) == 0
    assert transact(add_county, None) == "added"


@pytest.mark.usefixtures("_hurried")
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("why", PASSING)
def test_it_runs_again_after_what_passes(session, site, why: str):
    assert transact(failing(MOST_TRIES - 1, PASSING[why]), None) == MOST_TRIES
    assert counties(site) == 1


@pytest.mark.usefixtures("_hurried")
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_it_gives_up_after_three_more_tries(session, site):
    with pytest.raises(OperationalError):
        transact(failing(MOST_TRIES, PASSING["a deadlock"]), None)
    assert counties(site) == 0


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("why", LASTING)
def test_what_does_not_pass_is_not_tried_again(session, site, why: str):
    with pytest.raises(DBAPIError):
        transact(failing(1, LASTING[why]), None)
    assert counties(site) == 0


def test_nesting_is_refused(session, site):
    def outer(session, command, *, now):
        return transact(add_county, command)

    with pytest.raises(RuntimeError, match="inside"):
        transact(outer, None)
    assert counties(site) == 0
    assert transact(add_county, None) == "added"


def test_a_session_with_changes_is_refused(session, site):
    session.add(Area(**COUNTY))
    with pytest.raises(RuntimeError, match="no operation made"):
        transact(add_county, None)
    session.rollback()
    assert counties(site) == 0


def test_a_changed_row_is_refused_too(session, site):
    transact(add_county, None)
    session.get(Area, 1).name = "乡"
    with pytest.raises(RuntimeError, match="no operation made"):
        transact(add_county, None)


def test_an_operation_sees_the_data_of_now_and_not_what_the_visitor_loaded(session, site):
    transact(add_county, None)
    assert session.get(Area, 1).name == "县"  # a read transaction is open from here on
    with site.app_context():
        transact(rename_county, "市")
    assert transact(name_of_county, 1) == "市"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_never_commits(site, client, method: str):
    def view():
        transact(add_county, None)

    site.add_url_rule("/writes-on-get", view_func=view)
    view.permission = None
    with (
        site.test_request_context("/writes-on-get", method=method),
        pytest.raises(RuntimeError, match="reads only"),
    ):
        transact(add_county, None)
    assert counties(site) == 0


def test_a_form_may_commit(site):
    with site.test_request_context("/", method="POST"):
        assert transact(add_county, None) == "added"
    assert counties(site) == 1


def test_two_who_lock_in_opposite_orders_both_get_through(site, backend):
    """On PostgreSQL a real deadlock; on SQLite one simply waits for the other."""
    with site.app_context():
        for number in (1, 2):
            transact(add_area, number)
    both_hold_one = threading.Barrier(2)
    first_try = threading.local()

    def cross(session, order, *, now):
        one, other = order
        session.execute(sa.update(area).where(area.c.id == one).values(name=area.c.name + "x"))
        if backend == "postgresql" and not getattr(first_try, "over", False):
            first_try.over = True
            both_hold_one.wait(timeout=10)
        session.execute(sa.update(area).where(area.c.id == other).values(name=area.c.name + "x"))

    def worker(order):
        with site.app_context():
            transact(cross, order)
            db.session.remove()

    threads = [threading.Thread(target=worker, args=(order,)) for order in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    with site.app_context():
        assert set(db.session.scalars(sa.select(area.c.name))) == {"县xx"}
        db.session.remove()
