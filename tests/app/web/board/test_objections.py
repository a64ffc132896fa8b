"""Objecting, the supervisor's answer, and who reads what of it."""

from __future__ import annotations

import uuid

import pytest

from app.transaction import transact
from points.notices.operations import ObjectToNotice, object_to_notice
from points.notices.queries import NoticeView, board, objections
from tests.app.web.review.hall import Hall, text_of
from tests.builders import MONDAY, a_key, given_decided, given_record


@pytest.fixture
def notice(hall: Hall) -> NoticeView:
    """An award of the first resident on notice."""
    record = hall.do(given_record, hall.village, hall.village.residents[0])
    hall.do(given_decided, hall.village, [record], points=6)
    (found,) = hall.ask(board, hall.village.community_id, now=MONDAY)
    return found


def object_url(notice: NoticeView) -> str:
    return f"/c/yitian/board/{notice.id}/object"


def filed(hall: Hall, notice: NoticeView, reason: str = "那天我没看见") -> uuid.UUID:
    village = hall.village
    command = ObjectToNotice(village.community_id, village.residents[1].id, a_key(), notice.id, reason)
    return hall.do(transact, object_to_notice, command)


def test_a_resident_objects_and_the_notice_stops(hall: Hall, notice: NoticeView) -> None:
    browser = hall.as_(hall.village.residents[1])
    assert "哪里不对" in text_of(browser.get(object_url(notice)))
    answer = browser.post(object_url(notice), data={"reason": "那天我没看见", "request_key": "k" * 20})
    assert answer.status_code == 303
    page = text_of(browser.get(answer.location))
    assert "异议收到了，公示先停下" in page
    assert "那天我没看见" in page
    again = browser.post(object_url(notice), data={"reason": "那天我没看见", "request_key": "k" * 20})
    assert again.location == answer.location
    (stopped,) = hall.ask(board, hall.village.community_id, now=MONDAY)
    assert (stopped.state, stopped.ends_at) == ("objected", None)


def test_objecting_asks_to_sign_in_and_comes_back_to_the_same_form(hall: Hall, notice: NoticeView) -> None:
    answer = hall.stranger().get(object_url(notice))
    assert answer.status_code == 303
    assert answer.location == f"/sign-in?next={object_url(notice)}"


def test_what_was_typed_before_the_sign_in_ran_out_stands_in_the_form_again(
    hall: Hall, notice: NoticeView
) -> None:
    browser = hall.stranger()
    sent = browser.post(
        object_url(notice),
        data={"reason": "那天我没看见"},
        headers={"Referer": f"http://localhost{object_url(notice)}"},
    )
    assert sent.status_code == 303
    assert "/sign-in" in sent.location
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = f"{hall.village.community_id}:{hall.village.residents[1].id}:1"
    assert "那天我没看见" in browser.get(object_url(notice)).get_data(as_text=True)
    assert "那天我没看见" not in browser.get(object_url(notice)).get_data(as_text=True)


def test_a_reason_is_needed_and_what_was_typed_survives(hall: Hall, notice: NoticeView) -> None:
    browser = hall.as_(hall.village.residents[1])
    for reason in ("", " ", "x" * 501, "一\r\n🙂" * 2_000):
        answer = browser.post(object_url(notice), data={"reason": reason})
        assert answer.status_code == 422
        assert (
            "1 到 500 个字" in text_of(answer)
            or "请填写" in text_of(answer)
            or "请写明理由" in text_of(answer)
        )
        assert reason.strip() in answer.get_data(as_text=True)
    assert hall.ask(objections, hall.village.community_id, now=MONDAY) == []


def test_a_second_objection_is_told_that_there_is_one(hall: Hall, notice: NoticeView) -> None:
    filed(hall, notice)
    answer = hall.as_(hall.village.residents[2]).post(object_url(notice), data={"reason": "我也没看见"})
    assert answer.status_code == 409
    assert "已经有人对这一条提了异议" in text_of(answer)
    assert "我也没看见" in text_of(answer)


def test_the_supervisor_answers_in_writing(hall: Hall, notice: NoticeView) -> None:
    objection_id = filed(hall, notice)
    supervisor = hall.as_(hall.village.one("supervisor"))
    assert "那天我没看见" in text_of(supervisor.get("/objections"))
    page = text_of(supervisor.get(f"/objections/{objection_id}"))
    assert hall.village.residents[1].name in page
    empty = supervisor.post(f"/objections/{objection_id}", data={"decision": "dismiss", "answer": " "})
    assert empty.status_code == 422
    unclear = supervisor.post(f"/objections/{objection_id}", data={"answer": "查过签到，确有其事"})
    assert unclear.status_code == 422
    assert "查过签到，确有其事" in unclear.get_data(as_text=True)
    done = supervisor.post(
        f"/objections/{objection_id}", data={"decision": "dismiss", "answer": "查过签到，确有其事"}
    )
    assert done.status_code == 303
    page = text_of(supervisor.get(f"/objections/{objection_id}"))
    assert "异议不成立" in page
    assert "查过签到，确有其事" in page
    late = supervisor.post(f"/objections/{objection_id}", data={"decision": "uphold", "answer": "再想了想"})
    assert (late.status_code, "再想了想" in text_of(late)) == (409, True)
    assert "没有等答复的异议" in text_of(supervisor.get("/objections"))
    assert "那天我没看见" in text_of(supervisor.get("/objections?show=answered"))


def test_objector_and_household_read_the_answer_and_only_the_supervisor_the_name(
    hall: Hall, notice: NoticeView
) -> None:
    objection_id = filed(hall, notice)
    village = hall.village
    hall.as_(village.one("supervisor")).post(
        f"/objections/{objection_id}", data={"decision": "uphold", "answer": "查了，那天没有这件事"}
    )
    for member in (village.residents[0], village.residents[1]):
        page = text_of(hall.as_(member).get(f"/objections/{objection_id}"))
        assert "查了，那天没有这件事" in page
        assert "那天我没看见" in page
    household = hall.as_(village.residents[0]).get(f"/objections/{objection_id}").get_data(as_text=True)
    assert village.residents[1].name not in household
    for member in (village.residents[2], village.one("steward"), village.chair):
        assert hall.as_(member).get(f"/objections/{objection_id}").status_code == 404
    other = hall.as_(hall.other.one("supervisor"), hall.other)
    assert other.get(f"/objections/{objection_id}").status_code == 404
    assert (
        other.post(f"/objections/{objection_id}", data={"decision": "uphold", "answer": "不归我"}).status_code
        == 404
    )


def test_the_public_reads_the_answer_but_neither_objector_nor_reason(hall: Hall, notice: NoticeView) -> None:
    objection_id = filed(hall, notice, "我是隔壁的，看得清楚")
    public = hall.stranger().get(f"/c/yitian/board/{notice.id}")
    assert "有人提了异议，公示停下" in text_of(public)
    assert "我是隔壁的" not in public.get_data(as_text=True)
    hall.as_(hall.village.one("supervisor")).post(
        f"/objections/{objection_id}", data={"decision": "uphold", "answer": "查了，那天没有这件事"}
    )
    public = hall.stranger().get(f"/c/yitian/board/{notice.id}")
    assert "查了，那天没有这件事" in text_of(public)
    assert "已作废" in text_of(public)
    assert hall.village.residents[1].name not in public.get_data(as_text=True)
    assert hall.village.one("supervisor").name not in public.get_data(as_text=True)


def test_a_supervisor_does_not_answer_in_the_own_matter(hall: Hall) -> None:
    village, supervisor = hall.village, hall.village.one("supervisor")
    record = hall.do(given_record, village, supervisor)
    hall.do(given_decided, village, [record], points=6)
    (own,) = hall.ask(board, village.community_id, now=MONDAY)
    objection_id = filed(hall, own)
    browser = hall.as_(supervisor)
    page = browser.get(f"/objections/{objection_id}")
    assert village.residents[1].name not in page.get_data(as_text=True)
    assert 'name="answer"' not in page.get_data(as_text=True)
    sent = browser.post(f"/objections/{objection_id}", data={"decision": "dismiss", "answer": "我说没事"})
    assert sent.status_code == 403
    assert "您和这件事有关" in text_of(sent)


def test_residents_have_no_list_of_objections(hall: Hall) -> None:
    assert hall.as_(hall.village.residents[0]).get("/objections").status_code == 403
