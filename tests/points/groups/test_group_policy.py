"""Who may sit in a group: the table of eligibility and the form of an election, without a database."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sentences import SENTENCES
from points.errors import Conflict, DomainError
from points.groups.models import KINDS
from points.groups.policy import (
    ADULT_YEARS,
    SUPERVISED_ROLES,
    WHY_NOT,
    Candidate,
    SeatWanted,
    check_candidates,
    check_size,
    check_tally,
    check_term,
    longest_end,
    why_not,
)
from points.people.models import ROLES

YEAR, TODAY = 2026, date(2026, 9, 7)
A, B, C = (uuid.UUID(int=number) for number in (1, 2, 3))
CANDIDATES = st.builds(
    Candidate,
    name=st.just("王强"), household_id=st.just(A), birth_year=st.none() | st.integers(1930, YEAR),
    roles=st.frozensets(st.sampled_from(ROLES)), sits_in=st.frozensets(st.sampled_from(KINDS)),
    is_kin_of_steward=st.booleans(),
)  # fmt: skip


@given(st.sampled_from(KINDS), CANDIDATES)
def test_a_candidate_is_refused_exactly_for_a_reason_of_the_table(kind: str, candidate: Candidate) -> None:
    minor = candidate.birth_year is not None and candidate.birth_year > YEAR - ADULT_YEARS
    elsewhere = ({*KINDS} - {kind}).pop() in candidate.sits_in
    supervised = kind == "supervision" and not SUPERVISED_ROLES.isdisjoint(candidate.roles)
    kin = kind == "supervision" and candidate.is_kin_of_steward
    reasons = [
        code for code, holds in zip(WHY_NOT, (minor, elsewhere, supervised, kin), strict=True) if holds
    ]
    assert why_not(kind, candidate, year=YEAR) == (reasons[0] if reasons else None)


def test_every_reason_has_a_sentence() -> None:
    assert set(WHY_NOT) <= SENTENCES.keys()


@given(st.lists(st.sampled_from((A, B, C)), min_size=2, max_size=6), st.booleans())
def test_a_household_has_one_seat_in_a_group(homes: list[uuid.UUID], some_sit: bool) -> None:
    people = {uuid.UUID(int=10 + n): Candidate(str(n), home) for n, home in enumerate(homes)}
    first = dict(list(people.items())[:1])
    rest = {key: one for key, one in people.items() if key not in first}
    parts = (rest, first) if some_sit else (people, {})
    if len(set(homes)) == len(homes):
        check_candidates("review", parts[0], [], year=YEAR, sitting=parts[1])
        return
    with pytest.raises(Conflict, match="kin_in_group"):
        check_candidates("review", parts[0], [], year=YEAR, sitting=parts[1])


def test_near_relatives_do_not_sit_together_but_outsiders_do_not_matter() -> None:
    group = {A: Candidate("甲", A), B: Candidate("乙", B)}
    check_candidates("review", group, [(A, C)], year=YEAR)
    with pytest.raises(Conflict, match="kin_in_group"):
        check_candidates("review", group, [(A, B)], year=YEAR)


def code_of(call, *args, **more) -> str | None:
    """The refusal of a check, None when it passes."""
    try:
        call(*args, **more)
    except DomainError as refusal:
        return refusal.code
    return None


@given(st.integers(1, 60), st.integers(0, 60), st.integers(0, 60))
def test_a_seat_needs_more_than_half_of_the_voters(voters: int, votes_for: int, against: int) -> None:
    code = code_of(check_tally, voters, [SeatWanted(A, votes_for, against)], {A: "王强"})
    if votes_for + against > voters:
        assert code == "more_votes_than_voters"
    else:
        assert code == (None if votes_for > voters / 2 else "votes_not_enough")


@pytest.mark.parametrize(
    ("days", "code"),
    [((0, 0, 1000), None), ((-3, -1, 0), None), ((1, 1, 9), "elected_in_future"), ((0, -1, 9), "term_before_election"),
     ((0, 1, 9), "term_not_begun"), ((-9, -9, -1), "term_already_over"), ((0, 0, 1097), "term_too_long")],
)  # fmt: skip
def test_a_term_runs_when_it_is_recorded_and_lasts_three_years_at_most(days, code) -> None:
    elected, starts, ends = (TODAY + timedelta(days=count) for count in days)
    assert code_of(check_term, elected, starts, ends, today=TODAY) == code


def test_a_term_from_the_leap_day_ends_in_february() -> None:
    assert longest_end(date(2028, 2, 29)) == date(2031, 2, 28)


@pytest.mark.parametrize(
    ("kind", "chairs", "code"),
    [("review", 5 * [0], "one_chair_needed"), ("review", [1, 0, 0], None), ("review", [1, 1, 0], "one_chair_needed"),
     ("supervision", [0, 0, 0], None), ("supervision", [1, 0, 0], None), ("supervision", [1, 1, 0], "one_chair_needed"),
     ("review", [1, 0], "too_few_seats"), ("supervision", [0, 0], "too_few_seats"),
     ("review", [1, *[0] * 15], "too_many_seats")],
)  # fmt: skip
def test_a_group_has_a_size_and_a_review_group_one_head(kind, chairs, code) -> None:
    seats = [SeatWanted(uuid.UUID(int=n), 30, 0, bool(chair)) for n, chair in enumerate(chairs)]
    assert code_of(check_size, kind, seats) == code
