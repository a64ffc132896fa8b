"""``/healthz``: the process lives. ``/readyz``: the database answers and stands at this code's migration head."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Flask, Response, jsonify

from app.database import db
from app.models import ROOT_MIGRATIONS
from app.permissions import public


@cache
def head() -> str:
    """The newest migration this code carries."""
    config = Config()
    config.set_main_option("script_location", str(ROOT_MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head() or ""


def stored_head() -> str | None:
    """The migration the database stands at, or None for an empty one. Raises DBAPIError when it cannot be reached."""
    if _is_new_file(db.engine.url):
        return None  # connecting would make it
    with db.engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def _is_new_file(url: sa.URL) -> bool:
    path = Path(url.database or "")
    return url.get_backend_name() == "sqlite" and path.parent.is_dir() and not path.exists()


def init_health(site: Flask) -> None:
    """Adds the two addresses; neither needs a sign-in, neither tells anything about people."""

    @site.get("/healthz")
    @public
    def healthz() -> Response:
        return jsonify(status="ok")

    @site.get("/readyz")
    @public
    def readyz() -> tuple[Response, int]:
        try:
            there = stored_head()
        except sa.exc.DBAPIError:
            return jsonify(status="unavailable", reason="database_unreachable", do="check DATABASE_URL"), 503
        if there != head():
            return jsonify(
                status="unavailable", reason="wrong_migration_head", stored=there, wanted=head(),
                do="run: flask --app app db upgrade",
            ), 503  # fmt: skip
        return jsonify(status="ok"), 200
