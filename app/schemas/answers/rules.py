"""The rule book, and how others refer to it."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.answers.base import Answer, Same, word
from points.rules.models import CAP_PERIODS, CAP_UNITS, REVIEW_PATHS, SCORES


class RuleRefSchema(Answer):
    """The rule a deed was filed under, in the version of its day."""

    rule_code = fields.String(data_key="code")
    rule_version = fields.Integer(data_key="version")
    rule_zh = fields.String(data_key="name_zh")
    rule_en = fields.String(data_key="name_en")


class CapSchema(Answer):
    """How often, or for how many points, a rule may be used in a period."""

    count = fields.Integer(attribute="cap_count")
    unit = word(*CAP_UNITS, attribute="cap_unit")
    period = word(*CAP_PERIODS, attribute="cap_period")


class RuleSchema(Answer):
    """An item of the rule book; points for one piece."""

    code = fields.String()
    version = fields.Integer()
    category_zh = fields.String()
    category_en = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    unit_zh = fields.String()
    unit_en = fields.String()
    score = word(*SCORES)
    points_min = fields.Integer()
    points_default = fields.Integer()
    points_max = fields.Integer()
    cap = Same(CapSchema, there=lambda rule: rule.cap_count is not None)
    counts_quantity = fields.Boolean()
    is_of_household = fields.Boolean()
    photo = word("none", "optional", "required")
    evidence_zh = fields.String()
    evidence_en = fields.String()
    example_zh = fields.String()
    example_en = fields.String()
    reporters = fields.Function(
        lambda rule: sorted(rule.reporters), metadata={"type": "array", "items": {"type": "string"}}
    )
    review_path = word(*REVIEW_PATHS)
    note_zh = fields.String()
    note_en = fields.String()


class RuleVersionSchema(Answer):
    """A version of the rule book and the tally of the assembly that adopted it."""

    number = fields.Integer()
    adopted_by = fields.String()
    adopted_on = fields.Date()
    in_force_from = fields.Date()
    votes_for = fields.Integer()
    votes_against = fields.Integer()
    votes_abstained = fields.Integer()


class BookSchema(Answer):
    """The rule book in force on a day (``version`` null: none was), and every version there is."""

    version = fields.Nested(RuleVersionSchema, allow_none=True)
    versions = fields.List(fields.Nested(RuleVersionSchema))
    items = fields.List(fields.Nested(RuleSchema))
    next = fields.String(allow_none=True)
