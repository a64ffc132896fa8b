"""Programs learn of a deduction only that there is one; the person learns the own score."""

from __future__ import annotations

from datetime import timedelta

from app import clock
from tests.app.api.program import House
from tests.builders import Village, given_open_session
from tests.points.conduct.proceedings import DAY, READY, given_deduction, given_notice, stored


def test_an_agenda_names_nobody_and_no_list_holds_the_record(house: House, village: Village) -> None:
    ann = village.residents[0]
    case = house.do(given_notice, village, ann)
    with clock.at(READY):
        session_id = house.do(given_open_session, village, at=READY)
        record_id = house.do(stored, village, case.id).record_id
        for role in ("chair", "reviewer", "steward", "supervisor"):
            program = house.as_one(role)
            answer = program.get(f"/sessions/{session_id}/agenda")
            (item,) = answer.json["items"]
            record = item["record"]
            assert (record["member"], record["household"], record["reporter"]) == (None, None, None)
            assert (item["note"], item["evidence"]) == ("", [])
            assert (record["score"], item["points_min"], item["points_max"]) == ("conduct", 5, 5)
            assert ann.name not in answer.text
            assert str(ann.id) not in answer.text
            assert program.get("/records", of="all").json["items"] == []
            assert program.get(f"/records/{record_id}").status_code == 404
        for person in (ann, village.one("grid_worker")):
            program = house.as_(person)
            assert program.get("/records", of="household").json["items"] == []
            assert program.get("/records", of="reported").json["items"] == []
            assert program.get(f"/records/{record_id}").status_code == 404
            assert program.post(f"/records/{record_id}/withdraw").json["code"] == "record_not_found"


def test_the_score_is_one_s_own_and_counts_for_a_year(house: House, village: Village) -> None:
    ann, bob = village.residents[:2]
    house.do(given_deduction, village, ann)
    with clock.at(READY + DAY):
        assert house.as_(ann).get("/me").json["conduct"] == -5
        assert house.as_(bob).get("/me").json["conduct"] == 0
        assert house.as_(ann).get("/me").json["wallet"]["available"] == 0
    with clock.at(READY + timedelta(days=366)):
        assert house.as_(ann).get("/me").json["conduct"] == 0
