"""A village that can hold a session, built once for each worker and database; tests take copies."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.builders import Village, given_village
from tests.conftest import close_site, new_site

if TYPE_CHECKING:
    from tests.support.postgres import Cluster


def _build(url: str, folder: Path) -> Village:
    site = new_site(url, folder)
    with site.app_context():
        village = given_village()
    close_site(site)
    return village


@pytest.fixture(scope="session")
def sqlite_village(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Village]:
    """An SQLite file with the village."""
    folder = tmp_path_factory.mktemp("village")
    path = folder / "village.db"
    shutil.copyfile(sqlite_template, path)
    village = _build(f"sqlite:///{path}", folder)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path, village


@pytest.fixture(scope="session")
def postgres_village(
    postgres: Cluster, postgres_template: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Village]:
    """Name of a PostgreSQL database with the village."""
    name = f"village_{worker_id}"
    url = postgres.create_database(name, template=postgres_template)
    return name, _build(url, tmp_path_factory.mktemp("village"))
