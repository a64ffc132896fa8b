"""What has become of a record, and whether it can still be appealed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import Conflict, Gone, NotAllowed, NotFound
from points.notices.models import Notice, Objection
from points.notices.policy import APPEAL_DAYS, appeal_until
from points.people.queries import members_by_id
from points.records.models import Record
from points.records.policy import state_at
from points.review.models import AgendaItem

notice, objection, record, item = (
    Notice.__table__, Objection.__table__, Record.__table__, AgendaItem.__table__,
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """``state``: a record's, or ``final`` when an appeal took the award away. ``points``: what the award is worth now.

    ``since``: when the decision that stands was made (a posted award: when its notice ended).
    """

    state: str
    points: int
    since: datetime | None


def check_appeal(
    session: Session, community_id: int, record_id: uuid.UUID, member_id: uuid.UUID, *, now: datetime
) -> Standing:
    """Where a record stands, when this member may appeal it now.

    Raises NotFound ``record_not_found`` (also for others' records that never hung on the board); NotAllowed
    ``appealed_by_household``; Conflict ``not_decided_yet``, ``still_on_notice``, ``decision_final``, ``appeal_open``,
    ``appealed_before``; Gone ``appeal_over``.
    """
    row = session.execute(
        sa.select(
            record.c.community_id, record.c.id, record.c.state, record.c.household_id, notice.c.points, notice.c.ends_at
        )
        .outerjoin(notice, sa.and_(notice.c.community_id == record.c.community_id, notice.c.record_id == record.c.id))
        .where(record.c.community_id == community_id, record.c.id == record_id)
    ).one_or_none()  # fmt: skip
    member = members_by_id(session, community_id, [member_id]).get(member_id)
    is_own = row is not None and member is not None and member.household_id == row.household_id
    if row is None or (row.points is None and not is_own):
        raise NotFound("record_not_found")
    standing = _standing(session, row, now)
    if standing.state in ("on_notice", "objected"):
        raise Conflict("still_on_notice")
    if standing.state == "final":
        raise Conflict("decision_final")
    if standing.since is None:
        raise Conflict("not_decided_yet")
    if standing.state != "posted" and not is_own:
        raise NotAllowed("appealed_by_household")
    _check_others(session, community_id, record_id, member_id)
    if now >= appeal_until(standing.since):
        raise Gone("appeal_over", days=APPEAL_DAYS)
    return standing


def _check_others(session: Session, community_id: int, record_id: uuid.UUID, member_id: uuid.UUID) -> None:
    """One appeal at a time, and each person once: nobody asks until the answer suits."""
    appeals = session.execute(
        sa.select(objection.c.state, objection.c.objector_id).where(
            objection.c.community_id == community_id, objection.c.record_id == record_id, objection.c.kind == "appeal"
        )
    ).all()  # fmt: skip
    if any(appeal.state == "open" for appeal in appeals):
        raise Conflict("appeal_open")
    if any(appeal.objector_id == member_id for appeal in appeals):
        raise Conflict("appealed_before")


def _standing(session: Session, row: sa.Row, now: datetime) -> Standing:
    state = state_at(row.state, row.ends_at, now)
    if state == "posted":
        return Standing(state, row.points, row.ends_at)
    if state == "voided":
        return _voided(session, row)
    if state == "rejected":
        return Standing(state, 0, _rejected_at(session, row))
    return Standing(state, row.points or 0, None)


def _voided(session: Session, deed: sa.Row) -> Standing:
    """By an objection: the household may appeal. By an appeal: that was the last word."""
    last = session.execute(
        sa.select(objection.c.kind, objection.c.answered_at)
        .where(
            objection.c.community_id == deed.community_id, objection.c.record_id == deed.id, objection.c.points_after == 0,
            objection.c.state == "upheld",
        )
        .order_by(objection.c.answered_at.desc())
        .limit(1)
    ).one_or_none()  # fmt: skip
    if last is None or last.kind == "appeal":
        return Standing("final", 0, None)
    return Standing("voided", 0, last.answered_at)


def _rejected_at(session: Session, deed: sa.Row) -> datetime | None:
    row = session.execute(
        sa.select(item.c.decided_at, item.c.second_level_at)
        .where(
            item.c.community_id == deed.community_id, item.c.record_id == deed.id, item.c.outcome.is_not(None)
        )
        .order_by(item.c.id.desc())
        .limit(1)
    ).one_or_none()
    return (row.second_level_at or row.decided_at) if row else None
