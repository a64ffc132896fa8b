"""Taking a report back, as long as nobody has it on the table."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.transaction import transact
from points.base import new_id
from points.records.models import RecordEvent
from points.records.operations import WithdrawRecord, file_record, withdraw_record
from points.records.queries import moving_records_of_household, record_detail
from tests.builders import MONDAY, Village, given_decided, given_open_session, given_village, refused
from tests.points.records.conftest import a_deed, day, given_housemate


def withdrawal(village: Village, actor, record) -> WithdrawRecord:
    """The actor takes the record back."""
    return WithdrawRecord(village.community_id, actor.id, record.id)


def events(session: Session, village: Village) -> list[str]:
    """What happened, in order."""
    found = session.scalars(
        sa.select(RecordEvent.event)
        .where(RecordEvent.community_id == village.community_id)
        .order_by(RecordEvent.id)
    ).all()
    session.rollback()
    return list(found)


def test_the_one_who_did_it_takes_it_back_once_and_for_all(village: Village, session: Session) -> None:
    member = village.residents[0]
    (record,) = transact(file_record, a_deed(village, member)).records
    assert transact(withdraw_record, withdrawal(village, member, record)) == "withdrawn"
    assert transact(withdraw_record, withdrawal(village, member, record)) == "withdrawn"
    assert events(session, village) == ["filed", "withdrawn"]


def test_the_reporter_and_the_household_may_take_it_back_and_nobody_else(village: Village) -> None:
    worker, member = village.one("grid_worker"), village.residents[0]
    spouse = given_housemate(village, member, "老伴")
    deeds = [
        transact(file_record, a_deed(village, worker, done_on=day(back), member_ids=(member.id,))).records[0]
        for back in (0, 1)
    ]
    for outsider in (village.residents[1], village.one("steward"), village.chair):
        assert refused(withdraw_record, withdrawal(village, outsider, deeds[0])) == "record_not_found"
    assert transact(withdraw_record, withdrawal(village, worker, deeds[0])) == "withdrawn"
    assert transact(withdraw_record, withdrawal(village, spouse, deeds[1])) == "withdrawn"


def test_what_lies_on_the_table_or_hangs_on_the_board_stays(village: Village, session: Session) -> None:
    member = village.residents[0]
    (record,) = transact(file_record, a_deed(village, member)).records
    given_open_session(village)
    assert refused(withdraw_record, withdrawal(village, member, record)) == "record_not_withdrawable"
    (other,) = transact(file_record, a_deed(village, village.residents[1])).records
    assert transact(withdraw_record, withdrawal(village, village.residents[1], other)) == "withdrawn"


def test_a_decided_record_stays(village: Village) -> None:
    member = village.residents[0]
    (record,) = transact(file_record, a_deed(village, member)).records
    given_decided(village, [record])
    assert refused(withdraw_record, withdrawal(village, member, record)) == "record_not_withdrawable"


@pytest.mark.parametrize("who", ["stranger", "nobody"])
def test_another_villages_record_is_not_there(village: Village, who: str) -> None:
    next_door = given_village(code="beishan", village=2, residents=1, with_credentials=False)
    member = village.residents[0]
    (record,) = transact(file_record, a_deed(village, member)).records
    actor_id = next_door.residents[0].id if who == "stranger" else new_id()
    for community_id in (village.community_id, next_door.community_id):
        assert refused(withdraw_record, WithdrawRecord(community_id, actor_id, record.id)) == (
            "record_not_found"
        )


def test_what_is_on_its_way_is_told_until_it_has_arrived(village: Village, session: Session) -> None:
    member = village.residents[0]
    (record,) = transact(file_record, a_deed(village, member)).records
    (gone,) = transact(file_record, a_deed(village, member, "AID-01")).records
    transact(withdraw_record, withdrawal(village, member, gone))

    def moving(now) -> list:
        found = moving_records_of_household(session, village.community_id, member.household_id, now=now)
        session.rollback()
        return [(line.id, line.state) for line in found]

    assert moving(MONDAY) == [(record.id, "submitted")]
    given_decided(village, [record])
    detail = record_detail(session, village.community_id, record.id, now=MONDAY)
    session.rollback()
    ends_at = detail.line.ends_at
    assert moving(MONDAY) == [(record.id, "on_notice")]
    assert moving(ends_at) == []
