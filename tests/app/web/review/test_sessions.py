"""The list of sessions, calling one, coming in, the chair's desk, the end, the minutes."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest

from app.transaction import transact
from points.review.ballots import CastBallot, cast_ballot
from points.review.closing import CloseSession, close_session
from points.review.queries import seats_of, session_by_id, sessions_of
from points.review.sessions import CallSession, call_session
from tests.app.web.review.hall import Hall, text_of
from tests.builders import MONDAY, a_key, given_decided, given_open_session, given_record


def approve(hall: Hall, session_id: uuid.UUID, record_id: uuid.UUID, *points: int) -> None:
    """One approval for each number, by the judges in their order."""
    village = hall.village
    for judge, given in zip(village.judges, points, strict=False):
        ballot = CastBallot(
            village.community_id, judge.id, session_id, record_id, "approve", given, "看过现场"
        )
        hall.do(transact, cast_ballot, ballot)


def close(hall: Hall, session_id: uuid.UUID) -> None:
    village = hall.village
    hall.do(transact, close_session, CloseSession(village.community_id, village.chair.id, session_id))


def test_the_list_says_what_waits_and_the_chair_opens_with_one_press(hall: Hall) -> None:
    village = hall.village
    hall.do(given_record, village, village.residents[0])
    chair = hall.as_(village.chair)
    assert "等着评议的有 1 件" in text_of(chair.get("/review"))
    answer = chair.post("/review", data={"secrecy": "secret", "request_key": "k" * 20})
    assert answer.status_code == 303
    assert answer.location.endswith("/chair")
    (sitting,) = hall.ask(sessions_of, village.community_id, now=MONDAY)
    assert (sitting.state, sitting.secrecy, sitting.items) == ("open", "secret", 1)
    # A second press is the same session, not a second one.
    again = chair.post("/review", data={"secrecy": "secret", "request_key": "k" * 20})
    assert again.location == answer.location
    assert len(hall.ask(sessions_of, village.community_id, now=MONDAY)) == 1


def test_without_anything_to_review_no_session_is_left_behind(hall: Hall) -> None:
    chair = hall.as_(hall.village.chair)
    page = chair.get("/review")
    assert "现在没有等着评议的事" in text_of(page)
    assert "/review" not in [
        form for form in page.get_data(as_text=True).split('action="') if form.startswith('/review"')
    ]
    answer = chair.post("/review", data={"secrecy": "open"})
    assert answer.status_code == 409
    assert "现在没有等着评议的事，有人报上来再开会" in text_of(answer)
    assert hall.ask(sessions_of, hall.village.community_id, now=MONDAY) == []


def test_an_unknown_secrecy_is_refused_on_the_same_page(hall: Hall) -> None:
    hall.do(given_record, hall.village, hall.village.residents[0])
    answer = hall.as_(hall.village.chair).post("/review", data={"secrecy": "half"})
    assert answer.status_code == 422
    assert "请选一项" in text_of(answer)


def test_a_session_called_before_is_opened_from_its_page(hall: Hall) -> None:
    village = hall.village
    hall.do(given_record, village, village.residents[0])
    command = CallSession(village.community_id, village.chair.id, a_key(), MONDAY + timedelta(hours=1))
    session_id = hall.do(transact, call_session, command)
    assert "现在开会" in text_of(hall.as_(village.chair).get(f"/review/{session_id}"))
    assert "现在开会" not in text_of(hall.as_(village.judges[1]).get(f"/review/{session_id}"))
    assert hall.as_(village.chair).post(f"/review/{session_id}/open").status_code == 303
    assert hall.ask(session_by_id, village.community_id, session_id, now=MONDAY).state == "open"


def test_scanning_the_code_shows_one_button_and_only_the_button_notes_presence(hall: Hall) -> None:
    village, judge = hall.village, hall.village.judges[2]
    hall.do(given_record, village, village.residents[0])
    session_id = hall.do(given_open_session, village, present=[])
    token = hall.ask(session_by_id, village.community_id, session_id, now=MONDAY).roll_call_token
    browser = hall.as_(judge)

    def attended() -> bool:
        seats = hall.ask(seats_of, village.community_id, session_id)
        return next(seat for seat in seats if seat.member_id == judge.id).attended_at is not None

    landed = browser.get(f"/Q/{token}")
    assert landed.status_code == 302
    assert landed.location.endswith(f"/review/join/{token}")
    page = browser.get(landed.location)
    assert "我到了" in text_of(page)
    assert not attended()
    assert browser.post(f"/review/join/{token}").status_code == 303
    assert attended()
    assert "您已经签到了" in text_of(browser.get(f"/review/join/{token}"))


def test_the_short_code_of_the_hall_can_be_typed(hall: Hall) -> None:
    village = hall.village
    hall.do(given_record, village, village.residents[0])
    session_id = hall.do(given_open_session, village, present=[])
    token = hall.ask(session_by_id, village.community_id, session_id, now=MONDAY).roll_call_token
    browser = hall.as_(village.judges[1])
    wrong = browser.post(f"/review/{session_id}/join", data={"code": "AAA AAA"})
    assert wrong.status_code == 422
    assert "会场码不对" in text_of(wrong)
    assert 'value="AAA AAA"' in wrong.get_data(as_text=True)
    assert browser.post(f"/review/{session_id}/join", data={"code": ""}).status_code == 422
    typed = f" {token[:3].lower()} {token[3:6]}"
    assert browser.post(f"/review/{session_id}/join", data={"code": typed}).status_code == 303
    other = hall.as_(village.judges[2])
    assert other.post(f"/review/{session_id}/join", data={"code": token}).status_code == 303


def test_who_is_not_on_the_roll_cannot_come_in(hall: Hall) -> None:
    village = hall.village
    session_id, _ = hall.sitting()
    token = hall.ask(session_by_id, village.community_id, session_id, now=MONDAY).roll_call_token
    supervisor = hall.as_(village.one("supervisor"))
    assert "您不在这场的名单里" in text_of(supervisor.get(f"/review/join/{token}"))
    assert supervisor.post(f"/review/join/{token}").status_code == 403
    assert hall.as_(village.residents[0]).post(f"/review/join/{token}").status_code == 403


def test_another_villages_session_is_not_there(hall: Hall) -> None:
    session_id, (record_id,) = hall.sitting()
    token = hall.ask(session_by_id, hall.village.community_id, session_id, now=MONDAY).roll_call_token
    stranger = hall.as_(hall.other.chair, hall.other)
    for path in ("", "/projector", "/projector/part?rev=1", "/minutes", "/chair", "/chair/part", "/close",
                 f"/items/{record_id}"):  # fmt: skip
        assert stranger.get(f"/review/{session_id}{path}").status_code in (303, 404), path
        assert str(record_id) not in stranger.get(f"/review/{session_id}{path}").get_data(as_text=True)
    assert stranger.get(f"/review/join/{token}").status_code == 404
    for path in (
        "/close",
        "/settle",
        "/join",
        "/chair/turn",
        f"/items/{record_id}",
        f"/items/{record_id}/question",
    ):
        posted = stranger.post(
            f"/review/{session_id}{path}", data={"choice": "abstain", "position": "1", "code": token}
        )
        assert posted.status_code == 404, path


def test_the_desk_counts_ballots_and_turns_the_projector(hall: Hall) -> None:
    session_id, records = hall.sitting("AID-02", "AID-04")
    approve(hall, session_id, records[0], 5, 6)
    chair = hall.as_(hall.village.chair)
    desk = text_of(chair.get(f"/review/{session_id}/chair"))
    assert "大屏：第 1 件，共 2 件" in desk
    assert "已投 2／4 票" in desk
    assert "签到：4／4 人" in desk
    assert chair.post(f"/review/{session_id}/chair/turn", data={"position": "2"}).status_code == 303
    assert "大屏：第 2 件" in text_of(chair.get(f"/review/{session_id}/chair"))
    for wrong in ("3", "0", "-1", "two", ""):
        assert chair.post(f"/review/{session_id}/chair/turn", data={"position": wrong}).status_code == 404, (
            wrong
        )
    part = chair.post(
        f"/review/{session_id}/chair/turn", data={"position": "1"}, headers={"HX-Request": "true"}
    )
    assert part.status_code == 200
    assert part.get_data(as_text=True).lstrip().startswith('<div id="desk"')


def test_only_the_chair_of_the_session_has_the_desk(hall: Hall) -> None:
    session_id, _ = hall.sitting()
    for member in (hall.village.judges[1], hall.village.one("supervisor"), hall.village.residents[0]):
        browser = hall.as_(member)
        for path in ("/chair", "/chair/part", "/close"):
            assert browser.get(f"/review/{session_id}{path}").status_code == 403
        assert browser.post(f"/review/{session_id}/close").status_code == 403


def test_the_chairs_own_deed_is_a_number_on_the_desk(hall: Hall) -> None:
    village = hall.village
    own = hall.do(given_record, village, village.chair, note="给邻居挑水").id
    hall.do(given_record, village, village.residents[0])
    session_id = hall.do(given_open_session, village)
    page = hall.as_(village.chair).get(f"/review/{session_id}/chair")
    assert "（和您有关，您不看）" in text_of(page)
    assert "给邻居挑水" not in page.get_data(as_text=True)
    assert str(own) not in page.get_data(as_text=True)


def test_closing_asks_first_and_says_what_would_come_back(hall: Hall) -> None:
    session_id, records = hall.sitting("AID-02", "AID-04")
    approve(hall, session_id, records[0], 5, 5, 5)
    chair = hall.as_(hall.village.chair)
    page = text_of(chair.get(f"/review/{session_id}/close"))
    assert "有 1 件还没有一张票" in page
    assert "人数不够" not in page
    answer = chair.post(f"/review/{session_id}/close")
    assert answer.status_code == 303
    results = text_of(chair.get(f"/review/{session_id}"))
    assert "评议会结束，票已经数好：1 件通过" in results
    assert "没有人表决，下次再议" in results
    assert chair.get(f"/review/{session_id}/chair").status_code == 303
    assert chair.post(f"/review/{session_id}/close").status_code == 303


def test_closing_says_when_too_few_are_there(hall: Hall) -> None:
    village = hall.village
    hall.do(given_record, village, village.residents[0])
    session_id = hall.do(given_open_session, village, present=[village.chair, village.judges[1]])
    assert "有 1 件到场人数不够" in text_of(hall.as_(village.chair).get(f"/review/{session_id}/close"))


@pytest.mark.parametrize("role", ["chair", "reviewer", "supervisor", "steward"])
def test_minutes_come_only_after_the_end(hall: Hall, role: str) -> None:
    session_id, (record_id,) = hall.sitting()
    approve(hall, session_id, record_id, 5, 6, 7)
    browser = hall.as_(hall.village.one(role))
    early = browser.get(f"/review/{session_id}/minutes")
    assert early.status_code == 409
    assert "还没有结束" in text_of(early)
    close(hall, session_id)
    page = text_of(browser.get(f"/review/{session_id}/minutes"))
    assert "名单 4 人，到场 4 人" in page
    assert "同意 3，不同意 0，弃权 0" in page
    assert "到场 4，法定 3" in page
    assert f"{hall.village.judges[1].name}：同意，6 分" in page


def test_minutes_of_a_secret_vote_name_nobody(hall: Hall) -> None:
    village = hall.village
    record_id = hall.do(given_record, village, village.residents[0]).id
    chair = hall.as_(village.chair)
    chair.post("/review", data={"secrecy": "secret"})
    (sitting,) = hall.ask(sessions_of, village.community_id, now=MONDAY)
    for judge in village.judges:
        hall.as_(judge).post(f"/review/join/{sitting.roll_call_token}")
    approve(hall, sitting.id, record_id, 5, 6, 7)
    close(hall, sitting.id)
    page = text_of(chair.get(f"/review/{sitting.id}/minutes"))
    assert "每一张票，不写名字" in page
    assert "：同意" not in page


def test_the_reasons_of_an_open_vote_stand_in_the_minutes_unharmed(hall: Hall) -> None:
    session_id, (record_id,) = hall.sitting()
    village = hall.village
    for judge, reason in zip(
        village.judges, ("不在规则里", "<script>1</script> %(x)s", "理由"), strict=False
    ):
        ballot = CastBallot(village.community_id, judge.id, session_id, record_id, "reject", None, reason)
        hall.do(transact, cast_ballot, ballot)
    close(hall, session_id)
    body = hall.as_(village.chair).get(f"/review/{session_id}/minutes").get_data(as_text=True)
    assert "&lt;script&gt;1&lt;/script&gt; %(x)s" in body
    assert "<script>1" not in body
    assert "不在规则里" in body


def test_minutes_tell_who_stood_aside_and_why(hall: Hall) -> None:
    village, judge = hall.village, hall.village.judges[1]
    hall.do(given_record, village, judge)
    session_id = hall.do(given_open_session, village)
    close(hall, session_id)
    page = text_of(hall.as_(village.chair).get(f"/review/{session_id}/minutes"))
    assert f"回避：{judge.name}（本人的事）" in page


def test_after_its_time_anybody_who_sees_it_can_have_it_counted(hall: Hall, clock_at) -> None:
    session_id, (record_id,) = hall.sitting()
    approve(hall, session_id, record_id, 5, 5, 5, 5)
    clock_at(MONDAY + timedelta(hours=5))
    browser = hall.as_(hall.village.one("supervisor"))
    assert "上一场已经到点结束，票还没有数" in text_of(browser.get("/review"))
    assert browser.get(f"/review/{session_id}/minutes").status_code == 409
    assert browser.post(f"/review/{session_id}/settle").status_code == 303
    assert "通过" in text_of(browser.get(f"/review/{session_id}"))
    assert browser.get(f"/review/{session_id}/minutes").status_code == 200


def test_settling_before_the_time_is_refused(hall: Hall) -> None:
    session_id, _ = hall.sitting()
    assert hall.as_(hall.village.one("supervisor")).post(f"/review/{session_id}/settle").status_code == 409
    assert hall.ask(session_by_id, hall.village.community_id, session_id, now=MONDAY).state == "open"


def test_a_session_past_its_time_does_not_hinder_the_next(hall: Hall, clock_at) -> None:
    village = hall.village
    hall.sitting()
    clock_at(MONDAY + timedelta(days=1))
    hall.do(given_record, village, village.residents[3], at=MONDAY + timedelta(days=1))
    answer = hall.as_(village.chair).post("/review", data={"secrecy": "open"})
    assert answer.status_code == 303
    states = [
        one.state for one in hall.ask(sessions_of, village.community_id, now=MONDAY + timedelta(days=1))
    ]
    assert states == ["open", "closed"]


def test_older_sessions_are_on_the_next_page(hall: Hall, monkeypatch) -> None:
    village = hall.village
    monkeypatch.setattr("app.web.review.SHOWN", 2)
    for back in (3, 2, 1):
        moment = MONDAY - timedelta(days=back)
        record = hall.do(given_record, village, village.residents[0], at=moment)
        hall.do(given_decided, village, [record], at=moment)
    browser = hall.as_(village.chair)
    page = browser.get("/review").get_data(as_text=True)
    assert page.count('class="row"') == 2
    older = re.search(r'href="(/review\?before=[^"]+)"', page)
    assert older is not None
    assert browser.get(older[1]).get_data(as_text=True).count('class="row"') == 1
    assert browser.get("/review?before=" + str(uuid.uuid4())).status_code == 404
