"""Looking at somebody's whole phone number: an act of its own, on the public list of what administrators did."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from points.errors import Invalid
from points.people.operations import write_act
from points.people.queries import phone_of_member


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
    phone = phone_of_member(session, command.community_id, command.member_id)
    write_act(
        session, command, "phone_shown", "", command.reason.strip(), subject_id=command.member_id, now=now
    )
    return phone
