"""The three floors and the habits that keep them: who imports whom, who commits, who asks the clock."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import ROOT

FLOORS = ("points", "shop", "app")
LONGEST_FUNCTION, LONGEST_MODULE = 60, 400


def modules(*floors: str) -> list[Path]:
    """Every Python file of some floors."""
    return sorted(path for floor in floors for path in (ROOT / floor).rglob("*.py"))


def trees(*floors: str) -> Iterator[tuple[Path, ast.Module]]:
    """Every module, parsed."""
    for path in modules(*floors):
        yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Every call with the dotted name that is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func)


def test_the_floors_are_kept():
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_transact_commits():
    found = [
        f"{path}:{call.lineno}"
        for path, tree in trees(*FLOORS)
        for call, name in calls(tree)
        if name.endswith(".commit") and path.as_posix() != "app/transaction.py"
    ]
    assert found == []


def test_points_and_shop_are_told_the_time_and_never_ask():
    asking = re.compile(r"(^|\.)(now|utcnow|today|fromtimestamp|time|monotonic|localtime|gmtime)$")
    found = [
        f"{path}:{call.lineno} {name}()"
        for path, tree in trees("points", "shop")
        for call, name in calls(tree)
        if asking.search(name) and name.split(".")[0] in ("datetime", "date", "time", "func", "sa", "dt")
    ]
    assert found == []


def test_points_and_shop_hold_no_words_for_people():
    """A sentence needs a language, and the domain has none: a refusal is a code and facts."""
    found = [
        f"{path}:{call.lineno} {ast.unparse(call)[:80]}"
        for path, tree in trees("points", "shop")
        for call, name in calls(tree)
        if name in KINDS
        and call.args
        and not re.fullmatch(r"'[a-z_]+'", ast.unparse(call.args[0]))
        and _is_text(call.args[0])
    ]
    assert found == []


KINDS = ("NotFound", "NotAllowed", "Conflict", "Invalid", "Gone", "DomainError")


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_no_function_is_longer_than_a_screen():
    found = [
        f"{path}:{node.lineno} {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for path, tree in trees(*FLOORS)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert found == []


def test_no_module_is_longer_than_400_lines_or_a_drawer_for_everything():
    found = [
        f"{path.relative_to(ROOT)}: {lines} lines"
        for path in modules(*FLOORS)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_MODULE
    ]
    assert found == []
    assert [path for path in modules(*FLOORS) if path.stem in ("utils", "helpers", "misc", "common")] == []


def test_money_is_never_a_float():
    found = [
        f"{path}:{node.lineno}"
        for path, tree in trees("points", "shop")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and ast.unparse(node) in ("sa.Float", "sa.Numeric", "sa.Double", "sa.REAL")
    ]
    assert found == []


@pytest.mark.parametrize("floor", FLOORS)
def test_every_module_says_what_it_is(floor: str):
    empty = [str(path) for path, tree in trees(floor) if tree.body and not ast.get_docstring(tree)]
    assert empty == []
