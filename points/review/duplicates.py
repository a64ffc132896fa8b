"""The same deed reported twice: linked in the session, so that it counts once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import Conflict, NotAllowed, NotFound
from points.records.models import Record
from points.review.models import AgendaItem, Recusal, ReviewSession
from points.review.reading import lock_session, require_chair, require_open


def root_of(item_id: uuid.UUID, same_as: Mapping[uuid.UUID, uuid.UUID | None]) -> uuid.UUID:
    """The item at the end of the chain: the one of all its duplicates that is decided."""
    seen = {item_id}
    while (following := same_as.get(item_id)) is not None and following not in seen:
        seen.add(following)
        item_id = following
    return item_id


@dataclass(frozen=True)
class LinkDuplicate:
    """``record_id`` reports the same deed as ``same_as_id`` (None: takes the link away again)."""

    community_id: int
    actor_id: uuid.UUID
    session_id: uuid.UUID
    record_id: uuid.UUID
    same_as_id: uuid.UUID | None


def link_duplicate(session: Session, command: LinkDuplicate, *, now: datetime) -> None:
    """The chair links two items of one household on the open agenda; however long the chain, its end alone counts.

    Two households that claim one deed are for the vote to judge, not for a link. Raises NotFound ``item_not_found``;
    NotAllowed ``not_chair``, ``related_to_item``; Conflict ``session_not_open``, ``session_closed``,
    ``duplicate_of_itself``, ``duplicate_of_other_household``.
    """
    meeting = lock_session(session, command.community_id, command.session_id)
    require_chair(meeting, command.actor_id)
    require_open(meeting, now)
    items = _leading(session, meeting)
    item = _find(session, items, command.record_id, command)
    if command.same_as_id is None:
        item.same_as_id = None
    else:
        other = _find(session, items, command.same_as_id, command)
        links = {each.id: each.same_as_id for each in items.values()}
        if root_of(other.id, links) == item.id:
            raise Conflict("duplicate_of_itself")
        _check_households(session, command)
        item.same_as_id = other.id
    meeting.revision += 1


def _leading(session: Session, meeting: ReviewSession) -> dict[uuid.UUID, AgendaItem]:
    rows = session.scalars(
        sa.select(AgendaItem).where(
            AgendaItem.community_id == meeting.community_id, AgendaItem.session_id == meeting.id,
            AgendaItem.follows_id.is_(None),
        )
    )  # fmt: skip
    return {row.record_id: row for row in rows}


def _find(
    session: Session, items: dict[uuid.UUID, AgendaItem], record_id: uuid.UUID, command: LinkDuplicate
) -> AgendaItem:
    item = items.get(record_id)
    if item is None:
        raise NotFound("item_not_found")
    aside = session.scalar(
        sa.select(Recusal.id).where(
            Recusal.community_id == command.community_id, Recusal.item_id == item.id,
            Recusal.member_id == command.actor_id,
        )
    )  # fmt: skip
    if aside is not None:
        raise NotAllowed("related_to_item")
    return item


def _check_households(session: Session, command: LinkDuplicate) -> None:
    households = session.scalars(
        sa.select(Record.household_id).where(
            Record.community_id == command.community_id,
            Record.id.in_([command.record_id, command.same_as_id]),
        )
    ).all()
    if len(set(households)) > 1:
        raise Conflict("duplicate_of_other_household")
