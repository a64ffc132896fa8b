"""Blind until closed: no page and no call tells anybody how somebody else voted.

The same open session is looked at twice, through every address of the site and as every role: once after a judge
approved with many points, once after the same judge rejected. Nobody but that judge may see a difference.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.transaction import transact
from points.people.queries import MemberBrief
from points.review.ballots import CastBallot, cast_ballot
from points.review.queries import agenda_for, session_by_id
from tests.app.web.review.hall import Hall
from tests.builders import MONDAY, PASSWORD, given_decided, given_open_session, given_record, phone_of

CHANGES_BY_ITSELF = re.compile(
    r'name="(?:csrf_token|request_key)" value="[^"]*"|"(?:request_id|csrf)": ?"[^"]*"|<span class="num">[0-9a-f]{16}</span>'
)
NOT_PAGES = ("static", "healthz", "readyz")


@pytest.fixture
def values(hall: Hall) -> dict[str, list[object]]:
    """What may stand in an address: everything about the open session, and about one that is over."""
    village = hall.village
    earlier = hall.do(given_record, village, village.residents[2], rule="AID-01")
    hall.do(given_decided, village, [earlier])
    record = hall.do(given_record, village, village.residents[0])
    session_id = hall.do(given_open_session, village)
    sitting = hall.ask(session_by_id, village.community_id, session_id, now=MONDAY)
    (item,) = hall.ask(agenda_for, village.community_id, session_id, None, now=MONDAY)
    return {
        "session_id": [session_id], "record_id": [record.id, earlier.id], "item_id": [item.id],
        "token": [sitting.roll_call_token], "code": [village.code], "filename": ["app.css"], "part": [0], "kind": ["pdf"],
    }  # fmt: skip


def addresses(site: Flask, values: dict[str, list[object]]) -> Iterator[str]:
    """Every address of the site that can be read, with these values in it; any id where none fits."""
    adapter = site.url_map.bind("localhost")
    for rule in site.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint in NOT_PAGES:
            continue
        for at in range(2):
            filled = {}
            for name in rule.arguments:
                known = values.get(name) or [values["record_id"][0] if "uuid" in rule.rule else "x"]
                filled[name] = known[min(at, len(known) - 1)]
            yield adapter.build(rule.endpoint, filled)


def everybody(hall: Hall, but: MemberBrief) -> dict[str, FlaskClient]:
    """A browser of each role, of the one whose deed it is, and of nobody."""
    village = hall.village
    people = {role: members[0] for role, members in village.staff.items()}
    people |= {"reviewer": next(member for member in village.staff["reviewer"] if member != but)}
    people |= {"subject": village.residents[0], "resident": village.residents[1]}
    return {name: hall.as_(person) for name, person in people.items()} | {"stranger": hall.stranger()}


def look(
    clients: dict[str, FlaskClient], paths: list[str], **options: object
) -> dict[tuple[str, str], tuple[int, str]]:
    seen = {}
    for name, client in clients.items():
        for path in paths:
            answer = client.get(path, **options)
            seen[name, path] = answer.status_code, CHANGES_BY_ITSELF.sub("", answer.get_data(as_text=True))
    return seen


def vote(
    hall: Hall,
    judge: MemberBrief,
    values: dict[str, list[object]],
    choice: str,
    points: int | None,
    reason: str,
) -> None:
    session_id, record_id = values["session_id"][0], values["record_id"][0]
    assert isinstance(session_id, uuid.UUID)
    command = CastBallot(hall.village.community_id, judge.id, session_id, record_id, choice, points, reason)
    hall.do(transact, cast_ballot, command)


def test_no_page_tells_another_how_a_judge_voted(hall: Hall, values: dict[str, list[object]]) -> None:
    judge = hall.village.judges[1]
    clients = everybody(hall, but=judge)
    paths = [path for path in dict.fromkeys(addresses(hall.site, values)) if not path.startswith("/api/")]
    assert len(paths) > 30
    vote(hall, judge, values, "approve", 10, "看过现场")
    look(clients, paths)  # a page may greet somebody once
    before = look(clients, paths)
    vote(hall, judge, values, "reject", None, "暗号：乌云")
    after = look(clients, paths)
    told = [key for key in before if before[key] != after[key]]
    assert told == []
    assert not [key for key, (_, body) in after.items() if "乌云" in body]


def test_no_call_tells_another_how_a_judge_voted(hall: Hall, values: dict[str, list[object]]) -> None:
    judge = hall.village.judges[1]
    paths = [path for path in dict.fromkeys(addresses(hall.site, values)) if path.startswith("/api/")]
    people = {role: members[0] for role, members in hall.village.staff.items() if role != "reviewer"}
    people |= {"reviewer": hall.village.judges[2], "subject": hall.village.residents[0]}
    programs = {}
    for name, person in people.items():
        sent = {"phone": phone_of(int(person.household_number)), "password": PASSWORD}
        token = (
            hall.stranger()
            .post("/api/v1/tokens", json=sent, headers={"Idempotency-Key": uuid.uuid4().hex})
            .json["token"]
        )
        programs[name] = {"Authorization": f"Bearer {token}"}
    assert len(paths) > 10
    vote(hall, judge, values, "approve", 10, "看过现场")
    before = {
        name: look({name: hall.stranger()}, paths, headers=headers) for name, headers in programs.items()
    }
    vote(hall, judge, values, "reject", None, "暗号：乌云")
    after = {
        name: look({name: hall.stranger()}, paths, headers=headers) for name, headers in programs.items()
    }
    assert before == after
    assert "乌云" not in str(after)


def test_the_judge_alone_sees_the_own_ballot(hall: Hall, values: dict[str, list[object]]) -> None:
    judge = hall.village.judges[1]
    vote(hall, judge, values, "reject", None, "暗号：乌云")
    session_id, record_id = values["session_id"][0], values["record_id"][0]
    body = hall.as_(judge).get(f"/review/{session_id}/items/{record_id}").get_data(as_text=True)
    assert "暗号：乌云" in body
