"""Voting: whose, on what, how often, until when, and who sees it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet
from flask import current_app

from app import clock
from app.database import db
from app.transaction import transact
from points.review.ballot_queries import ballots_of, changes_of
from points.review.ballots import (
    CastBallot,
    EnterPaperBallot,
    QuestionItem,
    cast_ballot,
    enter_paper_ballot,
    question_item,
)
from points.review.closing import CloseSession, close_session
from points.review.models import Ballot, BallotChange
from points.review.queries import session_by_id
from points.review.secrecy import Choice
from points.review.sessions import (
    CallSession,
    JoinSession,
    OpenSession,
    call_session,
    convene_session,
    join_session,
    open_session,
)
from tests.builders import MONDAY, Village, a_key, given_open_session, given_record, refused
from tests.points.review.voting import agenda, ballot, cast, close, item_of, scalar, vote_on


def revision(village: Village, session_id) -> int:
    found = session_by_id(db.session(), village.community_id, session_id, now=MONDAY).revision
    db.session.rollback()
    return found


def test_a_second_ballot_of_the_same_judge_replaces_the_first(village: Village) -> None:
    record = given_record(village, village.residents[0])
    session_id = given_open_session(village)
    judge = village.judges[1]
    for vote in (5, "no", "abstain", 9):
        cast(village, session_id, record, judge, vote)
    counted = scalar(
        sa.select(sa.func.count()).select_from(Ballot).where(Ballot.community_id == village.community_id)
    )
    assert counted == 1
    (item,) = agenda(village, session_id, judge)
    assert (item.own.choice, item.own.points, item.own.reason) == ("approve", 9, "看过现场")
    assert item.cast == 1


def test_nobody_votes_after_the_end(village: Village, clock_at) -> None:
    record = given_record(village, village.residents[0])
    session_id = given_open_session(village)
    command = ballot(village, session_id, record, village.judges[1], 5)
    transact(cast_ballot, command)
    clock_at(MONDAY + timedelta(hours=4))
    assert refused(cast_ballot, command) == "session_closed"  # its time is over, though nobody has closed it
    clock_at(MONDAY + timedelta(minutes=10))
    close(village, session_id)
    assert refused(cast_ballot, command) == "session_closed"
    assert refused(
        question_item, QuestionItem(village.community_id, village.judges[1].id, session_id, record.id)
    ) == ("session_closed")


def test_nobody_votes_before_the_session_opens(village: Village) -> None:
    record = given_record(village, village.residents[0])
    command = CallSession(village.community_id, village.chair.id, a_key(), MONDAY)
    session_id = transact(call_session, command)
    assert refused(cast_ballot, ballot(village, session_id, record, village.chair, 5)) == "session_not_open"


def test_only_those_on_the_roll_who_came_may_vote(village: Village) -> None:
    record = given_record(village, village.residents[0])
    session_id = given_open_session(village, present=[])
    absent, stranger = village.judges[1], village.one("supervisor")
    assert refused(cast_ballot, ballot(village, session_id, record, absent, 5)) == "not_present"
    assert refused(cast_ballot, ballot(village, session_id, record, stranger, 5)) == "not_on_roll"
    transact(join_session, JoinSession(village.community_id, absent.id, session_id))
    assert cast(village, session_id, record, absent, 5).points == 5


def test_the_recused_find_no_item_to_vote_on(village: Village) -> None:
    judge = village.judges[1]
    own = given_record(village, judge)
    session_id = given_open_session(village)
    assert refused(cast_ballot, ballot(village, session_id, own, judge, 5)) == "item_not_found"
    question = QuestionItem(village.community_id, judge.id, session_id, own.id)
    assert refused(question_item, question) == "item_not_found"
    assert agenda(village, session_id, judge) == []


def test_a_record_of_no_session_or_of_another_village_is_no_item(
    village: Village, neighbour: Village
) -> None:
    given_record(village, village.residents[0])
    session_id = given_open_session(village)
    late = given_record(village, village.residents[1])
    assert refused(cast_ballot, ballot(village, session_id, late, village.chair, 5)) == "item_not_found"
    assert (
        refused(cast_ballot, ballot(neighbour, session_id, late, neighbour.chair, 5)) == "session_not_found"
    )


@pytest.mark.parametrize(
    ("choice", "points", "reason", "refusal"),
    [
        ("yes", 5, "", "choice_unknown"),
        ("approve", None, "", "points_needed"),
        ("approve", 2, "", "points_out_of_range"),
        ("approve", 11, "", "points_out_of_range"),
        ("reject", None, "", "reason_needed"),
        ("reject", None, "   ", "reason_needed"),
        ("reject", 5, "不实", "points_only_with_approval"),
        ("abstain", 5, "", "points_only_with_approval"),
        ("reject", None, "长" * 501, "note_too_long"),
    ],
)
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_ballot_that_means_nothing_is_refused(village: Village, choice, points, reason, refusal) -> None:
    record = given_record(village, village.residents[0])
    session_id = given_open_session(village)
    command = CastBallot(
        village.community_id, village.chair.id, session_id, record.id, choice, points, reason
    )
    assert refused(cast_ballot, command) == refusal
    assert item_of(village, session_id, record).cast == 0


def test_points_are_for_the_whole_deed(village: Village) -> None:
    record = given_record(
        village, village.residents[0], rule="VOL-01", reporter=village.one("grid_worker"), quantity=3
    )
    session_id = given_open_session(village)
    item = item_of(village, session_id, record)
    assert (item.least, item.most, item.record.points) == (3, 15, 6)
    assert (
        refused(cast_ballot, ballot(village, session_id, record, village.chair, 2)) == "points_out_of_range"
    )
    assert (
        refused(cast_ballot, ballot(village, session_id, record, village.chair, 16)) == "points_out_of_range"
    )
    assert cast(village, session_id, record, village.chair, 15).points == 15


def test_a_doubt_takes_an_item_out_of_the_block_once(village: Village) -> None:
    record = given_record(village, village.residents[0], rule="AID-03")
    session_id = given_open_session(village)
    before = revision(village, session_id)
    command = QuestionItem(village.community_id, village.judges[1].id, session_id, record.id)
    transact(question_item, command)
    transact(question_item, command)
    assert item_of(village, session_id, record).block == "vote"
    assert revision(village, session_id) == before + 1


def test_voting_on_an_item_of_the_block_takes_it_out(village: Village) -> None:
    record = given_record(village, village.residents[0], rule="AID-03")
    session_id = given_open_session(village)
    cast(village, session_id, record, village.judges[1], 2)
    assert item_of(village, session_id, record).block == "vote"


def test_until_the_end_each_judge_sees_the_own_ballot_and_a_count(village: Village) -> None:
    record = given_record(village, village.residents[0])
    session_id = given_open_session(village)
    vote_on(village, session_id, record, 5, "no", 9)
    for judge, own in zip(village.judges, ("approve", "reject", "approve", None), strict=True):
        (item,) = agenda(village, session_id, judge)
        assert (item.own.choice if item.own else None) == own
        assert item.cast == 3
        assert (item.votes_for, item.votes_against, item.points, item.outcome) == (0, 0, None, None)
    (item,) = agenda(village, session_id)
    assert item.own is None
    assert ballots_of(db.session(), village.community_id, session_id) == []


def test_the_projector_learns_of_a_new_ballot_but_not_of_a_changed_one(village: Village) -> None:
    record = given_record(village, village.residents[0])
    session_id = given_open_session(village)
    before = revision(village, session_id)
    cast(village, session_id, record, village.judges[1], 5)
    assert revision(village, session_id) == before + 1
    cast(village, session_id, record, village.judges[1], "no")
    assert revision(village, session_id) == before + 1


def test_after_the_end_an_open_vote_names_who_voted_what(village: Village) -> None:
    record = given_record(village, village.residents[0])
    session_id = given_open_session(village)
    vote_on(village, session_id, record, 5, "no")
    close(village, session_id)
    lines = ballots_of(db.session(), village.community_id, session_id)
    assert {(line.name, line.choice, line.points, line.reason) for line in lines} == {
        (village.judges[0].name, "approve", 5, "看过现场"), (village.judges[1].name, "reject", None, "不在规则里")
    }  # fmt: skip


def test_a_secret_vote_never_names_anybody(village: Village) -> None:
    record = given_record(village, village.residents[0])
    command = CallSession(village.community_id, village.chair.id, a_key(), MONDAY, "secret")
    session_id = transact(call_session, command)
    transact(open_session, OpenSession(village.community_id, village.chair.id, session_id))
    vote_on(village, session_id, record, 5)
    taken_part = sa.select(Ballot.choice, Ballot.sealed.is_not(None)).where(
        Ballot.community_id == village.community_id
    )
    assert db.session.execute(taken_part).all() == [("sealed", True)]
    db.session.rollback()
    close(village, session_id)
    (line,) = ballots_of(db.session(), village.community_id, session_id)
    assert (line.name, line.choice, line.points) == (None, "approve", 5)
    assert db.session.execute(taken_part).all() == [("sealed", False)]


def test_past_its_time_but_not_counted_nobodys_ballot_is_named(village: Village) -> None:
    record = given_record(village, village.residents[0])
    session_id = given_open_session(village)
    vote_on(village, session_id, record, 5, "no")
    assert ballots_of(db.session(), village.community_id, session_id) == []


def paper(village: Village, session_id, record, officer, judge, points: int | None) -> EnterPaperBallot:
    """What an officer types in from a judge's paper."""
    choice = "approve" if points else "abstain"
    return EnterPaperBallot(
        village.community_id, officer.id, session_id, record.id, judge.id, choice, points, "纸上写的"
    )


def test_a_person_has_one_ballot_on_paper_and_by_phone_together(village: Village) -> None:
    record = given_record(village, village.residents[0])
    session_id = given_open_session(village)
    chair, judge = village.chair, village.judges[1]
    transact(enter_paper_ballot, paper(village, session_id, record, chair, judge, 4))
    transact(enter_paper_ballot, paper(village, session_id, record, chair, judge, 5))
    assert item_of(village, session_id, record).cast == 1
    cast(village, session_id, record, judge, 6)  # the own hand stands from here on
    assert (
        refused(enter_paper_ballot, paper(village, session_id, record, chair, judge, 5))
        == "ballot_already_cast"
    )
    assert (
        refused(enter_paper_ballot, paper(village, session_id, record, judge, judge, 5))
        == "own_ballot_by_phone"
    )
    cast(village, session_id, record, village.judges[2], 6)
    transact(enter_paper_ballot, paper(village, session_id, record, chair, village.judges[3], None))
    close(village, session_id)
    lines = {line.name: line for line in ballots_of(db.session(), village.community_id, session_id)}
    assert len(lines) == 3
    assert (lines[judge.name].points, lines[judge.name].officer) == (6, None)
    assert lines[village.judges[3].name].officer == chair.name
    trail = [
        (line.change, line.before.points)
        for line in changes_of(db.session(), village.community_id, session_id)
    ]
    assert trail == [("changed", 4), ("changed", 5)]


def test_nobody_types_in_a_secret_ballot_or_one_that_concerns_them(village: Village) -> None:
    record = given_record(village, village.chair)
    secret = CallSession(village.community_id, village.chair.id, a_key(), MONDAY, "secret")
    for session_id, code in (
        (given_open_session(village), "related_to_item"),
        (None, "secret_needs_own_hand"),
    ):
        if session_id is None:
            with clock.at(MONDAY):
                session_id = transact(convene_session, secret)
                for judge in village.judges[1:]:
                    transact(join_session, JoinSession(village.community_id, judge.id, session_id))
        command = paper(village, session_id, record, village.chair, village.judges[1], 5)
        assert refused(enter_paper_ballot, command) == code
        close(village, session_id)


def test_an_unusual_score_needs_a_reason(village: Village) -> None:
    record = given_record(village, village.residents[0])  # 3 to 10, usually 4
    session_id = given_open_session(village)
    judge = village.judges[1]
    bare = CastBallot(village.community_id, judge.id, session_id, record.id, "approve", 9)
    assert refused(cast_ballot, bare) == "outlier_needs_reason"
    assert transact(cast_ballot, replace(bare, reason="陪了一整天")).points == 9
    assert transact(cast_ballot, replace(bare, points=6)).points == 6


def test_the_trail_of_a_secret_vote_says_that_it_changed_and_not_from_what(village: Village) -> None:
    record = given_record(village, village.residents[0])
    with clock.at(MONDAY):
        command = CallSession(village.community_id, village.chair.id, a_key(), MONDAY, "secret")
        session_id = transact(convene_session, command)
    cast(village, session_id, record, village.chair, "no")
    cast(village, session_id, record, village.chair, 5)
    assert agenda(village, session_id, village.chair)[0].own.points == 5
    with clock.at(MONDAY + timedelta(hours=5)):
        transact(close_session, CloseSession(village.community_id, None, session_id))
    (change,) = changes_of(db.session(), village.community_id, session_id)
    assert (change.change, change.before) == ("changed", None)
    stored = db.session.execute(
        sa.select(BallotChange.choice, BallotChange.points, BallotChange.reason).where(
            BallotChange.community_id == village.community_id
        )
    ).all()
    assert stored == [("sealed", None, "")]
    assert agenda(village, session_id, village.chair)[0].own == Choice("sealed", None, "")


def test_the_database_itself_keeps_ballots_and_terms_as_they_were(village: Village) -> None:
    record = given_record(village, village.residents[0])
    session_id = given_open_session(village)
    vote_on(village, session_id, record, 5, 5, 5)
    db.session.remove()

    def changes(statement: str) -> str:
        connection = db.engine.raw_connection()
        try:
            connection.cursor().execute(statement)
        except Exception as error:  # each driver has its own
            return str(error)
        finally:
            connection.rollback()
            connection.close()
        return "done"

    assert "never changed" in changes("UPDATE review_session SET secrecy = 'secret'")
    close(village, session_id)
    db.session.remove()
    assert "is closed" in changes("UPDATE ballot SET points = 9")
    assert "is closed" in changes("DELETE FROM ballot")
    assert "never opened again" in changes("UPDATE review_session SET state = 'open', closed_at = NULL")


def test_when_the_secret_is_lost_the_ballots_count_as_not_cast_and_the_item_comes_back(
    village: Village, monkeypatch
) -> None:
    record = given_record(village, village.residents[0])
    with clock.at(MONDAY):
        command = CallSession(village.community_id, village.chair.id, a_key(), MONDAY, "secret")
        session_id = transact(convene_session, command)
        for judge in village.judges[1:]:
            transact(join_session, JoinSession(village.community_id, judge.id, session_id))
    vote_on(village, session_id, record, 5, 5, 5, 5)
    monkeypatch.setitem(current_app.extensions, "ballot_box", Fernet(Fernet.generate_key()))
    assert agenda(village, session_id, village.judges[1])[0].own is None
    assert close(village, session_id).outcomes == {"carried_over": 1}
