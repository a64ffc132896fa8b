"""What a worker holds after ten thousand requests of every kind."""

from __future__ import annotations

from pathlib import Path

from bench.load import Request, first_answer, send, write_requests
from bench.orders import Orders, redeem_request, seed_orders
from bench.processes import memory_of
from bench.report import Goal, headline
from bench.site import Served, close_site, migrate, new_site, serve
from bench.village import CODE, cookie_of, found_village
from tests.support.postgres import postgres_cluster

REQUESTS = 10_000
MOST_MB = 120
SECONDS = 120  # wrk stays for its whole time, also when every request has been answered
CONNECTIONS = 8
SHOPS, HOUSEHOLDS = 20, 500
# What a resident and a stranger open, each as often as its number says; every tenth request is a redemption.
PAGES = {
    "/home": 3, "/points": 3, "/records": 2, "/report": 2, "/shop": 2, "/orders": 1, "/account": 1, f"/c/{CODE}/board": 3,
    "/healthz": 1,
}  # fmt: skip
CALLS = {"/api/v1/me": 2, "/api/v1/items": 1, "/api/v1/rules": 1, "/api/v1/notices": 1}


def bench_memory(folder: Path, rounds: int, seconds: int) -> list[Goal]:  # noqa: ARG001 - counted in requests
    """Memory of one worker, before and after."""
    headline(f"memory: one worker after {REQUESTS:,} mixed requests (PostgreSQL, {CONNECTIONS} connections)")
    with postgres_cluster(directory=folder) as cluster:
        url = cluster.create_database("memory")
        site = new_site(url, folder)
        migrate(site)
        village = found_village(site, households=HOUSEHOLDS, shops=SHOPS)
        orders = seed_orders(site, village, scanned=REQUESTS // 10, plain=0)
        cookies = [cookie_of(site, village, household) for household in range(50)]
        close_site(site)
        with serve(url, folder, workers=1) as served:
            before = memory_of(served.workers[0])
            path = write_requests(_mixed(served, orders, cookies), folder / "mixed")
            load = send(served, path, connections=CONNECTIONS, seconds=SECONDS)
            after = memory_of(served.workers[0])
    if load.requests < REQUESTS - CONNECTIONS:  # wrk does not count the last answers
        raise RuntimeError(f"only {load.requests} of {REQUESTS} requests were answered in {SECONDS} s")
    print(f"  {load.requests:,} requests, {load.refused} refused, {load.cpu_ms:.2f} ms of Python each")
    print(f"  at the start {before[0]:.0f} MB resident, {before[1]:.0f} MB proportional")
    print(f"  at the end   {after[0]:.0f} MB resident, {after[1]:.0f} MB proportional")
    return [
        Goal(
            f"memory: resident memory of a worker after {load.requests:,} requests",
            after[0],
            "MB",
            most=MOST_MB,
        )
    ]


def _mixed(served: Served, orders: Orders, cookies: list[str]) -> list[Request]:
    """Ten thousand requests in a fixed order, each kind answered once before, so that none is measured as an error."""
    kinds = [(path, False) for path, times in PAGES.items() for _ in range(times)]
    kinds += [(path, True) for path, times in CALLS.items() for _ in range(times)]
    answered = {}
    for path, is_call in dict.fromkeys(kinds):
        status, text = first_answer(served, _read(path, is_call, orders, cookies, 0))
        answered[path] = status == 200
        if status != 200:
            print(f"  left out: {path} answers {status}: {text[:80]}")
    kinds = [kind for kind in kinds if answered[kind[0]]]
    requests = []
    for n in range(REQUESTS):
        if n % 10 == 0:
            requests.append(redeem_request(orders, n // 10))
        else:
            requests.append(_read(*kinds[n * 7 % len(kinds)], orders, cookies, n))
    return requests


def _read(path: str, is_call: bool, orders: Orders, cookies: list[str], n: int) -> Request:
    if is_call:
        return Request(path, headers={"Authorization": f"Bearer {orders.tokens[n % len(orders.tokens)]}"})
    return Request(path, headers={"Cookie": cookies[n % len(cookies)]})
