"""Whatever comes in a form, a question or an address, the site has an answer: it never breaks.

The demo village, without a browser, on PostgreSQL, which takes less than SQLite does. Its pages are walked once and their forms
read off; each comes back with odd values, and so do the routes whose form the walk did not find, with every field that any
form has. Nothing of it is kept, so that each finds the village as it was.
"""

from __future__ import annotations

import inspect
import re
import sys
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect, Rule

from app.models import metadata
from app.permissions import allows
from tests.app.web.test_ways import WALKERS, Walk, walker, ways_of
from tests.conftest import close_site, new_site
from tests.support.page_forms import PageForm, forms_of

if TYPE_CHECKING:
    from tests.support.postgres import Cluster

UNSEEN = "田\x00义"
ODD = (
     "长" * 3000, "9" * 5000, str(2**63), "-1", "1e400", "nan", "②", "0001-01-01", "9999-12-31", "2026-02-30",
    "0000-00", str(uuid.UUID(int=7)), "not-an-id", "",
)  # fmt: skip
SHARED = ("q", "m", "until", "next")
FEW = (UNSEEN, str(2**63), "0001-01-01")
_QUESTION = re.compile(r'(?:args|values)(?:\.get|\.getlist)?[([]\s*"(\w+)"|_(?:whole|chosen)\([^)]*?"(\w+)"')
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-")
NONE = ("", PageForm("", ""))
_PART = re.compile(r"<(?:[^:>]*:)?(\w+)>")


@dataclass
class Seen:
    """What a walk through the village found."""

    addresses: dict[str, tuple[str, str]] = field(default_factory=dict)  # route -> role, address
    forms: dict[tuple[str, ...], tuple[str, PageForm]] = field(
        default_factory=dict
    )  # what it is -> role, form
    parts: dict[str, str] = field(default_factory=dict)  # name in an address -> value

    def note(self, site: Flask, role: str, address: str, page: str) -> None:
        endpoint = self._match(site, address, "GET")
        self.addresses[endpoint or address] = (role, address)
        for form in forms_of(page, address):
            endpoint = self._match(site, form.action, form.method.upper())
            if endpoint and len(form.names) > len(self.forms.get(endpoint, NONE)[1].names):
                self.forms[endpoint] = (role, form)

    def _match(self, site: Flask, address: str, method: str) -> str | None:
        try:
            endpoint, parts = site.url_map.bind("localhost").match(urlsplit(address).path, method)
        except (HTTPException, RequestRedirect):
            return None
        for name, value in parts.items():
            self.parts.setdefault(name, str(value))
        return endpoint

    def fields(self) -> list[str]:
        """Every field that any form has."""
        names = [name for _, form in self.forms.values() if form.method == "post" for name in form.names]
        return [name for name in dict.fromkeys([*names, "nonce", "code", "line"]) if not _ID.search(name)]


def look_around(site: Flask) -> Seen:
    """Each role follows the links; of each route one page, and others where the question has other names."""
    seen = Seen()
    for role in WALKERS:
        walk, visited = walker(site, role), set()
        waiting = deque(["/home", "/desk", "/sign-in", "/shop-phone"])
        known = set(waiting)
        while waiting:
            address = waiting.popleft()
            endpoint = walk._endpoint(address)
            kind = f"{endpoint} {sorted(name for name, _ in parse_qsl(urlsplit(address).query))}"
            if endpoint is None or not walk._is_of_the_role(endpoint) or kind in visited:
                continue
            visited.add(kind)
            answer = walk.browser.get(address, buffered=True)
            is_page = answer.mimetype == "text/html"
            seen.note(site, role, address, answer.text if is_page else "")
            ways = [answer.location] if answer.location else ways_of(answer.text, address) if is_page else []
            waiting += [way for way in ways if way not in known]
            known.update(ways)
    return seen


def copy_rows(source: str, target: str) -> None:
    """Everything in one database, into an empty one on PostgreSQL."""
    old, new = (sa.create_engine(url).execution_options(across_communities=True) for url in (source, target))
    with old.connect() as read, new.begin() as write:
        write.exec_driver_sql("SET session_replication_role = replica")
        for table in metadata.sorted_tables:
            rows = [dict(row) for row in read.execute(sa.select(table)).mappings()]
            if rows:
                write.execute(sa.insert(table), rows)
    old.dispose()
    new.dispose()


@pytest.fixture(scope="module")
def village(demo_copy: Callable[[], Path]) -> tuple[Path, Seen]:
    """A folder with the demo village, and what there is to see."""
    folder = demo_copy()
    site = new_site(f"sqlite:///{folder / 'demo.db'}", folder)
    seen = look_around(site)
    close_site(site)
    return folder, seen


@pytest.fixture(scope="module")
def village_on_postgres(
    village: tuple[Path, Seen], postgres: Cluster, postgres_template: str, worker_id: str
) -> str:
    url = postgres.create_database(f"odd_{worker_id}", template=postgres_template)
    copy_rows(f"sqlite:///{village[0] / 'demo.db'}", url)
    return url


@dataclass
class Prober:
    """Sends what is odd as whoever may, and notes what broke."""

    site: Flask
    seen: Seen
    walks: dict[str, Walk]
    broken: list[str] = field(default_factory=list)

    def who(self, endpoint: str) -> str:
        """A role that may open it; of everybody's, the resident."""
        permission = self.site.view_functions[endpoint].permission
        return next(
            role for role in WALKERS if permission is None or allows(self.walks[role].roles, permission)
        )

    def send(self, role: str, method: str, address: str, fields: dict[str, str]) -> None:
        """One request, which leaves the browser signed in."""
        browser = self.walks[role].browser
        kept = dict(browser._cookies)
        more = {"data": fields} if method == "post" else {"query_string": fields}
        status = browser.open(address, method=method.upper(), buffered=True, **more).status_code
        browser._cookies.clear()
        browser._cookies.update(kept)
        if status >= 500:
            self.broken.append(f"{method} {address} {str(fields)[:200]}: {status}")

    def address(self, rule: Rule, **odd: str) -> str:
        """An address of a route, of things that are there as far as the walk saw any."""
        parts = {
            name: quote(self.seen.parts.get(name, "0" if name == "part" else str(uuid.UUID(int=9))))
            for name in rule.arguments
        }
        return _PART.sub(lambda part: (parts | odd)[part[1]], rule.rule)

    def rules(self, method: str) -> list[Rule]:
        """Everybody's pages and forms: programs have a test of their own."""
        return [
            rule
            for rule in self.site.url_map.iter_rules()
            if method in rule.methods and not rule.rule.startswith(("/api/", "/static/"))
            and rule.endpoint not in ("healthz", "readyz")
        ]  # fmt: skip


@pytest.fixture
def prober(
    village: tuple[Path, Seen],
    village_on_postgres: str,
    nobody_listens: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Prober]:
    folder, seen = village
    site = new_site(village_on_postgres, folder, LOG_LEVEL="CRITICAL")
    monkeypatch.setattr(Session, "commit", Session.flush)
    yield Prober(site, seen, {role: walker(site, role) for role in WALKERS})
    close_site(site)


def test_odd_fields_break_no_form(prober: Prober) -> None:
    """In all fields at once, and in one field of a form that is right otherwise."""
    turns = cycle(ODD)
    for role, form in prober.seen.forms.values():
        address = form.action if form.method == "post" else form.action.split("?")[0]
        sent = [[(name, odd) for name in form.names] for odd in FEW] + [[], form.fields * 2]
        for name in form.names[:12]:
            sent.append([one for one in form.fields if one[0] != name] + [(name, next(turns))])
        for fields in sent:
            prober.send(role, form.method, address, MultiDict(fields))
    assert prober.broken == []


def test_odd_fields_break_no_route_whose_form_was_not_seen(prober: Prober) -> None:
    fields = prober.seen.fields()
    for rule in prober.rules("POST"):
        if rule.endpoint not in prober.seen.forms:
            for odd in FEW:
                fields_of = MultiDict((name, odd) for name in fields)
                prober.send(prober.who(rule.endpoint), "post", prober.address(rule), fields_of)
    assert prober.broken == []


def test_odd_questions_break_no_page(prober: Prober) -> None:
    """Each of the questions that a page's own module asks, and those that it leaves to others."""
    asked = 0
    for rule in prober.rules("GET"):
        module = sys.modules[prober.site.view_functions[rule.endpoint].__module__]
        own = {one or other for one, other in _QUESTION.findall(inspect.getsource(module))}
        where = prober.seen.addresses.get(rule.endpoint, (prober.who(rule.endpoint), prober.address(rule)))
        prober.send(where[0], "get", where[1].split("?")[0], dict.fromkeys([*own, *SHARED], UNSEEN))
        for question in own:
            asked += 1
            prober.send(where[0], "get", where[1].split("?")[0], {question: str(2**63)})
    assert asked > 100
    assert prober.broken == []


def test_odd_addresses_break_nothing(prober: Prober) -> None:
    odd_parts = [quote(odd, safe="") for odd in (UNSEEN, str(2**63), "-1", "0000-00")] + [
        "9" * 400,
        "%ED%A0%80",
    ]
    for method in ("GET", "POST"):
        for rule in prober.rules(method):
            for name in rule.arguments:
                for odd in odd_parts:
                    address = prober.address(rule, **{name: odd})
                    prober.send(prober.who(rule.endpoint), method.lower(), address, {})
    assert prober.broken == []


@pytest.mark.parametrize("key", ["12345678\x00", "好好好好好好好好"])
def test_a_gift_with_an_odd_key_is_answered(prober: Prober, key: str) -> None:
    fields = {"to": "pool", "points": "1", "request_key": key}
    prober.send("resident", "post", "/gifts", fields)
    assert prober.broken == []


def test_an_unseen_character_is_named_and_what_was_typed_is_kept(prober: Prober) -> None:
    browser, page = prober.walks["resident"].browser, {"Referer": "http://localhost/shop/wishes"}
    answer = browser.post("/shop/wishes", data={"text": "要一把新锄头", "request_key": UNSEEN}, headers=page)
    assert answer.status_code == 422
    assert "里面有看不见的字符，请重新填写。" in answer.text
    assert "要一把新锄头" in browser.get("/shop/wishes").text


def test_an_address_with_an_unseen_character_is_no_page(prober: Prober) -> None:
    assert prober.site.test_client().get("/c/yitian%00/board").status_code == 404


@pytest.mark.parametrize("before", [str(2**31), str(2**63), "-1", "x"])
def test_a_slip_number_that_is_none_shows_the_newest_slips(prober: Prober, before: str) -> None:
    newest = prober.site.test_client().get("/c/yitian/donations").text
    answer = prober.site.test_client().get(f"/c/yitian/donations?before={before}")
    assert answer.status_code == 200
    assert answer.text.count("<li") == newest.count("<li")
