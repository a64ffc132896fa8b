"""The steward looks at what could not be booked, and says what was done about it."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import Conflict, Invalid, NotAllowed, NotFound
from points.people.operations import write_act
from shop.counter.models import Redemption
from shop.counter.refunds import is_own_redemption
from shop.offline.charging import charge_conflict
from shop.offline.models import QuarantineNote, UploadedScan
from shop.offline.queries import is_gap

redemption, uploaded, quarantine_note = (
    Redemption.__table__, UploadedScan.__table__, QuarantineNote.__table__,
)  # fmt: skip


@dataclass(frozen=True)
class SettleConflict:
    """What was done about a hand-over that could not be booked. ``charges``: its points are taken now, from what was
    reserved for it; else nothing moves."""

    community_id: int
    actor_id: uuid.UUID
    redemption_id: uuid.UUID
    note: str
    charges: bool = False


@dataclass(frozen=True)
class NoteQuarantine:
    """What was found out about a scan of a phone that had been revoked, or about a shelf whose book had fewer pieces than
    a phone handed over."""

    community_id: int
    actor_id: uuid.UUID
    scan_id: uuid.UUID
    note: str


def settle_conflict(session: Session, command: SettleConflict, *, now: datetime) -> None:
    """Once, and not by who handed over, told of it or got the goods. Raises NotFound ``conflict_not_found``; NotAllowed
    ``conflict_of_own``; Conflict ``conflict_settled``, ``conflict_not_covered``; Invalid ``reason_needed``."""
    row = session.execute(
        sa.select(redemption)
        .where(redemption.c.community_id == command.community_id, redemption.c.id == command.redemption_id,
               redemption.c.status == "conflict")
        .with_for_update(key_share=True)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound("conflict_not_found")
    if row.settled_at is not None:
        raise Conflict("conflict_settled")
    if is_own_redemption(session, command.community_id, command.actor_id, row.id):
        raise NotAllowed("conflict_of_own")
    note = _note(command.note)
    charged = asdict(charge_conflict(session, command, row, now=now)) if command.charges else {}
    session.execute(
        sa.update(redemption)
        .where(redemption.c.community_id == command.community_id, redemption.c.id == row.id)
        .values(settled_at=now, settled_by=command.actor_id, settled_note=note, **charged)
    )
    act = "conflict_charged" if charged else "conflict_settled"
    write_act(session, command, act, str(row.points), note, now=now)


def note_quarantine(session: Session, command: NoteQuarantine, *, now: datetime) -> None:
    """Once. Raises NotFound ``conflict_not_found``; Conflict ``conflict_settled``; Invalid ``reason_needed``."""
    row = session.execute(
        sa.select(uploaded.c.id, uploaded.c.outcome, quarantine_note.c.id.label("noted"))
        .outerjoin(quarantine_note, sa.and_(quarantine_note.c.community_id == uploaded.c.community_id,
                                            quarantine_note.c.id == uploaded.c.id))
        .where(uploaded.c.community_id == command.community_id, uploaded.c.id == command.scan_id,
               sa.or_(uploaded.c.outcome == "quarantined", is_gap()))
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound("conflict_not_found")
    if row.noted is not None:
        raise Conflict("conflict_settled")
    note = _note(command.note)
    session.execute(
        sa.insert(quarantine_note).values(
            community_id=command.community_id, id=command.scan_id, note=note, noted_at=now, noted_by=command.actor_id
        )
    )  # fmt: skip
    act = "quarantine_noted" if row.outcome == "quarantined" else "shelf_looked_at"
    write_act(session, command, act, "", note, now=now)


def _note(text: str) -> str:
    note = text.strip()[:200]
    if not note:
        raise Invalid("reason_needed")
    return note
