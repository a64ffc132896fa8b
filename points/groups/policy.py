"""Who may be elected into a group, and what makes an election valid. Pure: no session, no clock.

Where the rules come from: the scheme of Wenzubei (a review group elected by the villagers' representatives, a separate
supervision group); the Organic Law of the Villagers' Committees: voters are adults (art. 13), a choice needs more than
half of the votes (art. 15), those who run the village and their near relatives do not sit in the body that supervises
them (art. 32). That law gives a committee five years; a group that judges neighbours gets three at most.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from points.errors import Conflict, Invalid

FEWEST_SEATS, MOST_SEATS = 3, 15
# What a village should have; fewer than these is shown as a warning, fewer than FEWEST_SEATS is refused.
RECOMMENDED_SEATS = {"review": 5, "supervision": 3}
LONGEST_TERM_YEARS = 3
ADULT_YEARS = 18
ENDS_SOON = timedelta(days=60)
# Their work is what the supervision group looks at.
SUPERVISED_ROLES = frozenset({"steward", "operator", "shop_staff", "grid_worker"})
WHY_NOT = ("not_of_age", "sits_in_other_group", "runs_the_scheme", "kin_of_steward")


@dataclass(frozen=True)
class SeatWanted:
    """Somebody an assembly chose, with the votes."""

    member_id: uuid.UUID
    votes_for: int
    votes_against: int = 0
    is_chair: bool = False


@dataclass(frozen=True)
class Candidate:
    """What the register knows of somebody who was chosen. ``sits_in``: the groups in which they sit today."""

    name: str
    household_id: uuid.UUID
    birth_year: int | None = None
    roles: frozenset[str] = frozenset()
    sits_in: frozenset[str] = frozenset()
    is_kin_of_steward: bool = False


def why_not(kind: str, candidate: Candidate, *, year: int) -> str | None:
    """Why somebody cannot sit in a group in the year of the election: one of ``WHY_NOT``; None when they can.

    The register holds no birthday: whoever turns 18 in the year counts as of age; an unknown year is no obstacle.
    """
    if candidate.birth_year is not None and year - candidate.birth_year < ADULT_YEARS:
        return "not_of_age"
    if candidate.sits_in - {kind}:
        return "sits_in_other_group"
    if kind == "supervision" and candidate.roles & SUPERVISED_ROLES:
        return "runs_the_scheme"
    if kind == "supervision" and candidate.is_kin_of_steward:
        return "kin_of_steward"
    return None


def check_candidates(
    kind: str, candidates: Mapping[uuid.UUID, Candidate], relatives: Iterable[tuple[uuid.UUID, uuid.UUID]], *,
    year: int, sitting: Mapping[uuid.UUID, Candidate] | None = None,
) -> None:  # fmt: skip
    """Everybody may sit, and no two of a household or near relatives sit together, nor beside those who ``sit`` already.

    Raises Conflict with a code of ``WHY_NOT`` (``name``), or ``kin_in_group`` (``name``, ``other``).
    """
    for candidate in candidates.values():
        code = why_not(kind, candidate, year=year)
        if code is not None:
            raise Conflict(code, name=candidate.name, years=ADULT_YEARS)
    group = {**(sitting or {}), **candidates}
    first: dict[uuid.UUID, Candidate] = {}
    for candidate in group.values():
        other = first.setdefault(candidate.household_id, candidate)
        if other is not candidate:
            raise Conflict("kin_in_group", name=candidate.name, other=other.name)
    for one, other_one in relatives:
        if one in group and other_one in group:
            raise Conflict("kin_in_group", name=group[one].name, other=group[other_one].name)


def check_term(elected_on: date, starts_on: date, ends_on: date, *, today: date) -> None:
    """An election is recorded when its term has begun, so that roles and seats change at the same moment.

    Raises Invalid ``elected_in_future``, ``term_before_election``, ``term_not_begun``, ``term_already_over``,
    ``term_too_long`` (``years``).
    """
    if elected_on > today:
        raise Invalid("elected_in_future")
    if starts_on < elected_on:
        raise Invalid("term_before_election")
    if starts_on > today:
        raise Invalid("term_not_begun")
    if ends_on < today:
        raise Invalid("term_already_over")
    if ends_on > longest_end(starts_on):
        raise Invalid("term_too_long", years=LONGEST_TERM_YEARS)


def longest_end(starts_on: date) -> date:
    """The same day three years later, at most."""
    after = starts_on.year + LONGEST_TERM_YEARS
    return (
        date(after, 2, 28) if (starts_on.month, starts_on.day) == (2, 29) else starts_on.replace(year=after)
    )


def check_tally(voters: int, seats: Sequence[SeatWanted], names: Mapping[uuid.UUID, str]) -> None:
    """Everybody got the votes of more than half of those who voted, and nobody more votes than were cast.

    Raises Invalid ``voters_needed``, ``seat_twice``, ``more_votes_than_voters``, ``votes_not_enough`` (``name``, ``least``).
    """
    if voters < 1:
        raise Invalid("voters_needed")
    if len({seat.member_id for seat in seats}) < len(seats):
        raise Invalid("seat_twice")
    for seat in seats:
        name = names[seat.member_id]
        if min(seat.votes_for, seat.votes_against) < 0 or seat.votes_for + seat.votes_against > voters:
            raise Invalid("more_votes_than_voters", name=name, voters=voters)
        if 2 * seat.votes_for <= voters:
            raise Invalid("votes_not_enough", name=name, votes=seat.votes_for, least=voters // 2 + 1)


def check_size(kind: str, seats: Sequence[SeatWanted]) -> None:
    """A group that can work: its size, and one chair (a supervision group may have none).

    Raises Invalid ``too_few_seats`` (``least``), ``too_many_seats`` (``most``), ``one_chair_needed``.
    """
    if len(seats) < FEWEST_SEATS:
        raise Invalid("too_few_seats", least=FEWEST_SEATS)
    if len(seats) > MOST_SEATS:
        raise Invalid("too_many_seats", most=MOST_SEATS)
    chairs = sum(seat.is_chair for seat in seats)
    if chairs > 1 or (kind == "review" and chairs == 0):
        raise Invalid("one_chair_needed")


def role_of(kind: str, *, is_chair: bool) -> str:
    """The role that carries a seat's permissions."""
    if kind == "supervision":
        return "supervisor"
    return "chair" if is_chair else "reviewer"


ROLES_OF_GROUP = {"review": ("chair", "reviewer"), "supervision": ("supervisor",)}
GROUP_OF_ROLE = {role: kind for kind, roles in ROLES_OF_GROUP.items() for role in roles}
