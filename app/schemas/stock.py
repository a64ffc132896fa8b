"""What the stock room sends: deliveries, donors, goods written off, stock-takes."""

from __future__ import annotations

from app.schemas.fields import Command, Key, Moment, OneOf, Text, Whole, YesNo
from shop.stock.count_models import WRITE_OFFS
from shop.stock.delivery_models import DONOR_KINDS, SOURCES


class DeliverySchema(Command):
    """The head of a slip; its lines are read by app.web.stock_deliveries. ``to_shop_id``: for goods sent to another shop."""

    source = OneOf(*SOURCES, required=True)
    donor_id = Key(load_default=None)
    to_shop_id = Key(load_default=None)
    wish = Text(longest=200, load_default="")
    note = Text(longest=200, load_default="")


class WhySchema(Command):
    """Why something is not as it was written."""

    why = Text(required=True, shortest=2, longest=200)


class DonorSchema(Command):
    """Somebody who gives goods, and whether the name may be told."""

    donor_id = Key(load_default=None)
    name = Text(required=True, shortest=1, longest=60)
    kind = OneOf(*DONOR_KINDS, required=True)
    is_public = YesNo(load_default=False)


class WriteOffSchema(Command):
    """Pieces that are no longer good."""

    move = OneOf(*WRITE_OFFS, required=True)
    lost = Whole(least=1, most=100_000, required=True)
    lost_why = Text(required=True, shortest=2, longest=200)


class PlacesSchema(Command):
    """How many of a service may still be given, and why."""

    places = Whole(least=0, most=100_000, required=True)
    places_why = Text(required=True, shortest=2, longest=200)


class AgreeSchema(Command):
    """The second signature, or not."""

    agrees = YesNo(required=True)


class CountItemSchema(Command):
    """What somebody counted, and when the counting began."""

    counted = Whole(least=0, most=100_000, required=True)
    since = Moment(load_default=None)
