"""A case on its pages: opened by the grid worker, answered by the person, decided by the panel, appealed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from app.transaction import transact
from points.people.operations import GrantRole, grant_role
from tests.app.web.resident.street import a_photo, flashed, given_spouse, links, words
from tests.app.web.review.hall import Hall, text_of
from tests.builders import MONDAY, given_open_session, given_record
from tests.points.conduct.proceedings import (
    DAY,
    FACTS,
    READY,
    REPEATED,
    another_supervisor,
    given_appeal,
    given_deduction,
    given_item,
    given_notice,
    given_warning,
    stored,
    without_phone,
)

Clock = Callable[[datetime], None]


def send(browser, member, rule: str = "DED-04", day: datetime = MONDAY, **more: object):
    """The form of a new case."""
    form = {"member": str(member.id), "rule": rule, "done_on": str(day.date()), "note": FACTS} | more
    return browser.post("/conduct/new", data=form, content_type="multipart/form-data")


def id_in(address: str) -> uuid.UUID:
    return uuid.UUID(re.search(r"/conduct/([0-9a-f-]{36})", address)[1])


def test_from_the_first_reminder_to_the_answer_of_an_appeal(hall: Hall, clock_at: Clock) -> None:
    ann, worker = hall.village.residents[0], hall.as_(hall.village.one("grid_worker"))
    found = worker.get("/conduct/new?q=村民10")
    (way,) = links(found, "member=")
    (rule,) = [url for url in links(worker.get(way), "rule=") if "DED-04" in url]
    assert "虚报冒领" in words(worker.get(rule))
    first = send(worker, ann)
    assert first.status_code == 303
    assert "这是第一次，只作书面提醒，不扣分" in flashed(worker)
    own = hall.as_(ann)
    assert "有 1 件和您有关的事" in words(own.get("/home"))
    page = words(own.get(links(own.get("/me/conduct"), "/conduct/")[0]))
    assert "到此为止，不扣分" in page
    assert FACTS in page

    clock_at(REPEATED)
    case_id = id_in(send(worker, ann, day=REPEATED).location)
    page = words(own.get(f"/conduct/{case_id}"))
    assert "本人可以说明，到 9月21日 08:30" in page
    assert "上一次提醒 9月7日" in page
    assert own.post(f"/conduct/{case_id}/reply", data={"reply": "家里老人住院"}).status_code == 303
    assert "家里老人住院" in words(worker.get(f"/conduct/{case_id}"))
    chair = hall.as_(hall.village.chair)
    assert "现在没有等着评议的事" in words(chair.get("/review"))

    clock_at(READY)
    assert "等着评议的有 1 件" in words(chair.get("/review"))
    sitting = chair.post("/review", data={"secrecy": "open"}).location.split("/")[-2]
    (card,) = links(chair.get(f"/review/{sitting}"), "/items/")
    voting = chair.get(card)
    assert "一位村民" in words(voting)
    assert "您看扣几分" in words(voting)
    (to_case,) = links(voting, "/conduct/records/")
    assert "家里老人住院" in words(chair.get(to_case, follow_redirects=True))
    sat = [chair, *(hall.as_(judge) for judge in hall.village.staff["reviewer"])]
    code = re.search(r"会场码\W+(\w{3}) (\w{3})", text_of(chair.get(f"/review/{sitting}/chair")))
    for judge in sat[1:]:
        judge.post(f"/review/{sitting}/join", data={"code": code[1] + code[2]})
    for judge in sat:
        judge.post(card, data={"choice": "approve", "points": "5"})
    assert "同意，扣 5 分" in flashed(sat[1])
    chair.post(f"/review/{sitting}/close")
    assert sat[1].get(f"/conduct/{case_id}").status_code == 404  # the panel has decided

    supervisor = hall.as_(hall.village.one("supervisor"))
    (second,) = links(supervisor.get("/second-level"), "/second-level/")
    assert "确认，记入行为分" in words(supervisor.get(second))
    supervisor.post(second, data={"decision": "confirm"})
    assert "本人 30 天内可以申诉" in flashed(supervisor)
    assert "行为分，只算最近一年的 −5" in words(own.get("/me/conduct"))
    assert own.post(f"/conduct/{case_id}/appeal", data={"appeal": "那天我在医院"}).status_code == 303
    assert "申诉要由另一位监督员答复" in words(supervisor.get(f"/conduct/{case_id}"))
    other = hall.as_(hall.do(another_supervisor, hall.village))
    assert "一位" not in words(other.get("/conduct?show=appeals"))
    answered = other.post(f"/conduct/{case_id}/answer", data={"decision": "uphold", "answer": "单子看过了"})
    assert answered.status_code == 303
    page = words(own.get(f"/conduct/{case_id}"))
    assert "申诉成立，扣的分退回" in page
    assert "单子看过了" in page
    assert "行为分" not in words(own.get("/me/conduct")).replace("记入行为分", "")


def test_the_case_is_read_by_those_concerned_and_by_nobody_else(hall: Hall, clock_at: Clock) -> None:
    ann = hall.village.residents[0]
    case_id = hall.do(given_notice, hall.village, ann).id
    clock_at(REPEATED)
    staff = hall.village.staff
    may = [ann, staff["grid_worker"][0], staff["steward"][0], staff["supervisor"][0]]
    may_not = [hall.village.residents[1], *hall.village.judges, staff["shop_staff"][0], staff["operator"][0]]
    assert [hall.as_(person).get(f"/conduct/{case_id}").status_code for person in may] == [200] * 4
    for person in may_not:
        browser = hall.as_(person)
        assert browser.get(f"/conduct/{case_id}").status_code == 404
        assert browser.post(f"/conduct/{case_id}/reply", data={"reply": "不关我事"}).status_code == 404
        assert browser.post(f"/conduct/{case_id}/appeal", data={"appeal": "不关我事"}).status_code == 404
    next_door = hall.as_(hall.other.one("supervisor"), hall.other)
    assert next_door.get(f"/conduct/{case_id}").status_code == 404
    assert hall.stranger().get(f"/conduct/{case_id}").status_code in (302, 303, 401)
    for role in ("chair", "reviewer", "shop_staff"):
        assert hall.as_(staff[role][0]).get("/conduct").status_code == 403
        assert hall.as_(staff[role][0]).get("/conduct/new").status_code == 403


def test_a_steward_who_stands_aside_does_not_read_it_while_it_is_decided(hall: Hall, clock_at: Clock) -> None:
    village, ann = hall.village, hall.village.residents[0]
    spouse = hall.do(given_spouse, village, ann)
    for role in ("steward", "reviewer"):
        hall.do(transact, grant_role, GrantRole(village.community_id, spouse.id, role, "增选"))
    case_id = hall.do(given_notice, village, ann).id
    browser = hall.as_(spouse)
    clock_at(REPEATED)
    assert browser.get(f"/conduct/{case_id}").status_code == 200
    refused = browser.post(f"/conduct/{case_id}/drop", data={"reason": "自家人"})
    assert refused.status_code == 403
    assert "这是您自家人的事" in words(refused)
    hall.do(given_open_session, village, at=READY)
    clock_at(READY)
    assert browser.get(f"/conduct/{case_id}").status_code == 404
    for page in ("/home", "/records", "/me/conduct"):  # of the family, but not about her
        assert "虚报冒领" not in words(browser.get(page))


def test_the_score_is_told_to_the_person_and_the_supervisor_only(hall: Hall, clock_at: Clock) -> None:
    ann = hall.village.residents[0]
    case_id = hall.do(given_deduction, hall.village, ann, "DED-03", points=3).id
    clock_at(READY + DAY)
    told = "行为分（一年内） -3"
    assert told in words(hall.as_(hall.village.one("supervisor")).get(f"/conduct/{case_id}"))
    for role in ("steward", "grid_worker"):
        page = words(hall.as_(hall.village.one(role)).get(f"/conduct/{case_id}"))
        assert "扣 3 分" in page
        assert "行为分（一年内）" not in page


def test_names_are_masked_in_the_list_until_asked_for(hall: Hall, clock_at: Clock) -> None:
    hall.do(given_notice, hall.village, hall.village.residents[0])
    clock_at(REPEATED)
    steward = hall.as_(hall.village.one("steward"))
    assert "村民10" not in words(steward.get("/conduct"))
    assert "村**0" in words(steward.get("/conduct"))
    assert "村民10" in words(steward.get("/conduct?names=1"))
    assert "还没有办完的" not in words(steward.get("/conduct?show=over"))  # the warning
    assert steward.get("/conduct?before=x").status_code == 422
    assert "没有等答复的申诉" in words(steward.get("/conduct?show=appeals"))


def test_a_letter_for_who_has_no_phone_begins_the_seven_days(hall: Hall, clock_at: Clock) -> None:
    gran = hall.do(without_phone, hall.village)
    case_id = hall.do(given_warning, hall.village, gran).id
    worker = hall.as_(hall.village.one("grid_worker"))
    assert "等这封信交到本人手里" in words(worker.get(f"/conduct/{case_id}"))
    paper = text_of(worker.get(f"/conduct/{case_id}/letter"))
    assert "周奶奶（900 户）" in paper
    assert "这是第一次，只作提醒，不扣分" in paper
    assert hall.as_(hall.village.one("supervisor")).get(f"/conduct/{case_id}/letter").status_code == 403
    clock_at(MONDAY + DAY)
    assert worker.post(f"/conduct/{case_id}/letter").status_code == 303
    page = words(worker.get(f"/conduct/{case_id}"))
    assert "信交到本人手里 今天 08:30 · 村民05" in page
    worker.post(f"/conduct/{case_id}/reply", data={"reply": "本人说：记错日子了"})
    assert "本人口述，村民05 代记" in words(worker.get(f"/conduct/{case_id}"))


@pytest.mark.parametrize("state", ["noticed", "posted"])
def test_the_letter_says_what_can_be_done_until_when(hall: Hall, clock_at: Clock, state: str) -> None:
    ann = hall.village.residents[0]
    make = given_notice if state == "noticed" else given_deduction
    case_id = hall.do(make, hall.village, ann).id
    clock_at(REPEATED if state == "noticed" else READY + DAY)
    paper = text_of(hall.as_(hall.village.one("grid_worker")).get(f"/conduct/{case_id}/letter"))
    assert ("收到这封信起 7 天内" if state == "noticed" else "不服可以申诉，到 10月21日 10:30") in paper


def test_what_was_typed_is_never_lost(hall: Hall, clock_at: Clock) -> None:
    ann, worker = hall.village.residents[0], hall.as_(hall.village.one("grid_worker"))
    missing = send(worker, ann, "DED-02")
    assert missing.status_code == 422
    assert FACTS in missing.text
    assert "这一件要有照片" in words(missing)
    sent = send(worker, ann, "DED-02", photos=a_photo())
    case_id = id_in(sent.location)
    (photo,) = set(links(worker.get(f"/conduct/{case_id}"), "/photos/"))
    assert hall.as_(ann).get(photo, buffered=True).status_code == 200
    assert hall.as_(hall.village.one("reviewer")).get(photo).status_code == 404
    assert hall.as_(hall.village.one("reviewer")).get("/photos/" + photo.split("/")[-1]).status_code == 404
    again = send(worker, ann, "DED-02", photos=a_photo("red"))
    assert again.status_code == 409
    assert "这一天的这件事已经记过了" in words(again)
    assert send(worker, hall.village.one("grid_worker")).status_code == 403
    for where, field in (("reply", "reply"), ("drop", "reason")):
        empty = worker.post(f"/conduct/{case_id}/{where}", data={field: "x"})
        assert empty.status_code == 422
        assert ">\nx</textarea>" in empty.text
    assert worker.post(f"/conduct/{case_id}/drop", data={"reason": "看错人了"}).status_code == 303
    assert "看错人了" in words(hall.as_(ann).get(f"/conduct/{case_id}"))
    assert send(worker, ann, "DED-06").status_code == 422  # nothing to deduct
    assert worker.get("/conduct/new?member=x").status_code == 404
    assert "请至少输入 2 个字" in words(worker.get("/conduct/new?q=村"))


def test_a_supervisor_who_confirmed_cannot_answer_and_reads_why(hall: Hall, clock_at: Clock) -> None:
    case_id = hall.do(given_appeal, hall.village, hall.village.residents[0]).id
    clock_at(READY + 2 * DAY)
    supervisor = hall.as_(hall.village.one("supervisor"))
    answer = supervisor.post(f"/conduct/{case_id}/answer", data={"decision": "dismiss", "answer": "没有问题"})
    assert answer.status_code == 403
    assert "申诉要由另一位监督员答复" in words(answer)


def named_on(browser, pages: list[str]) -> list[str]:
    """The pages on which the person of the case is named."""
    found = []
    for address in pages:
        text = browser.get(address, buffered=True).text
        if "村民10" in text or "010户" in text or "010 户" in text:
            found.append(address)
    return found


def test_after_a_deduction_nobody_finds_the_name_anywhere(hall: Hall, clock_at: Clock) -> None:
    """Every page that needs no id, and those of the session, for everybody who has no part in it. Left out: registers of
    people, whose business names are."""
    ann, village = hall.village.residents[0], hall.village
    hall.do(given_record, village, village.residents[1], at=READY)  # something for the board
    case, session_id = hall.do(given_item, village, ann)
    record_id = hall.do(stored, village, case.id).record_id
    pages = [
        "/records?show=reported", f"/records/{record_id}", f"/review/{session_id}", f"/review/{session_id}/projector",
        f"/review/{session_id}/minutes", "/conduct?show=over", "/second-level",
        *(f"/c/{village.code}{more}" for more in ("", "/board", "/board?print=1", "/board?show=over", "/changes")),
        f"/api/v1/notices?community={village.code}",
    ]  # fmt: skip
    clock_at(READY + timedelta(hours=1))
    supervisor = hall.as_(village.one("supervisor"))
    (second,) = links(supervisor.get("/second-level"), "/second-level/")
    assert named_on(supervisor, [second, *pages]) == []
    supervisor.post(second, data={"decision": "confirm"})
    clock_at(READY + timedelta(hours=3))
    for role in ("chair", "reviewer", "supervisor", "shop_staff", "operator"):
        assert named_on(hall.as_(village.one(role)), pages) == []
    registers = ("/members", "/cards", "/cards/all", "/api/v1/members")
    every = [
        rule.rule
        for rule in hall.site.url_map.iter_rules()
        if "GET" in rule.methods and not rule.arguments and rule.rule not in registers
    ]
    assert len(every) > 30
    for browser in (hall.stranger(), hall.as_(village.residents[1]), hall.as_(village.one("steward"))):
        assert named_on(browser, [*every, *pages]) == []
    asked = ["/conduct?show=over&names=1"]
    assert named_on(hall.as_(village.one("steward")), asked) == asked  # a steward who asks is told
    assert hall.as_(ann).get(f"/records/{record_id}").status_code == 404
    minutes = text_of(hall.as_(village.chair).get(f"/review/{session_id}/minutes"))
    assert "一位村民" in minutes
    assert "扣 5 分" in minutes


def test_the_hall_sees_no_name_no_words_and_no_photo(hall: Hall, clock_at: Clock) -> None:
    village = hall.village
    hall.do(given_notice, village, village.residents[0])
    clock_at(READY)
    session_id = hall.do(given_open_session, village, at=READY)
    clock_at(READY + timedelta(minutes=1))
    screen = hall.as_(village.chair).get(f"/review/{session_id}/projector")
    said = text_of(screen)
    assert "一位村民" in said
    assert "行为分，扣 5 分" in said
    assert FACTS not in said
    assert "村民05" not in said  # the opener
    assert "<img" not in screen.text
