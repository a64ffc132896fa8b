"""A village whose people report deeds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.transaction import transact
from points.people.intake import ImportRoster, import_roster
from points.people.queries import MemberBrief, members_of_household
from points.people.roster import RosterRow
from points.records.operations import FileRecord
from tests.builders import MONDAY, Village, a_key, given_village

TODAY = date(2026, 9, 7)


def day(back: int = 0) -> date:
    """The day ``back`` days before Monday."""
    return TODAY - timedelta(days=back)


@pytest.fixture
def village(session: Session, clock_at: Callable[[datetime], None]) -> Village:
    """A village whose rules have been in force for two months; it is Monday morning."""
    village = given_village(at=MONDAY - timedelta(days=40), with_credentials=False)
    clock_at(MONDAY)
    return village


def given_housemate(village: Village, member: MemberBrief, name: str) -> MemberBrief:
    """Somebody more in a member's household."""
    row = RosterRow(
        1, member.household_number, member.grid, None, name, "配偶", "male", 1961, None, False, None
    )
    transact(import_roster, ImportRoster(village.community_id, None, (row,)))
    from app.database import db

    people = members_of_household(db.session(), village.community_id, member.household_id)
    db.session.rollback()
    return next(person for person in people if person.name == name)


def a_deed(village: Village, actor: MemberBrief, rule: str = "AID-02", **more: Any) -> FileRecord:
    """A report of today, by and for the actor unless ``more`` says otherwise."""
    values: dict[str, Any] = {"request_key": a_key(), "done_on": day(), "member_ids": (actor.id,)} | more
    return FileRecord(community_id=village.community_id, actor_id=actor.id, rule_code=rule, **values)
