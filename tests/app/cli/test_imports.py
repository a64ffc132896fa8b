"""Files from the command line: the same reading as on the web, all or only the good rows, twice changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.database import db
from app.transaction import transact
from points.people.operations import FoundCommunity, found_community
from points.standings.queries import community_overviews
from tests.builders import DATA as DEMO

DATA = Path(__file__).resolve().parents[2] / "data"
AREAS = (("province", "山东省"),)
ADOPTION = ("--adopted-by", "村民代表会议", "--adopted-on", "2026-09-01", "--in-force-from", "2026-09-07", "--for", 30,
            "--against", 2)  # fmt: skip

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
def hexi(site):
    """A community with nobody in it."""
    with site.app_context():
        return transact(found_community, FoundCommunity("hexi", "河西村", AREAS))


def households(site):
    """Households by the code of their community."""
    with site.app_context():
        return {one.code: one.households for one in community_overviews(db.session())}


def test_a_bad_row_stops_the_import_and_is_named(flask, hexi, site):
    said = flask("import", "roster", DATA / "roster_gb18030.csv")
    assert (said.status, households(site)) == (1, {"hexi": 0})
    assert "第 31 行  手机号  19900003004  和第 5 行的刘俊杰手机号一样" in said.out
    assert "有 1 行没看懂，什么都没有导入" in said.err


def test_only_the_good_rows_twice_changes_nothing(flask, hexi, site):
    first, second = (flask("import", "roster", DATA / "roster_gb18030.csv", "--only-good") for _ in range(2))
    assert (first.status, second.status) == (0, 0)
    assert "新增 108 人、40 户" in first.out
    assert "什么都没有变（108 人）" in second.out
    assert households(site) == {"hexi": 40}


def test_rules_and_goods_come_in_once(flask, hexi):
    for said in ("第 1 版规则记下了，46 条", "和第 1 版规则一样，什么都没有变"):
        assert said in flask("import", "rules", DEMO / "rules.csv", *ADOPTION).out
    for said in ("新增 32 种", "什么都没有变（32 种）"):
        assert said in flask("import", "catalogue", DEMO / "catalogue.csv").out


def test_a_book_without_a_majority_is_refused(flask, hexi):
    said = flask("import", "rules", DEMO / "rules.csv", *ADOPTION[:-3], 2, "--against", 30)
    assert (said.status, "没有通过" in said.err) == (1, True)


@pytest.mark.parametrize("options", [(), ("--adopted-by", "会议", "--adopted-on", "1.9.2026")])
def test_a_rule_book_needs_its_assembly_day_and_tally(flask, hexi, options):
    assert flask("import", "rules", DEMO / "rules.csv", *options).status == 2


def test_with_several_communities_one_must_be_named(flask, hexi, site):
    with site.app_context():
        transact(found_community, FoundCommunity("hedong", "河东村", AREAS))
    unnamed = flask("import", "roster", DATA / "roster_utf16.csv")
    assert (unnamed.status, "hedong, hexi" in unnamed.err) == (1, True)
    unknown = flask("import", "roster", DATA / "roster_utf16.csv", "--community", "henan")
    assert (unknown.status, "henan" in unknown.err) == (1, True)
    assert flask("import", "roster", DATA / "roster_utf16.csv", "--community", "hedong").status == 0
    assert households(site)["hexi"] == 0
    listed = flask("communities").out
    assert "hexi\t河西村\t0 户" in listed
    assert "hedong\t河东村" in listed


def test_without_a_community_the_way_to_one_is_told(flask, site):
    said = flask("import", "roster", DATA / "roster_utf16.csv")
    assert (said.status, "flask --app app setup" in said.err) == (1, True)


def test_a_file_of_another_kind_gets_a_sentence(flask, hexi, tmp_path):
    wrong = tmp_path / "a.pdf"
    wrong.write_bytes(b"%PDF-1.7")
    said = flask("import", "roster", wrong)
    assert (said.status, "这是PDF 文件，读不了" in said.err) == (1, True)


def test_the_grid_may_be_named_beside_the_file(flask, hexi, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("户号,姓名\n1,王强\n", encoding="utf-8")
    assert "表头里缺少：网格" in flask("import", "roster", file).err
    assert flask("import", "roster", file, "--grid", "第一网格").status == 0
