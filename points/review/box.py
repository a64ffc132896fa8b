"""Opening the box: the votes of a session as the count needs them, from phones, from paper sheets, or sealed."""

from __future__ import annotations

import uuid
from collections import defaultdict

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.review.models import AgendaItem, Ballot, ReviewSession, SecretVote
from points.review.paper import sheet_votes
from points.review.policy import Vote
from points.review.secrecy import Choice, unseal

ballot, item, secret_vote = Ballot.__table__, AgendaItem.__table__, SecretVote.__table__


def votes_of(
    session: Session, meeting: ReviewSession, item_ids: list[uuid.UUID]
) -> dict[uuid.UUID, list[Vote]]:
    """Item -> its votes, in one statement."""
    if meeting.kind == "paper":
        return sheet_votes(session, meeting)
    found: dict[uuid.UUID, list[Vote]] = defaultdict(list)
    for item_id, choice in _choices(session, meeting, item_ids):
        found[item_id].append(Vote(choice.choice, choice.points))
    return found


def _choices(
    session: Session, meeting: ReviewSession, item_ids: list[uuid.UUID]
) -> list[tuple[uuid.UUID, Choice]]:
    rows = session.execute(
        sa.select(ballot.c.item_id, ballot.c.choice, ballot.c.points, ballot.c.reason, ballot.c.sealed).where(
            ballot.c.community_id == meeting.community_id, ballot.c.item_id.in_(item_ids)
        )
    )
    opened = (
        (
            row.item_id,
            unseal(session, row.sealed) if row.sealed else Choice(row.choice, row.points, row.reason),
        )
        for row in rows
    )
    return [(item_id, choice) for item_id, choice in opened if choice is not None]


def break_seals(session: Session, meeting: ReviewSession) -> None:
    """Writes the votes of a secret session down without their voters, and throws what was sealed away.

    They stand sorted by what they say, so that their order tells nothing about who voted when.
    """
    if meeting.secrecy != "secret" or meeting.kind == "paper":
        return
    session.flush()
    item_ids = list(
        session.scalars(
            sa.select(item.c.id).where(
                item.c.community_id == meeting.community_id, item.c.session_id == meeting.id
            )
        )
    )
    found = _choices(session, meeting, item_ids)
    found.sort(key=lambda each: (each[0], each[1].choice, each[1].points or 0, each[1].reason))
    if not found:
        return
    session.execute(
        sa.insert(secret_vote),
        [
            {"community_id": meeting.community_id, "id": new_id(), "item_id": item_id, "choice": choice.choice,
             "points": choice.points, "reason": choice.reason}
            for item_id, choice in found
        ],
    )  # fmt: skip
    session.execute(
        sa.update(ballot)
        .where(ballot.c.community_id == meeting.community_id, ballot.c.item_id.in_(item_ids))
        .values(sealed=None)
    )
