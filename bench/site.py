"""The site as it runs in production, for the length of a bench: granian started by tools/serve.sh."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

from app import create_app
from app.database import db
from bench.processes import children_of, cpu_seconds

ROOT = Path(__file__).resolve().parent.parent
SECRET = "bench"
START_SECONDS = 90
WORKERS = 4  # of one thread each, as tools/serve.sh starts them


@dataclass(frozen=True)
class Served:
    """A running server."""

    url: str
    log: Path
    workers: tuple[int, ...]

    def cpu_seconds(self) -> float:
        """Processor time of its workers so far."""
        return cpu_seconds(self.workers)


def new_site(url: str, folder: Path) -> Flask:
    """The site in this process, on a database of its own, for seeding and for counting statements."""
    return create_app(
        DATABASE_URL=url,
        SECRET_KEY=SECRET,
        MEDIA_DIR=folder / "media",
        SEAL_KEY_FILE=folder / "seal-key",
        LOG_LEVEL="ERROR",
        WTF_CSRF_ENABLED=False,
    )


def migrate(site: Flask) -> None:
    """Every table, as the migrations make them."""
    with site.app_context():
        upgrade()


def close_site(site: Flask) -> None:
    """Gives every connection back."""
    with site.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


@contextmanager
def serve(url: str, folder: Path, *, workers: int = WORKERS) -> Iterator[Served]:
    """The production server on a free port; it is gone when the block ends. RuntimeError when it does not start."""
    port = _free_port()
    log = folder / f"server-{port}.log"
    environ = os.environ | {
        "DATABASE_URL": url, "SECRET_KEY": SECRET, "MEDIA_DIR": str(folder / "media"), "HOST": "127.0.0.1",
        "PORT": str(port), "WORKERS": str(workers),
    }  # fmt: skip
    with log.open("wb") as out:
        server = subprocess.Popen([str(ROOT / "tools/serve.sh")], env=environ, stdout=out, stderr=out)
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz", server, log)
        yield Served(f"http://127.0.0.1:{port}", log, _workers(server.pid, workers))
    finally:
        server.terminate()
        server.wait(timeout=30)


def _workers(pid: int, count: int) -> tuple[int, ...]:
    """The processes that answer. multiprocessing's helper is a child as well: it has hardly run."""
    children = sorted(children_of(pid), key=lambda child: cpu_seconds([child]), reverse=True)
    return tuple(children[:count])


def _wait_for(url: str, server: subprocess.Popen, log: Path) -> None:
    """Until every worker has had the time to load: the first answer comes from the first of them."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                time.sleep(2)
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    server.kill()
    raise RuntimeError(f"the server did not start:\n{log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
