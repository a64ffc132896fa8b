"""The till over HTTP against the same transaction in plain SQL, in turns on one database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.load import Load, first_answer, send, write_requests
from bench.orders import Orders, redeem_request, seed_orders
from bench.plain_sql import CLIENTS, run_pgbench, run_sqlite
from bench.processes import cpu_seconds_of_family, parent_of
from bench.report import Goal, Rounds, headline
from bench.seed import let_planner_look
from bench.site import WORKERS, Served, close_site, migrate, new_site, serve
from bench.village import found_village
from tests.support.postgres import Cluster, postgres_cluster

CONNECTIONS = 16
SHOPS, HOUSEHOLDS = 100, 2000
FASTEST = 2500  # redemptions a second that no machine of ours exceeds: so many orders wait for each second
LEAST_RATIO, MOST_PYTHON_MS = 0.20, 2.0


@dataclass(frozen=True)
class Size:
    """How long a bench goes on: rounds, seconds of load in each, transactions of each plain client."""

    rounds: int
    seconds: int
    each: int

    @property
    def scanned(self) -> int:
        """Orders for the site in one round."""
        return self.seconds * FASTEST


def bench_till(folder: Path, rounds: int, seconds: int) -> list[Goal]:
    """Redemptions on PostgreSQL with fsync on, beside pgbench."""
    size = Size(rounds, seconds, each=seconds * 150)
    headline(
        f"till on PostgreSQL (fsync on, {CONNECTIONS} connections, {SHOPS} shops, {WORKERS} workers of one thread)"
    )
    with postgres_cluster(fsync=True, directory=folder) as cluster:
        url = cluster.create_database("till")
        plain = size.each * CLIENTS
        with _seeded(url, folder, size, plain) as orders:
            postmaster = _postmaster(cluster)
            with serve(url, folder) as served:
                found = Rounds()
                for at, requests in enumerate(_prepared(served, orders, size, folder, url)):
                    first = len(orders.codes) + at * plain
                    database = cpu_seconds_of_family(postmaster)
                    run = run_pgbench(cluster, "till", orders, folder, first=first, each=size.each)
                    database = (cpu_seconds_of_family(postmaster) - database) * 1000 / plain
                    found.add(
                        {
                            "pgbench, transactions/s": run.per_second,
                            "pgbench, PostgreSQL CPU ms each": database,
                        }
                    )
                    database = cpu_seconds_of_family(postmaster)
                    load = _send(served, requests, size)
                    database = (cpu_seconds_of_family(postmaster) - database) * 1000 / load.requests
                    found.add(_figures(load) | {"till, PostgreSQL CPU ms each": database})
    found.print()
    ratio = found.ratio("till, redemptions/s", to="pgbench, transactions/s")
    return [
        Goal("till: redemptions over HTTP / pgbench", ratio, least=LEAST_RATIO),
        Goal("till: Python processor time of a redemption", found.median("till, Python CPU ms each"), "ms", most=MOST_PYTHON_MS),
    ]  # fmt: skip


def bench_till_on_sqlite(folder: Path, rounds: int, seconds: int) -> list[Goal]:
    """Redemptions on SQLite, synchronous FULL, beside a loop of Python's own driver."""
    size = Size(rounds, seconds, each=seconds * 500)
    headline(
        f"till on SQLite (synchronous FULL, {CONNECTIONS} connections, {SHOPS} shops, {WORKERS} workers of one thread)"
    )
    path = folder / "till.db"
    with (
        _seeded(f"sqlite:///{path}", folder, size, size.each) as orders,
        serve(f"sqlite:///{path}", folder) as served,
    ):
        found = Rounds()
        for at, requests in enumerate(_prepared(served, orders, size, folder, f"sqlite:///{path}")):
            run = run_sqlite(path, orders, first=len(orders.codes) + at * size.each, count=size.each)
            found.add({"sqlite3 loop, transactions/s": run.per_second})
            found.add(_figures(_send(served, requests, size)))
    found.print()
    ratio = found.ratio("till, redemptions/s", to="sqlite3 loop, transactions/s")
    return [Goal("till on SQLite: redemptions over HTTP / loop of sqlite3", ratio, least=LEAST_RATIO)]


@contextmanager
def _seeded(url: str, folder: Path, size: Size, plain: int) -> Iterator[Orders]:
    """A village with orders enough for all rounds and one to get warm."""
    site = new_site(url, folder)
    try:
        migrate(site)
        village = found_village(site, households=HOUSEHOLDS, shops=SHOPS)
        orders = seed_orders(
            site, village, scanned=size.scanned * (size.rounds + 1), plain=plain * size.rounds
        )
    finally:
        close_site(site)
    yield orders


def _prepared(served: Served, orders: Orders, size: Size, folder: Path, url: str) -> Iterator[Path]:
    """The requests of each round; the first answer is looked at, and the server gets warm, before the first round."""
    requests = [redeem_request(orders, n) for n in range(len(orders.codes))]
    status, text = first_answer(served, requests.pop())
    if status != 201:
        raise RuntimeError(f"the till answers {status}: {text[:500]}")
    for at in range(size.rounds + 1):
        part = requests[at * size.scanned : (at + 1) * size.scanned]
        path = write_requests(part, folder / f"requests-{at}")
        if at == 0:
            send(served, path, connections=CONNECTIONS, seconds=min(3, size.seconds))
            let_planner_look(url)
        else:
            yield path


def _send(served: Served, requests: Path, size: Size) -> Load:
    load = send(served, requests, connections=CONNECTIONS, seconds=size.seconds)
    if load.refused:
        raise RuntimeError(
            f"{load.refused} of {load.requests} redemptions were refused: {served.log.read_text()[-1000:]}"
        )
    return load


def _figures(load: Load) -> dict[str, float]:
    return {
        "till, redemptions/s": load.per_second, "till, Python CPU ms each": load.cpu_ms,
        "till, median answer ms": load.median_ms, "till, slowest answer ms": load.slowest_ms,
        "wrk's share of processor time": load.wrk_share,
    }  # fmt: skip


def _postmaster(cluster: Cluster) -> int:
    with cluster.connect() as connection:
        return parent_of(connection.execute("SELECT pg_backend_pid()").fetchone()[0])
