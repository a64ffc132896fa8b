"""How the site looks for one person, and how one comes in and goes out."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app.identity.first_passwords import IssueFirstPassword, issue_first_password
from app.transaction import transact
from points.people.queries import MemberBrief
from tests.app.web.resident.street import Street, flashed, links, words
from tests.builders import PASSWORD, PASSWORD_HASH, phone_of

NEW = "hongyi-2027-shu"


def sign_in(street: Street, password: str = PASSWORD, phone: str = phone_of(12)) -> FlaskClient:
    """The browser of the poor resident, through the door."""
    browser = street.stranger()
    assert browser.post("/sign-in", data={"phone": phone, "password": password}).status_code == 303
    return browser


def with_first_password(street: Street, member: MemberBrief) -> FlaskClient:
    """The browser of a member whose password somebody else has chosen."""
    issue = IssueFirstPassword(street.village.community_id, None, member.id, PASSWORD_HASH, "忘了密码")
    street.do(transact, issue_first_password, issue)
    return sign_in(street)


def test_the_elder_view_comes_back_to_the_page_and_stays(street: Street) -> None:
    browser = street.as_(street.rich)
    answer = browser.post("/view", data={"on": "1", "next": "/points?before=7"})
    assert (answer.status_code, answer.location) == (303, "/points?before=7")
    assert "Max-Age=31536000" in answer.headers["Set-Cookie"]
    for path in ("/points", "/home", "/report", "/shop"):
        assert '<html lang="zh-CN" class="elder">' in browser.get(path).text
    assert "普通版" in browser.get("/home").text
    browser.post("/view", data={"on": "0", "next": "/home"})
    assert 'class="elder"' not in browser.get("/home").text


def test_the_elder_view_leaves_out_and_changes_nothing_else(street: Street) -> None:
    plain, elder = street.as_(street.rich), street.as_(street.rich)
    elder.set_cookie("view", "elder")
    assert len(links(elder.get("/home"), "/")) < len(links(plain.get("/home"), "/"))
    assert links(elder.get("/report?category=AID"), "rule=") == links(
        plain.get("/report?category=AID"), "rule="
    )
    assert "荣誉分" not in words(elder.get("/points"))


def test_english_comes_back_to_the_page_and_stays(street: Street) -> None:
    browser = street.as_(street.rich)
    answer = browser.post("/language", data={"locale": "en", "next": "/report?category=AID"})
    assert (answer.status_code, answer.location) == (303, "/report?category=AID")
    for path in ("/points", "/home", "/report?category=AID", "/shop", "/records"):
        page = browser.get(path)
        assert '<html lang="en"' in page.text
        assert "积分" not in words(page)
    assert "elder visit" in words(browser.get("/report?category=AID"))
    browser.post("/language", data={"locale": "zh", "next": "/home"})
    assert '<html lang="zh-CN"' in browser.get("/home").text


@pytest.mark.parametrize("locale", ["de", "", "EN", "<x>"])
def test_a_language_that_is_not_spoken_is_chinese(street: Street, locale: str) -> None:
    browser = street.as_(street.rich)
    browser.set_cookie("lang", "en")
    browser.post("/language", data={"locale": locale, "next": "/home"})
    assert '<html lang="zh-CN"' in browser.get("/home").text


@pytest.mark.parametrize(
    "away", ["//evil.example", "https://evil.example/", "/\\evil.example", "/nowhere", "x"]
)
def test_a_switch_leads_to_no_other_site(street: Street, away: str) -> None:
    browser = street.as_(street.rich)
    for path, data in (("/view", {"on": "1"}), ("/language", {"locale": "en"})):
        assert browser.post(path, data=data | {"next": away}).location == "/"


def test_switches_outlive_the_sign_out(street: Street) -> None:
    browser = street.as_(street.rich)
    browser.post("/view", data={"on": "1", "next": "/home"})
    browser.post("/sign-out")
    assert '<html lang="zh-CN" class="elder">' in browser.get("/").text


def test_a_first_password_must_be_changed_before_anything_else(street: Street) -> None:
    browser = with_first_password(street, street.poor)
    for path in ("/home", "/points", "/report", "/shop", "/account", "/records"):
        answer = browser.get(path)
        assert (answer.status_code, answer.location) == (303, f"/password?next={path}")
    report = browser.post("/report", data={"rule": "AID-02", "done_on": "2026-09-07"})
    assert report.location.startswith("/password")
    assert street.records(street.poor) == []
    assert "设一个自己的密码" in words(browser.get("/password"))


def test_once_changed_the_way_goes_on_to_where_one_wanted(street: Street) -> None:
    browser = with_first_password(street, street.poor)
    typed = {"new_password": NEW, "new_password_again": NEW, "next": "/points"}
    assert browser.post("/password", data=typed).location == "/points"
    assert browser.get("/points").status_code == 200
    assert sign_in(street, NEW).get("/home").status_code == 200
    wrong = street.stranger().post("/sign-in", data={"phone": phone_of(12), "password": PASSWORD})
    assert wrong.status_code == 401


@pytest.mark.parametrize(
    ("new", "again", "sentence"),
    [
        (NEW, NEW + "x", "两次"),
        ("short", "short", "8"),
        (phone_of(12), phone_of(12), "手机号"),
        ("12345678", "12345678", "好猜"),
        (PASSWORD, PASSWORD, "一样"),
    ],
)
def test_a_new_password_that_will_not_do_is_told_and_never_shown(
    street: Street, new: str, again: str, sentence: str
) -> None:
    browser = with_first_password(street, street.poor)
    answer = browser.post(
        "/password", data={"new_password": new, "new_password_again": again, "next": "/points"}
    )
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert f'value="{new}"' not in answer.text
    assert browser.get("/points").status_code == 303


def test_signing_out_everywhere_ends_every_browser(street: Street) -> None:
    here, there = sign_in(street), sign_in(street)
    spouse = street.as_(street.spouse)
    assert there.get("/points").status_code == 200
    answer = here.post("/sign-out-everywhere")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert "已在所有手机和电脑上退出" in flashed(here)
    assert [browser.get("/points").status_code for browser in (here, there, spouse)] == [303, 303, 200]
    assert sign_in(street).get("/points").status_code == 200


def test_signing_out_ends_this_browser_only(street: Street) -> None:
    here, there = sign_in(street), sign_in(street)
    here.post("/sign-out")
    assert [browser.get("/points").status_code for browser in (here, there)] == [303, 200]


def test_my_account_says_what_is_known_and_who_sees_it(street: Street) -> None:
    page = words(street.as_(street.rich).get("/account"))
    for said in (street.rich.name, street.spouse.name, "村**0", "我的数据谁看得到"):
        assert said in page
    assert street.neighbour.name not in page


def test_the_home_page_shows_what_moves_and_what_waits(street: Street) -> None:
    browser = street.as_(street.rich)
    assert "现在没有在走的" in words(browser.get("/home"))
    browser.post("/report", data={"rule": "AID-02", "done_on": "2026-09-07"})
    item = {
        "item_id": str(street.village.items["I01"]),
        "shop_id": str(street.village.shop_id),
        "quantity": "1",
    }
    browser.post("/orders", data=item)
    page = words(street.as_(street.spouse).get("/home"))
    for said in ("已报，等评议", "等您取的货", "肥皂/香皂", "9月14日 前来取"):
        assert said in page
    assert street.stranger().get("/home").location == "/sign-in?next=/home"
    assert browser.get("/").location == "/home"
