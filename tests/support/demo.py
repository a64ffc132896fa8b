"""The demo village for tests: loaded once for a run (it takes half a minute), copied for whoever changes it."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def demo_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the loaded demo village (``demo.db``, ``media``, ``seal-key``, ``output.txt``), made once for all workers."""
    folder = tmp_path_factory.getbasetemp()
    folder = (folder.parent if os.environ.get("PYTEST_XDIST_WORKER") else folder) / "demo-village"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            _load(folder)
            (folder / "ready").touch()
    return folder


def _load(folder: Path) -> None:
    from tests.conftest import close_site, new_site

    site = new_site(f"sqlite:///{folder / 'demo.db'}", folder)
    runner = site.test_cli_runner()
    for command in (["db", "upgrade"], ["demo", "load"]):
        result = runner.invoke(args=command)
        assert result.exit_code == 0, result.output
    (folder / "output.txt").write_text(result.output, encoding="utf-8")
    close_site(site)
    with closing(sqlite3.connect(folder / "demo.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@pytest.fixture(scope="session")
def demo_copy(demo_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """``demo_copy()``: a folder of one's own with the demo village in it."""

    def copy() -> Path:
        folder = tmp_path_factory.mktemp("village")
        for name in ("demo.db", "seal-key", "seal-key.public"):
            shutil.copyfile(demo_files / name, folder / name)
        shutil.copytree(demo_files / "media", folder / "media")
        return folder

    return copy
