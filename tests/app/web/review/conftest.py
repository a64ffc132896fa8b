"""The meeting hall of the first of two villages."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.app.web.review.hall import Hall
from tests.builders import MONDAY
from tests.conftest import close_site, new_site
from tests.support.village import Villages


@pytest.fixture
def hall(
    sqlite_villages: tuple[Path, Villages],
    tmp_path: Path,
    clock_at: Callable[[datetime], None],
) -> Iterator[Hall]:
    """A site of its own; it is Monday morning. What the databases do differently is tested below the pages."""
    template, villages = sqlite_villages
    shutil.copyfile(template, tmp_path / "hall.db")
    site = new_site(f"sqlite:///{tmp_path}/hall.db", tmp_path)
    clock_at(MONDAY)
    yield Hall(site, *villages)
    close_site(site)
