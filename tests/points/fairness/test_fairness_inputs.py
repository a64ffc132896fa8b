"""What the figures are made of: closed sessions that were not secret, in a constant number of statements."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.transaction import transact
from points.fairness.queries import (
    LOOK_BACK,
    award_cells,
    has_judged,
    is_concerned,
    judged_deeds,
    reports_for_others,
)
from points.fairness.severity import severities
from points.fairness.spread import spreads
from points.review.sessions import (
    CallSession,
    JoinSession,
    OpenSession,
    call_session,
    join_session,
    open_session,
)
from tests.builders import MONDAY, Village, a_key, given_open_session, given_record
from tests.points.review.voting import close, vote_on


def deeds(session: Session, village: Village, **more: object) -> list:
    try:
        return list(judged_deeds(session, village.community_id, now=clock.now(), **more))
    finally:
        session.rollback()


def a_secret_session(village: Village) -> None:
    record = given_record(village, village.residents[1])
    call = CallSession(village.community_id, village.chair.id, a_key(), MONDAY, "secret")
    session_id = transact(call_session, call)
    transact(open_session, OpenSession(village.community_id, village.chair.id, session_id))
    for judge in village.judges:
        transact(join_session, JoinSession(village.community_id, judge.id, session_id))
    vote_on(village, session_id, record, 4, 5, 6, 7)
    close(village, session_id)


def test_ballots_are_read_only_after_closing_and_never_of_a_secret_session(
    session: Session, village: Village
) -> None:
    resident = village.residents[0]
    record = given_record(village, resident, quantity=1)
    session_id = given_open_session(village)
    vote_on(village, session_id, record, 4, 6, "no", "abstain")
    assert deeds(session, village) == []
    close(village, session_id)
    (deed,) = deeds(session, village)
    assert (deed.rule, deed.household, deed.least, deed.most, deed.quantity) == (
        "AID-02", resident.household_id, 3, 10, 1,
    )  # fmt: skip
    cast = {ballot.judge: (ballot.judge_household, ballot.choice, ballot.points) for ballot in deed.ballots}
    assert cast == {
        judge.id: (judge.household_id, *vote)
        for judge, vote in zip(
            village.judges, [("approve", 4), ("approve", 6), ("reject", None), ("abstain", None)], strict=True
        )
    }
    a_secret_session(village)
    assert deeds(session, village) == [deed]
    # The points of a secret session have no owner: they count among the awards.
    assert (
        sum(rule.count for rule in spreads(award_cells(session, village.community_id, now=clock.now()))) == 2
    )


def test_a_reviewer_reads_only_deeds_with_an_own_ballot_and_nobody_reads_next_door(
    session: Session, village: Village, neighbour: Village
) -> None:
    records = [given_record(village, resident) for resident in village.residents[:2]]
    session_id = given_open_session(village)
    vote_on(village, session_id, records[0], 4, 6, 5, 5)
    vote_on(village, session_id, records[1], 4, 6, 5)
    close(village, session_id)
    assert [len(deeds(session, village, judge_id=judge.id)) for judge in village.judges] == [2, 2, 2, 1]
    assert deeds(session, neighbour) == []
    assert award_cells(session, neighbour.community_id, now=MONDAY) == []
    by_judge = {one.judge: one.lean.mean for one in severities(deeds(session, village))}
    assert [round(by_judge[judge.id], 2) for judge in village.judges] == [-1.25, 1.25, 0, 0]


def test_what_is_older_than_a_year_is_left_out(
    session: Session, village: Village, clock_at: Callable[[datetime], None]
) -> None:
    record = given_record(village, village.residents[0])
    session_id = given_open_session(village)
    vote_on(village, session_id, record, 4, 6, 5)
    close(village, session_id)
    clock_at(MONDAY + LOOK_BACK - timedelta(hours=1))
    assert len(deeds(session, village)) == 1
    clock_at(MONDAY + LOOK_BACK + timedelta(hours=1))
    assert deeds(session, village) == []
    assert award_cells(session, village.community_id, now=clock.now()) == []


def test_reports_for_others_are_counted_by_household(session: Session, village: Village) -> None:
    worker, (one, two, *_rest) = village.one("grid_worker"), village.residents
    records = [
        given_record(village, one), given_record(village, one, reporter=worker, done_on=MONDAY.date() - timedelta(days=2)),
        given_record(village, two, reporter=worker),
    ]  # fmt: skip
    session_id = given_open_session(village)
    for record in records:
        vote_on(village, session_id, record, 5, 5, 5)
    close(village, session_id)
    assert reports_for_others(session, village.community_id, now=MONDAY) == {
        (worker.household_id, one.household_id): 1, (worker.household_id, two.household_id): 1,
    }  # fmt: skip
    concerned = [
        is_concerned(session, village.community_id, who.id, records[1].id) for who in (one, worker, two)
    ]
    assert concerned == [True, True, False]
    judged = [
        has_judged(session, village.community_id, who.id, records[0].id) for who in (village.chair, worker)
    ]
    assert judged == [True, False]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_the_number_of_statements_does_not_grow(session: Session, village: Village) -> None:
    sent: list[str] = []

    def look() -> int:
        sent.clear()
        list(judged_deeds(session, village.community_id, now=MONDAY))
        award_cells(session, village.community_id, now=MONDAY)
        reports_for_others(session, village.community_id, now=MONDAY)
        return len(sent)

    @sa.event.listens_for(session.get_bind(), "before_cursor_execute")
    def keep(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    empty = look()
    session.rollback()
    for start in (0, 1, 2):
        records = [given_record(village, resident, rule=rule, at=MONDAY + timedelta(days=start))
                   for resident, rule in zip(village.residents, ("AID-02", "AID-01", "AID-04"), strict=False)]  # fmt: skip
        session_id = given_open_session(village, at=MONDAY + timedelta(days=start))
        with clock.at(MONDAY + timedelta(days=start)):
            for record in records:
                vote_on(village, session_id, record, 5, 5, 5)
            close(village, session_id)
    with clock.at(MONDAY + timedelta(days=3)):
        assert look() == empty
