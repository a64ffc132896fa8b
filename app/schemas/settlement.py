"""What is sent when shop and village settle, and for the money behind the points."""

from __future__ import annotations

from app.schemas.fields import Command, Day, Key, OneOf, Text, Whole


class DrawSchema(Command):
    """A statement of a shop, up to and with a day."""

    shop = Key(required=True)
    until = Day(required=True)


class UnitValueSchema(Command):
    """What a point is worth, in fen, and who decided it."""

    fen = Whole(least=1, most=100_000, required=True)
    reason = Text(required=True, shortest=2, longest=300)


class SignSchema(Command):
    """For which side."""

    side = OneOf("shop", "village", required=True)


class FundsSchema(Command):
    """Whole yuan that were set aside, or taken out for goods."""

    yuan = Whole(least=1, most=10_000_000, required=True)
    way = OneOf("in", "out", load_default="in")
    source = Text(required=True, shortest=2, longest=80)
    note = Text(longest=200, load_default="")


class CountSchema(Command):
    """What was counted of one item, and why it differs."""

    counted = Whole(least=0, most=100_000, load_default=None, allow_none=True)
    note = Text(longest=200, load_default="")
