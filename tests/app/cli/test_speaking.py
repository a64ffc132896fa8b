"""A database that is absent, locked or not migrated: a sentence that says what to do, never a trace."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tests.conftest import close_site, new_site


def run(site, *words):
    """Exit status and what went to stderr."""
    result = site.test_cli_runner().invoke(args=list(words))
    close_site(site)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stderr


@pytest.mark.parametrize(
    ("lang", "says"), [("zh", "请先运行：flask --app app db upgrade"), ("en", "flask --app app db upgrade")]
)
def test_a_database_without_tables(tmp_path, lang, says):
    site = new_site(f"sqlite:///{tmp_path}/empty.db", tmp_path)
    status, said = run(site, "ledger", "check", "--lang", lang)
    assert (status, says in said) == (1, True)


def test_a_database_that_cannot_be_opened(tmp_path):
    site = new_site(f"sqlite:///{tmp_path}/nowhere/x.db", tmp_path)
    status, said = run(site, "jobs", "run")
    assert (status, "DATABASE_URL" in said) == (1, True)


def test_a_server_that_does_not_answer(tmp_path):
    site = new_site("postgresql+psycopg://nobody@127.0.0.1:1/none", tmp_path)
    status, said = run(site, "communities")
    assert (status, "连不上数据库" in said) == (1, True)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_database_that_somebody_else_writes_to(site, database_url, monkeypatch):
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        with site.app_context():
            from app.database import db

            db.session.connection().exec_driver_sql("PRAGMA busy_timeout=50")
        other.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr("app.transaction.MOST_TRIES", 1)
        options = ["--name", "甲村", "--code", "jia", "--area", "甲省", "--steward-name", "王强", "--steward-phone",
                   "13800000001"]  # fmt: skip
        status, said = run(site, "setup", *options)
    assert (status, "数据库正被别的程序占用" in said) == (1, True)
