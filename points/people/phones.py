"""Looking at somebody's whole phone number: an act of its own, on the public list of what administrators did."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import Conflict, Invalid, NotFound
from points.people.models import Member
from points.people.operations import write_act


@dataclass(frozen=True)
class ShowPhone:
    """Somebody who keeps the register needs to call a person, and says why."""

    community_id: int
    actor_id: uuid.UUID
    member_id: uuid.UUID
    reason: str


def show_phone(session: Session, command: ShowPhone, *, now: datetime) -> str:
    """The whole number, after a line of the public list was written.

    Raises NotFound ``member_not_found``; Invalid ``reason_needed``; Conflict ``phone_missing``.
    """
    if not command.reason.strip():
        raise Invalid("reason_needed")
    row = session.execute(
        sa.select(Member.phone).where(
            Member.community_id == command.community_id,
            Member.id == command.member_id,
            Member.left_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        raise NotFound("member_not_found")
    if not row.phone:
        raise Conflict("phone_missing")
    write_act(
        session, command, "phone_shown", "", command.reason.strip(), subject_id=command.member_id, now=now
    )
    return row.phone
