"""The ground every test stands on: a fresh, migrated database of each kind, and a reader of every statement.

A test that asks for ``site`` (or anything below it) runs twice, on SQLite and on PostgreSQL. One kind only:
``@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)``.
"""

from __future__ import annotations

import gc
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from psycopg import sql
from sqlalchemy.orm import Session

from app import clock, create_app
from app.database import db
from app.models import metadata
from app.transaction import transact
from tests.support.quick_sites import keep
from tests.support.statement_lint import StatementLint

if TYPE_CHECKING:  # pytest imports its plugins itself, to rewrite their assertions
    from tests.support.postgres import Cluster

pytest_plugins = [
    "tests.support.quick_sites",
    "tests.support.postgres",
    "tests.support.chromium",
    "tests.support.demo",
    "tests.support.village",
]

BACKENDS = ("sqlite", "postgresql")
TEMPLATE = "yitian_migrated"
_lint = StatementLint()


def pytest_configure() -> None:
    """Statements are read from the first one on."""
    _lint.watch()


def pytest_collection_finish() -> None:
    """What is loaded by now stays, and the collector comes less often: each test leaves a whole site behind, and walking
    through everything for every third of them took a quarter of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)


@pytest.fixture(autouse=True)
def statement_lint() -> Iterator[StatementLint]:
    """Fails a test in which a statement forgot its community, even when the site turned the error into a page."""
    _lint.refused.clear()
    yield _lint
    refused = list(_lint.refused)
    _lint.refused.clear()
    assert not refused, "\n\n".join(refused)


@pytest.fixture
def nobody_listens(statement_lint: StatementLint) -> Iterator[None]:
    """Statements go the way they go outside of tests."""
    with statement_lint.away():
        yield


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """``sqlite`` or ``postgresql``."""
    return request.param


def new_site(url: str, folder: Path, **overrides: Any) -> Flask:
    """A site on a database, with everything it writes in ``folder``. Dispose of it with ``close_site``."""
    settings = {
        "SECRET_KEY": "test",
        "MEDIA_DIR": folder / "media",
        "SEAL_KEY_FILE": folder / "seal-key",
        "LOG_LEVEL": "ERROR",
        "WTF_CSRF_ENABLED": False,
    }
    return create_app(DATABASE_URL=url, **(settings | overrides))


def close_site(site: Flask) -> None:
    """Gives every connection back."""
    with site.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


def _migrate(url: str, folder: Path) -> None:
    site = new_site(url, folder)
    with site.app_context():
        upgrade()
    close_site(site)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, made once for each worker."""
    folder = tmp_path_factory.mktemp("template")
    path = folder / "migrated.db"
    _migrate(f"sqlite:///{path}", folder)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Name of a migrated PostgreSQL database, made once for the whole run."""
    folder = tmp_path_factory.mktemp("template")
    return postgres.template_database(TEMPLATE, lambda url: _migrate(url, folder))


@pytest.fixture(scope="session")
def worker_database(postgres: Cluster, postgres_template: str, worker_id: str) -> str:
    """One PostgreSQL database for each worker: emptying it takes a tenth of the time of a new copy."""
    return postgres.create_database(f"site_{worker_id}", template=postgres_template)


def fresh_file(template: Path, path: Path) -> None:
    """An SQLite file that is a copy; what stood there before, with its log, is gone."""
    for end in ("", "-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)
    shutil.copyfile(template, path)


def plain_url(url: str) -> str:
    """The address as psycopg knows it."""
    return url.replace("postgresql+psycopg://", "postgresql://")


def empty_postgres(url: str) -> None:
    """Takes every row away, past the triggers that forbid it, after ending what an earlier test left open."""
    with psycopg.connect(plain_url(url), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute("SET session_replication_role = replica")
        tables = [sql.Identifier(table.name) for table in metadata.sorted_tables]
        steps = sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(table) for table in tables)
        connection.execute(steps)


@pytest.fixture
def database_url(
    backend: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """Address of a migrated database without a row in it: the same for each test of a worker."""
    if backend == "sqlite":
        path = tmp_path_factory.getbasetemp() / "site.db"
        url = keep(f"sqlite:///{path}")
        fresh_file(request.getfixturevalue("sqlite_template"), path)
        return url
    url = keep(request.getfixturevalue("worker_database"))
    empty_postgres(url)
    return url


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The site on a fresh database. Forms need no CSRF token; a test of that sets ``WTF_CSRF_ENABLED``."""
    site = new_site(database_url, tmp_path)
    yield site
    close_site(site)


@pytest.fixture
def session(site: Flask) -> Iterator[Session]:
    """The session of ``transact``, inside an application context that lasts as long as the test."""
    with site.app_context():
        yield db.session()
        db.session.remove()


@pytest.fixture
def run(session: Session) -> Callable[..., Any]:
    """``run(operation, command)``: one operation in one transaction, committed."""
    return transact


@pytest.fixture
def clock_at() -> Iterator[Callable[[datetime], None]]:
    """``clock_at(moment)``: from here on it is ``moment``; may be called again."""
    with ExitStack() as hands:
        yield lambda moment: hands.enter_context(clock.at(moment))


@pytest.fixture
def client(site: Flask) -> Iterator[FlaskClient]:
    """A browser without scripts. Do not use it inside ``session``'s application context: a request opens its own."""
    with site.test_client() as client:
        yield client


@pytest.fixture
def raw(database_url: str) -> Iterator[Callable[[], Any]]:
    """``raw()``: a fresh driver connection, with no setting of ours, to the test's database."""
    with ExitStack() as opened:

        def connect() -> Any:
            if database_url.startswith("sqlite"):
                connection = sqlite3.connect(database_url.removeprefix("sqlite:///"))
            else:
                connection = psycopg.connect(plain_url(database_url))
            opened.callback(connection.close)
            return connection

        yield connect


@pytest.fixture
def engine(site: Flask) -> sa.Engine:
    """The site's engine."""
    with site.app_context():
        return db.engine
