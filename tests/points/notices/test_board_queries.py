"""Reading the board: what hangs there, in which order, and when it changes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app import clock
from app.database import db
from app.transaction import transact
from points.notices.operations import ObjectToNotice, object_to_notice
from points.notices.queries import board, board_marks, next_change, notices_of_records
from tests.builders import MONDAY, Village, a_key, given_decided, given_record

DAY = timedelta(days=1)


def read(village: Village, now: datetime, **more):
    found = board(db.session(), village.community_id, now=now, **more)
    db.session.rollback()
    return found


def test_newest_first_and_on_from_any_line(village: Village) -> None:
    for back in (2, 1, 0):
        at = MONDAY - back * DAY
        given_decided(
            village, [given_record(village, resident, at=at) for resident in village.residents[:2]], at=at
        )
    now = MONDAY + timedelta(hours=1)
    whole = read(village, now)
    assert [line.published_at for line in whole] == sorted(
        (line.published_at for line in whole), reverse=True
    )
    paged, before = [], None
    while page := read(village, now, before=before, limit=2):
        paged += page
        before = page[-1].published_at, page[-1].id
    assert paged == whole


def test_running_and_over_are_two_halves_of_the_board(village: Village) -> None:
    old = given_record(village, village.residents[0], at=MONDAY - 5 * DAY)
    given_decided(village, [old], at=MONDAY - 5 * DAY)
    new, doubted = given_record(village, village.residents[1]), given_record(village, village.residents[2])
    given_decided(village, [new, doubted])
    notices = notices_of_records(db.session(), village.community_id, [doubted.id], now=MONDAY)
    db.session.rollback()
    objection = ObjectToNotice(
        village.community_id, village.residents[3].id, a_key(), notices[doubted.id].id, "没看见"
    )
    with clock.at(MONDAY + DAY):
        transact(object_to_notice, objection)
    now = MONDAY + DAY
    running, over = read(village, now, show="running"), read(village, now, show="over")
    assert {line.record_id: line.state for line in running} == {new.id: "on_notice", doubted.id: "objected"}
    assert {line.record_id: line.state for line in over} == {old.id: "posted"}
    assert {line.id for line in running + over} == {line.id for line in read(village, now)}


def test_what_ended_a_month_ago_has_left_the_board(village: Village) -> None:
    given_decided(village, [given_record(village, village.residents[0])])
    assert len(read(village, MONDAY + 29 * DAY)) == 1
    assert read(village, MONDAY + 31 * DAY) == []


@pytest.mark.parametrize(
    ("passed", "left"),
    [(timedelta(), 3), (timedelta(seconds=1), 3), (DAY, 2), (2 * DAY, 1), (3 * DAY - timedelta(seconds=1), 1), (3 * DAY, 0)],
)  # fmt: skip
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_days_left_are_counted_up(village: Village, passed: timedelta, left: int) -> None:
    given_decided(village, [given_record(village, village.residents[0])])
    (line,) = read(village, MONDAY + timedelta(minutes=20) + passed)
    assert line.days_left == left
    assert line.state == ("posted" if passed == 3 * DAY else "on_notice")


def test_equal_marks_mean_an_equal_board_until_the_next_change(village: Village) -> None:
    for back in (1, 0):
        at = MONDAY - back * timedelta(hours=30)
        given_decided(
            village, [given_record(village, resident, at=at) for resident in village.residents[:2]], at=at
        )
    now, end = MONDAY + timedelta(minutes=20), MONDAY + 4 * DAY
    seen = set()
    while now < end:
        lines = read(village, now, show="running")
        marks = board_marks(db.session(), village.community_id, now=now, show="running")
        until = next_change(lines, now)
        assert now < until <= now + DAY
        just_before = max(now, until - timedelta(microseconds=1))
        assert read(village, just_before, show="running") == lines
        assert board_marks(db.session(), village.community_id, now=just_before, show="running") == marks
        db.session.rollback()
        seen.add(tuple((line.state, line.days_left) for line in lines))
        now = until + timedelta(seconds=2)
    assert len(seen) >= 5


def test_a_deed_of_a_household_is_thanked_by_its_number(village: Village) -> None:
    record = given_record(village, village.residents[0], rule="GOV-01", reporter=village.one("grid_worker"))
    given_decided(village, [record], points=3)
    (line,) = read(village, MONDAY + timedelta(minutes=20))
    assert line.masked_name in ("村**0", "010户")
    assert village.residents[0].name not in repr(line)


def test_each_board_holds_its_own_village(village: Village, neighbour: Village) -> None:
    given_decided(village, [given_record(village, village.residents[0])])
    assert read(neighbour, MONDAY) == []
