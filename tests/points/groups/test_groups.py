"""Elections, by-elections and seats that end: who sits, which roles follow, what the public reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app.transaction import transact
from points.errors import Conflict
from points.groups.appointments import appoint, dismiss
from points.groups.models import GroupTerm
from points.groups.operations import by_elect, elect_group
from points.groups.policy import SeatWanted
from points.groups.queries import (
    SeatedJudge,
    group_of,
    group_warnings,
    judges_on,
    supervisors_on,
)
from points.groups.seats import EndSeat, end_seat
from points.people.leaving import LeaveRegister, leave_register
from points.people.models import Member
from points.people.named import NamedPerson
from points.people.operations import GrantRole, RevokeRole, grant_role
from points.people.queries import holders_of
from points.people.relations import DeclareRelation, declare_relation
from tests.builders import MONDAY, Village, a_key, refused
from tests.concurrency.crowd import all_at_once
from tests.points.groups.elections import TODAY, by_election, election, public_lines

YEAR = timedelta(days=365)
# What the databases do differently is in the other tests: a copy of a village takes PostgreSQL a second.
sqlite_only = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def sitting(session, village: Village, when=MONDAY, ask=judges_on) -> list[tuple[str, bool]]:
    """Names and chair of those who sit."""
    found = ask(session, village.community_id, when)
    names = dict(
        session.execute(
            sa.select(Member.id, Member.name).where(Member.community_id == village.community_id)
        ).all()
    )
    session.rollback()
    return [(names[one.member_id], one.is_chair) for one in found]


def holders(session, village: Village, *roles: str) -> set[str]:
    found = {person.name for person in holders_of(session, village.community_id, *roles).values()}
    session.rollback()
    return found


def seat_of(session, village: Village, person, kind: str = "review"):
    group = group_of(session, village.community_id, kind, today=TODAY)
    session.rollback()
    return next(seat.id for seat in group.seats if seat.member_id == person.id)


@sqlite_only
def test_without_an_election_those_who_hold_the_roles_sit(session, village):
    assert judges_on(session, village.community_id, MONDAY)[0] == SeatedJudge(village.chair.id, True)
    assert {name for name, _chair in sitting(session, village)} == {judge.name for judge in village.judges}
    assert sitting(session, village, ask=supervisors_on) == [(village.one("supervisor").name, False)]
    assert group_warnings(session, village.community_id, today=TODAY) == []


def test_an_election_seats_its_group_for_its_term_and_roles_follow(session, run, village):
    people = [village.judges[1], *village.residents[:4]]
    command = election(village, people)
    assert run(elect_group, command) == run(elect_group, replace(command, voters=7))
    assert refused(elect_group, replace(command, request_key=a_key())) == "election_not_newer"
    assert sitting(session, village) == [(p.name, place == 0) for place, p in enumerate(people)]
    assert holders(session, village, "chair") == {people[0].name}
    assert holders(session, village, "reviewer") == {person.name for person in people[1:]}
    lines = public_lines(session, village)
    assert [line[0] for line in lines].count("group_elected") == 1
    assert lines[0] == ("group_elected", "review 5 2029-09-06", "村民代表会议")
    assert ("role_revoked", "chair", "村民代表会议") in lines
    assert sitting(session, village, MONDAY - timedelta(minutes=1)) == []
    assert len(sitting(session, village, MONDAY + 2 * YEAR)) == 5
    assert sitting(session, village, MONDAY + 4 * YEAR) == []
    with pytest.raises(sa.exc.DBAPIError, match="never changed"):
        session.execute(
            sa.update(GroupTerm).where(GroupTerm.community_id == village.community_id).values(voters=99)
        )
    session.rollback()
    assert sitting(session, village, ask=supervisors_on) == [(village.one("supervisor").name, False)]


def test_of_two_stewards_who_record_at_once_one_is_told(site, session, village):
    commands = [election(village, village.residents[:3]), election(village, village.residents[3:6])]
    twice = [election(village, village.residents[:3], kind="supervision")] * 2
    answers = all_at_once(site, [lambda one=one: transact(elect_group, one) for one in commands])
    assert answers.count("election_not_newer") == 1
    answers = all_at_once(site, [lambda one=one: transact(elect_group, one) for one in twice])
    assert answers[0] == answers[1]
    assert len(sitting(session, village)) == 3


@sqlite_only
def test_who_is_not_elected_again_leaves_and_who_is_keeps_the_role(session, run, village, clock_at):
    first, second = village.residents[:4], [*village.residents[2:4], village.residents[5]]
    run(elect_group, election(village, first))
    clock_at(MONDAY + timedelta(days=10))
    later = TODAY + timedelta(days=10)
    run(elect_group, election(village, second, elected_on=later, starts_on=later))
    assert {name for name, _ in sitting(session, village, MONDAY + timedelta(days=11))} == {
        p.name for p in second
    }
    assert {name for name, _ in sitting(session, village, MONDAY)} == {p.name for p in first}
    assert holders(session, village, "chair", "reviewer") == {person.name for person in second}


@sqlite_only
def test_who_may_be_elected_into_which_group(session, run, village, neighbour):
    steward, kin, minor = village.one("steward"), village.residents[4], village.residents[5]
    _set(session, village, minor, birth_year=2010)
    named = (NamedPerson(kin.name), NamedPerson(steward.name))
    run(declare_relation, DeclareRelation(village.community_id, steward.id, named[0], "relative", named[1]))
    for kind, person, code in (
        ("review", neighbour.residents[0], "member_not_found"),
        ("review", village.one("supervisor"), "sits_in_other_group"),
        ("supervision", village.one("reviewer"), "sits_in_other_group"),
        ("supervision", steward, "runs_the_scheme"),
        ("supervision", village.one("operator"), "runs_the_scheme"),
        ("supervision", village.one("grid_worker"), "runs_the_scheme"),
        ("supervision", village.one("shop_staff"), "runs_the_scheme"),
        ("supervision", kin, "kin_of_steward"),
        ("review", minor, "not_of_age"),
    ):
        command = election(village, [*village.residents[:2], person], kind=kind)
        assert refused(elect_group, command) == code, (kind, person.name)
    run(elect_group, election(village, [*village.residents[:2], steward]))


def _set(session, village, person, **values):
    session.execute(
        sa.update(Member)
        .where(Member.community_id == village.community_id, Member.id == person.id)
        .values(**values)
    )
    session.commit()


@sqlite_only
def test_one_household_and_near_relatives_have_one_seat(session, run, village):
    one, other, third = village.residents[:3]
    _set(session, village, other, household_id=one.household_id)
    assert refused(elect_group, election(village, [one, other, third])) == "kin_in_group"
    named = (NamedPerson(one.name), NamedPerson(third.name))
    run(
        declare_relation,
        DeclareRelation(village.community_id, village.one("steward").id, named[0], "relative", named[1]),
    )
    four = [one, third, *village.residents[3:5]]
    assert refused(elect_group, election(village, four)) == "kin_in_group"
    run(elect_group, election(village, four[1:]))


def test_a_seat_ends_with_its_role_and_the_public_reads_why(session, run, village):
    people = village.residents[:5]
    run(elect_group, election(village, people))
    steward, seat = village.one("steward").id, seat_of(session, village, people[1])
    command = EndSeat(village.community_id, steward, seat, "recalled")
    assert refused(end_seat, command) == "recall_needs_assembly"
    assert refused(end_seat, replace(command, why="new_term")) == "why_unknown"
    run(end_seat, replace(command, note="村民会议 30 票同意"))
    assert refused(end_seat, replace(command, why="resigned")) == "seat_is_over"
    assert people[1].name not in {name for name, _ in sitting(session, village)}
    assert people[1].name not in holders(session, village, "reviewer")
    assert public_lines(session, village)[0] == ("seat_ended", "review recalled", "村民会议 30 票同意")
    assert [w.code for w in group_warnings(session, village.community_id, today=TODAY)] == ["short"]


@sqlite_only
def test_another_communitys_seat_is_not_found(session, run, village, neighbour):
    run(elect_group, election(village, village.residents[:3]))
    seat = seat_of(session, village, village.residents[0])
    assert refused(end_seat, EndSeat(neighbour.community_id, None, seat, "died")) == "seat_not_found"


def test_who_leaves_the_register_leaves_the_group_and_a_by_election_fills_the_seat(session, run, village):
    people = village.residents[:3]
    run(elect_group, election(village, people))
    steward = village.one("steward").id
    run(leave_register, LeaveRegister(village.community_id, steward, people[0].id, "died"))
    assert [line[:2] for line in public_lines(session, village)][:2] == [
        ("member_left", "died"), ("seat_ended", "review died"),
    ]  # fmt: skip
    assert [w.code for w in group_warnings(session, village.community_id, today=TODAY)] == [
        "short",
        "no_chair",
    ]
    joins = SeatWanted(village.residents[4].id, 25, 3)
    command = by_election(village, joins)
    assert run(by_elect, command) == run(by_elect, command)
    heads = SeatWanted(people[1].id, 38, 0, is_chair=True)
    run(by_elect, by_election(village, heads))
    assert sorted(sitting(session, village)) == sorted(
        [(people[1].name, True), (people[2].name, False), (village.residents[4].name, False)]
    )
    assert holders(session, village, "chair") == {people[1].name}
    assert holders(session, village, "reviewer") == {people[2].name, village.residents[4].name}
    group = group_of(session, village.community_id, "review", today=TODAY)
    assert [(seat.name, seat.left_reason) for seat in group.left] == [(people[0].name, "died")]
    assert {seat.is_by_election for seat in group.seats} == {True, False}


@sqlite_only
def test_what_a_by_election_cannot_do(session, run, village):
    joins = SeatWanted(village.residents[4].id, 25, 3)
    assert refused(by_elect, by_election(village, joins)) == "no_running_term"
    run(elect_group, election(village, village.residents[:3]))
    for seats, more, code in (
        ((), {}, "nobody_elected"),
        ((SeatWanted(village.residents[4].id, 20, 3),), {}, "votes_not_enough"),
        ((SeatWanted(village.residents[1].id, 30),), {}, "sits_already"),
        ((replace(joins, is_chair=True),), {}, "chair_taken"),
        ((joins,), {"elected_on": TODAY - timedelta(days=1)}, "election_not_newer"),
        ((joins,), {"elected_on": TODAY + timedelta(days=1)}, "elected_in_future"),
        ((joins,), {"elected_by": " "}, "assembly_needed"),
        ((joins,), {"kind": "choir"}, "group_unknown"),
    ):
        assert refused(by_elect, by_election(village, *seats, **more)) == code


@sqlite_only
def test_what_is_elected_is_neither_given_nor_taken_by_hand(session, run, village):
    steward, cid = village.one("steward").id, village.community_id
    run(appoint, GrantRole(cid, village.residents[5].id, "reviewer", "先顶上", steward))
    run(dismiss, RevokeRole(cid, village.residents[5].id, "reviewer", "换人", steward))
    run(elect_group, election(village, village.residents[:3]))
    run(elect_group, election(village, village.residents[3:6], kind="supervision"))
    assert (
        refused(appoint, GrantRole(cid, village.residents[5].id, "chair", "换人", steward))
        == "role_is_elected"
    )
    assert (
        refused(dismiss, RevokeRole(cid, village.residents[1].id, "reviewer", "换人", steward))
        == "seat_ends_first"
    )
    shop = GrantRole(cid, village.residents[5].id, "shop_staff", "报名", steward, village.shop_id)
    assert refused(appoint, shop) == "sits_in_supervision"
    run(appoint, replace(shop, member_id=village.residents[0].id))


@sqlite_only
def test_an_old_term_warns_in_time_and_then_nobody_sits(session, run, village):
    ends = date(2026, 11, 30)
    run(elect_group, election(village, village.residents[:5], ends_on=ends))
    run(grant_role, GrantRole(village.community_id, village.staff["reviewer"][0].id, "reviewer", "手工"))
    for today, codes in ((TODAY, []), (date(2026, 10, 1), ["ends_soon"]), (date(2026, 12, 1), ["over"])):
        found = group_warnings(session, village.community_id, today=today)
        assert [(warning.code, warning.ends_on) for warning in found] == [(code, ends) for code in codes]
    assert len(sitting(session, village, MONDAY + timedelta(days=84, hours=15))) == 5
    assert sitting(session, village, MONDAY + timedelta(days=84, hours=16)) == []


@sqlite_only
def test_a_group_is_asked_for_in_the_same_number_of_statements_however_large(session, run, village, engine):
    run(elect_group, election(village, village.residents[:3]))
    few = _statements(engine, lambda: judges_on(session, village.community_id, MONDAY))
    run(by_elect, by_election(village, *(SeatWanted(p.id, 30) for p in village.residents[3:6])))
    many = _statements(engine, lambda: judges_on(session, village.community_id, MONDAY))
    assert few == many


def _statements(engine, ask) -> int:
    seen = []

    def count(*args) -> None:
        seen.append(args[2])

    sa.event.listen(engine, "before_cursor_execute", count)
    ask()
    sa.event.remove(engine, "before_cursor_execute", count)
    return len(seen)


@sqlite_only
def test_refusals_name_the_person(session, village):
    command = election(village, [*village.residents[:2], village.one("supervisor")])
    with pytest.raises(Conflict) as refusal:
        transact(elect_group, command)
    assert refusal.value.facts["name"] == village.one("supervisor").name
