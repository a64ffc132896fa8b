"""What the supervisor reads about the review, and a reviewer about themselves; nobody else reads any of it."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from app.web import fairness
from points.fairness.deeds import JudgedDeed
from tests.app.web.review.hall import Hall, text_of
from tests.builders import given_open_session, given_record
from tests.points.fairness.made_up import panel
from tests.points.review.voting import close, vote_on

LOOKS = ("/fairness", "/fairness?show=severity", "/fairness?show=pairs")


@pytest.fixture
def judged(hall: Hall) -> Hall:
    """Five deeds of two grids that four reviewers scored."""
    records = [hall.do(given_record, hall.village, resident) for resident in hall.village.residents[:5]]
    session_id = hall.do(given_open_session, hall.village)
    for record in records:
        hall.do(vote_on, hall.village, session_id, record, 7, 5, 4, "no")
    hall.do(close, hall.village, session_id)
    return hall


def test_the_supervisor_reads_three_looks_and_nobody_else_does(judged: Hall) -> None:
    supervisor = judged.as_(judged.village.one("supervisor"))
    spread = text_of(supervisor.get("/fairness"))
    assert "投票给分 5 件，至少一半都是 5 分" in spread
    assert "AID-02" in spread
    severity = text_of(supervisor.get("/fairness?show=severity"))
    assert judged.village.chair.name in severity
    assert "能和大家比的票有 5 张，满 30 张再看" in severity
    assert "票还太少，看不出来" in text_of(supervisor.get("/fairness?show=pairs"))
    assert supervisor.get("/fairness?show=_words").status_code == 200
    for who in (judged.village.chair, judged.village.one("steward"), judged.village.residents[0]):
        assert {judged.as_(who).get(address).status_code for address in LOOKS} == {403}
    assert judged.stranger().get("/fairness").status_code == 303
    next_door = judged.as_(judged.other.one("supervisor"), judged.other)
    assert "还没有投票给的分" in text_of(next_door.get("/fairness"))
    assert "还没有能比的票" in text_of(next_door.get("/fairness?show=severity"))


def test_a_reviewer_reads_the_own_line_and_nobody_elses(
    judged: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    chair, other = judged.village.judges[:2]
    assert "能和大家比的票有 5 张" in text_of(judged.as_(chair).get("/fairness/mine"))
    few = fairness.judged_deeds
    monkeypatch.setattr(fairness, "judged_deeds", lambda *args, **more: list(few(*args, **more)) * 8)
    page = judged.as_(chair).get("/fairness/mine")
    assert "给分比大家松，平均每次高 2.5 分" in text_of(page)
    assert "不同意得比大家少：0%，同样的事别人是 33%" in text_of(page)
    assert other.name not in page.get_data(as_text=True)
    rejecting = text_of(judged.as_(judged.village.judges[3]).get("/fairness/mine"))
    assert "不同意得比大家多：100%，同样的事别人是 0%" in rejecting
    assert "我打的分" in text_of(judged.as_(chair).get("/review"))
    for who in (judged.village.one("supervisor"), judged.village.residents[0]):
        assert judged.as_(who).get("/fairness/mine").status_code == 403
    severity = text_of(judged.as_(judged.village.one("supervisor")).get("/fairness?show=severity"))
    assert "值得看一眼" in severity
    assert "1.25" not in severity


def test_households_that_lift_each_other_are_named_with_care(
    judged: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The invented panel, with the village's own people in it."""
    homes = [member.household_id for member in [*judged.village.judges, *judged.village.residents]]
    people = {member.household_id: member.id for member in judged.village.judges}

    def a_year(*_args: object, **_more: object) -> Iterator[JudgedDeed]:
        for deed in panel(Random(1), deeds=300, judges=4, households=10, clique=(0, 1), lift=4):
            ballots = tuple(
                type(one)(people[homes[one.judge.int]], homes[one.judge.int], one.choice, one.points)
                for one in deed.ballots
            )
            yield type(deed)(deed.rule, homes[deed.household.int], deed.least, deed.most, 1, ballots)

    monkeypatch.setattr(fairness, "judged_deeds", a_year)
    page = text_of(judged.as_(judged.village.one("supervisor")).get("/fairness?show=pairs"))
    assert "值得看一眼：001、002 号" in page
    assert "这不是结论" in page
    assert "001 号评 002 号的" in page
    assert f"评议员：{judged.village.judges[0].name}、{judged.village.judges[1].name}" in page
