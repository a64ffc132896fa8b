"""Helper sessions: a helper acts for a resident only while a session lasts that the resident's card and PIN opened, and
what is done in it names both (``shop.codes.helping`` opens one, since PINs are kept there).
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.people.models import Card, HelpedAct, HelperSession, Member

LASTS = timedelta(minutes=15)
MOST_SHOWN = 50
_FILING = ("file_record", "object_to_notice", "file_appeal")

session_row, act, card, member = (
    HelperSession.__table__, HelpedAct.__table__, Card.__table__, Member.__table__,
)  # fmt: skip
helper = member.alias("helper")


@dataclass(frozen=True)
class Helping:
    """A session that goes on: who helps whom, and until when at the latest."""

    id: uuid.UUID
    community_id: int
    helper_id: uuid.UUID
    member_id: uuid.UUID
    ends_at: datetime


def live_helping(
    session: Session, community_id: int, session_id: uuid.UUID, helper_id: uuid.UUID, *, now: datetime
) -> Helping | None:
    """The helper's session, unless it is over: by itself, by an end, or because the card or the PIN is no more."""
    row = session.execute(
        sa.select(session_row.c.id, session_row.c.community_id, session_row.c.helper_id, session_row.c.member_id,
                  session_row.c.ends_at)
        .join(card, sa.and_(card.c.community_id == session_row.c.community_id, card.c.id == session_row.c.card_id))
        .where(session_row.c.community_id == community_id, session_row.c.id == session_id,
               session_row.c.helper_id == helper_id, *_goes_on(now), card.c.revoked_at.is_(None))
    ).one_or_none()  # fmt: skip
    return Helping(*row) if row else None


@dataclass(frozen=True)
class CloseHelping:
    """The helper is done. ``session_id`` None: whatever of theirs goes on."""

    community_id: int
    helper_id: uuid.UUID
    session_id: uuid.UUID | None = None


def close_helping(session: Session, command: CloseHelping, *, now: datetime) -> None:
    """Ends the helper's sessions that go on; one that is over stays as it ended."""
    of_helper = [
        session_row.c.community_id == command.community_id,
        session_row.c.helper_id == command.helper_id,
    ]
    if command.session_id is not None:
        of_helper.append(session_row.c.id == command.session_id)
    session.execute(sa.update(session_row).where(*of_helper, *_goes_on(now)).values(closed_at=now))


def close_helpings_of(session: Session, community_id: int, member_id: uuid.UUID, *, now: datetime) -> None:
    """Ends whatever goes on for somebody: the PIN that opened it is no more."""
    session.execute(
        sa.update(session_row)
        .where(session_row.c.community_id == community_id, session_row.c.member_id == member_id, *_goes_on(now))
        .values(closed_at=now)
    )  # fmt: skip


def _goes_on(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return session_row.c.closed_at.is_(None), session_row.c.ends_at > now


def note_helped(
    session: Session, helping: Helping, name: str, subjects: Sequence[uuid.UUID], *, now: datetime
) -> None:
    """Writes down what a helper did, in the transaction that does it; one line for each subject, at least one."""
    lines = [
        {"community_id": helping.community_id, "id": new_id(), "session_id": helping.id, "act": name,
         "subject_id": subject, "done_at": now}
        for subject in subjects or [None]
    ]  # fmt: skip
    session.execute(sa.insert(act), lines)


def was_noted(session: Session, helping: Helping, name: str, subjects: Collection[uuid.UUID]) -> bool:
    """Whether this session did it already, with one of these."""
    found = session.scalar(
        sa.select(act.c.id)
        .where(act.c.community_id == helping.community_id, act.c.session_id == helping.id, act.c.act == name,
               act.c.subject_id.in_(subjects))
        .limit(1)
    )  # fmt: skip
    return found is not None


_acts = (
    sa.select(act.c.subject_id, act.c.act, helper.c.id.label("helper_id"), helper.c.name)
    .join(session_row, sa.and_(session_row.c.community_id == act.c.community_id, session_row.c.id == act.c.session_id))
    .join(helper, sa.and_(helper.c.community_id == session_row.c.community_id, helper.c.id == session_row.c.helper_id))
    .order_by(act.c.id)
)  # fmt: skip


def helper_names(session: Session, community_id: int, subject_id: uuid.UUID) -> list[str]:
    """Who helped with an order or a record, in the order of what they did."""
    rows = session.execute(_acts.where(act.c.community_id == community_id, act.c.subject_id == subject_id))
    return list(dict.fromkeys(row.name for row in rows))


def helpers_who_filed(
    session: Session, community_id: int, subject_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, uuid.UUID]:
    """Record, objection or appeal -> the helper who filed it for somebody."""
    rows = session.execute(
        _acts.where(
            act.c.community_id == community_id, act.c.subject_id.in_(subject_ids), act.c.act.in_(_FILING)
        )
    )
    return {row.subject_id: row.helper_id for row in rows}


@dataclass(frozen=True)
class HelpingView:
    """A session for lists. ``acts``: what was done, as the names of operations, in order."""

    id: uuid.UUID
    helper: str
    member: str
    opened_at: datetime
    ended_at: datetime
    acts: tuple[str, ...]


def helpings_of(
    session: Session,
    community_id: int,
    *,
    member_id: uuid.UUID | None = None,
    before: uuid.UUID | None = None,
    limit: int = MOST_SHOWN,
) -> list[HelpingView]:
    """Sessions, newest first, at most ``limit``; of one member, as helper or as the one helped, or of everybody."""
    query = (
        sa.select(session_row, helper.c.name.label("helper"), member.c.name.label("member"))
        .join(helper, sa.and_(helper.c.community_id == session_row.c.community_id, helper.c.id == session_row.c.helper_id))
        .join(member, sa.and_(member.c.community_id == session_row.c.community_id, member.c.id == session_row.c.member_id))
        .where(session_row.c.community_id == community_id)
        .order_by(session_row.c.id.desc())
        .limit(limit)
    )  # fmt: skip
    if member_id is not None:
        query = query.where(
            sa.or_(session_row.c.helper_id == member_id, session_row.c.member_id == member_id)
        )
    if before is not None:
        query = query.where(session_row.c.id < before)
    rows = session.execute(query).all()
    done = _acts_of(session, community_id, [row.id for row in rows])
    return [
        HelpingView(row.id, row.helper, row.member, row.opened_at, row.closed_at or row.ends_at,
                    tuple(done.get(row.id, ())))
        for row in rows
    ]  # fmt: skip


def _acts_of(
    session: Session, community_id: int, session_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[str]]:
    if not session_ids:
        return {}
    found: dict[uuid.UUID, list[str]] = {}
    rows = session.execute(
        sa.select(act.c.session_id, act.c.act)
        .where(act.c.community_id == community_id, act.c.session_id.in_(session_ids))
        .order_by(act.c.id)
    )
    for row in rows:
        found.setdefault(row.session_id, []).append(row.act)
    return found
