"""Calling, opening, the agenda that builds itself, and coming in."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.database import db
from app.transaction import transact
from points.people.operations import RevokeRole, revoke_role
from points.records.operations import WithdrawRecord, withdraw_record
from points.review.models import Recusal
from points.review.overdue import overdue_sessions
from points.review.queries import seats_of, session_by_id, sessions_of, waiting_records
from points.review.sessions import (
    CallSession,
    JoinSession,
    OpenSession,
    ShowItem,
    call_session,
    convene_session,
    join_session,
    open_session,
    show_item,
)
from tests.builders import MONDAY, Village, a_key, given_open_session, given_record, refused
from tests.points.review.voting import agenda, close, item_of, scalar, state_of, vote_on


def call(village: Village, **more) -> CallSession:
    values = {"actor_id": village.chair.id, "request_key": a_key(), "scheduled_for": MONDAY} | more
    return CallSession(village.community_id, **values)


def all_sessions(village: Village):
    found = sessions_of(db.session(), village.community_id, now=MONDAY)
    db.session.rollback()
    return found


def test_everything_reported_lies_on_the_table_oldest_first_and_the_block_last(village: Village) -> None:
    together = given_record(village, village.residents[0], rule="AID-03")
    first = given_record(village, village.residents[1])
    second = given_record(village, village.residents[2], rule="AID-04")
    session_id = given_open_session(village)
    items = agenda(village, session_id)
    assert [(item.record.id, item.block) for item in items] == [
        (first.id, "vote"), (second.id, "vote"), (together.id, "consent")
    ]  # fmt: skip
    assert [item.position for item in items] == [1, 2, 3]
    assert {state_of(village, record) for record in (first, second, together)} == {"on_agenda"}


def test_what_was_withdrawn_is_not_on_the_table(village: Village) -> None:
    gone, kept = given_record(village, village.residents[0]), given_record(village, village.residents[1])
    transact(withdraw_record, WithdrawRecord(village.community_id, village.residents[0].id, gone.id))
    assert waiting_records(db.session(), village.community_id) == 1
    assert [item.record.id for item in agenda(village, given_open_session(village))] == [kept.id]


def test_what_was_not_decided_comes_back_to_the_next_session(village: Village) -> None:
    record = given_record(village, village.residents[0])
    close(village, given_open_session(village))
    assert state_of(village, record) == "submitted"
    again = given_open_session(village, at=MONDAY + timedelta(days=1))
    assert [item.record.id for item in agenda(village, again)] == [record.id]


def test_a_session_takes_what_it_can_and_leaves_the_rest_to_the_next(village: Village, monkeypatch) -> None:
    monkeypatch.setattr("points.review.agenda.MOST_ITEMS", 2)
    records = [given_record(village, resident) for resident in village.residents[:3]]
    assert len(agenda(village, given_open_session(village))) == 2
    assert [state_of(village, record) for record in records] == ["on_agenda", "on_agenda", "submitted"]


def test_large_routine_deeds_are_voted_on(village: Village) -> None:
    # 4 points a shift by default; VOL-03 brings 8; neither is above the authority of a panel
    record = given_record(village, village.residents[0], rule="VOL-03", reporter=village.one("grid_worker"))
    hours = given_record(
        village, village.residents[1], rule="VOL-01", reporter=village.one("grid_worker"), quantity=8
    )
    session_id = given_open_session(village)
    assert item_of(village, session_id, record).block == "consent"
    item = item_of(village, session_id, hours)
    assert (item.block, item.least, item.most) == ("consent", 8, 40)


def test_an_empty_table_opens_no_session(village: Village) -> None:
    session_id = transact(call_session, call(village))
    assert (
        refused(open_session, OpenSession(village.community_id, village.chair.id, session_id))
        == "agenda_empty"
    )
    assert all_sessions(village)[0].state == "scheduled"


def test_calling_and_opening_at_once_leaves_nothing_behind_when_there_is_nothing(village: Village) -> None:
    assert refused(convene_session, call(village)) == "agenda_empty"
    assert all_sessions(village) == []
    given_record(village, village.residents[0])
    command = call(village)
    session_id = transact(convene_session, command)
    assert transact(convene_session, command) == session_id
    assert [one.state for one in all_sessions(village)] == ["open"]


def test_opening_again_changes_nothing(village: Village) -> None:
    given_record(village, village.residents[0])
    session_id = given_open_session(village)
    given_record(village, village.residents[1])
    command = OpenSession(village.community_id, village.chair.id, session_id)
    assert transact(open_session, command) == 1
    close(village, session_id)
    assert refused(open_session, command) == "session_closed"


def test_judges_stand_aside_from_their_own_their_households_and_what_they_reported(village: Village) -> None:
    judge, worker = village.judges[1], village.one("grid_worker")
    own = given_record(village, judge)
    reported = given_record(village, village.residents[0], rule="AID-01", reporter=judge)
    free = given_record(village, village.residents[1], reporter=worker)
    session_id = given_open_session(village)
    reasons = {
        record.id: scalar(
            sa.select(Recusal.reason).where(
                Recusal.community_id == village.community_id,
                Recusal.item_id == item_of(village, session_id, record).id,
            )
        )
        for record in (own, reported, free)
    }
    assert reasons == {own.id: "self", reported.id: "reporter", free.id: None}
    assert [item.record.id for item in agenda(village, session_id, judge)] == [free.id]
    seen = item_of(village, session_id, own)
    assert (seen.may_decide, seen.quorum, seen.recused, seen.present) == (3, 2, 1, 3)
    whole = item_of(village, session_id, free)
    assert (whole.may_decide, whole.quorum, whole.recused, whole.present) == (4, 3, 0, 4)


def test_only_a_chair_calls_and_only_one_session_at_a_time(village: Village) -> None:
    assert refused(call_session, call(village, actor_id=village.judges[1].id)) == "not_chair"
    assert refused(call_session, call(village, secrecy="half")) == "secrecy_unknown"
    first = call(village)
    session_id = transact(call_session, first)
    assert transact(call_session, first) == session_id
    assert refused(call_session, call(village)) == "session_already_called"


def test_too_few_reviewers_hold_no_session(village: Village) -> None:
    for judge in village.judges[2:]:
        transact(revoke_role, RevokeRole(village.community_id, judge.id, "reviewer", "任期已满"))
    assert refused(call_session, call(village)) == "too_few_reviewers"


def test_somebody_elses_session_is_opened_and_turned_by_its_chair_only(village: Village) -> None:
    given_record(village, village.residents[0])
    session_id = transact(call_session, call(village))
    other = village.judges[1].id
    assert refused(open_session, OpenSession(village.community_id, other, session_id)) == "not_chair"
    transact(open_session, OpenSession(village.community_id, village.chair.id, session_id))
    assert refused(show_item, ShowItem(village.community_id, other, session_id, 1)) == "not_chair"


def test_the_roll_is_fixed_when_the_session_is_called(village: Village) -> None:
    given_record(village, village.residents[0])
    session_id = given_open_session(village, present=[])
    seats = seats_of(db.session(), village.community_id, session_id)
    assert {seat.member_id for seat in seats} == {judge.id for judge in village.judges}
    assert [seat.member_id for seat in seats if seat.attended_at] == [village.chair.id]
    stranger = JoinSession(village.community_id, village.residents[0].id, session_id)
    assert refused(join_session, stranger) == "not_on_roll"


def test_coming_in_twice_is_once(village: Village, clock_at) -> None:
    given_record(village, village.residents[0])
    session_id = given_open_session(village, present=[])
    command = JoinSession(village.community_id, village.judges[1].id, session_id)
    transact(join_session, command)
    revision = session_by_id(db.session(), village.community_id, session_id, now=MONDAY).revision
    db.session.rollback()
    clock_at(MONDAY + timedelta(minutes=5))
    transact(join_session, command)
    after = session_by_id(db.session(), village.community_id, session_id, now=MONDAY)
    assert after.revision == revision
    seats = seats_of(db.session(), village.community_id, session_id)
    assert {seat.attended_at for seat in seats if seat.attended_at} == {MONDAY}


def test_nobody_comes_in_before_or_after(village: Village, clock_at) -> None:
    given_record(village, village.residents[0])
    session_id = transact(call_session, call(village))
    command = JoinSession(village.community_id, village.judges[1].id, session_id)
    assert refused(join_session, command) == "session_not_open"
    transact(open_session, OpenSession(village.community_id, village.chair.id, session_id))
    clock_at(MONDAY + timedelta(hours=4))
    assert refused(join_session, command) == "session_closed"


def test_the_projector_turns_to_items_there_are(village: Village) -> None:
    given_record(village, village.residents[0])
    session_id = given_open_session(village)
    for position in (0, 2, -1):
        command = ShowItem(village.community_id, village.chair.id, session_id, position)
        assert refused(show_item, command) == "item_not_found"
    transact(show_item, ShowItem(village.community_id, village.chair.id, session_id, 1))


def test_a_session_is_over_at_its_time_even_if_nobody_does_anything(village: Village) -> None:
    given_record(village, village.residents[0])
    session_id = given_open_session(village)
    end = MONDAY + timedelta(hours=4)
    just_before = session_by_id(
        db.session(), village.community_id, session_id, now=end - timedelta(seconds=1)
    )
    then = session_by_id(db.session(), village.community_id, session_id, now=end)
    assert (just_before.state, then.state, then.closed_at) == ("open", "closed", None)
    assert overdue_sessions(db.session(), village.community_id, now=end - timedelta(seconds=1)) == []
    assert overdue_sessions(db.session(), village.community_id, now=end) == [session_id]


def test_another_villages_session_is_not_there(village: Village, neighbour: Village) -> None:
    given_record(village, village.residents[0])
    session_id = given_open_session(village)
    for operation, command in (
        (open_session, OpenSession(neighbour.community_id, neighbour.chair.id, session_id)),
        (join_session, JoinSession(neighbour.community_id, neighbour.chair.id, session_id)),
        (show_item, ShowItem(neighbour.community_id, neighbour.chair.id, session_id, 1)),
        (join_session, JoinSession(village.community_id, village.chair.id, uuid.uuid4())),
    ):
        assert refused(operation, command) == "session_not_found"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_long_agenda_costs_no_more_statements_than_a_short_one(village: Village) -> None:
    records = [given_record(village, resident) for resident in village.residents]
    session_id = given_open_session(village)
    vote_on(village, session_id, records[0], 5, 5, 5)
    counted: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *args: counted.append(args[2]))
    agenda(village, session_id, village.judges[1])
    assert len([statement for statement in counted if statement.startswith("SELECT")]) <= 11
