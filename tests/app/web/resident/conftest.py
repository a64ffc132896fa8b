"""One site for all of these tests, with a fresh copy of the same street for each: making a site takes half a second."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.database import db
from points.people.queries import MemberBrief
from tests.app.web.resident.street import Street, given_spouse
from tests.builders import MONDAY, Village, given_decided, given_record
from tests.conftest import close_site, new_site
from tests.support.village import Villages, close_file

Template = tuple[Flask, Path, Villages, MemberBrief]
TWO_WEEKS = timedelta(days=14)


def _given_street(village: Village) -> MemberBrief:
    """The household of the first resident has 20 points, the second one's 10; returns the spouse of the first."""
    then, rich, neighbour = MONDAY - TWO_WEEKS, *village.residents[:2]
    spouse = given_spouse(village, rich)
    day_before = (then - timedelta(days=1)).date()
    records = [
        given_record(village, rich, at=then),
        given_record(village, rich, at=then, done_on=day_before),
        given_record(village, neighbour, at=then),
    ]
    given_decided(village, records, points=10, at=then)
    return spouse


@pytest.fixture(scope="session")
def street_template(
    sqlite_villages: tuple[Path, Villages], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Template]:
    """The site, and the file its database is copied from for each test."""
    folder = tmp_path_factory.mktemp("street")
    path, villages = folder / "street.db", sqlite_villages[1]
    shutil.copyfile(sqlite_villages[0], path)
    site = new_site(f"sqlite:///{folder}/site.db", folder)
    building = new_site(f"sqlite:///{path}", folder)
    with building.app_context():
        spouse = _given_street(villages[0])
    close_site(building)
    close_file(path)
    yield site, path, villages, spouse
    close_site(site)


@pytest.fixture
def street(street_template: Template, clock_at: Callable[[datetime], None]) -> Iterator[Street]:
    """The street on Monday morning."""
    site, path, villages, spouse = street_template
    with site.app_context():
        here = Path(db.engine.url.database or "")
    for ending in ("", "-wal", "-shm"):
        here.with_name(here.name + ending).unlink(missing_ok=True)
    shutil.copyfile(path, here)
    clock_at(MONDAY)
    yield Street(site, *villages, spouse)
    close_site(site)
