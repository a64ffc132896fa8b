"""A real community instead of the demo: everything or nothing, and a steward who can sign in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.database import db
from app.identity.passwords import is_password_of, member_of_phone
from points.people.models import Community, Member
from points.people.queries import area_path, community_by_code, roles_of
from shop.queries import shops_of

DATA = Path(__file__).resolve().parents[2] / "data"
OPTIONS = {"--name": "清溪村", "--code": "qingxi", "--area": "浙江省/杭州市/余杭区/清溪镇", "--steward-name": "陈晓梅",
           "--steward-phone": "138 0000 0001"}  # fmt: skip


def words(**changes):
    """The options as words; None leaves one out."""
    chosen = OPTIONS | {f"--{name.replace('_', '-')}": value for name, value in changes.items()}
    return [word for name, value in chosen.items() if value is not None for word in (name, value)]


def test_a_community_with_a_steward_who_must_change_the_password(flask, site):
    said = flask("setup", *words(shop="村口店"))
    assert said.status == 0, said.err
    password = re.search(r"密码    (\w{10})", said.out)[1]
    with site.app_context():
        session = db.session()
        known = member_of_phone(session, "13800000001")
        assert (known.must_change, is_password_of(known, password)) == (True, True)
        community = community_by_code(session, "qingxi")
        assert area_path(session, community.id) == ["浙江省", "杭州市", "余杭区", "清溪镇"]
        assert set(roles_of(session, community.id, known.member_id)) == {"steward", "operator"}
        assert [shop.name for shop in shops_of(session, community.id)] == ["村口店"]
    assert flask("ledger", "check").status == 0


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_the_second_steward_does_not_run_the_site(flask, site):
    flask("setup", *words())
    assert flask("setup", *words(code="hexi", name="河西村", steward_phone="13800000002")).status == 0
    with site.app_context():
        known = member_of_phone(db.session(), "13800000002")
        assert set(roles_of(db.session(), known.community_id, known.member_id)) == {"steward"}


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_steward_in_the_roster_stays_in_the_own_household(flask, site):
    file = DATA / "roster_gb18030.csv"
    said = flask(
        "setup", *words(roster=file, steward_name="刘俊杰", steward_phone="19900003004"), "--only-good"
    )
    assert said.status == 0, said.err
    assert "108 人、40 户" in said.out
    wrong = words(roster=file, code="hexi", steward_name="刘大海", steward_phone="19900003004")
    assert flask("setup", *wrong, "--only-good").status == 1


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("changes", "says"), [
    ({"code": "Qing Xi"}, "代号要用小写字母开头"),
    ({"area": "浙江省//余杭区"}, "请写明省、市、县、乡镇"),
    ({"area": "一/二/三/四/五"}, "请写明省、市、县、乡镇"),
    ({"steward_phone": "1380000"}, "手机号要 11 位"),
    ({"steward_name": "陈9"}, "不像姓名"),
    ({"name": None}, "缺少 --name"),
    ({"roster": DATA / "roster_gb18030.csv"}, "名册有 1 行没看懂，什么都没有建立"),
    ({"roster": DATA / "roster_missing_columns.csv"}, "表头里缺少"),
    ({"roster": DATA / "roster_gb18030.csv", "steward_phone": "19900003004"}, "没看懂"),
])  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_founded(flask, site, changes, says):
    said = flask("setup", *words(**changes))
    assert (said.status, says in said.err) == (1, True)
    with site.app_context():
        assert db.session.scalars(sa.select(Community.code)).all() == []


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_name_that_differs_from_the_roster_founds_nothing(flask, site):
    wrong = words(roster=DATA / "roster_gb18030.csv", steward_name="刘大海", steward_phone="19900003004")
    said = flask("setup", *wrong, "--only-good")
    assert (said.status, "登记的是刘俊杰" in said.err) == (1, True)
    with site.app_context():
        assert db.session.scalars(sa.select(Community.code)).all() == []


def test_a_phone_or_a_code_in_use_is_refused(flask, site):
    assert flask("setup", *words()).status == 0
    phone = flask("setup", *words(code="hexi"))
    assert (phone.status, "在别的村或社区登记着" in phone.err) == (1, True)
    code = flask("setup", *words(steward_phone="13800000002"))
    assert (code.status, "代号 qingxi 已经有村或社区在用" in code.err) == (1, True)
    with site.app_context():
        count = db.session.scalar(
            sa.select(sa.func.count()).select_from(Member), execution_options={"across_communities": True}
        )
    assert count == 1


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_whoever_sits_there_is_asked(flask, site, monkeypatch):
    monkeypatch.setattr("app.cli.setup._is_interactive", lambda: True)
    answers = [
        "清溪村",
        "qingxi",
        "浙江省/杭州市",
        "陈晓梅",
        "13800000001",
        str(DATA / "roster_utf16.csv"),
        "村口店",
    ]
    said = flask("setup", answers="\n".join(answers) + "\n")
    assert said.status == 0, said.err
    assert "清溪村建好了：4 人" in said.out
    assert "接下来" in said.out


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_refusals_are_told_in_english_when_asked_for(flask, site):
    assert flask("setup", *words(code="1"), "--lang", "en").status == 1
