"""A new rule book, from the first changed item to the assembly's tally; nothing typed is lost on the way."""

from __future__ import annotations

import re
from datetime import date

import pytest

from points.rules.queries import book_of, draft_book, open_draft, versions_of, warnings_of
from points.rules.sheet import COLUMN_NAMES
from tests.app.web.desk.office import Office, flashed, words
from tests.app.web.desk.test_imports import ADOPTION, read, take
from tests.builders import DATA as DEMO

DEED = {
    "code": "ENV-08", "category_zh": "环境", "category_en": "Environment", "name_zh": "捡拾地膜", "unit_zh": "每人每次",
    "score": "redeemable", "points_default": "3", "photo": "optional", "review_path": "panel", "evidence_zh": "照片",
    "example_zh": "把地里的旧地膜捡了一袋。",
}  # fmt: skip


@pytest.fixture
def drafting(office: Office):
    """The steward's browser, with a draft just begun from version 1."""
    client = office.client()
    assert client.post("/rules/draft").status_code == 303
    return client


def items_of(office: Office) -> dict:
    """The open draft by code."""
    draft = office.ask(open_draft, office.village.community_id)
    return {item.code: item for item in office.ask(draft_book, office.village.community_id, draft.id)}


def form_of(item, **changes) -> dict:
    """What the form of an item would send."""
    sent = {name: getattr(item, name) for name in COLUMN_NAMES}
    sent = {name: value for name, value in sent.items() if value is not None}
    return sent | {"reporters": sorted(item.reporters)} | changes


def adopt(client, **changes):
    """Sends the adoption as the page would."""
    page = client.get("/rules/draft/adoption").text
    hidden = {
        name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("draft_id", "revision")
    }
    return client.post("/rules/draft/adoption", data=hidden | ADOPTION | changes)


def test_who_keeps_the_rules_drafts_them(office):
    for role, status in (("steward", 200), ("operator", 200), ("supervisor", 403), ("resident", 403)):
        assert office.client(role).get("/rules/draft").status_code == status, role


def test_a_draft_begins_with_the_book_and_there_is_one_at_a_time(office, drafting):
    assert list(items_of(office)) == [item.code for item in _adopted(office)]
    assert "和第 1 版一样，还没有改" in words(drafting.get("/rules/draft"))
    drafting.post("/rules/draft")
    assert "已经有一份草稿在写" in flashed(drafting)


def _adopted(office):
    newest = office.ask(versions_of, office.village.community_id)[0]
    return office.ask(book_of, office.village.community_id, newest.id)


def test_from_a_draft_to_the_next_version(office, drafting, clock_at):
    item = items_of(office)["AID-02"]
    drafting.post(f"/rules/draft/items/{item.id}", data=form_of(item, points_max="12"))
    drafting.post("/rules/draft/items", data=DEED)
    drafting.post(f"/rules/draft/items/{items_of(office)['DED-06'].id}/remove")
    page = words(drafting.get("/rules/draft"))
    assert "新增 1 条，改动 1 条，去掉 1 条" in page
    assert "一共 46 条，超过了 40 条" in page
    shown = words(drafting.get("/rules/draft/difference"))
    assert "最高分 10 12" in shown
    assert "ENV-08 捡拾地膜" in shown
    assert list(items_of(office)).index("ENV-08") == 7  # behind its category
    answer = adopt(drafting)
    assert answer.location == "/c/yitian/rules?version=2"
    newest = office.ask(versions_of, office.village.community_id)[0]
    assert (newest.number, newest.votes_for, newest.in_force_from) == (2, 31, date(2026, 10, 1))
    kept = office.ask(warnings_of, office.village.community_id, newest.id)
    assert ("too_many_items", {"count": 46, "most": 40}) in [(one.code, one.facts) for one in kept]
    page = words(drafting.get(answer.location))
    assert "还没生效" in page
    assert "一共 46 条，超过了 40 条" in page
    assert "现在没有草稿" in words(drafting.get("/rules/draft"))
    acts = words(office.site.test_client().get("/c/yitian/changes"))
    assert "开始写新的积分规则草稿" in acts
    assert "第二次村民代表会议" in acts


def test_a_refused_item_stays_in_the_draft_and_keeps_it_from_being_adopted(office, drafting):
    drafting.post("/rules/draft/items", data=DEED | {"name_zh": "迎接上级卫生检查"})
    assert "还不能通过" in flashed(drafting)
    page = words(drafting.get("/rules/draft"))
    assert "ENV-08 写了“迎接上级卫生检查”，是为了让检查的人满意。 积分感谢为邻里做的事" in page
    assert "来记录" not in page
    assert "改好以后才能通过" in words(drafting.get("/rules/draft/adoption"))
    draft = office.ask(open_draft, office.village.community_id)
    forced = drafting.post(
        "/rules/draft/adoption", data=ADOPTION | {"draft_id": str(draft.id), "revision": draft.revision}
    )
    assert (forced.status_code, "不能写进规则：ENV-08" in forced.text) == (422, True)
    assert len(office.ask(versions_of, office.village.community_id)) == 1
    item = items_of(office)["ENV-08"]
    assert "是为了让检查的人满意" in words(drafting.get(f"/rules/draft/items/{item.id}"))


WRONG_ITEMS = (
    ({"points_default": "三"}, "三"), ({"name_zh": ""}, "没有填"), ({"points_min": "5"}, "要从小到大"),
    ({"cap_count": "2"}, "上限要填全"), ({"code": "环境八"}, "编号要用字母和数字"),
    ({"code": "ENV-01"}, "ENV-01 在草稿里已经有了"),
)  # fmt: skip


def test_what_was_typed_stays_when_an_item_is_refused(office, drafting):
    typed = DEED | {"reporters": ["self", "neighbour"], "note_zh": "旧膜要交到回收点"}
    for changes, says in WRONG_ITEMS:
        answer = drafting.post("/rules/draft/items", data=typed | changes)
        assert (answer.status_code in (409, 422), says in words(answer)) == (True, True), says
        assert "旧膜要交到回收点" in answer.text
        assert re.findall(r'name="reporters" value="(\w+)" checked', answer.text) == ["self", "neighbour"]
    assert "ENV-08" not in items_of(office)


WRONG_ADOPTIONS = (
    ({"in_force_from": "2026-09-07"}, 422, "最早从明天起生效"), ({"adopted_on": "2026-09-08"}, 422, "在今天以后"),
    ({"votes_for": "2", "votes_against": "31"}, 422, "没有通过"), ({"adopted_by": ""}, 422, "请填写"),
    ({"revision": "1"}, 409, "草稿又改过了"),
)  # fmt: skip


def test_an_adoption_that_cannot_be_keeps_what_was_typed(office, drafting):
    drafting.post("/rules/draft/items", data=DEED)
    for changes, status, says in WRONG_ADOPTIONS:
        answer = adopt(drafting, **changes)
        assert (answer.status_code, says in words(answer)) == (status, True), says
        assert f'value="{(ADOPTION | changes)["in_force_from"]}"' in answer.text
    assert len(office.ask(versions_of, office.village.community_id)) == 1


def test_a_draft_that_changes_nothing_is_no_new_version(office, drafting):
    assert "和第 1 版一样，不用再通过一次" in adopt(drafting).text


def test_a_second_click_on_adopt_records_nothing_twice(office, drafting):
    drafting.post("/rules/draft/items", data=DEED)
    page = drafting.get("/rules/draft/adoption").text
    hidden = {
        name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("draft_id", "revision")
    }
    for _ in range(2):
        answer = drafting.post("/rules/draft/adoption", data=hidden | ADOPTION)
        assert answer.status_code == 303
    assert len(office.ask(versions_of, office.village.community_id)) == 2


def test_a_draft_given_up_leaves_the_book_as_it_was(office, drafting):
    drafting.post("/rules/draft/items", data=DEED)
    assert drafting.post("/rules/draft/drop").status_code == 303
    assert "从第 1 版改起" in words(drafting.get("/rules/draft"))
    assert drafting.get("/rules/draft/adoption").status_code == 404
    assert "放弃了积分规则的草稿" in words(office.site.test_client().get("/c/yitian/changes"))


def _sheet(*rows: str) -> str:
    return "\n".join([(DEMO / "rules.csv").read_text(encoding="utf-8-sig").rstrip(), *rows])


BAD = "GOV-07,议事,Governance,全年无上访户,,household,每户每年,redeemable,5,5,5,,,,record,记录,optional,staff,panel,,,,"


def test_a_sheet_may_not_bring_in_what_a_draft_may_not(office):
    client = office.client()
    location, page = read(client, "rules", _sheet(BAD), "rules.csv")
    said = words(page)
    assert "不能写进规则 1 行" in said
    assert (
        "第 48 行 名称 全年无上访户 写了“无上访”，会让提意见、投诉、上访的人吃亏。 提意见、投诉、申诉是每个人的权利"
        in said
    )
    assert "一共 47 条，超过了 40 条" in said
    assert take(client, location, page, choice="all", **ADOPTION).status_code == 409
    take(client, location, page, choice="good", **ADOPTION | {"in_force_from": "2026-10-02"})
    assert "第 2 版规则记下了，46 条" in flashed(client)


def test_a_sheet_becomes_a_draft_with_the_refused_row_in_it(office):
    client = office.client()
    location, _page = read(client, "rules", _sheet(BAD, BAD.replace("GOV-07", "?")), "rules.csv")
    for _ in range(2):
        assert client.post(f"{location}/draft").location == "/rules/draft"
        assert "存成草稿了。有 1 行没看懂，没有导入。" in flashed(client)
    items = items_of(office)
    assert (len(items), items["GOV-07"].name_zh) == (47, "全年无上访户")
    assert "GOV-07 写了“无上访”" in words(client.get("/rules/draft"))


def test_the_neighbours_draft_is_not_to_be_seen(office, drafting):
    next_door = Office(office.site, office.neighbour, office.village).client()
    assert "从第 1 版改起" in words(next_door.get("/rules/draft"))
    item = items_of(office)["AID-02"]
    assert next_door.get(f"/rules/draft/items/{item.id}").status_code == 404
