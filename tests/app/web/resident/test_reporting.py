"""Noting a deed: category, item, day, send; and what a form that cannot be taken says."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest

from points.people.queries import members_of_household
from tests.app.web.resident.street import Street, checked, links, typed_area, value_of, words
from tests.builders import MONDAY, a_key, given_record

TODAY = MONDAY.date()
YESTERDAY = TODAY - timedelta(days=1)


def deed(**typed: object) -> dict[str, object]:
    """A form that is in order, with something else typed into it."""
    return {"rule": "AID-02", "done_on": str(TODAY), "note": "陪王奶奶晒太阳", "request_key": a_key()} | typed


def test_four_taps_note_a_deed(street: Street) -> None:
    browser = street.as_(street.poor)
    (category,) = links(browser.get("/report"), "category=AID")
    (item,) = links(browser.get(category), "rule=AID-02")
    form = browser.get(item)
    day = value_of(form, "done_on")[1]
    answer = browser.post("/report", data={"rule": value_of(form, "rule")[0], "done_on": day})
    assert answer.status_code == 303
    page = words(browser.get(answer.location))
    for said in (
        "报上去了，谢谢您",
        "关爱老人陪护",
        "9月6日",
        street.poor.name,
        "每天 08:30 评议",
        "公示 3 天",
        "一般 4 分",
    ):
        assert said in page
    (record,) = street.records(street.poor)
    assert (record.rule_code, record.done_on, record.state) == ("AID-02", YESTERDAY, "submitted")


def test_the_form_needs_no_script(street: Street) -> None:
    form = street.as_(street.poor).get("/report?rule=AID-02").text
    main = form.partition('<main id="main"')[2].partition("</main>")[0]
    assert '<form action="/report" method="post"' in main
    assert 'enctype="multipart/form-data"' in main
    assert "<script" not in main
    assert " disabled" not in main
    assert " hidden" not in main


def test_today_is_chosen_and_oneself_before_anything_is_touched(street: Street) -> None:
    form = street.as_(street.rich).get("/report?rule=AID-02")
    assert checked(form, "done_on") == [str(TODAY)]
    assert checked(form, "member_ids") == [str(street.rich.id)]
    assert "最多 6 次" in words(form)


def test_a_resident_is_offered_only_what_a_resident_may_report(street: Street) -> None:
    browser = street.as_(street.poor)
    categories = links(browser.get("/report"), "category=")
    items = [url for category in categories for url in links(browser.get(category), "rule=")]
    codes = {url.rpartition("=")[2] for url in items}
    assert {"ENV-03", "AID-02", "HON-04", "PUB-03"} <= codes
    assert not {code for code in codes if code.startswith(("DED", "VOL"))}
    assert browser.get("/report?rule=VOL-01").status_code == 422
    assert browser.post("/report", data=deed(rule="VOL-01")).status_code == 422
    assert street.records(street.poor) == []


def test_a_category_that_does_not_exist_shows_all_of_them(street: Street) -> None:
    page = street.as_(street.poor).get("/report?category=NOPE")
    assert "做了哪一类好事？" in words(page)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"done_on": str(TODAY + timedelta(days=1))}, "日期在今天以后。请填做这件事的那一天。"),
        ({"done_on": str(TODAY - timedelta(days=31))}, "只能报最近"),
        ({"done_on": ""}, "请按 2026-01-31 的样子填写日期。"),
        ({"done_on": "2026-02-30"}, "请按 2026-01-31 的样子填写日期。"),
        ({"done_on": "20260907"}, "请按 2026-01-31 的样子填写日期。"),
        ({"done_on": "other", "done_on_other": ""}, "请按 2026-01-31 的样子填写日期。"),
        ({"done_on": "other", "done_on_other": "2027-01-01"}, "日期在今天以后。"),
    ],
)
def test_a_wrong_day_is_told_beside_the_day_and_the_note_stays(
    street: Street, typed: dict[str, str], sentence: str
) -> None:
    answer = street.as_(street.poor).post("/report", data=deed(**typed))
    assert answer.status_code == 422
    assert words(answer).count(sentence) == 2  # on top, and beside the field
    assert 'href="#f-done_on"' in answer.text
    assert typed_area(answer, "note") == "陪王奶奶晒太阳"
    assert street.records(street.poor) == []


def test_another_day_that_was_typed_is_still_there(street: Street) -> None:
    typed = deed(done_on="other", done_on_other="2027-01-01")
    answer = street.as_(street.poor).post("/report", data=typed)
    assert checked(answer, "done_on") == ["other"]
    assert value_of(answer, "done_on_other") == ["2027-01-01"]


def test_a_refusal_in_english_is_english(street: Street) -> None:
    browser = street.as_(street.poor)
    browser.set_cookie("lang", "en")
    answer = browser.post("/report", data=deed(done_on=str(TODAY + timedelta(days=1))))
    assert answer.status_code == 422
    assert '<html lang="en"' in answer.text
    assert "日期" not in words(answer)
    assert "day" in words(answer).lower()
    assert typed_area(answer, "note") == "陪王奶奶晒太阳"


@pytest.mark.parametrize("quantity", ["1.5", "-3", "٣", "1e9", "0", "2"])
def test_a_deed_that_is_not_counted_takes_no_other_number(street: Street, quantity: str) -> None:
    answer = street.as_(street.poor).post("/report", data=deed(quantity=quantity))
    assert answer.status_code == 422
    assert typed_area(answer, "note") == "陪王奶奶晒太阳"
    assert street.records(street.poor) == []


def test_a_note_of_a_novel_is_refused_and_none_of_it_is_lost(street: Street) -> None:
    novel = "从前" * 251
    answer = street.as_(street.poor).post("/report", data=deed(note=novel))
    assert answer.status_code == 422
    assert "最多 500 个字" in words(answer)
    assert typed_area(answer, "note") == novel


def test_a_note_is_shown_as_it_was_typed_and_never_run(street: Street) -> None:
    browser = street.as_(street.poor)
    done = browser.post("/report", data=deed(note="<script>alert(1)</script> 好"))
    record = browser.get(done.location.replace("/report/done/", "/records/"))
    assert "<script>alert(1)</script> 好" in html.unescape(record.text)
    assert "<script>alert" not in record.text


def test_two_clicks_make_one_record(street: Street) -> None:
    browser, typed = street.as_(street.poor), deed()
    first, second = browser.post("/report", data=typed), browser.post("/report", data=typed)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert len(street.records(street.poor)) == 1


def test_a_refused_form_is_sent_again_under_its_own_key(street: Street) -> None:
    browser, typed = street.as_(street.poor), deed(done_on="")
    again = browser.post("/report", data=typed)
    assert value_of(again, "request_key")[-1] == typed["request_key"]


def test_the_same_key_for_another_deed_is_refused_in_words(street: Street) -> None:
    browser, typed = street.as_(street.poor), deed()
    browser.post("/report", data=typed)
    answer = browser.post("/report", data=typed | {"note": "又去了一次"})
    assert answer.status_code == 409
    assert "这次提交的编号已经用过" in words(answer)
    assert typed_area(answer, "note") == "又去了一次"


def test_the_same_deed_of_the_same_day_is_told_with_the_name(street: Street) -> None:
    street.do(given_record, street.village, street.poor)
    answer = street.as_(street.poor).post("/report", data=deed())
    assert answer.status_code == 409
    assert f"{street.poor.name} 这一天的这件事已经报过了" in words(answer)
    assert typed_area(answer, "note") == "陪王奶奶晒太阳"


def test_a_cap_is_told_in_words(street: Street) -> None:
    for back in range(1, 7):
        street.do(
            given_record, street.village, street.poor, done_on=TODAY - timedelta(days=back), rule="AID-02"
        )
    answer = street.as_(street.poor).post("/report", data=deed())
    assert answer.status_code == 409
    assert f"{street.poor.name} 的这件事，这一期已经记满了" in words(answer)
    assert len(street.records(street.poor)) == 6


def test_a_deed_of_the_spouse_is_the_spouses(street: Street) -> None:
    answer = street.as_(street.rich).post("/report", data=deed(member_ids=str(street.spouse.id)))
    assert answer.status_code == 303
    (record,) = street.records(street.rich)
    assert (record.member_id, record.reporter_id) == (street.spouse.id, street.rich.id)


def test_a_deed_of_the_whole_household_names_nobody(street: Street) -> None:
    browser = street.as_(street.rich)
    assert "这一件记在全家名下" in words(browser.get("/report?rule=HON-04"))
    done = browser.post("/report", data=deed(rule="HON-04"))
    assert "全家" in words(browser.get(done.location))
    (record,) = street.records(street.rich)
    assert record.member_id is None


def test_nobody_reports_for_a_neighbour_or_for_another_village(street: Street) -> None:
    browser = street.as_(street.rich)
    for stranger in (street.neighbour, street.other.residents[0]):
        answer = browser.post("/report", data=deed(member_ids=str(stranger.id)))
        assert answer.status_code == 404
        assert typed_area(answer, "note") == "陪王奶奶晒太阳"
        assert checked(answer, "member_ids") == []
    assert street.records(street.neighbour) == []


def test_who_lives_alone_is_not_asked_who_it_was(street: Street) -> None:
    assert "谁做的？" not in words(street.as_(street.poor).get("/report?rule=AID-02"))
    family = street.ask(members_of_household, street.village.community_id, street.rich.household_id)
    assert len(family) == 2
    assert "谁做的？" in words(street.as_(street.rich).get("/report?rule=AID-02"))


def test_what_was_typed_survives_a_sign_out(street: Street) -> None:
    browser, page = street.stranger(), "/report?rule=AID-04"
    typed = {"rule": "AID-04", "done_on": str(YESTERDAY), "note": "教隔壁奶奶挂号", "password": "geheim"}
    away = browser.post("/report", data=typed, headers={"Referer": f"http://localhost{page}"})
    assert away.status_code == 303
    assert "/sign-in?next=" in away.location
    assert "请先登录" in browser.get(away.location).text
    form = {"phone": "13900010012", "password": "lantian-2026", "next": page}
    back = browser.post("/sign-in", data=form)
    assert back.location == page
    answer = browser.get(page)
    assert typed_area(answer, "note") == "教隔壁奶奶挂号"
    assert checked(answer, "done_on") == [str(YESTERDAY)]
    assert "geheim" not in answer.text
    assert typed_area(browser.get(page), "note") == ""  # kept once
