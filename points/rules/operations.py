"""Adopting a version of the rule book. A version is never changed; a better one follows it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, Invalid
from points.people.operations import write_act
from points.rules.lint import Finding, lint_book
from points.rules.models import RuleItem, RuleVersion, RuleWarning
from points.rules.sheet import RuleLine

MOST_ITEMS = 200


@dataclass(frozen=True)
class AdoptRules:
    """A rule book as an assembly adopted it, with its tally. ``in_force_from`` may not lie before the version before."""

    community_id: int
    actor_id: uuid.UUID | None
    items: tuple[RuleLine, ...]
    adopted_by: str
    adopted_on: date
    in_force_from: date
    votes_for: int
    votes_against: int = 0
    votes_abstained: int = 0


@dataclass(frozen=True)
class RulesAdopted:
    """``is_new`` is False when the same book with the same date had been adopted already."""

    version_id: uuid.UUID
    version: int
    items: int
    is_new: bool


def adopt_rules(session: Session, command: AdoptRules, *, now: datetime) -> RulesAdopted:
    """Writes the next version, with what the rules about rules warn of. The same book again changes nothing.

    Raises Invalid ``rules_empty``, ``rules_too_many``, ``rules_not_carried`` (no majority for them), ``rules_refused``
    (``items``: codes the rules about rules refuse); Conflict ``rules_date_taken``, ``rules_before_last_version``.
    """
    last = session.execute(
        sa.select(RuleVersion)
        .where(RuleVersion.community_id == command.community_id)
        .order_by(RuleVersion.number.desc())
        .limit(1)
        .with_for_update()
    ).scalar_one_or_none()
    if last is not None and last.in_force_from == command.in_force_from:
        if _same(session, last, command.items):
            return RulesAdopted(last.id, last.number, len(command.items), is_new=False)
        raise Conflict("rules_date_taken", day=command.in_force_from)
    warnings = _look_at(command)
    if last is not None and command.in_force_from < last.in_force_from:
        raise Conflict("rules_before_last_version", day=last.in_force_from)
    version = RuleVersion(
        community_id=command.community_id,
        id=new_id(),
        number=(last.number if last else 0) + 1,
        adopted_by=command.adopted_by,
        adopted_on=command.adopted_on,
        in_force_from=command.in_force_from,
        votes_for=command.votes_for,
        votes_against=command.votes_against,
        votes_abstained=command.votes_abstained,
        recorded_at=now,
        recorded_by=command.actor_id,
    )
    session.add(version)
    session.flush()  # items point at it
    session.execute(sa.insert(RuleItem.__table__), _rows(version, command.items))
    if warnings:
        session.execute(sa.insert(RuleWarning.__table__), _warning_rows(version, warnings))
    detail = f"v{version.number}: {len(command.items)}"
    write_act(session, command, "rules_adopted", detail, command.adopted_by, now=now)
    return RulesAdopted(version.id, version.number, len(command.items), is_new=True)


def _look_at(command: AdoptRules) -> list[Finding]:
    """What is wrong with the book itself is raised, what is to be looked at returned."""
    if not command.items:
        raise Invalid("rules_empty")
    if len(command.items) > MOST_ITEMS:
        raise Invalid("rules_too_many", most=MOST_ITEMS)
    if command.votes_for <= command.votes_against:
        raise Invalid("rules_not_carried")
    findings = lint_book(command.items)
    if refused := [finding.item for finding in findings if finding.is_refusal]:
        raise Invalid("rules_refused", items=list(dict.fromkeys(refused)))
    return findings


_TEXTS = tuple(
    column.name
    for column in RuleItem.__table__.columns
    if column.name not in ("community_id", "id", "version_id", "position", "reporters")
)


def item_values(line: RuleLine) -> dict[str, object]:
    """The columns of an item, of a version or of a draft."""
    return {name: getattr(line, name) for name in _TEXTS} | {"reporters": "|".join(line.reporters)}


def _warning_rows(version: RuleVersion, warnings: Sequence[Finding]) -> list[dict[str, object]]:
    return [
        {
            "community_id": version.community_id, "id": new_id(), "version_id": version.id, "position": at,
            "item_code": finding.item, "code": finding.code, "facts": finding.facts,
        }
        for at, finding in enumerate(warnings, 1)
    ]  # fmt: skip


def _rows(version: RuleVersion, items: Sequence[RuleLine]) -> list[dict[str, object]]:
    return [
        {
            "community_id": version.community_id,
            "id": new_id(),
            "version_id": version.id,
            "position": at,
            **item_values(line),
        }
        for at, line in enumerate(items, 1)
    ]


def _same(session: Session, version: RuleVersion, items: Sequence[RuleLine]) -> bool:
    columns = [RuleItem.__table__.c[name] for name in (*_TEXTS, "reporters")]
    stored = session.execute(
        sa.select(*columns)
        .where(RuleItem.community_id == version.community_id, RuleItem.version_id == version.id)
        .order_by(RuleItem.position)
    )
    return [dict(row._mapping) for row in stored] == [item_values(line) for line in items]
