"""The interface held against its own document by machine-made requests, right ones and wrong ones.

Each case is checked for: no server error, a documented status, content type, headers and body, 405 with ``Allow`` for
methods that are not there, 401 without the token, and a refusal of whatever the document forbids. That every right one
be accepted is not asked: a cursor, an id or a rule's code can be well-formed and still lead nowhere.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from app import clock
from tests.app.api.conftest import SHOPPING_DAY
from tests.app.api.program import House
from tests.builders import Village

load_all_checks()
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
CONFIG = schemathesis.Config.from_dict({"generation": {"deterministic": True}})


def hypothesis_settings(examples: int) -> settings:
    return settings(
        max_examples=examples, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip


def read_to_the_end(site: Flask) -> Callable[[dict[str, Any], Any], list[bytes]]:
    """The site for a client that never closes an answer: a photo would stay open."""

    def serve(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        with closing(site(environ, start_response)) as body:
            return list(body)

    return serve


class Prober:
    """Sends cases as one member; cases that are right are sent once more with ids that exist."""

    def __init__(self, house: House, token: Callable[[], str] | None, things: dict[str, str]) -> None:
        app = read_to_the_end(house.site)
        self.schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=CONFIG)
        self.village, self.things, self.token = house.village, things, token
        self.statuses: Counter[int] = Counter()
        self.numbers = itertools.count()
        self._kept = token() if token else None

    def operations(self) -> Iterator[APIOperation]:
        for result in self.schema.get_all_operations():
            yield result.ok()

    def send(self, case: Case, *, grounded: bool = False) -> None:
        headers = {"Accept-Encoding": "identity"}
        if self.token is not None:
            # a call that revokes the token gets one of its own
            token = self.token() if case.method == "DELETE" else self._kept
            headers["Authorization"] = f"Bearer {token}"
        # what was changed by hand is judged anew, and a file in a form is then taken for a violation
        excluded = [positive_data_acceptance] + [negative_data_rejection] * grounded
        response = case.call_and_validate(headers=headers, excluded_checks=excluded)
        self.statuses[response.status_code] += 1

    def ground(self, case: Case) -> None:
        """Real ids for made-up ones, so that the call gets past "not found"."""
        for name in case.path_parameters or {}:
            case.path_parameters[name] = self.things[name]
        (case.query or {}).pop("after", None)
        if isinstance(case.body, dict):
            case.body |= {name: value for name, value in self.real().items() if name in case.body}
        if case.headers and "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = f"grounded-{next(self.numbers)}"

    def real(self) -> dict[str, Any]:
        line = {"item_id": str(self.village.items["I01"]), "quantity": 1}
        return {
            "shop_id": str(self.village.shop_id), "lines": [line], "rule": "AID-02", "done_on": "2026-09-05",
            "member_ids": [str(self.village.residents[2].id)], "household_id": None, "evidence_ids": [],
            "code": self.things["code"],
        }  # fmt: skip

    def cover(self, operation: APIOperation) -> None:
        """Every boundary of every parameter, deterministically."""
        generation = CONFIG.projects.default.generation
        for case in self.schema.iter_coverage_cases(
            operation, generation_modes=list(MODES), generation_config=generation
        ):
            self.send(case)

    def fuzz(self, operation: APIOperation, mode: GenerationMode, examples: int) -> None:
        @hypothesis_settings(examples)
        @given(case=operation.as_strategy(generation_mode=mode))
        def probe(case: Case) -> None:
            self.send(case)
            if mode is GenerationMode.POSITIVE:
                self.ground(case)
                self.send(case, grounded=True)

        probe()


def probe_all(prober: Prober, *, examples: int, cover: bool) -> Counter[int]:
    for operation in prober.operations():
        if cover:
            prober.cover(operation)
        for mode in MODES:
            prober.fuzz(operation, mode, examples)
    return prober.statuses


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_who_may_do_everything_meets_nothing_undocumented(
    house: House, village: Village, things: dict[str, str]
) -> None:
    member = house.with_every_role(village.residents[0])
    with clock.at(SHOPPING_DAY):
        statuses = probe_all(Prober(house, lambda: house.token_of(member), things), examples=3, cover=True)
    assert {200, 201, 400, 404, 409, 422} <= set(statuses)
    assert 403 not in statuses or statuses[403] < sum(statuses.values()) / 4


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("who", ["resident", "chair", "shop_staff"])
def test_others_meet_nothing_undocumented_either(
    house: House, village: Village, things: dict[str, str], who: str
) -> None:
    member = village.residents[0] if who == "resident" else village.one(who)
    with clock.at(SHOPPING_DAY):
        statuses = probe_all(Prober(house, lambda: house.token_of(member), things), examples=2, cover=False)
    assert {200, 201, 403, 404, 422} <= set(statuses)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_strangers_meet_nothing_undocumented_either(house: House, things: dict[str, str]) -> None:
    statuses = probe_all(Prober(house, None, things), examples=1, cover=False)
    assert {401, 422} <= set(statuses)
    assert 403 not in statuses


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_the_other_database_changes_nothing_about_it(
    house: House, village: Village, things: dict[str, str]
) -> None:
    member = house.with_every_role(village.residents[0])
    with clock.at(SHOPPING_DAY):
        statuses = probe_all(Prober(house, lambda: house.token_of(member), things), examples=3, cover=False)
    assert {200, 201, 404, 422} <= set(statuses)
