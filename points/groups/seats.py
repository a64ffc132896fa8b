"""A seat ends before its term: somebody resigns, moves away, dies, is recalled. The role goes with the seat."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import Conflict, Invalid, NotFound
from points.groups.models import ENDS_BY_HAND, GroupSeat, GroupTerm
from points.groups.policy import role_of
from points.people.operations import RevokeRole, revoke_role, write_act


@dataclass(frozen=True)
class EndSeat:
    """``why``: one of ``ENDS_BY_HAND``; ``note``, for the public list, is needed when an assembly recalled somebody."""

    community_id: int
    actor_id: uuid.UUID | None
    seat_id: uuid.UUID
    why: str
    note: str = ""


def end_seat(session: Session, command: EndSeat, *, now: datetime) -> None:
    """Ends a seat and takes its role back, with a line of the public list.

    Raises Invalid ``why_unknown``, ``recall_needs_assembly``; NotFound ``seat_not_found``; Conflict ``seat_is_over``.
    """
    if command.why not in ENDS_BY_HAND:
        raise Invalid("why_unknown")
    note = command.note.strip()
    if command.why == "recalled" and not note:
        raise Invalid("recall_needs_assembly")
    found = session.execute(
        _seats(command.community_id).where(GroupSeat.id == command.seat_id).with_for_update(of=GroupSeat)
    ).one_or_none()
    if found is None:
        raise NotFound("seat_not_found")
    if found.GroupSeat.left_at is not None:
        raise Conflict("seat_is_over")
    _end(session, command, found.GroupSeat, found.kind, command.why, note, now)


def end_seats_of(session: Session, command: object, member_id: uuid.UUID, why: str, *, now: datetime) -> None:
    """Ends every seat of somebody who leaves the register; ``command`` names community and actor, ``why`` as there."""
    found = session.execute(
        _seats(command.community_id)  # type: ignore[attr-defined]
        .where(GroupSeat.member_id == member_id, GroupSeat.left_at.is_(None))
        .order_by(GroupSeat.id)
        .with_for_update(of=GroupSeat)
    ).all()
    for seat, kind in found:
        _end(session, command, seat, kind, why, "", now)


def _seats(community_id: int) -> sa.Select:
    return (
        sa.select(GroupSeat, GroupTerm.kind)
        .join(
            GroupTerm,
            sa.and_(GroupTerm.community_id == GroupSeat.community_id, GroupTerm.id == GroupSeat.term_id),
        )
        .where(GroupSeat.community_id == community_id)
    )


def _end(
    session: Session, command: object, seat: GroupSeat, kind: str, why: str, note: str, now: datetime
) -> None:
    """The public page has words for a reason given by its code."""
    seat.left_at, seat.left_reason = now, why
    session.flush()
    role = role_of(kind, is_chair=seat.is_chair)
    actor_id = command.actor_id  # type: ignore[attr-defined]
    revoke_role(session, RevokeRole(seat.community_id, seat.member_id, role, note or why, actor_id), now=now)
    write_act(session, command, "seat_ended", f"{kind} {why}", note, subject_id=seat.member_id, now=now)
