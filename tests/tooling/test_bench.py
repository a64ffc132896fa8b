"""What the benches put into a database by plain SQL is a village that the site can work with, and its points add up."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.database import db
from bench.history import seed_history
from bench.orders import redeem_request, seed_orders
from bench.village import found_village
from points.ledger.check import check_ledger
from tests.conftest import close_site, new_site


@pytest.fixture
def bench_site(
    backend: str, request: pytest.FixtureRequest, tmp_path: Path, nobody_listens: None
) -> Iterator[Flask]:
    """A database of its own, since the benches leave a table of theirs in it; they join by other columns than the site
    may."""
    if backend == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "bench.db")
        url = f"sqlite:///{tmp_path}/bench.db"
    else:
        cluster, template = (request.getfixturevalue(name) for name in ("postgres", "postgres_template"))
        url = cluster.create_database(f"bench_{request.node.originalname[-20:]}", template=template)
    site = new_site(url, tmp_path)
    yield site
    close_site(site)


def wrong_numbers(site: Flask, community_id: int) -> list[object]:
    with site.app_context():
        return list(check_ledger(db.session(), community_id))


def test_the_till_takes_seeded_orders(bench_site):
    village = found_village(bench_site, households=8, shops=2)
    orders = seed_orders(bench_site, village, scanned=4, plain=2)
    assert wrong_numbers(bench_site, village.id) == []
    asked = redeem_request(orders, 1)
    answer = bench_site.test_client().post(asked.path, json=asked.body, headers=asked.headers)
    assert (answer.status_code, answer.json["status"]) == (201, "ok")
    assert wrong_numbers(bench_site, village.id) == []


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_seeded_past_adds_up(bench_site):
    village = found_village(bench_site, households=50, shops=2)
    seed_history(bench_site, village)
    assert wrong_numbers(bench_site, village.id) == []
