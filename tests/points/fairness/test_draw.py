"""The draw: anybody comes to the same numbers, and every number is as likely as the others."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from points.base import new_id
from points.fairness.drawing import default_count, draw, fingerprint

SEED = sha256(b"a published seed").digest()


@given(st.binary(min_size=32, max_size=32), st.integers(0, 60), st.integers(0, 60))
def test_numbers_are_different_in_range_and_the_same_again(seed: bytes, size: int, count: int) -> None:
    if count > size:
        with pytest.raises(ValueError, match="more than there are"):
            draw(seed, size, count)
        return
    drawn = draw(seed, size, count)
    assert len(set(drawn)) == count
    assert set(drawn) <= set(range(1, size + 1))
    assert draw(seed, size, count) == drawn
    assert draw(seed, size, size)[:count] == drawn  # drawing more goes on where it stopped


def test_it_is_the_method_that_is_published() -> None:
    """By hand, as the public page tells it."""
    size, numbers, counter = 7, [], 0
    while len(numbers) < 3:
        figure = int(sha256(SEED + counter.to_bytes(8, "big")).hexdigest()[:16], 16)
        counter += 1
        if figure < 2**64 // size * size and figure % size + 1 not in numbers:
            numbers.append(figure % size + 1)
    assert draw(SEED, size, 3) == numbers


def test_the_same_numbers_for_ever() -> None:
    """A change of the method would make every published draw wrong."""
    assert draw(bytes(32), 100, 5) == [9, 21, 41, 62, 15]


def test_no_number_is_favoured() -> None:
    drawn = Counter(number for at in range(3000) for number in draw(sha256(str(at).encode()).digest(), 10, 1))
    assert set(drawn) == set(range(1, 11))
    assert sum((times - 300) ** 2 / 300 for times in drawn.values()) < 27.9  # chi square, 9 degrees, 0.1 %


@pytest.mark.parametrize(("size", "count"), [(1, 1), (2, 2), (3, 3), (60, 3), (61, 4), (1000, 50)])
def test_five_per_cent_and_at_least_three(size: int, count: int) -> None:
    assert default_count(size) == count


def test_a_list_that_changed_has_another_fingerprint() -> None:
    ids = [new_id() for _ in range(4)]
    assert fingerprint(ids) == fingerprint(ids[::-1])
    assert fingerprint(ids[1:]) != fingerprint(ids)
