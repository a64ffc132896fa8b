"""What waits for the supervisor's word."""

from __future__ import annotations

import uuid

import pytest

from points.notices.queries import board
from points.review.queries import waiting_for_second_level
from tests.app.web.review.hall import Hall, text_of
from tests.builders import MONDAY, given_decided, given_record


@pytest.fixture
def item_id(hall: Hall) -> uuid.UUID:
    """An award of 25 that four judges approved."""
    record = hall.do(given_record, hall.village, hall.village.residents[0], rule="HON-04")
    hall.do(given_decided, hall.village, [record], points=25)
    (item,) = hall.ask(waiting_for_second_level, hall.village.community_id, now=MONDAY)
    return item.id


def test_the_supervisor_confirms_and_the_award_goes_on_notice(hall: Hall, item_id: uuid.UUID) -> None:
    browser = hall.as_(hall.village.one("supervisor"))
    assert "学业/参军喜报" in text_of(browser.get("/second-level"))
    page = text_of(browser.get(f"/second-level/{item_id}"))
    assert "25 分" in page
    assert "同意 4，不同意 0，弃权 0" in page
    assert hall.ask(board, hall.village.community_id, now=MONDAY) == []
    answer = browser.post(f"/second-level/{item_id}", data={"decision": "confirm"})
    assert answer.status_code == 303
    assert len(hall.ask(board, hall.village.community_id, now=MONDAY)) == 1
    assert "没有等复核的决定" in text_of(browser.get("/second-level"))
    assert "这一件不用复核了" in text_of(browser.get(f"/second-level/{item_id}"))


def test_refusing_needs_a_reason_and_keeps_what_was_typed(hall: Hall, item_id: uuid.UUID) -> None:
    browser = hall.as_(hall.village.one("supervisor"))
    missing = browser.post(f"/second-level/{item_id}", data={"decision": "refuse", "reason": " "})
    assert missing.status_code == 422
    assert "请写明理由" in text_of(missing)
    nothing = browser.post(f"/second-level/{item_id}", data={"reason": "通知书看不清"})
    assert nothing.status_code == 422
    assert "通知书看不清" in nothing.get_data(as_text=True)
    sent = browser.post(f"/second-level/{item_id}", data={"decision": "refuse", "reason": "通知书看不清"})
    assert sent.status_code == 303
    assert hall.ask(board, hall.village.community_id, now=MONDAY) == []
    late = browser.post(f"/second-level/{item_id}", data={"decision": "confirm"})
    assert late.status_code == 409
    assert "不用复核" in text_of(late)


def test_only_the_supervisor_of_this_village_decides(hall: Hall, item_id: uuid.UUID) -> None:
    for role in ("chair", "reviewer", "steward", "operator"):
        browser = hall.as_(hall.village.one(role))
        assert browser.get("/second-level").status_code == 403
        assert browser.post(f"/second-level/{item_id}", data={"decision": "confirm"}).status_code == 403
    other = hall.as_(hall.other.one("supervisor"), hall.other)
    assert other.get(f"/second-level/{item_id}").status_code == 404
    assert other.post(f"/second-level/{item_id}", data={"decision": "confirm"}).status_code == 404


def test_a_supervisor_does_not_confirm_the_own_award(hall: Hall) -> None:
    supervisor = hall.village.one("supervisor")
    record = hall.do(given_record, hall.village, supervisor, rule="HON-04")
    hall.do(given_decided, hall.village, [record], points=25)
    (item,) = hall.ask(waiting_for_second_level, hall.village.community_id, now=MONDAY)
    answer = hall.as_(supervisor).post(f"/second-level/{item.id}", data={"decision": "confirm"})
    assert answer.status_code == 403
    assert "您和这件事有关" in text_of(answer)
