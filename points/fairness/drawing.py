"""A draw anybody can repeat: sha256 and a list of numbers (docs/decisions/0016-fairness.md). Pure.

    The list: the awards of a month, sorted, numbered 1, 2, 3 ...
    For 0, 1, 2 ... : sha256 of the seed's 32 bytes followed by the counter as 8 bytes, big end first; of the answer
    the first 8 bytes as one number, big end first. A number at or above the largest multiple of the list's length below
    2^64 is left out (else small numbers would come up more often). What remains when the length is taken away as
    often as possible, plus 1, is drawn; what was drawn before is left out. Until there are enough.

In a shell: ``printf '%s%016x' SEED COUNTER | xxd -r -p | sha256sum``.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

DEFAULT_PERCENT = 5
FEWEST = 3
SPACE = 1 << 64


def default_count(size: int) -> int:
    """5 % rounded up, at least 3, never more than there are."""
    return min(size, max(FEWEST, -(-size * DEFAULT_PERCENT // 100)))


def draw(seed: bytes, size: int, count: int) -> list[int]:
    """``count`` different numbers from 1 to ``size``, in the order drawn. ValueError for more than there are."""
    if not 0 <= count <= size:
        raise ValueError("more than there are")
    drawn: dict[int, None] = {}
    limit = SPACE - SPACE % size if size else 0
    counter = 0
    while len(drawn) < count:
        figure = int.from_bytes(sha256(seed + counter.to_bytes(8, "big")).digest()[:8], "big")
        counter += 1
        if figure < limit:
            drawn.setdefault(figure % size + 1)
    return list(drawn)


def fingerprint(ids: Sequence[UUID]) -> str:
    """sha256 of the sorted ids, one a line: a list that changed later is noticed."""
    return sha256("".join(f"{one}\n" for one in sorted(map(str, ids))).encode()).hexdigest()
