"""Sessions of every kind: by the calendar, drawn by lot, on paper; deeds of several people; the other panel."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.database import db
from app.transaction import transact
from points.people.models import AdminAct, Community, Member
from points.people.named import NamedPerson
from points.people.operations import GrantRole, grant_role
from points.people.queries import CommunityView
from points.people.relations import DeclareRelation, declare_relation
from points.records.operations import FileRecord, file_record
from points.review.ballot_queries import changes_of
from points.review.ballots import cast_ballot
from points.review.cadence import last_due, next_due
from points.review.closing import CloseSession, close_session
from points.review.draw import lot, order_of_draw, roll_hash
from points.review.duplicates import LinkDuplicate, link_duplicate, root_of
from points.review.late_recusals import with_recusals
from points.review.paper import KeyTally, NoteAttendance, key_tally, note_attendance
from points.review.plan import ChangePlan, change_plan
from points.review.queries import recusals_of, seats_of, session_by_id, sessions_of
from points.review.roll_queries import draw_of
from points.review.rolls import LeaveSeat, leave_seat
from points.review.sessions import (
    CallSession,
    OpenDueSession,
    OpenSession,
    call_session,
    convene_session,
    open_due_session,
    open_session,
)
from tests.builders import MONDAY, Village, a_key, given_open_session, given_record, refused
from tests.points.review.voting import (
    agenda,
    ballot,
    cast,
    close,
    item_of,
    more_reviewers,
    state_of,
    vote_on,
)

SETTINGS = CommunityView(
    1, "x", "x", "Asia/Shanghai", "household", 3, 1, 7, 30, "daily", "08:30", 1, "live", "open", 5, 48, MONDAY
)


def local(*parts: int) -> datetime:
    """A moment in Shanghai, which has no summer time."""
    return datetime(*parts, tzinfo=UTC) - timedelta(hours=8)


@pytest.mark.parametrize(
    ("cadence", "day", "now", "last", "following"),
    [
        ("daily", 1, local(2026, 9, 7, 8, 29), local(2026, 9, 6, 8, 30), local(2026, 9, 7, 8, 30)),
        ("daily", 1, local(2026, 9, 7, 8, 30), local(2026, 9, 7, 8, 30), local(2026, 9, 8, 8, 30)),
        ("weekly", 5, local(2026, 9, 7, 12, 0), local(2026, 9, 4, 8, 30), local(2026, 9, 11, 8, 30)),
        ("monthly", 31, local(2026, 3, 1, 0, 0), local(2026, 2, 28, 8, 30), local(2026, 3, 31, 8, 30)),
        ("monthly", 15, local(2026, 1, 2, 0, 0), local(2025, 12, 15, 8, 30), local(2026, 1, 15, 8, 30)),
        ("quarterly", 10, local(2026, 5, 1, 0, 0), local(2026, 4, 10, 8, 30), local(2026, 7, 10, 8, 30)),
        ("ad_hoc", 1, local(2026, 5, 1, 0, 0), None, None),
    ],
)
def test_a_session_is_due_as_the_calendar_says(cadence, day, now, last, following) -> None:
    community = replace(SETTINGS, cadence=cadence, session_day=day)
    assert (last_due(community, now), next_due(community, now)) == (last, following)


@given(
    st.sampled_from(["daily", "weekly", "monthly", "quarterly"]),
    st.integers(1, 31),
    st.integers(0, 20 * 365 * 24 * 60),
)
def test_no_moment_lies_outside_the_calendar(cadence: str, day: int, minutes: int) -> None:
    community = replace(SETTINGS, cadence=cadence, session_day=day if cadence != "weekly" else day % 7 + 1)
    now = local(2020, 1, 1) + timedelta(minutes=minutes)
    last, following = last_due(community, now), next_due(community, now)
    assert last is not None
    assert following is not None
    assert last <= now < following
    assert following - last <= timedelta(days=93)
    assert next_due(community, last) == following


def test_a_due_session_opens_by_itself_with_whoever_comes_first_and_once(village: Village, clock_at) -> None:
    record = given_record(village, village.residents[0])
    command = OpenDueSession(village.community_id)
    clock_at(MONDAY - timedelta(minutes=1))
    yesterday = transact(open_due_session, command)
    assert yesterday is None  # yesterday's four hours are over
    clock_at(MONDAY + timedelta(minutes=20))
    session_id = transact(open_due_session, command)
    assert transact(open_due_session, command) is None
    meeting = session_by_id(db.session(), village.community_id, session_id, now=clock.now())
    assert (meeting.state, meeting.scheduled_for, meeting.items) == ("open", MONDAY, 1)
    assert meeting.closes_at == MONDAY + timedelta(hours=4)
    assert {seat.attended_at for seat in seats_of(db.session(), village.community_id, session_id)} == {None}
    db.session.rollback()
    assert state_of(village, record) == "on_agenda"


@pytest.mark.parametrize("obstacle", ["no reports", "ad hoc", "called already", "held already", "too late"])
def test_nothing_opens_by_itself_without_a_reason_to(village: Village, clock_at, obstacle: str) -> None:
    if obstacle != "no reports":
        given_record(village, village.residents[0])
    if obstacle == "ad hoc":
        db.session.execute(
            sa.update(Community).where(Community.id == village.community_id).values(cadence="ad_hoc")
        )
        db.session.commit()
    clock_at(MONDAY)
    if obstacle in ("called already", "held already"):
        later = MONDAY + timedelta(hours=2)
        session_id = transact(
            call_session, CallSession(village.community_id, village.chair.id, a_key(), later)
        )
        if obstacle == "held already":
            transact(open_session, OpenSession(village.community_id, village.chair.id, session_id))
            close(village, session_id)
    clock_at(MONDAY + timedelta(hours=4 if obstacle == "too late" else 1))
    assert transact(open_due_session, OpenDueSession(village.community_id)) is None


@given(st.text("0123456789abcdef", min_size=4, max_size=64), st.integers(0, 200))
def test_every_number_is_drawn_once_and_anybody_draws_the_same(seed: str, count: int) -> None:
    drawn = order_of_draw(seed, count)
    assert sorted(drawn) == list(range(1, count + 1))
    lots = [hashlib.sha256(f"{seed}:{number}".encode()).hexdigest() for number in drawn]
    assert lots == sorted(lots)
    assert [lot(seed, number) for number in drawn] == lots


def test_a_panel_is_drawn_as_its_published_seed_says_and_who_leaves_is_replaced(village: Village) -> None:
    more_reviewers(village, 4)
    record = given_record(village, village.residents[5])
    with clock.at(MONDAY):
        command = CallSession(village.community_id, village.chair.id, a_key(), MONDAY, kind="panel", seats=3)
        session_id = transact(convene_session, command)
    lots = draw_of(db.session(), village.community_id, session_id)
    meeting = session_by_id(db.session(), village.community_id, session_id, now=MONDAY)
    seats = seats_of(db.session(), village.community_id, session_id)
    db.session.rollback()
    assert [one.number for one in lots] == order_of_draw(meeting.draw_seed, 8)
    assert {seat.name for seat in seats} == {one.name for one in lots[:3]}
    assert (meeting.roll_size, meeting.roll_hash) == (3, roll_hash(sorted(seat.name for seat in seats)))
    leaver = next(seat for seat in seats if seat.member_id != village.chair.id)
    others = [seat for seat in seats if seat != leaver]
    people = {person.name: person for person in [*village.judges, *village.residents]}
    with clock.at(MONDAY + timedelta(hours=1)):
        cast(village, session_id, record, people[leaver.name], 5)  # who votes in a panel is there
        leaving = LeaveSeat(village.community_id, leaver.member_id, session_id, leaver.member_id, "去县医院")
        following = transact(leave_seat, leaving)
        assert transact(leave_seat, leaving) is None
        assert people[lots[3].name].id == following
        assert refused(leave_seat, replace(leaving, member_id=others[0].member_id)) == "not_chair"
        for seat in others:
            cast(village, session_id, record, people[seat.name], 6)
        cast(village, session_id, record, people[lots[3].name], 6)
        close(village, session_id)
    item = item_of(village, session_id, record)
    assert (item.outcome, item.points, item.votes_for, item.may_decide) == ("approved", 6, 3, 3)
    (change,) = changes_of(db.session(), village.community_id, session_id)
    assert (change.change, change.name, change.before.points) == ("voided", leaver.name, 5)
    act = db.session.scalars(sa.select(AdminAct).where(
        AdminAct.community_id == village.community_id, AdminAct.act == "seat_left")).one()  # fmt: skip
    assert (act.subject_id, act.reason) == (leaver.member_id, "去县医院")
    assert lots[3].name in act.detail
    assert meeting.roll_hash == session_by_id(
        db.session(), village.community_id, session_id, now=MONDAY
    ).roll_hash  # fmt: skip


def test_a_panel_larger_than_the_group_cannot_be_drawn(village: Village) -> None:
    command = CallSession(village.community_id, village.chair.id, a_key(), MONDAY, kind="panel", seats=9)
    assert refused(call_session, command) == "too_few_for_panel"
    assert refused(call_session, replace(command, kind="by post")) == "kind_unknown"


def group_deed(village: Village, count: int = 3) -> list:
    """One report of a deed that several residents did together."""
    worker = village.one("grid_worker")
    people = tuple(resident.id for resident in village.residents[:count])
    with clock.at(MONDAY - timedelta(hours=12)):
        command = FileRecord(village.community_id, worker.id, a_key(), "AID-02", date(2026, 9, 6), people)
        return list(transact(file_record, command).records)


def test_a_deed_of_several_people_is_scored_once_for_all(village: Village) -> None:
    records = group_deed(village)
    session_id = given_open_session(village)
    (item,) = agenda(village, session_id)
    assert {line.id for line in item.people()} == {record.id for record in records}
    vote_on(village, session_id, records[0], 5, 6, 6, 7)
    assert close(village, session_id).outcomes == {"approved": 1}
    assert {state_of(village, record) for record in records} == {"on_notice"}
    (item,) = agenda(village, session_id)
    assert (item.points, len(item.others)) == (6, 2)


def test_who_is_related_to_one_of_them_stands_aside_from_the_whole_deed(village: Village) -> None:
    judge, partner = village.judges[1], village.residents[1]
    db.session.execute(
        sa.update(Member)
        .where(Member.community_id == village.community_id, Member.id == partner.id)
        .values(household_id=judge.household_id)
    )
    db.session.commit()
    records = group_deed(village)
    session_id = given_open_session(village)
    aside = recusals_of(db.session(), village.community_id, session_id, member_id=judge.id)
    db.session.rollback()
    assert len(aside) == 3
    assert agenda(village, session_id, judge) == []
    vote_on(village, session_id, records[0], 5, None, 5, 5)
    close(village, session_id)
    assert {state_of(village, record) for record in records} == {"on_notice"}


def test_duplicates_linked_in_a_chain_count_once(village: Village) -> None:
    resident = village.residents[0]
    records = [given_record(village, resident, rule=rule) for rule in ("AID-02", "AID-01", "AID-03")]
    session_id = given_open_session(village)

    def link(number: int, other: int | None, actor=village.chair) -> LinkDuplicate:
        same_as = None if other is None else records[other].id
        return LinkDuplicate(village.community_id, actor.id, session_id, records[number].id, same_as)

    transact(link_duplicate, link(0, 1))
    transact(link_duplicate, link(1, 2))
    assert refused(link_duplicate, link(2, 0)) == "duplicate_of_itself"
    assert refused(link_duplicate, link(2, 2)) == "duplicate_of_itself"
    assert refused(link_duplicate, link(0, 1, village.judges[1])) == "not_chair"
    for record in records:
        votable = item_of(village, session_id, record)
        vote_on(village, session_id, record, *[votable.usual] * 4)
    close(village, session_id)
    outcomes = [item_of(village, session_id, record).outcome for record in records]
    assert outcomes == ["duplicate", "duplicate", "approved"]
    assert [state_of(village, record) for record in records] == ["rejected", "rejected", "on_notice"]


def test_two_households_claim_one_deed_by_vote_and_not_by_link(village: Village) -> None:
    one, other = (given_record(village, resident) for resident in village.residents[:2])
    session_id = given_open_session(village)
    command = LinkDuplicate(village.community_id, village.chair.id, session_id, one.id, other.id)
    assert refused(link_duplicate, command) == "duplicate_of_other_household"


@given(st.dictionaries(st.integers(0, 8), st.integers(0, 8), max_size=9), st.integers(0, 8))
def test_every_chain_has_an_end_even_one_that_bites_its_tail(links: dict[int, int], start: int) -> None:
    found = root_of(start, links)
    assert found == start or found in links.values()
    if found not in links:
        assert root_of(found, links) == found


def test_where_too_few_are_left_the_supervision_group_decides_as_a_panel(village: Village) -> None:
    transact(grant_role, GrantRole(village.community_id, village.residents[4].id, "supervisor", "选举"))
    reporter = village.judges[3]
    for judge in village.judges[1:3]:  # a household of three judges: only one who is not recused is left
        db.session.execute(
            sa.update(Member)
            .where(Member.community_id == village.community_id, Member.id == judge.id)
            .values(household_id=reporter.household_id)
        )
    db.session.commit()
    record = given_record(village, reporter)
    session_id = given_open_session(village)
    vote_on(village, session_id, record, 5)
    close(village, session_id)
    assert item_of(village, session_id, record).outcome == "another_panel"
    panel = next(
        sitting for sitting in sessions_of(db.session(), village.community_id, now=MONDAY)
        if sitting.body == "supervision"
    )  # fmt: skip
    db.session.rollback()
    assert (panel.state, panel.kind, panel.items) == ("open", "panel", 1)
    assert state_of(village, record) == "on_agenda"
    supervisors = [village.one("supervisor"), village.residents[4]]
    with clock.at(MONDAY + timedelta(hours=3)):
        for supervisor in supervisors:
            cast(village, panel.id, record, supervisor, 6)
    chair = next(person for person in supervisors if person.id == panel.chair_id)
    transact(close_session, CloseSession(village.community_id, chair.id, panel.id))
    assert (item_of(village, panel.id, record).outcome, state_of(village, record)) == (
        "approved",
        "on_notice",
    )


def paper_session(village: Village):
    """An open paper meeting."""
    with clock.at(MONDAY):
        command = CallSession(village.community_id, village.chair.id, a_key(), MONDAY, kind="paper")
        return transact(convene_session, command)


def test_a_sheet_counts_when_two_persons_keyed_the_same(village: Village, clock_at) -> None:
    record, other = (given_record(village, resident) for resident in village.residents[:2])
    session_id = paper_session(village)
    clock_at(MONDAY + timedelta(days=1))
    steward, chair = village.one("steward"), village.chair
    here = tuple(judge.id for judge in village.judges)
    line = KeyTally(village.community_id, chair.id, session_id, record.id, (5, 6), 1, 0)
    assert (
        refused(key_tally, line) == "more_votes_than_present"
    )  # nobody has signed the sheet yet, but for the chair
    transact(note_attendance, NoteAttendance(village.community_id, steward.id, session_id, here))
    assert transact(key_tally, line) is False
    assert transact(key_tally, line) is False  # the same person twice is still one person
    ending = CloseSession(village.community_id, chair.id, session_id)
    assert refused(close_session, ending) == "sheets_not_checked"
    assert transact(key_tally, replace(line, actor_id=steward.id, scores=(5, 5))) is False
    assert transact(key_tally, replace(line, actor_id=steward.id, scores=(6, 5))) is True
    third = village.one("supervisor")
    assert refused(key_tally, replace(line, actor_id=third.id)) == "keyed_by_two"
    assert refused(key_tally, replace(line, record_id=other.id, scores=(99,))) == "points_out_of_range"
    assert refused(cast_ballot, ballot(village, session_id, record, chair, 5)) == "vote_on_paper"
    close(village, session_id)
    item = item_of(village, session_id, record)
    assert (item.outcome, item.points, item.votes_for, item.votes_against) == ("approved", 5, 2, 1)
    assert item_of(village, session_id, other).outcome == "carried_over"


def related(village: Village, judge, resident) -> DeclareRelation:
    """A judge says, too late, that a resident is family."""
    person = NamedPerson(resident.name, resident.household_number)
    return DeclareRelation(village.community_id, judge.id, person, "relative")


def test_a_relation_declared_after_the_ballot_voids_it_for_all_to_see(village: Village) -> None:
    record, other = (given_record(village, resident) for resident in village.residents[:2])
    session_id = given_open_session(village)
    judge = village.judges[1]
    for each in (record, other):
        vote_on(village, session_id, each, 5, 9, 5, 5)
    before = session_by_id(db.session(), village.community_id, session_id, now=MONDAY).revision
    db.session.rollback()
    transact(with_recusals(declare_relation), related(village, judge, village.residents[0]))
    assert [item.record.id for item in agenda(village, session_id, judge)] == [other.id]
    assert refused(cast_ballot, ballot(village, session_id, record, judge, 5)) == "item_not_found"
    item = item_of(village, session_id, record)
    assert (item.cast, item.may_decide, item.recused) == (3, 3, 1)
    assert session_by_id(db.session(), village.community_id, session_id, now=MONDAY).revision > before
    db.session.rollback()
    close(village, session_id)
    item = item_of(village, session_id, record)
    assert (item.votes_for, item.recused, item.points) == (3, 1, 5)
    (change,) = changes_of(db.session(), village.community_id, session_id)
    assert (change.change, change.name, change.before.points) == ("voided", judge.name, 9)


def test_relatives_and_colleagues_stand_aside_from_the_beginning(village: Village) -> None:
    judge, colleague, third = village.judges[1:4]
    transact(declare_relation, related(village, judge, village.residents[0]))
    for person in (colleague, village.residents[0]):
        db.session.execute(
            sa.update(Member)
            .where(Member.community_id == village.community_id, Member.id == person.id)
            .values(employer="县纺织厂")
        )
    db.session.commit()
    given_record(village, village.residents[0])
    session_id = given_open_session(village)
    (found,) = recusals_of(db.session(), village.community_id, session_id).values()
    db.session.rollback()
    assert sorted(found) == sorted([(judge.name, "relative"), (colleague.name, "employer")])
    assert agenda(village, session_id, third) != []


def test_the_plan_changes_for_sessions_to_come_and_says_so_in_public(village: Village) -> None:
    steward = village.one("steward")
    command = ChangePlan(
        village.community_id, steward.id, "weekly", "19:30", 5, "panel", "secret", 3, 24, "冬天白天没空"
    )
    assert refused(change_plan, replace(command, session_time="24:00")) == "time_not_valid"
    assert refused(change_plan, replace(command, reason=" ")) == "reason_needed"
    assert transact(change_plan, command) is True
    assert transact(change_plan, command) is False
    given_record(village, village.residents[0])
    with clock.at(local(2026, 9, 11, 20, 0)):  # a Friday evening
        session_id = transact(open_due_session, OpenDueSession(village.community_id))
        meeting = session_by_id(db.session(), village.community_id, session_id, now=clock.now())
    assert (meeting.kind, meeting.secrecy, meeting.roll_size) == ("panel", "secret", 3)
    assert meeting.closes_at == local(2026, 9, 12, 19, 30)
