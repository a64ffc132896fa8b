"""What our connections do that the drivers' own would not."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.database import engine_options
from points.prepared import Prepared

POSTGRESQL = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def prepared(connection: sa.Connection) -> int:
    return connection.exec_driver_sql("SELECT count(*) FROM pg_prepared_statements").scalar()


@POSTGRESQL
def test_statements_stay_prepared_over_the_rollback_of_a_page(engine: sa.Engine):
    with engine.connect() as connection:
        for number in range(10):
            connection.execute(sa.text("SELECT name FROM area WHERE id = :id"), {"id": number})
            connection.rollback()
        assert prepared(connection) == 1


@POSTGRESQL
def test_after_an_error_a_connection_forgets_what_it_prepared_and_goes_on(engine: sa.Engine):
    with engine.connect() as connection:
        for number in range(10):
            connection.execute(sa.text("SELECT name FROM area WHERE id = :id"), {"id": number})
        with pytest.raises(sa.exc.DBAPIError):
            connection.execute(sa.text("SELECT name FROM no_such_table"))
        connection.rollback()
        assert connection.execute(sa.text("SELECT 1")).scalar() == 1
        assert prepared(connection) == 0


@POSTGRESQL
def test_after_an_error_a_page_reads_on_by_the_statements_of_libpq(engine: sa.Engine, nobody_listens: None):
    one = Prepared(sa.select(sa.literal(1).label("one")))
    with engine.connect() as connection:
        one.rows(connection, {})
        for _ in range(8):  # what psycopg has prepared it throws away after an error, and ours with it
            connection.execute(sa.text("SELECT 2"))
        with pytest.raises(sa.exc.DBAPIError):
            connection.execute(sa.text("SELECT 1 / 0"))
        connection.rollback()
        assert [row.one for row in one.rows(connection, {})] == [1]


@POSTGRESQL
def test_a_rollback_takes_back_what_was_written(engine: sa.Engine):
    with engine.connect() as connection:
        connection.execute(sa.text("INSERT INTO area (id, kind, name) VALUES (1, 'county', 'x')"))
        connection.rollback()
        assert connection.execute(sa.text("SELECT count(*) FROM area")).scalar() == 0


@POSTGRESQL
def test_nobody_waits_longer_than_five_seconds_for_a_lock(engine: sa.Engine):
    with engine.connect() as connection:
        assert connection.execute(sa.text("SHOW lock_timeout")).scalar() == "5s"
        assert connection.execute(sa.text("SHOW transaction_isolation")).scalar() == "read committed"


@SQLITE
def test_sqlite_keeps_its_promises_on_every_connection(engine: sa.Engine):
    with engine.connect() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("foreign_keys", "journal_mode", "synchronous", "busy_timeout")
        }
    assert settings == {"foreign_keys": 1, "journal_mode": "wal", "synchronous": 2, "busy_timeout": 5000}


@SQLITE
def test_a_writer_says_so_at_once_and_a_reader_holds_nobody_up(engine: sa.Engine, raw):
    with engine.connect() as reader:
        reader.execute(sa.text("SELECT count(*) FROM area"))
        with engine.connect().execution_options(writes=True) as writer:
            writer.execute(sa.text("SELECT 1"))
            other = raw()
            other.execute("PRAGMA busy_timeout = 0")
            with pytest.raises(Exception, match="locked"):
                other.execute("BEGIN IMMEDIATE")


def test_the_pool_is_as_large_as_it_is_set():
    assert engine_options("postgresql+psycopg://host/x", 3)["pool_size"] == 3


@POSTGRESQL
def test_behind_a_pooler_no_statement_is_prepared(database_url: str):
    engine = sa.create_engine(database_url, **engine_options(database_url, prepares=False))
    one = Prepared(sa.select(sa.literal(1).label("one")))
    with engine.connect() as connection:
        for _ in range(10):
            assert [row.one for row in one.rows(connection, {})] == [1]
            connection.execute(sa.text("SELECT 1"))
        assert prepared(connection) == 0
    engine.dispose()
