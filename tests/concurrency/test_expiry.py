"""Points end while people spend them: every point goes one way, once."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from app.jobs import ExpireWallet, expire_wallet
from points.ledger.figures import ledger_figures
from shop.orders.operations import OrderPlaced, place_order
from tests.concurrency.crowd import all_at_once
from tests.shop.till import LATER, ZONE, given_till
from tests.shop.till import day_of as day


def test_the_job_beside_itself_and_beside_the_till_takes_no_point_twice(site, session, nobody_listens):
    till = given_till(households=6, points=0, pieces=100)
    for turn in range(4):
        today = day(till.now)
        for person in till.people:
            till.give(person, 10, expires_on=today)
            till.give(person, 10, expires_on=LATER)
        early = [till.order(person, ("A01", 1)) for person in till.people[:3]]
        till.wait(days=1)
        acts = []
        for at, person in enumerate(till.people):
            job = ExpireWallet(till.community_id, till.wallet_id(person), ZONE)
            session.rollback()
            acts += [partial(till.run, expire_wallet, job)] * 2
            acts.append(
                partial(till.scan, early[at])
                if at < 3
                else partial(till.run, place_order, till.wanted(person, ("A01", 1)))
            )
        answers = all_at_once(site, acts)
        expired = [answer for answer in answers if isinstance(answer, int)]
        assert sum(expired) <= 3 * 6 + 3 * 10  # a debit may have written some off first
        assert sum(isinstance(answer, OrderPlaced) for answer in answers) == 3
        found = ledger_figures(session, till.community_id, now=till.now, today=day(till.now))
        session.rollback()
        assert (found.expired, found.redeemed) == ((turn + 1) * (3 * 6 + 3 * 10), (turn + 1) * 3 * 4)
        till.now += timedelta(hours=1)
    assert till.wrong_numbers() == []
