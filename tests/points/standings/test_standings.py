"""Work that waits, awards that wait for the budget, what was published, and the operator's list."""

from __future__ import annotations

from datetime import timedelta

from points.notices.operations import AnswerObjection, ObjectToNotice, answer_objection, object_to_notice
from points.notices.queries import board
from points.people.operations import GrantBudget
from points.review.funding import fund_budget
from points.standings.queries import (
    awards_waiting,
    community_overviews,
    household_count,
    published_in,
    work_waiting,
)
from tests.builders import MONDAY, a_key, given_decided, given_record, given_village


def test_what_waits_are_records_on_no_table_and_objections_without_an_answer(session, run, clock_at):
    village = given_village(residents=3)
    given_decided(village, [given_record(village, village.residents[0])])
    given_record(village, village.residents[1], at=MONDAY + timedelta(hours=2))
    given_record(village, village.residents[2], at=MONDAY + timedelta(hours=3))
    clock_at(MONDAY + timedelta(hours=4))
    notice = board(session, village.community_id, now=MONDAY + timedelta(hours=4))[0]
    session.rollback()
    doubt = ObjectToNotice(village.community_id, village.residents[1].id, a_key(), notice.id, "没看见他来")
    objection_id = run(object_to_notice, doubt)
    waiting = work_waiting(session, village.community_id)
    assert (waiting.records, waiting.oldest_record_at, waiting.objections) == (
        2,
        MONDAY + timedelta(hours=2),
        1,
    )
    session.rollback()
    answer = AnswerObjection(
        village.community_id, village.one("supervisor").id, objection_id, False, "有照片为证"
    )
    run(answer_objection, answer)
    assert work_waiting(session, village.community_id).objections == 0


def test_awards_wait_for_a_budget_and_are_published_with_the_next_grant(session, run, clock_at):
    village = given_village(residents=3, budget=9)
    given_decided(village, [given_record(village, person) for person in village.residents], points=5)
    clock_at(MONDAY + timedelta(hours=1))
    waiting = awards_waiting(session, village.community_id)
    assert (waiting.count, waiting.points) == (2, 10)
    session.rollback()
    run(fund_budget, GrantBudget(village.community_id, village.one("steward").id, a_key(), 6, "补充"))
    assert awards_waiting(session, village.community_id).count == 0


def test_published_points_are_added_up_by_span_without_what_an_objection_voided(session, run, clock_at):
    village = given_village(residents=2)
    given_decided(village, [given_record(village, person) for person in village.residents], points=5)
    now = MONDAY + timedelta(hours=1)
    clock_at(now)
    first, _second = board(session, village.community_id, now=now)
    session.rollback()
    objector = next(person for person in village.residents if person.household_id != first.household_id)
    doubt = ObjectToNotice(village.community_id, objector.id, a_key(), first.id, "没看见他来")
    objection_id = run(object_to_notice, doubt)
    week = timedelta(days=7)
    spans = [(MONDAY - week, MONDAY), (MONDAY, MONDAY + week)]
    assert published_in(session, village.community_id, spans) == [0, 10]
    session.rollback()
    supervisor = village.one("supervisor")
    run(
        answer_objection,
        AnswerObjection(village.community_id, supervisor.id, objection_id, True, "查实不是本人"),
    )
    assert published_in(session, village.community_id, spans) == [0, 5]


def test_the_operators_list_names_every_community_with_its_last_session(session, run):
    village = given_village(residents=1)
    given_village(residents=2, code="liuhe", village=2)
    given_decided(village, [given_record(village, village.residents[0])])
    overviews = {overview.code: overview for overview in community_overviews(session)}
    assert overviews["yitian"].last_session_at == MONDAY
    assert overviews["liuhe"].last_session_at is None
    assert overviews["yitian"].households == household_count(session, village.community_id) == 10
    assert overviews["liuhe"].households == 11
