"""Recording an election of a group: its seats, their votes, and the roles that come and go with them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.days import local_day
from points.errors import Conflict, Invalid, NotFound
from points.groups.models import KINDS, GroupSeat, GroupTerm
from points.groups.policy import (
    GROUP_OF_ROLE,
    MOST_SEATS,
    ROLES_OF_GROUP,
    Candidate,
    SeatWanted,
    check_candidates,
    check_size,
    check_tally,
    check_term,
    role_of,
)
from points.groups.queries import GroupView, group_of, judges_on, supervisors_on
from points.people.models import Member, Role
from points.people.operations import (
    GrantRole,
    RevokeRole,
    grant_role,
    lock_community,
    revoke_role,
    write_act,
)
from points.people.queries import community_by_id, holders_of
from points.people.register import roles_by_member
from points.people.relations import relatives_among

member = Member.__table__


@dataclass(frozen=True)
class ElectGroup:
    """A whole new group as an assembly elected it. ``voters``: how many cast a vote; ``ends_on``: the last day."""

    community_id: int
    actor_id: uuid.UUID | None
    request_key: str
    kind: str
    elected_by: str
    elected_on: date
    starts_on: date
    ends_on: date
    voters: int
    seats: tuple[SeatWanted, ...]


@dataclass(frozen=True)
class ByElect:
    """One or more seats that were filled during a term, and end with it."""

    community_id: int
    actor_id: uuid.UUID | None
    request_key: str
    kind: str
    elected_by: str
    elected_on: date
    voters: int
    seats: tuple[SeatWanted, ...]


def elect_group(session: Session, command: ElectGroup, *, now: datetime) -> uuid.UUID:
    """Records an election; whoever sat before and was not elected again sits no more. Once for each key.

    Roles of the group follow the election: nobody else keeps one. Returns the term. Raises the refusals of
    ``points.groups.policy``; Invalid ``group_unknown``, ``assembly_needed``; NotFound ``member_not_found``;
    Conflict ``election_not_newer`` (``day``).
    """
    repeated = _begin(session, command)
    if repeated is not None:
        return repeated
    today = _today(session, command.community_id, now)
    check_term(command.elected_on, command.starts_on, command.ends_on, today=today)
    check_size(command.kind, command.seats)
    before = group_of(session, command.community_id, command.kind, today=today)
    if before is not None and command.elected_on <= before.elected_on:
        raise Conflict("election_not_newer", day=before.elected_on)
    _check_people(session, command, (), now)
    _leave(session, command, [view.id for view in before.seats] if before else [], "new_term", now)
    term_id = _write_term(session, command, command.starts_on, command.ends_on, None, now)
    _follow_roles(session, command, now)
    detail = f"{command.kind} {len(command.seats)} {command.ends_on.isoformat()}"
    write_act(session, command, "group_elected", detail, command.elected_by, now=now)
    return term_id


def by_elect(session: Session, command: ByElect, *, now: datetime) -> uuid.UUID:
    """Records a by-election: people who join the group, or, when it has none, the chair its members or voters chose.

    Returns the by-election. Raises the refusals of ``points.groups.policy``; Invalid ``group_unknown``,
    ``assembly_needed``, ``nobody_elected``, ``elected_in_future``, ``too_many_seats``; NotFound ``member_not_found``;
    Conflict ``no_running_term``, ``election_not_newer`` (``day``), ``chair_taken`` (``name``), ``sits_already`` (``name``).
    """
    repeated = _begin(session, command)
    if repeated is not None:
        return repeated
    today = _today(session, command.community_id, now)
    group = group_of(session, command.community_id, command.kind, today=today)
    if group is None or group.is_over:
        raise Conflict("no_running_term")
    if command.elected_on > today:
        raise Invalid("elected_in_future")
    if command.elected_on < group.elected_on:
        raise Conflict("election_not_newer", day=group.elected_on)
    leads = _check_additions(command, group)
    sitting = [view.member_id for view in group.seats if view.id not in leads]
    _check_people(session, command, sitting, now)
    _leave(session, command, leads, "leads", now)
    term_id = _write_term(session, command, command.elected_on, group.ends_on, group.term_id, now)
    for wanted in command.seats:
        _grant_only(session, command, wanted, now)
    detail = f"{command.kind} {len(command.seats)} {group.ends_on.isoformat()}"
    write_act(session, command, "seat_filled", detail, command.elected_by, now=now)
    return term_id


def _begin(session: Session, command: ElectGroup | ByElect) -> uuid.UUID | None:
    """Two stewards who record at one moment wait here for each other. The election recorded under this key, if any."""
    lock_community(session, command.community_id)
    repeated = session.scalar(
        sa.select(GroupTerm.id).where(
            GroupTerm.community_id == command.community_id, GroupTerm.request_key == command.request_key
        )
    )
    if repeated is not None:
        return repeated
    if command.kind not in KINDS:
        raise Invalid("group_unknown")
    if not command.elected_by.strip():
        raise Invalid("assembly_needed")
    return None


def _today(session: Session, community_id: int, now: datetime) -> date:
    return local_day(now, community_by_id(session, community_id).zone)


def _check_additions(command: ByElect, group: GroupView) -> list[uuid.UUID]:
    """The seats that end because their holders take the chair."""
    if not command.seats:
        raise Invalid("nobody_elected")
    sitting = {view.member_id: view for view in group.seats}
    chair = next((view for view in group.seats if view.is_chair), None)
    wanted_chairs = [wanted for wanted in command.seats if wanted.is_chair]
    if chair is not None and wanted_chairs:
        raise Conflict("chair_taken", name=chair.name)
    if len(wanted_chairs) > 1:
        raise Invalid("one_chair_needed")
    again = [wanted for wanted in command.seats if wanted.member_id in sitting]
    for wanted in again:
        if not wanted.is_chair:
            raise Conflict("sits_already", name=sitting[wanted.member_id].name)
    if len(group.seats) + len(command.seats) - len(again) > MOST_SEATS:
        raise Invalid("too_many_seats", most=MOST_SEATS)
    return [sitting[wanted.member_id].id for wanted in again]


def _check_people(
    session: Session, command: ElectGroup | ByElect, sitting: Sequence[uuid.UUID], now: datetime
) -> None:
    """Everybody is in the register and may sit, with the votes that it takes."""
    wanted = [seat.member_id for seat in command.seats]
    known = _candidates(session, command, [*wanted, *sitting], now)
    if not known.keys() >= set(wanted):
        raise NotFound("member_not_found")
    check_tally(command.voters, command.seats, {key: one.name for key, one in known.items()})
    check_candidates(
        command.kind,
        {key: known[key] for key in wanted},
        relatives_among(session, command.community_id, known),
        year=command.elected_on.year,
        sitting={key: known[key] for key in sitting if key in known},
    )


def _candidates(
    session: Session, command: ElectGroup | ByElect, ids: Sequence[uuid.UUID], now: datetime
) -> dict[uuid.UUID, Candidate]:
    community_id = command.community_id
    rows = session.execute(
        sa.select(member.c.id, member.c.name, member.c.household_id, member.c.birth_year).where(
            member.c.community_id == community_id, member.c.id.in_(ids), member.c.left_at.is_(None)
        )
    ).all()
    roles = roles_by_member(session, community_id, ids)
    groups = {
        "review": {judge.member_id for judge in judges_on(session, community_id, now)},
        "supervision": {judge.member_id for judge in supervisors_on(session, community_id, now)},
    }
    stewards = holders_of(session, community_id, "steward")
    homes = {steward.household_id for steward in stewards.values()}
    pairs = relatives_among(session, community_id, [*ids, *stewards])
    kin = {one for pair in pairs if not stewards.keys().isdisjoint(pair) for one in pair}
    return {
        row.id: Candidate(
            row.name, row.household_id, row.birth_year, frozenset(roles.get(row.id, ())),
            frozenset(kind for kind, people in groups.items() if row.id in people),
            row.household_id in homes or row.id in kin,
        )
        for row in rows
    }  # fmt: skip


def _leave(
    session: Session, command: ElectGroup | ByElect, seat_ids: Sequence[uuid.UUID], why: str, now: datetime
) -> None:
    if seat_ids:
        session.execute(
            sa.update(GroupSeat)
            .where(GroupSeat.community_id == command.community_id, GroupSeat.id.in_(seat_ids))
            .values(left_at=now, left_reason=why)
        )


def _write_term(
    session: Session, command: ElectGroup | ByElect, starts_on: date, ends_on: date,
    by_election_of: uuid.UUID | None, now: datetime,
) -> uuid.UUID:  # fmt: skip
    term = GroupTerm(
        community_id=command.community_id, id=new_id(), kind=command.kind, by_election_of=by_election_of,
        elected_by=command.elected_by.strip(), elected_on=command.elected_on, starts_on=starts_on, ends_on=ends_on,
        voters=command.voters, recorded_by=command.actor_id, recorded_at=now, request_key=command.request_key,
    )  # fmt: skip
    session.add(term)
    session.flush()  # seats point at it
    session.add_all(
        GroupSeat(
            community_id=command.community_id, term_id=term.id, member_id=wanted.member_id,
            votes_for=wanted.votes_for, votes_against=wanted.votes_against, is_chair=wanted.is_chair, since=now,
        )
        for wanted in command.seats
    )  # fmt: skip
    session.flush()
    return term.id


def _follow_roles(session: Session, command: ElectGroup, now: datetime) -> None:
    """Whoever holds a role of the group without having been elected loses it; the elected get theirs."""
    elected = {wanted.member_id for wanted in command.seats}
    held = session.execute(
        sa.select(Role.member_id, Role.role)
        .where(Role.community_id == command.community_id, Role.role.in_(ROLES_OF_GROUP[command.kind]))
        .order_by(Role.id)
    ).all()
    for member_id, role in held:
        if member_id not in elected:
            _revoke(session, command, member_id, role, now)
    for wanted in command.seats:
        _grant_only(session, command, wanted, now)


def _grant_only(session: Session, command: ElectGroup | ByElect, wanted: SeatWanted, now: datetime) -> None:
    """The role of the seat, and no other role of a group: what an earlier term left behind goes."""
    role = role_of(command.kind, is_chair=wanted.is_chair)
    held = roles_by_member(session, command.community_id, [wanted.member_id]).get(wanted.member_id, ())
    for other in held:
        if other in GROUP_OF_ROLE and other != role:
            _revoke(session, command, wanted.member_id, other, now)
    grant = GrantRole(command.community_id, wanted.member_id, role, command.elected_by, command.actor_id)
    grant_role(session, grant, now=now)


def _revoke(
    session: Session, command: ElectGroup | ByElect, member_id: uuid.UUID, role: str, now: datetime
) -> None:
    revoke = RevokeRole(command.community_id, member_id, role, command.elected_by, command.actor_id)
    revoke_role(session, revoke, now=now)
