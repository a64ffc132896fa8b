"""What a household still has of the shop."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.answers.base import Answer, Same, points, word
from app.schemas.answers.shop import ShopRefSchema
from app.schemas.fields import Moment
from shop.catalogue.models import VOUCHER_KINDS
from shop.lending.models import STATES as LOAN_STATES
from shop.vouchers.queries import READ_STATES


class ServerSchema(Answer):
    """The shop or partner who serves a voucher, and where."""

    id = fields.UUID(attribute="server_id")
    name = fields.String(attribute="served_by")
    place = fields.String()
    hours = fields.String()


class VoucherSchema(Answer):
    """One piece of a service or a ticket, or a credit of ``quantity`` pieces that pays ``fen`` (yuan fen) of a bill; ``points``
    were paid for it. ``used_in``: the counter that served it, ``use_note``: the bill or home it was used for."""

    id = fields.UUID()
    state = word(*READ_STATES)
    code = fields.String(attribute="token")
    item_id = fields.UUID()
    kind = word(*VOUCHER_KINDS)
    name_zh = fields.String()
    name_en = fields.String()
    icon = fields.String()
    quantity = fields.Integer()
    points = points()
    fen = fields.Integer()
    order_id = fields.UUID()
    member = fields.String()
    served_by = Same(ServerSchema)
    takes_place_at = Moment(allow_none=True)
    issued_at = Moment()
    expires_at = Moment()
    used_at = Moment(allow_none=True)
    used_in = fields.String(allow_none=True)
    use_note = fields.String()


class LoanSchema(Answer):
    """A borrowed thing; ``kept``: it did not come back, and the deposit, which is its price, went to the shop."""

    id = fields.UUID()
    state = word(*LOAN_STATES)
    is_late = fields.Boolean()
    item_id = fields.UUID()
    name_zh = fields.String()
    name_en = fields.String()
    points = points()
    shop = Same(ShopRefSchema)
    member = fields.String()
    lent_at = Moment()
    due_at = Moment()
    ended_at = Moment(allow_none=True)
