"""A village with the 46 rules in force; it is Monday."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.builders import MONDAY, Village
from tests.conftest import close_site, new_site
from tests.support.village import Villages


@pytest.fixture
def villages(
    own_villages: tuple[str, Villages], tmp_path: Path, clock_at: Callable[[datetime], None]
) -> Iterator[Villages]:
    """Inside the site's context."""
    url, villages = own_villages
    site = new_site(url, tmp_path)
    clock_at(MONDAY)
    with site.app_context():
        yield villages
    close_site(site)


@pytest.fixture
def village(villages: Villages) -> Village:
    """The first of both."""
    return villages[0]
