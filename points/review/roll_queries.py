"""Reading rolls: the draw of a panel, so that anybody can draw it again, and who still sits."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.people.models import Member
from points.review.draw import lot
from points.review.models import Candidate, ReviewSession, Seat

candidate, member, seat, meeting = (
    Candidate.__table__, Member.__table__, Seat.__table__, ReviewSession.__table__,
)  # fmt: skip


@dataclass(frozen=True)
class Lot:
    """A line of the published list: the number, its lot, its place in the draw, and whether that brought a seat."""

    number: int
    name: str
    lot: str
    place: int
    sits: bool
    has_left: bool


def draw_of(session: Session, community_id: int, session_id: uuid.UUID) -> list[Lot]:
    """The list of a panel in the order of the draw; empty for sessions without one."""
    rows = session.execute(
        sa.select(candidate.c.number, candidate.c.place, member.c.name, meeting.c.draw_seed,
                  seat.c.id.label("seat_id"), seat.c.left_at)
        .join(member, sa.and_(member.c.community_id == candidate.c.community_id,
                              member.c.id == candidate.c.member_id))
        .join(meeting, sa.and_(meeting.c.community_id == candidate.c.community_id,
                               meeting.c.id == candidate.c.session_id))
        .outerjoin(seat, sa.and_(seat.c.community_id == candidate.c.community_id,
                                 seat.c.session_id == candidate.c.session_id,
                                 seat.c.member_id == candidate.c.member_id))
        .where(candidate.c.community_id == community_id, candidate.c.session_id == session_id)
        .order_by(candidate.c.place)
    )  # fmt: skip
    return [
        Lot(
            row.number, row.name, lot(row.draw_seed, row.number), row.place, row.seat_id is not None,
            row.left_at is not None,
        )
        for row in rows
    ]  # fmt: skip
