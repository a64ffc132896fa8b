"""A write is done once for each ``Idempotency-Key``: the same request again gets the first answer, whatever it was.

The answer is stored in the transaction of the operation itself, so that there is never one without the other. A refusal
rolls that transaction back and is stored in one of its own: what was refused for lack of points today must not succeed
when the same message is sent again next week.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import Response, request
from flask_babel import gettext as _
from marshmallow import Schema
from sqlalchemy.orm import Session

from app.errors import error_body, status_of
from app.identity.models import StoredAnswer
from app.identity.viewer import Viewer
from app.schemas.fields import made
from app.transaction import transact
from points.base import new_id
from points.errors import Conflict, DomainError, Invalid

SHORTEST_KEY, LONGEST_KEY = 8, 60
REPLAYED = "Idempotent-Replayed"

stored_answer = StoredAnswer.__table__
Result = TypeVar("Result")
Show = Callable[..., Any]


@dataclass(frozen=True)
class Asked:
    """A write as it was asked for: who, under which key, and a mark of method, path and content."""

    community_id: int
    member_id: uuid.UUID
    key: str
    fingerprint: str

    @property
    def request_key(self) -> str:
        """The key for the domain, where keys belong to a community: two members may choose the same one."""
        return hashlib.sha256(f"{self.member_id} {self.key}".encode()).hexdigest()


@dataclass(frozen=True)
class Given:
    """An answer, new or stored."""

    status: int
    body: str
    is_repeat: bool


def read_key() -> str:
    """The ``Idempotency-Key`` of this request.

    Raises Invalid ``request_key_missing``; ``form_invalid`` when it is not 8 to 60 visible ASCII characters.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        raise Invalid("request_key_missing")
    if not SHORTEST_KEY <= len(key) <= LONGEST_KEY or not all("!" <= letter <= "~" for letter in key):
        wrong = _("%(least)s 到 %(most)s 个字符，不带空格。", least=SHORTEST_KEY, most=LONGEST_KEY)
        raise Invalid("form_invalid", errors={"Idempotency-Key": [wrong]})
    return key


def asked_by(viewer: Viewer, content: object = None) -> Asked:
    """This request, with its content as plain values (the order of fields does not matter). Raises as ``read_key``."""
    plain = json.dumps([request.method, request.path, content], sort_keys=True, default=str)
    fingerprint = hashlib.sha256(plain.encode()).hexdigest()
    return Asked(viewer.community_id, viewer.member_id, read_key(), fingerprint)


def answer_once(
    asked: Asked, operation: Callable[..., Result], command: object, schema: type[Schema], *, status: int = 200,
    show: Show | None = None,
) -> Response:  # fmt: skip
    """Runs the operation unless this request was answered before, and answers.

    ``show(session, result, now=now)`` reads what the schema dumps, in the same transaction; without it the result is
    dumped as it is. Raises Conflict ``request_key_reused`` for another request under the same key.
    """

    def do_and_keep(session: Session, command: object, *, now: datetime) -> Given:
        earlier = earlier_answer(session, asked)
        if earlier is not None:
            return earlier
        result = operation(session, command, now=now)
        session.flush()  # what is shown is read by plain statements
        shown = result if show is None else show(session, result, now=now)
        return _keep(session, asked, status, json.dumps(made(schema).dump(shown), ensure_ascii=False), now)

    try:
        return respond(transact(do_and_keep, command))
    except DomainError as error:
        if error.code == "request_key_reused":
            raise
        return respond(_keep_refusal(asked, error))


def _keep_refusal(asked: Asked, error: DomainError) -> Given:
    body = json.dumps(error_body(error), ensure_ascii=False)

    def keep(session: Session, status: int, *, now: datetime) -> Given:
        return earlier_answer(session, asked) or _keep(session, asked, status, body, now)

    return transact(keep, status_of(error))


def earlier_answer(session: Session, asked: Asked) -> Given | None:
    """The stored answer to this request, or None. Raises Conflict ``request_key_reused``."""
    row = session.execute(
        sa.select(stored_answer.c.fingerprint, stored_answer.c.status, stored_answer.c.body).where(
            stored_answer.c.community_id == asked.community_id,
            stored_answer.c.member_id == asked.member_id,
            stored_answer.c.request_key == asked.key,
        )
    ).one_or_none()
    if row is None:
        return None
    if row.fingerprint != asked.fingerprint:
        raise Conflict("request_key_reused")
    return Given(row.status, row.body, is_repeat=True)


def _keep(session: Session, asked: Asked, status: int, body: str, now: datetime) -> Given:
    session.execute(
        sa.insert(stored_answer).values(
            community_id=asked.community_id, id=new_id(), member_id=asked.member_id, request_key=asked.key,
            fingerprint=asked.fingerprint, status=status, body=body, answered_at=now,
        )
    )  # fmt: skip
    return Given(status, body, is_repeat=False)


def respond(given: Given) -> Response:
    """The answer as it goes out; a repeat says so in a header."""
    response = Response(given.body, status=given.status, mimetype="application/json")
    if given.is_repeat:
        response.headers[REPLAYED] = "true"
    return response
