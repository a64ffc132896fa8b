"""The OpenAPI document, made from the URL map, the permissions, the calls and their schemas: it cannot fall behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from marshmallow import Schema
from werkzeug.routing import Rule

from app.api.calls import Call
from app.api.repeats import LONGEST_KEY, REPLAYED, SHORTEST_KEY
from app.schemas.answers.base import ErrorSchema

PREFIX = "/api/v1/"
_PLACE = re.compile(r"<(?:\w+:)?(\w+)>")

ABOUT = """Points for good deeds in a village: reported, reviewed, shown to everyone, spent at the shop.

Sign in with `POST /api/v1/tokens`, send `Authorization: Bearer <token>`; cookies mean nothing here. Every write takes
`Idempotency-Key`: the same key and request again gives the stored answer, another request under the key is 409
`request_key_reused`. At the counter the nonce is the key. Lists page by `after` and `limit`. Times are RFC 3339 in UTC,
days ISO dates in the community's zone, points whole numbers. What belongs to another community, or to another household,
is not there: 404. `Accept-Language: en` gives `detail` in English."""

REFUSALS = {
    400: "The body cannot be read as JSON.",
    401: "No token, or one that is over, revoked or wrong.",
    403: "Not this member's to do, or a first password has to be changed first (`password_must_be_changed`).",
    404: "There is no such thing here.",
    409: "The state of things forbids it now, or the key was used for another request.",
    410: "Its time is over.",
    413: "More than the server takes at once.",
    415: "Another content type is needed.",
    422: "The request breaks a rule of form; `errors` names the fields.",
    429: "Too many attempts; wait as long as `Retry-After` says.",
    503: "The database is busy or being looked after; nothing was lost, try again.",
}
CODES_SHOWN = {
    400: "bad_request", 401: "not_signed_in", 403: "not_permitted", 404: "record_not_found", 409: "request_key_reused",
    410: "notice_over", 413: "too_large", 415: "unsupported_media_type", 422: "form_invalid", 429: "too_many_attempts",
    503: "unavailable",
}  # fmt: skip
TAGS = {
    "tokens": "Signing in and out", "me": "Oneself and the wallet", "members": "Looking people up",
    "rules": "The rule book", "evidence": "Photos", "records": "Reported deeds", "sessions": "Review sessions",
    "notices": "The public board and objections", "objections": "Appeals, and answers to objections and appeals",
    "shop": "Goods and orders", "redemptions": "The counter",
}  # fmt: skip


def build_document(site: Flask) -> dict[str, Any]:
    """The whole document as plain values."""
    spec = APISpec(
        title="义田 Yitian", version="1", openapi_version="3.1.0", plugins=[MarshmallowPlugin()],
        info={"description": ABOUT}, servers=[{"url": site.config["SITE_URL"] or "/"}],
        tags=[{"name": name, "description": text} for name, text in TAGS.items()],
    )  # fmt: skip
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    _add_key(spec)
    for status, text in REFUSALS.items():
        spec.components.response(_refusal_name(status), _refusal(status, text))
    for rule, view in _calls(site):
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            spec.path(
                path=_PLACE.sub(r"{\1}", rule.rule), operations={method.lower(): _operation(rule, view)}
            )
    document = spec.to_dict()
    for path in document["paths"].values():
        for operation in path.values():
            _never_null(operation["parameters"])
    return document


def _never_null(parameters: list[dict[str, Any]]) -> None:
    """A query parameter is there or not; only JSON knows null."""
    for schema in (parameter.get("schema", {}) for parameter in parameters):
        if isinstance(schema.get("type"), list):
            schema["type"] = next(kind for kind in schema["type"] if kind != "null")
            schema.pop("default", None)


def _calls(site: Flask) -> Iterator[tuple[Rule, Any]]:
    """Every route below the prefix with its view."""
    for rule in sorted(site.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = site.view_functions[rule.endpoint]
        if rule.rule.startswith(PREFIX) and hasattr(view, "call"):
            yield rule, view


def _add_key(spec: APISpec) -> None:
    spec.components.parameter(
        "IdempotencyKey", "header",
        {
            "name": "Idempotency-Key", "required": True, "description": "made by the program for this one write",
            "schema": {"type": "string", "pattern": f"^[!-~]{{{SHORTEST_KEY},{LONGEST_KEY}}}$",
                       "minLength": SHORTEST_KEY, "maxLength": LONGEST_KEY},
            "example": "a3f1c7d2-report-1",
        },
    )  # fmt: skip


def _refusal_name(status: int) -> str:
    return f"Refused{status}"


def _refusal(status: int, text: str) -> dict[str, Any]:
    errors = {"done_on": ["请按 2026-01-31 的样子填写日期。"]} if status == 422 else {}
    example = {
        "code": CODES_SHOWN[status],
        "detail": text,
        "errors": errors,
        "request_id": "5f0c2a918c1d4e7b",
    }
    found: dict[str, Any] = {
        "description": text,
        "content": {"application/json": {"schema": ErrorSchema, "example": example}},
    }
    if status in (429, 503):
        found["headers"] = {"Retry-After": {"schema": {"type": "string"}, "description": "seconds to wait"}}
    if status == 401:
        found["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return found


def _operation(rule: Rule, view: Any) -> dict[str, Any]:
    described: Call = view.call
    area = view.__module__.rpartition(".")[2]
    found: dict[str, Any] = {
        "operationId": f"{area}_{view.__name__}",
        "summary": described.summary,
        "description": view.__doc__ or "",
        "tags": [area],
        "parameters": _parameters(rule, described),
        "responses": {str(described.status): _answer(described), **_refusals(rule, view)},
        "security": [] if view.permission is None else [{"token": []}],
    }
    body = _body(described)
    if body:
        found["requestBody"] = body
    return found


def _parameters(rule: Rule, described: Call) -> list[Any]:
    found: list[Any] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
        for name in _PLACE.findall(rule.rule)
    ]
    if described.query is not None:
        found.append({"in": "query", "schema": described.query})
    if described.takes_key:
        found.append("IdempotencyKey")
    return found


def _body(described: Call) -> dict[str, Any] | None:
    if described.body is not None:
        content = {"schema": described.body, "example": described.sent}
        return {"required": True, "content": {"application/json": content}}
    if described.upload is not None:
        schema = {
            "type": "object", "required": [described.upload],
            "properties": {described.upload: {"type": "string", "format": "binary"}},
        }  # fmt: skip
        return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    return None


def _answer(described: Call) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": described.answer or {"type": "string", "format": "binary"}}
    if described.example is not None:
        content["example"] = described.example
    headers = {"X-Request-ID": {"schema": {"type": "string"}, "description": "names this call in the logs"}}
    if described.takes_key:
        headers[REPLAYED] = {
            "schema": {"type": "string"}, "description": "`true`: the stored answer to an earlier request",
        }  # fmt: skip
    return {"description": described.summary, "headers": headers, "content": {described.media: content}}


def _refusals(rule: Rule, view: Any) -> dict[str, Any]:
    described: Call = view.call
    statuses = {503, *described.refusals}
    statuses |= set() if view.permission is None else {401, 403}
    statuses |= {404} if _PLACE.search(rule.rule) else set()
    statuses |= {422} if described.query or described.body or described.takes_key else set()
    statuses |= {400, 413, 415} if described.body else set()
    statuses |= {413, 415} if described.upload else set()
    statuses |= {409} if described.takes_key else set()
    found: dict[str, Any] = {str(status): _refusal_name(status) for status in sorted(statuses)}
    for status, schema in described.bodies.items():
        found[str(status)] = _special(status, schema, is_also_plain=status in statuses)
    return found


def _special(status: int, schema: type[Schema], *, is_also_plain: bool) -> dict[str, Any]:
    shapes: Any = {"anyOf": [schema, ErrorSchema]} if is_also_plain else schema
    return {"description": REFUSALS[status], "content": {"application/json": {"schema": shapes}}}
