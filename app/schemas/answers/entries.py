"""Lines of the statement, each with what it is about."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.answers.base import Answer, Same, word
from app.schemas.answers.records import MemberRefSchema
from app.schemas.answers.review import TallySchema
from app.schemas.answers.rules import RuleRefSchema
from app.schemas.answers.shop import GoodsSchema, ShopRefSchema
from app.schemas.fields import Moment
from points.ledger.models import TRANSFER_CODES


class DeedSchema(Answer):
    """The deed behind an entry."""

    record_id = fields.UUID(attribute="id")
    done_on = fields.Date()
    quantity = fields.Integer()
    member = Same(MemberRefSchema, there=lambda record: record.member_id)


class SittingSchema(Answer):
    """The session that decided it."""

    id = fields.UUID()
    scheduled_for = Moment()


class NoticePeriodSchema(Answer):
    """How long it was on public notice; ``ends_at`` is null while an objection is heard or after it was upheld."""

    id = fields.UUID()
    published_at = Moment()
    ends_at = Moment(allow_none=True)
    days = fields.Integer(allow_none=True)


class EntrySchema(Answer):
    """A line of the statement; ``points`` is negative for what was spent. What it is not about is null."""

    id = fields.UUID()
    kind = word(*TRANSFER_CODES)
    points = fields.Integer()
    at = Moment()
    deed = fields.Nested(DeedSchema, allow_none=True)
    rule = fields.Nested(RuleRefSchema, allow_none=True)
    session = fields.Nested(SittingSchema, allow_none=True)
    tally = fields.Nested(TallySchema, allow_none=True)
    notice = fields.Nested(NoticePeriodSchema, allow_none=True)
    order_id = fields.UUID(allow_none=True)
    shop = fields.Nested(ShopRefSchema, allow_none=True)
    goods = fields.List(fields.Nested(GoodsSchema))
    handed_over_by = fields.String(allow_none=True)
