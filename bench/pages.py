"""The two hot pages, in a village of a thousand and in one of many: they must cost the same."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from app.database import db
from bench.history import WAITING, seed_history
from bench.load import Request, first_answer, send, write_requests
from bench.report import Goal, Rounds, headline
from bench.site import WORKERS, Served, close_site, migrate, new_site, serve
from bench.village import CODE, MEMBERS_OF_HOUSEHOLD, Village, cookie_of, found_village
from points.ledger.check import check_ledger
from tests.support.postgres import Cluster, postgres_cluster

SMALL, MIDDLE, LARGE = 1_000, 20_000, 1_000_000
SHOPS = 50
CONNECTIONS = 4
MOST_PYTHON_MS, MOST_STATEMENTS, MOST_GROWTH = 2.0, 6, 1.15
# Filling ten million rows is not what is measured, and reading them asks for no fsync.
SETTINGS = {
    "shared_buffers": "2GB",
    "maintenance_work_mem": "1GB",
    "work_mem": "128MB",
    "max_wal_size": "16GB",
}
PAGES = {"my points": "/points", "board": f"/c/{CODE}/board"}
PING = "/healthz"


@dataclass(frozen=True)
class Place:
    """A seeded village with its server and its prepared requests by page."""

    name: str
    served: Served
    requests: dict[str, Path]
    statements: dict[str, int]


def bench_pages(folder: Path, rounds: int, seconds: int, *, large: bool = False) -> list[Goal]:
    """Processor time, statements and requests a second of both pages, in a small and a big village in turns."""
    many = LARGE if large else MIDDLE
    headline(
        f"pages (PostgreSQL, {CONNECTIONS} connections, {WORKERS} workers of one thread, {SMALL:,} and {many:,} members)"
    )
    with postgres_cluster(directory=folder, settings=SETTINGS) as cluster, ExitStack() as open_places:
        places = [
            open_places.enter_context(_place(cluster, f"{members:,} members", members, folder))
            for members in (SMALL, many)
        ]
        found = Rounds()
        for _ in range(rounds):
            for page in PAGES:
                for place in places:
                    found.add(_figures(place, page, seconds))
            found.add({"ping, requests/s": send(places[0].served, places[0].requests["ping"], seconds=seconds, repeat=True,
                                                connections=CONNECTIONS).per_second})  # fmt: skip
    found.print()
    return [goal for page in PAGES for goal in _goals(page, places, found)]


@contextmanager
def _place(cluster: Cluster, name: str, members: int, folder: Path) -> Iterator[Place]:
    database = f"pages_{members}"
    url = cluster.create_database(database)
    site = new_site(url, folder)
    try:
        began = time.monotonic()
        migrate(site)
        village = found_village(site, households=members // MEMBERS_OF_HOUSEHOLD, shops=SHOPS)
        seed_history(site, village)
        took, size = time.monotonic() - began, _size(cluster, database)
        cookies = [cookie_of(site, village, household) for household in range(WAITING)]
        statements = {page: _count_statements(site, path, cookies[0]) for page, path in PAGES.items()}
        print(f"  {name}: seeded in {took:.0f} s, {size}; {_checked(site, village)}", flush=True)
    finally:
        close_site(site)
    with serve(url, folder) as served:
        wanted = {
            "my points": [Request(PAGES["my points"], headers={"Cookie": cookie}) for cookie in cookies],
            "board": [Request(PAGES["board"])], "ping": [Request(PING)],
        }  # fmt: skip
        for page, requests in wanted.items():
            _look(served, page, requests[0])
        files = {
            page: write_requests(requests, folder / f"{database}-{page}") for page, requests in wanted.items()
        }
        for path in files.values():
            send(served, path, connections=CONNECTIONS, seconds=2, repeat=True)
        yield Place(name, served, files, statements)


def _size(cluster: Cluster, database: str) -> str:
    with cluster.connect(database) as connection:
        return connection.execute(
            "SELECT count(*) || ' transfers, ' || pg_size_pretty(pg_database_size(current_database())) FROM transfer"
        ).fetchone()[0]


def _checked(site: Flask, village: Village) -> str:
    """The count that ``flask ledger check`` makes, where it takes seconds; the large village has the same rows."""
    if village.members > MIDDLE:
        return "ledger not counted"
    with site.app_context():
        findings = list(check_ledger(db.session(), village.id))
        db.session.remove()
    if findings:
        raise RuntimeError(f"the seeded ledger is wrong: {findings[:3]}")
    return "every balance is the sum of its rows"


def _count_statements(site: Flask, path: str, cookie: str) -> int:
    """Statements that one answer needs, those of the sign-in among them, once everything is warm."""
    seen: list[str] = []

    def note(_connection: sa.Connection, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    name, _, value = cookie.partition("=")
    with site.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    with site.test_client() as client:
        client.set_cookie(name, value)
        client.get(path)
        seen.clear()
        client.get(path)
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def _look(served: Served, page: str, request: Request) -> None:
    """The page is the one that is meant, with its rows."""
    status, text = first_answer(served, request)
    rows = {"my points": "/points/entries/", "board": f"/c/{CODE}/board/", "ping": "ok"}[page]
    least = {"my points": 20, "board": 50, "ping": 1}[page]
    if status != 200 or text.count(rows) < least:
        raise RuntimeError(f"{page} answers {status} with {text.count(rows)} rows: {text[:300]}")


def _figures(place: Place, page: str, seconds: int) -> dict[str, float]:
    load = send(place.served, place.requests[page], connections=CONNECTIONS, seconds=seconds, repeat=True)
    if load.refused:
        raise RuntimeError(f"{load.refused} of {load.requests} were refused")
    name = f"{page}, {place.name}"
    return {
        f"{name}: Python CPU ms": load.cpu_ms, f"{name}: requests/s": load.per_second, f"{name}: median ms": load.median_ms,
    }  # fmt: skip


def _goals(page: str, places: list[Place], found: Rounds) -> list[Goal]:
    small, many = (f"{page}, {place.name}" for place in places)
    statements = max(place.statements[page] for place in places)
    of_ping = found.ratio(f"{many}: requests/s", to="ping, requests/s")
    print(f"  {page}: {statements} statements; {of_ping:.2f} of the requests/s of {PING}")
    growth = found.ratio(f"{many}: Python CPU ms", to=f"{small}: Python CPU ms")
    slower = found.ratio(f"{small}: requests/s", to=f"{many}: requests/s")
    return [
        Goal(
            f"{page}: Python processor time",
            found.median(f"{many}: Python CPU ms"),
            "ms",
            most=MOST_PYTHON_MS,
        ),
        Goal(f"{page}: SQL statements", statements, most=MOST_STATEMENTS),
        Goal(f"{page}: processor time, {places[1].name} / {places[0].name}", growth, most=MOST_GROWTH),
        Goal(f"{page}: time for a request, {places[1].name} / {places[0].name}", slower, most=MOST_GROWTH),
    ]
