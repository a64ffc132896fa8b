"""The database behind the models: engine options and connection events for SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import event

import app.models
from app.ballot_box import SiteBallotBox
from app.code_keys import SiteCodeKeys
from points.base import Base
from points.postgres_calls import commit, forget_statements

# Every table carries community_id, so the planner may join any of ours to any other: it took 2 ms to plan six tables,
# 40 ms for seven and 250 ms for nine. Four at a time it takes 1 ms, and joins are written from the narrow side on.
POSTGRESQL_OPTIONS = "-c lock_timeout=5000 -c timezone=UTC -c join_collapse_limit=4"

db = SQLAlchemy(
    model_class=Base,
    session_options={
        "expire_on_commit": False,
        "autoflush": True,
        "info": {"ballot_box": SiteBallotBox(), "code_keys": SiteCodeKeys()},
    },
)
migrate = Migrate(directory=str(app.models.ROOT_MIGRATIONS), compare_type=True)


def init_database(site: Flask) -> None:
    """Binds the engine, its events and the migrations to the site."""
    url = site.config["DATABASE_URL"]
    site.config["SQLALCHEMY_DATABASE_URI"] = url
    site.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(
        url, site.config["POOL_SIZE"], prepares=site.config["PREPARED_STATEMENTS"]
    )
    db.init_app(site)
    migrate.init_app(site, db)
    with site.app_context():
        listen(db.engine)


def engine_options(url: str, pool_size: int = 8, *, prepares: bool = True) -> dict[str, Any]:
    """Waits for a lock 5 s at most, on either database; then the visitor is told to try again."""
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": 5}}
    return {
        "pool_size": pool_size,
        "max_overflow": 4,
        "pool_pre_ping": False,
        "connect_args": {"options": POSTGRESQL_OPTIONS, "connect_timeout": 5}
        | ({} if prepares else {"prepare_threshold": None}),
    }


def engine_for(community_id: int) -> sa.Engine:  # noqa: ARG001 - the one place that will choose a shard
    """The engine that holds a community's rows. One for all by default; a cell per county changes only this."""
    return db.engine


def listen(engine: sa.Engine) -> None:
    """SQLite: we say when a transaction begins (the driver would begin too late), and every commit reaches the disk.

    PostgreSQL: a rollback leaves prepared statements alone; psycopg drops them where a savepoint is given up.
    """
    if engine.dialect.name != "sqlite":
        engine.dialect.do_commit = commit
        engine.dialect.do_rollback = _roll_back
        event.listen(engine, "rollback_savepoint", _forget)
        return

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: sa.Connection) -> None:
        # A read that later writes would find the database changed under it: writers say so at once.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _roll_back(connection: Any) -> None:
    """Ends a sound transaction without psycopg's own rollback.

    Every page that reads ends with a rollback, and psycopg forgets at each one what it has prepared: no statement would
    ever be planned only once. After an error it may forget: a plan can be wrong after a migration, and must go.
    """
    server = connection.pgconn
    sound = server.transaction_status == TransactionStatus.INTRANS
    if sound and server.exec_(b"ROLLBACK").status == ExecStatus.COMMAND_OK:
        return
    is_idle = server.transaction_status == TransactionStatus.IDLE
    connection.rollback()
    if not is_idle:
        server.exec_(b"DEALLOCATE ALL")  # psycopg does so only when it had some of its own
        # a session hands in the pool's wrapping of the connection
        forget_statements(getattr(connection, "driver_connection", connection))


def _forget(connection: sa.Connection, *_: object) -> None:
    forget_statements(connection.connection.driver_connection)
