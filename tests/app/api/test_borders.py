"""Another community's things are not there, whoever asks: the URL map is walked, so that no route is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from werkzeug.routing import Rule

from app import clock
from tests.app.api.conftest import SHOPPING_DAY
from tests.app.api.program import House, Program
from tests.builders import Village

BODIES = {
    "api_notices.object_to": {"reason": "那天她不在村里"},
    "api_objections.appeal_notice": {"reason": "那天她不在村里"},
    "api_objections.appeal_record": {"reason": "那天她在村里"},
    "api_objections.answer": {"decision": "dismiss", "answer": "查过"},
    "api_objections.confirm": {"version": 1},
    "api_sessions.vote": {"choice": "abstain"},
    "api_sessions.join": {"code": "0" * 22},
    "api_shop.move": {"shop_id": "01a00000-0000-7000-8000-000000000000"},
}


def routes_with_an_id(house: House) -> Iterator[tuple[Rule, str]]:
    for rule in house.site.url_map.iter_rules():
        if rule.rule.startswith("/api/") and rule.arguments:
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield rule, method


def somebody_with_every_role(house: House) -> Program:
    """Of the other village: no role opens a door in the first one."""
    return house.as_(house.with_every_role(house.other.residents[0], house.other), house.other)


def call(program: Program, house: House, rule: Rule, method: str, things: dict[str, str]):
    path = house.site.url_map.bind("localhost").build(
        rule.endpoint, {name: things[name] for name in rule.arguments}
    )
    key = "border-" + rule.endpoint[-40:]
    return program.call(method, path.removeprefix("/api/v1"), BODIES.get(rule.endpoint), key=key)


def test_for_another_community_nothing_is_there(house: House, things: dict[str, str]) -> None:
    program = somebody_with_every_role(house)
    seen = 0
    for rule, method in routes_with_an_id(house):
        answer = call(program, house, rule, method, things)
        assert answer.status_code == 404, f"{method} {rule.rule}: {answer.status_code} {answer.text}"
        assert answer.json["code"].endswith("_not_found"), rule.rule
        seen += 1
    assert seen >= 13


def test_without_a_token_nothing_but_the_public_is_there(house: House, things: dict[str, str]) -> None:
    for rule, method in routes_with_an_id(house):
        answer = call(house.stranger(), house, rule, method, things)
        assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in"), rule.rule


def test_lists_hold_nothing_of_another_community(
    house: House, village: Village, things: dict[str, str]
) -> None:
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
                *things.values(),
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
