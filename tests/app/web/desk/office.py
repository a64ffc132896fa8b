"""A village office for the tests of the desk: clients that are signed in, and a look into the database."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.database import db
from app.transaction import transact
from points.people.queries import MemberBrief
from tests.builders import Village


@dataclass
class Office:
    """``village`` is the one these tests work in, ``neighbour`` the one they must never touch."""

    site: Flask
    village: Village
    neighbour: Village

    def client(self, role: str = "steward") -> FlaskClient:
        """The browser of somebody in this role, or of a resident."""
        person = self.village.residents[0] if role == "resident" else self.village.one(role)
        return self.client_of(person)

    def client_of(self, person: MemberBrief) -> FlaskClient:
        """The browser of a member, signed in."""
        client = self.site.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = f"{self.village.community_id}:{person.id}:1"
            session["_fresh"] = True
        return client

    def ask(self, query: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """A query in a fresh session."""
        with self.site.app_context():
            return query(db.session(), *args, **more)

    def run(self, operation: Callable[..., Any], command: object) -> Any:
        """An operation, committed."""
        with self.site.app_context():
            return transact(operation, command)


def words(response: TestResponse) -> str:
    """What a page says, without its tags; several blanks are one."""
    main = response.text.partition('<main id="main"')[2] or response.text
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", main.partition("</main>")[0])))


def flashed(client: FlaskClient) -> str:
    """The messages that the next page will show."""
    with client.session_transaction() as session:
        return " ".join(text for _category, text in session.get("_flashes", []))
