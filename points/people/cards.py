"""Cards that are lost, and the history of everybody's cards."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import Conflict
from points.people.models import Card
from points.people.operations import write_act

card = Card.__table__


@dataclass(frozen=True)
class RevokeCard:
    """The card is lost and there is to be no new one now."""

    community_id: int
    actor_id: uuid.UUID
    member_id: uuid.UUID


def revoke_card(session: Session, command: RevokeCard, *, now: datetime) -> None:
    """The card in use is worthless from now on, with a line of the public list that names nobody.

    Conflict ``no_card_in_use``, also for a member that is not there.
    """
    row = session.scalar(
        sa.select(Card)
        .where(
            Card.community_id == command.community_id,
            Card.member_id == command.member_id,
            Card.revoked_at.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None or row.revoked_at is not None:
        raise Conflict("no_card_in_use")
    row.revoked_at = now
    write_act(session, command, "card_revoked", "", "", subject_id=command.member_id, now=now)


@dataclass(frozen=True)
class CardVersion:
    """One of somebody's cards; the code itself is only on the card."""

    version: int
    issued_at: datetime
    revoked_at: datetime | None


def card_history(session: Session, community_id: int, member_id: uuid.UUID) -> list[CardVersion]:
    """All cards of a member, the newest first."""
    rows = session.execute(
        sa.select(card.c.version, card.c.issued_at, card.c.revoked_at)
        .where(card.c.community_id == community_id, card.c.member_id == member_id)
        .order_by(card.c.version.desc())
    )
    return [CardVersion(**row._mapping) for row in rows]


def latest_cards(
    session: Session, community_id: int, member_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, CardVersion]:
    """The newest card of each of these members; who never had one is left out. One statement."""
    if not member_ids:
        return {}
    rows = session.execute(
        sa.select(card.c.member_id, card.c.version, card.c.issued_at, card.c.revoked_at)
        .where(card.c.community_id == community_id, card.c.member_id.in_(member_ids))
        .order_by(card.c.version)
    )
    return {row.member_id: CardVersion(row.version, row.issued_at, row.revoked_at) for row in rows}
