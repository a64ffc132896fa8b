"""``ledger check`` finds a balance damaged by hand; ``jobs run`` may run at any time and says what it did."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.database import db
from points.ledger.accounts import account_id_of
from points.ledger.models import Account
from shop.stock.models import Stock
from tests.builders import MONDAY, given_points, given_village


@pytest.fixture
def village(site):
    """A village with one award whose notice ends after four days."""
    with site.app_context():
        village = given_village(residents=1, with_credentials=False)
        given_points(village, village.residents[0], 10)
        db.session.remove()
    return village


def test_sound_books_are_said_to_be_sound(flask, village):
    said = flask("ledger", "check")
    assert (said.status, "每个余额都和流水相符" in said.out) == (0, True)


def test_a_damaged_balance_and_a_damaged_shelf_are_named_with_exit_status_one(flask, village, site):
    with site.app_context():
        account_id = account_id_of(db.session(), village.community_id, "budget")
        db.session.execute(
            sa.update(Account.__table__)
            .where(Account.community_id == village.community_id, Account.id == account_id)
            .values(credits_posted=Account.credits_posted + 7)
        )
        soap = village.items["I01"]
        shelf = sa.and_(Stock.community_id == village.community_id, Stock.item_id == soap)
        db.session.execute(sa.update(Stock.__table__).where(shelf).values(on_hand=21))
        db.session.connection().commit()
    said = flask("ledger", "check")
    assert said.status == 1
    assert (
        f"yitian budget:00000000-0000-0000-0000-000000000000 account {account_id} credits_posted" in said.out
    )
    assert f"yitian shop {village.shop_id} item {soap} on_hand: stored 21, rows say 20" in said.out


def test_the_jobs_say_what_they_did_and_nothing_the_second_time(flask, village, clock_at):
    clock_at(MONDAY + timedelta(days=4))
    first, second = flask("jobs", "run"), flask("jobs", "run")
    assert (first.status, second.status) == (0, 0)
    assert "yitian  入账或退回 1 笔" in first.out
    assert "yitian  入账或退回 0 笔" in second.out
    assert flask("ledger", "check").status == 0


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_step_that_fails_is_named_and_ends_with_exit_status_one(flask, village, monkeypatch):
    from app import jobs

    def broken(_community):
        raise RuntimeError("out of order")

    monkeypatch.setitem(jobs.STEPS, "expired", broken)
    said = flask("jobs", "run")
    assert (said.status, "yitian: expired" in said.err) == (1, True)
