"""Panel, second level, the conduct account, and the appeal; and that nothing of it is anybody else's business."""

from __future__ import annotations

import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from app.database import db
from app.transaction import transact
from points.conduct.queries import case_of_record, judges_it
from points.ledger.check import check_ledger
from points.ledger.models import Account, Transfer
from points.notices.models import Notice
from points.people.operations import GrantRole, grant_role
from points.records.models import STATES, Record
from points.records.operations import WithdrawRecord, withdraw_record
from points.records.queries import records_by_reporter, records_in_state, records_of_household
from points.review.queries import agenda_for, waiting_for_second_level
from points.review.second_level import ConfirmDecision, confirm_decision
from points.standings.queries import awards_waiting
from tests.builders import Village, given_open_session, given_points, given_record, refused
from tests.points.conduct.proceedings import (
    DAY,
    READY,
    another_supervisor,
    answer,
    answer_appeal,
    appeal,
    appeal_deduction,
    confirmed,
    detail,
    given_appeal,
    given_deduction,
    given_item,
    given_notice,
    in_the_books,
    new_id,
    score,
    stored,
    wallet_entries,
)  # fmt: skip
from tests.points.review.voting import close, item_of, vote_on


def on_the_table(village: Village, rule: str = "DED-04") -> tuple[uuid.UUID, uuid.UUID]:
    """A case and the open session on whose table it lies."""
    found = given_notice(village, village.residents[0], rule)
    return found.id, given_open_session(village, at=READY)


def record_of(village: Village, case_id: uuid.UUID) -> SimpleNamespace:
    """The record of a case, as the words for voting want it."""
    return SimpleNamespace(id=stored(village, case_id).record_id)


def findings(village: Village) -> list:
    try:
        return list(check_ledger(db.session(), village.community_id))
    finally:
        db.session.rollback()


def notices(village: Village) -> int:
    counted = (
        sa.select(sa.func.count()).select_from(Notice).where(Notice.community_id == village.community_id)
    )
    try:
        return db.session.scalar(counted)
    finally:
        db.session.rollback()


def test_a_deduction_goes_to_the_conduct_account_and_touches_no_wallet(village: Village, clock_at) -> None:
    ann = village.residents[0]
    given_points(village, ann)
    clock_at(READY)
    before, hung = wallet_entries(village, ann), notices(village)
    found = given_deduction(village, ann, "DED-03", points=4)
    clock_at(READY + DAY)
    case = stored(village, found.id)
    assert (case.state, case.points) == ("posted", 4)
    assert (score(village, ann), in_the_books(village, ann)) == (-4, -4)
    assert wallet_entries(village, ann) == before
    assert notices(village) == hung
    assert findings(village) == []
    moved = db.session.execute(
        sa.select(Transfer.__table__, Account.unit, Account.kind)
        .join(Account, sa.and_(Account.community_id == Transfer.community_id, Account.id == Transfer.debit_account_id))
        .where(Transfer.community_id == village.community_id, Transfer.id == case.transfer_id)
    ).one()  # fmt: skip
    assert (moved.amount, moved.unit, moved.ref_kind, moved.ref_id) == (4, "conduct", "conduct", found.id)
    assert awards_waiting(db.session(), village.community_id).count == 0
    assert [step.event for step in detail(village, found.id).steps] == [
        "opened", "filed", "put_on_agenda", "approved", "confirmed", "posted"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("votes", "outcome", "points"),
    [
        ((2, 3, 8, "no"), "needs_second_level", 3),  # of the middle scores the milder
        ((2, 8, 3, 4), "needs_second_level", 3),
        ((5, 5, "no", "no"), "tied", None),
        ((5, 5, "no", "abstain"), "needs_second_level", 5),
        ((5, "no", "no", "no"), "rejected", None),
    ],
)
def test_the_panel_needs_two_thirds_and_takes_the_milder_middle(
    village: Village, clock_at, votes: tuple, outcome: str, points: int | None
) -> None:
    case_id, session_id = on_the_table(village, "DED-03")
    clock_at(READY)
    record = record_of(village, case_id)
    vote_on(village, session_id, record, *votes)
    close(village, session_id)
    item = item_of(village, session_id, record)
    assert (item.outcome, item.points, item.least, item.most) == (outcome, points, 1, 20)
    assert score(village, village.residents[0]) == 0  # before the second level


def test_staying_away_needs_panel_and_second_level_though_the_sheet_says_attendance(
    village: Village, clock_at
) -> None:
    case_id, session_id = on_the_table(village, "DED-05")
    clock_at(READY)
    (item,) = agenda_for(db.session(), village.community_id, session_id, None, now=READY)
    db.session.rollback()
    assert (item.block, item.least, item.most, item.record.points) == ("vote", 1, 1, 1)
    record = record_of(village, case_id)
    vote_on(village, session_id, record, 1, 1, 1, 1)
    close(village, session_id)
    assert detail(village, case_id).line.phase == "second_level"


def test_opener_and_family_stand_aside_and_only_the_judges_may_read(village: Village, clock_at) -> None:
    worker, judge = village.one("grid_worker"), village.judges[1]
    transact(grant_role, GrantRole(village.community_id, worker.id, "reviewer", "兼任"))
    case_id, session_id = on_the_table(village)
    clock_at(READY)
    record_id, session, community_id = stored(village, case_id).record_id, db.session(), village.community_id
    assert judges_it(session, community_id, record_id, judge.id)
    assert not judges_it(session, community_id, record_id, worker.id)
    assert not judges_it(session, community_id, record_id, village.one("supervisor").id)
    assert not judges_it(session, community_id, None, judge.id)
    assert case_of_record(session, community_id, record_id) == case_id
    db.session.rollback()
    close(village, session_id)
    assert not judges_it(db.session(), community_id, record_id, judge.id)


def test_what_was_not_decided_comes_back_and_what_was_refused_is_over(village: Village, clock_at) -> None:
    case_id, session_id = on_the_table(village)
    clock_at(READY)
    close(village, session_id)  # nobody voted
    assert detail(village, case_id).line.phase == "waiting"
    again = given_open_session(village, at=READY + DAY)
    clock_at(READY + DAY)
    record = record_of(village, case_id)
    vote_on(village, again, record, *["no"] * 4)
    close(village, again)
    assert detail(village, case_id).line.phase == "not_carried"
    assert refused(appeal_deduction, appeal(village, case_id, village.residents[0])) == "nothing_to_appeal"


def test_the_supervisor_s_refusal_ends_it(village: Village, clock_at) -> None:
    found, _session_id = given_item(village, village.residents[0])
    confirmed(village, yes=False)
    clock_at(READY + DAY)
    assert detail(village, found.id).line.phase == "not_carried"
    assert score(village, village.residents[0]) == in_the_books(village, village.residents[0]) == 0


def test_a_second_press_takes_nothing_twice(village: Village, clock_at) -> None:
    given_item(village, village.residents[0])
    clock_at(READY + DAY)
    (item,) = waiting_for_second_level(db.session(), village.community_id, now=READY)
    db.session.rollback()
    command = ConfirmDecision(village.community_id, village.one("supervisor").id, item.id, True)
    assert [transact(confirm_decision, command) for _ in range(2)] == ["approved"] * 2
    assert in_the_books(village, village.residents[0]) == -5


def test_the_record_is_in_no_list_and_bears_no_name(village: Village, clock_at) -> None:
    ann, worker = village.residents[0], village.one("grid_worker")
    mine = given_record(village, ann, at=READY)
    case_id, session_id = on_the_table(village)
    clock_at(READY)
    session, community_id = db.session(), village.community_id
    record_id = stored(village, case_id).record_id
    lists = [
        records_of_household(session, community_id, ann.household_id, now=READY),
        records_by_reporter(session, community_id, worker.id, now=READY),
        records_in_state(session, community_id, STATES, now=READY),
    ]
    assert [{line.id for line in lines} for lines in lists] == [{mine.id}, set(), {mine.id}]
    items = agenda_for(session, community_id, session_id, None, now=READY)
    (line,) = [item.record for item in items if item.record.id == record_id]
    told = (line.member_id, line.member_name, line.household_id, line.household_number, line.reporter_name)
    assert told == (None, None, None, "", "")
    assert db.session.scalar(
        sa.select(Record.note).where(Record.community_id == community_id, Record.id == record_id)
    ) == ""  # fmt: skip
    db.session.rollback()
    for person in (ann, worker):
        command = WithdrawRecord(community_id, person.id, record_id)
        assert refused(withdraw_record, command) == "record_not_found"


def test_an_appeal_that_is_upheld_brings_the_points_back(village: Village, clock_at) -> None:
    ann = village.residents[0]
    found = given_appeal(village, ann)
    other = another_supervisor(village)
    clock_at(READY + 2 * DAY)
    assert score(village, ann) == -5  # it counts until the answer
    command = answer(village, found.id, other, uphold=True, text="医院的单子看过了")
    assert [transact(answer_appeal, command) for _ in range(2)] == ["reversed"] * 2
    assert (score(village, ann), in_the_books(village, ann)) == (0, 0)
    case = stored(village, found.id)
    assert case.correction_id is not None
    assert findings(village) == []
    assert detail(village, found.id).steps[-1].note == "医院的单子看过了"
    assert refused(answer_appeal, answer(village, found.id, other, uphold=False)) == "no_appeal_waits"


def test_an_appeal_that_is_refused_says_why_and_is_the_last_word(village: Village, clock_at) -> None:
    ann = village.residents[0]
    found = given_appeal(village, ann)
    other = another_supervisor(village)
    clock_at(READY + 2 * DAY)
    assert refused(answer_appeal, answer(village, found.id, other, uphold=False, text=" ")) == "reason_needed"
    assert transact(answer_appeal, answer(village, found.id, other, uphold=False)) == "appeal_refused"
    assert (score(village, ann), in_the_books(village, ann)) == (-5, -5)
    assert refused(appeal_deduction, appeal(village, found.id, ann)) == "already_appealed"


def test_an_appeal_is_answered_by_somebody_who_had_no_part_in_it(village: Village, clock_at) -> None:
    found = given_appeal(village, village.residents[0])
    clock_at(READY + 2 * DAY)
    reasons = {
        village.one("supervisor").id: "confirmed_it_before",
        village.judges[1].id: "judge_of_item",
        village.one("grid_worker").id: "related_to_item",
        village.residents[0].id: "related_to_item",
    }
    for person in (
        village.one("supervisor"),
        village.judges[1],
        village.one("grid_worker"),
        village.residents[0],
    ):
        command = answer(village, found.id, person, uphold=True)
        assert refused(answer_appeal, command) == reasons[person.id]
    assert (
        refused(answer_appeal, answer(village, new_id(), village.residents[3], uphold=True))
        == "case_not_found"
    )


def test_only_the_person_appeals_once_and_within_thirty_days(village: Village, clock_at) -> None:
    ann, bob = village.residents[:2]
    found = given_deduction(village, ann)
    posted_at = stored(village, found.id).posted_at
    clock_at(posted_at + 30 * DAY)
    assert refused(appeal_deduction, appeal(village, found.id, ann)) == "appeal_over"
    clock_at(posted_at + 30 * DAY - timedelta(seconds=1))
    assert refused(appeal_deduction, appeal(village, found.id, bob)) == "case_not_found"
    assert refused(appeal_deduction, appeal(village, found.id, ann, " ")) == "reason_needed"
    transact(appeal_deduction, appeal(village, found.id, village.one("grid_worker"), "本人口述：不是我"))
    assert refused(appeal_deduction, appeal(village, found.id, ann)) == "already_appealed"


def test_a_deduction_stops_counting_after_a_year_and_stays_in_the_books(village: Village, clock_at) -> None:
    ann = village.residents[0]
    found = given_deduction(village, ann)
    posted_at = stored(village, found.id).posted_at
    clock_at(posted_at + 365 * DAY - timedelta(seconds=1))
    assert score(village, ann) == -5
    clock_at(posted_at + 365 * DAY)
    assert (score(village, ann), in_the_books(village, ann)) == (0, -5)


def test_nobody_next_door_finds_a_case(village: Village, neighbour: Village) -> None:
    found = given_appeal(village, village.residents[0])
    stranger = neighbour.one("supervisor")
    command = answer(neighbour, found.id, stranger, uphold=True)
    assert refused(answer_appeal, command) == "case_not_found"
