"""A till on a fresh database of each kind."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import close_site, empty_postgres, fresh_file, new_site, plain_url
from tests.shop.till import Till, given_till
from tests.support.kept_rows import KeptRows
from tests.support.village import close_file


def _build(url: str, folder: Path) -> Till:
    site = new_site(url, folder)
    with site.app_context():
        till = given_till()
    close_site(site)
    return till


@pytest.fixture(scope="session")
def sqlite_till(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Till]:
    """An SQLite file with the till, made once for each worker."""
    folder = tmp_path_factory.mktemp("till")
    path = folder / "till.db"
    shutil.copyfile(sqlite_template, path)
    till = _build(f"sqlite:///{path}", folder)
    close_file(path)
    return path, till


@pytest.fixture(scope="session")
def postgresql_till(worker_database: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[KeptRows, Till]:
    """Its rows on PostgreSQL, made once for each worker."""
    empty_postgres(worker_database)
    till = _build(worker_database, tmp_path_factory.mktemp("till"))
    kept = KeptRows.of(plain_url(worker_database))
    empty_postgres(worker_database)
    return kept, till


@pytest.fixture
def built_till(backend: str, database_url: str, request: pytest.FixtureRequest) -> Till:
    """The till in the test's own database: what was built once is copied."""
    kept, till = request.getfixturevalue(f"{backend}_till")
    if backend == "sqlite":
        fresh_file(kept, Path(database_url.removeprefix("sqlite:///")))
    else:
        kept.put_into(plain_url(database_url))
    return replace(till, items=dict(till.items), people=list(till.people))


@pytest.fixture
def till(built_till: Till, session) -> Iterator[Till]:
    """Four households with 100 points each and 20 pieces of everything; ledger and shelves must add up at the end."""
    yield built_till
    assert built_till.wrong_numbers() == []
