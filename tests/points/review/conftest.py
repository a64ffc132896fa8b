"""A village that can hold a session, on a site of its own, and the one next door."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from tests.builders import MONDAY, Village
from tests.conftest import close_site, new_site
from tests.support.village import Villages


@pytest.fixture
def site(own_villages: tuple[str, Villages], tmp_path: Path) -> Iterator[Flask]:
    """The site."""
    site = new_site(own_villages[0], tmp_path, POOL_SIZE=24)
    yield site
    close_site(site)


@pytest.fixture
def village(
    own_villages: tuple[str, Villages], session: object, clock_at: Callable[[datetime], None]
) -> Village:
    """The village, on Monday at half past eight, inside the site's context."""
    clock_at(MONDAY)
    return own_villages[1][0]


@pytest.fixture
def neighbour(own_villages: tuple[str, Villages]) -> Village:
    """The village next door, whose people must see nothing of this one."""
    return own_villages[1][1]
