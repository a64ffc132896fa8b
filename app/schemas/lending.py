"""What lending, gifts and the care list send."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from marshmallow import ValidationError, validates_schema

from app.schemas.fields import Command, Key, OneOf, Text, Whole
from points.gifts.policy import LONGEST_NOTE
from shop.care.models import WHY
from shop.vouchers.operations import LONGEST_NOTE as LONGEST_USE_NOTE


class LendSchema(Command):
    """Who borrows what: by the ``code`` or card that was shown, else whom staff named (``m``)."""

    m = Key(load_default=None, allow_none=True)
    code = Text(longest=200, load_default="")
    item_id = Key(required=True)
    pin = Text(longest=20, load_default=None, allow_none=True)


class TakeBackSchema(Command):
    """How the thing came back."""

    condition = OneOf("good", "damaged", required=True)
    note = Text(longest=200, load_default="")

    @validates_schema
    def check_note(self, values: dict[str, Any], **_more: Any) -> None:
        """What is written off is told in public, with what happened to it."""
        if values.get("condition") == "damaged" and not values.get("note"):
            raise ValidationError(_("请写坏在哪里。"), "note")


class UseVoucherSchema(Command):
    """What a credit is used for: the number of a bill or a home."""

    note = Text(longest=LONGEST_USE_NOTE, load_default="")


class GiftSchema(Command):
    """Points for somebody by their whole name, or for the care pool."""

    to = OneOf("person", "pool", required=True)
    name = Text(longest=40, load_default="")
    household = Text(longest=20, load_default=None, allow_none=True)
    points = Whole(least=1, most=100_000, required=True)
    note = Text(longest=LONGEST_NOTE, load_default="")


class CareSchema(Command):
    """Who is to be cared for, and why."""

    name = Text(required=True, shortest=2, longest=40)
    household = Text(longest=20, load_default=None, allow_none=True)
    why = OneOf(*WHY, required=True)


class GiveCareSchema(Command):
    """Who gets something from the care pool; what, stands beside the items."""

    m = Key(required=True)
