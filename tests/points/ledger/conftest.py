"""Books on a fresh database of each kind."""

from __future__ import annotations

import pytest

from tests.points.ledger.books import Books


@pytest.fixture
def books(session, run, clock_at) -> Books:
    """A community without accounts; the stored balances must add up when the test ends."""
    books = Books(session, run, clock_at)
    yield books
    assert books.wrong_numbers() == []


@pytest.fixture
def village(books: Books) -> Books:
    """``issue`` -> ``budget`` (1000 points) -> wallets ``li`` and ``wang`` -> ``shop``."""
    for name, kind in (
        ("issue", "issue"),
        ("budget", "budget"),
        ("li", "household"),
        ("wang", "household"),
        ("shop", "shop"),
    ):
        books.open(name, kind)
    books.create("issue", "budget", 1000, code="grant")
    return books
