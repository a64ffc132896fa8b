"""Two villages, built once for each worker and database and copied for each test: building one takes seconds."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app import clock
from tests.app.api.program import House, a_photo, upload
from tests.builders import (
    MONDAY,
    Village,
    given_open_session,
    given_order,
    given_points,
    given_record,
    given_village,
)
from tests.conftest import close_site, new_site

if TYPE_CHECKING:
    from tests.support.postgres import Cluster

SHOPPING_DAY = MONDAY + timedelta(days=4)  # what was decided on Monday can be spent


def _build(url: str, folder: Path) -> tuple[Village, Village]:
    site = new_site(url, folder)
    with site.app_context():
        villages = given_village(), given_village(code="beishan", village=2, residents=2)
    close_site(site)
    return villages


@pytest.fixture(scope="session")
def sqlite_villages(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, tuple[Village, Village]]:
    """An SQLite file with the two villages."""
    folder = tmp_path_factory.mktemp("villages")
    path = folder / "villages.db"
    shutil.copyfile(sqlite_template, path)
    villages = _build(f"sqlite:///{path}", folder)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path, villages


@pytest.fixture(scope="session")
def postgres_villages(
    postgres: Cluster, postgres_template: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, tuple[Village, Village]]:
    """Name of a PostgreSQL database with the two villages, to be copied."""
    name = f"villages_{worker_id}"
    url = postgres.create_database(name, template=postgres_template)
    return name, _build(url, tmp_path_factory.mktemp("villages"))


@pytest.fixture
def house(backend: str, request: pytest.FixtureRequest, tmp_path: Path, worker_id: str) -> Iterator[House]:
    """A site of its own with both villages; it is Monday morning."""
    if backend == "sqlite":
        template, villages = request.getfixturevalue("sqlite_villages")
        shutil.copyfile(template, tmp_path / "site.db")
        url = f"sqlite:///{tmp_path}/site.db"
    else:
        template, villages = request.getfixturevalue("postgres_villages")
        cluster = request.getfixturevalue("postgres")
        cluster.drop_database(f"api_{worker_id}")
        url = cluster.create_database(f"api_{worker_id}", template=template)
    site = new_site(url, tmp_path, WTF_CSRF_ENABLED=True)
    with clock.at(MONDAY):
        yield House(site, *villages)
    close_site(site)


@pytest.fixture
def village(house: House) -> Village:
    """The village most tests are about."""
    return house.village


@pytest.fixture
def things(house: House, village: Village) -> dict[str, str]:
    """One of everything in the first village, by the name it has in addresses; the resident's own where it is owned."""
    resident = village.residents[0]
    house.do(given_points, village, resident, 10)
    order = house.do(given_order, village, resident)
    record = house.do(given_record, village, village.residents[1])
    own = house.as_(resident)
    return {
        "record_id": str(record.id),
        "session_id": str(house.do(given_open_session, village)),
        "notice_id": own.get("/notices").json["items"][0]["id"],
        "order_id": str(order.id),
        "code": order.code,
        "wallet_id": own.get("/me").json["wallet"]["id"],
        "photo_id": upload(own, a_photo()).json["id"],
    }
