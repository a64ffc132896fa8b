"""PINs and lost cards on the web: digits are never shown again, and a grid worker minds the own grid's cards only."""

from __future__ import annotations

import re

from points.people.operations import GrantRole, grant_role
from points.people.register import card_holders, grids_of
from shop.codes.pins import check_pin, pin_state
from tests.app.web.desk.office import flashed, words


def pin_of(office, person):
    return office.ask(pin_state, office.village.community_id, person.id)


def twice(pin, again=None):
    return {"pin": pin, "pin_again": again or pin}


def lock(office, person):
    """Five wrong tries at a counter."""

    def operation(session, command, *, now):
        return [check_pin(session, office.village.community_id, person.id, "1357", now=now) for _ in range(5)]

    return office.run(operation, None)


def test_the_desk_sets_a_pin_with_the_person_and_unlocks_it(office):
    person, client = office.village.residents[0], office.client()
    address = f"/members/{person.id}/pin"
    page = client.get(address)
    assert page.text.count('type="password"') == page.text.count('inputmode="numeric"') == 2
    for form, said in (
        (twice("1234"), "太容易被猜到"), (twice("258"), "4 到 6 位数字"), (twice("2580", "2589"), "不一样"),
        (twice(""), "请填写"), (twice("1960"), "太容易被猜到"),
    ):  # fmt: skip
        refused = client.post(address, data=form)
        assert (refused.status_code, said in words(refused)) == (422, True)
        shown = refused.text.replace("0000、1234", "")  # the hint's own examples
        typed = [digits for digits in form.values() if digits]  # an id may hold the same digits
        assert not [digits for digits in typed if re.search(rf"(?<![\w-]){digits}(?![\w-])", shown)]
    assert pin_of(office, person).state == "unset"
    assert client.post(address, data=twice("2580")).location.endswith(f"/members/{person.id}")
    assert "2580" not in flashed(client)
    assert lock(office, person) == ["wrong"] * 4 + ["locked"]
    assert "锁住了" in words(client.get(f"/members/{person.id}"))
    client.post(address, data=twice("8520"))
    assert pin_of(office, person).state == "set"
    assert client.post(f"{address}/remove").status_code == 303
    assert pin_of(office, person).state == "unset"
    public = words(office.site.test_client().get("/c/yitian/changes"))
    assert public.count("给一位村民设了卡密码") == 2
    assert ("给一位村民取消了卡密码" in public, person.name in public) == (True, False)


def test_digits_typed_before_signing_in_again_are_not_kept(office):
    person, client = office.village.residents[0], office.site.test_client()
    client.post(f"/members/{person.id}/pin", data=twice("2580") | {"note": "别的字"})
    with client.session_transaction() as session:
        assert session["kept"]["typed"] == {"note": ["别的字"]}


def test_who_keeps_the_register_sets_pins_and_everybody_their_own(office):
    person, other = office.village.residents[:2]
    for role in ("grid_worker", "supervisor", "shop_staff", "resident"):
        assert office.client(role).post(f"/members/{other.id}/pin", data=twice("2580")).status_code == 403
    away = office.neighbour.residents[0]
    assert office.client().post(f"/members/{away.id}/pin", data=twice("2580")).status_code == 404
    client = office.client_of(person)
    assert "没有设卡密码" in words(client.get("/account"))
    assert "我的卡密码" in words(client.get("/account/pin"))
    assert client.post("/account/pin", data=twice("2580")).location.endswith("/account")
    assert (pin_of(office, person).state, pin_of(office, other).state) == ("set", "unset")
    assert client.post("/account/pin/remove").status_code == 303
    assert pin_of(office, person).state == "unset"
    assert "卡密码" not in words(office.site.test_client().get("/c/yitian/changes"))


def test_a_lost_card_is_stopped_replaced_and_printed_large(office):
    community_id, person, client = office.village.community_id, office.village.residents[0], office.client()
    address = f"/cards/{person.id}"

    def code():
        return office.ask(card_holders, community_id, member_ids=[person.id])[0].code

    assert "还没有卡" in words(client.get(address))
    assert client.get(f"{address}/large").status_code == 409
    assert client.post(f"{address}/revoke").status_code == 303
    assert "现在没有在用的卡" in flashed(client)
    client.post(f"{address}/issue")
    first = code()
    sheet = client.get(f"{address}/large")
    for said in (person.name, "积分卡", f"No. {first[-4:]}", "旧卡就停用"):
        assert said in words(sheet)
    assert (person.household_number + " 户" in words(sheet), sheet.text.count('<svg class="qr"')) == (
        False,
        1,
    )
    client.post(f"{address}/revoke")
    assert (code(), "丢了" in words(client.get(address))) == (None, True)
    grid = next(one for one in office.ask(grids_of, community_id) if one.name == person.grid)
    assert "还没有新卡" in words(client.get(f"/cards/all?grid={grid.id}"))
    chosen = client.get(f"/cards?grid={grid.id}").text
    assert (
        re.search(rf'value="{person.id}"( checked)?', chosen)[1] is None
    )  # lost: a new one only when somebody asks
    client.post(f"{address}/issue")
    assert code() not in (None, first)
    history = words(client.get(address))
    assert ("第 2 张" in history, "第 1 张" in history) == (True, True)
    ten = client.post("/cards", data={"member_ids": str(person.id)})
    assert (person.grid in words(ten), "第 2 张" in words(ten)) == (False, True)
    assert "一张卡丢了，停用了" in words(office.site.test_client().get("/c/yitian/changes"))


def test_a_grid_worker_minds_the_cards_of_the_own_grid(office):
    community_id, worker = office.village.community_id, office.village.one("grid_worker")
    grids = office.ask(grids_of, community_id)
    office.run(grant_role, GrantRole(community_id, worker.id, "grid_worker", "推选", scope_id=grids[0].id))
    own, other = (office.ask(card_holders, community_id, grid_id=grid.id)[0] for grid in grids[:2])
    client = office.client("grid_worker")
    assert client.post(f"/cards/{own.id}/issue").status_code == 303
    for method, path in (("get", ""), ("get", "/large"), ("post", "/issue"), ("post", "/revoke")):
        assert getattr(client, method)(f"/cards/{other.id}{path}").status_code == 404
    assert f"/members/{own.id}/pin" not in client.get(f"/cards/{own.id}").text
    assert office.client("resident").get(f"/cards/{own.id}").status_code == 403
    assert own.name in words(client.get("/cards/all"))
