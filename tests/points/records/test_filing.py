"""Filing a deed: what the rule of its day allows, and nothing of it left to whoever reviews it later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.transaction import transact
from points.base import new_id
from points.records.models import Record, RecordEvent, RecordEvidence
from points.records.operations import (
    AddEvidence,
    FileRecord,
    WithdrawRecord,
    add_evidence,
    file_record,
    withdraw_record,
)
from points.rules.operations import AdoptRules, adopt_rules
from tests.builders import MONDAY, Village, a_key, demo_rules, given_village, refused
from tests.points.records.conftest import a_deed, day, given_housemate


def count(session: Session, table: type = Record) -> int:
    """Rows of a table."""
    found = session.scalar(
        sa.select(sa.func.count()).select_from(table), execution_options={"across_communities": True}
    )
    session.rollback()
    return found


def test_a_deed_is_filed_with_the_points_its_rule_promises(village: Village, session: Session) -> None:
    member = village.residents[0]
    (filed,) = transact(file_record, a_deed(village, member, note=" 帮王奶奶换了被褥 ")).records
    assert (filed.state, filed.expected_points) == ("submitted", 4)
    assert (filed.member_id, filed.household_id) == (member.id, member.household_id)
    stored = session.execute(
        sa.select(Record.__table__).where(Record.community_id == village.community_id)
    ).one()
    assert (stored.note, stored.rule_code, stored.quantity) == ("帮王奶奶换了被褥", "AID-02", 1)
    events = session.scalars(
        sa.select(RecordEvent.event).where(RecordEvent.community_id == village.community_id)
    ).all()
    assert events == ["filed"]


def given_photo(village: Village, uploader, sha256: str | None = None):
    """A registered photo; its file is no matter of the domain."""
    command = AddEvidence(
        village.community_id, uploader.id, new_id(), sha256 or new_id().hex * 2, 800, 600, 90_000
    )
    return transact(add_evidence, command)


# rule, who reports, days back that fit, a day that is one too many, what is said, a day of the next period
CAPS = (
    ("ENV-03", "self", (6, 5, 4), 3, "cap_reached", 0),  # three a week, from Monday
    ("AID-02", "self", (15, 14, 13, 12, 11, 10), 9, "cap_reached", 6),  # six a month
    ("GOV-01", "grid_worker", (8, 7, 6, 5), 4, "cap_reached", None),  # four a quarter
    ("HON-04", "self", (3,), 10, "cap_reached", None),  # one a year
    ("CUL-01", "grid_worker", (2,), 2, "duplicate_record", 1),  # one an event: another day is another event
)


@pytest.mark.parametrize(
    ("rule", "who", "fitting", "too_many", "said", "next_one"), CAPS, ids=[cap[0] for cap in CAPS]
)
def test_a_cap_holds_within_its_period_and_not_beyond(
    village: Village,
    rule: str,
    who: str,
    fitting: tuple[int, ...],
    too_many: int,
    said: str,
    next_one: int | None,
) -> None:
    subject = village.residents[0]
    actor = subject if who == "self" else village.one(who)

    def report(back: int) -> FileRecord:
        photos = (given_photo(village, actor),) if rule == "ENV-03" else ()
        return a_deed(village, actor, rule, member_ids=(subject.id,), done_on=day(back), evidence_ids=photos)

    for back in fitting:
        transact(file_record, report(back))
    assert refused(file_record, report(too_many)) == said
    if next_one is not None:
        assert transact(file_record, report(next_one)).records


def test_a_cap_in_points_counts_what_the_pieces_promise(village: Village) -> None:
    worker, subject = village.one("grid_worker"), village.residents[0]
    hours = [(5, 8), (4, 8), (3, 4)]  # 20 hours of two points each: the month's forty
    for back, quantity in hours:
        deed = a_deed(
            village, worker, "VOL-01", member_ids=(subject.id,), done_on=day(back), quantity=quantity
        )
        assert transact(file_record, deed).records[0].expected_points == 2 * quantity
    assert (
        refused(file_record, a_deed(village, worker, "VOL-01", member_ids=(subject.id,), done_on=day(2)))
        == "cap_reached"
    )


@pytest.mark.parametrize("gone_by", ["withdrawn", "rejected", "voided"])
def test_a_dead_record_uses_nothing_of_a_cap(village: Village, session: Session, gone_by: str) -> None:
    member = village.residents[0]
    (first,) = transact(file_record, a_deed(village, member, "HON-04", done_on=day(3))).records
    if gone_by == "withdrawn":
        transact(withdraw_record, WithdrawRecord(village.community_id, member.id, first.id))
    else:
        transact(_set_state, (village.community_id, first.id, gone_by))
    assert transact(file_record, a_deed(village, member, "HON-04", done_on=day(3))).records


def _set_state(session: Session, command: tuple, *, now: object) -> None:
    community_id, record_id, state = command
    session.execute(
        sa.update(Record)
        .where(Record.community_id == community_id, Record.id == record_id)
        .values(state=state)
    )


def test_the_cap_of_a_person_is_nobody_elses(village: Village) -> None:
    member = village.residents[0]
    spouse = given_housemate(village, member, "老伴")
    transact(file_record, a_deed(village, member, done_on=day(1)))
    assert transact(file_record, a_deed(village, member, member_ids=(spouse.id,), done_on=day(1))).records


def test_a_household_has_one_cap_however_many_live_in_it(village: Village) -> None:
    member = village.residents[0]
    spouse = given_housemate(village, member, "老伴")
    transact(file_record, a_deed(village, member, "HON-04", member_ids=(), household_id=member.household_id))
    deed = a_deed(village, member, "HON-04", member_ids=(spouse.id,), done_on=day(2))
    assert refused(file_record, deed) == "cap_reached"


def test_two_of_one_household_in_one_report_share_the_cap_of_a_households_deed(
    village: Village, session: Session
) -> None:
    member, worker = village.residents[0], village.one("grid_worker")
    spouse = given_housemate(village, member, "老伴")
    deed = a_deed(village, worker, "GOV-01", member_ids=(member.id, spouse.id))
    assert refused(file_record, deed) == "duplicate_record"
    assert count(session) == 0


def test_the_same_deed_of_the_same_day_is_a_duplicate_until_it_is_withdrawn(village: Village) -> None:
    member = village.residents[0]
    (first,) = transact(file_record, a_deed(village, member)).records
    assert refused(file_record, a_deed(village, member, note="又报一次")) == "duplicate_record"
    assert transact(file_record, a_deed(village, member, "AID-01")).records
    transact(withdraw_record, WithdrawRecord(village.community_id, member.id, first.id))
    assert transact(file_record, a_deed(village, member)).records


# rule, who reports, for whom, whether that is allowed
AUTHORITY = (
    ("AID-02", "resident", "self", True),
    ("AID-02", "resident", "neighbour", False),
    ("AID-01", "resident", "neighbour", True),  # neighbours may name each other
    ("AID-02", "grid_worker", "neighbour", True),
    ("ENV-02", "resident", "self", False),  # the leader of the clean-up reports who was there
    ("ENV-02", "grid_worker", "neighbour", True),
    ("ENV-06", "grid_worker", "neighbour", False),  # the village office has the station's list
    ("ENV-06", "steward", "neighbour", True),
    ("ENV-01", "reviewer", "neighbour", False),
)


@pytest.mark.parametrize(("rule", "who", "whom", "allowed"), AUTHORITY)
def test_who_may_report_is_what_the_rule_says(
    village: Village, rule: str, who: str, whom: str, allowed: bool
) -> None:
    actor = village.residents[0] if who == "resident" else village.one(who)
    subject = actor if whom == "self" else village.residents[1]
    photos = (given_photo(village, actor),) if rule in ("ENV-01", "ENV-02") else ()
    deed = a_deed(village, actor, rule, member_ids=(subject.id,), evidence_ids=photos)
    if allowed:
        assert transact(file_record, deed).records
    else:
        assert refused(file_record, deed) == "may_not_report"


def test_a_deduction_cannot_be_reported(village: Village) -> None:
    worker = village.one("grid_worker")
    deed = a_deed(village, worker, "DED-02", member_ids=(village.residents[0].id,))
    assert refused(file_record, deed) == "deduction_needs_due_process"


def test_the_version_in_force_on_the_day_of_the_deed_applies(village: Village) -> None:
    richer = tuple(
        replace(item, points_default=6) if item.code == "AID-02" else item for item in demo_rules()
    )
    book = AdoptRules(village.community_id, None, richer, "村民代表会议", day(3), day(2), 30)
    transact(adopt_rules, book)
    member = village.residents[0]
    points = {
        back: transact(file_record, a_deed(village, member, done_on=day(back))).records[0].expected_points
        for back in (3, 2, 0)
    }
    assert points == {3: 4, 2: 6, 0: 6}


def test_a_rule_that_was_not_yet_there_on_that_day_is_refused(village: Village) -> None:
    newer = (*demo_rules(), replace(demo_rules()[13], code="AID-99"))
    book = AdoptRules(village.community_id, None, newer, "村民代表会议", day(3), day(2), 30)
    transact(adopt_rules, book)
    member = village.residents[0]
    assert refused(file_record, a_deed(village, member, "AID-99", done_on=day(3))) == "rule_not_in_force"
    assert transact(file_record, a_deed(village, member, "AID-99", done_on=day(2))).records


DAYS = ((-1, "done_on_in_future"), (31, "done_on_too_long_ago"), (30, ""), (0, ""))


@pytest.mark.parametrize(("back", "said"), DAYS)
def test_a_deed_lies_within_the_last_thirty_days(village: Village, back: int, said: str) -> None:
    deed = a_deed(village, village.residents[0], done_on=day(back))
    if said:
        assert refused(file_record, deed) == said
    else:
        assert transact(file_record, deed).records


def test_today_is_the_villages_today(village: Village) -> None:
    """At 23:30 UTC on Monday it is Tuesday morning in the village."""
    deed = a_deed(village, village.residents[0], done_on=day(-1))
    assert refused(file_record, deed) == "done_on_in_future"
    with clock.at(MONDAY + timedelta(hours=23)):
        assert transact(file_record, deed).records


FORMS = (
    ({"quantity": 2}, "quantity_not_counted"),
    ({"quantity": 0}, "quantity_not_counted"),
    ({"note": "长" * 501}, "note_too_long"),
    ({"member_ids": ()}, "nobody_named"),
)


@pytest.mark.parametrize(("wrong", "said"), FORMS, ids=[said for _, said in FORMS])
def test_a_report_that_breaks_a_rule_of_form_is_refused(
    village: Village, wrong: dict[str, object], said: str
) -> None:
    assert refused(file_record, a_deed(village, village.residents[0], **wrong)) == said


def test_a_day_has_eight_hours_to_give(village: Village) -> None:
    worker, subject = village.one("grid_worker"), village.residents[0]
    deed = a_deed(village, worker, "VOL-01", member_ids=(subject.id,), quantity=9)
    assert refused(file_record, deed) == "quantity_too_large"
    assert transact(file_record, replace(deed, quantity=8)).records


def test_where_the_rule_asks_for_a_photo_there_is_no_record_without_one(village: Village) -> None:
    member = village.residents[0]
    assert refused(file_record, a_deed(village, member, "ENV-03")) == "photo_required"
    photo = given_photo(village, member)
    assert transact(file_record, a_deed(village, member, "ENV-03", evidence_ids=(photo,))).records


def test_only_ones_own_photo_of_this_village_can_be_shown(village: Village) -> None:
    member = village.residents[0]
    somebody_elses = given_photo(village, village.residents[1])
    next_door = given_village(code="beishan", village=2, residents=1, with_credentials=False)
    far_away = given_photo(next_door, next_door.residents[0])
    for photo in (somebody_elses, far_away, new_id()):
        deed = a_deed(village, member, "ENV-03", evidence_ids=(photo,))
        assert refused(file_record, deed) == "evidence_not_found"


def test_the_same_photo_proves_one_deed_only(village: Village) -> None:
    member, again = village.residents[0], "a" * 64
    first_photo = given_photo(village, member, again)
    (first,) = transact(file_record, a_deed(village, member, "ENV-03", evidence_ids=(first_photo,))).records
    sent_again = given_photo(village, member, again)
    deed = a_deed(village, member, "ENV-03", done_on=day(1), evidence_ids=(sent_again,))
    assert refused(file_record, deed) == "photo_used_before"
    transact(withdraw_record, WithdrawRecord(village.community_id, member.id, first.id))
    assert transact(file_record, deed).records


def test_a_photo_of_a_group_stands_behind_the_record_of_each(village: Village, session: Session) -> None:
    worker = village.one("grid_worker")
    photo, people = given_photo(village, worker), [person.id for person in village.residents[:3]]
    deed = a_deed(village, worker, "ENV-02", member_ids=tuple(people), evidence_ids=(photo,))
    filed = transact(file_record, deed).records
    assert [record.member_id for record in filed] == people
    assert count(session, RecordEvidence) == 3


def test_people_of_another_village_are_not_found(village: Village, session: Session) -> None:
    next_door = given_village(code="beishan", village=2, residents=1, with_credentials=False)
    stranger, member = next_door.residents[0], village.residents[0]
    assert refused(file_record, a_deed(village, member, member_ids=(stranger.id,))) == "member_not_found"
    household = a_deed(village, member, "HON-04", member_ids=(), household_id=stranger.household_id)
    assert refused(file_record, household) == "household_not_found"
    as_stranger = replace(a_deed(village, member), actor_id=stranger.id)
    assert refused(file_record, as_stranger) == "member_not_found"
    assert count(session) == 0


def test_a_repeat_gets_the_same_answer_and_writes_nothing(village: Village, session: Session) -> None:
    worker = village.one("grid_worker")
    people = tuple(person.id for person in village.residents[:3])
    deed = a_deed(village, worker, member_ids=people, note="一起去的")
    first = transact(file_record, deed)
    with clock.at(MONDAY + timedelta(days=3)):
        assert transact(file_record, deed) == first
    assert count(session) == 3


CHANGES = (
    {"note": "别的话"},
    {"rule_code": "AID-01"},
    {"done_on": date(2026, 9, 6)},
)


@pytest.mark.parametrize("change", CHANGES, ids=["note", "rule", "day"])
def test_the_same_key_with_another_content_is_a_conflict(village: Village, change: dict[str, object]) -> None:
    deed = a_deed(village, village.residents[0])
    transact(file_record, deed)
    assert refused(file_record, replace(deed, **change)) == "request_key_reused"
    other = replace(deed, member_ids=(village.residents[1].id,), actor_id=village.residents[1].id)
    assert refused(file_record, other) == "request_key_reused"


def test_many_at_once_are_filed_all_or_none(village: Village, session: Session) -> None:
    worker, people = village.one("grid_worker"), village.residents
    transact(file_record, a_deed(village, people[2]))
    deed = a_deed(village, worker, member_ids=tuple(person.id for person in people[:4]))
    assert refused(file_record, deed) == "duplicate_record"
    assert count(session) == 1
    without = replace(deed, member_ids=tuple(person.id for person in people[:2]), request_key=a_key())
    assert len(transact(file_record, without).records) == 2


def test_somebody_named_twice_is_noted_once(village: Village) -> None:
    worker, subject = village.one("grid_worker"), village.residents[0]
    deed = a_deed(village, worker, member_ids=(subject.id, subject.id))
    assert len(transact(file_record, deed).records) == 1


def test_no_more_than_a_hundred_at_once(village: Village) -> None:
    ids = tuple(new_id() for _ in range(101))
    deed = a_deed(village, village.one("grid_worker"), member_ids=ids)
    assert refused(file_record, deed) == "too_many_members"
