"""The screen in the hall: what it shows, what it never shows, and how little it asks for."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from app.database import db
from app.transaction import transact
from points.review.ballots import CastBallot, cast_ballot
from points.review.closing import CloseSession, close_session
from points.review.queries import session_by_id
from points.review.sessions import CallSession, ShowItem, call_session, show_item
from tests.app.web.review.hall import Hall, text_of
from tests.builders import MONDAY, a_key, given_open_session, given_record


def revision(hall: Hall, session_id) -> int:
    return hall.ask(session_by_id, hall.village.community_id, session_id, now=MONDAY).revision


def test_it_shows_the_item_its_rule_and_how_many_ballots_came_in(hall: Hall) -> None:
    village = hall.village
    record_id = hall.do(given_record, village, village.residents[0], note="陪张奶奶去卫生室").id
    session_id = hall.do(given_open_session, village)
    for judge, choice in zip(village.judges, ("reject", "approve"), strict=False):
        ballot = CastBallot(
            village.community_id,
            judge.id,
            session_id,
            record_id,
            choice,
            9 if choice == "approve" else None,
            "不实",
        )
        hall.do(transact, cast_ballot, ballot)
    page = text_of(hall.as_(village.one("steward")).get(f"/review/{session_id}/projector"))
    for words in (
        "关爱老人陪护",
        "陪张奶奶去卫生室",
        "可给 3–10 分",
        "已投 2／4 票",
        "到场 4／4 人",
        "人数够了",
    ):
        assert words in page
    for secret in ("不实", "9 分", "不同意", village.judges[1].name):
        assert secret not in page


def test_an_unchanged_screen_costs_two_short_reads_and_no_content(hall: Hall) -> None:
    session_id, _ = hall.sitting()
    browser = hall.as_(hall.village.one("steward"))
    url = f"/review/{session_id}/projector/part?rev={revision(hall, session_id)}"
    statements: list[str] = []
    with hall.site.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    answer = browser.get(url)
    assert (answer.status_code, answer.data) == (204, b"")
    asked = [statement for statement in statements if statement.startswith("SELECT")]
    assert len(asked) == 2  # who is asking, and the revision


def test_every_visible_change_is_shown_at_the_next_asking(hall: Hall) -> None:
    village = hall.village
    records = [hall.do(given_record, village, resident).id for resident in village.residents[:2]]
    session_id = hall.do(given_open_session, village, present=[village.chair])
    browser = hall.as_(village.one("steward"))

    def changed_by(act, *args) -> str:
        before = revision(hall, session_id)
        act(*args)
        answer = browser.get(f"/review/{session_id}/projector/part?rev={before}")
        assert answer.status_code == 200
        now = revision(hall, session_id)
        assert browser.get(f"/review/{session_id}/projector/part?rev={now}").status_code == 204
        return text_of(answer)

    token = hall.ask(session_by_id, village.community_id, session_id, now=MONDAY).roll_call_token
    assert "到场 2／4 人" in changed_by(hall.as_(village.judges[1]).post, f"/review/join/{token}")
    ballot = CastBallot(village.community_id, village.judges[1].id, session_id, records[0], "approve", 5)
    assert "已投 1／2 票" in changed_by(hall.do, transact, cast_ballot, ballot)
    turn = ShowItem(village.community_id, village.chair.id, session_id, 2)
    assert "第 2 件，共 2 件" in changed_by(hall.do, transact, show_item, turn)
    end = CloseSession(village.community_id, village.chair.id, session_id)
    assert "评议结果" in changed_by(hall.do, transact, close_session, end)


def test_changing_a_ballot_shows_nothing(hall: Hall) -> None:
    session_id, (record_id,) = hall.sitting()
    village = hall.village
    for choice, points, reason in (
        ("approve", 9, "陪了一整天"),
        ("approve", 3, ""),
        ("reject", None, "不实"),
        ("abstain", None, ""),
    ):
        ballot = CastBallot(
            village.community_id, village.judges[1].id, session_id, record_id, choice, points, reason
        )
        hall.do(transact, cast_ballot, ballot)
        if choice == "approve" and points == 9:
            first = revision(hall, session_id)
    assert revision(hall, session_id) == first


def test_the_end_by_time_is_shown_though_nobody_did_anything(hall: Hall, clock_at) -> None:
    session_id, _ = hall.sitting()
    browser = hall.as_(hall.village.one("steward"))
    page = browser.get(f"/review/{session_id}/projector").get_data(as_text=True)
    start = page.index(f"/review/{session_id}/projector/part?")
    url = page[start : page.index('"', start)].replace("&amp;", "&")
    assert "until=" in url
    assert browser.get(url).status_code == 204
    clock_at(MONDAY + timedelta(hours=4, seconds=2))
    assert "会议时间到了" in text_of(browser.get(url))


def test_the_recused_see_the_next_item_but_not_this_one(hall: Hall) -> None:
    village, judge = hall.village, hall.village.judges[1]
    hall.do(given_record, village, judge, note="自己的一件")
    hall.do(given_record, village, village.residents[0], note="别人的一件")
    session_id = hall.do(given_open_session, village)
    page = hall.as_(judge).get(f"/review/{session_id}/projector")
    assert "这一件由别人来投" in text_of(page)
    assert "自己的一件" not in page.get_data(as_text=True)
    assert "自己的一件" in text_of(hall.as_(village.judges[2]).get(f"/review/{session_id}/projector"))
    hall.do(transact, show_item, ShowItem(village.community_id, village.chair.id, session_id, 2))
    assert "别人的一件" in text_of(hall.as_(judge).get(f"/review/{session_id}/projector"))


def test_before_the_session_it_shows_the_roll_call_code(hall: Hall) -> None:
    village = hall.village
    session_id = hall.do(
        transact, call_session, CallSession(village.community_id, village.chair.id, a_key(), MONDAY)
    )
    page = hall.as_(village.chair).get(f"/review/{session_id}/projector")
    assert "评议会就要开始" in text_of(page)
    assert 'class="qr"' in page.get_data(as_text=True)


def test_results_are_a_list_without_ballots_of_anybody(hall: Hall) -> None:
    session_id, (record_id,) = hall.sitting()
    village = hall.village
    for judge in village.judges:
        hall.do(
            transact,
            cast_ballot,
            CastBallot(village.community_id, judge.id, session_id, record_id, "approve", 6),
        )
    hall.do(transact, close_session, CloseSession(village.community_id, village.chair.id, session_id))
    answer = hall.as_(village.one("steward")).get(f"/review/{session_id}/projector")
    page = text_of(answer)
    assert "通过 6 分" in page
    assert "同意 4，不同意 0，弃权 0" in page
    assert village.judges[1].name not in page
    assert "hx-trigger" not in answer.get_data(as_text=True)


def test_residents_do_not_open_the_hall(hall: Hall) -> None:
    session_id, _ = hall.sitting()
    for path in ("", "/projector", "/projector/part?rev=1", "/minutes"):
        assert hall.as_(hall.village.residents[0]).get(f"/review/{session_id}{path}").status_code == 403
        assert hall.stranger().get(f"/review/{session_id}{path}").status_code == 303
