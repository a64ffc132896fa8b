"""The register on the web: pages, one person, phones with a reason, roles, first passwords, cards."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from app.identity.passwords import is_password_of, member_of_phone
from points.people.models import AdminAct, Grid, Member
from points.people.queries import roles_of
from points.people.register import member_file
from tests.app.web.desk.office import flashed, words
from tests.builders import phone_of

FORGOT = {"reason": "本人忘了密码"}


def acts(office, act):
    """Reasons given for an act on the public list."""
    return office.ask(
        lambda session: session.scalars(
            sa.select(AdminAct.reason).where(
                AdminAct.community_id == office.village.community_id, AdminAct.act == act
            )
        ).all()
    )


@pytest.mark.parametrize(
    ("role", "register", "person"),
    [("steward", 200, 200), ("operator", 200, 200), ("grid_worker", 200, 403), ("supervisor", 200, 403),
     ("shop_staff", 200, 403), ("chair", 403, 403), ("resident", 403, 403)],
)  # fmt: skip
def test_some_look_people_up_and_few_manage_them(office, role, register, person):
    client = office.client(role)
    assert client.get("/members").status_code == register
    assert client.get(f"/members/{office.village.residents[0].id}").status_code == person


def test_a_list_shows_no_phone_and_no_age(office):
    page = words(office.client().get("/members"))
    assert "村民10" in page
    assert "139" not in page
    assert "1960" not in page


def test_the_register_goes_on_page_by_page(office, monkeypatch):
    monkeypatch.setattr("app.web.members.ROWS", 6)
    client, seen, url = office.client(), [], "/members"
    while url:
        page = client.get(url).text
        seen += re.findall(r"村民\d\d", re.sub(r"<header.*?</header>", "", page, flags=re.S))
        following = re.search(r'href="([^"]+)" rel="next"', page)
        url = following[1].replace("&amp;", "&") if following else ""
    assert seen == [f"村民{number:02d}" for number in range(1, 16)]


@pytest.mark.parametrize(("query", "status", "says"), [
    ("?q=村民1", 200, "村民15"), ("?q=003", 200, "村民03"), ("?q=张三丰", 200, "没有找到"), ("?q=张", 422, "请至少输入 2 个字"),
    ("?after=nonsense", 422, "翻页的位置不对"), ("?q=%25%25", 200, "没有找到"),
])  # fmt: skip
def test_a_search_answers_in_words(office, query, status, says):
    answer = office.client().get(f"/members{query}")
    assert (answer.status_code, says in answer.text) == (status, True)


def test_another_communitys_people_are_not_found_by_any_way(office):
    stranger = office.neighbour.residents[0]
    client = office.client()
    assert client.get(f"/members/{stranger.id}").status_code == 404
    assert client.get(f"/members/households/{stranger.household_id}").status_code == 404
    reason = {"reason": "通知取货", "role": "reviewer"}
    for way in ("phone", "roles", "roles/reviewer/take", "password", "card"):
        assert client.post(f"/members/{stranger.id}/{way}", data=reason).status_code == 404
    assert client.post("/cards", data={"member_ids": str(stranger.id)}).status_code == 404


def test_a_household_shows_its_people_and_to_the_desk_its_points(office):
    household_id = office.village.residents[0].household_id
    for role, sees in (("steward", True), ("grid_worker", False)):
        page = words(office.client(role).get(f"/members/households/{household_id}"))
        assert "村民10" in page
        assert ("现在能用 0 分" in page, "10号" in page) == (sees, sees)


def test_a_phone_is_masked_until_somebody_says_why(office):
    client, person = office.client(), office.village.residents[0]
    page = client.get(f"/members/{person.id}").text
    assert phone_of(10) not in page
    assert "139****0010" in page
    refused = client.post(f"/members/{person.id}/phone", data={"reason": ""})
    assert (refused.status_code, phone_of(10) in refused.text, acts(office, "phone_shown")) == (
        422,
        False,
        [],
    )
    shown = client.post(f"/members/{person.id}/phone", data={"reason": "通知取货"})
    assert (shown.status_code, phone_of(10) in shown.text) == (200, True)
    assert acts(office, "phone_shown") == ["通知取货"]
    assert phone_of(10) not in client.get(f"/members/{person.id}").text


def test_shop_staff_need_a_shop_of_this_community(office):
    client, person = office.client(), office.village.residents[0]
    url, form = f"/members/{person.id}/roles", {"role": "shop_staff", "reason": "村民代表会议推选"}
    without = client.post(url, data=form)
    assert (
        without.status_code,
        "请选是哪一个店" in without.text,
        'value="村民代表会议推选"' in without.text,
    ) == (422, True, True)
    assert client.post(url, data=form | {"shop_id": str(office.neighbour.shop_id)}).status_code == 404
    assert client.post(url, data=form | {"shop_id": str(office.village.shop_id)}).status_code == 303
    held = office.ask(roles_of, office.village.community_id, person.id)
    assert held == {"shop_staff": office.village.shop_id}


def test_a_grid_worker_gets_a_grid_of_this_community(office):
    client, person = office.client(), office.village.residents[0]
    grids = {
        code: office.ask(lambda session, key: session.scalar(sa.select(Grid.id).where(Grid.community_id == key).limit(1)), key)
        for code, key in (("own", office.village.community_id), ("other", office.neighbour.community_id))
    }  # fmt: skip
    url, form = f"/members/{person.id}/roles", {"role": "grid_worker", "reason": "推选"}
    assert client.post(url, data=form | {"grid_id": str(grids["other"])}).status_code == 404
    assert client.post(url, data=form | {"grid_id": str(grids["own"])}).status_code == 303
    assert office.ask(roles_of, office.village.community_id, person.id) == {"grid_worker": grids["own"]}


def test_a_role_is_taken_back_with_a_reason_and_the_last_steward_stays(office):
    client, reviewer, steward = (
        office.client(),
        office.village.staff["reviewer"][0],
        office.village.one("steward"),
    )
    assert client.post(f"/members/{reviewer.id}/roles/reviewer/take", data={"reason": ""}).status_code == 422
    assert (
        client.post(f"/members/{reviewer.id}/roles/reviewer/take", data={"reason": "换届"}).status_code == 303
    )
    assert office.ask(roles_of, office.village.community_id, reviewer.id) == {}
    last = client.post(f"/members/{steward.id}/roles/steward/take", data={"reason": "换届"})
    assert (last.status_code, "最后一位管理员" in last.text) == (409, True)
    assert client.post(f"/members/{steward.id}/roles/king/take", data={"reason": "换届"}).status_code == 422


def test_a_steward_neither_makes_operators_nor_sets_their_password(office):
    client, person, operator = office.client(), office.village.residents[0], office.village.one("operator")
    assert "系统维护" not in words(client.get(f"/members/{person.id}"))
    form = {"role": "operator", "reason": "换人"}
    assert client.post(f"/members/{person.id}/roles", data=form).status_code == 403
    assert client.post(f"/members/{operator.id}/password", data=FORGOT).status_code == 403
    assert office.client("operator").post(f"/members/{operator.id}/password", data=FORGOT).status_code == 200


def test_a_first_password_is_shown_once_on_a_slip_and_must_be_changed(office):
    client, person = office.client(), office.village.residents[0]
    slip = client.post(f"/members/{person.id}/password", data=FORGOT)
    password = re.search(r'slip-password">(\w{10})<', slip.text)[1]
    assert (slip.status_code, phone_of(10) in slip.text, "no-store" in slip.headers["Cache-Control"]) == (
        200,
        False,
        True,
    )
    known = office.ask(member_of_phone, phone_of(10))
    assert (known.must_change, known.epoch, is_password_of(known, password)) == (True, 2, True)
    assert password not in client.get(f"/members/{person.id}").text
    assert acts(office, "password_issued") == ["本人忘了密码"]


def test_a_first_password_needs_a_reason_that_is_public(office):
    client, person = office.client(), office.village.residents[0]
    refused = client.post(f"/members/{person.id}/password")
    assert (refused.status_code, 'id="f-reason-password-err"' in refused.text) == (422, True)
    assert "slip-password" not in refused.text


def test_without_a_phone_there_is_no_password(office):
    person = office.village.residents[0]

    def forget_phone(session, member_id, *, now):
        session.execute(
            sa.update(Member)
            .where(Member.community_id == office.village.community_id, Member.id == member_id)
            .values(phone=None)
        )

    office.run(forget_phone, person.id)
    client = office.client()
    refused = client.post(f"/members/{person.id}/password", data=FORGOT)
    assert (refused.status_code, "没有登记手机号" in refused.text) == (409, True)
    assert client.post(f"/members/{person.id}/phone", data={"reason": "通知取货"}).status_code == 409


def test_a_lost_card_is_replaced_and_the_old_one_is_worth_nothing(office):
    client, person = office.client(), office.village.residents[0]
    for data, version in (({}, 1), ({}, 1), ({"replace": "1"}, 2)):
        assert client.post(f"/members/{person.id}/card", data=data).status_code == 303
        assert office.ask(member_file, office.village.community_id, person.id).card_version == version
    assert "旧卡从现在起不能用" in flashed(client)


def test_who_moves_away_is_out_at_once_and_the_books_stay(office):
    person = office.village.residents[3]
    own, desk = office.client_of(person), office.client()
    assert own.get("/points").status_code == 200
    answer = desk.post(f"/members/{person.id}/leave", data={"why": "moved_away"})
    assert (answer.status_code, "家里的积分还在" in flashed(desk)) == (303, True)
    assert own.get("/points").status_code == 303
    assert desk.get(f"/members/{person.id}").status_code == 404
    assert office.ask(member_of_phone, phone_of(13)) is None
    public = office.site.test_client().get(f"/c/{office.village.code}/changes").text
    assert "一位村民搬走" in public
    assert person.name not in public


def test_leaving_needs_a_reason_and_no_role(office):
    desk, reviewer = office.client(), office.village.one("reviewer")
    empty = desk.post(f"/members/{office.village.residents[3].id}/leave", data={})
    assert (empty.status_code, "请填写" in words(empty)) == (422, True)
    answer = desk.post(f"/members/{reviewer.id}/leave", data={"why": "died"})
    assert (answer.status_code, "还担任着职务" in words(answer)) == (409, True)
    assert desk.get(f"/members/{reviewer.id}").status_code == 200


def test_a_neighbours_steward_takes_nobody_out(office):
    stranger = office.neighbour.residents[0]
    answer = office.client().post(f"/members/{stranger.id}/leave", data={"why": "mistake"})
    assert answer.status_code == 404
