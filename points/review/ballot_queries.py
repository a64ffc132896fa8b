"""Reading ballots. Until a session is closed nobody's leaves this module but to the one who cast it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.people.models import Member
from points.review.models import AgendaItem, Ballot, BallotChange, ReviewSession, SecretVote
from points.review.secrecy import Choice, unseal

item, ballot, member = AgendaItem.__table__, Ballot.__table__, Member.__table__
meeting, secret_vote, change = ReviewSession.__table__, SecretVote.__table__, BallotChange.__table__


@dataclass(frozen=True)
class BallotLine:
    """A ballot as the minutes show it after closing; ``name`` only of an open vote, ``officer`` who typed it from paper."""

    item_id: uuid.UUID
    name: str | None
    choice: str
    points: int | None
    reason: str
    officer: str | None = None


@dataclass(frozen=True)
class ChangeLine:
    """That a ballot was changed or voided before the end, and of an open vote what it had said."""

    item_id: uuid.UUID
    name: str
    change: str
    changed_at: datetime
    before: Choice | None


def ballots_of(session: Session, community_id: int, session_id: uuid.UUID) -> list[BallotLine]:
    """All votes of a closed session, without names unless it was open; empty before the count."""
    found = session.execute(
        sa.select(meeting.c.secrecy, meeting.c.closed_at).where(
            meeting.c.community_id == community_id, meeting.c.id == session_id
        )
    ).one_or_none()
    if found is None or found.closed_at is None:
        return []
    if found.secrecy == "secret":
        return _secret_votes(session, community_id, session_id)
    officer = member.alias("officer")
    names = found.secrecy == "open"
    rows = session.execute(
        sa.select(ballot, member.c.name, officer.c.name.label("officer"))
        .join(item, sa.and_(item.c.community_id == ballot.c.community_id, item.c.id == ballot.c.item_id))
        .join(member, sa.and_(member.c.community_id == ballot.c.community_id, member.c.id == ballot.c.member_id))
        .outerjoin(officer, sa.and_(officer.c.community_id == ballot.c.community_id,
                                    officer.c.id == ballot.c.entered_by))
        .where(ballot.c.community_id == community_id, item.c.session_id == session_id)
        .order_by(item.c.position, *([member.c.name] if names else [ballot.c.choice, ballot.c.points]))
    )  # fmt: skip
    return [
        BallotLine(
            row.item_id, row.name if names else None, row.choice, row.points, row.reason,
            row.officer if names else None,
        )
        for row in rows
    ]  # fmt: skip


def _secret_votes(session: Session, community_id: int, session_id: uuid.UUID) -> list[BallotLine]:
    rows = session.execute(
        sa.select(secret_vote)
        .join(item, sa.and_(item.c.community_id == secret_vote.c.community_id,
                            item.c.id == secret_vote.c.item_id))
        .where(secret_vote.c.community_id == community_id, item.c.session_id == session_id)
        .order_by(item.c.position, secret_vote.c.choice, secret_vote.c.points)
    )  # fmt: skip
    return [BallotLine(row.item_id, None, row.choice, row.points, row.reason) for row in rows]


def changes_of(session: Session, community_id: int, session_id: uuid.UUID) -> list[ChangeLine]:
    """The trail of a closed session, oldest first; what a ballot had said only of an open vote. Empty before the count."""
    rows = session.execute(
        sa.select(change, member.c.name, meeting.c.secrecy)
        .join(item, sa.and_(item.c.community_id == change.c.community_id, item.c.id == change.c.item_id))
        .join(meeting, sa.and_(meeting.c.community_id == item.c.community_id, meeting.c.id == item.c.session_id))
        .join(member, sa.and_(member.c.community_id == change.c.community_id, member.c.id == change.c.member_id))
        .where(change.c.community_id == community_id, item.c.session_id == session_id,
               meeting.c.closed_at.is_not(None))
        .order_by(change.c.id)
    )  # fmt: skip
    return [
        ChangeLine(
            row.item_id, row.name, row.change, row.changed_at,
            Choice(row.choice, row.points, row.reason) if row.secrecy == "open" else None,
        )
        for row in rows
    ]  # fmt: skip


def ballots_cast(session: Session, community_id: int, ids: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Item -> how many ballots it has."""
    if not ids:
        return {}
    rows = session.execute(
        sa.select(ballot.c.item_id, sa.func.count())
        .where(ballot.c.community_id == community_id, ballot.c.item_id.in_(ids))
        .group_by(ballot.c.item_id)
    )
    return dict(rows.all())


def own_ballots(
    session: Session, community_id: int, ids: list[uuid.UUID], viewer_id: uuid.UUID | None
) -> dict[uuid.UUID, Choice]:
    """Item -> what the viewer voted; of a secret session only until it is counted, for then nobody knows."""
    if viewer_id is None or not ids:
        return {}
    rows = session.execute(
        sa.select(ballot).where(
            ballot.c.community_id == community_id, ballot.c.member_id == viewer_id, ballot.c.item_id.in_(ids)
        )
    )
    own = {
        row.item_id: unseal(session, row.sealed) if row.sealed else Choice(row.choice, row.points, row.reason)
        for row in rows
    }
    return {item_id: choice for item_id, choice in own.items() if choice is not None}
