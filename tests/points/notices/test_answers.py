"""Answers to objections: another amount, two persons, who may, by when, and what becomes of it when nobody does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from app.transaction import transact
from points.errors import DomainError
from points.ledger.operations import account_id_of, make_transfer
from points.ledger.results import NewTransfer
from points.notices.concern import Bench
from points.notices.policy import ANSWER_DAYS
from points.notices.queries import answers_about, objections
from points.people.acts import acts_of
from points.review.queries import waiting_for_second_level
from points.review.second_level import ConfirmDecision, confirm_decision
from tests.builders import MONDAY, Village, given_decided, given_record
from tests.points.notices.doubting import (
    TOMORROW,
    WINDOW_ENDS,
    answered,
    booked,
    budget_left,
    confirmed,
    given_award,
    history,
    in_wallet,
    more,
    notice_of,
    object_to,
    read,
    view,
    wrong_numbers,
)

ONLY_SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
TEXT = "走访了三户🙂\n" * 62 + "有照片"  # 499 characters with line breaks and emoji


def test_an_upheld_objection_changes_the_award_for_the_time_that_was_left(village: Village, clock_at) -> None:
    record, before = given_award(village), budget_left(village)
    clock_at(TOMORROW)
    doubt = object_to(village, record, village.residents[1], TEXT)
    clock_at(MONDAY + timedelta(days=5))
    assert answered(village, doubt, village.one("supervisor"), 4, TEXT) == "upheld"
    assert answered(village, doubt, village.one("supervisor"), 4, TEXT) == "upheld"  # a second press
    end = MONDAY + timedelta(days=5) + (WINDOW_ENDS - TOMORROW)
    notice = notice_of(village, record)
    assert (notice.points, notice.state, notice.ends_at) == (4, "on_notice", end)
    assert (in_wallet(village, record), budget_left(village)) == ((0, 4), before + 2)
    first, void, second = booked(village, record)
    assert (void.kind, void.pending_id, second.kind, second.reverses_id) == (
        "void",
        first.id,
        "pending",
        first.id,
    )
    (told,) = read(answers_about, village.community_id, record.id, now=clock.now())
    assert (told.points_before, told.points_after, told.answer) == (6, 4, TEXT)
    assert history(village, record)[-2:] == ["objected", "objection_changed 6 → 4"]
    (act, *_) = read(acts_of, village.community_id)
    assert (act.act, act.detail, act.actor) == ("award_corrected", "6 → 4", village.one("supervisor").name)
    assert act.subject is None
    clock_at(end)
    assert in_wallet(village, record) == (4, 0)
    assert wrong_numbers(village) == []


@ONLY_SQLITE
def test_a_change_keeps_to_the_rule_and_to_the_budget(village: Village) -> None:
    record, supervisor = given_award(village), village.one("supervisor")
    doubt = object_to(village, record, village.residents[1])
    for points, code in ((2, "points_out_of_range"), (11, "points_out_of_range"), (6, "points_unchanged")):
        with pytest.raises(DomainError, match=code):
            answered(village, doubt, supervisor, points)
    budget = read(account_id_of, village.community_id, "budget")
    wallet = read(account_id_of, village.community_id, "household", village.residents[2].household_id)
    all_of_it = NewTransfer(
        village.community_id, record.id, "gift", debit_account_id=budget, credit_account_id=wallet,
        amount=budget_left(village),
    )  # fmt: skip
    transact(make_transfer, all_of_it)
    with pytest.raises(DomainError, match="budget_short"):
        answered(village, doubt, supervisor, 10)
    assert (view(village, doubt).version, notice_of(village, record).state) == (0, "objected")
    assert (
        answered(village, doubt, supervisor, 3) == "upheld"
    )  # what was voided pays for what takes its place
    assert wrong_numbers(village) == []


@ONLY_SQLITE
def test_where_three_may_answer_two_persons_stand_behind_it(village: Village) -> None:
    record = given_award(village)
    first, second, third = more(village, "supervisor", 2)
    doubt = object_to(village, record, village.residents[1])
    assert answered(village, doubt, first, 0) == "open"
    assert answered(village, doubt, first, 0) == "open"
    waits = view(village, doubt)
    assert (waits.version, waits.answer, waits.points_after) == (1, None, None)
    assert (waits.waiting.answer, waits.waiting.points_after, waits.waiting.writer) == (
        "查过了",
        0,
        first.name,
    )
    assert notice_of(village, record).state == "objected"
    (told,) = read(answers_about, village.community_id, record.id, now=MONDAY)
    assert (told.state, told.answer, told.points_after) == ("open", None, None)
    with pytest.raises(DomainError, match="own_answer"):
        confirmed(village, doubt, first)
    assert answered(village, doubt, second, 4, "那天只做了一半") == "open"
    with pytest.raises(DomainError, match="answer_replaced"):
        confirmed(village, doubt, third, version=1)
    assert confirmed(village, doubt, third, version=2) == "upheld"
    assert confirmed(village, doubt, third, version=2) == "upheld"
    done = view(village, doubt)
    assert (done.answered_by, done.confirmed_by, done.points_after, done.waiting) == (
        second.name,
        third.name,
        4,
        None,
    )
    with pytest.raises(DomainError, match="objection_answered"):
        confirmed(village, doubt, first, version=2)
    assert notice_of(village, record).points == 4


@ONLY_SQLITE
def test_what_is_overdue_goes_up_by_time_alone_and_the_award_stays_where_it_is(
    village: Village, clock_at
) -> None:
    record, operator = given_award(village), village.one("operator")
    doubt = object_to(village, record, village.residents[1])
    with pytest.raises(DomainError, match="answered_by_group_first"):
        answered(village, doubt, operator, 0)
    due = MONDAY + timedelta(days=ANSWER_DAYS)
    clock_at(due)
    assert (view(village, doubt).answer_by, view(village, doubt).is_overdue) == (due, False)
    clock_at(due + timedelta(seconds=1))
    assert view(village, doubt).is_overdue
    assert (notice_of(village, record).state, in_wallet(village, record)) == ("objected", (0, 6))
    assert answered(village, doubt, operator) == "dismissed"
    assert view(village, doubt).is_overdue


@ONLY_SQLITE
def test_who_confirmed_the_award_does_not_judge_it_again(village: Village) -> None:
    supervisor, operator = village.one("supervisor"), village.one("operator")
    record = given_record(village, village.residents[0], rule="HON-04")
    given_decided(village, [record], points=25)
    (item,) = read(waiting_for_second_level, village.community_id, now=MONDAY)
    transact(confirm_decision, ConfirmDecision(village.community_id, supervisor.id, item.id, True, "属实"))
    doubt = object_to(village, record, village.residents[1])
    with pytest.raises(DomainError, match="judge_of_item"):
        answered(village, doubt, supervisor)
    found = read(objections, village.community_id, now=MONDAY, is_open=True)
    bench = read(Bench, village.community_id, [record.id], now=clock.now())
    assert [one.id for one in found if bench.sees(one, supervisor.id, now=MONDAY)] == []
    # Nobody of the group is left: it has gone up at once.
    assert bench.answerers(found[0], now=MONDAY).members == {operator.id}
    assert answered(village, doubt, operator) == "dismissed"
