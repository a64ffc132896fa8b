"""Elections as a village holds them, for the tests of groups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from points.groups.operations import ByElect, ElectGroup
from points.groups.policy import SeatWanted
from points.people.models import AdminAct
from points.people.queries import MemberBrief
from tests.builders import Village, a_key

TODAY = date(2026, 9, 7)  # MONDAY where the village is


def election(village: Village, people: Sequence[MemberBrief], **more: Any) -> ElectGroup:
    """People elected by 40 voters with 30 votes each, the first of them head, for three years from today."""
    seats = tuple(SeatWanted(person.id, 30, 2, place == 0) for place, person in enumerate(people))
    values = {
        "actor_id": village.one("steward").id, "request_key": a_key(), "kind": "review", "elected_by": "村民代表会议",
        "elected_on": TODAY, "starts_on": TODAY, "ends_on": date(2029, 9, 6), "voters": 40, "seats": seats,
    } | more  # fmt: skip
    return ElectGroup(village.community_id, **values)


def by_election(village: Village, *seats: SeatWanted, **more: Any) -> ByElect:
    """People who join the group during its term, elected by 40 voters."""
    values = {
        "actor_id": village.one("steward").id, "request_key": a_key(), "kind": "review", "elected_by": "村民会议",
        "elected_on": TODAY, "voters": 40,
    } | more  # fmt: skip
    return ByElect(village.community_id, seats=seats, **values)


def public_lines(session: Any, village: Village) -> list[tuple[str, str, str]]:
    """The newest lines of the public list first: act, detail, reason."""
    rows = session.execute(
        sa.select(AdminAct.act, AdminAct.detail, AdminAct.reason)
        .where(AdminAct.community_id == village.community_id)
        .order_by(AdminAct.done_at.desc(), AdminAct.id.desc())
    ).all()
    session.rollback()
    return [tuple(row) for row in rows]
