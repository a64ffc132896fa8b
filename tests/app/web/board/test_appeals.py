"""Pages of appeals, of answers that change an award or need two persons, and the public figures."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.transaction import transact
from points.notices.operations import ObjectToNotice, object_to_notice
from points.notices.queries import NoticeView, board
from points.people.operations import GrantRole, grant_role
from tests.app.web.review.hall import Hall, text_of
from tests.builders import MONDAY, a_key, given_decided, given_record
from tests.points.notices.doubting import POSTED
from tests.points.notices.test_appeals import given_rejected


@pytest.fixture
def notice(hall: Hall) -> NoticeView:
    """An award of 6 of the first resident on notice."""
    record = hall.do(given_record, hall.village, hall.village.residents[0])
    hall.do(given_decided, hall.village, [record], points=6)
    (found,) = hall.ask(board, hall.village.community_id, now=MONDAY)
    return found


def objected(hall: Hall, notice: NoticeView) -> str:
    """Address of an objection of the second resident."""
    command = ObjectToNotice(
        hall.village.community_id, hall.village.residents[1].id, a_key(), notice.id, "那天我没看见"
    )
    return f"/objections/{hall.do(transact, object_to_notice, command)}"


def test_a_changed_award_shows_both_amounts_and_nobodys_name(hall: Hall, notice: NoticeView) -> None:
    address, supervisor = objected(hall, notice), hall.as_(hall.village.one("supervisor"))
    assert "3 到 10 分" in text_of(supervisor.get(address))
    kept = supervisor.post(address, data={"decision": "change", "answer": "只做了一半🙂\r\n看过照片"})
    assert kept.status_code == 422
    assert "请填改成几分" in text_of(kept)
    assert "只做了一半🙂" in kept.get_data(as_text=True)
    wrong = supervisor.post(address, data={"decision": "change", "points": "11", "answer": "只做了一半"})
    assert "可以给 3 到 10 分" in text_of(wrong)
    done = supervisor.post(address, data={"decision": "change", "points": "4", "answer": "只做了一半"})
    assert done.status_code == 303
    assert "6 分改为 4 分" in text_of(supervisor.get(address))
    public = text_of(hall.stranger().get(f"/c/yitian/board/{notice.id}"))
    assert "6 分改为 4 分" in public
    assert "6 分，经答复改过" in public
    assert "+4" in public
    for name in (hall.village.one("supervisor").name, hall.village.residents[1].name, "那天我没看见"):
        assert name not in public
    changes = text_of(hall.stranger().get("/c/yitian/changes"))
    assert "一笔积分经书面答复更正：6 → 4 分" in changes
    assert hall.village.residents[0].name not in changes
    mine = text_of(hall.as_(hall.village.residents[0]).get(f"/records/{notice.record_id}"))
    assert "异议成立，改了分" in mine
    assert "6 → 4" in mine


def test_two_persons_answer_where_there_are_enough(hall: Hall, notice: NoticeView) -> None:
    village = hall.village
    for member in village.residents[3:5]:
        grant = GrantRole(village.community_id, member.id, "supervisor", "推选")
        hall.do(transact, grant_role, grant)
    address = objected(hall, notice)
    first, second = hall.as_(village.one("supervisor")), hall.as_(village.residents[3])
    assert "要另一位确认才生效" in text_of(first.get(address))
    first.post(address, data={"decision": "uphold", "answer": "查无此事"})
    page = text_of(first.get(address))
    assert "这是您写的" in page
    assert "等第二个人确认" in text_of(second.get("/objections"))
    for reader in (
        hall.stranger().get(f"/c/yitian/board/{notice.id}"),
        hall.as_(village.residents[0]).get(address),
    ):
        assert "查无此事" not in text_of(reader)
    assert first.post(f"{address}/confirm", data={"version": "1"}).status_code == 403
    again = second.post(f"{address}/confirm", data={"version": "7"})
    assert (again.status_code, "答复刚刚换过" in text_of(again)) == (409, True)
    assert second.post(f"{address}/confirm", data={"version": "1"}).status_code == 303
    page = text_of(second.get(address))
    assert "异议成立，这一笔作废" in page
    assert f"{village.residents[3].name} 确认" in page


def test_who_judged_the_deed_does_not_even_see_the_objection(hall: Hall, notice: NoticeView) -> None:
    judge = hall.village.judges[1]
    hall.do(transact, grant_role, GrantRole(hall.village.community_id, judge.id, "supervisor", "兼任"))
    address, browser = objected(hall, notice), hall.as_(judge)
    assert "没有等答复的异议" in text_of(browser.get("/objections"))
    assert browser.get(address).status_code == 404
    assert browser.post(address, data={"decision": "dismiss", "answer": "没事"}).status_code == 404


def test_everybody_reads_that_an_answer_is_overdue_and_then_it_goes_up(
    hall: Hall, notice: NoticeView, clock_at
) -> None:
    address, operator = objected(hall, notice), hall.as_(hall.village.one("operator"))
    assert operator.get(address).status_code == 404
    assert "没有等答复的异议" in text_of(operator.get("/objections"))
    public = hall.stranger()
    assert "9月14日 08:30 前书面答复" in text_of(public.get(f"/c/yitian/board/{notice.id}"))
    clock_at(MONDAY + timedelta(days=8))
    assert "逾期未答复" in text_of(public.get(f"/c/yitian/board/{notice.id}"))
    assert "那天我没看见" in text_of(operator.get("/objections"))
    page = text_of(operator.get(address))
    assert "书面答复" in page
    assert hall.village.residents[1].name not in page
    assert "转给上级" in text_of(hall.as_(hall.village.residents[1]).get(address))
    assert operator.post(address, data={"decision": "dismiss", "answer": "核实过"}).status_code == 303
    figures = text_of(public.get("/c/yitian/objections/figures"))
    assert "2026 年第 3 季度" in figures
    assert "还没有人申诉过" in figures


def test_a_resident_appeals_what_was_posted_from_the_board(hall: Hall, notice: NoticeView, clock_at) -> None:
    address, by = f"/c/yitian/board/{notice.id}/appeal", hall.as_(hall.village.residents[1])
    early = by.get(address)
    assert "现在提异议就行" in text_of(early)
    clock_at(POSTED)
    assert "我要申诉" in text_of(hall.stranger().get(f"/c/yitian/board/{notice.id}"))
    assert hall.stranger().get(address).location == f"/sign-in?next={address}"
    assert "为什么申诉" in text_of(by.get(address))
    for reason in ("", "长" * 10_000):
        refused = by.post(address, data={"reason": reason})
        assert refused.status_code == 422
        assert reason in refused.get_data(as_text=True)
    sent = by.post(address, data={"reason": "是\r\n🙂"})
    assert sent.status_code == 303
    assert "申诉收到了" in text_of(by.get(sent.location))
    late = hall.as_(hall.village.residents[2]).post(address, data={"reason": "我也说"})
    assert (late.status_code, "我也说" in text_of(late)) == (409, True)
    supervisor = hall.as_(hall.village.one("supervisor"))
    supervisor.post(sent.location, data={"decision": "uphold", "answer": "查无此事"})
    public = text_of(hall.stranger().get(f"/c/yitian/board/{notice.id}"))
    assert "申诉成立，这一笔作废，6 分收回" in public
    assert "查无此事" in public
    mine = text_of(hall.as_(hall.village.residents[0]).get("/points"))
    assert "更正" in mine
    assert hall.as_(hall.other.residents[0], hall.other).get(address).status_code == 404


def test_the_household_appeals_a_rejected_record_from_its_own_page(hall: Hall, clock_at) -> None:
    record = hall.do(given_rejected, hall.village)
    own = hall.as_(hall.village.residents[0])
    assert "我要申诉" in text_of(own.get(f"/records/{record.id}"))
    address = f"/records/{record.id}/appeal"
    assert hall.as_(hall.village.residents[1]).get(address).status_code == 404
    sent = own.post(address, data={"reason": "照片可以再看"})
    assert "照片可以再看" in text_of(own.get(sent.location))
    assert "我要申诉" not in text_of(own.get(f"/records/{record.id}"))
    supervisor = hall.as_(hall.village.one("supervisor"))
    assert "没有给分" in text_of(supervisor.get(sent.location))
    clock_at(MONDAY + timedelta(hours=1))
    supervisor.post(sent.location, data={"decision": "change", "points": "5", "answer": "看清了"})
    assert "申诉成立，给 5 分" in text_of(own.get(f"/records/{record.id}"))
    assert "公示中" in text_of(own.get(f"/records/{record.id}"))
    (found,) = hall.ask(board, hall.village.community_id, now=MONDAY)
    public = text_of(hall.stranger().get(f"/c/yitian/board/{found.id}"))
    assert "评议会没有通过" in public
    assert public.index("申诉成立，给 5 分") < public.index("开始公示")
    assert "照片可以再看" not in public


def test_the_figures_are_for_everybody_and_say_where_there_is_nothing(hall: Hall) -> None:
    page = text_of(hall.stranger().get("/c/yitian/objections/figures"))
    assert "还没有人提过异议" in page
    assert hall.stranger().get("/c/nowhere/objections/figures").status_code == 404
