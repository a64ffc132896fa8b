"""Goods, orders and what the till says."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.answers.base import Answer, ErrorSchema, Same, points, word
from app.schemas.fields import Moment
from shop.catalogue.models import KINDS, LIMIT_PERIODS, WHOSE
from shop.counter.policy import REASONS
from shop.orders.models import STATES as ORDER_STATES
from shop.orders.models import WAYS as ORDER_WAYS


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


class LimitSchema(Answer):
    """Pieces for each household or person in a period."""

    whose = word(*WHOSE)
    count = fields.Integer(attribute="pieces")
    period = word(*LIMIT_PERIODS)


class NextPriceSchema(Answer):
    """A price that was announced."""

    points = points(attribute="next_points")
    valid_from = Moment(attribute="next_from")


class ItemSchema(Answer):
    """Goods or a service at a shop; ``stock``: pieces that nobody has set aside; ``takes_place_at``: when what a
    ticket is for begins."""

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
    takes_place_at = Moment(attribute="item.takes_place_at", allow_none=True)
    next_price = fields.Nested(NextPriceSchema, allow_none=True)
    limits = fields.List(fields.Nested(LimitSchema), attribute="item.limits")
    shop = fields.Nested(ShopRefSchema)


class OrderPlacedSchema(Answer):
    """A new order; ``code`` is what the QR code for the counter carries."""

    id = fields.UUID()
    state = word(*ORDER_STATES)
    code = fields.String()
    points = points()
    expires_at = Moment()


class OrderSchema(OrderPlacedSchema):
    """An order of the own household. ``way`` counter: bought at the till at once, without a code; ``prepared_at``: packed."""

    code = fields.String(attribute="token", allow_none=True)
    way = word(*ORDER_WAYS)
    prepared_at = Moment(allow_none=True)
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
    """Hand over. ``balance`` is what the wallet shows after it; null for what costs nothing."""

    status = word("ok")
    redemption = fields.Nested(RedemptionSchema)
    balance = fields.Nested(BalanceSchema, allow_none=True)
    dry_run = fields.Boolean()


class FirstTimeSchema(Answer):
    """When and where the code was really used."""

    at = Moment()
    shop = fields.String()


class RedemptionRefusedSchema(ErrorSchema):
    """Do not hand over: the first ``reason`` that applies, ``detail`` for the staff; ``code`` is the reason again.

    ``incomplete``: not yet; ``requires`` says what is missing, ``pin`` what was wrong with the PIN that came, and ``balance``
    what the wallet would show after it.
    """

    status = word("error", "incomplete")
    reason = word("nonce_conflict", "incomplete", *REASONS)
    first = fields.Nested(FirstTimeSchema, allow_none=True)
    requires = fields.List(word("lines", "pin", "confirm"))
    pin = word("wrong", "locked", "unset", allow_none=True)
    balance = fields.Nested(BalanceSchema, allow_none=True)
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


class CancelledSchema(Answer):
    """The sale is certainly not booked; ``annulled`` when it had been."""

    status = word("cancelled", "annulled")


class RefundedSchema(Answer):
    """A refund and the points that went back with it."""

    id = fields.UUID()
    points = points()
