"""Reading rule books: the one in force on a day, every version and its warnings, and the open draft."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.people.models import Member
from points.rules.lint import WARNING, Finding
from points.rules.models import RuleDraft, RuleDraftItem, RuleItem, RuleVersion, RuleWarning
from points.rules.policy import counts_quantity, is_of_household, review_path_of

item, version, warning = RuleItem.__table__, RuleVersion.__table__, RuleWarning.__table__
draft, draft_item, member = RuleDraft.__table__, RuleDraftItem.__table__, Member.__table__


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
    ``points.rules.policy`` knows them. ``version`` 0: in a draft."""

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
    number = getattr(row, "number", 0)
    return RuleView(**values, version=number, reporters=frozenset(row.reporters.split("|")))


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


def history_of(session: Session, community_id: int, code: str) -> list[tuple[VersionView, RuleView | None]]:
    """An item through all versions, newest first; None where a version does not have it."""
    rows = session.execute(_items.where(item.c.community_id == community_id, item.c.code == code))
    by_number = {row.number: _view(row) for row in rows}
    return [(found, by_number.get(found.number)) for found in versions_of(session, community_id)]


def warnings_of(session: Session, community_id: int, version_id: uuid.UUID) -> list[Finding]:
    """What its assembly had been asked to look at when a version was adopted."""
    rows = session.execute(
        sa.select(warning)
        .where(warning.c.community_id == community_id, warning.c.version_id == version_id)
        .order_by(warning.c.position)
    )
    return [Finding(row.code, WARNING, row.item_code, row.facts) for row in rows]


@dataclass(frozen=True)
class DraftView:
    """The book being written. ``started_by`` is a name; None when the command line began it."""

    id: uuid.UUID
    revision: int
    started_at: datetime
    changed_at: datetime
    started_by: str | None


def open_draft(session: Session, community_id: int) -> DraftView | None:
    """The draft that is open; None when nobody is writing one."""
    row = session.execute(
        sa.select(draft, member.c.name)
        .outerjoin(
            member, sa.and_(member.c.community_id == draft.c.community_id, member.c.id == draft.c.started_by)
        )
        .where(draft.c.community_id == community_id, draft.c.state == "open")
    ).one_or_none()
    return DraftView(row.id, row.revision, row.started_at, row.changed_at, row.name) if row else None


def draft_book(session: Session, community_id: int, draft_id: uuid.UUID) -> list[RuleView]:
    """All items of a draft, in its order."""
    rows = session.execute(
        sa.select(draft_item)
        .where(draft_item.c.community_id == community_id, draft_item.c.draft_id == draft_id)
        .order_by(draft_item.c.position)
    )
    return [_view(row) for row in rows]
