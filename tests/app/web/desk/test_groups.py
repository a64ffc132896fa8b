"""Elected groups and relations on the web: the steward records, everybody reads who sits, relations stay among few."""

from __future__ import annotations

import re

import sqlalchemy as sa

from points.groups.queries import judges_on
from points.people.models import Member
from points.people.queries import roles_of
from points.people.relations import relations_between
from tests.app.web.desk.office import flashed, words
from tests.app.web.desk.test_imports import read, take, upload
from tests.builders import MONDAY

TALLY = {"elected_by": "村民代表会议", "elected_on": "2026-09-07", "starts_on": "2026-09-07", "ends_on": "2029-09-06",
         "voters": "40"}  # fmt: skip


def tally(people, *, votes="30", chair=0, **more):
    """The form of an election as it would be sent."""
    ids = [str(person.id) for person in people]
    form = TALLY | {"m": ids, "request_key": "k" * 20} | {f"votes_for-{key}": votes for key in ids}
    return form | ({"chair_id": ids[chair]} if chair is not None else {}) | more


def elected(office, people, kind="review", **more):
    """Records an election in the steward's browser."""
    client = office.client()
    answer = client.post(f"/desk/groups/{kind}/election", data=tally(people, **more))
    assert answer.status_code == 303, words(answer)
    return client


def test_who_sees_and_who_records(office):
    for role, groups, recording, relations in (
        ("steward", 200, 200, 200), ("supervisor", 200, 403, 200), ("operator", 403, 403, 403),
        ("chair", 403, 403, 403), ("resident", 403, 403, 403),
    ):  # fmt: skip
        client = office.client(role)
        assert client.get("/desk/groups").status_code == groups, role
        assert client.get("/desk/groups/review/people").status_code == recording, role
        assert client.get("/desk/relations").status_code == relations, role
        assert client.get("/me/relations").status_code == 200
        assert client.get(f"/c/{office.village.code}/groups").status_code == 200
    supervisor = office.client("supervisor")
    assert "登记换届" not in supervisor.get("/desk/groups").text
    assert supervisor.post("/desk/relations", data={}).status_code == 403


def test_an_election_goes_from_the_search_to_the_public_page(office):
    client, people = office.client(), office.village.residents[:5]
    public = f"/c/{office.village.code}/groups"
    assert "还没有登记过选举" in words(office.site.test_client().get(public))
    assert office.village.chair.name not in words(office.site.test_client().get(public))
    ids = [str(person.id) for person in people]
    found = client.get("/desk/groups/review/people", query_string={"m": ids[:4], "q": people[4].name})
    assert ids[4] in found.text
    chosen = words(client.get("/desk/groups/review/people", query_string={"m": [*ids, "nonsense"]}))
    assert "已选 5 人" in chosen
    form = client.get("/desk/groups/review/election", query_string={"m": ids})
    assert (form.status_code, 'value="2029-09-06"' in form.text) == (200, True)
    elected(office, people)
    page = words(office.site.test_client().get(public))
    for said in ("村民代表会议", "40 人", "同意 30，不同意 0", "组长", *(person.name for person in people)):
        assert said in page
    changes = words(office.site.test_client().get(f"/c/{office.village.code}/changes"))
    assert "评议小组换届：选出 5 人，任期到 2029-09-06" in changes
    reader = office.site.test_client()
    reader.set_cookie("lang", "en")
    assert "Review group" in words(reader.get(public))


def test_what_was_typed_survives_a_refusal_and_stands_beside_its_field(office):
    client, people = office.client(), office.village.residents[:3]
    first = f"votes_for-{people[0].id}"
    wrong = tally(people, **{first: "三十", "voters": "40", "ends_on": "2036-01-01"})
    answer = client.post("/desk/groups/review/election", data=wrong)
    assert answer.status_code == 422
    for kept in ('value="三十"', 'value="2036-01-01"', f'id="f-{first}-err"', f'href="#f-{first}"'):
        assert kept in answer.text
    long = client.post("/desk/groups/review/election", data=wrong | {first: "30"})
    assert (long.status_code, "任期最长 3 年" in long.text, 'value="30"' in long.text) == (422, True, True)
    few = client.post("/desk/groups/review/election", data=tally(people, votes="20"))
    assert "至少 21 票才算选上" in few.text
    kin = client.post("/desk/groups/review/election", data=tally([*people, office.village.one("supervisor")]))
    assert (kin.status_code, "不能又评议又监督" in kin.text) == (409, True)
    assert client.get("/desk/groups/choir/people").status_code == 404
    assert client.post("/desk/groups/choir/election", data=tally(people)).status_code == 404
    assert client.get("/desk/groups/review/election").location.endswith("/desk/groups/review/people")


def test_a_seat_ends_a_by_election_fills_it_and_the_desk_warns_meanwhile(office):
    people, joins = office.village.residents[:5], office.village.judges[1]
    client = elected(office, people, ends_on="2026-10-15")
    assert (
        client.post("/desk/groups/review/election", data=tally(people)).status_code == 303
    )  # a second click
    desk = words(client.get("/desk"))
    assert "评议小组的任期到" in desk
    assert "准备换届选举" in desk
    ends = re.findall(r'action="(/desk/groups/seats/[^"]+/end)"', client.get("/desk/groups").text)
    assert len(ends) == 5
    empty = client.post(ends[0], data={})
    assert (empty.status_code, "请填写" in words(empty)) == (422, True)
    assert client.post(ends[0], data={"why": "resigned"}).status_code == 303
    assert client.post(ends[0], data={"why": "resigned"}).status_code == 409
    neighbour = office.neighbour.one("steward")
    assert office.ask(judges_on, office.neighbour.community_id, MONDAY)
    assert neighbour.id not in {
        judge.member_id for judge in office.ask(judges_on, office.village.community_id, MONDAY)
    }
    page = words(client.get("/desk/groups"))
    for said in ("评议小组只有 4 人，最好有 5 人", "评议小组没有组长", "中途离任的", "辞任"):
        assert said in page
    form = client.get("/desk/groups/review/election", query_string={"m": str(joins.id), "by": "1"})
    assert "starts_on" not in form.text
    by = tally([joins], chair=0, by="1", request_key="b" * 20)
    assert client.post("/desk/groups/review/election", data=by).status_code == 303
    assert office.ask(roles_of, office.village.community_id, joins.id) == {"chair": None}
    assert "评议小组补选 1 人" in words(client.get(f"/c/{office.village.code}/changes"))


def test_elected_roles_are_not_given_or_taken_on_the_persons_page(office):
    client, person = elected(office, office.village.residents[:3]), office.village.residents[1]
    page = client.get(f"/members/{person.id}").text
    assert "由选举产生" in page
    assert f"/members/{person.id}/roles/reviewer/take" not in page
    assert 'value="chair"' not in page
    by_hand = client.post(f"/members/{person.id}/roles", data={"role": "chair", "reason": "换人"})
    assert (by_hand.status_code, "由选举产生" in words(by_hand)) == (409, True)
    taken = client.post(f"/members/{person.id}/roles/reviewer/take", data={"reason": "换人"})
    assert (taken.status_code, "登记离任" in words(taken)) == (409, True)
    assert client.post(f"/members/{person.id}/leave", data={"why": "moved_away"}).status_code == 303
    assert "搬走" in words(client.get(f"/c/{office.village.code}/groups"))


def test_a_member_declares_and_ends_an_own_relation(office):
    person, other = office.village.residents[:2]
    client, theirs = office.client_of(person), office.client_of(other)
    assert "我的亲属与工作关系" in client.get("/account").text
    form = {"name": other.name, "household": "", "kind": "relative"}
    wrong = client.post("/me/relations", data=form | {"name": "张三丰"})
    assert (wrong.status_code, "没有找到张三丰" in wrong.text, 'value="张三丰"' in wrong.text) == (
        422,
        True,
        True,
    )
    assert client.post("/me/relations", data=form | {"kind": ""}).status_code == 422
    assert client.post("/me/relations", data=form).status_code == 303
    assert other.name in flashed(client)
    mine, seen = client.get("/me/relations").text, words(theirs.get("/me/relations"))
    assert (person.name in seen, "对方登记的" in seen, "结束这一条" in seen) == (True, True, False)
    end = re.search(r'action="(/me/relations/[^"]+/end)"', mine)[1]
    assert theirs.post(end, data={"why": "over"}).status_code == 403
    assert office.client_of(office.village.residents[2]).post(end, data={"why": "over"}).status_code == 404
    assert client.post(end, data={}).status_code == 422
    assert client.post(end, data={"why": "over"}).status_code == 303
    assert other.name not in words(client.get("/me/relations"))
    public = words(office.site.test_client().get(f"/c/{office.village.code}/changes"))
    assert "登记了一条回避关系" in public
    assert "结束了一条回避关系" in public
    assert not re.search(r"回避关系 今天 \d\d:\d\d ·", public)  # nobody's name, no reason


def test_the_steward_enters_finds_and_ends_relations_and_supervision_reads_them(office, monkeypatch):
    monkeypatch.setattr("app.web.relations.ROWS", 1)
    client, (one, other, third) = office.client(), office.village.residents[:3]
    form = {"name_a": one.name, "name": other.name, "kind": "helper"}
    unclear = client.post("/desk/relations", data=form | {"name": one.name})
    assert (unclear.status_code, "同一个人" in unclear.text, f'value="{one.name}"' in unclear.text) == (
        422,
        True,
        True,
    )
    for name in (other.name, third.name):
        assert client.post("/desk/relations", data=form | {"name": name}).status_code == 303
    page = office.client("supervisor").get("/desk/relations").text
    assert third.name in page
    assert other.name not in page
    following = re.search(r'href="([^"]+)" rel="next"', page)[1].replace("&amp;", "&")
    assert other.name in client.get(following).text
    assert third.name in words(client.get(f"/desk/relations?q={third.name}"))
    assert client.get("/desk/relations?q=x").status_code == 422
    assert client.get("/desk/relations?after=x").status_code == 422
    end = re.search(r'action="(/desk/relations/[^"]+/end)"', client.get("/desk/relations").text)[1]
    assert client.post(end, data={"why": "mistake"}).status_code == 303
    assert third.name in words(client.get("/desk/relations?show=ended"))


def test_relations_come_in_from_a_table_like_a_roster(office):
    client, (one, other) = office.client(), office.village.residents[:2]
    _rename(office, {one: "王强", other: "李兰"})
    sheet = "甲方姓名,甲方户号,乙方姓名,乙方户号,关系\n王强,010,李兰,,夫妻\n王强,,张三丰,,亲属\n李兰,,王强,,对手\n"
    assert "先写明" not in upload(client, "relations", "姓名\n王强\n").text
    location, page = read(client, "relations", sheet)
    said = words(page)
    assert "读懂了 1 行" in said
    assert "第 3 行 乙方姓名 张三丰 名册里没有找到张三丰" in said
    assert "第 4 行 关系 对手 看不懂。可以填：近亲属、同一单位、雇用、帮办" in said
    assert take(client, location, page, choice="all").status_code == 409
    assert take(client, location, page, choice="good").status_code == 303
    assert "新增 1 条关系" in flashed(client)
    found = office.ask(relations_between, office.village.community_id, [one.id], [other.id])
    assert found == {(one.id, other.id): "relative"}
    for role in ("supervisor", "operator"):
        assert upload(office.client(role), "relations", sheet).status_code == 403
    assert "导入了 1 条回避关系" in words(client.get(f"/c/{office.village.code}/changes"))


def _rename(office, names):
    """A register with names as people have them."""

    def rename(session, _command, *, now):
        for person, name in names.items():
            session.execute(
                sa.update(Member)
                .where(Member.community_id == office.village.community_id, Member.id == person.id)
                .values(name=name)
            )

    office.run(rename, None)
