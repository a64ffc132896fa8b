"""Funding the period, and publishing the awards that waited for it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.notices.publishing import Award, publish_awards
from points.people.operations import GrantBudget, grant_budget
from points.records.models import Record
from points.review.models import AgendaItem
from points.rules.queries import rules_by_id

record = Record.__table__


def fund_budget(session: Session, command: GrantBudget, *, now: datetime) -> int:
    """Grants a budget and publishes, oldest decision first, what waited for it. Returns how many were published.

    Raises what ``grant_budget`` raises.
    """
    grant_budget(session, command, now=now)
    waiting = session.execute(
        sa.select(AgendaItem, record)
        .join(record, sa.and_(record.c.community_id == AgendaItem.community_id, record.c.id == AgendaItem.record_id))
        .where(AgendaItem.community_id == command.community_id, AgendaItem.outcome == "approved",
               record.c.state == "decided")
        .order_by(AgendaItem.decided_at, AgendaItem.position)
    ).all()  # fmt: skip
    rules = rules_by_id(session, command.community_id, {row.rule_item_id for row in waiting})
    awards = [Award(_Row(row), rules[row.rule_item_id], row.AgendaItem) for row in waiting]
    return publish_awards(session, command.community_id, awards, actor_id=command.actor_id, now=now)


class _Row:
    """The record's columns out of a joined row: ``id`` is the record's."""

    def __init__(self, row: sa.Row) -> None:
        self._mapping = row._mapping

    def __getattr__(self, name: str) -> object:
        return self._mapping[record.c[name]]
