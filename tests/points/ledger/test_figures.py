"""The steward's figures say what all wallets together say, whether or not anybody has settled anything."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.database import db
from points.ledger.accounts import account_id_of
from points.ledger.figures import expiry_calendar, grants_of, ledger_figures
from points.ledger.queries import wallet
from points.ledger.settling import settle
from points.notices.operations import ObjectToNotice, object_to_notice
from points.notices.queries import board
from points.people.operations import GrantBudget
from points.review.funding import fund_budget
from shop.counter.operations import RedeemCode, redeem_code
from tests.builders import MONDAY, a_key, given_decided, given_order, given_record, given_village

MOMENTS = (
    MONDAY + timedelta(hours=1),
    MONDAY + timedelta(days=4),
    MONDAY + timedelta(days=30),
    datetime(2027, 12, 31, 12, tzinfo=UTC),
    datetime(2028, 1, 1, 12, tzinfo=UTC),
)


def in_all_wallets(session, village, now, today):
    """Total, held, on notice and what ends within 90 days, added up wallet by wallet."""
    sums = {"outstanding": 0, "held": 0, "on_notice": 0, "expiring_soon": 0}
    everyone = [*village.residents, *(person for people in village.staff.values() for person in people)]
    for person in everyone:
        account_id = account_id_of(session, village.community_id, "household", person.household_id)
        view = wallet(session, village.community_id, account_id, now=now, today=today).view
        sums["outstanding"] += view.total
        sums["held"] += view.held
        sums["on_notice"] += view.on_notice
        sums["expiring_soon"] += sum(
            points for day, points in view.expiring if day <= today + timedelta(days=90)
        )
    return sums


def given_life(run, clock_at):
    """Three awards, an objection to one, an order that is collected and one that lapses."""
    village = given_village(residents=4)
    people = village.residents
    given_decided(village, [given_record(village, person) for person in people[:3]], points=10)
    clock_at(MONDAY + timedelta(hours=1))
    doubted = board(db.session(), village.community_id, now=MONDAY + timedelta(hours=1))[0]
    db.session.rollback()
    objector = next(person for person in people if person.household_id != doubted.household_id)
    run(
        object_to_notice,
        ObjectToNotice(village.community_id, objector.id, a_key(), doubted.id, "那天他不在村里"),
    )
    rich = [person for person in people[:3] if person.household_id != doubted.household_id]
    collected, _lapses = given_order(village, rich[0], code="I01"), given_order(village, rich[1], code="I02")
    clock_at(MONDAY + timedelta(days=4, hours=1))
    scan = RedeemCode(
        village.community_id, village.one("shop_staff").id, village.shop_id, "phone", collected.code, a_key()
    )
    assert run(redeem_code, scan).status == "ok"
    return village


@pytest.mark.parametrize("is_settled", [False, True])
def test_the_steward_sees_what_all_wallets_show(session, run, clock_at, is_settled):
    village = given_life(run, clock_at)
    for now in MOMENTS[1:]:
        clock_at(now)
        if is_settled:
            run(
                lambda session, community_id, *, now: settle(session, community_id, now=now),
                village.community_id,
            )
        figures = ledger_figures(session, village.community_id, now=now, today=now.date())
        shown = {
            name: getattr(figures, name) for name in ("outstanding", "held", "on_notice", "expiring_soon")
        }
        assert shown == in_all_wallets(session, village, now, now.date())
        assert figures.issued == figures.outstanding + figures.redeemed + figures.expired
        assert figures.granted == figures.issued + figures.on_notice + figures.budget_left
        session.rollback()


def test_points_end_in_the_figures_on_the_day_after_their_last(session, run, clock_at):
    village = given_life(run, clock_at)
    last = ledger_figures(session, village.community_id, now=MOMENTS[3], today=date(2027, 12, 31))
    after = ledger_figures(session, village.community_id, now=MOMENTS[4], today=date(2028, 1, 1))
    assert last.expiring_soon == last.outstanding > 0
    assert (after.outstanding, after.expired) == (0, last.outstanding)


def test_grants_are_listed_newest_first_with_their_reason_and_giver(session, run, clock_at):
    village = given_village(residents=1)
    steward = village.one("steward")
    run(fund_budget, GrantBudget(village.community_id, steward.id, a_key(), 300, "村集体分红"))
    grants = grants_of(session, village.community_id)
    assert [(grant.points, grant.reason, grant.actor) for grant in grants] == [
        (300, "村集体分红", steward.name),
        (5000, "每户每月 10 分", None),
    ]


def test_the_calendar_of_expiries_lists_stored_lots_by_day(session, run, clock_at):
    village = given_life(run, clock_at)
    now = MONDAY + timedelta(days=30)
    clock_at(now)
    run(lambda session, community_id, *, now: settle(session, community_id, now=now), village.community_id)
    figures = ledger_figures(session, village.community_id, now=now, today=now.date())
    assert expiry_calendar(session, village.community_id, today=now.date()) == [
        (date(2027, 12, 31), figures.outstanding)
    ]
