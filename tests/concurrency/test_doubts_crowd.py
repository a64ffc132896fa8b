"""Objections, answers and appeals in the same moment: one of them counts, and the books are sound."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from app.database import db
from app.transaction import transact
from points.ledger.operations import settle
from points.notices.operations import (
    AnswerObjection,
    FileAppeal,
    ObjectToNotice,
    answer_objection,
    file_appeal,
    object_to_notice,
)
from tests.builders import Village, a_key
from tests.concurrency.crowd import all_at_once
from tests.points.notices.doubting import (
    POSTED,
    WINDOW_ENDS,
    booked,
    given_award,
    in_wallet,
    more,
    notice_of,
    object_to,
    view,
    wrong_numbers,
)
from tests.points.review.conftest import site, village

__all__ = ["site", "village"]

INSTANT = timedelta(milliseconds=1)


def settled(session, community_id: int, *, now) -> int:
    """The nightly job."""
    return settle(session, community_id, now=now)


@pytest.mark.parametrize("_round", range(2))
def test_an_objection_in_the_moment_the_clock_ends_stops_it_or_is_told(
    site, village: Village, _round: int
) -> None:
    records = [given_award(village, at) for at in range(3)]
    notices = {record.id: notice_of(village, record).id for record in records}

    def objects(record) -> object:
        with clock.at(WINDOW_ENDS - INSTANT):
            by = village.residents[5].id
            return transact(
                object_to_notice,
                ObjectToNotice(village.community_id, by, a_key(), notices[record.id], "不对"),
            )

    def job() -> object:
        with clock.at(WINDOW_ENDS):
            return transact(settled, village.community_id)

    db.session.remove()
    acts = [lambda record=record: objects(record) for record in records]
    answers = all_at_once(site, [*acts[:2], job, acts[2], job])
    for record, answer in zip(records, [*answers[:2], answers[3]], strict=True):
        with clock.at(POSTED):
            expected = ((6, 0), "posted") if answer == "notice_over" else ((0, 6), "objected")
            assert (in_wallet(village, record), notice_of(village, record).state) == expected
    assert wrong_numbers(village) == []


def test_of_two_answers_at_once_one_counts(site, village: Village, clock_at) -> None:
    record = given_award(village)
    first, second = more(village, "supervisor", 1)
    doubt = object_to(village, record, village.residents[1])
    commands = [
        AnswerObjection(village.community_id, first.id, doubt, True, "只做了一半", 4),
        AnswerObjection(village.community_id, second.id, doubt, True, "查无此事"),
    ]
    db.session.remove()
    answers = all_at_once(site, [lambda one=one: transact(answer_objection, one) for one in commands * 2])
    assert sorted(set(answers)) == ["objection_answered", "upheld"]
    done = view(village, doubt)
    assert (done.answered_by, done.points_after) in {(first.name, 4), (second.name, 0)}
    assert in_wallet(village, record) == (0, done.points_after)
    assert wrong_numbers(village) == []


def test_appeals_at_once_are_one_and_its_difference_is_booked_once(site, village: Village, clock_at) -> None:
    record = given_award(village)
    clock_at(POSTED)
    appeals = [
        FileAppeal(village.community_id, resident.id, a_key(), record.id, "不对")
        for resident in village.residents[:4]
    ]
    db.session.remove()
    answers = all_at_once(site, [lambda one=one: transact(file_appeal, one) for one in appeals])
    assert answers.count("appeal_open") == 3
    (doubt,) = (answer for answer in answers if answer != "appeal_open")
    command = AnswerObjection(
        village.community_id, village.one("supervisor").id, doubt, True, "只做了一半", 4
    )
    db.session.remove()
    assert set(all_at_once(site, [lambda: transact(answer_objection, command)] * 4)) == {"upheld"}
    assert [line.amount for line in booked(village, record) if line.code == "correction"] == [2]
    assert in_wallet(village, record) == (4, 0)
    assert wrong_numbers(village) == []
