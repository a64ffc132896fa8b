"""Records of deeds, their photos and what happened to them."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.answers.base import Answer, Same, word
from app.schemas.answers.people import HouseholdSchema, PersonSchema
from app.schemas.answers.rules import RuleRefSchema
from app.schemas.fields import Moment
from points.records.models import EVENTS, STATES
from points.rules.models import SCORES


class EvidenceSchema(Answer):
    """A stored photo; ``thumbnail`` is a data URL, so that it can be shown at once."""

    id = fields.UUID()
    hash = fields.String(attribute="sha256")
    width = fields.Integer()
    height = fields.Integer()
    thumbnail = fields.String()


class PhotoSchema(Answer):
    """A photo of a record."""

    id = fields.UUID()
    width = fields.Integer()
    height = fields.Integer()


class FiledRecordSchema(Answer):
    """One record of a report."""

    id = fields.UUID()
    state = word(*STATES)
    expected_points = fields.Integer()
    household_id = fields.UUID()
    member_id = fields.UUID(allow_none=True)


class RecordFiledSchema(Answer):
    """What was filed: the first record, the points of all of them together, and all of them."""

    id = fields.UUID()
    state = word(*STATES)
    expected_points = fields.Integer()
    records = fields.List(fields.Nested(FiledRecordSchema))


class MemberRefSchema(PersonSchema):
    """Whose deed it was."""

    id = fields.UUID(attribute="member_id")
    name = fields.String(attribute="member_name")


class ReporterRefSchema(PersonSchema):
    """Who reported it."""

    id = fields.UUID(attribute="reporter_id")
    name = fields.String(attribute="reporter_name")


class RecordSchema(Answer):
    """A reported deed. ``points``: what the review awarded, null until it has decided. With score ``conduct`` (on an agenda
    only) nobody is named, and points say how many it would take."""

    id = fields.UUID()
    state = word(*STATES)
    rule = Same(RuleRefSchema)
    score = word(*SCORES)
    done_on = fields.Date()
    quantity = fields.Integer()
    expected_points = fields.Integer()
    points = fields.Function(
        lambda record: record.points if record.is_decided else None, metadata={"type": ["integer", "null"]}
    )
    household = Same(HouseholdSchema, there=lambda record: record.household_id)
    member = Same(MemberRefSchema, there=lambda record: record.member_id)
    reporter = Same(ReporterRefSchema, there=lambda record: record.reporter_id)
    filed_at = Moment()
    notice_id = fields.UUID(allow_none=True)
    notice_ends_at = Moment(attribute="ends_at", allow_none=True)


class RecordEventSchema(Answer):
    """One line of a record's history."""

    event = word(*EVENTS)
    at = Moment(attribute="happened_at")
    by = fields.String(attribute="actor", allow_none=True)
    note = fields.String()


class RecordDetailSchema(RecordSchema):
    """A record with everything that happened to it."""

    note = fields.String()
    evidence = fields.List(fields.Nested(PhotoSchema))
    history = fields.List(fields.Nested(RecordEventSchema))
