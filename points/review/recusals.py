"""Who stands aside while something is being decided."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.people.helping import helpers_who_filed
from points.people.models import Member
from points.people.relations import relations_between
from points.review.models import AgendaItem, Recusal, ReviewSession

item, recusal, meeting = AgendaItem.__table__, Recusal.__table__, ReviewSession.__table__
member = Member.__table__


def stands_aside(
    session: Session, community_id: int, record_ids: Collection[uuid.UUID], member_id: uuid.UUID
) -> bool:
    """True when one of the records lies on the table of an open session and the member is recused from it."""
    if not record_ids:
        return False
    found = session.execute(
        sa.select(recusal.c.id)
        .join(item, sa.and_(item.c.community_id == recusal.c.community_id, item.c.id == recusal.c.item_id))
        .join(meeting, sa.and_(meeting.c.community_id == item.c.community_id, meeting.c.id == item.c.session_id))
        .where(
            recusal.c.community_id == community_id, recusal.c.member_id == member_id,
            item.c.record_id.in_(record_ids), meeting.c.state == "open",
        )
        .limit(1)
    ).one_or_none()  # fmt: skip
    return found is not None


class Deed(Protocol):
    """Whose deed it is: a record, or a row with its columns."""

    member_id: uuid.UUID | None
    household_id: uuid.UUID


def related_to(
    session: Session, community_id: int, judges: Collection[uuid.UUID], deeds: Mapping[uuid.UUID, Deed]
) -> dict[tuple[uuid.UUID, uuid.UUID], str]:
    """(judge, record) -> how the judge is related: ``relative``, ``employer`` or ``helper``. ``deeds`` by record.

    Points go to the household, so a relative or helper of anybody who lives there stands aside; a colleague only of the
    person who did it; and who reported the deed for somebody in a helper session. Four statements however many deeds.
    """
    people: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    rows = session.execute(
        sa.select(member.c.id, member.c.household_id).where(
            member.c.community_id == community_id, member.c.left_at.is_(None),
            member.c.household_id.in_({deed.household_id for deed in deeds.values()}),
        )
    )  # fmt: skip
    for row in rows:
        people[row.household_id].append(row.id)
    everybody = [person for household in people.values() for person in household]
    found = relations_between(session, community_id, judges, everybody)
    related: dict[tuple[uuid.UUID, uuid.UUID], str] = {
        (helper, record_id): "helper"
        for record_id, helper in helpers_who_filed(session, community_id, deeds).items()
        if helper in judges
    }
    for record_id, deed in deeds.items():
        for judge in judges:
            reasons = [
                reason
                for person in people[deed.household_id]
                if (reason := found.get((judge, person)))
                and (reason != "employer" or person == deed.member_id)
            ]
            if reasons:
                related[judge, record_id] = reasons[0]
    return related
