"""The second level: the supervisor's word on a large award."""

from __future__ import annotations

import uuid

import pytest

from app.database import db
from app.transaction import transact
from points.notices.queries import board
from points.people.operations import GrantRole, grant_role
from points.review.decisions import decision_of
from points.review.queries import waiting_for_second_level
from points.review.second_level import ConfirmDecision, confirm_decision
from tests.builders import MONDAY, Village, given_decided, given_record, refused
from tests.points.review.voting import item_of, state_of


def confirm(
    village: Village, item_id: uuid.UUID, *, by: uuid.UUID | None = None, yes: bool = True, reason: str = ""
):
    return ConfirmDecision(village.community_id, by or village.one("supervisor").id, item_id, yes, reason)


def waiting(village: Village) -> list[uuid.UUID]:
    found = waiting_for_second_level(db.session(), village.community_id, now=MONDAY)
    db.session.rollback()
    return [item.id for item in found]


@pytest.fixture
def record(village: Village):
    """An award of 25 that the panel approved."""
    record = given_record(village, village.residents[0], rule="HON-04")
    given_decided(village, [record], points=25)
    return record


def test_a_confirmed_award_goes_on_notice(village: Village, record) -> None:
    (item_id,) = waiting(village)
    assert state_of(village, record) == "decided"
    assert transact(confirm_decision, confirm(village, item_id)) == "approved"
    assert state_of(village, record) == "on_notice"
    assert waiting(village) == []
    (notice,) = board(db.session(), village.community_id, now=MONDAY)
    assert notice.points == 25
    assert decision_of(db.session(), village.community_id, item_id).second_level_at == MONDAY
    db.session.rollback()
    assert transact(confirm_decision, confirm(village, item_id)) == "approved"  # a second press
    assert len(board(db.session(), village.community_id, now=MONDAY)) == 1


def test_a_refused_award_ends_with_its_reason(village: Village, record) -> None:
    (item_id,) = waiting(village)
    assert refused(confirm_decision, confirm(village, item_id, yes=False)) == "reason_needed"
    assert (
        transact(confirm_decision, confirm(village, item_id, yes=False, reason="证书看不清"))
        == "not_confirmed"
    )
    assert state_of(village, record) == "rejected"
    assert board(db.session(), village.community_id, now=MONDAY) == []
    db.session.rollback()
    assert refused(confirm_decision, confirm(village, item_id)) == "no_second_level_needed"


def test_a_supervisor_has_no_say_in_the_own_award(village: Village) -> None:
    supervisor = village.one("supervisor")
    given_decided(village, [given_record(village, supervisor, rule="HON-04")], points=25)
    (item_id,) = waiting(village)
    assert refused(confirm_decision, confirm(village, item_id)) == "related_to_item"


def test_who_sat_in_the_session_does_not_confirm_it(village: Village, record) -> None:
    judge = village.judges[2]
    transact(grant_role, GrantRole(village.community_id, judge.id, "supervisor", "兼任"))
    (item_id,) = waiting(village)
    assert refused(confirm_decision, confirm(village, item_id, by=judge.id)) == "judge_of_item"


def test_what_needs_no_second_level_gets_none(village: Village) -> None:
    record = given_record(village, village.residents[0])
    session_id = given_decided(village, [record], points=6)
    item_id = item_of(village, session_id, record).id
    assert refused(confirm_decision, confirm(village, item_id)) == "no_second_level_needed"
    assert refused(confirm_decision, confirm(village, uuid.uuid4())) == "item_not_found"
