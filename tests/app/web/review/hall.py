"""A village in its meeting hall, seen through browsers without scripts; it is Monday morning."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app.database import db
from points.people.queries import MemberBrief
from tests.builders import Village, given_open_session, given_record


@dataclass
class Hall:
    """The site with two villages; ``other`` is the one next door."""

    site: Flask
    village: Village
    other: Village

    def do(self, operation: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """Anything that needs the site's context: a builder, ``transact``, a query."""
        with self.site.app_context():
            try:
                return operation(*args, **more)
            finally:
                db.session.remove()

    def ask(self, query: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """A query of the domain, with its session."""
        with self.site.app_context():
            return query(db.session(), *args, **more)

    def as_(self, member: MemberBrief, village: Village | None = None) -> FlaskClient:
        """The browser of somebody who has signed in."""
        browser = self.site.test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = f"{(village or self.village).community_id}:{member.id}:1"
        return browser

    def stranger(self) -> FlaskClient:
        """A browser nobody has signed in with."""
        return self.site.test_client()

    def sitting(self, *rules: str) -> tuple[uuid.UUID, list[uuid.UUID]]:
        """An open session with everybody there, and a record on its table for each rule, of a resident each."""
        records = [
            self.do(given_record, self.village, resident, rule=rule).id
            for rule, resident in zip(rules or ("AID-02",), self.village.residents, strict=False)
        ]
        return self.do(given_open_session, self.village), records


def text_of(answer: Any) -> str:
    """What a person reads on a page: no tags, one space between words."""
    body = re.sub(r"(?s)<(script|style|template|svg)\b.*?</\1>", " ", answer.get_data(as_text=True))
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())
