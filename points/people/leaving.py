"""Somebody moves away, dies, or was written down by mistake: out of the register. What they did stays in the books."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import Conflict, Invalid, NotFound
from points.groups.seats import end_seats_of
from points.people.models import Card, Member, Phone, Role
from points.people.operations import write_act
from points.people.relations import end_relations_of

WHY = ("moved_away", "died", "mistake")


@dataclass(frozen=True)
class LeaveRegister:
    """Who leaves, and why: one of ``WHY``."""

    community_id: int
    actor_id: uuid.UUID
    member_id: uuid.UUID
    why: str


def leave_register(session: Session, command: LeaveRegister, *, now: datetime) -> None:
    """Ends sign-in, phone and card at once; the household keeps its points. The public list says it without a name.

    A seat in an elected group ends too, on a public line of its own; so do relations.
    Raises NotFound ``member_not_found``; Invalid ``why_unknown``; Conflict ``still_has_roles``: roles that no election
    gave are taken back first, each with its reason.
    """
    if command.why not in WHY:
        raise Invalid("why_unknown")
    member = session.scalar(
        sa.select(Member)
        .where(
            Member.community_id == command.community_id,
            Member.id == command.member_id,
            Member.left_at.is_(None),
        )
        .with_for_update()
    )
    if member is None:
        raise NotFound("member_not_found")
    end_seats_of(session, command, command.member_id, command.why, now=now)
    end_relations_of(session, command.community_id, command.member_id, now=now)
    _check_no_roles(session, command)
    member.left_at, member.phone = now, None
    session.execute(
        sa.update(Card)
        .where(
            Card.community_id == command.community_id,
            Card.member_id == command.member_id,
            Card.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    session.execute(
        sa.delete(Phone).where(
            Phone.community_id == command.community_id, Phone.member_id == command.member_id
        )
    )
    write_act(session, command, "member_left", command.why, "", now=now)


def _check_no_roles(session: Session, command: LeaveRegister) -> None:
    held = session.scalars(
        sa.select(Role.role).where(
            Role.community_id == command.community_id,
            Role.member_id == command.member_id,
            Role.role != "resident",
        )
    ).all()
    if held:
        raise Conflict("still_has_roles")
