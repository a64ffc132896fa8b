"""The village office, with some awards on notice."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.app.web.desk.office import Office
from tests.builders import MONDAY, given_decided, given_record
from tests.conftest import close_site, new_site
from tests.support.village import Villages, close_file


@pytest.fixture(scope="session")
def office_template(
    sqlite_villages: tuple[Path, Villages], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Villages]:
    """An SQLite file with two villages, some awards on notice in the first. What the databases do differently is
    tested below the pages."""
    folder = tmp_path_factory.mktemp("office")
    path = folder / "office.db"
    template, villages = sqlite_villages
    shutil.copyfile(template, path)
    site = new_site(f"sqlite:///{path}", folder)
    with site.app_context():
        records = [given_record(villages[0], person) for person in villages[0].residents[:3]]
        given_decided(villages[0], records, points=10)
    close_site(site)
    close_file(path)
    return path, villages


@pytest.fixture
def office(
    office_template: tuple[Path, Villages],
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
