"""What goes over the wire until a resident sees the first page, and for each page after it, told by Chromium itself."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from app.demo.cast import PASSWORD, SIGN_INS
from bench.report import Goal, headline
from bench.site import ROOT, SECRET, serve
from tests.support.chromium import PHONE, open_chromium

MOST_FIRST_KB, MOST_LATER_KB = 60, 15
LATER = ("/points", "/records", "/report", "/shop", "/orders", "/c/yitian/board", "/account", "/home")


@dataclass
class Wire:
    """Bytes that answers took on the wire, heads among them, since the last ``take``; largest first."""

    answers: dict[str, int]

    def take(self) -> tuple[float, str]:
        """Thousands of bytes, and what they were."""
        total = sum(self.answers.values()) / 1000
        parts = sorted(self.answers.items(), key=lambda part: -part[1])
        told = ", ".join(f"{url.rsplit('/', 1)[-1] or '/'} {size / 1000:.1f}" for url, size in parts if size)
        self.answers.clear()
        return total, told


def bench_weight(folder: Path, rounds: int, seconds: int) -> list[Goal]:  # noqa: ARG001 - bytes do not vary
    """A resident of the demo village signs in with an empty cache, then goes round."""
    headline("weight: bytes over the wire, gzip, Chromium with an empty cache (demo village)")
    url = f"sqlite:///{folder / 'demo.db'}"
    load_demo(url, folder)
    with serve(url, folder) as served, open_chromium() as chromium:
        page = chromium.new_page(*PHONE, base_url=served.url)
        with _listening(page) as wire:
            door = _open(page, wire, "/sign-in")
            page.fill("[name=phone]", dict(SIGN_INS)["resident"])
            page.fill("[name=password]", PASSWORD)
            page.press("[name=password]", "Enter")
            page.wait_for_url("**/home", wait_until="networkidle")
            home = _told("home", wire)
            later = max(_open(page, wire, path) for path in LATER)
        cookies = page.context.cookies()
        alone = _home_alone(chromium.new_page(*PHONE, base_url=served.url), cookies)
    return [
        Goal("weight: home, signed in, cold cache", alone, "kB", most=MOST_FIRST_KB),
        Goal("weight: sign-in page and home together, cold cache", door + home, "kB", most=MOST_FIRST_KB),
        Goal("weight: heaviest later page, warm cache", later, "kB", most=MOST_LATER_KB),
    ]


def load_demo(url: str, folder: Path) -> None:
    """The demo village in a fresh database. RuntimeError with what the commands said."""
    environ = os.environ | {
        "DATABASE_URL": url, "MEDIA_DIR": str(folder / "media"), "SECRET_KEY": SECRET,
        "SEAL_KEY_FILE": str(folder / "seal-key"),
    }  # fmt: skip
    for command in (["db", "upgrade"], ["demo", "load"]):
        done = subprocess.run([ROOT / ".venv/bin/flask", "--app", "app", *command], cwd=ROOT, env=environ,
                              capture_output=True, text=True, check=False)  # fmt: skip
        if done.returncode:
            raise RuntimeError(
                f"flask {' '.join(command)} failed:\n{done.stdout[-500:]}{done.stderr[-1500:]}"
            )


@contextmanager
def _listening(page: Page) -> Iterator[Wire]:
    """Counts what every answer took on the wire; one from the cache took nothing."""
    wire, urls = Wire({}), {}
    debugger = page.context.new_cdp_session(page)
    debugger.send("Network.enable")
    debugger.on("Network.requestWillBeSent", lambda told: _note_redirect(told, urls, wire))
    debugger.on("Network.loadingFinished", lambda told: _note_end(told, urls, wire))
    yield wire
    debugger.detach()


def _note_redirect(told: dict, urls: dict[str, str], wire: Wire) -> None:
    """A redirect is an answer of its own, and no end of loading is told of it."""
    if "redirectResponse" in told:
        answer = told["redirectResponse"]
        wire.answers[f"redirect from {answer['url'].split('/', 3)[-1]}"] = int(answer["encodedDataLength"])
    urls[told["requestId"]] = told["request"]["url"]


def _note_end(told: dict, urls: dict[str, str], wire: Wire) -> None:
    url = urls.get(told["requestId"], told["requestId"])
    wire.answers[url] = wire.answers.get(url, 0) + int(told["encodedDataLength"])


def _open(page: Page, wire: Wire, path: str) -> float:
    answer = page.goto(path, wait_until="networkidle")
    if answer.status != 200:
        raise RuntimeError(f"{path} answers {answer.status}")
    return _told(path, wire)


def _told(name: str, wire: Wire) -> float:
    total, parts = wire.take()
    print(f"  {name:<18}{total:6.1f} kB   {parts}", flush=True)
    return total


def _home_alone(page: Page, cookies: list) -> float:
    page.context.add_cookies(cookies)
    with _listening(page) as wire:
        page.goto("/home", wait_until="networkidle")
        return _told("home, cold", wire)
