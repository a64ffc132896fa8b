"""Writing the next rule book: a draft that everybody at the desk works on, until an assembly adopts it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.days import local_day
from points.errors import Conflict, Invalid, NotFound
from points.people.operations import write_act
from points.people.queries import community_by_id
from points.rules.difference import difference_from_last
from points.rules.models import RuleDraft, RuleDraftItem, RuleItem
from points.rules.operations import MOST_ITEMS, AdoptRules, RulesAdopted, adopt_rules, item_values
from points.rules.queries import versions_of
from points.rules.sheet import RuleLine


@dataclass(frozen=True)
class StartDraft:
    """Begin a draft from the lines of a sheet, or (``items`` None) from the newest adopted version."""

    community_id: int
    actor_id: uuid.UUID | None
    items: tuple[RuleLine, ...] | None = None


def start_draft(session: Session, command: StartDraft, *, now: datetime) -> uuid.UUID:
    """Opens a draft; items that the rules about rules refuse may stand in it until they are put right.

    Raises Conflict ``draft_open`` while there is another; Invalid ``rules_too_many``.
    """
    if _find_open(session, command.community_id) is not None:
        raise Conflict("draft_open")
    lines = _newest_lines(session, command.community_id) if command.items is None else command.items
    if len(lines) > MOST_ITEMS:
        raise Invalid("rules_too_many", most=MOST_ITEMS)
    draft = RuleDraft(
        community_id=command.community_id, id=new_id(), started_at=now, started_by=command.actor_id, changed_at=now
    )  # fmt: skip
    session.add(draft)
    session.flush()  # items point at it
    for position, line in enumerate(lines, 1):
        session.add(_new_item(draft, line, position))
    write_act(session, command, "rules_drafted", str(len(lines)), "", now=now)
    return draft.id


@dataclass(frozen=True)
class PutDraftItem:
    """Write an item of a draft: a new one, or (``item_id``) in the place of one that is there."""

    community_id: int
    actor_id: uuid.UUID | None
    draft_id: uuid.UUID
    line: RuleLine
    item_id: uuid.UUID | None = None


def put_draft_item(session: Session, command: PutDraftItem, *, now: datetime) -> None:
    """Writes the item. A new one, and one of another category than before, goes behind the last of its category.

    Raises NotFound ``draft_not_found``, ``draft_item_not_found``; Conflict ``draft_closed``, ``draft_code_taken``
    (``item``); Invalid ``rules_too_many``.
    """
    draft = _change(session, command.community_id, command.draft_id, now=now)
    items = _items(session, draft)
    current = next((item for item in items if item.id == command.item_id), None)
    if command.item_id is not None and current is None:
        raise NotFound("draft_item_not_found")
    if any(item.code == command.line.code and item is not current for item in items):
        raise Conflict("draft_code_taken", item=command.line.code)
    if current is None and len(items) >= MOST_ITEMS:
        raise Invalid("rules_too_many", most=MOST_ITEMS)
    if current is not None and current.category_zh == command.line.category_zh:
        position = current.position
    else:
        position = _make_room(items, command.line.category_zh)
    if current is None:
        session.add(_new_item(draft, command.line, position))
        return
    for name, value in item_values(command.line).items():
        setattr(current, name, value)
    current.position = position


@dataclass(frozen=True)
class RemoveDraftItem:
    """Leave an item out of the next book."""

    community_id: int
    actor_id: uuid.UUID | None
    draft_id: uuid.UUID
    item_id: uuid.UUID


def remove_draft_item(session: Session, command: RemoveDraftItem, *, now: datetime) -> None:
    """Takes it out of the draft; gone already: nothing happens. NotFound ``draft_not_found``; Conflict ``draft_closed``."""
    draft = _change(session, command.community_id, command.draft_id, now=now)
    session.execute(
        sa.delete(RuleDraftItem).where(
            RuleDraftItem.community_id == draft.community_id, RuleDraftItem.draft_id == draft.id,
            RuleDraftItem.id == command.item_id,
        )
    )  # fmt: skip


@dataclass(frozen=True)
class DropDraft:
    """Give a draft up."""

    community_id: int
    actor_id: uuid.UUID | None
    draft_id: uuid.UUID


def drop_draft(session: Session, command: DropDraft, *, now: datetime) -> None:
    """Closes the draft; nothing of it comes into force. NotFound ``draft_not_found``; Conflict ``draft_closed``."""
    draft = _change(session, command.community_id, command.draft_id, now=now)
    draft.state = "dropped"
    write_act(session, command, "rules_draft_dropped", "", "", now=now)


@dataclass(frozen=True)
class AdoptDraft:
    """A draft as an assembly adopted it. ``revision`` is the one the assembly saw."""

    community_id: int
    actor_id: uuid.UUID | None
    draft_id: uuid.UUID
    revision: int
    adopted_by: str
    adopted_on: date
    in_force_from: date
    votes_for: int
    votes_against: int = 0
    votes_abstained: int = 0


def adopt_draft(session: Session, command: AdoptDraft, *, now: datetime) -> RulesAdopted:
    """Makes the draft the next version, in force from a later day: nobody's deeds of today change their points.

    Raises NotFound ``draft_not_found``; Conflict ``draft_closed``, ``draft_changed`` (another revision than was shown),
    ``draft_changes_nothing``; Invalid ``rules_adopted_in_future``, ``rules_not_from_tomorrow``; and what ``adopt_rules``
    raises.
    """
    draft = _locked(session, command.community_id, command.draft_id)
    if draft.revision != command.revision:
        raise Conflict("draft_changed")
    today = local_day(now, community_by_id(session, command.community_id).zone)
    if command.adopted_on > today:
        raise Invalid("rules_adopted_in_future")
    if command.in_force_from <= today:
        raise Invalid("rules_not_from_tomorrow", day=today)
    lines = tuple(_as_line(item) for item in _items(session, draft))
    compared = difference_from_last(session, command.community_id, lines)
    if compared is not None and not compared[1]:
        raise Conflict("draft_changes_nothing", version=compared[0])
    done = adopt_rules(
        session,
        AdoptRules(
            command.community_id, command.actor_id, lines, command.adopted_by, command.adopted_on,
            command.in_force_from, command.votes_for, command.votes_against, command.votes_abstained,
        ),
        now=now,
    )  # fmt: skip
    draft.state, draft.version_id, draft.changed_at = "adopted", done.version_id, now
    return done


def _find_open(session: Session, community_id: int) -> RuleDraft | None:
    return session.scalar(
        sa.select(RuleDraft).where(RuleDraft.community_id == community_id, RuleDraft.state == "open")
    )


def _locked(session: Session, community_id: int, draft_id: uuid.UUID) -> RuleDraft:
    draft = session.scalar(
        sa.select(RuleDraft)
        .where(RuleDraft.community_id == community_id, RuleDraft.id == draft_id)
        .with_for_update()
    )
    if draft is None:
        raise NotFound("draft_not_found")
    if draft.state != "open":
        raise Conflict("draft_closed")
    return draft


def _change(session: Session, community_id: int, draft_id: uuid.UUID, *, now: datetime) -> RuleDraft:
    draft = _locked(session, community_id, draft_id)
    draft.revision += 1
    draft.changed_at = now
    return draft


def _items(session: Session, draft: RuleDraft) -> list[RuleDraftItem]:
    return list(
        session.scalars(
            sa.select(RuleDraftItem)
            .where(RuleDraftItem.community_id == draft.community_id, RuleDraftItem.draft_id == draft.id)
            .order_by(RuleDraftItem.position)
        )
    )


def _newest_lines(session: Session, community_id: int) -> tuple[RuleLine, ...]:
    versions = versions_of(session, community_id)
    if not versions:
        return ()
    items = session.scalars(
        sa.select(RuleItem)
        .where(RuleItem.community_id == community_id, RuleItem.version_id == versions[0].id)
        .order_by(RuleItem.position)
    )
    return tuple(_as_line(item) for item in items)


def _as_line(item: RuleItem | RuleDraftItem) -> RuleLine:
    names = [name for name in RuleLine.__dataclass_fields__ if name not in ("line", "reporters")]
    values = {name: getattr(item, name) for name in names}
    return RuleLine(line=item.position, reporters=tuple(item.reporters.split("|")), **values)


def _new_item(draft: RuleDraft, line: RuleLine, position: int) -> RuleDraftItem:
    return RuleDraftItem(
        community_id=draft.community_id,
        id=new_id(),
        draft_id=draft.id,
        position=position,
        **item_values(line),
    )


def _make_room(items: list[RuleDraftItem], category: str) -> int:
    """The position behind the last item of a category (behind all, for a new one); later items move on by one."""
    last = max((item.position for item in items if item.category_zh == category), default=0)
    if not last:
        return max((item.position for item in items), default=0) + 1
    for item in items:
        if item.position > last:
            item.position += 1
    return last + 1
