"""Another community's things are not there, whoever asks: the URL map is walked, so that no route is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from werkzeug.routing import Rule

from app import clock
from app.transaction import transact
from points.people.models import ROLES
from points.people.operations import GrantRole, grant_role
from tests.app.api.conftest import SHOPPING_DAY
from tests.app.api.program import House, Program
from tests.app.api.test_evidence import a_photo, upload
from tests.builders import Village, given_open_session, given_order, given_points, given_record

BODIES = {
    "api_notices.object_to": {"reason": "那天她不在村里"},
    "api_sessions.vote": {"choice": "abstain"},
    "api_sessions.join": {"code": "0" * 22},
}


@dataclass
class Things:
    """One of everything in the first village, by the name it has in addresses."""

    ids: dict[str, str]


@pytest.fixture
def things(house: House, village: Village) -> Things:
    resident = village.residents[0]
    house.do(given_points, village, resident, 10)
    order = house.do(given_order, village, resident)
    record = house.do(given_record, village, village.residents[1])
    own = house.as_(resident)
    return Things(
        {
            "record_id": str(record.id),
            "session_id": str(house.do(given_open_session, village)),
            "notice_id": own.get("/notices").json["items"][0]["id"],
            "order_id": str(order.id),
            "wallet_id": own.get("/me").json["wallet"]["id"],
            "photo_id": upload(own, a_photo()).json["id"],
        }
    )


def routes_with_an_id(house: House) -> Iterator[tuple[Rule, str]]:
    for rule in house.site.url_map.iter_rules():
        if rule.rule.startswith("/api/") and rule.arguments:
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield rule, method


def somebody_with_every_role(house: House) -> Program:
    """Of the other village: no role opens a door in the first one."""
    member = house.other.residents[0]
    for role in ROLES:
        scope = house.other.shop_id if role == "shop_staff" else None
        command = GrantRole(house.other.community_id, member.id, role, "试验", scope_id=scope)
        house.do(transact, grant_role, command)
    return house.as_(member, house.other)


def call(program: Program, house: House, rule: Rule, method: str, things: Things):
    path = house.site.url_map.bind("localhost").build(
        rule.endpoint, {name: things.ids[name] for name in rule.arguments}
    )
    key = "border-" + rule.endpoint[-40:]
    return program.call(method, path.removeprefix("/api/v1"), BODIES.get(rule.endpoint), key=key)


def test_for_another_community_nothing_is_there(house: House, things: Things) -> None:
    program = somebody_with_every_role(house)
    seen = 0
    for rule, method in routes_with_an_id(house):
        answer = call(program, house, rule, method, things)
        assert answer.status_code == 404, f"{method} {rule.rule}: {answer.status_code} {answer.text}"
        assert answer.json["code"].endswith("_not_found"), rule.rule
        seen += 1
    assert seen >= 13


def test_without_a_token_nothing_but_the_public_is_there(house: House, things: Things) -> None:
    for rule, method in routes_with_an_id(house):
        answer = call(house.stranger(), house, rule, method, things)
        assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in"), rule.rule


def test_lists_hold_nothing_of_another_community(house: House, village: Village, things: Things) -> None:
    program = somebody_with_every_role(house)
    with clock.at(SHOPPING_DAY + timedelta(hours=1)):
        for path, query in (
            ("/records", {"of": "all"}),
            ("/records", {"of": "household"}),
            ("/sessions", {}),
            ("/notices", {}),
            ("/items", {"shop": None}),
            ("/members", {"q": "村民"}),
        ):
            answer = program.get(path, **query)
            assert answer.status_code == 200, path
            for known in (
                *things.ids.values(),
                str(village.shop_id),
                *(str(one.id) for one in village.residents),
            ):
                assert known not in answer.text, path


def test_every_route_says_whom_it_is_for_and_what_it_is(house: House) -> None:
    for rule in house.site.url_map.iter_rules():
        if rule.rule.startswith("/api/"):
            view = house.site.view_functions[rule.endpoint]
            assert hasattr(view, "permission"), rule.rule
            assert hasattr(view, "call") or rule.endpoint == "api_document.openapi", rule.rule
