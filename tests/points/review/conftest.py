"""A village that can hold a session, on a site of its own: a copy of the one that each worker has built."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from tests.builders import MONDAY, Village
from tests.conftest import close_site, new_site


@pytest.fixture
def settled(
    backend: str, request: pytest.FixtureRequest, tmp_path: Path, worker_id: str
) -> Iterator[tuple[Flask, Village]]:
    """A site of its own with the village in it."""
    if backend == "sqlite":
        template, village = request.getfixturevalue("sqlite_village")
        shutil.copyfile(template, tmp_path / "village.db")
        url = f"sqlite:///{tmp_path}/village.db"
    else:
        template, village = request.getfixturevalue("postgres_village")
        cluster = request.getfixturevalue("postgres")
        cluster.drop_database(f"review_{worker_id}")
        url = cluster.create_database(f"review_{worker_id}", template=template)
    site = new_site(url, tmp_path, POOL_SIZE=24)
    yield site, village
    close_site(site)


@pytest.fixture
def site(settled: tuple[Flask, Village]) -> Flask:
    """The site."""
    return settled[0]


@pytest.fixture
def village(settled: tuple[Flask, Village], session: object, clock_at: Callable[[datetime], None]) -> Village:
    """The village, on Monday at half past eight, inside the site's context."""
    clock_at(MONDAY)
    return settled[1]
