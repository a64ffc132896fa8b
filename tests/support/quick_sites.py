"""Makes a site in a tenth of the time. Nearly every test has a site of its own, and werkzeug compiles two functions for
each of three hundred routes whenever one is made; what they do depends on the route's text alone, so once is enough."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import Rule

_compile = Rule._compile_builder
_compiled: dict[tuple[Any, ...], Any] = {}


def _compile_once(rule: Rule, append_unknown: bool = True) -> Any:
    key = (rule.rule, rule.subdomain, rule.host, repr(rule.defaults), append_unknown)
    if key not in _compiled:
        _compiled[key] = _compile(rule, append_unknown)
    return _compiled[key]


Rule._compile_builder = _compile_once  # type: ignore[method-assign]
