"""Makes a site in a tenth of the time. Nearly every test has a site of its own, and whenever one is made werkzeug parses and
compiles four hundred routes, and SQLAlchemy compiles every statement anew. Both depend on nothing but their text, so once is
enough: routes are kept by their text, and engines by the address that tests share. Each site has its own view of a kept
engine, so that what a test listens to ends with it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.engine.base import OptionEngine
from werkzeug.routing import Rule

import app.database

_compile, _make_engine, _listen = Rule.compile, SQLAlchemy._make_engine, app.database.listen
_routes: dict[tuple[Any, ...], dict[str, Any]] = {}
_kept: set[str] = set()
_engines: dict[str, sa.Engine] = {}
KEPT = ("_parts", "_trace", "_converters", "arguments")
BUILDERS = ("_build", "_build_unknown")


def _compile_once(rule: Rule) -> None:
    key = (
        rule.rule,
        rule.subdomain,
        rule.host,
        repr(rule.defaults),
        rule.merge_slashes,
        rule.map.host_matching,
    )
    kept = _routes.get(key)
    if kept is None:
        _compile(rule)
        _routes[key] = {name: getattr(rule, name) for name in KEPT} | {
            name: getattr(rule, name).__func__ for name in BUILDERS
        }
        return
    for name in KEPT:
        setattr(rule, name, kept[name])
    for name in BUILDERS:
        setattr(rule, name, kept[name].__get__(rule, None))


def _make_once(self: SQLAlchemy, bind_key: str | None, options: dict[str, Any], site: Flask) -> sa.Engine:
    address = sa.make_url(options["url"]).render_as_string(hide_password=False)
    if address not in _kept:
        return _make_engine(self, bind_key, options, site)
    key = repr([address, sorted(options.items(), key=str)])
    if key not in _engines:
        _engines[key] = _make_engine(self, bind_key, options, site)
        _listen(_engines[key])
    return _engines[key].execution_options()


def _listen_once(engine: sa.Engine) -> None:
    if not isinstance(engine, OptionEngine):
        _listen(engine)


def keep(address: str) -> str:
    """An address that many tests of a worker use one after the other: its engines stay. What the last one left open is
    closed now, before the database under it is another one."""
    _kept.add(address)
    for engine in _engines.values():
        engine.dispose()
    return address


Rule.compile = _compile_once  # type: ignore[method-assign]
SQLAlchemy._make_engine = _make_once  # type: ignore[method-assign]
app.database.listen = _listen_once
