"""The numbered migrations build exactly what the models say: tables, checks, keys, indexes, triggers, functions."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg
import pytest
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade

from app.database import db
from app.models import ROOT_MIGRATIONS, metadata
from tests.conftest import close_site, new_site, plain_url

POSTGRESQL_CATALOGUE = {
    "columns": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
               pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, contype, pg_get_constraintdef(oid), convalidated
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": """
        SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled FROM pg_trigger
        WHERE NOT tgisinternal""",
    "functions": """
        SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace""",
    "sequences": "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'",
}


def schema_of(url: str) -> set[tuple]:
    """Everything the database's own catalogue knows, but for alembic's table."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
        return {
            (kind, name, _parts(text))
            for kind, name, table, text in rows
            if table != "alembic_version" and text
        }
    with psycopg.connect(plain_url(url)) as connection:
        return {
            (what, *row)
            for what, query in POSTGRESQL_CATALOGUE.items()
            for row in connection.execute(query).fetchall()
            if "alembic_version" not in row
        }


def _parts(text: str) -> tuple[str, ...]:
    """A table's columns and constraints in no order; everything else as one text without its layout."""
    text = re.sub(r"\s+", " ", text).strip()
    table = re.fullmatch(r"CREATE TABLE \"?(\w+)\"? \( ?(.*?) ?\)", text)
    return (table[1], *sorted(re.split(r", (?=\w+ |CONSTRAINT )", table[2]))) if table else (text,)


@pytest.fixture
def empty_url(backend: str, request, tmp_path) -> Iterator[Callable[[str], str]]:
    """``empty_url(name)``: address of a database with nothing in it."""
    made = []

    def make(name: str) -> str:
        if backend == "sqlite":
            return f"sqlite:///{tmp_path / name}.db"
        postgres = request.getfixturevalue("postgres")
        made.append(f"{name}_{request.getfixturevalue('worker_id')}")
        return postgres.create_database(made[-1])

    yield make
    for name in made:
        request.getfixturevalue("postgres").drop_database(name)


@pytest.fixture
def sites(tmp_path):
    """``sites(url)``: a site, closed at the end."""
    opened = []

    def make(url: str):
        opened.append(new_site(url, tmp_path))
        return opened[-1]

    yield make
    for site in opened:
        close_site(site)


def test_the_migrations_build_what_the_models_say(empty_url, sites):
    migrated, created = empty_url("migrated"), empty_url("created")
    with sites(migrated).app_context():
        upgrade()
    site = sites(created)
    with site.app_context(), db.engine.connect().execution_options(writes=True) as connection:
        metadata.create_all(connection)
        connection.commit()
    there, wanted = schema_of(migrated), schema_of(created)
    assert wanted
    differs = there ^ wanted
    assert not differs, f"a change of a model needs a migration: {sorted(map(str, differs))}"


def test_going_down_again_leaves_nothing(empty_url, sites):
    url = empty_url("down")
    with sites(url).app_context():
        upgrade()
        downgrade(revision="base")
        assert schema_of(url) == set()
        upgrade()
        assert schema_of(url)


def test_the_migrations_stand_in_one_line():
    script = ScriptDirectory(str(ROOT_MIGRATIONS))
    revisions = list(script.walk_revisions())
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1
    assert sorted(revision.revision for revision in revisions) == [
        f"{at:04}" for at in range(1, len(revisions) + 1)
    ]


def test_an_upgrade_that_is_repeated_changes_nothing(empty_url, sites):
    url = empty_url("twice")
    with sites(url).app_context():
        upgrade()
        before = schema_of(url)
        upgrade()
    assert schema_of(url) == before
