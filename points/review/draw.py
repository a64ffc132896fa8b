"""Drawing lots that anybody can draw again from the published seed. Pure.

The candidates stand in a numbered list, from 1. Each number gets the SHA-256 of ``<seed>:<number>`` in hexadecimal;
the list sorted by these is the order of the draw. The first ones sit, the next ones replace who leaves.
To repeat one line by hand: ``printf '%s' '<seed>:7' | sha256sum``.
"""

from __future__ import annotations

import hashlib


def lot(seed: str, number: int) -> str:
    """The lot of a number: 64 hexadecimal digits."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def order_of_draw(seed: str, count: int) -> list[int]:
    """The numbers 1 to ``count`` in the order in which they are drawn."""
    return sorted(range(1, count + 1), key=lambda number: lot(seed, number))


def roll_hash(names: list[str]) -> str:
    """Fingerprint of a roll: SHA-256 of its names as the minutes print them, one in a line, in the order printed."""
    return hashlib.sha256("\n".join(names).encode()).hexdigest()
