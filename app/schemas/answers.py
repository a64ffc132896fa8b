"""What programs get: names are the contract's (docs/api.md), times RFC 3339 in UTC, days ISO, points whole numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from app.schemas.fields import Moment
from points.ledger.models import TRANSFER_CODES
from points.people.models import ROLES
from points.records.models import EVENTS, STATES
from points.review.models import CHOICES, OUTCOMES
from points.rules.models import CAP_PERIODS, CAP_UNITS, REVIEW_PATHS, SCORES
from shop.catalogue.models import KINDS
from shop.orders.models import STATES as ORDER_STATES


class Answer(Schema):
    """Base of all answers: every field is always there, though it may be null; later versions may add some."""

    class Meta:
        """For the document: an answer is open, a request is not."""

        unknown = EXCLUDE

    def on_bind_field(self, field_name: str, field_obj: fields.Field) -> None:  # noqa: ARG002 - marshmallow's own call
        """For the document: a reader may rely on every field."""
        field_obj.required = True


class Same(fields.Nested):
    """An object inside the answer that lies flat in what is shown; null where ``there`` says that there is none."""

    def __init__(
        self, schema: type[Schema], *, there: Callable[[Any], object] | None = None, **options: Any
    ) -> None:
        super().__init__(schema, allow_none=there is not None, **options)
        self.there = there

    def get_value(self, obj: Any, *_where: Any, **_kwargs: Any) -> Any:
        """The whole shown thing."""
        return obj if self.there is None or self.there(obj) else None


def word(*words: str, **options: Any) -> fields.String:
    """One of a few words."""
    return fields.String(validate=validate.OneOf(words), **options)


def points(**options: Any) -> fields.Integer:
    """Points, never negative."""
    return fields.Integer(validate=validate.Range(min=0), **options)


@cache
def page_of(schema: type[Schema], **more: fields.Field) -> type[Schema]:
    """A page of a list: ``next`` is the ``after`` of the page that follows, or null."""
    name = schema.__name__.removesuffix("Schema")
    own = {
        "__doc__": f"A page of a list: {name}.",
        "items": fields.List(fields.Nested(schema)),
        "next": fields.String(allow_none=True),
    }
    return type(f"{name}PageSchema", (Answer,), own | more)


class ErrorSchema(Answer):
    """A refusal: ``code`` for programs, ``detail`` for people, ``errors`` by field."""

    code = fields.String()
    detail = fields.String()
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    request_id = fields.String()


class PersonSchema(Answer):
    """A person by name."""

    id = fields.UUID()
    name = fields.String()


class FoundMemberSchema(PersonSchema):
    """What looking people up tells: name and household number only."""

    household_number = fields.String()


class HouseholdSchema(Answer):
    """A household by its number."""

    id = fields.UUID(attribute="household_id")
    number = fields.String(attribute="household_number")


class CommunitySchema(Answer):
    """A community by the code it has in addresses."""

    code = fields.String(attribute="community_code")
    name = fields.String(attribute="community_name")
    zone = fields.String()


class SelfSchema(Answer):
    """The signed-in member."""

    id = fields.UUID(attribute="member_id")
    name = fields.String()
    household = Same(HouseholdSchema)
    community = Same(CommunitySchema)
    roles = fields.List(word(*ROLES))


class TokenSchema(Answer):
    """A token, told this once."""

    token = fields.String()
    expires_at = Moment()
    member = fields.Nested(SelfSchema)


class ExpirySchema(Answer):
    """Points that end after a day."""

    on = fields.Date()
    points = points()


class WalletSchema(Answer):
    """What can be spent, what is held for orders, what is still on public notice, and every coming end."""

    id = fields.UUID()
    available = points()
    held = points()
    on_notice = points()
    expiring = fields.List(fields.Nested(ExpirySchema))


class MeSchema(Answer):
    """The member behind the token."""

    member = fields.Nested(PersonSchema)
    household = fields.Nested(HouseholdSchema)
    community = fields.Nested(CommunitySchema)
    roles = fields.List(word(*ROLES))
    wallet = fields.Nested(WalletSchema, allow_none=True)
    honour = fields.Integer()
    conduct = fields.Integer()
    minutes = fields.Integer()


class TallySchema(Answer):
    """How a vote ended; ``by_consent``: nobody questioned it, and nobody had to vote."""

    votes_for = fields.Integer(data_key="for")
    votes_against = fields.Integer(data_key="against")
    votes_abstained = fields.Integer(data_key="abstained")
    by_consent = fields.Boolean()


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
    """A reported deed. ``points``: what the review awarded, null until it has decided."""

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
    household = Same(HouseholdSchema)
    member = Same(MemberRefSchema, there=lambda record: record.member_id)
    reporter = Same(ReporterRefSchema)
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


class GoodsSchema(Answer):
    """Pieces of an item; points for all of them."""

    item_id = fields.UUID()
    name_zh = fields.String()
    name_en = fields.String()
    quantity = fields.Integer()
    points = points()


class ShopRefSchema(Answer):
    """A shop by name."""

    id = fields.UUID(attribute="shop_id")
    name = fields.String(attribute="shop")


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


class ChairRefSchema(PersonSchema):
    """Who chairs."""

    id = fields.UUID(attribute="chair_id")
    name = fields.String(attribute="chair")


class SessionSchema(Answer):
    """A review session; one that is past its time reads closed. ``agenda_count``: items on its table."""

    id = fields.UUID()
    state = word("scheduled", "open", "closed")
    secrecy = word("open", "secret")
    chair = Same(ChairRefSchema)
    scheduled_for = Moment()
    opened_at = Moment(allow_none=True)
    closes_at = Moment(allow_none=True)
    closed_at = Moment(allow_none=True)
    agenda_count = fields.Integer(attribute="items")


class SeatSchema(Answer):
    """A name on the roll."""

    member_id = fields.UUID()
    name = fields.String()
    attended_at = Moment(allow_none=True)


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


class LimitSchema(Answer):
    """Pieces for each household in a period."""

    count = fields.Integer(attribute="limit_count")
    period = word("week", "month", "quarter", "year", attribute="limit_period")


class ItemSchema(Answer):
    """Goods or a service at a shop; ``stock``: pieces that nobody has set aside."""

    id = fields.UUID(attribute="item.id")
    code = fields.String(attribute="item.code")
    kind = word(*KINDS, attribute="item.kind")
    name_zh = fields.String(attribute="item.name_zh")
    name_en = fields.String(attribute="item.name_en")
    detail_zh = fields.String(attribute="item.detail_zh")
    detail_en = fields.String(attribute="item.detail_en")
    unit_zh = fields.String(attribute="item.unit_zh")
    unit_en = fields.String(attribute="item.unit_en")
    icon = fields.String(attribute="item.icon")
    points = points(attribute="item.points")
    stock = fields.Integer(attribute="item.available")
    limit = fields.Nested(LimitSchema, allow_none=True)
    shop = fields.Nested(ShopRefSchema)


class OrderPlacedSchema(Answer):
    """A new order; ``code`` is what the QR code for the counter carries."""

    id = fields.UUID()
    state = word(*ORDER_STATES)
    code = fields.String()
    points = points()
    expires_at = Moment()


class OrderSchema(OrderPlacedSchema):
    """An order of the own household."""

    code = fields.String(attribute="token")
    shop = Same(ShopRefSchema)
    member = fields.String()
    placed_at = Moment()
    ended_at = Moment(allow_none=True)
    lines = fields.List(fields.Nested(GoodsSchema))


class HandedLineSchema(GoodsSchema):
    """Pieces that go over the counter."""

    icon = fields.String()


class RedemptionSchema(Answer):
    """A hand-over: who gets what, for how many points."""

    id = fields.UUID()
    nonce = fields.String()
    order_id = fields.UUID()
    member = fields.String()
    household_number = fields.String()
    shop = fields.String()
    points = points()
    at = Moment()
    lines = fields.List(fields.Nested(HandedLineSchema))


class BalanceSchema(Answer):
    """The buyer's wallet after it."""

    available = points()
    held = points()


class RedeemedSchema(Answer):
    """Hand over. ``balance`` is null in a dry run, for free goods, and when a lapsed order was taken anew."""

    status = word("ok")
    redemption = fields.Nested(RedemptionSchema)
    balance = fields.Nested(BalanceSchema, allow_none=True)
    dry_run = fields.Boolean()


class FirstTimeSchema(Answer):
    """When and where the code was really used."""

    at = Moment()
    shop = fields.String()


class RedemptionRefusedSchema(ErrorSchema):
    """Do not hand over: the first ``reason`` that applies, ``detail`` for the staff; ``code`` is the reason again."""

    status = word("error")
    reason = fields.String()
    first = fields.Nested(FirstTimeSchema, allow_none=True)
    dry_run = fields.Boolean()


class UndoneSchema(Answer):
    """A hand-over and its undoing; both stay visible."""

    id = fields.UUID()
    nonce = fields.String()
    order_id = fields.UUID()
    points = points()
    at = Moment()
    annulled_at = Moment()


class AnnulledSchema(Answer):
    """The scan was undone: points with their days, goods and limits are back."""

    status = word("ok")
    redemption = fields.Nested(UndoneSchema)


class RevokedSchema(Answer):
    """The token opens nothing any more."""

    revoked = fields.Boolean()
