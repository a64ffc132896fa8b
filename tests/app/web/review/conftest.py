"""Two villages, built once for each worker and copied for each test: building one takes seconds."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from tests.app.web.review.hall import Hall
from tests.builders import MONDAY, Village, given_village
from tests.conftest import close_site, new_site


@pytest.fixture(scope="session")
def hall_template(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, tuple[Village, Village]]:
    """An SQLite file with the two villages. What the databases do differently is tested below the pages."""
    folder = tmp_path_factory.mktemp("hall")
    path = folder / "hall.db"
    shutil.copyfile(sqlite_template, path)
    site = new_site(f"sqlite:///{path}", folder)
    with site.app_context():
        villages = given_village(), given_village(code="beishan", village=2, residents=2)
    close_site(site)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path, villages


@pytest.fixture
def hall(
    hall_template: tuple[Path, tuple[Village, Village]],
    tmp_path: Path,
    clock_at: Callable[[datetime], None],
) -> Iterator[Hall]:
    """A site of its own; it is Monday morning."""
    template, villages = hall_template
    shutil.copyfile(template, tmp_path / "hall.db")
    site = new_site(f"sqlite:///{tmp_path}/hall.db", tmp_path)
    clock_at(MONDAY)
    yield Hall(site, *villages)
    close_site(site)
