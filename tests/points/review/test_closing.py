"""The end of a session: every item gets its outcome, approvals become pending awards on notice."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.database import db
from app.transaction import transact
from points.ledger.operations import account_id_of
from points.ledger.queries import balance_of, wallet
from points.notices.queries import board, notices_of_records
from points.people.models import Member
from points.people.operations import GrantBudget
from points.people.queries import MemberBrief
from points.records.queries import record_detail
from points.review.closing import CloseSession, close_session
from points.review.decisions import decision_of
from points.review.funding import fund_budget
from points.review.queries import session_by_id
from points.review.sessions import CallSession, call_session
from tests.builders import (
    MONDAY,
    Village,
    a_key,
    given_decided,
    given_open_session,
    given_record,
    given_village,
    refused,
)
from tests.points.review.voting import close, item_of, more_reviewers, state_of, vote_on


def budget_left(village: Village) -> int:
    try:
        account = account_id_of(db.session(), village.community_id, "budget")
        return balance_of(db.session(), village.community_id, account, now=clock.now()).available
    finally:
        db.session.rollback()


def spendable(village: Village, member: MemberBrief) -> tuple[int, int]:
    """Available and on notice, as the resident's page reads them."""
    try:
        account = account_id_of(db.session(), village.community_id, "household", member.household_id)
        today = clock.today("Asia/Shanghai")
        view = wallet(db.session(), village.community_id, account, now=clock.now(), today=today).view
        return view.available, view.on_notice
    finally:
        db.session.rollback()


def history(village: Village, record) -> list[tuple[str, str]]:
    try:
        detail = record_detail(db.session(), village.community_id, record.id, now=clock.now())
        return [(line.event, line.note) for line in detail.events]
    finally:
        db.session.rollback()


@pytest.mark.parametrize(
    ("votes", "outcome", "points"),
    [
        ((5, 6, 8, 9), "approved", 6),  # the lower of the two middle scores
        ((3, 10, 4), "approved", 4),
        ((5, 5, "no"), "approved", 5),
        ((5, "no", "no"), "rejected", None),
        ((5, "no"), "tied", None),
        ((9, 9, "no", "no"), "tied", None),
        ((5, "abstain", "abstain", "abstain"), "approved", 5),  # an abstention is no vote cast
        (("abstain",) * 4, "carried_over", None),
        ((), "carried_over", None),
    ],
)
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_the_votes_decide(village: Village, votes, outcome, points) -> None:
    record = given_record(village, village.residents[0])
    session_id = given_open_session(village)
    vote_on(village, session_id, record, *votes)
    assert close(village, session_id).outcomes == {outcome: 1}
    item = item_of(village, session_id, record)
    assert (item.outcome, item.points) == (outcome, points)
    state = {"approved": "on_notice", "carried_over": "submitted"}.get(outcome, "rejected")
    assert state_of(village, record) == state


def test_an_approval_becomes_a_pending_award_from_the_budget_on_public_notice(village: Village) -> None:
    member, before = village.residents[0], budget_left(village)
    record = given_record(village, member)
    given_decided(village, [record], points=6)
    assert budget_left(village) == before - 6
    assert spendable(village, member) == (0, 6)
    (notice,) = board(db.session(), village.community_id, now=MONDAY)
    assert (notice.masked_name, notice.points, notice.rule_code, notice.rule_version) == (
        "村**0",
        6,
        "AID-02",
        1,
    )
    assert (notice.votes_for, notice.votes_against, notice.by_consent) == (4, 0, False)
    assert notice.ends_at == MONDAY + timedelta(minutes=20, days=3)
    assert history(village, record) == [
        ("filed", ""), ("put_on_agenda", ""), ("approved", "approved"), ("published", "")
    ]  # fmt: skip


def test_after_the_window_the_award_is_spendable_with_no_click_and_no_job(village: Village, clock_at) -> None:
    member = village.residents[0]
    record = given_record(village, member)
    given_decided(village, [record], points=6)
    end = MONDAY + timedelta(minutes=20, days=3)
    clock_at(end - timedelta(seconds=1))
    assert spendable(village, member) == (0, 6)
    clock_at(end)
    assert spendable(village, member) == (6, 0)
    found = notices_of_records(db.session(), village.community_id, [record.id], now=end)[record.id]
    assert found.state == "posted"
    assert record_detail(db.session(), village.community_id, record.id, now=end).line.state == "posted"
    assert state_of(village, record) == "on_notice"  # nobody wrote a thing


def test_the_block_passes_with_its_default_and_doubted_items_need_votes(village: Village) -> None:
    passes = given_record(village, village.residents[0], rule="AID-03")
    doubted = given_record(village, village.residents[1], rule="AID-03")
    session_id = given_open_session(village)
    vote_on(village, session_id, doubted, "no", 2)
    close(village, session_id)
    first, second = item_of(village, session_id, passes), item_of(village, session_id, doubted)
    assert (first.outcome, first.points, first.block) == ("approved", 2, "consent")
    assert (second.outcome, second.block) == ("tied", "vote")
    found = notices_of_records(db.session(), village.community_id, [passes.id], now=MONDAY)[passes.id]
    assert found.by_consent


def test_too_few_there_decide_nothing_and_the_bar_is_not_lowered(village: Village) -> None:
    vote, together = (
        given_record(village, village.residents[0]),
        given_record(village, village.residents[1], rule="AID-03"),
    )
    session_id = given_open_session(village, present=village.judges[:2])
    vote_on(village, session_id, vote, 5, 5)
    assert close(village, session_id).outcomes == {"not_quorate": 2}
    for record in (vote, together):
        item = item_of(village, session_id, record)
        assert (item.points, item.present, item.quorum) == (None, 2, 3)
        assert state_of(village, record) == "submitted"
        assert history(village, record)[-1] == ("carried_over", "not_quorate")


def test_the_quorum_is_counted_over_those_who_need_not_stand_aside(village: Village) -> None:
    """Of four on the roll two are there, and one who is not there stands aside: two of three are enough."""
    absent = village.judges[3]
    record = given_record(village, absent)
    session_id = given_open_session(village, present=village.judges[:2])
    vote_on(village, session_id, record, 5, 7)
    close(village, session_id)
    item = item_of(village, session_id, record)
    assert (item.outcome, item.points, item.present, item.quorum, item.recused) == ("approved", 5, 2, 2, 1)


def test_who_stands_aside_is_not_counted_as_present(village: Village) -> None:
    judge = village.judges[1]
    record = given_record(village, judge)
    session_id = given_open_session(village, present=[village.chair, judge])
    vote_on(village, session_id, record, 5)
    close(village, session_id)
    item = item_of(village, session_id, record)
    assert (item.outcome, item.present, item.quorum) == ("not_quorate", 1, 2)


def test_when_too_few_remain_the_item_goes_to_the_next_panel(village: Village) -> None:
    # A household of three judges and the fourth: only one of them may decide.
    ids = [judge.household_id for judge in village.judges]
    for judge in village.judges[1:3]:
        db.session.execute(
            sa.update(Member.__table__)
            .where(Member.community_id == village.community_id, Member.id == judge.id)
            .values(household_id=ids[3])
        )
    db.session.commit()
    record = given_record(village, village.judges[3])
    session_id = given_open_session(village)
    vote_on(village, session_id, record, 5)
    close(village, session_id)
    item = item_of(village, session_id, record)
    assert (item.outcome, item.may_decide, item.recused) == ("another_panel", 1, 3)
    assert state_of(village, record) == "submitted"


@pytest.mark.parametrize(
    ("points", "votes", "outcome"),
    [
        (25, (25, 25, 25, "no", "no"), "rejected"),  # three of five are fewer than two thirds
        (25, (25, 25, "no"), "needs_second_level"),
        (25, (25, 25, 25, 25, "no"), "needs_second_level"),
        (20, (20, 20, 20, "no", "no"), "approved"),  # inside the panel's own authority
    ],
)
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_large_award_needs_two_thirds_and_a_second_level(village: Village, points, votes, outcome) -> None:
    judges = more_reviewers(village, 1)
    record = given_record(village, village.residents[5], rule="HON-04")
    session_id = given_open_session(village, present=judges)
    vote_on(village, session_id, record, *votes, judges=judges)
    assert close(village, session_id).outcomes == {outcome: 1}
    states = {"needs_second_level": "decided", "approved": "on_notice", "rejected": "rejected"}
    assert state_of(village, record) == states[outcome]


def test_a_rule_may_ask_for_the_second_level_whatever_the_award(village: Village) -> None:
    record = given_record(village, village.residents[0], rule="HON-02")
    session_id = given_open_session(village)
    vote_on(village, session_id, record, 5, 5, 5)
    assert close(village, session_id).outcomes == {"needs_second_level": 1}
    assert board(db.session(), village.community_id, now=MONDAY) == []


def test_honour_needs_no_budget_and_buys_nothing(village: Village) -> None:
    member, before = village.residents[0], budget_left(village)
    record = given_record(village, member, rule="PUB-03")
    given_decided(village, [record], points=10)
    assert budget_left(village) == before
    assert spendable(village, member) == (0, 0)
    (notice,) = board(db.session(), village.community_id, now=MONDAY)
    assert (notice.score, notice.points) == ("honour", 10)


def test_closing_again_tells_the_same(village: Village) -> None:
    record = given_record(village, village.residents[0])
    session_id = given_open_session(village)
    vote_on(village, session_id, record, 5, 5, 5)
    first = close(village, session_id)
    assert close(village, session_id) == first
    assert len(board(db.session(), village.community_id, now=MONDAY)) == 1


def test_only_the_chair_closes_before_the_time_and_time_closes_for_anybody(
    village: Village, clock_at
) -> None:
    record = given_record(village, village.residents[0])
    session_id = given_open_session(village)
    vote_on(village, session_id, record, 5, 5, 5)
    other = CloseSession(village.community_id, village.judges[1].id, session_id)
    nobody = CloseSession(village.community_id, None, session_id)
    assert refused(close_session, other) == "not_chair"
    assert refused(close_session, nobody) == "session_not_open"
    clock_at(MONDAY + timedelta(hours=6))
    assert transact(close_session, nobody).outcomes == {"approved": 1}
    found = session_by_id(db.session(), village.community_id, session_id, now=clock.now())
    assert (found.state, found.closed_at) == ("closed", MONDAY + timedelta(hours=4))
    # The public had no notice before: its three days begin now.
    (notice,) = board(db.session(), village.community_id, now=clock.now())
    assert notice.published_at == MONDAY + timedelta(hours=6)


def test_a_session_that_was_never_opened_is_not_closed(village: Village) -> None:
    session_id = transact(call_session, CallSession(village.community_id, village.chair.id, a_key(), MONDAY))
    command = CloseSession(village.community_id, village.chair.id, session_id)
    assert refused(close_session, command) == "session_not_open"


def test_how_it_was_decided_is_told_in_numbers(village: Village) -> None:
    record = given_record(village, village.residents[0])
    session_id = given_decided(village, [record], points=6)
    item = item_of(village, session_id, record)
    found = decision_of(db.session(), village.community_id, item.id)
    assert (found.outcome, found.points, found.present, found.quorum, found.recused) == (
        "approved",
        6,
        4,
        3,
        0,
    )
    assert found.session_id == session_id


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_closing_asks_the_database_as_often_for_six_items_as_for_two(village: Village) -> None:
    counts: list[int] = []
    statements: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    for day, residents in enumerate((village.residents[:2], village.residents)):
        at = MONDAY + timedelta(days=day)
        records = [given_record(village, resident, at=at) for resident in residents]
        session_id = given_open_session(village, at=at)
        with clock.at(at):
            for record in records:
                vote_on(village, session_id, record, 5, 5, 5)
            statements.clear()
            close(village, session_id)
            counts.append(len(statements))
    assert counts[0] == counts[1] <= 30


@pytest.fixture
def poor(site, session, clock_at) -> Village:
    """A village whose budget covers two awards of 5."""
    clock_at(MONDAY)
    return given_village(code="qiongcun", village=3, residents=4, budget=12, with_credentials=False)


def test_an_empty_budget_lets_awards_wait_in_order_for_the_next_grant(poor: Village) -> None:
    records = [given_record(poor, resident) for resident in poor.residents]
    given_decided(poor, records, points=5)
    assert [state_of(poor, record) for record in records] == ["on_notice", "on_notice", "decided", "decided"]
    assert budget_left(poor) == 2
    grant = GrantBudget(poor.community_id, poor.one("steward").id, a_key(), 3, "十一月预算")
    assert transact(fund_budget, grant) == 1
    assert [state_of(poor, record) for record in records][2:] == ["on_notice", "decided"]
    grant = GrantBudget(poor.community_id, poor.one("steward").id, a_key(), 100, "十二月预算")
    assert transact(fund_budget, grant) == 1
    assert transact(fund_budget, grant) == 0  # the same key is the same grant
    assert {state_of(poor, record) for record in records} == {"on_notice"}
    assert budget_left(poor) == 95
