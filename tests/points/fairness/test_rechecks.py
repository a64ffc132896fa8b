"""Re-checks: the lot falls by itself, and a visit is written down once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import clock
from app.transaction import transact
from points.fairness.drawing import draw, fingerprint
from points.fairness.models import Recheck, RecheckRound
from points.fairness.operations import DrawRechecks, NoteVisit, draw_rechecks, note_visit
from points.fairness.rounds import (
    RecheckView,
    counts_posted_in,
    month_before,
    posted_in,
    recheck_by_id,
    rechecks,
    rounds,
)
from points.people.acts import acts_of
from points.records.operations import FiledRecord
from tests.builders import Village, given_decided, given_record, refused

SEPTEMBER = date(2026, 9, 1)
ZONE = "Asia/Shanghai"
# The notices end on Thursday the 10th; on the 1st of October something is posted, on the 2nd that day is over.
OCTOBER_2 = datetime.fromisoformat("2026-10-02T09:00:00+08:00")


@pytest.fixture
def posted(village: Village, clock_at: Callable[[datetime], None]) -> list[FiledRecord]:
    """Six awards of September, one of October, and it is the 2nd of October."""
    worker = village.one("grid_worker")
    records = [given_record(village, resident, reporter=worker) for resident in village.residents[:5]]
    records.append(given_record(village, village.one("supervisor"), reporter=worker))
    given_decided(village, records)
    late = OCTOBER_2 - timedelta(days=1)
    given_decided(village, [given_record(village, village.residents[5], at=late)], at=late)
    clock_at(OCTOBER_2)
    return records


def drawn(village: Village, count: int | None = None) -> object:
    command = DrawRechecks(village.community_id, village.one("supervisor").id, SEPTEMBER, count)
    return transact(draw_rechecks, command)


def visits(session: Session, village: Village, **more: object) -> list[RecheckView]:
    try:
        return rechecks(session, village.community_id, now=clock.now(), **more)
    finally:
        session.rollback()


def test_anybody_can_repeat_the_draw_and_nobody_can_change_it(
    session: Session, village: Village, posted: list[FiledRecord]
) -> None:
    round_id = drawn(village)
    assert drawn(village) == round_id
    (found,) = rounds(session, village.community_id)
    assert (found.month, found.size, found.count, found.open) == (SEPTEMBER, 6, 3, 3)
    assert found.source == "transfers:2026-10-01"
    numbered = posted_in(session, village.community_id, SEPTEMBER, zone=ZONE)
    assert {one.record_id for one in numbered} == {record.id for record in posted}
    assert found.list_sha256 == fingerprint([one.notice_id for one in numbered])
    numbers = draw(bytes.fromhex(found.seed), 6, 3)
    assert [visit.number for visit in visits(session, village)] == sorted(numbers)
    assert {visit.record.id for visit in visits(session, village)} == {
        numbered[number - 1].record_id for number in numbers
    }
    act = acts_of(session, village.community_id)[0]
    assert (act.act, act.detail) == ("rechecks_drawn", "2026-09 3/6")
    assert found.seed.startswith(act.reason)
    for table, changed in ((RecheckRound, {"seed": "aa"}), (Recheck, {"state": "found_right"})):
        with pytest.raises(DBAPIError, match="never changed|visited"):
            session.query(table).filter_by(community_id=village.community_id).update(changed)
        session.rollback()


def test_more_may_be_drawn_and_visited_by_somebody_who_is_not_concerned(
    session: Session, village: Village, posted: list[FiledRecord]
) -> None:
    for count in (2, 7):
        command = DrawRechecks(village.community_id, village.one("supervisor").id, SEPTEMBER, count)
        assert refused(draw_rechecks, command) == "recheck_count_wrong"
    drawn(village, 6)
    assert [visit.number for visit in visits(session, village)] == [1, 2, 3, 4, 5, 6]
    # Nobody checks the own deed, the own report, or what they decided.
    supervisor = village.one("supervisor")
    own = next(visit for visit in visits(session, village) if visit.record.member_id == supervisor.id)
    for who, code in (
        (supervisor, "related_to_item"), (village.one("grid_worker"), "related_to_item"),
        (village.chair, "judge_of_item"),
    ):  # fmt: skip
        command = NoteVisit(village.community_id, who.id, own.id, "found_right", "看过了")
        assert refused(note_visit, command) == code


def test_a_month_is_drawn_when_it_is_over_and_its_seed_is_out(
    session: Session, village: Village, clock_at: Callable[[datetime], None]
) -> None:
    supervisor = village.one("supervisor").id
    given_decided(village, [given_record(village, village.residents[0])])
    september = DrawRechecks(village.community_id, supervisor, date(2026, 9, 15))
    clock_at(datetime.fromisoformat("2026-09-30T23:00:00+08:00"))
    assert refused(draw_rechecks, september) == "month_not_over"
    clock_at(OCTOBER_2)
    assert refused(draw_rechecks, september) == "seed_not_yet"
    given_decided(village, [given_record(village, village.residents[1], at=OCTOBER_2)], at=OCTOBER_2)
    assert refused(draw_rechecks, september) == "seed_not_yet"  # the day is not over
    clock_at(OCTOBER_2 + timedelta(days=1))
    transact(draw_rechecks, september)
    august = DrawRechecks(village.community_id, supervisor, date(2026, 8, 1))
    assert refused(draw_rechecks, august) == "nothing_to_recheck"
    months = [SEPTEMBER, date(2026, 8, 1)]
    assert counts_posted_in(session, village.community_id, months, zone=ZONE) == [1, 0]


def test_months_are_counted_back_over_new_year() -> None:
    assert [month_before(date(2026, 3, 31), back) for back in (1, 2, 3)] == [
        date(2026, 2, 1), date(2026, 1, 1), date(2025, 12, 1),
    ]  # fmt: skip


def test_a_visit_is_written_down_once(
    session: Session, village: Village, neighbour: Village, posted: list[FiledRecord]
) -> None:
    drawn(village, 6)
    supervisor = village.one("supervisor")
    one = next(visit for visit in visits(session, village) if visit.record.member_id != supervisor.id)

    def visit(**changes: object) -> NoteVisit:
        plain = {
            "state": "found_right",
            "words": "看了，院子还整齐",
            "contact": "问了本人",
            "visited_on": None,
        }
        return NoteVisit(village.community_id, supervisor.id, one.id, **(plain | changes))

    assert refused(note_visit, visit(state="open")) == "finding_unknown"
    assert refused(note_visit, visit(words=" ")) == "reason_needed"
    assert refused(note_visit, visit(words="长" * 501)) == "note_too_long"
    assert refused(note_visit, visit(visited_on=date(2026, 10, 1))) == "visit_day_wrong"
    assert refused(note_visit, visit(visited_on=date(2026, 10, 3))) == "visit_day_wrong"
    next_door = NoteVisit(neighbour.community_id, supervisor.id, one.id, "found_right", "看了")
    assert refused(note_visit, next_door) == "recheck_not_found"
    assert transact(note_visit, visit(state="found_wrong")) == "found_wrong"
    assert transact(note_visit, visit(state="found_wrong")) == "found_wrong"
    assert refused(note_visit, visit()) == "recheck_done"
    found = recheck_by_id(session, village.community_id, one.id, now=clock.now())
    assert (found.state, found.words, found.contact) == ("found_wrong", "看了，院子还整齐", "问了本人")
    assert (found.visited_by, found.visited_on) == (supervisor.name, date(2026, 10, 2))
    # Points stay as they are.
    assert (found.record.state, found.record.points) == ("posted", 5)
    assert len(visits(session, village, is_open=True)) == 5
    assert [line.id for line in visits(session, village, is_open=False)] == [one.id]
    (counted,) = rounds(session, village.community_id)
    assert (counted.open, counted.found_right, counted.found_wrong, counted.not_found) == (5, 0, 1, 0)
