"""Reading wishes. Nobody is told whose they are: what counts is how many wish the same."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.wishes.models import Wish, WishBacking
from shop.wishes.operations import WAITING

wish, backing = Wish.__table__, WishBacking.__table__


@dataclass(frozen=True)
class WishView:
    """A wish; ``backers`` wish it, its author among them, and ``is_backed`` says whether the reader does."""

    id: uuid.UUID
    text: str
    created_at: datetime
    state: str
    answer: str
    answered_at: datetime | None
    backers: int
    is_backed: bool


def wishes_of(
    session: Session, community_id: int, *, reader_id: uuid.UUID, is_waiting: bool, limit: int = 50
) -> list[WishView]:
    """Waiting wishes, the most wished first, or answered ones, the newest answer first. One statement."""
    backers = sa.func.count(backing.c.id)
    own = sa.func.coalesce(sa.func.max(sa.case((backing.c.member_id == reader_id, 1), else_=0)), 0)
    order = (backers.desc(), wish.c.id) if is_waiting else (wish.c.answered_at.desc(), wish.c.id)
    rows = session.execute(
        sa.select(
            wish.c.id, wish.c.text, wish.c.created_at, wish.c.state, wish.c.answer, wish.c.answered_at,
            backers.label("backers"), own.label("own"),
        )
        .outerjoin(backing, sa.and_(backing.c.community_id == wish.c.community_id, backing.c.wish_id == wish.c.id))
        .where(wish.c.community_id == community_id,
               wish.c.state.in_(WAITING) if is_waiting else wish.c.state.not_in(WAITING))
        .group_by(wish.c.community_id, wish.c.id)
        .order_by(*order)
        .limit(limit)
    )  # fmt: skip
    return [
        WishView(row.id, row.text, row.created_at, row.state, row.answer, row.answered_at, row.backers, bool(row.own))
        for row in rows
    ]  # fmt: skip
