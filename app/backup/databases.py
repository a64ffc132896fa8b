"""A consistent copy of the running database, and back: SQLite's own backup call, or pg_dump and pg_restore."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from points.errors import Conflict, Invalid

BUSY_SECONDS = 5
NAMES = {"sqlite": "database.sqlite", "postgresql": "database.pgdump"}
_VERSION = re.compile(r"(\d+)\.")


def dump(engine: sa.Engine, folder: Path) -> Path:
    """Writes the database into ``folder`` while the site goes on; returns the file.

    Raises Conflict ``backup_tool_missing`` (``tool``), ``backup_failed`` (``text``).
    """
    target = folder / NAMES[engine.dialect.name]
    if engine.dialect.name == "sqlite":
        _copy_sqlite(_sqlite_path(engine), target)
        # One file without a log beside it.
        with closing(sqlite3.connect(target)) as copy:
            copy.execute("PRAGMA journal_mode=DELETE")
        return target
    _run(engine, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
    return target


def load(engine: sa.Engine, file: Path) -> None:
    """Puts a dump in place of what the database holds, whole or not at all.

    Raises Invalid ``backup_of_other_database``; Conflict ``backup_tool_missing``, ``restore_failed`` (``text``).
    """
    if file.name != NAMES[engine.dialect.name]:
        raise Invalid("backup_of_other_database", wanted=engine.dialect.name)
    engine.dispose()
    if engine.dialect.name == "sqlite":
        target = _sqlite_path(engine)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            _copy_sqlite(file, target)
        except sqlite3.Error as error:
            raise Conflict("restore_failed", text=str(error)) from error
        return
    _run(
        engine, "pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction",
        "--exit-on-error", failed="restore_failed", last=str(file),
    )  # fmt: skip


def holds_data(engine: sa.Engine) -> bool:
    """Whether the database has a community in it; one that was only migrated is as good as empty."""
    if engine.dialect.name == "sqlite" and not _sqlite_path(engine).exists():
        return False
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("community"):
            return False
        return connection.execute(sa.text("SELECT 1 FROM community LIMIT 1")).first() is not None


def _sqlite_path(engine: sa.Engine) -> Path:
    return Path(str(engine.url.database))


def _copy_sqlite(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(source, timeout=BUSY_SECONDS)) as from_,
        closing(sqlite3.connect(target, timeout=BUSY_SECONDS)) as to,
    ):
        from_.backup(to)


def _run(engine: sa.Engine, tool: str, *options: str, failed: str = "backup_failed", last: str = "") -> None:
    """One of PostgreSQL's tools on the engine's database. The password goes by the environment, not by the command line."""
    url = engine.url
    environment = dict(os.environ)
    if url.password:
        environment["PGPASSWORD"] = str(url.password)
    address = {"host": url.host or url.query.get("host"), "port": url.port, "username": url.username}
    where = [f"--{name}={value}" for name, value in address.items() if value]
    command = [_tool(engine, tool), *where, f"--dbname={url.database}", "--no-password", *options]
    result = subprocess.run(
        [*command, last] if last else command, env=environment, capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        lines = result.stderr.strip().splitlines() or [str(result.returncode)]
        raise Conflict(failed, text=lines[0])


def _tool(engine: sa.Engine, name: str) -> str:
    """The newest of its kind on this machine: an older one than the server refuses to read it."""
    installed = [str(path) for path in Path("/usr/lib/postgresql").glob(f"*/bin/{name}")]
    found = shutil.which(name)
    if found:
        installed.append(found)
    if not installed:
        raise Conflict("backup_tool_missing", tool=name)
    newest = max(installed, key=_version)
    with engine.connect() as connection:
        server = connection.dialect.server_version_info[0]  # type: ignore[attr-defined]
    engine.dispose()
    if _version(newest) < server:
        raise Conflict("backup_tool_too_old", tool=name, version=_version(newest), server=server)
    return newest


def _version(path: str) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    found = _VERSION.search(said)
    return int(found[1]) if found else 0
