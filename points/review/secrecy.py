"""Secret ballots: sealed with a key that the database does not have, opened once to count, then thrown away.

The key comes from the site's secret, which lies in a file outside the database (``app.ballot_box``). Whoever reads the
database while a session is open sees who took part and nothing of what they chose; afterwards there is nothing left to
open, and the votes stand without their voters (``SecretVote``).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Protocol

from sqlalchemy.orm import Session

# Every sealed ballot is as long as every other: its length must not tell a reason from none. 500 characters of four
# bytes each, escaped, and the rest.
LENGTH = 6400


class BallotBox(Protocol):
    """Seals and opens; raises ValueError for what it did not seal."""

    def seal(self, words: bytes) -> bytes:
        """Something nobody can read."""

    def open(self, sealed: bytes) -> bytes:
        """What was sealed."""


@dataclass(frozen=True)
class Choice:
    """What a ballot says: ``points`` for the whole deed with ``approve``."""

    choice: str
    points: int | None = None
    reason: str = ""


def seal(session: Session, choice: Choice) -> bytes:
    """The choice, unreadable."""
    return _box(session).seal(json.dumps(asdict(choice)).encode().ljust(LENGTH))


def unseal(session: Session, sealed: bytes) -> Choice | None:
    """The choice again; None when the site has lost the secret that sealed it: such a ballot counts as not cast."""
    try:
        return Choice(**json.loads(_box(session).open(sealed)))
    except ValueError:
        return None


def _box(session: Session) -> BallotBox:
    return session.info["ballot_box"]
