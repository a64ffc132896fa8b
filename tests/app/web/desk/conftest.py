"""Two villages, built once for each worker and copied for each test: building one takes seconds."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.app.web.desk.office import Office
from tests.builders import MONDAY, Village, given_decided, given_record, given_village
from tests.conftest import close_site, new_site


@pytest.fixture(scope="session")
def office_template(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, tuple[Village, Village]]:
    """An SQLite file with two villages, some awards on notice in the first. What the databases do differently is
    tested below the pages."""
    folder = tmp_path_factory.mktemp("office")
    path = folder / "office.db"
    shutil.copyfile(sqlite_template, path)
    site = new_site(f"sqlite:///{path}", folder)
    with site.app_context():
        villages = given_village(), given_village(code="beishan", village=2, residents=2)
        records = [given_record(villages[0], person) for person in villages[0].residents[:3]]
        given_decided(villages[0], records, points=10)
    close_site(site)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path, villages


@pytest.fixture
def office(
    office_template: tuple[Path, tuple[Village, Village]],
    tmp_path: Path,
    clock_at: Callable[[datetime], None],
) -> Iterator[Office]:
    """The office on Monday afternoon: 30 points on notice, nothing in any wallet yet."""
    path, (village, neighbour) = office_template
    shutil.copyfile(path, tmp_path / "site.db")
    site = new_site(f"sqlite:///{tmp_path}/site.db", tmp_path)
    clock_at(MONDAY + timedelta(hours=6))
    yield Office(site, village, neighbour)
    close_site(site)
