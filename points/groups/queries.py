"""Who sits today, how they were elected, and what a village should see to."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.days import local_day
from points.groups.models import KINDS, GroupSeat, GroupTerm
from points.groups.policy import ENDS_SOON, RECOMMENDED_SEATS, ROLES_OF_GROUP
from points.people.models import Member, Role
from points.people.queries import community_by_id

term, seat = GroupTerm.__table__, GroupSeat.__table__
member, role = Member.__table__, Role.__table__


@dataclass(frozen=True)
class SeatedJudge:
    """Somebody who sits in a group."""

    member_id: uuid.UUID
    is_chair: bool


@dataclass(frozen=True)
class SeatView:
    """A seat with its election: whoever was elected holds a public office, so the name is whole."""

    id: uuid.UUID
    member_id: uuid.UUID
    name: str
    is_chair: bool
    votes_for: int
    votes_against: int
    voters: int
    elected_by: str
    elected_on: date
    is_by_election: bool
    left_at: datetime | None
    left_reason: str | None


@dataclass(frozen=True)
class GroupView:
    """A group as it was elected last. ``seats`` are held today, ``left`` were given up before the end of the term."""

    kind: str
    term_id: uuid.UUID
    elected_by: str
    elected_on: date
    starts_on: date
    ends_on: date
    voters: int
    is_over: bool
    seats: tuple[SeatView, ...]
    left: tuple[SeatView, ...]


@dataclass(frozen=True)
class GroupWarning:
    """What to see to. ``code``: over, ends_soon, short (fewer than ``least``), no_chair."""

    kind: str
    code: str
    ends_on: date
    seats: int
    least: int


def judges_on(session: Session, community_id: int, now: datetime) -> list[SeatedJudge]:
    """The review group at a moment, chair first: elected, in their term, not gone.

    A community that never recorded an election has those who hold the roles of chair and reviewer.
    """
    return _sitting(session, community_id, "review", now)


def supervisors_on(session: Session, community_id: int, now: datetime) -> list[SeatedJudge]:
    """The supervision group, by the same rule; its role is supervisor."""
    return _sitting(session, community_id, "supervision", now)


def has_elected(session: Session, community_id: int, kind: str) -> bool:
    """Whether an election of this group was ever recorded."""
    found = session.scalar(
        sa.select(term.c.id).where(term.c.community_id == community_id, term.c.kind == kind).limit(1)
    )
    return found is not None


def _sitting(session: Session, community_id: int, kind: str, now: datetime) -> list[SeatedJudge]:
    if not has_elected(session, community_id, kind):
        return _holders(session, community_id, kind)
    day = local_day(now, community_by_id(session, community_id).zone)
    rows = session.execute(
        sa.select(seat.c.member_id, seat.c.is_chair)
        .join(term, sa.and_(term.c.community_id == seat.c.community_id, term.c.id == seat.c.term_id))
        .join(member, sa.and_(member.c.community_id == seat.c.community_id, member.c.id == seat.c.member_id))
        .where(
            seat.c.community_id == community_id, term.c.kind == kind,
            term.c.starts_on <= day, term.c.ends_on >= day, seat.c.since <= now,
            sa.or_(seat.c.left_at.is_(None), seat.c.left_at > now),
            sa.or_(member.c.left_at.is_(None), member.c.left_at > now),
        )
        .order_by(seat.c.is_chair.desc(), seat.c.id)
    )  # fmt: skip
    return [SeatedJudge(row.member_id, bool(row.is_chair)) for row in rows]


def _holders(session: Session, community_id: int, kind: str) -> list[SeatedJudge]:
    """One line for each, also for a chair who is a reviewer as well."""
    rows = session.execute(
        sa.select(role.c.member_id, role.c.role)
        .join(member, sa.and_(member.c.community_id == role.c.community_id, member.c.id == role.c.member_id))
        .where(
            role.c.community_id == community_id, role.c.role.in_(ROLES_OF_GROUP[kind]),
            member.c.left_at.is_(None),
        )
        .order_by(role.c.role, role.c.id)  # chair comes before reviewer
    )  # fmt: skip
    found: dict[uuid.UUID, bool] = {}
    for row in rows:
        found.setdefault(row.member_id, row.role == "chair")
    return [SeatedJudge(member_id, is_chair) for member_id, is_chair in found.items()]


def group_of(session: Session, community_id: int, kind: str, *, today: date) -> GroupView | None:
    """The group as it was elected last, by-elections included; None when no election was ever recorded."""
    last = session.execute(
        sa.select(term)
        .where(term.c.community_id == community_id, term.c.kind == kind, term.c.by_election_of.is_(None))
        .order_by(term.c.elected_on.desc(), term.c.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None:
        return None
    rows = session.execute(
        sa.select(seat, member.c.name, term.c.voters, term.c.elected_by,
                  term.c.elected_on, term.c.by_election_of)
        .join(term, sa.and_(term.c.community_id == seat.c.community_id, term.c.id == seat.c.term_id))
        .join(member, sa.and_(member.c.community_id == seat.c.community_id, member.c.id == seat.c.member_id))
        .where(
            seat.c.community_id == community_id,
            sa.or_(term.c.id == last.id, term.c.by_election_of == last.id),
        )
        .order_by(seat.c.is_chair.desc(), seat.c.id)
    ).all()  # fmt: skip
    views = [_seat_view(row) for row in rows]
    return GroupView(
        kind, last.id, last.elected_by, last.elected_on, last.starts_on, last.ends_on, last.voters,
        last.ends_on < today,
        tuple(view for view in views if view.left_at is None),
        # Whoever took the chair sits on: only the other seat of theirs ended.
        tuple(view for view in views if view.left_at is not None and view.left_reason != "leads"),
    )  # fmt: skip


def _seat_view(row: sa.Row) -> SeatView:
    return SeatView(
        row.id, row.member_id, row.name, bool(row.is_chair), row.votes_for, row.votes_against, row.voters,
        row.elected_by, row.elected_on, row.by_election_of is not None, row.left_at, row.left_reason,
    )  # fmt: skip


def warnings_of(group: GroupView, *, today: date) -> list[GroupWarning]:
    """What is wrong with a group today, the gravest first; nothing when it sits, is complete and has time."""
    least, count = RECOMMENDED_SEATS[group.kind], len(group.seats)
    found = []
    if group.is_over:
        found.append("over")
    elif group.ends_on - today <= ENDS_SOON:
        found.append("ends_soon")
    if not group.is_over and count < least:
        found.append("short")
    if not group.is_over and group.kind == "review" and not any(seat.is_chair for seat in group.seats):
        found.append("no_chair")
    return [GroupWarning(group.kind, code, group.ends_on, count, least) for code in found]


def group_warnings(session: Session, community_id: int, *, today: date) -> list[GroupWarning]:
    """The warnings of both groups; a community that never recorded an election has none."""
    groups = [group_of(session, community_id, kind, today=today) for kind in KINDS]
    return [warning for group in groups if group for warning in warnings_of(group, today=today)]
