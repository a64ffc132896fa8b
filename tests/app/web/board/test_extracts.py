"""Minutes in two copies: the internal one names and is signed, the public one counts."""

from __future__ import annotations

import re
from datetime import timedelta

from app.transaction import transact
from points.people.operations import GrantBudget
from points.review.ballots import CastBallot, cast_ballot
from points.review.funding import fund_budget
from points.review.minutes import awarded_by, items_of
from points.review.second_level import ConfirmDecision, confirm_decision
from tests.app.web.review.hall import Hall, text_of
from tests.app.web.review.test_sessions import approve, close
from tests.builders import MONDAY, a_key, given_decided, given_open_session, given_record


def given_sitting(hall: Hall):
    """Five items: approved, a judge's own, rejected with reasons, a large one, and one nobody voted on."""
    village = hall.village
    people, judge = village.residents, village.judges[1]
    records = [hall.do(given_record, village, person) for person in (people[0], judge, people[1])]
    large = hall.do(given_record, village, people[2], rule="HON-03", reporter=village.one("steward"))
    hall.do(given_record, village, people[3])
    session_id = hall.do(given_open_session, village)
    approve(hall, session_id, records[0].id, 5, 6, 7)
    for other, points in zip([one for one in village.judges if one != judge], (4, 4, 4), strict=True):
        ballot = CastBallot(village.community_id, other.id, session_id, records[1].id, "approve", points)
        hall.do(transact, cast_ballot, ballot)
    for one, reason in zip(village.judges, ("张三说没去", "没有照片", "没有照片"), strict=False):
        ballot = CastBallot(village.community_id, one.id, session_id, records[2].id, "reject", None, reason)
        hall.do(transact, cast_ballot, ballot)
    approve(hall, session_id, large.id, 60, 60, 60, 60)
    close(hall, session_id)
    return session_id


def test_the_internal_copy_names_and_waits_for_signatures(hall: Hall, clock_at) -> None:
    session_id = given_sitting(hall)
    village = hall.village
    clock_at(MONDAY + timedelta(hours=1))
    page = text_of(hall.as_(village.chair).get(f"/review/{session_id}/minutes"))
    judge, people = village.judges[1], village.residents
    for words in (
        "2026年9月7日 08:30", "当面开会 · 记名投票", f"主持人 {village.chair.name}", "名单 4 人，到场 4 人",
        people[1].name, f"回避：{judge.name}（本人的事）", "不同意的理由：张三说没去；没有照片；没有照片", "通过，等监督员复核",
        "一共 5 件。通过 2 件；没有通过 1 件；通过，等监督员复核 1 件；没有人表决，下次再议 1 件。",
        "积分 ：通过 10 分，上了公示 10 分，等预算 0 分，因异议作废 0 分。", "截至 2026年9月7日 09:30。",
        "主持人签字 评议员签字 监督员签字 日期",
    ):  # fmt: skip
        assert words in page, words


def test_the_public_copy_counts_and_masks_and_of_what_failed_names_nobody(hall: Hall, clock_at) -> None:
    session_id = given_sitting(hall)
    village, browser = hall.village, hall.stranger()
    clock_at(MONDAY + timedelta(hours=1))
    answer = browser.get(f"/c/yitian/sessions/{session_id}")
    page, body = text_of(answer), answer.get_data(as_text=True)
    assert "名单 4 人，到场 4 人" in page
    assert "回避 1 人：本人的事 1" in page
    assert "积分 ：通过 10 分" in page
    assert page.count("村**") == 2  # the two approved ones
    for person in [*village.residents, *village.judges]:
        assert person.name not in body
    for private in ("张三说没去", "没有照片", "签字", "记名投票：", "网格"):
        assert private not in page
    listed = text_of(browser.get("/c/yitian/sessions"))
    assert "5 件，通过 2 件 · 到场 4／4 人" in listed
    assert browser.get(f"/c/beishan/sessions/{session_id}").status_code == 404


def test_a_word_that_came_later_is_not_in_minutes_of_an_earlier_moment(hall: Hall, clock_at) -> None:
    session_id = given_sitting(hall)
    village, supervisor = hall.village, hall.village.one("supervisor")
    items = hall.ask(items_of, village.community_id, session_id, cut_off=MONDAY + timedelta(hours=1))
    (large,) = [item for item in items if item.outcome == "needs_second_level"]
    clock_at(MONDAY + timedelta(hours=2))
    word = ConfirmDecision(village.community_id, supervisor.id, large.id, True, "核对过证书")
    hall.do(transact, confirm_decision, word)
    clock_at(MONDAY + timedelta(hours=3))
    browser, address = hall.as_(village.chair), f"/review/{session_id}/minutes"
    now = text_of(browser.get(address))
    assert f"监督员 {supervisor.name} 复核同意，2026年9月7日 10:30（核对过证书）" in now
    assert "通过 70 分，上了公示 70 分" in now
    then = text_of(browser.get(f"{address}?until=2026-09-07T01:30:00Z"))
    assert "通过，等监督员复核" in then
    assert "通过 10 分，上了公示 10 分" in then
    public = text_of(hall.stranger().get(f"/c/yitian/sessions/{session_id}"))
    assert "监督员复核同意" in public
    assert supervisor.name not in public
    assert "核对过证书" not in public


def test_what_waits_for_the_budget_is_given_but_not_published(hall: Hall) -> None:
    village = hall.other
    records = [hall.do(given_record, village, person) for person in village.residents]
    hall.do(_spend_budget, hall)
    session_id = hall.do(given_decided, village, records, points=8)
    now = MONDAY + timedelta(hours=1)

    def sums(session):
        items = items_of(session, village.community_id, session_id, cut_off=now)
        (found,) = awarded_by(session, village.community_id, session_id, items, cut_off=now)
        return found.given, found.published, found.waiting

    assert hall.ask(sums) == (16, 8, 8)
    grant = GrantBudget(village.community_id, None, a_key(), 100, "补充")
    hall.do(transact, fund_budget, grant)
    assert hall.ask(sums) == (16, 16, 0)


def _spend_budget(hall: Hall) -> None:
    """Leaves 12 points in the budget of the village next door."""
    from points.base import new_id
    from points.ledger.operations import account_id_of, make_transfer
    from points.ledger.results import NewTransfer

    community_id = hall.other.community_id

    def spend(session, _command, *, now):
        budget, issue = (account_id_of(session, community_id, kind) for kind in ("budget", "issue"))
        new = NewTransfer(
            community_id, new_id(), "grant", debit_account_id=budget, credit_account_id=issue, amount=4988
        )
        make_transfer(session, new, now=now)

    transact(spend, None)


def test_sessions_are_public_after_the_count_and_listed_by_key(hall: Hall, monkeypatch) -> None:
    monkeypatch.setattr("app.web.extracts.ROWS", 2)
    village, browser = hall.village, hall.stranger()
    assert "还没有开过评议会" in text_of(browser.get("/c/yitian/sessions"))
    held = []
    for back in (3, 2, 1):
        moment = MONDAY - timedelta(days=back)
        record = hall.do(given_record, village, village.residents[0], at=moment)
        held.append(hall.do(given_decided, village, [record], at=moment))
    open_one, _records = hall.sitting()
    assert browser.get(f"/c/yitian/sessions/{open_one}").status_code == 409
    path, seen = "/c/yitian/sessions", []
    for rows in (2, 1):
        page = browser.get(path).get_data(as_text=True)
        found = re.findall(r'href="/c/yitian/sessions/([^"?]+)"', page)
        assert len(found) == rows
        seen += found
        older = re.search(r'href="([^"]+before=[^"]+)"', page)
        path = older[1].replace("&amp;", "&") if older else ""
    assert seen == [str(one) for one in reversed(held)]
    assert path == ""
