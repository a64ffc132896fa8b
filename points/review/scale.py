"""What a deed may bring, and which scores are unusual."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.records.models import Record
from points.review.policy import is_outlier
from points.rules.queries import rules_by_id


@dataclass(frozen=True)
class Scale:
    """Points for the whole deed: the rule's for one piece, times the pieces; of a deduction, what it takes."""

    least: int
    default: int
    most: int

    def is_outlier(self, points: int) -> bool:
        """Whether a score needs a reason."""
        return is_outlier(points, default=self.default, least=self.least, most=self.most)


def scale_of(session: Session, community_id: int, record_id: uuid.UUID) -> Scale:
    """What a deed may bring."""
    row = session.execute(
        sa.select(Record.rule_item_id, Record.quantity).where(
            Record.community_id == community_id, Record.id == record_id
        )
    ).one()
    rule = rules_by_id(session, community_id, {row.rule_item_id})[row.rule_item_id]
    least, most = rule.range_for(row.quantity)
    return Scale(least, rule.expected_points * row.quantity, most)
