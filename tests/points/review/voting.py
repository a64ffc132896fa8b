"""Short words for what happens in a session."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app import clock
from app.database import db
from app.transaction import transact
from points.people.operations import GrantRole, grant_role
from points.people.queries import MemberBrief
from points.records.models import Record
from points.records.operations import FiledRecord
from points.review.ballots import BallotCast, CastBallot, cast_ballot
from points.review.closing import CloseSession, SessionClosed, close_session
from points.review.queries import ItemView, agenda_for
from tests.builders import Village


def cast(
    village: Village, session_id: uuid.UUID, record: FiledRecord, judge: MemberBrief, vote: object
) -> BallotCast:
    """``vote``: points, "no" or "abstain"."""
    return transact(cast_ballot, ballot(village, session_id, record, judge, vote))


def ballot(
    village: Village, session_id: uuid.UUID, record: FiledRecord, judge: MemberBrief, vote: object
) -> CastBallot:
    """The command of a vote; a score brings a reason, as an unusual one must."""
    if isinstance(vote, int):
        return CastBallot(village.community_id, judge.id, session_id, record.id, "approve", vote, "看过现场")
    if vote == "no":
        return CastBallot(village.community_id, judge.id, session_id, record.id, "reject", None, "不在规则里")
    return CastBallot(village.community_id, judge.id, session_id, record.id, "abstain")


def vote_on(
    village: Village,
    session_id: uuid.UUID,
    record: FiledRecord,
    *votes: object,
    judges: Sequence[MemberBrief] = (),
) -> None:
    """One vote for each judge in their order; None: does not vote."""
    for judge, vote in zip(judges or village.judges, votes, strict=False):
        if vote is not None:
            cast(village, session_id, record, judge, vote)


def close(village: Village, session_id: uuid.UUID) -> SessionClosed:
    """The chair ends the session."""
    return transact(close_session, CloseSession(village.community_id, village.chair.id, session_id))


def agenda(village: Village, session_id: uuid.UUID, viewer: MemberBrief | None = None) -> list[ItemView]:
    """What the viewer (or the room) may see."""
    try:
        viewer_id = viewer.id if viewer else None
        return agenda_for(db.session(), village.community_id, session_id, viewer_id, now=clock.now())
    finally:
        db.session.rollback()


def item_of(village: Village, session_id: uuid.UUID, record: FiledRecord) -> ItemView:
    """The item of a record, as the room sees it."""
    return next(item for item in agenda(village, session_id) if item.record.id == record.id)


def state_of(village: Village, record: FiledRecord) -> str:
    """The stored state of a record."""
    return scalar(
        sa.select(Record.state).where(Record.community_id == village.community_id, Record.id == record.id)
    )


def scalar(statement: sa.Select) -> Any:
    """One value, in a read of its own."""
    try:
        return db.session.scalar(statement)
    finally:
        db.session.rollback()


def more_reviewers(village: Village, count: int) -> list[MemberBrief]:
    """Residents who become reviewers; answers all judges, the chair first."""
    for resident in village.residents[:count]:
        transact(grant_role, GrantRole(village.community_id, resident.id, "reviewer", "补选"))
    return [*village.judges, *village.residents[:count]]
