"""A relation that becomes known while a session is open: the judge stands aside from then on, and a ballot is void."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import datetime
from functools import wraps
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.review.agenda import write_recusals
from points.review.ballots import void_ballots
from points.review.models import Recusal, ReviewSession
from points.review.reading import lock_session


def with_recusals(operation: Callable[..., Any]) -> Callable[..., Any]:
    """``operation`` on relations, and what it means for the sessions that are open, in one transaction."""

    @wraps(operation)
    def both(session: Session, command: Any, *, now: datetime) -> Any:
        result = operation(session, command, now=now)
        session.flush()
        recuse_anew(session, command.community_id, command.actor_id, now=now)
        return result

    return both


def recuse_anew(session: Session, community_id: int, actor_id: uuid.UUID | None, *, now: datetime) -> int:
    """Looks again who stands aside from what in every open session; a recusal once written stays.

    A ballot already cast on such an item leaves the box, and the minutes say so. Returns how many were voided.
    """
    open_sessions = session.scalars(
        sa.select(ReviewSession.id).where(
            ReviewSession.community_id == community_id, ReviewSession.state == "open",
            ReviewSession.closes_at > now,
        )
    ).all()  # fmt: skip
    voided = 0
    for session_id in open_sessions:
        meeting = lock_session(session, community_id, session_id)
        new: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
        for item_id, judge in write_recusals(session, meeting):
            new[judge].append(item_id)
        meeting.revision += 1 if new else 0
        for judge, items in new.items():
            touched = void_ballots(session, meeting, judge, items, actor_id, now)
            _mark(session, community_id, judge, touched)
            voided += len(touched)
    return voided


def _mark(session: Session, community_id: int, judge: uuid.UUID, items: Collection[uuid.UUID]) -> None:
    session.execute(
        sa.update(Recusal)
        .where(Recusal.community_id == community_id, Recusal.member_id == judge, Recusal.item_id.in_(items))
        .values(voided_a_ballot=True)
    )
