"""What the steward sends about goods, prices, shops and hours, and residents about wishes."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _
from marshmallow import ValidationError, fields, validates_schema

from app.schemas.fields import REQUIRED, Command, Day, Key, OneOf, Several, Text, Whole
from app.sentences import say
from points.amounts import parse_fen
from points.errors import Invalid
from shop.catalogue.editing import MOST_LOW, MOST_VOUCHER_DAYS
from shop.catalogue.hours import WEEKDAYS
from shop.catalogue.limits import MOST_PIECES_OF_A_LIMIT
from shop.catalogue.models import DOORS, KINDS, LIMIT_PERIODS, SHOP_KINDS, WHOSE
from shop.catalogue.sheet import MOST_POINTS, MOST_REFERENCE_FEN
from shop.wishes.models import LONGEST_WISH
from shop.wishes.operations import ANSWERS

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)


class Yuan(fields.Field):
    """An amount written in yuan ("12.5"), as whole fen; never a float."""

    def __init__(self, **options: Any) -> None:
        super().__init__(error_messages=REQUIRED, **options)

    def _deserialize(self, value: Any, *_where: Any, **_kwargs: Any) -> int:
        try:
            return parse_fen(str(value), most=MOST_REFERENCE_FEN, full_width=True)
        except Invalid as error:
            raise ValidationError(say(error)) from error


# One field for each limit there can be; an empty one is none.
LIMIT_FIELDS = {f"limit_{whose}_{period}": (whose, period) for whose in WHOSE for period in LIMIT_PERIODS}
LimitsSchema = Command.from_dict(
    {name: Whole(least=1, most=MOST_PIECES_OF_A_LIMIT, load_default=None) for name in LIMIT_FIELDS}
)


class ItemSchema(LimitsSchema):  # type: ignore[valid-type,misc]
    """What an item is, and which shops hand it out."""

    code = Text(required=True, shortest=1, longest=12)
    kind = OneOf(*KINDS, required=True)
    name_zh = Text(required=True, shortest=1, longest=40)
    name_en = Text(longest=60, load_default="")
    detail_zh = Text(longest=200, load_default="")
    detail_en = Text(longest=200, load_default="")
    unit_zh = Text(longest=12, load_default="")
    unit_en = Text(longest=20, load_default="")
    barcode = Text(longest=32, load_default=None)
    voucher_days = Whole(least=1, most=MOST_VOUCHER_DAYS, load_default=None)
    partner_id = Key(load_default=None)
    takes_place_on = Day(load_default=None)
    takes_place_time = Text(longest=5, load_default="")
    sold_at = Several(Key(), most=100, load_default=list)

    @validates_schema
    def check_moment(self, values: dict[str, Any], **_more: Any) -> None:
        """A day and a time belong together."""
        day, at = values.get("takes_place_on"), values.get("takes_place_time", "")
        if (day is None) != (at == "") or (at and not _TIME.fullmatch(at)):
            raise ValidationError(_("日期和时间都要填，时间写成 19:30 的样子。"), "takes_place_time")


class NewItemSchema(ItemSchema):
    """With its first price."""

    points = Whole(least=0, most=MOST_POINTS, required=True)
    reference_yuan = Yuan(load_default=0)


class LowSchema(Command):
    """Below how many pieces one shop is to order more."""

    low_at = Whole(least=0, most=MOST_LOW, load_default=None)


class PriceSchema(Command):
    """A new price, and from when."""

    points = Whole(least=0, most=MOST_POINTS, required=True)
    reference_yuan = Yuan(load_default=0)
    starts = OneOf("now", "day", load_default="now")
    valid_on = Day(load_default=None)
    reason = Text(required=True, shortest=2, longest=300)

    @validates_schema
    def check_day(self, values: dict[str, Any], **_more: Any) -> None:
        """A coming price says from which day."""
        if values.get("starts") == "day" and values.get("valid_on") is None:
            raise ValidationError(_("请填从哪天起。"), "valid_on")


class ShopSchema(Command):
    """A shop's name and place."""

    name = Text(required=True, shortest=1, longest=40)
    place = Text(longest=80, load_default="")
    kind = OneOf(*SHOP_KINDS, load_default="shop")


class OpeningSchema(Command):
    """On which days, by one of three patterns, and from when to when."""

    pattern = OneOf("weekly", "nth", "days", required=True)
    weekdays = Several(OneOf(*WEEKDAYS), most=7, load_default=list)
    nth = OneOf("1", "2", "3", "4", "-1", load_default="1")
    weekday = OneOf(*WEEKDAYS, load_default="SA")
    month_days = Text(longest=100, load_default="")
    opens_at = Text(required=True, longest=5)
    closes_at = Text(required=True, longest=5)

    @validates_schema
    def check_days(self, values: dict[str, Any], **_more: Any) -> None:
        """Days that are needed for the pattern."""
        if values.get("pattern") == "weekly" and not values.get("weekdays"):
            raise ValidationError(_("请选星期几。"), "weekdays")
        if values.get("pattern") == "days" and not month_days(values.get("month_days", "")):
            raise ValidationError(_("请写 1 到 31 的日子，用逗号隔开，比如 5,15,25。"), "month_days")


def month_days(text: str) -> list[int]:
    """ "5、15,25" as numbers; empty when one of them is no day of a month."""
    parts = text.replace("、", ",").replace("，", ",").replace(" ", ",").split(",")
    days = [part for part in parts if part]
    if not all(part.isascii() and part.isdigit() and 1 <= int(part) <= 31 for part in days):
        return []
    return sorted({int(part) for part in days})


class DoorSchema(Command):
    """How the door stands, and why."""

    door = OneOf(*DOORS, required=True)
    reason = Text(longest=200, load_default="")


class WishSchema(Command):
    """What the shop should have."""

    text = Text(required=True, shortest=1, longest=LONGEST_WISH)


class AnswerWishSchema(Command):
    """What comes of it."""

    state = OneOf(*ANSWERS, required=True)
    answer = Text(required=True, shortest=1, longest=200)


class TagsSchema(Command):
    """Which items get a tag, and what its code carries."""

    item_ids = Several(Key(), most=200, load_default=list)
    carries = OneOf("address", "barcode", load_default="address")
