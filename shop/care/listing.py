"""Who comes onto the care list: one proposes, another confirms, and after a year it is forgotten."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, Invalid, NotFound
from points.people.operations import write_act
from points.people.queries import members_by_id
from shop.care.models import WHY, CareEntry

entry = CareEntry.__table__
LASTS = timedelta(days=365)
WAITS = timedelta(days=90)  # a proposal that nobody confirmed is forgotten sooner


@dataclass(frozen=True)
class ProposeCare:
    """The steward names somebody, or asks for another year."""

    community_id: int
    actor_id: uuid.UUID
    member_id: uuid.UUID
    why: str


@dataclass(frozen=True)
class ConfirmCare:
    """The supervisor agrees."""

    community_id: int
    actor_id: uuid.UUID
    entry_id: uuid.UUID


@dataclass(frozen=True)
class EndCare:
    """Taken off the list, or not confirmed."""

    community_id: int
    actor_id: uuid.UUID
    entry_id: uuid.UUID


@dataclass(frozen=True)
class DropOldCare:
    """What is over in a community."""

    community_id: int


def propose_care(session: Session, command: ProposeCare, *, now: datetime) -> uuid.UUID:
    """Nothing is given before a second person confirms; one in force stays in force meanwhile.

    Raises Invalid ``why_unknown``; NotFound ``member_not_found``.
    """
    if command.why not in WHY:
        raise Invalid("why_unknown")
    if command.member_id not in members_by_id(session, command.community_id, [command.member_id]):
        raise NotFound("member_not_found")
    drop_old_care(session, DropOldCare(command.community_id), now=now)
    proposal = {"why": command.why, "proposed_by": command.actor_id, "proposed_at": now}
    there = session.scalar(
        sa.update(entry)
        .where(entry.c.community_id == command.community_id, entry.c.member_id == command.member_id)
        .values(**proposal)
        .returning(entry.c.id)
    )
    if there is not None:
        return there
    new = {"community_id": command.community_id, "id": new_id(), "member_id": command.member_id, **proposal}
    session.execute(sa.insert(entry), new)
    return new["id"]


def confirm_care(session: Session, command: ConfirmCare, *, now: datetime) -> datetime:
    """In force for a year from now, with a line of the public list that names nobody; returns the end.

    Raises NotFound ``care_not_found``; Invalid ``second_person_needed``; Conflict ``care_confirmed_before``.
    """
    row = _locked(session, command)
    if row.proposed_by is None:
        raise Conflict("care_confirmed_before")
    if row.proposed_by == command.actor_id:
        raise Invalid("second_person_needed")
    session.execute(
        sa.update(entry)
        .where(entry.c.community_id == command.community_id, entry.c.id == row.id)
        .values(proposed_by=None, proposed_at=None, confirmed_by=command.actor_id, expires_at=now + LASTS)
    )
    write_act(session, command, "care_listed", "", "", now=now)
    return now + LASTS


def end_care(session: Session, command: EndCare, *, now: datetime) -> None:
    """Deletes it, with a line of the public list that names nobody. Raises NotFound ``care_not_found``."""
    row = _locked(session, command)
    session.execute(
        sa.delete(entry).where(entry.c.community_id == command.community_id, entry.c.id == row.id)
    )
    write_act(session, command, "care_ended", "", "", now=now)


def drop_old_care(session: Session, command: DropOldCare, *, now: datetime) -> int:
    """Deletes what is over and what nobody confirmed; returns how many."""
    return session.execute(
        sa.delete(entry).where(
            entry.c.community_id == command.community_id,
            sa.or_(
                entry.c.expires_at <= now,
                sa.and_(entry.c.expires_at.is_(None), entry.c.proposed_at <= now - WAITS),
            ),
        )
    ).rowcount


def _locked(session: Session, command: ConfirmCare | EndCare) -> sa.Row:
    row = session.execute(
        sa.select(entry)
        .where(entry.c.community_id == command.community_id, entry.c.id == command.entry_id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound("care_not_found")
    return row
