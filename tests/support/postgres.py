"""A throw-away PostgreSQL for the tests and the bench.

As a pytest plugin (``pytest_plugins = ["tests.support.postgres"]``) it starts one server for the whole run, shared
by all xdist workers, and offers it as the fixture ``postgres``. Outside pytest::

    with postgres_cluster(fsync=True) as cluster:
        url = cluster.create_database("bench")

The server lives exactly as long as the process that asked for it: a keeper process holds the other end of a pipe
and takes the server down, and its directory away, when that pipe closes, however the owner ended.
"""

from __future__ import annotations

import getpass
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

# $1 the server's programs, $2 the new directory, $3 the port, the rest: settings of the server.
_KEEPER = """
set -e
bin=$1; home=$2; port=$3; shift 3
cd "$home"
"$bin/initdb" --pgdata=data --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >log 2>&1 \
  && "$bin/pg_ctl" --pgdata=data --log=log --wait --timeout=60 \
       -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='$home' $*" start >/dev/null 2>&1 \
  || { echo failed; cat log; rm -rf "$home"; exit 1; }
echo ready
cat >/dev/null || true
"$bin/pg_ctl" --pgdata=data --mode=immediate --wait stop >/dev/null 2>&1 || true
cd /
rm -rf "$home"
"""
_NO_FSYNC = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_START_ATTEMPTS = 3


class PostgresMissing(RuntimeError):
    """PostgreSQL is not installed, or does not start; the text says what to do."""


@dataclass(frozen=True)
class Cluster:
    """A running server on 127.0.0.1; everybody may connect as ``postgres`` without a password."""

    port: int
    bin: str

    def url(self, database: str) -> str:
        """Address of a database for SQLAlchemy."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A psycopg connection of its own, in autocommit mode."""
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="postgres", dbname=database, autocommit=True
        )

    def create_database(self, name: str, *, template: str | None = None) -> str:
        """Make a database, a copy of ``template`` when given, and return its address.

        Nobody may be connected to the template: dispose of the engine that filled it.
        """
        with self._alone() as connection:
            self._create(connection, name, template)
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, ending the connections it still has; absent is fine."""
        with self._alone() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def template_database(self, name: str, fill: Callable[[str], None]) -> str:
        """Name of a template that ``fill(url)`` builds once, whichever test worker comes first.

        The others wait, so ``fill`` must not make databases itself. When it raises, the next caller tries again.
        """
        with self._alone() as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return name
            unfinished = f"{name}_unfinished"
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(unfinished))
            )
            self._create(connection, unfinished, None)
            fill(self.url(unfinished))
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(unfinished), sql.Identifier(name)
                )
            )
        return name

    @contextmanager
    def _alone(self) -> Iterator[psycopg.Connection]:
        # Copies of one template at the same time would refuse each other, so creators queue.
        with self.connect() as connection:
            connection.execute("SELECT pg_advisory_lock(20260101)")
            yield connection

    @staticmethod
    def _create(connection: psycopg.Connection, name: str, template: str | None) -> None:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template or "template0")
            )
        )


@contextmanager
def postgres_cluster(
    *, fsync: bool = False, settings: Mapping[str, str] | None = None, directory: Path | None = None
) -> Iterator[Cluster]:
    """A new server, gone when the block ends.

    ``fsync=False`` trades safety for speed, as tests want it; the bench asks for the real thing. ``settings`` are
    further ones of postgresql.conf; ``directory`` says where the data goes when not among the temporary files.

    Raises PostgresMissing when there is no PostgreSQL or it does not start.
    """
    starting = _Starting(fsync=fsync, settings=settings, directory=directory)
    try:
        yield starting.cluster()
    finally:
        starting.stop()


class _Starting:
    """A server on its way up: starting takes a second that the caller can use otherwise."""

    def __init__(self, *, fsync: bool, settings: Mapping[str, str] | None, directory: Path | None) -> None:
        self._bin = _programs()
        self._options = {"max_connections": "200", **({} if fsync else _NO_FSYNC), **(settings or {})}
        self._directory = directory
        self._cluster: Cluster | None = None
        self._launch()

    def cluster(self) -> Cluster:
        """Wait until the server answers. Another process may have taken the port meanwhile: then once more."""
        for _ in range(_START_ATTEMPTS):
            if self._cluster:
                return self._cluster
            if self._keeper.stdout.readline().strip() == "ready":
                self._cluster = Cluster(port=self._port, bin=str(self._bin))
                return self._cluster
            complaint = self._keeper.stdout.read()
            self.stop()
            if "could not bind" not in complaint and "Address already in use" not in complaint:
                break
            self._launch()
        raise PostgresMissing(f"PostgreSQL did not start:\n{complaint}")

    def stop(self) -> None:
        """Close the pipe, upon which the keeper takes the server down; wait for that."""
        self._cluster = None
        if not self._keeper.stdin.closed:
            self._keeper.stdin.close()
        self._keeper.wait(timeout=60)
        self._keeper.stdout.close()
        # The keeper empties it, but may not remove it from a directory that is not its user's.
        shutil.rmtree(self._home, ignore_errors=True)

    def _launch(self) -> None:
        self._home = home = Path(tempfile.mkdtemp(prefix="yitian-pg-", dir=self._directory))
        self._port = _free_port()
        as_user: list[str] = []
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root.
            user = _unprivileged_user()
            shutil.chown(home, user)
            as_user = ["runuser", "-u", user, "--"]
        options = [f"-c {name}={value}" for name, value in self._options.items()]
        self._keeper = subprocess.Popen(
            [*as_user, "sh", "-c", _KEEPER, "keeper", str(self._bin), str(home), str(self._port), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for the tests; the keeper sees the pipe close afterwards
        )


def _programs() -> Path:
    """Where the newest installed server has its programs."""
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    if found:
        return max(found, key=lambda path: [int(part) for part in re.findall(r"\d+", path.parent.name)])
    elsewhere = shutil.which("initdb")
    if elsewhere:
        return Path(elsewhere).resolve().parent
    raise PostgresMissing("PostgreSQL is not installed: run tools/install_test_needs.sh postgresql")


def _unprivileged_user() -> str:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise PostgresMissing(
        f"{getpass.getuser()} may not run PostgreSQL, and there is no user postgres or nobody"
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


_RUNNING = pytest.StashKey[_Starting]()


def pytest_configure(config: pytest.Config) -> None:
    """Set the server going, once for the run: workers of xdist are given the controller's."""
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        config.stash[_RUNNING] = _Starting(fsync=False, settings=None, directory=None)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    """Tell a worker of xdist where the server is."""
    cluster = node.config.stash[_RUNNING].cluster()
    node.workerinput["postgres"] = {"port": cluster.port, "bin": cluster.bin}


def pytest_unconfigure(config: pytest.Config) -> None:
    """Take the server down, if this process is the one that started it."""
    running = config.stash.get(_RUNNING, None)
    if running:
        running.stop()


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> Cluster:
    """The server of this test run."""
    given = getattr(pytestconfig, "workerinput", {}).get("postgres")
    return Cluster(**given) if given else pytestconfig.stash[_RUNNING].cluster()
