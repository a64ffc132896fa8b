"""What hung on the board at a moment: the sheet on the wall and the page say the same for the same cut-off."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.ledger.models import Transfer
from points.notices.models import Notice, Objection
from points.notices.queries import NoticeView

notice, objection, transfer = Notice.__table__, Objection.__table__, Transfer.__table__

# The longest notice runs 60 days; an objection may take a while longer.
LOOKED_BACK = timedelta(days=120)
_COPIED = tuple(
    name for name in NoticeView.__dataclass_fields__ if name not in ("state", "ends_at", "days_left")
)


def running_at(
    session: Session, community_id: int, *, cut_off: datetime, limit: int = 500
) -> list[NoticeView]:
    """Notices that ran, or were doubted, at ``cut_off``, newest first, in the state they had then; two statements."""
    rows = session.execute(
        sa.select(notice, transfer.c.posts_at)
        .outerjoin(transfer, sa.and_(transfer.c.community_id == notice.c.community_id,
                                     transfer.c.id == notice.c.transfer_id))
        .where(notice.c.community_id == community_id,
               notice.c.published_at.between(cut_off - LOOKED_BACK, cut_off),
               # An end only ever moves back, so these hold everything that ran then.
               sa.or_(notice.c.ends_at > cut_off, notice.c.state != "on_notice"))
        .order_by(notice.c.published_at.desc(), notice.c.id.desc())
        .limit(limit)
    ).all()  # fmt: skip
    doubts = _doubts(session, community_id, [row.id for row in rows])
    views = (_as_of(row, doubts.get(row.id, ()), cut_off) for row in rows)
    return [view for view in views if view.state in ("on_notice", "objected")]


def _doubts(session: Session, community_id: int, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[sa.Row]]:
    """Objections and appeals, oldest first, by notice: those filed later have changed the amount since."""
    found: dict[uuid.UUID, list[sa.Row]] = {}
    rows = session.execute(
        sa.select(objection)
        .where(objection.c.community_id == community_id, objection.c.notice_id.in_(ids))
        .order_by(objection.c.filed_at, objection.c.id)
    )  # fmt: skip
    for row in rows:
        found.setdefault(row.notice_id, []).append(row)
    return found


def _as_of(row: sa.Row, doubts: Sequence[sa.Row], cut_off: datetime) -> NoticeView:
    """The notice as it stood: an answer that came later has not been given yet."""
    objections = [one for one in doubts if one.kind == "objection" and one.filed_at <= cut_off]
    last = objections[-1] if objections else None
    state, ends_at = "on_notice", row.posts_at or row.ends_at
    if last is not None and _is_open(last, cut_off):
        state, ends_at = "objected", None
    elif last is not None and last.state == "upheld" and not last.points_after:
        state, ends_at = "voided", None
    elif last is not None:
        ends_at = last.answered_at + timedelta(seconds=last.remaining_seconds)
    if ends_at is not None and ends_at <= cut_off:
        state = "posted"
    days_left = (
        -((cut_off - ends_at) // timedelta(days=1)) if ends_at is not None and state == "on_notice" else 0
    )
    facts = {name: getattr(row, name) for name in _COPIED}
    later = [one for one in doubts if one.state == "upheld" and _is_open(one, cut_off)]
    if later:  # what an answer made of the award afterwards was not known yet
        facts["points"] = later[0].points_before
    return NoticeView(**facts, state=state, ends_at=ends_at, days_left=days_left)


def _is_open(doubt: sa.Row, cut_off: datetime) -> bool:
    """Not answered by then."""
    return doubt.answered_at is None or doubt.answered_at > cut_off
