"""Who is signed in: person, community, wallet."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.answers.base import Answer, Same, points, word
from app.schemas.fields import Moment
from points.people.models import ROLES


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


class RevokedSchema(Answer):
    """The token opens nothing any more."""

    revoked = fields.Boolean()


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
