"""What residents send about themselves."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.fields import REQUIRED, Command


class FirstPasswordSchema(Command):
    """The first password was just typed at the door: it is not asked for again."""

    new_password = fields.String(required=True, load_only=True, error_messages=REQUIRED)
    new_password_again = fields.String(required=True, load_only=True, error_messages=REQUIRED)


class OwnPasswordSchema(FirstPasswordSchema):
    """Later, the old one proves that it is not somebody who found the phone lying open."""

    old_password = fields.String(required=True, load_only=True, error_messages=REQUIRED)
