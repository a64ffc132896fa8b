"""Reading the rule book that was in force on a day."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.rules.models import RuleItem, RuleVersion
from points.rules.policy import counts_quantity, is_of_household, review_path_of

item, version = RuleItem.__table__, RuleVersion.__table__


@dataclass(frozen=True)
class VersionView:
    """One adopted version with its tally."""

    id: uuid.UUID
    number: int
    adopted_by: str
    adopted_on: date
    in_force_from: date
    votes_for: int
    votes_against: int
    votes_abstained: int


@dataclass(frozen=True)
class RuleView:
    """One item; points for one piece, of a deduction zero or below. ``reporters`` in capacities, ``review_path`` as
    ``points.rules.policy`` knows them."""

    id: uuid.UUID
    version: int
    position: int
    code: str
    category_zh: str
    category_en: str
    name_zh: str
    name_en: str
    unit_zh: str
    unit_en: str
    score: str
    points_min: int
    points_default: int
    points_max: int
    cap_count: int | None
    cap_unit: str | None
    cap_period: str | None
    evidence_zh: str
    evidence_en: str
    photo: str
    example_zh: str
    example_en: str
    reporters: frozenset[str]
    review_path: str
    note_zh: str
    note_en: str

    @property
    def is_of_household(self) -> bool:
        """A deed of the household as a whole."""
        return is_of_household(self.unit_en)

    @property
    def counts_quantity(self) -> bool:
        """Whether more than one piece can be reported at once."""
        return counts_quantity(self.cap_unit, self.unit_en)

    @property
    def expected_points(self) -> int:
        """What a review begins from, for one piece; of a deduction, how many it would take."""
        return abs(self.points_default)

    def range_for(self, quantity: int) -> tuple[int, int]:
        """Least and most points of a whole deed; of a deduction, how many it may take, so that the lower median is the
        milder one."""
        least, most = sorted((abs(self.points_min), abs(self.points_max)))
        return least * quantity, most * quantity


def versions_of(session: Session, community_id: int) -> list[VersionView]:
    """All versions, newest first."""
    rows = session.execute(
        sa.select(version).where(version.c.community_id == community_id).order_by(version.c.number.desc())
    )
    return [
        VersionView(**{name: getattr(row, name) for name in VersionView.__dataclass_fields__}) for row in rows
    ]


def version_on(session: Session, community_id: int, day: date) -> VersionView | None:
    """The version in force on a day: the newest whose first day is not later."""
    row = session.execute(
        sa.select(version)
        .where(version.c.community_id == community_id, version.c.in_force_from <= day)
        .order_by(version.c.in_force_from.desc())
        .limit(1)
    ).one_or_none()
    return (
        VersionView(**{name: getattr(row, name) for name in VersionView.__dataclass_fields__})
        if row
        else None
    )


_FROM_TABLE = tuple(name for name in RuleView.__dataclass_fields__ if name not in ("version", "reporters"))


def _view(row: sa.Row) -> RuleView:
    values = {name: getattr(row, name) for name in _FROM_TABLE}
    values["review_path"] = review_path_of(row.score, row.review_path)
    return RuleView(**values, version=row.number, reporters=frozenset(row.reporters.split("|")))


_items = sa.select(item, version.c.number).join(
    version, sa.and_(version.c.community_id == item.c.community_id, version.c.id == item.c.version_id)
)


def book_on(session: Session, community_id: int, day: date) -> list[RuleView]:
    """All items in force on a day, in the book's order; empty before the first version."""
    found = version_on(session, community_id, day)
    if found is None:
        return []
    return book_of(session, community_id, found.id)


def book_of(session: Session, community_id: int, version_id: uuid.UUID) -> list[RuleView]:
    """All items of one version."""
    rows = session.execute(
        _items.where(item.c.community_id == community_id, item.c.version_id == version_id).order_by(
            item.c.position
        )
    )
    return [_view(row) for row in rows]


def rule_on(session: Session, community_id: int, code: str, day: date) -> RuleView | None:
    """The item with this code in the version in force on a day."""
    row = session.execute(
        _items.where(item.c.community_id == community_id, item.c.code == code, version.c.in_force_from <= day)
        .order_by(version.c.in_force_from.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    found = version_on(session, community_id, day)
    return _view(row) if found and found.number == row.number else None


def rules_by_id(session: Session, community_id: int, ids: set[uuid.UUID]) -> dict[uuid.UUID, RuleView]:
    """Items by id, of whichever version."""
    if not ids:
        return {}
    rows = session.execute(_items.where(item.c.community_id == community_id, item.c.id.in_(ids)))
    return {row.id: _view(row) for row in rows}
