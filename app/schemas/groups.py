"""What elections of groups and relations send."""

from __future__ import annotations

from app.schemas.fields import Command, Day, Key, OneOf, Part, Several, Text, Whole
from points.groups.models import ENDS_BY_HAND
from points.groups.policy import MOST_SEATS
from points.people.models import RELATION_KINDS
from points.people.relations import ENDS

MOST_VOTERS = 1_000_000


class SeatSchema(Command):
    """Somebody's votes."""

    member_id = Key(required=True)
    votes_for = Whole(least=0, most=MOST_VOTERS, required=True)
    votes_against = Whole(least=0, most=MOST_VOTERS, load_default=0)


class ByElectionSchema(Command):
    """Who elected whom, when, with which tally."""

    elected_by = Text(required=True, shortest=2, longest=80)
    elected_on = Day(required=True)
    voters = Whole(least=1, most=MOST_VOTERS, required=True)
    chair_id = Key(load_default=None, allow_none=True)
    seats = Several(Part(SeatSchema), most=MOST_SEATS, required=True)


class ElectionSchema(ByElectionSchema):
    """A whole group, for a term of its own."""

    starts_on = Day(required=True)
    ends_on = Day(required=True)


class EndSeatSchema(Command):
    """Why a seat ends before its term."""

    why = OneOf(*ENDS_BY_HAND, required=True)
    note = Text(longest=200, load_default="")


class OwnRelationSchema(Command):
    """Somebody close to the sender, by their whole name."""

    name = Text(required=True, shortest=2, longest=40)
    household = Text(longest=20, load_default=None, allow_none=True)
    kind = OneOf(*RELATION_KINDS, required=True)


class RelationSchema(OwnRelationSchema):
    """Two people who are close to each other."""

    name_a = Text(required=True, shortest=2, longest=40)
    household_a = Text(longest=20, load_default=None, allow_none=True)


class EndRelationSchema(Command):
    """Why a relation ends."""

    why = OneOf(*ENDS, required=True)
