"""The pages of panels, paper meetings, paper ballots, duplicates and the plan of the review."""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta

from points.people.queries import community_by_id
from points.review.queries import agenda_for, seats_of, sessions_of
from tests.app.web.review.hall import Hall, text_of
from tests.builders import MONDAY, given_record


def only_session(hall: Hall):
    (sitting,) = hall.ask(sessions_of, hall.village.community_id, now=MONDAY)
    return sitting


def people_of(hall: Hall) -> dict[uuid.UUID, object]:
    village = hall.village
    return {person.id: person for person in (*village.judges, *village.residents)}


def test_a_panel_is_called_drawn_voted_from_home_and_its_draw_is_public(hall: Hall) -> None:
    village = hall.village
    record = hall.do(given_record, village, village.residents[0])
    chair = hall.as_(village.chair)
    too_many = chair.post("/review", data={"kind": "panel", "seats": "9", "secrecy": "blind"})
    assert (too_many.status_code, "抽不出 9 人" in text_of(too_many)) == (409, True)
    chair.post("/review", data={"kind": "panel", "seats": "3", "secrecy": "blind"})
    sitting = only_session(hall)
    seats = hall.ask(seats_of, village.community_id, sitting.id)
    draw = text_of(hall.stranger().get(f"/c/{village.code}/draws/{sitting.id}"))
    assert sitting.draw_seed in draw
    assert hashlib.sha256(f"{sitting.draw_seed}:1".encode()).hexdigest()[:16] in draw
    assert (draw.count("入座 "), draw.count("候补")) == (3, 1)
    judge = people_of(hall)[seats[0].member_id]
    browser = hall.as_(judge)
    assert "抽签抽到了您" in text_of(browser.get(f"/review/{sitting.id}"))
    browser.post(f"/review/{sitting.id}/begin")
    answer = browser.post(
        f"/review/{sitting.id}/items/{record.id}", data={"choice": "approve", "points": "9"}
    )
    assert "写一句理由" in text_of(answer)
    assert 'value="9"' in answer.get_data(as_text=True)
    browser.post(
        f"/review/{sitting.id}/items/{record.id}",
        data={"choice": "approve", "points": "9", "approve_words": "陪了一整天"},
    )
    leaving = f"/review/{sitting.id}/seats/{judge.id}/leave"
    assert "投过的票会作废" in text_of(browser.get(leaving))
    empty = browser.post(leaving, data={"reason": ""})
    assert empty.status_code == 422
    browser.post(leaving, data={"reason": "去县医院"})
    assert "入座后离席" in text_of(hall.stranger().get(f"/c/{village.code}/draws/{sitting.id}"))
    assert "去县医院" in text_of(hall.stranger().get(f"/c/{village.code}/changes"))
    assert "您已经离席" in text_of(browser.get(f"/review/{sitting.id}"))


def test_a_live_session_has_no_draw_to_show(hall: Hall) -> None:
    session_id, _records = hall.sitting()
    answer = hall.stranger().get(f"/c/{hall.village.code}/draws/{session_id}")
    assert (answer.status_code, "没有抽签" in text_of(answer)) == (409, True)
    assert hall.stranger().get(f"/c/{hall.other.code}/draws/{session_id}").status_code == 404


def test_what_is_due_is_offered_to_whoever_looks_and_opens_once(hall: Hall, clock_at) -> None:
    village = hall.village
    hall.do(given_record, village, village.residents[0])
    clock_at(MONDAY + timedelta(minutes=5))
    judge = hall.as_(village.judges[2])
    assert "到时间了" in text_of(judge.get("/review"))
    assert "/review/" in judge.post("/review/due").location
    assert judge.post("/review/due").location == "/review"
    assert only_session(hall).state == "open"


def test_a_paper_meeting_is_printed_keyed_by_two_and_closed(hall: Hall) -> None:
    village = hall.village
    record = hall.do(given_record, village, village.residents[0])
    chair, steward = hall.as_(village.chair), hall.as_(village.one("steward"))
    chair.post("/review", data={"kind": "paper", "secrecy": "blind"})
    sitting = only_session(hall)
    sheet = text_of(chair.get(f"/review/{sitting.id}/sheet"))
    assert all(judge.name in sheet for judge in village.judges)
    steward.post(f"/review/{sitting.id}/attendance", data={"present": [str(j.id) for j in village.judges]})
    place = f"/review/{sitting.id}/keying/{record.id}"
    wrong = chair.post(place, data={"scores": "5 five", "votes_against": "1", "votes_abstained": "0"})
    assert wrong.status_code == 422
    assert 'value="5 five"' in wrong.get_data(as_text=True)
    chair.post(place, data={"scores": "5 6 6", "votes_against": "1", "votes_abstained": "0"})
    page = steward.get(f"/review/{sitting.id}/keying").get_data(as_text=True)
    assert "5 6 6" not in page  # two who copy check nothing
    refused = chair.post(f"/review/{sitting.id}/close")
    assert (refused.status_code, "第二个人" in text_of(refused)) == (409, True)
    steward.post(place, data={"scores": "5,6,6", "votes_against": "1", "votes_abstained": "0"})
    chair.post(f"/review/{sitting.id}/close")
    (item,) = hall.ask(agenda_for, village.community_id, sitting.id, None, now=MONDAY)
    assert (item.outcome, item.points, item.votes_against) == ("approved", 6, 1)


def test_the_chair_notes_arrivals_types_paper_ballots_and_links_duplicates(hall: Hall) -> None:
    village = hall.village
    resident = village.residents[0]
    one, two = (hall.do(given_record, village, resident, rule=rule) for rule in ("AID-02", "AID-01"))
    chair = hall.as_(village.chair)
    chair.post("/review", data={"kind": "live", "secrecy": "open"})
    sitting, judge = only_session(hall), village.judges[1]
    assert "记为到场" in text_of(chair.get(f"/review/{sitting.id}/chair"))
    chair.post(f"/review/{sitting.id}/seats/{judge.id}/here")
    place = f"/review/{sitting.id}/paper/{judge.id}"
    assert "关爱老人陪护" in text_of(chair.get(place))
    wrong = chair.post(f"{place}/{one.id}", data={"choice": "reject", "points": "", "reason": ""})
    assert wrong.status_code == 422
    chair.post(f"{place}/{one.id}", data={"choice": "approve", "points": "5", "reason": ""})
    assert "有票了" in text_of(chair.get(place))
    assert "5 分" not in text_of(chair.get(place)).replace("–5 分", "")
    link = f"/review/{sitting.id}/items/{one.id}/same"
    assert "同一户报上来的" in text_of(chair.get(link))
    chair.post(link, data={"same_as": str(two.id)})
    assert "只算一次" in text_of(chair.get(f"/review/{sitting.id}/chair"))
    back = chair.post(f"/review/{sitting.id}/items/{two.id}/same", data={"same_as": str(one.id)})
    assert (back.status_code, "反过来连" in text_of(back)) == (409, True)
    chair.post(link, data={"same_as": ""})
    assert "只算一次" not in text_of(chair.get(f"/review/{sitting.id}/chair"))


def test_the_steward_changes_the_plan_with_a_reason_that_is_public(hall: Hall) -> None:
    village = hall.village
    steward = hall.as_(village.one("steward"))
    typed = {
        "cadence": "weekly", "session_time": "19:30", "session_day": "5", "session_kind": "live",
        "session_secrecy": "blind", "panel_seats": "5", "panel_hours": "48", "reason": "",
    }  # fmt: skip
    wrong = steward.post("/desk/review-plan", data=typed)
    assert (wrong.status_code, "19:30" in wrong.get_data(as_text=True)) == (422, True)
    steward.post("/desk/review-plan", data=typed | {"reason": "冬天白天没空"})
    assert hall.ask(community_by_id, village.community_id).cadence == "weekly"
    page = text_of(hall.stranger().get(f"/c/{village.code}/changes"))
    assert "冬天白天没空" in page
    assert "每周" in page
    assert hall.as_(village.chair).get("/desk/review-plan").status_code == 403
