"""Refuses SQL that forgets its community: every community table in a statement needs its own ``community_id``.

A forgotten one shows one village's rows to another and, on a sharded database, asks every machine at once. Statements
that cross communities on purpose say so, with the execution option ``across_communities=True`` or a comment holding
``across communities``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import sqlalchemy as sa

from app.models import metadata

MARK = "across communities"
COMMUNITY_TABLES = frozenset(
    table.name for table in metadata.tables.values() if "community_id" in table.primary_key.columns
)
_SKIPPED = re.compile(
    r"\s*(CREATE|ALTER|DROP|PRAGMA|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SET|SHOW|TRUNCATE)\b", re.I
)
_TEXTS = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.S)
_WORD = re.compile(r"\(|\)|,|[A-Za-z_][A-Za-z_0-9]*|[^\sA-Za-z_]+")
_NOT_ALIASES = frozenset(
    "where join on left right inner outer full cross natural set values order group having limit offset union except "
    "intersect returning for using select default as from indexed not lateral".split()
)
_PARAMETER = r"(?:\?|:\w+|\$\d+|%s|%\(\w+\)s(?:::\w+)?|\d+|CAST\()"
_BOUND = re.compile(
    rf"(?:\b(\w+)\.)?\bcommunity_id\s*=\s*{_PARAMETER}|{_PARAMETER}\s*=\s*(?:(\w+)\.)?community_id\b", re.I
)
_LINKED = re.compile(r"\b(\w+)\.community_id\s*=\s*(\w+)\.community_id\b", re.I)
_ROW_VALUE = re.compile(r"\(\s*(?:(\w+)\.)?community_id\s*,[^()]*\)\s*(?:=|IN)\s*\(", re.I)
_INSERT = re.compile(r"\bINTO\s+\"?(\w+)\"?(?:\s+AS\s+\w+)?\s*\(([^)]*)\)", re.I)


class CommunityForgotten(AssertionError):
    """A statement that names a community table without binding its community."""


@lru_cache(maxsize=20_000)
def what_is_wrong(statement: str) -> str | None:
    """The tables whose community is not bound, as a sentence; None when all is well."""
    if MARK in statement or _SKIPPED.match(statement):
        return None
    text = _TEXTS.sub("''", statement)
    inserted = [(table, columns) for table, columns in _INSERT.findall(text) if table in COMMUNITY_TABLES]
    for table, columns in inserted:
        if "community_id" not in re.split(r"[\s,\"]+", columns):
            return f"INSERT INTO {table} without community_id"
    references = _references(text)
    if not references:
        return None
    conditions, bound = _conditions(text, set(references))
    for name, times in references.items():
        unqualified = conditions[""] if len(references) == 1 else 0
        if conditions[name] + unqualified < times:
            return f"{name} is named {times} times, its community_id bound {conditions[name] + unqualified} times"
        if not unqualified and name not in bound:
            return f"the community_id of {name} meets no bound value"
    return None


def _references(text: str) -> Counter[str]:
    """How often each name of a community table (alias or own) stands in FROM, JOIN, UPDATE or DELETE."""
    words = _WORD.findall(text.replace('"', ""))
    found: Counter[str] = Counter()
    at = 0
    while at < len(words):
        word = words[at].lower()
        before = words[at - 1].lower() if at else ""
        at += 1
        if word in ("from", "join") or (word == "update" and before not in ("for", "do", "no", "on")):
            at = _table_list(words, at, found, several=word == "from")
    return found


def _table_list(words: list[str], at: int, found: Counter[str], *, several: bool) -> int:
    while at < len(words):
        table = words[at].lower()
        at += 1
        if table == "only":
            continue
        if table == "(":
            return at  # a subquery; its own FROM comes by
        name = table
        if at < len(words) and words[at].lower() == "as":
            name, at = words[at + 1].lower(), at + 2
        elif at < len(words) and re.match(r"[A-Za-z_]", words[at]) and words[at].lower() not in _NOT_ALIASES:
            name, at = words[at].lower(), at + 1
        if table in COMMUNITY_TABLES:
            found[name] += 1
        if not (several and at < len(words) and words[at] == ","):
            return at
        at += 1
    return at


def _conditions(text: str, names: set[str]) -> tuple[Counter[str], set[str]]:
    """How many conditions stand on each name's community_id, and which names meet a bound value in the end."""
    text = text.replace('"', "")
    conditions: Counter[str] = Counter()
    bound: set[str] = set()
    for pattern in (_BOUND, _ROW_VALUE):
        for match in pattern.finditer(text):
            name = next((group for group in match.groups() if group), "").lower()
            conditions[name] += 1
            bound.add(name)
    links = [(left.lower(), right.lower()) for left, right in _LINKED.findall(text)]
    for pair in links:
        conditions.update(pair)
    # A derived table was looked at where it stands, so it counts as bound.
    bound |= {name for pair in links for name in pair if name not in names}
    while True:
        reached = {name for pair in links if bound & set(pair) for name in pair} - bound
        if not reached:
            return conditions, bound
        bound |= reached


class StatementLint:
    """Watches every engine of the process; keeps what it refused, for code that swallows errors."""

    def __init__(self) -> None:
        self.refused: list[str] = []

    def watch(self) -> None:
        """From now on every statement is read before it is sent."""
        sa.event.listen(sa.Engine, "before_cursor_execute", self._before)

    @contextmanager
    def away(self) -> Iterator[None]:
        """Nobody listens in the block, as outside of tests: hot statements then take their short way (points/prepared.py)."""
        sa.event.remove(sa.Engine, "before_cursor_execute", self._before)
        try:
            yield
        finally:
            self.watch()

    def _before(self, _connection, _cursor, statement: str, _parameters, context, _many: bool) -> None:
        problem = what_is_wrong(statement)
        if problem is None or (context is not None and context.execution_options.get("across_communities")):
            return
        self.refused.append(f"{problem}\n{statement}")
        raise CommunityForgotten(self.refused[-1])
