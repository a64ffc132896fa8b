"""Appeals and answers over the wire."""

from __future__ import annotations

import pytest

from app import clock
from app.transaction import transact
from points.people.operations import GrantRole, grant_role
from tests.app.api.conftest import SHOPPING_DAY
from tests.app.api.program import House, unknown_id
from tests.builders import Village, a_key, given_points

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def test_an_appeal_is_filed_once_answered_and_counted(house: House, village: Village) -> None:
    house.do(given_points, village, village.residents[0], 6)
    owner, by, supervisor = (
        house.as_(member)
        for member in (village.residents[0], village.residents[1], village.one("supervisor"))
    )
    notice = owner.get("/notices").json["items"][0]["id"]
    early = by.post(f"/notices/{notice}/appeals", {"reason": "不对"})
    assert (early.status_code, early.json["code"]) == (409, "still_on_notice")
    with clock.at(SHOPPING_DAY):
        key = a_key()
        long = by.post(f"/notices/{notice}/appeals", {"reason": "长" * 10_000})
        assert (long.status_code, list(long.json["errors"])) == (422, ["reason"])
        filed = by.post(f"/notices/{notice}/appeals", {"reason": "不对🙂\n"}, key=key)
        assert (filed.status_code, filed.json["kind"], filed.json["state"]) == (201, "appeal", "open")
        assert by.post(f"/notices/{notice}/appeals", {"reason": "不对🙂\n"}, key=key).json == filed.json
        path = f"/objections/{filed.json['id']}"
        assert village.residents[1].name not in owner.get(path).get_data(as_text=True)
        assert house.as_(village.residents[2]).get(path).status_code == 404
        assert [one["id"] for one in supervisor.get("/objections").json["items"]] == [filed.json["id"]]
        assert by.get("/objections").status_code == 403
        bare = supervisor.post(f"{path}/answer", {"decision": "change", "answer": "只做了一半"})
        assert (bare.status_code, list(bare.json["errors"])) == (422, ["points"])
        done = supervisor.post(f"{path}/answer", {"decision": "change", "points": 4, "answer": "只做了一半"})
        assert (done.json["state"], done.json["points_before"], done.json["points_after"]) == ("upheld", 6, 4)
        assert supervisor.get("/objections", state="answered").json["items"][0]["answer"] == "只做了一半"
        assert owner.get("/me").json["wallet"]["available"] == 4
        lines = house.stranger().get("/objections/figures", community="yitian").json["items"]
        appeals = [line for line in lines if line["kind"] == "appeal" and line["filed"]]
        assert [(line["changed"], line["median_days"]) for line in appeals] == [(1, 0)]
        assert len(lines) == 16


def test_a_second_person_confirms_what_was_read(house: House, village: Village) -> None:
    house.do(given_points, village, village.residents[0], 6)
    for member in village.residents[3:5]:
        house.do(transact, grant_role, GrantRole(village.community_id, member.id, "supervisor", "推选"))
    first, second = house.as_(village.one("supervisor")), house.as_(village.residents[3])
    notice = first.get("/notices").json["items"][0]["id"]
    objector = house.as_(village.residents[1])
    filed = objector.post(f"/notices/{notice}/objections", {"reason": "不对"})
    path = f"/objections/{filed.json['id']}"
    written = first.post(f"{path}/answer", {"decision": "uphold", "answer": "查无此事"}).json
    assert (written["state"], written["answer"], written["version"]) == ("open", None, 1)
    assert written["waiting"] == {
        "answer": "查无此事",
        "points_after": 0,
        "written_by": village.one("supervisor").name,
    }
    assert (objector.get(path).json["waiting"], objector.get(path).json["version"]) == (None, 0)
    assert first.post(f"{path}/confirm", {"version": 1}).json["code"] == "own_answer"
    assert second.post(f"{path}/confirm", {"version": 2}).json["code"] == "answer_replaced"
    assert second.post(f"{path}/confirm", {"version": 1}).json["state"] == "upheld"


def test_others_rejected_records_and_unknown_ones_are_not_there(house: House, village: Village) -> None:
    house.do(given_points, village, village.residents[0], 6)
    by = house.as_(village.residents[1])
    for path in (f"/records/{unknown_id()}/appeals", f"/notices/{unknown_id()}/appeals"):
        assert by.post(path, {"reason": "不对"}).status_code == 404
    notice = by.get("/notices").json["items"][0]["id"]
    foreign = house.as_(house.other.residents[0], house.other)
    assert foreign.post(f"/notices/{notice}/appeals", {"reason": "不对"}).status_code == 404
