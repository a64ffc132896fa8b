"""The public board: open to all, masked, never stale, and cheap."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.database import db
from app.transaction import transact
from points.notices.operations import AnswerObjection, ObjectToNotice, answer_objection, object_to_notice
from points.notices.queries import NoticeView, board
from points.people.operations import GrantRole, grant_role
from tests.app.web.review.hall import Hall, text_of
from tests.builders import MONDAY, a_key, given_decided, given_record


def published(hall: Hall, count: int = 1, **more) -> list[NoticeView]:
    """Notices of residents, one each."""
    village = hall.village
    records = [hall.do(given_record, village, resident, **more) for resident in village.residents[:count]]
    hall.do(given_decided, village, records, points=6)
    return hall.ask(board, village.community_id, now=MONDAY)


def test_anybody_reads_who_was_thanked_for_what_and_how_it_was_decided(hall: Hall, clock_at) -> None:
    published(hall, note="不该公开的话")
    clock_at(MONDAY + timedelta(minutes=21))
    answer = hall.stranger().get("/c/yitian/board")
    page = text_of(answer)
    for words in (
        "村**0",
        "关爱老人陪护",
        "AID-02 · 第 1 版",
        "同意 4 不同意 0 弃权 0",
        "+6 分",
        "还剩 3 天",
        "公示中",
    ):
        assert words in page
    assert hall.village.residents[0].name not in answer.get_data(as_text=True)
    assert "不该公开的话" not in answer.get_data(as_text=True)


def test_the_short_address_leads_to_the_board_and_an_unknown_code_nowhere(hall: Hall) -> None:
    assert hall.stranger().get("/c/yitian").location == "/c/yitian/board"
    for path in (
        "/c/nowhere/board",
        "/c/nowhere/changes",
        "/c/nowhere/board/" + "0" * 8 + "-0000-7000-8000-" + "0" * 12,
    ):
        assert hall.stranger().get(path).status_code == 404


def test_a_notice_of_another_village_is_not_on_this_board(hall: Hall) -> None:
    (notice,) = published(hall)
    assert hall.stranger().get(f"/c/yitian/board/{notice.id}").status_code == 200
    assert hall.stranger().get(f"/c/beishan/board/{notice.id}").status_code == 404
    assert "关爱老人陪护" not in text_of(hall.stranger().get("/c/beishan/board"))


def test_time_alone_changes_the_board(hall: Hall, clock_at) -> None:
    published(hall)
    clock_at(MONDAY + timedelta(minutes=21))
    browser = hall.stranger()
    assert "还剩 3 天" in text_of(browser.get("/c/yitian/board"))
    clock_at(MONDAY + timedelta(days=1, minutes=21))
    assert "还剩 2 天" in text_of(browser.get("/c/yitian/board"))
    clock_at(MONDAY + timedelta(days=3, minutes=19))
    assert "还剩 1 天" in text_of(browser.get("/c/yitian/board"))
    clock_at(MONDAY + timedelta(days=3, minutes=21))
    assert "现在没有公示" in text_of(browser.get("/c/yitian/board"))
    over = text_of(browser.get("/c/yitian/board?show=over"))
    assert "已到账" in over
    assert "提异议" not in over.split("有不同意见")[1].split("姓名只显示")[0]


def test_an_objection_and_its_answer_are_seen_at_once(hall: Hall) -> None:
    (notice,) = published(hall)
    village, browser = hall.village, hall.stranger()
    assert "异议处理中" not in text_of(browser.get("/c/yitian/board"))
    command = ObjectToNotice(village.community_id, village.residents[1].id, a_key(), notice.id, "没看见")
    objection_id = hall.do(transact, object_to_notice, command)
    assert "异议处理中" in text_of(browser.get("/c/yitian/board"))
    answer = AnswerObjection(
        village.community_id, village.one("supervisor").id, objection_id, True, "查了，不属实"
    )
    hall.do(transact, answer_objection, answer)
    assert "现在没有公示" in text_of(browser.get("/c/yitian/board"))
    assert "已作废" in text_of(browser.get("/c/yitian/board?show=over"))


def test_the_board_goes_on_by_key_and_refuses_a_made_up_one(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.board.ROWS", 2)
    published(hall, 5)
    browser, path, seen = hall.stranger(), "/c/yitian/board", []
    for rows in (2, 2, 1):
        page = browser.get(path).get_data(as_text=True)
        names = re.findall(r'class="c-name">([^<]+)<', page)
        assert len(names) == rows
        seen += names
        older = re.search(r'href="([^"]+before=[^"]+)"', page)
        path = older[1].replace("&amp;", "&") if older else ""
    assert path == ""
    assert len(set(seen)) == 5
    for wrong in ("x", "W10", "WyJ4IiwieSJd", "%00"):
        assert browser.get(f"/c/yitian/board?before={wrong}").status_code == 422


def test_the_board_takes_two_short_reads(hall: Hall) -> None:
    published(hall, 5)
    browser = hall.stranger()
    browser.get("/c/yitian/board")
    statements: list[str] = []
    with hall.site.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    assert browser.get("/c/yitian/board").status_code == 200
    assert len([statement for statement in statements if statement.startswith("SELECT")]) == 2
    statements.clear()
    hall.as_(hall.village.residents[0]).get("/c/yitian/board")
    assert len([statement for statement in statements if statement.startswith("SELECT")]) <= 3


def test_two_readers_at_one_board_see_their_own_frame(hall: Hall) -> None:
    published(hall)
    village = hall.village
    hall.as_(village.residents[0]).get("/c/yitian/board")
    page = hall.as_(village.residents[1]).get("/c/yitian/board").get_data(as_text=True)
    assert village.residents[1].name in page
    assert village.residents[0].name not in page
    other = hall.as_(hall.other.residents[0], hall.other).get("/c/yitian/board")
    assert other.status_code == 200
    assert "关爱老人陪护" in text_of(other)


def test_english_and_the_elder_view_are_drawn_for_themselves(hall: Hall) -> None:
    published(hall)
    plain, english = hall.stranger(), hall.stranger()
    english.set_cookie("lang", "en")
    assert "关爱老人陪护" in text_of(plain.get("/c/yitian/board"))
    page = english.get("/c/yitian/board").get_data(as_text=True)
    assert '<html lang="en"' in page
    assert "关爱老人陪护" not in page
    assert "关爱老人陪护" in text_of(plain.get("/c/yitian/board"))


def test_the_poster_lists_what_is_on_notice_with_the_day_it_ends(hall: Hall, clock_at) -> None:
    published(hall, 3)
    clock_at(MONDAY + timedelta(hours=1))
    answer = hall.stranger().get("/c/yitian/poster?until=2026-09-07T00:50:00Z")
    page = text_of(answer)
    assert "9月10日 08:50" in page
    assert answer.get_data(as_text=True).count("<tr>") == 4
    assert 'class="paper poster"' in answer.get_data(as_text=True)
    assert "提异议" not in page


def test_a_notice_tells_how_it_was_decided(hall: Hall) -> None:
    (notice,) = published(hall)
    answer = hall.stranger().get(f"/c/yitian/board/{notice.id}")
    page = text_of(answer)
    assert "到场 4 人，法定 3 人" in page
    assert "我有异议" in page
    assert "提异议要先登录" in page
    for judge in hall.village.judges:
        assert judge.name not in answer.get_data(as_text=True)


def test_who_comes_from_elsewhere_may_read_but_not_object(hall: Hall) -> None:
    (notice,) = published(hall)
    stranger = hall.as_(hall.other.residents[0], hall.other)
    page = stranger.get(f"/c/yitian/board/{notice.id}")
    assert "提异议由本村的人来提" in text_of(page)
    assert f"{notice.id}/object" not in page.get_data(as_text=True)
    assert stranger.get(f"/c/yitian/board/{notice.id}/object").status_code == 404
    assert (
        stranger.post(f"/c/yitian/board/{notice.id}/object", data={"reason": "不对不对"}).status_code == 404
    )
    assert stranger.get(f"/c/beishan/board/{notice.id}/object").status_code == 404
    assert (
        stranger.post(f"/c/beishan/board/{notice.id}/object", data={"reason": "不对不对"}).status_code == 404
    )


def test_what_administrators_change_is_public_and_who_serves_is_named(hall: Hall) -> None:
    village, resident = hall.village, hall.village.residents[0]
    command = GrantRole(
        village.community_id, resident.id, "reviewer", "补选一名", actor_id=village.one("steward").id
    )
    hall.do(transact, grant_role, command)
    answer = hall.stranger().get("/c/yitian/changes")
    page = text_of(answer)
    assert f"{resident.name} 担任评议员" in page
    assert "补选一名" in page
    assert f"{village.one('steward').name} 经办" in page
    assert "预算增加 5000 分" in page


def test_an_empty_board_says_what_will_be_here(hall: Hall) -> None:
    page = text_of(hall.stranger().get("/c/beishan/board"))
    assert "现在没有公示" in page
    assert "评议会通过的每一件都在这里公示" in page
    assert "还没有公示完的" in text_of(hall.stranger().get("/c/beishan/board?show=over"))
