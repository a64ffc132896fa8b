"""Drawing, visiting, and what everybody may read of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from points.fairness.drawing import draw, fingerprint
from tests.app.web.review.hall import Hall, text_of
from tests.builders import given_decided, given_record

OCTOBER_2 = datetime.fromisoformat("2026-10-02T09:00:00+08:00")


@pytest.fixture
def autumn(hall: Hall, clock_at: Callable[[datetime], None]) -> Hall:
    """Four awards of September, one of them the supervisor's own; it is the 2nd of October."""
    village = hall.village
    people = [*village.residents[:3], village.one("supervisor")]
    hall.do(
        given_decided, village, [hall.do(given_record, village, person, note="送了饭") for person in people]
    )
    late = OCTOBER_2 - timedelta(days=1)
    hall.do(given_decided, village, [hall.do(given_record, village, people[0], at=late)], at=late)
    clock_at(OCTOBER_2)
    return hall


def visits_of(page: str) -> list[str]:
    return re.findall(r'href="(/rechecks/[0-9a-f-]{36})"', page)


def test_the_supervisor_draws_visits_and_writes_down(autumn: Hall) -> None:
    village = autumn.village
    supervisor = autumn.as_(village.one("supervisor"))
    assert "2026年9月：到账 4 件，抽 3 件" in text_of(supervisor.get("/rechecks"))
    wrong = supervisor.post("/rechecks", data={"month": "2026-09-01", "count": "2"})
    assert wrong.status_code == 422
    assert "可以多抽，不能少抽" in text_of(wrong)
    assert supervisor.post("/rechecks", data={"month": "2026-09-01", "count": "4"}).status_code == 303
    page = supervisor.get("/rechecks")
    assert "抽好了" in text_of(page)
    addresses = visits_of(page.get_data(as_text=True))
    assert len(addresses) == 4
    paper = text_of(supervisor.get("/rechecks/paper"))
    assert paper.count("抽查走访表") == 4
    pages = {address: text_of(supervisor.get(address)) for address in addresses}
    (own,) = [address for address, words in pages.items() if "您和这件事有关" in words]
    one = next(address for address in addresses if address != own)
    assert "不是有人告状" in pages[one]
    assert "送了饭" in pages[one]
    empty = supervisor.post(one, data={"contact": "问了邻居", "words": ""})
    assert empty.status_code == 422
    assert "问了邻居" in empty.get_data(as_text=True)
    refused = supervisor.post(own, data={"state": "found_right", "words": "看过了"})
    assert refused.status_code == 403
    typed = {
        "state": "found_wrong",
        "contact": "问了邻居",
        "words": "那天没有人去",
        "visited_on": "2026-10-02",
    }
    assert supervisor.post(one, data=typed).status_code == 303
    found = supervisor.get(one)
    assert "分数不会自己变" in text_of(found)
    record = re.search(r'href="(/records/[0-9a-f-]{36})"', found.get_data(as_text=True))
    assert supervisor.get(record[1]).status_code == 200
    assert supervisor.post(one, data=typed | {"state": "found_right"}).status_code == 409


def test_everybody_reads_counts_and_can_repeat_the_draw_but_finds_no_name(autumn: Hall) -> None:
    village, stranger = autumn.village, autumn.stranger()
    assert "还没有抽查过" in text_of(stranger.get("/c/yitian/rechecks"))
    assert stranger.get("/c/yitian/rechecks/2026-09.txt").status_code == 404
    supervisor = autumn.as_(village.one("supervisor"))
    supervisor.post("/rechecks", data={"month": "2026-09-01"})
    own_pages = [text_of(supervisor.get(address)) for address in visits_of(supervisor.get("/rechecks").text)]
    page = stranger.get("/c/yitian/rechecks")
    assert "到账 4 件，抽了 3 件：属实 0，不属实 0，没查成 0，还没去看 3。" in text_of(page)
    assert "2026-10-01 全部账目编号的指纹" in text_of(page)
    for person in [*village.residents, *village.judges, village.one("supervisor")]:
        assert person.name not in page.get_data(as_text=True)
    seed, of_list = re.findall(r"<code>([0-9a-f]{64})</code>", page.get_data(as_text=True))
    listed = stranger.get("/c/yitian/rechecks/2026-09.txt")
    assert listed.mimetype == "text/plain"
    lines = [line.split("\t") for line in listed.text.splitlines()]
    assert [number for number, _id in lines] == ["1", "2", "3", "4"]
    assert fingerprint([notice for _number, notice in lines]) == of_list  # type: ignore[misc]
    numbers = draw(bytes.fromhex(seed), 4, 3)
    assert all(any(f"第 {number} 号" in words for words in own_pages) for number in numbers)
    assert stranger.get(f"/c/yitian/board/{lines[0][1]}").status_code == 200
    assert "抽签：抽查 2026-09 3/4" in text_of(stranger.get("/c/yitian/changes"))
    for wrong in ("2026-13", "2026-10", "september"):
        assert stranger.get(f"/c/yitian/rechecks/{wrong}.txt").status_code == 404


def test_re_checks_are_the_supervisors(autumn: Hall) -> None:
    for who in (autumn.village.chair, autumn.village.one("steward"), autumn.village.residents[0]):
        browser = autumn.as_(who)
        assert browser.get("/rechecks").status_code == 403
        assert browser.post("/rechecks", data={"month": str(date(2026, 9, 1))}).status_code == 403
    supervisor = autumn.as_(autumn.village.one("supervisor"))
    supervisor.post("/rechecks", data={"month": "2026-09-01"})
    (address, *_others) = visits_of(supervisor.get("/rechecks").text)
    next_door = autumn.as_(autumn.other.one("supervisor"), autumn.other)
    assert next_door.get(address).status_code == 404
    assert visits_of(next_door.get("/rechecks").text) == []
