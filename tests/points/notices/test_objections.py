"""An objection stops the clock; the answer voids the award or gives back the time it had left."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest

from app import clock
from app.database import db
from app.transaction import transact
from points.ledger.operations import account_id_of
from points.ledger.queries import balance_of, wallet
from points.notices.operations import AnswerObjection, ObjectToNotice, answer_objection, object_to_notice
from points.notices.queries import (
    NoticeView,
    answers_about,
    notice_by_id,
    objection_by_id,
    objections,
)
from points.notices.queries import board as board_of
from points.people.operations import GrantRole, grant_role
from tests.builders import MONDAY, Village, a_key, given_decided, given_record, refused
from tests.points.review.voting import state_of

WINDOW_ENDS = MONDAY + timedelta(minutes=20, days=3)


@pytest.fixture
def record(village: Village):
    """A deed of the first resident with 6 points on notice."""
    record = given_record(village, village.residents[0])
    given_decided(village, [record], points=6)
    return record


def notice_now(village: Village) -> NoticeView:
    (found,) = board_of(db.session(), village.community_id, now=clock.now())
    db.session.rollback()
    return found


def objection(village: Village, **more) -> ObjectToNotice:
    values = {
        "actor_id": village.residents[1].id, "request_key": a_key(), "notice_id": notice_now(village).id, "reason": "没看见"
    } | more  # fmt: skip
    return ObjectToNotice(village.community_id, **values)


def answer(village: Village, objection_id: uuid.UUID, **more) -> AnswerObjection:
    values = {"actor_id": village.one("supervisor").id, "uphold": False, "answer": "查过，属实"} | more
    return AnswerObjection(village.community_id, objection_id=objection_id, **values)


def spendable(village: Village) -> tuple[int, int]:
    owner = village.residents[0].household_id
    account = account_id_of(db.session(), village.community_id, "household", owner)
    found = wallet(
        db.session(), village.community_id, account, now=clock.now(), today=clock.today("Asia/Shanghai")
    ).view
    db.session.rollback()
    return found.available, found.on_notice


def budget_left(village: Village) -> int:
    account = account_id_of(db.session(), village.community_id, "budget")
    found = balance_of(db.session(), village.community_id, account, now=clock.now()).available
    db.session.rollback()
    return found


def test_an_objection_stops_the_clock(village: Village, record, clock_at) -> None:
    clock_at(MONDAY + timedelta(days=1))
    transact(object_to_notice, objection(village))
    assert (notice_now(village).state, notice_now(village).ends_at) == ("objected", None)
    assert state_of(village, record) == "objected"
    clock_at(WINDOW_ENDS + timedelta(days=10))
    assert spendable(village) == (0, 6)  # the window is long over, and nothing was posted
    assert notice_now(village).state == "objected"


def test_a_dismissal_gives_back_exactly_the_time_that_was_left(village: Village, record, clock_at) -> None:
    objected_at = MONDAY + timedelta(days=1, minutes=20)
    clock_at(objected_at)
    objection_id = transact(object_to_notice, objection(village))
    answered_at = MONDAY + timedelta(days=9)
    clock_at(answered_at)
    assert transact(answer_objection, answer(village, objection_id)) == "dismissed"
    end = answered_at + (WINDOW_ENDS - objected_at)
    assert (notice_now(village).state, notice_now(village).ends_at) == ("on_notice", end)
    assert state_of(village, record) == "on_notice"
    clock_at(end - timedelta(seconds=1))
    assert spendable(village) == (0, 6)
    clock_at(end)
    assert spendable(village) == (6, 0)


def test_an_upheld_objection_voids_the_award_and_gives_the_budget_back(
    village: Village, record, clock_at
) -> None:
    before = budget_left(village)
    objection_id = transact(object_to_notice, objection(village))
    assert transact(answer_objection, answer(village, objection_id, uphold=True)) == "upheld"
    assert notice_now(village).state == "voided"
    assert state_of(village, record) == "voided"
    assert budget_left(village) == before + 6
    clock_at(WINDOW_ENDS + timedelta(days=30))
    assert spendable(village) == (0, 0)


def test_honour_is_voided_as_well(village: Village, clock_at) -> None:
    given_decided(village, [given_record(village, village.residents[0], rule="PUB-03")], points=10)
    objection_id = transact(object_to_notice, objection(village))
    transact(answer_objection, answer(village, objection_id, uphold=True))
    account = account_id_of(db.session(), village.community_id, "honour", village.residents[0].id)
    later = WINDOW_ENDS + timedelta(days=1)
    assert balance_of(db.session(), village.community_id, account, now=later).available == 0


def test_the_same_key_is_the_same_objection(village: Village, record) -> None:
    command = objection(village)
    assert transact(object_to_notice, command) == transact(object_to_notice, command)
    assert len(objections(db.session(), village.community_id, now=MONDAY)) == 1
    db.session.rollback()
    other = objection(village, request_key=command.request_key, actor_id=village.residents[2].id)
    assert refused(object_to_notice, other) == "request_key_reused"


def test_a_doubt_that_comes_too_late_or_twice_or_empty_is_refused(village: Village, record, clock_at) -> None:
    assert refused(object_to_notice, objection(village, reason="  ")) == "reason_needed"
    assert refused(object_to_notice, objection(village, reason="长" * 501)) == "note_too_long"
    late = objection(village)
    clock_at(WINDOW_ENDS)
    assert refused(object_to_notice, late) == "notice_over"
    clock_at(MONDAY + timedelta(days=1))
    objection_id = transact(object_to_notice, objection(village))
    assert (
        refused(object_to_notice, objection(village, actor_id=village.residents[2].id)) == "already_objected"
    )
    transact(answer_objection, answer(village, objection_id, uphold=True))
    assert refused(object_to_notice, objection(village)) == "notice_voided"
    assert refused(object_to_notice, objection(village, notice_id=uuid.uuid4())) == "notice_not_found"


def test_up_to_the_last_moment_an_objection_counts(village: Village, record, clock_at) -> None:
    clock_at(WINDOW_ENDS - timedelta(milliseconds=10))
    objection_id = transact(object_to_notice, objection(village))
    clock_at(WINDOW_ENDS + timedelta(days=1))
    assert spendable(village) == (0, 6)
    transact(answer_objection, answer(village, objection_id))
    assert spendable(village) == (6, 0)


def test_the_answer_is_in_writing_and_given_once(village: Village, record) -> None:
    objection_id = transact(object_to_notice, objection(village))
    assert refused(answer_objection, answer(village, objection_id, answer=" ")) == "reason_needed"
    transact(answer_objection, answer(village, objection_id))
    assert transact(answer_objection, answer(village, objection_id)) == "dismissed"  # a second press
    assert refused(answer_objection, answer(village, objection_id, uphold=True)) == "objection_answered"
    assert refused(answer_objection, answer(village, uuid.uuid4())) == "objection_not_found"


@pytest.mark.parametrize("relation", ["household", "reporter", "objector"])
def test_a_supervisor_who_has_to_do_with_it_does_not_answer(village: Village, relation: str) -> None:
    supervisor = village.one("supervisor")
    owner = supervisor if relation == "household" else village.residents[0]
    rule = "AID-01"
    reporter = supervisor if relation == "reporter" else owner
    given_decided(village, [given_record(village, owner, rule=rule, reporter=reporter)], points=5)
    by = supervisor.id if relation == "objector" else village.residents[1].id
    objection_id = transact(object_to_notice, objection(village, actor_id=by))
    assert refused(answer_objection, answer(village, objection_id)) == "related_to_item"


def test_a_judge_of_the_item_does_not_answer(village: Village, record) -> None:
    judge = village.judges[1]
    transact(grant_role, GrantRole(village.community_id, judge.id, "supervisor", "兼任"))
    objection_id = transact(object_to_notice, objection(village))
    assert refused(answer_objection, answer(village, objection_id, actor_id=judge.id)) == "judge_of_item"


def test_what_everybody_reads_names_neither_objector_nor_reason(village: Village, record) -> None:
    objection_id = transact(object_to_notice, objection(village, reason="我是隔壁的"))
    transact(answer_objection, answer(village, objection_id))
    (found,) = answers_about(db.session(), village.community_id, record.id, now=MONDAY)
    assert (found.state, found.answer, found.answered_at) == ("dismissed", "查过，属实", MONDAY)
    assert "我是隔壁的" not in repr(found)
    concerned = objection_by_id(db.session(), village.community_id, objection_id, now=MONDAY)
    assert (concerned.objector_id, concerned.household_id) == (
        village.residents[1].id, village.residents[0].household_id
    )  # fmt: skip


def test_another_villages_notices_and_objections_are_not_there(
    village: Village, record, neighbour: Village
) -> None:
    objection_id = transact(object_to_notice, objection(village))
    foreign = ObjectToNotice(
        neighbour.community_id, neighbour.residents[0].id, a_key(), notice_now(village).id, "不对"
    )
    assert refused(object_to_notice, foreign) == "notice_not_found"
    command = AnswerObjection(
        neighbour.community_id, neighbour.one("supervisor").id, objection_id, True, "不对"
    )
    assert refused(answer_objection, command) == "objection_not_found"
    for query, key in ((notice_by_id, notice_now(village).id), (objection_by_id, objection_id)):
        with pytest.raises(Exception, match="not_found"):
            query(db.session(), neighbour.community_id, key, now=MONDAY)
        db.session.rollback()


def test_the_award_counts_again_from_the_hour_of_the_answer_not_of_the_question(
    village: Village, record, clock_at
) -> None:
    """Two objections one after the other: the clock goes on where it stood each time."""
    moment: datetime = MONDAY + timedelta(days=1, minutes=20)
    for _ in range(2):
        clock_at(moment)
        objection_id = transact(object_to_notice, objection(village))
        moment += timedelta(days=5)
        clock_at(moment)
        transact(answer_objection, answer(village, objection_id))
        moment += timedelta(hours=12)
    assert notice_now(village).ends_at == moment + timedelta(days=1)
