"""Sessions, ballots, tallies and public notices."""

from __future__ import annotations

from marshmallow import fields, validate

from app.schemas.answers.base import Answer, Same, points, word
from app.schemas.answers.people import PersonSchema
from app.schemas.answers.records import PhotoSchema, RecordSchema
from app.schemas.answers.rules import RuleRefSchema
from app.schemas.fields import Moment
from points.people.models import SECRECIES, SESSION_KINDS
from points.review.models import BODIES, CHOICES, OUTCOMES


class TallySchema(Answer):
    """How a vote ended; ``by_consent``: nobody questioned it, and nobody had to vote."""

    votes_for = fields.Integer(data_key="for")
    votes_against = fields.Integer(data_key="against")
    votes_abstained = fields.Integer(data_key="abstained")
    by_consent = fields.Boolean()


class ChairRefSchema(PersonSchema):
    """Who chairs."""

    id = fields.UUID(attribute="chair_id")
    name = fields.String(attribute="chair")


class SessionSchema(Answer):
    """A review session; one that is past its time reads closed. ``agenda_count``: items on its table."""

    id = fields.UUID()
    state = word("scheduled", "open", "closed")
    secrecy = word(*SECRECIES)
    kind = word(*SESSION_KINDS)
    body = word(*BODIES)
    chair = Same(ChairRefSchema)
    scheduled_for = Moment()
    opened_at = Moment(allow_none=True)
    closes_at = Moment(allow_none=True)
    closed_at = Moment(allow_none=True)
    agenda_count = fields.Integer(attribute="items")
    roll_size = fields.Integer(allow_none=True)
    roll_hash = fields.String(allow_none=True)
    draw_seed = fields.String(allow_none=True)


class SeatSchema(Answer):
    """A name on the roll; ``left_at``: sat there at first."""

    member_id = fields.UUID()
    name = fields.String()
    attended_at = Moment(allow_none=True)
    left_at = Moment(allow_none=True)


class SessionDetailSchema(SessionSchema):
    """A session with its roll; ``roll_call_code`` only for the chair, and only until it is closed."""

    roll = fields.List(fields.Nested(SeatSchema))
    roll_call_code = fields.String(allow_none=True)


class SessionClosedSchema(SessionSchema):
    """A closed session and how many items ended how."""

    outcomes = fields.Dict(keys=word(*OUTCOMES), values=fields.Integer())


class BallotSchema(Answer):
    """One's own ballot."""

    choice = word(*CHOICES)
    points = fields.Integer(allow_none=True)
    reason = fields.String()


class ItemTallySchema(TallySchema):
    """How the vote on an item ended."""

    by_consent = fields.Function(lambda item: item.block == "consent", metadata={"type": "boolean"})


class AgendaItemSchema(Answer):
    """An item as this member may see it. ``tally``, ``outcome`` and ``points`` are null until the session is closed."""

    record = fields.Nested(RecordSchema)
    others = fields.List(fields.Nested(RecordSchema), metadata={"description": "who else did the same deed"})
    note = fields.String(attribute="record.note")
    evidence = fields.List(fields.Nested(PhotoSchema), attribute="photos")
    position = fields.Integer()
    block = word("vote", "consent")
    points_min = fields.Integer(attribute="least")
    points_max = fields.Integer(attribute="most")
    ballots_cast = fields.Integer(attribute="cast")
    may_decide = fields.Integer()
    quorum = fields.Integer()
    recused = fields.Integer()
    ballot = fields.Nested(BallotSchema, attribute="own", allow_none=True)
    outcome = fields.String(validate=validate.OneOf([*OUTCOMES, None]), allow_none=True)
    points = fields.Integer(allow_none=True)
    tally = Same(ItemTallySchema, there=lambda item: item.outcome is not None)


class NoticeSchema(Answer):
    """A line of the public board: names are masked, and nothing leads back to a household."""

    id = fields.UUID()
    name = fields.String(attribute="masked_name")
    score = word("redeemable", "honour")
    points = points()
    rule = Same(RuleRefSchema)
    done_on = fields.Date()
    tally = Same(TallySchema)
    state = word("on_notice", "objected", "voided", "posted")
    published_at = Moment()
    ends_at = Moment(allow_none=True)
    days_left = fields.Integer()


class ObjectionFiledSchema(Answer):
    """One's own objection as it was filed."""

    id = fields.UUID()
    notice_id = fields.UUID()
    state = word("open", "upheld", "dismissed")
    reason = fields.String()
    filed_at = Moment()
