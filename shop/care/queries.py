"""Reading the care list: for the steward and the supervisor, and one question for the counter."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.people.models import Household, Member
from shop.care.models import CareEntry

entry, member, household = CareEntry.__table__, Member.__table__, Household.__table__


@dataclass(frozen=True)
class CareLine:
    """``is_waiting``: the supervisor's word is missing; ``expires_at`` None: never confirmed yet."""

    id: uuid.UUID
    member_id: uuid.UUID
    name: str
    household_number: str
    why: str
    is_waiting: bool
    proposed_by: uuid.UUID | None
    expires_at: datetime | None


def care_list(session: Session, community_id: int, *, now: datetime) -> list[CareLine]:
    """Who is on it or proposed, by household number; what is over is not there, deleted yet or not."""
    rows = session.execute(
        sa.select(entry, member.c.name, household.c.number)
        .join(member, sa.and_(member.c.community_id == entry.c.community_id, member.c.id == entry.c.member_id))
        .join(household, sa.and_(household.c.community_id == member.c.community_id,
                                 household.c.id == member.c.household_id))
        .where(entry.c.community_id == community_id, sa.or_(entry.c.expires_at.is_(None), entry.c.expires_at > now),
               member.c.left_at.is_(None))
        .order_by(household.c.number, member.c.id)
    )  # fmt: skip
    return [
        CareLine(row.id, row.member_id, row.name, row.number, row.why, row.proposed_by is not None, row.proposed_by,
                 row.expires_at)
        for row in rows
    ]  # fmt: skip


def is_cared_for(session: Session, community_id: int, household_id: uuid.UUID, *, now: datetime) -> bool:
    """Is somebody of the household on the list and confirmed? Family may fetch the goods."""
    return bool(
        session.scalar(
            sa.select(
                sa.exists().where(
                    entry.c.community_id == community_id, entry.c.expires_at > now,
                    member.c.community_id == community_id, member.c.id == entry.c.member_id,
                    member.c.household_id == household_id, member.c.left_at.is_(None),
                )
            )
        )
    )  # fmt: skip
