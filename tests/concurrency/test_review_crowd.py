"""A full hall presses at the same moment: what was accepted is counted, and nothing else."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.database import db
from app.transaction import transact
from points.review.ballots import BallotCast, cast_ballot
from points.review.closing import CloseSession, close_session
from points.review.models import Ballot
from points.review.queries import sessions_of
from points.review.sessions import CallSession, JoinSession, call_session, join_session
from tests.builders import MONDAY, a_key, given_open_session, given_record, given_village
from tests.concurrency.crowd import all_at_once
from tests.conftest import close_site, new_site
from tests.points.review.voting import ballot, item_of, more_reviewers

JUDGES = 20


@pytest.fixture
def site(database_url, tmp_path):
    """As many connections as a busy process has."""
    site = new_site(database_url, tmp_path, POOL_SIZE=12)
    yield site
    close_site(site)


@pytest.fixture
def hall(site, session, clock_at):
    """A village with twenty judges and one item on the table."""
    village = given_village(residents=JUDGES - 4 + 1, with_credentials=False)
    clock_at(MONDAY)
    judges = more_reviewers(village, JUDGES - 4)
    record = given_record(village, village.residents[-1])
    session_id = given_open_session(village, present=judges)
    return village, judges, record, session_id


def test_twenty_judges_vote_at_once_and_all_are_counted(site, hall) -> None:
    village, judges, record, session_id = hall
    votes = [5 if at % 4 else "no" for at in range(JUDGES)]
    acts = [
        lambda judge=judge, vote=vote: transact(cast_ballot, ballot(village, session_id, record, judge, vote))
        for judge, vote in zip(judges, votes, strict=True)
    ]
    db.session.remove()
    answers = all_at_once(site, acts)
    assert all(isinstance(answer, BallotCast) for answer in answers)
    transact(close_session, CloseSession(village.community_id, village.chair.id, session_id))
    item = item_of(village, session_id, record)
    assert (item.votes_for, item.votes_against, item.outcome) == (15, 5, "approved")


@pytest.mark.parametrize("_round", range(3))
def test_closing_in_the_middle_counts_exactly_the_ballots_that_were_accepted(site, hall, _round: int) -> None:
    village, judges, record, session_id = hall
    acts = [
        lambda judge=judge: transact(cast_ballot, ballot(village, session_id, record, judge, 5))
        for judge in judges
    ]
    end = CloseSession(village.community_id, village.chair.id, session_id)
    acts.insert(JUDGES // 2, lambda: transact(close_session, end))
    db.session.remove()
    answers = all_at_once(site, acts)
    accepted = sum(isinstance(answer, BallotCast) for answer in answers)
    assert accepted + answers.count("session_closed") == JUDGES
    stored = db.session.scalar(
        sa.select(sa.func.count()).select_from(Ballot).where(Ballot.community_id == village.community_id)
    )
    db.session.rollback()
    item = item_of(village, session_id, record)
    assert item.votes_for == stored == accepted
    assert item.outcome == ("approved" if accepted else "carried_over")


def test_one_judge_pressing_many_times_has_one_ballot(site, hall) -> None:
    village, judges, record, session_id = hall
    acts = [
        lambda vote=vote: transact(cast_ballot, ballot(village, session_id, record, judges[3], vote))
        for vote in (3, 4, 5, 6, "no", "abstain", 9, 10)
    ]
    db.session.remove()
    assert all(isinstance(answer, BallotCast) for answer in all_at_once(site, acts))
    assert item_of(village, session_id, record).cast == 1


def test_two_calls_at_one_moment_make_one_session(site, session, clock_at) -> None:
    village = given_village(with_credentials=False)
    clock_at(MONDAY)
    calls = [CallSession(village.community_id, village.chair.id, a_key(), MONDAY) for _ in range(6)]
    db.session.remove()
    answers = all_at_once(site, [lambda call=call: transact(call_session, call) for call in calls])
    assert answers.count("session_already_called") == 5
    assert len(sessions_of(db.session(), village.community_id, now=MONDAY)) == 1


def test_all_come_in_at_once(site, session, clock_at) -> None:
    village = given_village(with_credentials=False)
    clock_at(MONDAY)
    given_record(village, village.residents[0])
    session_id = given_open_session(village, present=[])
    acts = [
        lambda judge=judge: transact(join_session, JoinSession(village.community_id, judge.id, session_id))
        for judge in village.judges * 3
    ]
    db.session.remove()
    assert all_at_once(site, acts) == [None] * len(acts)
