"""A prepared statement says the same by its short way as by SQLAlchemy's own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from app.database import db
from app.transaction import is_worth_another_try
from points.base import Id, UtcDateTime
from points.prepared import Prepared, put_many
from tests.support.statement_lint import StatementLint

NOON = datetime(2026, 9, 7, 4, 0, tzinfo=UTC)
tables = sa.MetaData()
thing = sa.Table(
    "prepared_thing",
    tables,
    sa.Column("id", Id, primary_key=True),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("done_on", sa.Date),
    sa.Column("number", sa.Integer, sa.CheckConstraint("number > 0", name="ck_prepared_thing_number")),
    sa.Column("is_good", sa.Boolean),
)  # fmt: skip
put = Prepared(sa.insert(thing), ("id", "made_at", "number", "is_good"))
get = Prepared(
    sa.select(thing, sa.literal("fixed").label("word"))
    .where(thing.c.id == sa.bindparam("wanted"))
    .order_by(thing.c.id)
)
raise_all = Prepared(sa.update(thing).values(number=thing.c.number + sa.bindparam("more", type_=sa.Integer)))


@pytest.fixture(params=["heard", "unheard"])
def way(request: pytest.FixtureRequest, statement_lint: StatementLint) -> Iterator[str]:
    """With somebody who listens to statements, and with nobody."""
    with statement_lint.away() if request.param == "unheard" else nullcontext():
        yield request.param


@pytest.fixture
def connection(site, session, way: str) -> Iterator[sa.Connection]:
    """A connection that writes, with the table; nothing of it stays."""
    with db.engine.connect().execution_options(writes=True) as connection:
        tables.create_all(connection)
        yield connection
        connection.rollback()


def row(number: int = 1) -> dict[str, object]:
    """Values for ``put``."""
    return {"id": uuid.uuid4(), "made_at": NOON, "number": number, "is_good": True}


def test_values_and_columns_go_through_their_types(connection: sa.Connection) -> None:
    values = row(7)
    assert put.run(connection, values) == 1
    (found,) = get.rows(connection, {"wanted": values["id"]})
    assert (found.id, found.made_at, found.number, found.is_good) == (values["id"], NOON, 7, True)
    assert (found.done_on, found.word) == (None, "fixed")
    assert found.made_at.tzinfo is not None
    assert get.rows(connection, {"wanted": uuid.uuid4()}) == []


def test_a_change_tells_how_many_rows_it_changed(connection: sa.Connection) -> None:
    for number in (1, 2, 3):
        put.run(connection, row(number))
    assert raise_all.run(connection, {"more": 10}) == 3
    assert connection.scalar(sa.select(sa.func.sum(thing.c.number))) == 36


def test_what_the_database_refuses_is_an_error_of_sqlalchemy(connection: sa.Connection) -> None:
    with pytest.raises(sa.exc.IntegrityError), begun_again(connection):
        put.run(connection, row(0))


@contextmanager
def begun_again(connection: sa.Connection) -> Iterator[None]:
    """A savepoint: PostgreSQL would answer nothing more after an error."""
    with connection.begin_nested():
        yield


def test_it_stands_in_the_transaction_of_its_connection(connection: sa.Connection) -> None:
    connection.commit()
    put.run(connection, row())
    assert connection.in_transaction()
    connection.rollback()
    assert connection.scalar(sa.select(sa.func.count()).select_from(thing)) == 0
    tables.drop_all(connection)
    connection.commit()


def test_it_goes_on_after_a_savepoint_was_given_up_and_the_driver_had_nothing_to_forget(
    connection: sa.Connection,
) -> None:
    put.run(connection, row(1))
    with pytest.raises(sa.exc.IntegrityError), begun_again(connection):
        put.run(connection, row(0))
    values = row(2)
    put.run(connection, values)
    assert [one.number for one in get.rows(connection, {"wanted": values["id"]})] == [2]


def test_it_goes_on_after_what_makes_the_driver_forget_its_statements(connection: sa.Connection) -> None:
    values = row(7)
    for number in range(1, 7):  # the driver prepares its own statements from the fifth time on
        connection.execute(sa.text("SELECT CAST(:n AS INTEGER)"), {"n": number})
        put.run(connection, row(number))
    with pytest.raises(sa.exc.IntegrityError), begun_again(connection):
        put.run(connection, row(0))
    put.run(connection, values)
    assert [one.number for one in get.rows(connection, {"wanted": values["id"]})] == [7]


def test_it_goes_on_after_a_transaction_was_broken_off(connection: sa.Connection) -> None:
    connection.commit()
    with pytest.raises(sa.exc.IntegrityError):
        put.run(connection, row(0))
    connection.rollback()
    values = row(7)
    put.run(connection, values)
    assert [one.number for one in get.rows(connection, {"wanted": values["id"]})] == [7]
    connection.rollback()
    tables.drop_all(connection)
    connection.commit()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_what_is_checked_at_the_commit_is_refused_there(connection: sa.Connection) -> None:
    connection.execute(
        sa.text("ALTER TABLE prepared_thing ADD CONSTRAINT one UNIQUE (number) DEFERRABLE INITIALLY DEFERRED")
    )
    put.run(connection, row(7))
    put.run(connection, row(7))
    with pytest.raises(sa.exc.IntegrityError):
        connection.commit()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_connection_lost_at_the_commit_is_worth_another_try(site, session, way: str) -> None:
    with db.engine.connect() as connection:
        own = connection.scalar(sa.text("SELECT pg_backend_pid()"))
        with db.engine.connect() as other:
            other.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": own})
            other.commit()
        with pytest.raises(sa.exc.DBAPIError) as caught:
            connection.commit()
        assert is_worth_another_try(caught.value)


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_statement_that_somebody_dropped_is_worth_another_try(connection: sa.Connection) -> None:
    find = {"wanted": uuid.uuid4()}
    assert get.rows(connection, find) == []
    connection.execute(sa.text("DEALLOCATE ALL"))
    if connection.dispatch.before_cursor_execute:
        return  # somebody listens: nothing was prepared
    with pytest.raises(sa.exc.DBAPIError) as caught:
        get.rows(connection, find)
    assert is_worth_another_try(caught.value)
    connection.rollback()
    tables.create_all(connection)
    assert get.rows(connection, find) == []


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_text_with_a_nul_is_refused_not_cut(connection: sa.Connection) -> None:
    say = Prepared(sa.select(sa.cast(sa.bindparam("word", type_=sa.Text), sa.Text).label("word")))
    with pytest.raises(sa.exc.DataError):
        say.rows(connection, {"word": "a\0b"})


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_lost_connection_is_worth_another_try(site, session, way: str) -> None:
    with db.engine.connect() as connection:
        own = connection.scalar(sa.text("SELECT pg_backend_pid()"))
        with db.engine.connect() as other:
            other.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": own})
            other.commit()
        with pytest.raises(sa.exc.DBAPIError) as caught:
            Prepared(sa.select(sa.literal(1).label("one"))).rows(connection, {})
        assert caught.value.connection_invalidated


def test_many_rows_go_in_at_once_or_not_at_all(connection: sa.Connection) -> None:
    columns = ("id", "made_at", "number", "is_good")
    rows = [(uuid.uuid4(), NOON, n + 1, True) for n in range(20)]
    put_many(connection, thing, columns, rows)
    put_many(connection, thing, columns, [])
    assert connection.execute(sa.select(sa.func.sum(thing.c.number))).scalar() == 210
    with pytest.raises(sa.exc.IntegrityError):
        put_many(connection, thing, columns, [(uuid.uuid4(), NOON, 1, True), (uuid.uuid4(), NOON, 0, True)])
