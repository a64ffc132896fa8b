"""The sheet of cards: ten on A4, each code opens its owner, printed again it is the same card."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from points.people.models import Grid
from points.people.operations import GrantRole, grant_role
from points.people.register import card_holders, grids_of
from tests.app.web.desk.office import words


def test_a_sheet_holds_ten_cards_and_the_eleventh_begins_another(office):
    everybody = [
        *office.village.residents,
        *(one for people in office.village.staff.values() for one in people),
    ]
    sheet = office.client().post("/cards", data={"member_ids": [str(one.id) for one in everybody[:11]]})
    assert sheet.status_code == 200
    assert len(re.findall('class="card"', sheet.text)) == 11
    assert len(re.findall('class="a4"', sheet.text)) == 2
    assert len(re.findall('<svg class="qr"', sheet.text)) == 11


def test_printing_again_prints_the_same_card(office):
    client, person = office.client(), office.village.residents[0]
    pictures = set()
    for _ in range(2):
        sheet = client.post("/cards", data={"member_ids": str(person.id)}).text
        pictures.add(re.search(r'<svg class="qr".*?</svg>', sheet, re.S)[0])
        code = office.ask(card_holders, office.village.community_id, member_ids=[person.id])[0].code
        assert f"No. {code[-4:]}" in sheet
    assert len(pictures) == 1


def test_nobody_chosen_is_said_and_too_many_as_well(office, monkeypatch):
    client = office.client()
    empty = client.post("/cards", data={})
    assert (empty.status_code, "请至少选一个人" in empty.text) == (422, True)
    monkeypatch.setattr("app.web.cards.MOST_CARDS", 1)
    many = client.post("/cards", data={"member_ids": [str(one.id) for one in office.village.residents[:2]]})
    assert (many.status_code, "一次最多印 1 张卡" in many.text) == (422, True)


def test_who_has_no_card_yet_is_chosen_and_marked(office):
    client = office.client()
    grid = office.ask(grids_of, office.village.community_id)[0]
    page = client.get(f"/cards?grid={grid.id}")
    assert page.text.count(" checked") == grid.members
    client.post("/cards", data={"member_ids": re.search(r'name="member_ids" value="([^"]+)"', page.text)[1]})
    after = client.get(f"/cards?grid={grid.id}")
    assert after.text.count(" checked") == grid.members - 1
    assert words(after).count("还没有卡") == grid.members - 1 + 1  # and once in the lead


@pytest.mark.parametrize(
    ("role", "status"), [("steward", 200), ("grid_worker", 403), ("operator", 403), ("resident", 403)]
)
def test_stewards_print_and_grid_workers_once_they_have_a_grid(office, role, status):
    assert office.client(role).get("/cards").status_code == status


def test_a_grid_worker_without_a_grid_minds_no_card_and_is_told(office):
    client, someone = office.client("grid_worker"), office.village.residents[0]
    for method, path in (
        ("get", "/cards/all"), ("get", f"/cards/{someone.id}"), ("post", f"/cards/{someone.id}/issue"),
        ("post", f"/cards/{someone.id}/revoke"),
    ):  # fmt: skip
        answer = getattr(client, method)(path)
        assert (answer.status_code, "您还没有分到哪个网格" in words(answer)) == (403, True), path
    printed = client.post("/cards", data={"member_ids": str(someone.id)})
    assert printed.status_code == 403
    assert "/cards" not in client.get("/home").text


def test_a_grid_worker_prints_for_the_own_grid_only(office):
    community_id, worker = office.village.community_id, office.village.one("grid_worker")
    own, other = office.ask(
        lambda session: session.scalars(
            sa.select(Grid.id).where(Grid.community_id == community_id).order_by(Grid.id).limit(2)
        ).all()
    )
    office.run(grant_role, GrantRole(community_id, worker.id, "grid_worker", "推选", scope_id=own))
    client = office.client("grid_worker")
    there = {grid_id: office.ask(card_holders, community_id, grid_id=grid_id)[0] for grid_id in (own, other)}
    assert there[other].name not in words(client.get(f"/cards?grid={other}"))
    assert client.post("/cards", data={"member_ids": str(there[other].id)}).status_code == 404
    assert client.post("/cards", data={"member_ids": str(there[own].id)}).status_code == 200


def test_another_communitys_grid_is_not_found(office):
    grid = office.ask(grids_of, office.neighbour.community_id)[0]
    assert office.client().get(f"/cards?grid={grid.id}").status_code == 404
    assert office.client().get("/cards?grid=nonsense").status_code == 404
