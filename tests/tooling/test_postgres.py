"""The throw-away PostgreSQL: real databases, templates built once, and nothing left of it afterwards."""

import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import sqlalchemy

from tests.support.postgres import Cluster, postgres_cluster

ROOT = Path(__file__).parents[2]


def test_a_database_takes_statements_and_chinese_text(postgres: Cluster) -> None:
    engine = sqlalchemy.create_engine(postgres.create_database("tooling_text"))
    try:
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text("CREATE TABLE names (name text NOT NULL)"))
            connection.execute(sqlalchemy.text("INSERT INTO names VALUES ('张玉兰')"))
        with engine.connect() as connection:
            assert connection.scalar(sqlalchemy.text("SELECT name FROM names")) == "张玉兰"
    finally:
        engine.dispose()
        postgres.drop_database("tooling_text")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        postgres.connect("tooling_text")


def test_a_template_is_filled_once_however_many_ask_for_it(postgres: Cluster) -> None:
    filled = []

    def fill(url: str) -> None:
        filled.append(url)
        with postgres.connect(sqlalchemy.make_url(url).database) as connection:
            connection.execute("CREATE TABLE marks AS SELECT 7 AS mark")

    def copy(number: int) -> int:
        template = postgres.template_database("tooling_template", fill)
        postgres.create_database(f"tooling_copy_{number}", template=template)
        with postgres.connect(f"tooling_copy_{number}") as connection:
            return connection.execute("SELECT mark FROM marks").fetchone()[0]

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(copy, range(4))) == [7] * 4
    assert len(filled) == 1
    for name in ["tooling_template", *(f"tooling_copy_{number}" for number in range(4))]:
        postgres.drop_database(name)


def test_a_template_that_failed_is_built_again(postgres: Cluster) -> None:
    def fail(url: str) -> None:
        raise ZeroDivisionError(url)

    with pytest.raises(ZeroDivisionError):
        postgres.template_database("tooling_failed", fail)
    assert postgres.template_database("tooling_failed", print) == "tooling_failed"
    postgres.drop_database("tooling_failed")


def test_the_bench_gets_a_server_that_really_writes_to_disk() -> None:
    with (
        postgres_cluster(fsync=True, settings={"work_mem": "8MB"}) as cluster,
        cluster.connect() as connection,
    ):
        for setting, value in {"fsync": "on", "synchronous_commit": "on", "work_mem": "8MB"}.items():
            assert connection.execute(f"SHOW {setting}").fetchone()[0] == value


def test_a_killed_owner_leaves_no_server_and_no_files() -> None:
    script = (
        "import sys, pathlib\n"
        "from tests.support.postgres import postgres_cluster\n"
        "with postgres_cluster(directory=pathlib.Path(sys.argv[1])) as cluster:\n"
        "    print(cluster.port, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    # pytest's own temporary directories are closed to the user that the server runs as.
    home = Path(tempfile.mkdtemp(prefix="yitian-tooling-"))
    home.chmod(0o777)
    owner = subprocess.Popen(
        [sys.executable, "-c", script, home],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    port = int(owner.stdout.readline())
    assert list(home.iterdir())
    with psycopg.connect(host="127.0.0.1", port=port, user="postgres", dbname="postgres"):
        owner.send_signal(signal.SIGKILL)
        # Its keeper shares the error pipe: that closes when the keeper is done.
        owner.communicate(timeout=60)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host="127.0.0.1", port=port, user="postgres", dbname="postgres")
    home.rmdir()
