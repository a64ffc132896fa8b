"""From the reply window to the table: nobody clicks and no job runs; the next session that opens finds the case."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.conduct.models import ConductCase, ConductEvent
from points.conduct.policy import REPLY_WINDOW
from points.people.models import Member
from points.records.events import write_events
from points.records.models import Record
from points.rules.queries import rules_by_id

case, event, member = ConductCase.__table__, ConductEvent.__table__, Member.__table__


def _due(community_id: int, now: datetime) -> list[sa.ColumnElement[bool]]:
    """``points.conduct.policy.may_lie_on_a_table`` in SQL; who has left the register is left in peace."""
    return [
        case.c.community_id == community_id,
        case.c.state == "noticed",
        case.c.informed_at <= now - REPLY_WINDOW,
        sa.exists().where(
            member.c.community_id == community_id,
            member.c.id == case.c.member_id,
            member.c.left_at.is_(None),
        ),
    ]


def cases_due(session: Session, community_id: int, *, now: datetime) -> int:
    """How many cases the next session will find on its table beside the reports."""
    counted = sa.select(sa.func.count()).select_from(case).where(*_due(community_id, now))
    return session.scalar(counted) or 0


def file_due_cases(session: Session, community_id: int, *, now: datetime) -> int:
    """Makes a record of every case whose reply window is over, so that recusals, votes and quorum are those of every
    item. The record bears no words: facts and replies stay with the case. Returns how many.

    For ``points.review.sessions``, before it builds an agenda; in the same number of statements for however many.
    """
    rows = session.execute(
        sa.select(case).where(*_due(community_id, now)).order_by(case.c.id).with_for_update()
    ).all()
    if not rows:
        return 0
    rules = rules_by_id(session, community_id, {row.rule_item_id for row in rows})
    records = {row.id: new_id() for row in rows}
    session.execute(
        sa.insert(Record.__table__),
        [
            {
                "community_id": community_id, "id": records[row.id], "rule_item_id": row.rule_item_id,
                "rule_code": row.rule_code, "household_id": row.household_id, "member_id": row.member_id,
                "reporter_id": row.opener_id, "done_on": row.done_on, "quantity": 1,
                "expected_points": rules[row.rule_item_id].expected_points, "note": "", "state": "submitted",
                "filed_at": now, "request_key": f"conduct:{row.id}",
            }
            for row in rows
        ],
    )  # fmt: skip
    session.execute(
        sa.update(case).where(
            case.c.community_id == sa.bindparam("of_community"), case.c.id == sa.bindparam("of_case")
        ),
        [
            {"of_community": community_id, "of_case": row.id, "state": "filed", "record_id": records[row.id]}
            for row in rows
        ],
    )
    session.execute(
        sa.insert(event),
        [
            {"community_id": community_id, "id": new_id(), "case_id": row.id, "event": "filed", "actor_id": None,
             "note": "", "happened_at": now}
            for row in rows
        ],
    )  # fmt: skip
    write_events(session, community_id, list(records.values()), "filed", None, now=now)
    return len(rows)
