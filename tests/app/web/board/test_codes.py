"""Where a scanned code leads, for each who scans it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.transaction import transact
from points.people.operations import IssueCard, issue_card
from points.review.queries import session_by_id
from tests.app.web.review.hall import Hall, text_of
from tests.builders import MONDAY, given_order, given_points


@pytest.fixture
def order(hall: Hall, clock_at):
    """An order of the first resident at the shop."""
    hall.do(given_points, hall.village, hall.village.residents[0], 10)
    clock_at(MONDAY + timedelta(days=4))
    return hall.do(given_order, hall.village, hall.village.residents[0])


def test_a_pick_up_code_opens_the_order_for_its_household_and_the_till_for_the_shop(
    hall: Hall, order
) -> None:
    village = hall.village
    for letter in ("Q", "q"):
        path = f"/{letter}/{order.code if letter == 'Q' else order.code.lower()}"
        assert hall.as_(village.residents[0]).get(path).location.endswith(f"/orders/{order.id}")
        assert hall.as_(village.one("shop_staff")).get(path).location.endswith(f"/counter?code={order.code}")
    for browser in (hall.stranger(), hall.as_(village.residents[1]), hall.as_(village.one("steward")),
                    hall.as_(hall.other.one("shop_staff"), hall.other)):  # fmt: skip
        answer = browser.get(f"/Q/{order.code}")
        assert answer.status_code == 200
        assert "这是一张取货码" in text_of(answer)
        assert village.residents[0].name not in answer.get_data(as_text=True)


def test_a_card_says_whose_it_is_only_to_those_who_may_look_people_up(hall: Hall) -> None:
    village, owner = hall.village, hall.village.residents[0]
    token = hall.do(transact, issue_card, IssueCard(village.community_id, owner.id))
    worker = hall.as_(village.one("grid_worker")).get(f"/Q/{token}")
    assert owner.name in text_of(worker)
    assert "报一件事" in text_of(worker)
    shop = hall.as_(village.one("shop_staff")).get(f"/Q/{token}")
    assert owner.name in text_of(shop)
    assert "报一件事" not in text_of(shop)
    for browser in (
        hall.stranger(),
        hall.as_(village.residents[1]),
        hall.as_(hall.other.one("grid_worker"), hall.other),
    ):
        answer = browser.get(f"/Q/{token}")
        assert answer.status_code == 200
        assert "这是一张会员卡" in text_of(answer)
        assert owner.name not in answer.get_data(as_text=True)
        assert owner.household_number not in text_of(answer)


def test_the_shop_sees_what_the_household_may_collect_here(hall: Hall, order) -> None:
    village = hall.village
    token = hall.do(transact, issue_card, IssueCard(village.community_id, village.residents[0].id))
    body = hall.as_(village.one("shop_staff")).get(f"/Q/{token}").get_data(as_text=True)
    assert f"/counter?code={order.code}" in body
    assert order.code not in hall.as_(village.one("grid_worker")).get(f"/Q/{token}").get_data(as_text=True)


def test_a_replaced_card_says_so_to_those_who_serve(hall: Hall) -> None:
    village, owner = hall.village, hall.village.residents[0]
    old = hall.do(transact, issue_card, IssueCard(village.community_id, owner.id))
    hall.do(transact, issue_card, IssueCard(village.community_id, owner.id, replace=True))
    answer = hall.as_(village.one("grid_worker")).get(f"/Q/{old}")
    assert answer.status_code == 404
    assert "这张卡已经换新" in text_of(answer)
    assert owner.name not in text_of(answer)


def test_a_code_that_is_not_ours_gets_a_sentence(hall: Hall) -> None:
    for token in ("HELLO", "0" * 22, "x" * 300, "你好"):
        answer = hall.stranger().get(f"/Q/{token}")
        assert answer.status_code == 404, token
        assert "这不是我们的码" in text_of(answer)


def test_a_roll_call_code_leads_to_the_door_of_the_hall(hall: Hall) -> None:
    session_id, _ = hall.sitting()
    token = hall.ask(session_by_id, hall.village.community_id, session_id, now=MONDAY).roll_call_token
    assert hall.stranger().get(f"/Q/{token}").location.endswith(f"/review/join/{token}")
    asked = hall.stranger().get(f"/review/join/{token}")
    assert asked.location == f"/sign-in?next=/review/join/{token}"
