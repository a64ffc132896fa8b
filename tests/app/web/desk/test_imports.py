"""Files on the web: read first, decided then; nothing is imported that was not shown, nothing twice."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.files.tables import read_table
from app.imports.reading import KINDS
from points.people.models import Member
from points.rules.queries import versions_of
from points.sheets import match_columns
from shop.queries import items_at
from tests.app.web.desk.office import flashed, words
from tests.builders import DATA as DEMO
from tests.builders import MONDAY

DATA = Path(__file__).resolve().parents[3] / "data"
ADOPTION = {"adopted_by": "第二次村民代表会议", "adopted_on": "2026-09-06", "in_force_from": "2026-10-01", "votes_for": "31",
            "votes_against": "2"}  # fmt: skip
HEADER = "户号,网格,姓名,出生年份,手机号\n"


def upload(client, kind, data, name="file.csv", **fields):
    """Sends a file; the answer."""
    form = {"file": (io.BytesIO(data if isinstance(data, bytes) else data.encode()), name), **fields}
    return client.post(f"/imports/{kind}", data=form, content_type="multipart/form-data")


def read(client, kind, data, name="file.csv", **fields):
    """Sends a file that can be read: the address and the words of the page that says what was understood."""
    answer = upload(client, kind, data, name, **fields)
    assert answer.status_code == 303, words(answer)
    return answer.location, client.get(answer.location)


def take(client, location, page, **fields):
    """Decides, as the form on the page would."""
    rows = re.search(r'name="rows" value="(\d+)"', page.text)[1]
    hidden = {name: found[1] for name in ("sheet", "grid")
              if (found := re.search(rf'type="hidden" name="{name}" value="([^"]+)"', page.text))}  # fmt: skip
    return client.post(location.partition("?")[0], data={"rows": rows, **hidden, **fields})


def member_count(office, village=None):
    """How many people a community has."""
    community_id = (village or office.village).community_id
    return office.ask(
        lambda session: session.scalar(
            sa.select(sa.func.count()).select_from(Member).where(Member.community_id == community_id)
        )
    )


@pytest.mark.parametrize(
    ("role", "status"), [("steward", 200), ("operator", 200), ("supervisor", 403), ("resident", 403)]
)
def test_who_keeps_the_register_imports(office, role, status):
    assert office.client(role).get("/imports").status_code == status


@pytest.mark.parametrize(("name", "people", "refused"), [
    ("roster_gb18030.csv", 108, 1), ("roster_utf16.csv", 3, 0), ("roster_bom_semicolon.csv", 2, 0),
    ("roster_merged_header.xlsx", None, None),
])  # fmt: skip
def test_rosters_as_villages_save_them_are_read_and_imported(office, name, people, refused):
    client, before = office.client(), member_count(office)
    location, page = read(client, "roster", (DATA / name).read_bytes(), name)
    shown = int(re.search(r'name="rows" value="(\d+)"', page.text)[1])
    if people is not None:
        assert (shown, f"没看懂 {refused} 行" in words(page)) == (people, True)
    choice = "good" if "只导入好的" in words(page) else "all"
    assert take(client, location, page, choice=choice).status_code == 303
    assert member_count(office) - before == shown


def test_a_bad_row_is_named_with_line_column_value_and_reason(office):
    sheet = HEADER + "101,第一网格,王强,1950,\n102,第一网格,李四9,1950,\n103,第一网格,孙杰,千九百,1390000\n"
    _location, page = read(office.client(), "roster", sheet)
    said = words(page)
    assert "读懂了 1 行" in said
    assert "第 3 行 姓名 李四9 不像姓名" in said
    assert "第 4 行 出生年份 千九百 看不懂" in said
    assert "第 4 行 手机号 1390000 手机号要 11 位，这里有 7 位" in said


def test_all_or_only_the_good_ones_and_never_something_else(office):
    client, before = office.client(), member_count(office)
    sheet = HEADER + "101,第一网格,王强,1950,\n102,第一网格,李四9,1950,\n"
    location, page = read(client, "roster", sheet)
    undecided = take(client, location, page, choice="all")
    assert (undecided.status_code, member_count(office)) == (409, before)
    assert "还有 1 行没看懂" in undecided.text
    assert take(client, location, page, choice="good").status_code == 303
    assert "新增 1 人、1 户" in flashed(client)
    assert "有 1 行没看懂，没有导入" in flashed(client)
    assert member_count(office) == before + 1


def test_to_correct_everything_first_imports_nothing_and_drops_the_file(office):
    client, before = office.client(), member_count(office)
    location, _page = read(client, "roster", HEADER + "101,第一网格,王强,1950,\n102,第一网格,李四9,1950,\n")
    assert client.post(f"{location}/discard").status_code == 303
    assert "什么都没有导入" in flashed(client)
    assert (member_count(office), client.get(location).status_code) == (before, 410)


def test_the_same_file_again_changes_nothing_and_says_so(office):
    client, data = office.client(), (DATA / "roster_gb18030.csv").read_bytes()
    for _ in range(2):
        location, page = read(client, "roster", data, "名册.csv")
        take(client, location, page, choice="good")
        before = member_count(office)
    assert "和登记的一样：导入后什么都不会变" in words(page)
    assert "什么都没有变（108 人）" in flashed(client)
    assert member_count(office) == before


def test_a_second_click_gets_the_same_answer(office):
    client = office.client()
    location, page = read(client, "roster", HEADER + "101,第一网格,王强,1950,\n")
    first, second = (take(client, location, page, choice="all") for _ in range(2))
    assert (first.status_code, second.status_code, second.location) == (303, 303, first.location)
    assert flashed(client).count("新增 1 人、1 户") == 2
    assert client.get(location).status_code == 303


def test_a_register_that_changed_meanwhile_is_shown_again(office):
    client = office.client()
    sheet = HEADER + "101,第一网格,王强,1950,13700000001\n102,第一网格,李英,1951,13700000002\n"
    location, page = read(client, "roster", sheet)
    other, other_page = read(client, "roster", HEADER + "103,第一网格,孙杰,1952,13700000002\n")
    take(client, other, other_page, choice="all")
    stale = take(client, location, page, choice="all")
    assert (stale.status_code, "现在能导入的是 1 行" in stale.text) == (409, True)
    assert "这个手机号登记在 103 户 孙杰 名下" in stale.text


def test_a_phone_of_another_community_is_refused_without_saying_whose(office):
    stranger = "13900020010"
    _location, page = read(office.client(), "roster", HEADER + f"101,第一网格,王强,1950,{stranger}\n")
    assert "在别的村或社区登记着" in page.text
    assert office.neighbour.residents[0].name not in words(page)


def test_an_upload_is_its_owners_and_lasts_a_day(office, clock_at):
    client = office.client()
    location, _page = read(client, "roster", HEADER + "101,第一网格,王强,1950,\n")
    assert office.client("operator").get(location).status_code == 410
    assert client.get(location.replace("roster", "catalogue")).status_code == 410
    assert client.get("/imports/roster/../../etc").status_code == 404
    assert client.get("/imports/roster/nonsense").status_code == 410
    clock_at(MONDAY + timedelta(days=2))
    assert client.get(location).status_code == 410
    upload(client, "roster", HEADER + "102,第一网格,李英,1950,\n")
    folder = Path(office.site.config["MEDIA_DIR"]) / "tmp"
    assert len(list(folder.iterdir())) == 1


def test_nothing_of_a_roster_is_left_on_the_disk_after_the_import(office):
    client = office.client()
    location, page = read(client, "roster", HEADER + "101,第一网格,王强,1950,13700000001\n")
    take(client, location, page, choice="all")
    folder = Path(office.site.config["MEDIA_DIR"]) / "tmp"
    assert [path for path in folder.iterdir() if b"13700000001" in path.read_bytes()] == []


@pytest.mark.parametrize(("data", "name", "says"), [
    (b"", "a.csv", "这个文件里什么都没有"),
    (b"%PDF-1.7 ...", "a.pdf", "这是PDF 文件，读不了"),
    (b"\xff\xd8\xff\xe0", "a.csv", "这是图片，读不了"),
    ("户号,姓名\n1,王强\n".encode(), "a.xlsx", "里面却不是 Excel 表格"),
    (b"PK\x03\x04broken", "a.xlsx", "这个文件坏了"),
    ("甲,乙\n1,2\n".encode(), "a.csv", "没有找到表头"),
    ("姓名,手机号\n王强,\n".encode(), "a.csv", "表头里缺少：户号、网格"),
    (HEADER.encode(), "a.csv", "表头下面一行内容也没有"),
])  # fmt: skip
def test_a_file_that_cannot_be_read_gets_a_sentence_that_says_what_to_do(office, data, name, says):
    answer = upload(office.client(), "roster", data, name)
    assert (answer.status_code, says in answer.text) == (422, True)


def test_no_file_at_all_is_said(office):
    answer = office.client().post("/imports/roster", data={}, content_type="multipart/form-data")
    assert (answer.status_code, "请先选一个文件" in answer.text) == (422, True)


def test_a_roster_without_grids_asks_for_the_grid_and_keeps_the_file(office):
    client, before = office.client(), member_count(office)
    answer = upload(client, "roster", "户号,姓名\n101,王强\n102,李英\n")
    asked = client.get(answer.location)
    assert (answer.status_code, "哪个网格" in words(asked)) == (303, True)
    page = client.get(f"{answer.location}?grid=第九网格")
    assert "第九网格" in words(page)
    assert take(client, answer.location, page, choice="all").status_code == 303
    assert member_count(office) == before + 2


def test_another_sheet_of_a_workbook_can_be_read_instead(office):
    client = office.client()
    location, page = read(client, "roster", (DATA / "roster_merged_header.xlsx").read_bytes(), "名册.xlsx")
    others = re.findall(r'href="([^"]+sheet=[^"]+)"', page.text)
    assert others
    assert client.get(others[0].replace("&amp;", "&")).status_code in (200, 422)
    assert client.get(f"{location}?sheet=没有这张").status_code == 422


def test_a_rule_book_needs_its_assembly_and_keeps_what_was_typed(office):
    client, data = office.client(), (DEMO / "rules.csv").read_bytes()
    location, page = read(client, "rules", data, "rules.csv")
    assert "和第 1 版规则一样" in words(page)
    refused = take(
        client, location, page, choice="all", **ADOPTION | {"adopted_by": "", "votes_for": "三十一"}
    )
    assert refused.status_code == 422
    assert 'value="三十一"' in refused.text
    assert 'value="2026-10-01"' in refused.text
    assert take(client, location, page, choice="all", **ADOPTION).status_code == 303
    assert "第 2 版规则记下了，46 条，从 2026-10-01 起生效" in flashed(client)
    newest = office.ask(versions_of, office.village.community_id)[0]
    assert (newest.number, newest.adopted_by, newest.votes_for, newest.votes_against) == (
        2,
        "第二次村民代表会议",
        31,
        2,
    )


def test_the_same_rule_book_again_is_no_new_version(office):
    client, data = office.client(), (DEMO / "rules.csv").read_bytes()
    for _ in range(2):
        location, page = read(client, "rules", data, "rules.csv")
        take(client, location, page, choice="all", **ADOPTION)
    assert "和第 2 版规则一样，什么都没有变" in flashed(client)
    assert len(office.ask(versions_of, office.village.community_id)) == 2


def test_a_changed_rule_book_says_what_is_new_what_changed_and_what_is_gone(office):
    lines = (DEMO / "rules.csv").read_text(encoding="utf-8-sig").splitlines()
    changed = [lines[0], lines[1].replace("ENV-01", "ENV-99"), *lines[3:]]
    _location, page = read(office.client(), "rules", "\n".join(changed), "rules.csv")
    assert re.search(r"和第 1 版比：新增 1 条，改动 0 条，去掉 2 条。去掉的是：ENV-01、", words(page))


def test_a_book_that_was_voted_down_does_not_come_into_force(office):
    client = office.client()
    location, page = read(client, "rules", (DEMO / "rules.csv").read_bytes(), "rules.csv")
    refused = take(
        client, location, page, choice="all", **ADOPTION | {"votes_for": "2", "votes_against": "31"}
    )
    assert (refused.status_code, "这份规则没有通过" in refused.text) == (422, True)


def test_a_catalogue_twice_changes_nothing_and_leaves_off_what_the_shop_took_off(office):
    from shop.catalogue.operations import OfferItem, offer_item

    village, client = office.village, office.client()
    item_id = village.items["I01"]
    office.run(
        offer_item, OfferItem(village.community_id, village.one("shop_staff").id, item_id, False, "卖完了")
    )
    location, page = read(client, "catalogue", (DEMO / "catalogue.csv").read_bytes(), "catalogue.csv")
    assert "新增 0 种，更新 0 种，32 种没有变化" in words(page)
    take(client, location, page, choice="all")
    assert "什么都没有变（32 种）" in flashed(client)
    offered = office.ask(items_at, village.community_id, village.shop_id, now=MONDAY)
    assert item_id not in {item.id for item in offered}


def test_row_errors_come_as_a_table_that_runs_nothing(office):
    client = office.client()
    sheet = (
        HEADER
        + '101,第一网格,"=HYPERLINK(""http://evil"")9",1950,\n102,第一网格,李四9,1950,\n103,第一网格,孙杰,1950,\n'
    )
    location, _page = read(client, "roster", sheet)
    answer = client.get(f"{location}/errors.csv")
    assert answer.mimetype == "text/csv"
    table = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert table[0] == ["行号", "栏目", "填的内容", "原因"]
    assert [line[0] for line in table[1:]] == ["2", "3"]
    assert table[1][2].startswith("'=HYPERLINK")


@pytest.mark.parametrize("kind", ["roster", "rules", "catalogue", "relations"])
def test_the_blank_table_has_every_column_the_reader_knows(office, kind):
    answer = office.client().get(f"/imports/{kind}/blank.csv")
    table = read_table(answer.data, "blank.csv", known=KINDS[kind].known)
    assert set(match_columns(table.header, KINDS[kind].columns).where) == set(KINDS[kind].columns)


def test_an_unknown_kind_of_sheet_is_not_found(office):
    client = office.client()
    assert client.get("/imports/people/blank.csv").status_code == 404
    assert upload(client, "people", HEADER).status_code == 404
