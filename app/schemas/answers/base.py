"""What all answers share. Names are the contract's (docs/api.md), times RFC 3339 in UTC, days ISO, points whole numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate


class Answer(Schema):
    """Base of all answers: every field is always there, though it may be null; later versions may add some."""

    class Meta:
        """For the document: an answer is open, a request is not."""

        unknown = EXCLUDE

    def on_bind_field(self, field_name: str, field_obj: fields.Field) -> None:  # noqa: ARG002 - marshmallow's own call
        """For the document: a reader may rely on every field."""
        field_obj.required = True


class Same(fields.Nested):
    """An object inside the answer that lies flat in what is shown; null where ``there`` says that there is none."""

    def __init__(
        self, schema: type[Schema], *, there: Callable[[Any], object] | None = None, **options: Any
    ) -> None:
        super().__init__(schema, allow_none=there is not None, **options)
        self.there = there

    def get_value(self, obj: Any, *_where: Any, **_kwargs: Any) -> Any:
        """The whole shown thing."""
        return obj if self.there is None or self.there(obj) else None


def word(*words: str, **options: Any) -> fields.String:
    """One of a few words."""
    return fields.String(validate=validate.OneOf(words), **options)


def points(**options: Any) -> fields.Integer:
    """Points, never negative."""
    return fields.Integer(validate=validate.Range(min=0), **options)


@cache
def page_of(schema: type[Schema], **more: fields.Field) -> type[Schema]:
    """A page of a list: ``next`` is the ``after`` of the page that follows, or null."""
    name = schema.__name__.removesuffix("Schema")
    own = {
        "__doc__": f"A page of a list: {name}.",
        "items": fields.List(fields.Nested(schema)),
        "next": fields.String(allow_none=True),
    }
    return type(f"{name}PageSchema", (Answer,), own | more)


class ErrorSchema(Answer):
    """A refusal: ``code`` for programs, ``detail`` for people, ``errors`` by field."""

    code = fields.String()
    detail = fields.String()
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    request_id = fields.String()
