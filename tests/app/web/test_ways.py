"""No dead ends: whoever follows the links from the first page reaches everything the own role may open, and nothing shut.

The demo village, without a browser: every link of a page is followed, each route once or twice for each role. What a plain
resident may open is walked by the resident only.
"""

from __future__ import annotations

import html
import re
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from app.database import db
from app.demo.cast import SIGN_INS
from app.permissions import EVERYONE, PERMISSIONS, allows
from app.transaction import transact
from points.people.models import Member, Role
from points.people.operations import IssueCard, issue_card
from shop.codes.pins import SetPin, set_pin
from tests.conftest import close_site, new_site

WALKERS = ("resident", "grid_worker", "reviewer", "chair", "shop_staff", "steward", "supervisor", "operator")
OFTEN = 2  # visits to a route in one walk
_LINKS = re.compile(r'<(?:a|form)\b[^>]*?\b(?:href|action)="([^"]*)"[^>]*>')

# Routes that no link leads to, and why that is right.
NO_LINK = {
    # pictures and parts of a page, which the page loads itself
    **dict.fromkeys(
        ("photos.small", "conduct.photo", "my_code.asks", "sale.asked_now", "review.desk_part", "review.projector_part"),
        "loaded by its page",
    ),
    "my_code.pocket": "kept by the service worker for a phone without network",
    "offline.token": "asked for by the till's script",
    "rules.index": "leads on to the public book, which has links",
    # what an act leads to, or a look before it
    **dict.fromkeys(
        ("records.reported", "grid.deed", "groups.tally", "imports.reading", "imports.errors", "sale.asked",
         "counter.answer"),
        "the answer to something that was sent",
    ),
    # a session is going on
    **dict.fromkeys(
        ("review.item", "review.join", "review.desk", "review.closing", "review.projector", "seats.ask",
         "duplicates.ask", "paper_ballots.index", "sheets.keying", "sheets.print_sheet"),
        "while a session is open",
    ),
    # the demo's people have none of these, or none that waits, or have one on some days only: its life is told up to today
    **dict.fromkeys(
        ("conduct.show", "conduct.of_record", "conduct.letter", "objections.show", "objections.ask_about_notice",
         "objections.ask_about_record", "my_code.ask", "slips.own", "points.honour", "days.show", "shifts.show",
         "stock.waiting", "stock.take", "stock.take_item", "stock.thanks", "cards.large",
         "photos.show", "vouchers.show"),
        "only where there is one",
    ),
}  # fmt: skip


@dataclass
class Walk:
    """Where one person came, following links."""

    site: Flask
    browser: FlaskClient
    roles: frozenset[str]
    member: tuple[int, uuid.UUID]
    visits: dict[str, int] = field(default_factory=dict)
    dead: list[str] = field(default_factory=list)

    def follow(self, *starts: str) -> None:
        """Breadth first."""
        waiting = deque((start, "/") for start in starts)
        seen = set(starts)
        while waiting:
            address, page = waiting.popleft()
            for way in self._open(address, page):
                if way not in seen:
                    seen.add(way)
                    waiting.append((way, address))

    def _open(self, address: str, page: str) -> list[str]:
        endpoint = self._endpoint(address)
        if endpoint is None:
            self.dead.append(f"{page} -> {address}: nothing is there")
            return []
        if not self._is_of_the_role(endpoint) or self.visits.get(endpoint, 0) >= OFTEN:
            return []
        self.visits[endpoint] = self.visits.get(endpoint, 0) + 1
        answer = self.browser.get(address, buffered=True)
        if answer.status_code >= 400:
            self.dead.append(f"{page} -> {address}: {answer.status_code}")
        if answer.location:
            return [answer.location]
        return ways_of(answer.text, address) if answer.mimetype == "text/html" else []

    def _endpoint(self, address: str) -> str | None:
        try:
            return self.site.url_map.bind("localhost").match(urlsplit(address).path, "GET")[0]
        except RequestRedirect:
            return "static"
        except HTTPException:
            return None

    def _is_of_the_role(self, endpoint: str) -> bool:
        """Public pages and everybody's are the resident's to walk."""
        permission = getattr(self.site.view_functions[endpoint], "permission", None)
        is_special = permission is not None and PERMISSIONS[permission] != EVERYONE
        return is_special or self.roles == EVERYONE or endpoint == "home.index"

    def never_reached(self) -> set[str]:
        """Pages that the role may open and no link led to."""
        mine = {
            rule.endpoint
            for rule in self.site.url_map.iter_rules()
            if "GET" in rule.methods
            and not rule.rule.startswith("/api/")
            and self._is_of_the_role(rule.endpoint)
            and (permission := self.site.view_functions[rule.endpoint].permission) is not None
            and allows(self.roles, permission)
        }
        return mine - self.visits.keys() - NO_LINK.keys()


def ways_of(page: str, address: str) -> list[str]:
    """Same-site addresses of a page: links, and searches; what is sent is no link."""
    found = []
    for tag in re.finditer(_LINKS, page):
        is_sent = tag[0].startswith("<form") and 'method="get"' not in tag[0]
        way = urlsplit(html.unescape(tag[1]))
        if is_sent or way.scheme or way.netloc or not (way.path or way.query):
            continue
        path = way.path or urlsplit(address).path
        found.append(f"{path}?{way.query}" if way.query else path)
    return list(dict.fromkeys(found))


@pytest.fixture(scope="module")
def demo_site(demo_copy: Callable[[], Path]) -> Iterator[Flask]:
    """The demo village; one elder gets a card and a PIN in it."""
    folder = demo_copy()
    site = new_site(f"sqlite:///{folder / 'demo.db'}", folder)
    yield site
    close_site(site)


def walker(site: Flask, role: str) -> Walk:
    """One of the demo's people, signed in."""
    phone = next(phone for name, phone in SIGN_INS if name == role)
    everywhere = {"across_communities": True}
    with site.app_context():
        member = db.session.execute(
            sa.select(Member.community_id, Member.id).where(Member.phone == phone),
            execution_options=everywhere,
        ).one()
        roles = db.session.scalars(
            sa.select(Role.role).where(Role.member_id == member.id), execution_options=everywhere
        )
        held = EVERYONE | set(roles)
    browser = site.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = f"{member.community_id}:{member.id}:1"
    return Walk(site, browser, frozenset(held), tuple(member))


def test_whoever_is_helped_sees_no_way_that_is_shut(demo_site: Flask) -> None:
    walk = walker(demo_site, "resident")
    village, helper = walk.member
    with demo_site.app_context():
        elder = (
            db.session.execute(
                sa.select(Member.id).where(
                    Member.community_id == village, Member.phone.is_(None), Member.left_at.is_(None)
                )
            )
            .scalars()
            .first()
        )
        card = transact(issue_card, IssueCard(village, elder, None, replace=True))
        transact(set_pin, SetPin(village, helper, elder, "2580"))
    assert walk.browser.post("/helping", data={"code": card, "pin": "2580"}).location == "/home"
    walk.follow("/home")
    assert walk.dead == []
    assert len(walk.visits) > 12


@pytest.mark.parametrize("role", WALKERS)
def test_every_link_opens_and_every_page_of_the_role_has_one(demo_site: Flask, role: str) -> None:
    walk = walker(demo_site, role)
    walk.follow("/home", *(["/desk"] if allows(walk.roles, "desk.see") else []))
    assert walk.dead == []
    assert sorted(walk.never_reached()) == []
