"""Every way to say no has a sentence of its own, and every address says who may open it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from app import errors, sentences
from app.config import ROOT
from app.permissions import PERMISSIONS
from points.ledger.results import COMPARED, PASSING
from points.people.acts import KIND_OF
from tests.architecture.test_floors import FLOORS, trees

KINDS = {
    "NotFound",
    "NotAllowed",
    "Conflict",
    "Invalid",
    "Gone",
    "DomainError",
    "TooManyAttempts",
    "NotSignedIn",
}


def _texts(node: ast.expr) -> Iterator[str]:
    """The constant texts an expression can be: itself, or either arm of a conditional."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def raised_codes() -> dict[str, str]:
    """Code -> where it is raised."""
    return {
        code: f"{path}:{node.lineno}"
        for path, tree in trees(*FLOORS)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in KINDS and node.args
        for code in _texts(node.args[0])
    }  # fmt: skip


def returned_codes() -> set[str]:
    """What the rules of the ledger and of the forms return by name, for the caller to raise."""
    return {
        code
        for path, tree in trees("points", "shop")
        if path.name in ("verdicts.py", "results.py", "operations.py") and path.parent.name == "ledger"
        for node in ast.walk(tree)
        if isinstance(node, ast.Return) and node.value is not None
        for code in _texts(node.value)
        if "_" in code and code != "exists"
    }


def test_every_refusal_has_a_sentence():
    missing = {code: where for code, where in raised_codes().items() if code not in sentences.SENTENCES}
    assert missing == {}


def test_every_answer_of_the_ledger_has_a_sentence():
    compared = {
        f"exists_with_different_{name.removesuffix('_account_id').removesuffix('_id')}" for name in COMPARED
    }
    assert (returned_codes() | PASSING | compared) - set(sentences.SENTENCES) == set()


def test_every_kind_of_refusal_has_a_status_and_every_status_a_page(site):
    kinds = {kind.__name__ for kind in errors.STATUS}
    assert KINDS - {"DomainError"} <= kinds
    for status in errors.PAGES:
        site.jinja_env.get_template(f"errors/{status}.html")


def test_every_address_says_who_may_open_it(site):
    silent = []
    for rule in site.url_map.iter_rules():
        view = site.view_functions[rule.endpoint]
        if not hasattr(view, "permission"):
            silent.append(f"{rule.rule} ({rule.endpoint})")
        elif view.permission is not None:
            assert view.permission in PERMISSIONS, rule.rule
    assert silent == []


def test_every_permission_belongs_to_somebody():
    assert [name for name, roles in PERMISSIONS.items() if not roles] == []


def test_every_act_of_an_administrator_has_words_on_the_public_list():
    acts = {
        text
        for _path, tree in trees(*FLOORS)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "write_act"
        for text in _texts(node.args[2])
    }
    words = (ROOT / "templates/components/acts.html").read_text(encoding="utf-8")
    assert len(acts) >= 9
    assert {act for act in acts if f'act.act == "{act}"' not in words} == set()
    assert {act for act in acts if act not in KIND_OF} == set()
