"""The jobs write down what time has done, change nothing that anybody sees, and may run twice."""

from __future__ import annotations

import io
import os
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image

from app import clock
from app.database import db
from app.imports.keeping import Keeper
from app.jobs import run_jobs
from app.photos import keep_photo, photo_path
from points.base import new_id
from points.ledger.check import check_ledger
from points.ledger.figures import ledger_figures
from points.ledger.models import Lot, OpenPending
from points.records.models import Evidence
from points.review.models import ReviewSession
from shop.figures import shelf_figures
from shop.orders.models import Order
from shop.stock.models import Stock
from tests.builders import (
    MONDAY,
    given_decided,
    given_open_session,
    given_order,
    given_points,
    given_record,
    given_village,
)

LATER = MONDAY + timedelta(days=40)


@pytest.fixture
def village(session, clock_at):
    """Matured awards, one order that lapsed, one session nobody closed."""
    village = given_village(residents=4, cadence="ad_hoc")
    people = village.residents
    given_points(village, people[0], 10)
    given_order(village, people[0])
    given_decided(
        village,
        [given_record(village, people[1], at=MONDAY + timedelta(days=5))],
        at=MONDAY + timedelta(days=5),
    )
    given_record(village, people[2], at=MONDAY + timedelta(days=6))
    given_open_session(village, at=MONDAY + timedelta(days=6))
    clock_at(LATER)
    return village


def photo() -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "JPEG")
    return out.getvalue()


def counts(community):
    """What the jobs did for a community, by its code."""
    return next(done.counts for done in run_jobs() if done.community == community)


def open_things(session, community_id):
    """How much is still open: pendings due, orders past their time, sessions past their end."""
    now = clock.now()
    due = sa.or_(OpenPending.posts_at <= now, OpenPending.expires_at <= now)
    found = (
        session.scalar(sa.select(sa.func.count()).select_from(OpenPending).where(OpenPending.community_id == community_id, due)),
        session.scalar(sa.select(sa.func.count()).select_from(Order).where(
            Order.community_id == community_id, Order.state == "placed", Order.expires_at <= now)),
        session.scalar(sa.select(sa.func.count()).select_from(ReviewSession).where(
            ReviewSession.community_id == community_id, ReviewSession.state == "open")),
    )  # fmt: skip
    session.rollback()
    return found


def test_everything_that_is_over_is_written_down_and_a_second_run_finds_nothing(session, village):
    assert open_things(session, village.community_id) == (2, 1, 1)
    first, second = counts("yitian"), counts("yitian")
    assert second == dict.fromkeys(first, 0)
    assert first.pop("sealed") > 20
    assert first == {
        "settled": 2,
        "released": 1,
        "expired": 0,
        "repriced": 0,
        "closed": 1,
        "opened": 0,
        "dropped": 0,
        "forgotten": 0,
        "told": 0,
    }
    assert open_things(session, village.community_id) == (0, 0, 0)
    assert list(check_ledger(session, village.community_id)) == []


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_what_is_due_opens_without_anybody(session, clock_at):
    village = given_village(residents=1)
    given_record(village, village.residents[0])
    clock_at(MONDAY + timedelta(minutes=1))
    assert [counts("yitian")["opened"] for _ in range(2)] == [1, 0]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_the_books_are_sealed_once_a_day(session, village, clock_at):
    assert counts("yitian")["sealed"] > 20
    clock_at(LATER + timedelta(hours=1))
    given_record(village, village.residents[3], at=LATER + timedelta(hours=1))
    given_open_session(village, at=LATER + timedelta(hours=1))
    clock_at(LATER + timedelta(hours=6))
    assert (counts("yitian")["closed"], counts("yitian")["sealed"]) == (1, 0)
    clock_at(LATER + timedelta(days=1))
    assert counts("yitian")["sealed"] > 0


def test_the_figures_read_the_same_before_and_after(session, village):
    def read():
        figures = ledger_figures(session, village.community_id, now=LATER, today=LATER.date())
        shelf = shelf_figures(session, village.community_id, now=clock.now())
        session.rollback()
        return figures, shelf

    before = read()
    run_jobs()
    assert read() == before


def test_points_whose_day_has_passed_are_written_off(session, village, clock_at):
    run_jobs()
    clock_at(datetime(2028, 1, 1, 0, 30, tzinfo=UTC))
    assert counts("yitian")["expired"] == 15
    left = session.scalar(sa.select(sa.func.sum(Lot.points)).where(Lot.community_id == village.community_id))
    assert left == 0
    session.rollback()
    assert counts("yitian")["expired"] == 0


def test_goods_of_a_lapsed_order_stand_on_the_shelf_again(session, village):
    run_jobs()
    held = session.scalar(
        sa.select(sa.func.sum(Stock.held)).where(Stock.community_id == village.community_id)
    )
    assert held == 0


def test_a_photo_without_a_report_goes_after_a_day_and_one_with_a_report_stays(session, village, clock_at):
    person = village.residents[3]
    used, orphan = (keep_photo(village.community_id, person.id, photo()) for _ in range(2))
    given_record(village, person, at=LATER, done_on=LATER.date(), evidence_ids=(used,))
    assert counts("yitian")["dropped"] == 0
    clock_at(LATER + timedelta(days=1, minutes=1))
    assert counts("yitian")["dropped"] == 1
    assert photo_path(village.community_id, used).is_file()
    assert not photo_path(village.community_id, orphan).exists()
    assert not photo_path(village.community_id, orphan, small=True).exists()
    ids = session.scalars(sa.select(Evidence.id).where(Evidence.community_id == village.community_id)).all()
    assert ids == [used]


def test_files_that_were_never_registered_go_after_a_day(session, village):
    path = photo_path(village.community_id, new_id())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(photo())
    os.utime(path, (LATER.timestamp() - 3_600,) * 2)
    assert counts("yitian")["dropped"] == 0
    os.utime(path, (LATER.timestamp() - 90_000,) * 2)
    assert counts("yitian")["dropped"] == 1
    assert not path.exists()


def test_uploads_that_nobody_decided_on_go_after_a_day(session, village, clock_at, site):
    folder = Path(site.config["MEDIA_DIR"]) / "tmp"
    Keeper(folder, village.one("steward").id).keep("roster", "a.csv", b"x", now=LATER)
    run_jobs()
    assert len(list(folder.iterdir())) == 1
    clock_at(LATER + timedelta(days=1, minutes=1))
    run_jobs()
    assert list(folder.iterdir()) == []


def test_a_step_that_fails_stops_neither_the_next_nor_the_next_community(session, village, monkeypatch):
    given_village(code="liuhe", village=2, residents=1, with_credentials=False)

    def broken(community):
        if community.code == "yitian":
            raise RuntimeError("out of order")
        return 0

    monkeypatch.setitem(run_jobs.__globals__["STEPS"], "settled", broken)
    done = {one.community: one for one in run_jobs()}
    assert (done["yitian"].failed, done["liuhe"].failed) == (["settled"], [])
    assert done["yitian"].counts["closed"] == 1


def test_what_two_timers_do_at_once_is_done_once(session, village, site):
    db.session.rollback()

    def in_a_thread():
        with site.app_context():
            done = next(one for one in run_jobs() if one.community == "yitian")
            db.session.remove()
            return done

    with ThreadPoolExecutor(2) as threads:
        both = [
            future.result() for future in [threads.submit(copy_context().run, in_a_thread) for _ in range(2)]
        ]
    assert sum(done.counts["settled"] for done in both) == 2
    assert [done.failed for done in both] == [[], []]
    assert list(check_ledger(session, village.community_id)) == []
