"""Signing in and out with a token."""

from __future__ import annotations

from datetime import timedelta

from app import clock
from app.identity.passwords import SetPassword, SignOutEverywhere, hasher, set_password, sign_out_everywhere
from app.identity.throttle import MOST_FOR_PHONE
from app.transaction import transact
from points.people.models import Member
from tests.app.api.program import House, Program, same_moment
from tests.builders import MONDAY, PASSWORD, Village, phone_of


def test_phone_and_password_give_a_token_that_opens_the_interface(house: House, village: Village) -> None:
    resident = village.residents[0]
    answer = house.stranger().call(
        "POST", "/tokens", {"phone": phone_of(int(resident.household_number)), "password": PASSWORD}
    )
    assert answer.status_code == 201
    assert same_moment(answer.json["expires_at"], MONDAY + timedelta(days=30))
    assert answer.json["member"] == {
        "id": str(resident.id),
        "name": resident.name,
        "household": {"id": str(resident.household_id), "number": resident.household_number},
        "community": {"code": "yitian", "name": "yitian村", "zone": "Asia/Shanghai"},
        "roles": ["resident"],
    }
    me = Program(house.site, answer.json["token"]).get("/me")
    assert me.status_code == 200
    assert me.json["member"]["id"] == str(resident.id)


def test_a_wrong_password_and_an_unknown_phone_get_the_same_answer(house: House) -> None:
    wrong = house.stranger().call("POST", "/tokens", {"phone": phone_of(1), "password": "not-it-2026"})
    unknown = house.stranger().call("POST", "/tokens", {"phone": "13700000000", "password": "not-it-2026"})
    assert (wrong.status_code, wrong.json["code"]) == (401, "invalid_credentials")
    assert wrong.headers["WWW-Authenticate"] == "Bearer"
    assert {**wrong.json, "request_id": ""} == {**unknown.json, "request_id": ""}
    assert set(wrong.json) == {"code", "detail", "errors", "request_id"}
    assert wrong.json["request_id"] == wrong.headers["X-Request-ID"]


def test_too_many_tries_are_told_how_long_to_wait(house: House) -> None:
    for _ in range(MOST_FOR_PHONE):
        house.stranger().call("POST", "/tokens", {"phone": phone_of(1), "password": "not-it-2026"})
    answer = house.stranger().call("POST", "/tokens", {"phone": phone_of(1), "password": PASSWORD})
    assert (answer.status_code, answer.json["code"]) == (429, "too_many_attempts")
    assert 0 < int(answer.headers["Retry-After"]) <= 601


def test_a_revoked_token_opens_nothing(house: House, village: Village) -> None:
    program = house.as_(village.residents[0])
    assert program.call("DELETE", "/tokens/current").json == {"revoked": True}
    assert program.get("/me").status_code == 401
    assert program.get("/me").json["code"] == "not_signed_in"


def test_a_token_is_over_after_thirty_days(house: House, village: Village) -> None:
    program = house.as_(village.residents[0])
    with clock.at(MONDAY + timedelta(days=29, hours=23)):
        assert program.get("/me").status_code == 200
    with clock.at(MONDAY + timedelta(days=30)):
        assert program.get("/me").status_code == 401


def test_signing_out_everywhere_ends_tokens_too(house: House, village: Village) -> None:
    resident = village.residents[0]
    program = house.as_(resident)
    house.do(transact, sign_out_everywhere, SignOutEverywhere(village.community_id, resident.id))
    assert program.get("/me").status_code == 401


def test_a_new_password_ends_tokens_of_the_old_one(house: House, village: Village) -> None:
    resident = village.residents[0]
    program = house.as_(resident)
    command = SetPassword(village.community_id, resident.id, hasher.hash("another-2026"), must_change=False)
    house.do(transact, set_password, command)
    assert program.get("/me").status_code == 401


def test_somebody_who_left_the_village_is_not_signed_in(house: House, village: Village) -> None:
    resident = village.residents[0]
    program = house.as_(resident)

    def leave(session, member_id, *, now) -> None:
        session.get_one(Member, (village.community_id, member_id)).left_at = now

    house.do(transact, leave, resident.id)
    assert program.get("/me").status_code == 401
    answer = house.stranger().call(
        "POST", "/tokens", {"phone": phone_of(int(resident.household_number)), "password": PASSWORD}
    )
    assert (answer.status_code, answer.json["code"]) == (401, "invalid_credentials")


def test_a_cookie_of_the_site_opens_nothing_here(house: House, village: Village) -> None:
    resident = village.residents[0]
    browser = house.site.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = f"{village.community_id}:{resident.id}:1"
    assert browser.get("/api/v1/me").status_code == 401
    assert browser.post("/api/v1/orders", json={}).status_code == 401


def test_nonsense_instead_of_a_token_is_refused(house: House) -> None:
    for header in ("Bearer", "Bearer ", "Bearer nonsense", "Basic YTpi", "bearer\tx", "Bearer ü"):
        answer = house.site.test_client().get("/api/v1/me", headers={"Authorization": header})
        assert answer.status_code == 401, header
