"""Two villages behind a site, sealed on Sunday and on Monday: one copy to read for all tests, or one of each database."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.app.web.checkpoints.paper import Paper, given_paper
from tests.builders import MONDAY
from tests.conftest import close_site, new_site
from tests.points.checkpoints.sealing import Past
from tests.points.review.conftest import site
from tests.support.village import Villages

__all__ = ["site"]


@pytest.fixture(scope="session")
def shared_paper(
    sqlite_villages: tuple[Path, Villages], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Paper]:
    """On SQLite, sealed once."""
    folder = tmp_path_factory.mktemp("paper")
    shutil.copyfile(sqlite_villages[0], folder / "paper.db")
    site = new_site(f"sqlite:///{folder}/paper.db", folder)
    yield given_paper(site, sqlite_villages[1], folder)
    close_site(site)


@pytest.fixture
def paper(shared_paper: Paper, clock_at: Callable[[datetime], None]) -> Paper:
    """To read only; it is Monday."""
    clock_at(MONDAY)
    return shared_paper


@pytest.fixture
def books(
    own_villages: tuple[str, Villages], site: Flask, clock_at: Callable[[datetime], None], tmp_path: Path
) -> Paper:
    """The same to change, on each kind of database."""
    clock_at(MONDAY)
    return given_paper(site, own_villages[1], tmp_path)


@pytest.fixture
def database_url(own_villages: tuple[str, Villages]) -> str:
    """``raw`` opens the villages' own database."""
    return own_villages[0]


@pytest.fixture
def past(books: Paper, raw: Callable[[], Any], backend: str) -> Past:
    """Raw SQL past every trigger."""
    return Past(raw(), backend)
