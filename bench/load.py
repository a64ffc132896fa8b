"""Requests from many connections at once, by wrk, so that the measuring costs little beside what is measured."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.site import Served

THREADS = 2
SCRIPT = Path(__file__).with_name("requests.lua")


@dataclass(frozen=True)
class Request:
    """One prepared request; ``body`` is JSON when there is one."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] | None = None
    body: object = None

    def line(self) -> str:
        """As the script of wrk reads it: fields separated by tabs, headers as name=value pairs."""
        headers = dict(self.headers or {})
        text = "" if self.body is None else json.dumps(self.body, separators=(",", ":"))
        if text:
            headers["Content-Type"] = "application/json"
        pairs = "\x1f".join(f"{name}={value}" for name, value in headers.items())
        return "\t".join((self.method, self.path, pairs, text))


@dataclass(frozen=True)
class Load:
    """What a run of wrk came to. ``refused``: answers of 400 and above, and broken connections."""

    requests: int
    seconds: float
    refused: int
    cpu_ms: float
    wrk_share: float
    median_ms: float
    slowest_ms: float

    @property
    def per_second(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


def write_requests(requests: Iterable[Request], path: Path) -> Path:
    """A file of requests for ``send``."""
    path.write_text("\n".join(request.line() for request in requests))
    return path


def send(
    served: Served, requests: Path, *, connections: int = 16, seconds: float = 8, repeat: bool = False
) -> Load:
    """Sends the requests of a file, each once; ``repeat`` begins again at its end until the time is over.

    ``cpu_ms`` is the workers' processor time for one request; ``wrk_share`` is wrk's part of all processor time that
    wrk and the workers used. RuntimeError when wrk is missing or fails.
    """
    wrk = shutil.which("wrk")
    if wrk is None:
        raise RuntimeError("wrk is missing: apt-get install wrk")
    threads = min(THREADS, connections)
    before, own = served.cpu_seconds(), _children_cpu()
    done = subprocess.run(
        [wrk, "-t", str(threads), "-c", str(connections), "-d", f"{int(seconds)}s", "--timeout", "10s",
         "-s", str(SCRIPT), served.url, "--", str(requests), "repeat" if repeat else "once", str(threads)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    spent, own = served.cpu_seconds() - before, _children_cpu() - own
    found = re.search(r"^summary (.*)$", done.stdout, re.M)
    if done.returncode or not found:
        raise RuntimeError(f"wrk failed:\n{done.stdout}{done.stderr}")
    count, micros, refused, middle, slowest = map(float, found[1].split())
    if not count:
        raise RuntimeError(f"no answer came:\n{done.stdout}")
    return Load(
        int(count),
        micros / 1e6,
        int(refused),
        spent * 1000 / count,
        own / (own + spent),
        middle / 1000,
        slowest / 1000,
    )


def first_answer(served: Served, request: Request) -> tuple[int, str]:
    """Status and text of one request, to see that the load will measure what it is meant to."""
    command = ["curl", "-sS", "-X", request.method, "-w", "\n%{http_code}", served.url + request.path]
    for name, value in (request.headers or {}).items():
        command += ["-H", f"{name}: {value}"]
    if request.body is not None:
        command += ["-H", "Content-Type: application/json", "-d", json.dumps(request.body)]
    text, _, status = subprocess.run(command, capture_output=True, text=True, check=True).stdout.rpartition(
        "\n"
    )
    return int(status), text


def _children_cpu() -> float:
    times = os.times()
    return times.children_user + times.children_system
