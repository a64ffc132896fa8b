"""Who is meant by a name and, where several bear it, a household number or a phone. No list of people is shown."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import Invalid
from points.people.models import Household, Member

member, household = Member.__table__, Household.__table__


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """The whole name, and what tells namesakes apart: their household number or their phone; None says nothing."""

    name: str
    household_number: str | None = None
    phone: str | None = None


@dataclass(frozen=True)
class Found:
    """Who it is."""

    id: uuid.UUID
    household_id: uuid.UUID


class Register:
    """The people of some names, read in one statement."""

    def __init__(self, session: Session, community_id: int, names: Collection[str]) -> None:
        rows = session.execute(
            sa.select(member.c.id, member.c.name, member.c.phone, member.c.household_id, household.c.number)
            .join(household, sa.and_(household.c.community_id == member.c.community_id,
                                     household.c.id == member.c.household_id))
            .where(member.c.community_id == community_id, member.c.name.in_(names), member.c.left_at.is_(None))
        )  # fmt: skip
        self._people: dict[str, list[sa.Row]] = {}
        for row in rows:
            self._people.setdefault(row.name, []).append(row)

    def find(self, person: NamedPerson) -> Found:
        """The one person. Raises Invalid ``person_not_here`` and ``person_ambiguous``, each with ``name``."""
        here = [
            row
            for row in self._people.get(person.name, ())
            if person.household_number in (None, row.number) and person.phone in (None, row.phone)
        ]
        if not here:
            raise Invalid("person_not_here", name=person.name)
        if len(here) > 1:
            raise Invalid("person_ambiguous", name=person.name)
        return Found(here[0].id, here[0].household_id)
