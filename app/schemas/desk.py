"""What the steward's desk sends: adoption of a rule book, reasons for looking and for giving."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.fields import Command, Day, Key, OneOf, Text, Whole


class AdoptionSchema(Command):
    """Who adopted a rule book, when, with which tally, and the first day it is in force."""

    adopted_by = Text(required=True, shortest=2, longest=80)
    adopted_on = Day(required=True)
    in_force_from = Day(required=True)
    votes_for = Whole(least=1, most=1_000_000, required=True)
    votes_against = Whole(least=0, most=1_000_000, load_default=0)
    votes_abstained = Whole(least=0, most=1_000_000, load_default=0)


class DraftAdoptionSchema(AdoptionSchema):
    """The same for a draft, in the ``revision`` that was shown."""

    draft_id = Key(required=True)
    revision = Whole(least=1, most=1_000_000, required=True)


class ImportSchema(Command):
    """What to do with a reading: ``rows`` is the number of good rows that were shown."""

    rows = Whole(least=0, most=100_000, required=True)
    choice = OneOf("all", "good", load_default="all")
    sheet = Text(longest=100, load_default=None, allow_none=True)
    grid = Text(longest=40, load_default=None, allow_none=True)


class ReasonSchema(Command):
    """Why, for the public list."""

    reason = Text(required=True, shortest=2, longest=300)


class CardsSchema(Command):
    """Whose cards are printed."""

    member_ids = fields.List(Key(), load_default=list)
