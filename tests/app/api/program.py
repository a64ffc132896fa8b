"""A program that speaks to the interface, and the two villages it meets there."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask
from PIL import Image
from werkzeug.test import TestResponse

from app.identity.tokens import IssueToken, issue_token
from app.transaction import transact
from points.people.models import ROLES
from points.people.operations import GrantRole, grant_role
from points.people.queries import MemberBrief
from tests.builders import Village, a_key

PREFIX = "/api/v1"


@dataclass
class Program:
    """Calls with one token; without one as a stranger. Every call has a fresh cookie jar."""

    site: Flask
    token: str | None = None
    language: str = "zh"

    def call(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, **more: Any
    ) -> TestResponse:
        """One request; ``key`` None: no ``Idempotency-Key``."""
        headers = {"Accept-Language": self.language} | more.pop("headers", {})
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if key:
            headers["Idempotency-Key"] = key
        if body is not None:
            more["json"] = body
        return self.site.test_client().open(
            PREFIX + path, method=method, headers=headers, buffered=True, **more
        )

    def get(self, path: str, **query: Any) -> TestResponse:
        """Reads."""
        return self.call(
            "GET", path, query_string={name: value for name, value in query.items() if value is not None}
        )

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> TestResponse:
        """Writes, under a fresh key unless one is given."""
        return self.call("POST", path, body, key=key or a_key())

    def put(self, path: str, body: Any, *, key: str | None = None) -> TestResponse:
        """Writes, under a fresh key unless one is given."""
        return self.call("PUT", path, body, key=key or a_key())

    def pages(self, path: str, **query: Any) -> list[list[dict[str, Any]]]:
        """Every page of a list."""
        pages, after = [], None
        while True:
            answer = self.get(path, after=after, **query).json
            pages.append(answer["items"])
            after = answer["next"]
            if after is None:
                return pages


@dataclass
class House:
    """A site with two villages."""

    site: Flask
    village: Village
    other: Village

    def token_of(self, member: MemberBrief, village: Village | None = None) -> str:
        """A fresh token, without the slow password."""
        with self.site.app_context():
            command = IssueToken((village or self.village).community_id, member.id, 1, "test")
            return transact(issue_token, command).token

    def as_(self, member: MemberBrief, village: Village | None = None) -> Program:
        """A program with a token of a member."""
        return Program(self.site, self.token_of(member, village))

    def as_one(self, role: str) -> Program:
        """A program with a token of the first holder of a role."""
        return self.as_(self.village.one(role))

    def stranger(self) -> Program:
        """A program without a token."""
        return Program(self.site)

    def with_every_role(self, member: MemberBrief, village: Village | None = None) -> MemberBrief:
        """The same member, who from now on may do everything in the own village."""
        village = village or self.village
        for role in ROLES:
            scope = village.shop_id if role == "shop_staff" else None
            command = GrantRole(village.community_id, member.id, role, "试验", scope_id=scope)
            self.do(transact, grant_role, command)
        return member

    def do(self, builder: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """A builder, inside an application context of its own."""
        with self.site.app_context():
            return builder(*args, **more)


def same_moment(text: str, moment: datetime) -> bool:
    """Whether an answer's time is this moment, to the second, in UTC."""
    return text == moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def unknown_id() -> str:
    """An id that nothing has."""
    return str(uuid.uuid4())


def a_photo(size: tuple[int, int] = (800, 600), colour: str = "green") -> bytes:
    """A JPEG."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def upload(program: Program, data: bytes, *, key: str | None = None, field: str = "photo") -> TestResponse:
    """A photo sent as a phone sends it."""
    return program.call(
        "POST", "/evidence", key=key or a_key(), data={field: (io.BytesIO(data), "IMG_1.jpg")},
        content_type="multipart/form-data",
    )  # fmt: skip
