"""A till on a fresh database of each kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.shop.till import Till, given_till


@pytest.fixture
def till(session) -> Iterator[Till]:
    """Four households with 100 points each and 20 pieces of everything; ledger and shelves must add up at the end."""
    till = given_till()
    yield till
    assert till.wrong_numbers() == []
