"""Objections, appeals, and their figures."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.answers.base import Answer, Same, points, word
from app.schemas.fields import Moment


class RuleNameSchema(Answer):
    """The rule a deed was filed under."""

    rule_code = fields.String(data_key="code")
    rule_zh = fields.String(data_key="name_zh")
    rule_en = fields.String(data_key="name_en")


class WaitingAnswerSchema(Answer):
    """An answer that counts once a second person confirms it; ``points_after`` null: dismissed, 0: void."""

    answer = fields.String()
    points_after = points(allow_none=True)
    written_by = fields.String(attribute="writer")


class ObjectionDetailSchema(Answer):
    """An objection or appeal; who raised it is told to nobody here.

    ``points_before`` became ``points_after`` (null: unchanged, 0: void) but for ``shortfall``, which was spent already.
    """

    id = fields.UUID()
    kind = word("objection", "appeal")
    state = word("open", "upheld", "dismissed")
    record_id = fields.UUID()
    notice_id = fields.UUID(attribute="notice.id", dump_default=None, allow_none=True)
    name = fields.String(attribute="masked_name")
    rule = Same(RuleNameSchema)
    done_on = fields.Date()
    reason = fields.String()
    filed_at = Moment()
    answer_by = Moment()
    is_overdue = fields.Boolean()
    points_before = points()
    points_after = points(allow_none=True)
    shortfall = points()
    answer = fields.String(allow_none=True)
    answered_at = Moment(allow_none=True)
    version = fields.Integer()
    waiting = fields.Nested(WaitingAnswerSchema, allow_none=True)


class QuarterSchema(Answer):
    """What was filed in one quarter and has become of it; ``median_days``: half of the answers took no longer."""

    kind = word("objection", "appeal")
    starts_on = fields.Date()
    filed = fields.Integer()
    voided = fields.Integer()
    changed = fields.Integer()
    dismissed = fields.Integer()
    waiting = fields.Integer()
    overdue = fields.Integer()
    median_days = fields.Integer(allow_none=True)


class FiguresSchema(Answer):
    """The last eight quarters of objections, then of appeals."""

    items = fields.List(fields.Nested(QuarterSchema))
