"""Where the seed of a draw comes from: something published that nobody could know when the awards were made, and that
whoever draws cannot choose."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.checkpoints.queries import first_checkpoint_since
from points.days import local_day
from points.ledger.models import Transfer

transfer = Transfer.__table__


@dataclass(frozen=True)
class Seed:
    """32 bytes, and where anybody finds them: "kind:which"."""

    value: bytes
    source: str


def start_of(day: date, zone: str) -> datetime:
    """Midnight where the community is."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))


def seed_after(session: Session, community_id: int, day: date, *, zone: str, now: datetime) -> Seed | None:
    """The seed for what ended before ``day``: fixed by the first thing published from then on, not by who draws when.

    The root of the first daily seal since then; where nothing is sealed, the transfers of the first day that has any.
    None while there is nothing yet. The one place that says what a seed is made of.
    """
    sealed = first_checkpoint_since(session, community_id, start_of(day, zone))
    if sealed is not None:
        return Seed(sealed.root, f"checkpoint:{sealed.mark}")
    return seed_of_first_posted_day(session, community_id, day, zone=zone, now=now)


def seed_of_first_posted_day(
    session: Session, community_id: int, day: date, *, zone: str, now: datetime
) -> Seed | None:
    """sha256 of the sorted ids of all transfers of the first day from ``day`` on that has any and is over, one a line."""
    first = session.scalar(
        sa.select(sa.func.min(transfer.c.recorded_at)).where(
            transfer.c.community_id == community_id, transfer.c.recorded_at >= start_of(day, zone)
        )
    )
    if first is None:
        return None
    posted_on = local_day(first, zone)
    ends = start_of(posted_on + timedelta(days=1), zone)
    if ends > now:
        return None
    ids: list[uuid.UUID] = list(
        session.scalars(
            sa.select(transfer.c.id).where(
                transfer.c.community_id == community_id, transfer.c.recorded_at >= first,
                transfer.c.recorded_at < ends,
            )
        )
    )  # fmt: skip
    text = "".join(f"{one}\n" for one in sorted(map(str, ids)))
    return Seed(sha256(text.encode()).digest(), f"transfers:{posted_on}")
