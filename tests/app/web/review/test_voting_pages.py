"""The agenda and the voting card of a judge."""

from __future__ import annotations

from datetime import timedelta

from app.transaction import transact
from points.review.ballots import CastBallot, cast_ballot
from points.review.closing import CloseSession, close_session
from points.review.queries import agenda_for
from tests.app.web.review.hall import Hall, text_of
from tests.builders import MONDAY, given_open_session, given_record


def own_item(hall: Hall, session_id, judge, record_id):
    items = hall.ask(
        agenda_for, hall.village.community_id, session_id, judge.id, now=MONDAY, record_id=record_id
    )
    return items[0]


def test_a_judge_votes_item_by_item_and_sees_the_own_progress(hall: Hall) -> None:
    session_id, (first, second) = hall.sitting("AID-02", "AID-04")
    judge = hall.village.judges[1]
    browser = hall.as_(judge)
    assert "您投了 0 件，共 2 件" in text_of(browser.get(f"/review/{session_id}"))

    answer = browser.post(f"/review/{session_id}/items/{first}", data={"choice": "approve", "points": "5"})
    assert answer.status_code == 303
    assert answer.location.endswith(f"/items/{second}")
    page = text_of(browser.get(f"/review/{session_id}"))
    assert "记下了：同意，给 5 分" in page
    assert "您投了 1 件，共 2 件" in page

    answer = browser.post(f"/review/{session_id}/items/{second}", data={"choice": "abstain", "points": "8"})
    assert answer.location.endswith(f"/review/{session_id}")
    assert "您的票都投完了，共 2 件" in text_of(browser.get(f"/review/{session_id}"))
    assert own_item(hall, session_id, judge, second).own.choice == "abstain"


def test_the_card_shows_the_rule_its_range_and_the_expected_points(hall: Hall) -> None:
    session_id, (record_id,) = hall.sitting("AID-02")
    body = (
        hall.as_(hall.village.judges[1]).get(f"/review/{session_id}/items/{record_id}").get_data(as_text=True)
    )
    assert 'name="points"' in body
    assert 'value="4"' in body
    assert 'min="3" max="10"' in body
    assert "关爱老人陪护" in body


def test_a_vote_can_be_changed_until_the_session_closes(hall: Hall) -> None:
    session_id, (record_id,) = hall.sitting()
    judge = hall.village.judges[1]
    browser = hall.as_(judge)
    url = f"/review/{session_id}/items/{record_id}"
    browser.post(url, data={"choice": "approve", "points": "7"})
    assert "您现在的票：同意，7 分" in text_of(browser.get(url))
    browser.post(url, data={"choice": "reject", "points": "7", "reason": "again"})
    own = own_item(hall, session_id, judge, record_id).own
    assert (own.choice, own.points, own.reason) == ("reject", None, "这件事上次已经给过分")


def test_a_reason_in_own_words_is_kept_as_typed(hall: Hall) -> None:
    session_id, (record_id,) = hall.sitting()
    judge = hall.village.judges[1]
    browser = hall.as_(judge)
    url = f"/review/{session_id}/items/{record_id}"
    typed = {"choice": "reject", "points": "4", "reason": "other", "reason_words": "那天<b>她</b>不在"}
    assert browser.post(url, data=typed).status_code == 303
    assert own_item(hall, session_id, judge, record_id).own.reason == "那天<b>她</b>不在"
    body = browser.get(url).get_data(as_text=True)
    assert "那天&lt;b&gt;她&lt;/b&gt;不在" in body
    assert "<b>她</b>" not in body


def test_what_was_typed_survives_a_refusal(hall: Hall) -> None:
    session_id, (record_id,) = hall.sitting()
    browser = hall.as_(hall.village.judges[1])
    url = f"/review/{session_id}/items/{record_id}"
    for points in ("11", "2", "1.5", "-3", "1e9", "٣", ""):
        answer = browser.post(url, data={"choice": "approve", "points": points})
        assert answer.status_code == 422, points
        if points:
            assert f'value="{points}"' in answer.get_data(as_text=True)
    answer = browser.post(
        url, data={"choice": "reject", "points": "7", "reason": "other", "reason_words": " "}
    )
    assert answer.status_code == 422
    assert "请写明理由" in text_of(answer)
    assert 'value="7"' in answer.get_data(as_text=True)
    assert '<details class="why" open' in answer.get_data(as_text=True)


def test_a_card_that_lay_open_while_the_session_closed_says_so(hall: Hall) -> None:
    session_id, (record_id,) = hall.sitting()
    village, judge = hall.village, hall.village.judges[1]
    hall.do(transact, close_session, CloseSession(village.community_id, village.chair.id, session_id))
    url = f"/review/{session_id}/items/{record_id}"
    answer = hall.as_(judge).post(url, data={"choice": "approve", "points": "5"})
    assert answer.status_code == 409
    assert "这场评议会已经结束，这一步没有记上" in text_of(answer)
    assert "看结果" in text_of(answer)
    assert hall.as_(judge).get(url).status_code == 303


def test_a_vote_after_the_time_is_refused_and_closes_the_session(hall: Hall, clock_at) -> None:
    session_id, (record_id,) = hall.sitting()
    judge = hall.village.judges[1]
    clock_at(MONDAY + timedelta(hours=4))
    page = hall.as_(judge).get(f"/review/{session_id}")
    assert "时间到了，票还没有数" in text_of(page)
    answer = hall.as_(judge).post(
        f"/review/{session_id}/items/{record_id}", data={"choice": "approve", "points": "5"}
    )
    assert answer.status_code == 409
    assert "没有人表决，下次再议" in text_of(hall.as_(judge).get(f"/review/{session_id}"))


def test_the_recused_are_told_how_many_items_and_see_none_of_them(hall: Hall) -> None:
    village = hall.village
    reviewer = village.judges[1]
    own = hall.do(given_record, village, reviewer).id
    other = hall.do(given_record, village, village.residents[0]).id
    session_id = hall.do(given_open_session, village)
    page = hall.as_(reviewer).get(f"/review/{session_id}")
    assert "有 1 件和您有关" in text_of(page)
    assert str(own) not in page.get_data(as_text=True)
    assert str(other) in page.get_data(as_text=True)
    assert hall.as_(reviewer).get(f"/review/{session_id}/items/{own}").status_code == 404
    posted = hall.as_(reviewer).post(
        f"/review/{session_id}/items/{own}", data={"choice": "approve", "points": "5"}
    )
    assert posted.status_code == 404


def test_a_doubt_takes_one_item_out_of_the_block(hall: Hall) -> None:
    session_id, records = hall.sitting("AID-03", "AID-03")
    judge = hall.village.judges[1]
    browser = hall.as_(judge)
    page = browser.get(f"/review/{session_id}")
    assert "没有疑问就一并通过" in text_of(page)
    assert page.get_data(as_text=True).count("/question") == 2
    answer = browser.post(f"/review/{session_id}/items/{records[0]}/question")
    assert answer.status_code == 303
    assert answer.location.endswith(f"/items/{records[0]}")
    page = browser.get(f"/review/{session_id}")
    assert page.get_data(as_text=True).count("/question") == 1
    assert "您投了 0 件，共 1 件" in text_of(page)


def test_who_has_not_arrived_is_told_how_to_come_in_and_cannot_vote(hall: Hall) -> None:
    village = hall.village
    record_id = hall.do(given_record, village, village.residents[0]).id
    session_id = hall.do(given_open_session, village, present=[village.chair])
    late = village.judges[2]
    page = hall.as_(late).get(f"/review/{session_id}")
    assert "您还没有签到" in text_of(page)
    assert str(record_id) not in page.get_data(as_text=True)
    assert hall.as_(late).get(f"/review/{session_id}/items/{record_id}").status_code == 303
    answer = hall.as_(late).post(
        f"/review/{session_id}/items/{record_id}", data={"choice": "approve", "points": "5"}
    )
    assert answer.status_code == 409
    assert "您还没有签到" in text_of(answer)


def test_a_common_reason_is_read_in_the_readers_language_and_stored_once(hall: Hall) -> None:
    session_id, (record_id,) = hall.sitting()
    village = hall.village
    ballot = CastBallot(
        village.community_id, village.judges[1].id, session_id, record_id, "reject", None, "不在规则里"
    )
    hall.do(transact, cast_ballot, ballot)
    body = hall.as_(village.judges[1]).get(f"/review/{session_id}/items/{record_id}").get_data(as_text=True)
    assert 'value="not_in_rules" checked' in body
