"""Points end once, whatever interrupts the job; and what a refund gives back can still be used."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import jobs
from app.database import db
from points.errors import Conflict
from points.ledger.figures import ledger_figures
from points.ledger.policy import REFUND_GRACE, notice_of, refund_days
from tests.shop.till import LATER, Till, day_of, given_till

TODAY = date(2026, 11, 22)
days = st.dates(TODAY - timedelta(days=400), TODAY + timedelta(days=400))


@given(
    st.dictionaries(days, st.integers(1, 30), min_size=1, max_size=4),
    st.lists(st.integers(1, 20), max_size=5),
)
def test_parts_of_a_refund_together_give_the_days_back_that_one_would(used, parts):
    spent = sorted(used.items())
    total, refunded, together = sum(used.values()), 0, {}
    for part in parts:
        points = min(part, total - refunded)
        for day, back in refund_days(spent, refunded, points, today=TODAY):
            together[day] = together.get(day, 0) + back
        refunded += points
    assert together == dict(refund_days(spent, 0, refunded, today=TODAY))
    assert sum(together.values()) == refunded
    assert all(day >= TODAY and (day in used or day == TODAY + REFUND_GRACE) for day in together)


@pytest.mark.parametrize(
    ("left", "step"), [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)]
)
def test_people_are_told_three_times(left, step):
    assert notice_of(TODAY + timedelta(days=left), TODAY) == step


def test_a_job_killed_between_wallets_and_run_again_ends_each_point_once(session, clock_at, monkeypatch):
    till: Till = given_till(households=5, points=0)
    for person in till.people:
        till.give(person, 10, expires_on=day_of(till.now))
        till.give(person, 7, expires_on=LATER)
    held = till.order(till.people[0], ("A01", 2))  # eight points of the day that is about to pass
    till.wait(days=1)
    clock_at(till.now)
    real, seen = jobs.transact, []

    def killed(operation, command):
        if operation is jobs.expire_wallet:
            seen.append(command)
            if len(seen) == 3:
                raise KeyboardInterrupt
        return real(operation, command)

    monkeypatch.setattr(jobs, "transact", killed)
    with pytest.raises(KeyboardInterrupt):
        jobs.run_jobs()
    db.session.rollback()
    monkeypatch.setattr(jobs, "transact", real)
    done = [sum(one.counts["expired"] for one in jobs.run_jobs()) for _again in range(2)]
    assert done == [30, 0]
    figures = ledger_figures(db.session(), till.community_id, now=till.now, today=day_of(till.now))
    assert (figures.expired, figures.held) == (42, 8)
    till.cancel(till.people[0], held)
    assert till.purse(till.people[0]).available == 7
    with pytest.raises(Conflict, match="insufficient_points"):
        till.order(till.people[0], ("A01", 2))
    clock_at(till.now)
    jobs.run_jobs()
    figures = ledger_figures(db.session(), till.community_id, now=till.now, today=day_of(till.now))
    assert (figures.expired, figures.held, figures.outstanding) == (50, 0, 35)
    assert till.wrong_numbers() == []
