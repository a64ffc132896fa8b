"""Commands as an operator types them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str


@pytest.fixture
def flask(site: Flask) -> Callable[..., Said]:
    """``flask("import", "roster", path)``: the command's answer. Not inside ``session``'s application context."""

    def run(*words: object, answers: str | None = None) -> Said:
        result = site.test_cli_runner().invoke(args=[str(word) for word in words], input=answers)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    return run
