"""What every step of a case begins and ends with: the row under lock, and a line of its history."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.conduct.models import ConductCase, ConductEvent
from points.conduct.policy import LONGEST_TEXT
from points.errors import Invalid, NotFound
from points.people.queries import roles_of


def lock_case(session: Session, community_id: int, case_id: uuid.UUID) -> ConductCase:
    """The case under lock, freshly read. NotFound ``case_not_found``, also for another community's."""
    case = session.scalar(
        sa.select(ConductCase)
        .where(ConductCase.community_id == community_id, ConductCase.id == case_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if case is None:
        raise NotFound("case_not_found")
    return case


def write_step(
    session: Session, case: ConductCase, event: str, actor_id: uuid.UUID | None, *, now: datetime, note: str = ""
) -> None:  # fmt: skip
    """One line of the history."""
    session.execute(
        sa.insert(ConductEvent.__table__).values(
            community_id=case.community_id, id=new_id(), case_id=case.id, event=event, actor_id=actor_id, note=note,
            happened_at=now,
        )
    )  # fmt: skip


def words_of(text: str) -> str:
    """What was written, trimmed. Raises Invalid ``reason_needed``, ``note_too_long``."""
    if len(text) > LONGEST_TEXT:
        raise Invalid("note_too_long", most=LONGEST_TEXT)
    if not text.strip():
        raise Invalid("reason_needed")
    return text.strip()


def require_officer(session: Session, case: ConductCase, actor_id: uuid.UUID) -> None:
    """The opener or a steward, and never the person itself. NotFound ``case_not_found``."""
    if actor_id == case.member_id or (
        actor_id != case.opener_id and "steward" not in roles_of(session, case.community_id, actor_id)
    ):
        raise NotFound("case_not_found")


def require_party(session: Session, case: ConductCase, actor_id: uuid.UUID) -> None:
    """The person, or the officer who writes down what the person says. NotFound ``case_not_found``."""
    if actor_id != case.member_id:
        require_officer(session, case, actor_id)
