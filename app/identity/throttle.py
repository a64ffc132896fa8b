"""How often somebody may try a password: counted for the phone and for the address, in the database, over all workers."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.identity.models import Attempt
from points.errors import NotAllowed

WINDOW = timedelta(minutes=10)
MOST_FOR_PHONE = 8
MOST_FOR_ADDRESS = 60  # a whole village may sit behind one address

attempt = Attempt.__table__


class TooManyAttempts(NotAllowed):
    """Wait (429 with Retry-After)."""


def check_attempts(session: Session, phone: str, address: str, *, now: datetime) -> None:
    """Raises TooManyAttempts with the ``seconds`` and ``minutes`` to wait."""
    for key, most in ((f"phone:{phone}", MOST_FOR_PHONE), (f"address:{address}", MOST_FOR_ADDRESS)):
        row = session.execute(sa.select(attempt).where(attempt.c.key == key)).one_or_none()
        if row and row.failures >= most and row.window_started_at + WINDOW > now:
            seconds = int((row.window_started_at + WINDOW - now).total_seconds()) + 1
            raise TooManyAttempts("too_many_attempts", seconds=seconds, minutes=-(-seconds // 60))


def note_failure(session: Session, keys: tuple[str, str], *, now: datetime) -> None:
    """Counts one failure for a phone and an address; an old window starts anew."""
    for key in (f"phone:{keys[0]}", f"address:{keys[1]}"):
        row = session.execute(sa.select(attempt).where(attempt.c.key == key).with_for_update()).one_or_none()
        if row is None:
            session.execute(sa.insert(attempt).values(key=key, failures=1, window_started_at=now))
        elif row.window_started_at + WINDOW <= now:
            session.execute(
                sa.update(attempt).where(attempt.c.key == key).values(failures=1, window_started_at=now)
            )
        else:
            session.execute(
                sa.update(attempt).where(attempt.c.key == key).values(failures=attempt.c.failures + 1)
            )


def forget_failures(session: Session, phone: str, *, now: datetime) -> None:  # noqa: ARG001 - an operation has a clock
    """The right password ends the count of its phone."""
    session.execute(sa.delete(attempt).where(attempt.c.key == f"phone:{phone}"))
