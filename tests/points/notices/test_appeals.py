"""Appeals after the notice: correcting transfers, points that were spent, rejected and voided deeds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from app.transaction import transact
from points.base import new_id
from points.errors import DomainError
from points.ledger.operations import account_id_of, make_transfer
from points.ledger.results import NewTransfer
from points.notices.operations import FileAppeal, file_appeal
from points.notices.policy import APPEAL_DAYS
from points.notices.queries import answers_about
from tests.builders import Village, a_key, given_open_session, given_record
from tests.points.notices.doubting import (
    POSTED,
    TOMORROW,
    WINDOW_ENDS,
    answered,
    appeal,
    booked,
    budget_left,
    confirmed,
    given_award,
    history,
    in_wallet,
    notice_of,
    object_to,
    read,
    view,
    wrong_numbers,
)
from tests.points.review.voting import close, state_of, vote_on

ONLY_SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def spend(village: Village, record, points: int) -> None:
    """Points of the record's household go over the counter."""
    wallet = read(account_id_of, village.community_id, "household", record.household_id)
    shop = read(account_id_of, village.community_id, "shop", village.shop_id)
    new = NewTransfer(
        village.community_id, new_id(), "redemption", debit_account_id=wallet,
        credit_account_id=shop, amount=points,
    )  # fmt: skip
    transact(make_transfer, new)


def corrections(village: Village, record) -> list:
    """Correcting transfers about a record, oldest first."""
    return [line for line in booked(village, record) if line.code == "correction"]


def given_rejected(village: Village, at: int = 0):
    """A deed that everybody voted against."""
    record = given_record(village, village.residents[at])
    session_id = given_open_session(village)
    vote_on(village, session_id, record, "no", "no", "no", "no")
    close(village, session_id)
    return record


def test_any_resident_appeals_what_was_posted_and_the_difference_is_booked(
    village: Village, clock_at
) -> None:
    record, before = given_award(village), budget_left(village)
    clock_at(POSTED)
    doubt = appeal(village, record, village.residents[1], "是别人做的🙂\n他在家")
    assert (in_wallet(village, record), notice_of(village, record).state) == (
        (6, 0),
        "posted",
    )  # nothing stops
    supervisor = village.one("supervisor")
    assert answered(village, doubt, supervisor, 4, "只做了一半") == "upheld"
    assert (in_wallet(village, record), budget_left(village)) == ((4, 0), before + 2)
    assert (notice_of(village, record).points, notice_of(village, record).state) == (4, "posted")
    (post,) = (line for line in booked(village, record) if line.kind == "post")
    (correction,) = corrections(village, record)
    assert (correction.code, correction.amount, correction.reverses_id) == ("correction", 2, post.id)
    assert (correction.actor_id, correction.reason) == (supervisor.id, "只做了一半")
    assert history(village, record)[-2:] == ["appealed", "appeal_changed 6 → 4"]
    # Another one, upwards again, names the correction before it.
    second = appeal(village, record, village.residents[0])
    assert answered(village, second, supervisor, 9) == "upheld"
    assert (in_wallet(village, record), budget_left(village)) == ((9, 0), before - 3)
    assert corrections(village, record)[-1].reverses_id == correction.id
    third = appeal(village, record, village.residents[2])
    assert answered(village, third, supervisor, 0) == "upheld"
    assert (in_wallet(village, record), budget_left(village)) == ((0, 0), before + 6)
    assert (notice_of(village, record).state, state_of(village, record)) == ("voided", "voided")
    told = read(answers_about, village.community_id, record.id, now=clock.now())
    assert [(one.kind, one.points_before, one.points_after) for one in told] == [
        ("appeal", 6, 4), ("appeal", 4, 9), ("appeal", 9, 0),
    ]  # fmt: skip
    assert "别人做的" not in repr(told)
    with pytest.raises(DomainError, match="decision_final"):
        appeal(village, record, village.residents[3])
    assert wrong_numbers(village) == []


def test_what_was_spent_already_goes_back_only_by_two_persons(village: Village, clock_at) -> None:
    record, before = given_award(village), budget_left(village)
    clock_at(POSTED)
    spend(village, record, 5)
    doubt = appeal(village, record, village.residents[1])
    supervisor, operator = village.one("supervisor"), village.one("operator")
    assert answered(village, doubt, supervisor, 0, "查无此事") == "open"
    assert (in_wallet(village, record), view(village, doubt).waiting.points_after) == ((1, 0), 0)
    assert notice_of(village, record).state == "posted"
    # One supervisor is the whole group, so the second person is one from above.
    assert confirmed(village, doubt, operator) == "upheld"
    assert (in_wallet(village, record), budget_left(village)) == ((0, 0), before + 1)
    assert (view(village, doubt).shortfall, view(village, doubt).points_after) == (5, 0)
    (last,) = corrections(village, record)
    assert (last.amount, last.actor_id, last.second_actor_id) == (1, supervisor.id, operator.id)
    assert wrong_numbers(village) == []


@ONLY_SQLITE
def test_a_rejected_deed_gets_its_points_by_way_of_the_board(village: Village, clock_at) -> None:
    record = given_rejected(village)
    for stranger in (village.residents[1], village.chair):
        with pytest.raises(DomainError, match="record_not_found"):
            appeal(village, record, stranger)
    doubt = appeal(village, record, village.residents[0])
    supervisor = village.one("supervisor")
    with pytest.raises(DomainError, match="new_points_needed"):
        answered(village, doubt, supervisor, 0)
    with pytest.raises(DomainError, match="points_out_of_range"):
        answered(village, doubt, supervisor, 11)
    clock_at(TOMORROW)
    assert answered(village, doubt, supervisor, 5, "照片看得清") == "upheld"
    notice = notice_of(village, record)
    assert (notice.points, notice.state, notice.ends_at) == (5, "on_notice", TOMORROW + timedelta(days=3))
    assert (notice.votes_for, notice.votes_against) == (0, 4)
    assert history(village, record)[-3:] == ["appealed", "published", "appeal_changed 0 → 5"]
    # Who gave the points does not answer an objection to them.
    objection = object_to(village, record, village.residents[1])
    with pytest.raises(DomainError, match="judge_of_item"):
        answered(village, objection, supervisor)
    assert answered(village, objection, village.one("operator")) == "dismissed"
    clock_at(notice_of(village, record).ends_at)
    assert in_wallet(village, record) == (5, 0)


@ONLY_SQLITE
def test_the_household_appeals_what_an_objection_voided(village: Village, clock_at) -> None:
    record, supervisor, operator = given_award(village), village.one("supervisor"), village.one("operator")
    answered(village, object_to(village, record, village.residents[1]), supervisor, 0)
    with pytest.raises(DomainError, match="appealed_by_household"):
        appeal(village, record, village.residents[1])
    doubt = appeal(village, record, village.residents[0])
    with pytest.raises(DomainError, match="judge_of_item"):
        answered(village, doubt, supervisor)
    clock_at(TOMORROW)
    assert answered(village, doubt, operator, 6) == "upheld"
    notice = notice_of(village, record)
    assert (notice.state, notice.published_at, notice.ends_at) == (
        "on_notice",
        TOMORROW,
        TOMORROW + timedelta(days=3),
    )
    assert (in_wallet(village, record), state_of(village, record)) == ((0, 6), "on_notice")
    assert wrong_numbers(village) == []


@ONLY_SQLITE
def test_an_appeal_that_may_not_be_filed_says_why(village: Village, clock_at) -> None:
    record, waiting = given_award(village), given_record(village, village.residents[1])
    by = village.residents[2]

    def why(record=record, by=by, reason="不对", **more) -> str:
        command = FileAppeal(village.community_id, by.id, more.get("key", a_key()), record.id, reason)
        with pytest.raises(DomainError) as refusal:
            transact(file_appeal, command)
        return refusal.value.code

    assert why() == "still_on_notice"
    assert why(waiting, by=village.residents[1]) == "not_decided_yet"
    clock_at(WINDOW_ENDS + timedelta(days=APPEAL_DAYS) - timedelta(seconds=1))
    assert why(reason=" \n ") == "reason_needed"
    assert why(reason="长" * 10_000) == "note_too_long"
    key = a_key()
    command = FileAppeal(village.community_id, by.id, key, record.id, "不对")
    doubt = transact(file_appeal, command)
    assert transact(file_appeal, command) == doubt
    assert why(by=village.residents[3], key=key) == "request_key_reused"
    assert why(by=village.residents[3]) == "appeal_open"
    assert answered(village, doubt, village.one("supervisor")) == "dismissed"
    assert (in_wallet(village, record), history(village, record)[-1]) == ((6, 0), "appeal_dismissed")
    assert why() == "appealed_before"
    clock_at(WINDOW_ENDS + timedelta(days=APPEAL_DAYS))
    assert why(by=village.residents[3]) == "appeal_over"
