"""A review session from its call to its close, over the interface alone."""

from __future__ import annotations

from datetime import timedelta

from app import clock
from tests.app.api.program import House, Program
from tests.builders import MONDAY, Village, given_open_session, given_record


def called(house: House) -> str:
    return house.as_one("chair").post("/sessions", {"scheduled_for": "2026-09-07T08:30:00+08:00"}).json["id"]


def opened(house: House, village: Village) -> tuple[str, str]:
    """An open session with one item and everybody there: its id and the record's."""
    record = house.do(given_record, village, village.residents[0])
    return str(house.do(given_open_session, village)), str(record.id)


def test_a_session_is_called_opened_joined_voted_and_closed(house: House, village: Village) -> None:
    resident = village.residents[0]
    record = house.do(given_record, village, resident)
    chair = house.as_one("chair")
    session = chair.post("/sessions", {"scheduled_for": "2026-09-07T08:30:00+08:00", "secrecy": "open"})
    assert session.status_code == 201
    assert (session.json["state"], session.json["scheduled_for"]) == ("scheduled", "2026-09-07T00:30:00Z")
    place = f"/sessions/{session.json['id']}"
    begun = chair.post(f"{place}/open")
    assert (begun.status_code, begun.json["state"], begun.json["agenda_count"]) == (200, "open", 1)
    judges = [house.as_(judge) for judge in village.staff["reviewer"]]
    for judge in judges:
        assert judge.post(f"{place}/join", {"code": begun.json["roll_call_code"]}).status_code == 200
    assert all(seat["attended_at"] for seat in chair.get(place).json["roll"])
    for judge, points in zip([chair, *judges], (4, 5, 6, 7), strict=True):
        ballot = {"choice": "approve", "points": points}
        assert judge.put(f"{place}/items/{record.id}/ballot", ballot).json == ballot | {"reason": ""}
    closed = chair.post(f"{place}/close")
    assert (closed.json["state"], closed.json["outcomes"]) == ("closed", {"approved": 1})
    item = chair.get(f"{place}/agenda").json["items"][0]
    assert (item["outcome"], item["points"]) == ("approved", 5)
    assert item["tally"] == {"for": 4, "against": 0, "abstained": 0, "by_consent": False}
    assert house.as_(resident).get("/me").json["wallet"]["on_notice"] == 5


def test_nobodys_ballot_is_told_before_the_end(house: House, village: Village) -> None:
    session, record = opened(house, village)
    first, second = (house.as_(judge) for judge in village.staff["reviewer"][:2])
    first.put(
        f"/sessions/{session}/items/{record}/ballot", {"choice": "reject", "reason": "it was somebody else"}
    )
    for program in (second, house.as_one("chair"), house.as_one("supervisor"), house.as_one("steward")):
        item = program.get(f"/sessions/{session}/agenda").json["items"][0]
        assert (item["ballot"], item["outcome"], item["points"], item["tally"]) == (None, None, None, None)
        assert item["ballots_cast"] == 1
        assert "it was somebody else" not in program.get(f"/sessions/{session}/agenda").text
    own = first.get(f"/sessions/{session}/agenda").json["items"][0]["ballot"]
    assert own == {"choice": "reject", "points": None, "reason": "it was somebody else"}


def test_the_recused_do_not_see_the_item(house: House, village: Village) -> None:
    judge = village.staff["reviewer"][0]
    own = house.do(given_record, village, judge)
    house.do(given_record, village, village.residents[0])
    session = house.do(given_open_session, village)
    program = house.as_(judge)
    items = program.get(f"/sessions/{session}/agenda").json["items"]
    assert [item["record"]["id"] for item in items] != []
    assert str(own.id) not in [item["record"]["id"] for item in items]
    refused = program.put(f"/sessions/{session}/items/{own.id}/ballot", {"choice": "approve", "points": 5})
    assert (refused.status_code, refused.json["code"]) == (404, "item_not_found")


def test_presence_needs_the_code_of_the_hall(house: House, village: Village) -> None:
    house.do(given_record, village, village.residents[0])
    session = house.do(given_open_session, village, present=[])
    judge = house.as_(village.staff["reviewer"][0])
    assert judge.get(f"/sessions/{session}").json["roll_call_code"] is None
    wrong = judge.post(f"/sessions/{session}/join", {"code": "0" * 22})
    assert (wrong.status_code, wrong.json["code"]) == (422, "roll_call_code_wrong")
    code = house.as_one("chair").get(f"/sessions/{session}").json["roll_call_code"]
    assert (
        judge.post(
            f"/sessions/{session}/join", {"code": f"https://village.example/q/{code.lower()}"}
        ).status_code
        == 200
    )


def test_who_is_not_present_cannot_vote(house: House, village: Village) -> None:
    record = house.do(given_record, village, village.residents[0])
    session = house.do(given_open_session, village, present=[])
    answer = house.as_(village.staff["reviewer"][0]).put(
        f"/sessions/{session}/items/{record.id}/ballot", {"choice": "abstain"}
    )
    assert (answer.status_code, answer.json["code"]) == (409, "not_present")


def test_a_vote_keeps_to_the_rules_range_and_form(house: House, village: Village) -> None:
    session, record = opened(house, village)
    judge = house.as_(village.staff["reviewer"][0])
    place = f"/sessions/{session}/items/{record}/ballot"
    for body, code in (
        ({"choice": "approve"}, "points_needed"),
        ({"choice": "approve", "points": 11}, "points_out_of_range"),
        ({"choice": "reject"}, "reason_needed"),
        ({"choice": "abstain", "points": 3}, "points_only_with_approval"),
        ({"choice": "perhaps"}, "form_invalid"),
        ({}, "form_invalid"),
    ):
        answer = judge.put(place, body)
        assert (answer.status_code, answer.json["code"]) == (422, code), body


def test_a_vote_can_be_changed_until_the_end(house: House, village: Village) -> None:
    session, record = opened(house, village)
    judge = house.as_(village.staff["reviewer"][0])
    place = f"/sessions/{session}/items/{record}/ballot"
    judge.put(place, {"choice": "approve", "points": 5})
    assert judge.put(place, {"choice": "abstain"}).json == {"choice": "abstain", "points": None, "reason": ""}
    house.as_one("chair").post(f"/sessions/{session}/close")
    late = judge.put(place, {"choice": "approve", "points": 5})
    assert (late.status_code, late.json["code"]) == (409, "session_closed")


def test_residents_have_no_business_at_the_table(house: House, village: Village) -> None:
    session, record = opened(house, village)
    resident = house.as_(village.residents[1])
    calls = (
        resident.get("/sessions"), resident.get(f"/sessions/{session}"), resident.get(f"/sessions/{session}/agenda"),
        resident.post("/sessions", {}), resident.post(f"/sessions/{session}/close"),
        resident.post(f"/sessions/{session}/join", {"code": "x"}),
        resident.put(f"/sessions/{session}/items/{record}/ballot", {"choice": "abstain"}),
    )  # fmt: skip
    assert {(answer.status_code, answer.json["code"]) for answer in calls} == {(403, "not_permitted")}


def test_a_second_session_waits_for_the_first(house: House, village: Village) -> None:
    called(house)
    answer = house.as_one("chair").post("/sessions", {})
    assert (answer.status_code, answer.json["code"]) == (409, "session_already_called")


def test_a_session_past_its_time_is_closed_and_no_hindrance(house: House, village: Village) -> None:
    session, _record = opened(house, village)
    with clock.at(MONDAY + timedelta(days=1)):
        chair = house.as_one("chair")
        assert chair.get(f"/sessions/{session}").json["state"] == "closed"
        assert chair.post("/sessions", {}).status_code == 201


def test_sessions_come_newest_first_also_when_two_were_due_at_once(house: House, village: Village) -> None:
    ids = []
    for _ in range(3):
        house.do(given_record, village, village.residents[len(ids)])
        session = called(house)
        chair = house.as_one("chair")
        chair.post(f"/sessions/{session}/open")
        chair.post(f"/sessions/{session}/close")
        ids.append(session)
    pages = house.as_one("supervisor").pages("/sessions", limit=1)
    assert [page[0]["id"] for page in pages] == ids[::-1]


def test_an_agenda_is_read_page_by_page(house: House, village: Village) -> None:
    for resident in village.residents[:3]:
        house.do(given_record, village, resident)
    session = house.do(given_open_session, village)
    pages = house.as_one("chair").pages(f"/sessions/{session}/agenda", limit=2)
    assert [[item["position"] for item in page] for page in pages] == [[1, 2], [3]]


def test_opening_with_nothing_on_the_table_is_refused(house: House) -> None:
    answer = house.as_one("chair").post(f"/sessions/{called(house)}/open")
    assert (answer.status_code, answer.json["code"]) == (409, "agenda_empty")


def test_only_the_chair_of_the_session_opens_and_closes_it(house: House, village: Village) -> None:
    session, _record = opened(house, village)
    for program in (Program(house.site), house.as_one("reviewer")):
        assert program.post(f"/sessions/{session}/close").status_code in (401, 403)
