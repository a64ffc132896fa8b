"""Two villages that can hold a session, built once for each worker and database; tests take copies."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.builders import Village, given_village
from tests.conftest import close_site, empty_postgres, fresh_file, new_site, plain_url
from tests.support.kept_rows import KeptRows
from tests.support.quick_sites import keep

if TYPE_CHECKING:
    from tests.support.postgres import Cluster

Villages = tuple[Village, Village]


def _build(url: str, folder: Path) -> Villages:
    site = new_site(url, folder)
    with site.app_context():
        villages = given_village(), given_village(code="beishan", village=2, residents=2)
    close_site(site)
    return villages


def close_file(path: Path) -> None:
    """Everything written stands in the file itself, so that copying it copies all."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@pytest.fixture(scope="session")
def sqlite_villages(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Villages]:
    """An SQLite file with both."""
    folder = tmp_path_factory.mktemp("villages")
    path = folder / "villages.db"
    shutil.copyfile(sqlite_template, path)
    villages = _build(f"sqlite:///{path}", folder)
    close_file(path)
    return path, villages


@pytest.fixture(scope="session")
def own_database(postgres: Cluster, postgres_template: str, worker_id: str) -> str:
    """A PostgreSQL database beside the worker's other one."""
    return postgres.create_database(f"own_{worker_id}", template=postgres_template)


@pytest.fixture(scope="session")
def postgres_villages(
    own_database: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[KeptRows, Villages]:
    """The rows of both on PostgreSQL."""
    villages = _build(own_database, tmp_path_factory.mktemp("villages"))
    return KeptRows.of(plain_url(own_database)), villages


@pytest.fixture
def own_villages(
    backend: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Villages]:
    """Address of a database of the test's own with both in it."""
    if backend == "sqlite":
        template, villages = request.getfixturevalue("sqlite_villages")
        path = tmp_path_factory.getbasetemp() / "own.db"
        url = keep(f"sqlite:///{path}")
        fresh_file(template, path)
        return url, villages
    kept, villages = request.getfixturevalue("postgres_villages")
    url = keep(request.getfixturevalue("own_database"))
    empty_postgres(url)
    kept.put_into(plain_url(url))
    return url, villages
