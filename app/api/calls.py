"""What a call takes and gives, said once: the same words check the request and make the OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from flask import Response, jsonify, request
from marshmallow import Schema
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from app.schemas.fields import load, load_typed, made

View = Callable[..., Response]


@dataclass(frozen=True)
class Call:
    """One call beyond its route and its permission.

    ``refusals``: statuses of refusals that do not follow from the rest; ``bodies``: answers of a shape of their own by
    status; ``example`` and ``sent``: an answer and a request as they go over the wire; ``upload``: the name of the one
    file of a multipart request; ``media``: what the answer is when it is no JSON.
    """

    summary: str
    answer: type[Schema] | None
    status: int = 200
    query: type[Schema] | None = None
    body: type[Schema] | None = None
    upload: str | None = None
    takes_key: bool = False
    refusals: tuple[int, ...] = ()
    bodies: Mapping[int, type[Schema]] = field(default_factory=dict)
    example: Any = None
    sent: Any = None
    media: str = "application/json"


def call(summary: str, answer: type[Schema] | None, **more: Any) -> Callable[[View], View]:
    """Marks a view as a call; it gets ``query`` and ``body`` as validated values, and returns a response."""
    described = Call(summary, answer, **more)

    def mark(view: View) -> View:
        @wraps(view)
        def run(**path: Any) -> Response:
            given: dict[str, Any] = {}
            if described.query is not None:
                given["query"] = load(described.query, request.args)
            if described.body is not None:
                given["body"] = load_typed(described.body, read_json())
            return view(**path, **given)

        run.call = described  # type: ignore[attr-defined]
        return run

    return mark


def read_json() -> Any:
    """The request's body as plain values. Raises 415 for another content type, 400 for what is no JSON."""
    if not request.is_json:
        raise UnsupportedMediaType
    try:
        return request.get_json()
    except RecursionError as error:  # a mile of brackets
        raise BadRequest from error


def give(schema: type[Schema], shown: object, status: int = 200) -> Response:
    """An answer through its schema."""
    response = jsonify(made(schema).dump(shown))
    response.status_code = status
    return response


def give_page(
    schema: type[Schema], lines: list[Any], limit: int, cursor_of: Callable[[Any], str], **more: object
) -> Response:
    """A page of a list read with one line more than ``limit``: that one tells whether anything follows."""
    shown = lines[:limit]
    following = cursor_of(shown[-1]) if len(lines) > limit else None
    return give(schema, {"items": shown, "next": following, **more})
