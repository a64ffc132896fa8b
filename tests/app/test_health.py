"""``/healthz`` says that the process lives, ``/readyz`` that it can work, and if not, what to do."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.database import db
from tests.conftest import close_site, new_site


@pytest.fixture
def elsewhere(tmp_path):
    """A site on a database of the test's choice."""
    opened = []

    def make(url: str):
        opened.append(new_site(url, tmp_path))
        return opened[-1].test_client()

    yield make
    for site in opened:
        close_site(site)


def test_a_migrated_database_is_ready(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_the_process_lives_whatever_the_database_does(elsewhere, tmp_path):
    answer = elsewhere(f"sqlite:///{tmp_path / 'nowhere' / 'site.db'}").get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_another_migration_head_is_named_with_what_to_do(site, client):
    with site.app_context(), db.engine.connect().execution_options(writes=True) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
        connection.commit()
    try:
        answer = client.get("/readyz")
    finally:
        with site.app_context(), db.engine.connect().execution_options(writes=True) as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
            connection.commit()
    assert answer.status_code == 503
    assert answer.json["reason"] == "wrong_migration_head"
    assert answer.json["stored"] == "0000"
    assert "db upgrade" in answer.json["do"]


def test_an_empty_database_is_told_to_migrate(elsewhere, tmp_path):
    answer = elsewhere(f"sqlite:///{tmp_path / 'empty.db'}").get("/readyz")
    assert answer.status_code == 503
    assert (answer.json["reason"], answer.json["stored"]) == ("wrong_migration_head", None)
    assert "db upgrade" in answer.json["do"]


def test_looking_whether_a_database_is_ready_does_not_make_one(elsewhere, tmp_path):
    path = tmp_path / "empty.db"
    elsewhere(f"sqlite:///{path}").get("/readyz")
    assert not path.exists()


def test_an_absent_sqlite_folder_is_told_to_check_the_address(elsewhere, tmp_path):
    answer = elsewhere(f"sqlite:///{tmp_path / 'nowhere' / 'site.db'}").get("/readyz")
    assert answer.status_code == 503
    assert answer.json["reason"] == "database_unreachable"
    assert "DATABASE_URL" in answer.json["do"]


@pytest.mark.parametrize("name", ["no_such_database", None])
def test_an_absent_postgresql_is_told_to_check_the_address(elsewhere, postgres, name):
    url = postgres.url(name) if name else "postgresql+psycopg://postgres@127.0.0.1:1/yitian"
    answer = elsewhere(url).get("/readyz")
    assert answer.status_code == 503
    assert answer.json["reason"] == "database_unreachable"
    assert "DATABASE_URL" in answer.json["do"]
