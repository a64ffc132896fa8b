"""The same villages as in the session's tests, and a key to seal with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.points.checkpoints.sealing import Past
from tests.points.review.conftest import neighbour, site, village

__all__ = ["neighbour", "site", "village"]


@pytest.fixture
def past(site: object, raw: Callable[[], Any], backend: str) -> Past:
    """Raw SQL past every trigger, on the database of the site."""
    return Past(raw(), backend)


@pytest.fixture
def database_url(own_villages: tuple[str, object]) -> str:
    """``raw`` opens the villages' own database."""
    return own_villages[0]
