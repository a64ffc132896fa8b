"""The scanner on a slow phone: until the page can be used, until the camera lives and reads, frames a second, and from
the frame that showed a code to the page that says what to do."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median

from PIL import Image, ImageDraw
from playwright.sync_api import Page

from app.demo.cast import PASSWORD, SIGN_INS
from bench.processes import children_of
from bench.report import Goal, Rounds, headline
from bench.site import serve
from bench.weight import load_demo
from points.codes import new_code
from tests.support.chromium import PHONE, Chromium, open_chromium
from tests.support.fake_camera import qr_picture, write_fake_camera

# Lighthouse's slow 4G: 1.6 Mbit/s down, 750 kbit/s up, 150 ms there and back.
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
LOADING_CPU, SCANNING_CPU = 4, 6
USABLE_FIRST_MS, USABLE_LATER_MS, LEAST_FRAMES, VERDICT_MS = 1500, 500, 8, 300
VERDICTS = 7  # in each round
SLOW = f"CPU {SCANNING_CPU}x slower"
SCENES = ("a card in view", "no code in view")
_TURN = 0.03  # seconds: how finely the slowed processes are stopped and let go

# Told by the page itself, in milliseconds since the person asked for it.
_MARKS = """() => {
  const marks = (window.marks = {sent: [], took: []});
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (message, ...rest) {
    if (!this.watched) this.addEventListener("message", ({data}) => {
      if ("found" in data) marks.took.push(performance.now() - marks.sent[marks.took.length]);
    });
    this.watched = true;
    if (message.frame) marks.sent.push(performance.now());
    return post.call(this, message, ...rest);
  };
  addEventListener("scan", () => { marks.read ??= performance.now(); });
  addEventListener("DOMContentLoaded", () => { delete document.querySelector("[data-scan]")?.dataset.submit; });
  const look = () => {
    if (document.querySelector(".finder.live video")?.currentTime > 0) marks.live = performance.now();
    else requestAnimationFrame(look);
  };
  look();
}"""

# When the frame left for the reader in which a code was found, on the clock that the next page reads too.
_FRAME = """() => {
  const sent = [], post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (message, ...rest) {
    if (!this.watched) this.addEventListener("message", ({data}) => {
      if (!("found" in data)) return;
      const at = sent.shift();
      if (data.found) sessionStorage.frame ??= performance.timeOrigin + at;
    });
    this.watched = true;
    if (message.frame) sent.push(performance.now());
    return post.call(this, message, ...rest);
  };
}"""
_VERDICT = """() => {
  const painted = performance.getEntriesByName("first-contentful-paint")[0];
  const shown = document.querySelector("form[action='/counter/redeem']");
  return painted && shown && performance.timeOrigin + painted.startTime - Number(sessionStorage.frame);
}"""

# The field is in the first paint, and takes letters when the page is parsed.
_USABLE = """() => Math.max(
  performance.getEntriesByName("first-contentful-paint")[0].startTime,
  performance.getEntriesByType("navigation")[0].domInteractive,
)"""


def bench_scanner(folder: Path, rounds: int, seconds: int) -> list[Goal]:
    """A volunteer of the demo village opens the counter, on a slow line and then again; then points at nothing."""
    headline("scanner: the counter on a slow phone (demo village, Chromium with a fake camera)")
    url = f"sqlite:///{folder / 'demo.db'}"
    load_demo(url, folder)
    card = write_fake_camera(
        folder / "card.mjpeg", [qr_picture("HTTPS://YITIAN.EXAMPLE/Q/" + new_code())], seconds_blank=0
    )
    table = _cluttered(folder / "table.mjpeg")
    order = _order(folder)
    with serve(url, folder) as served, open_chromium() as chromium:
        cookies = _signed_in(chromium, served.url)
        loading = _loading(chromium, served.url, card, cookies, rounds)
        scanning = Rounds()
        for _ in range(rounds):
            for name, camera in zip(SCENES, (card, table), strict=True):
                for slower in (1, SCANNING_CPU):
                    page = _page(chromium, served.url, camera, cookies)
                    scanning.add(_scanning(page, name, slower, seconds))
                    page.context.close()
        scanning.print()
        verdicts = Rounds()
        for _ in range(rounds):
            verdicts.add(
                {"code in view to verdict painted, ms": _verdict(chromium, served.url, order, cookies)}
            )
        verdicts.print()
    return [
        Goal("scanner: typed field usable, first visit", loading.median("first: field usable, ms"), "ms", most=USABLE_FIRST_MS),
        Goal("scanner: camera live, first visit", loading.median("first: camera live, ms"), "ms", most=USABLE_FIRST_MS),
        Goal("scanner: typed field usable, later", loading.median("later: field usable, ms"), "ms", most=USABLE_LATER_MS),
        Goal("scanner: camera live, later", loading.median("later: camera live, ms"), "ms", most=USABLE_LATER_MS),
        *(
            Goal(f"scanner: {name}", scanning.median(name), least=LEAST_FRAMES)
            for name in (f"{scene}, {SLOW}: frames a second" for scene in SCENES)
        ),
        Goal("scanner: frame to verdict, on line", verdicts.median("code in view to verdict painted, ms"), "ms", most=VERDICT_MS),
    ]  # fmt: skip


def _order(folder: Path) -> Path:
    """A video of the pick-up code of an order of the demo village that waits."""
    with closing(sqlite3.connect(folder / "demo.db")) as connection:
        (token,) = connection.execute(
            "SELECT token FROM shop_order WHERE state = 'placed' ORDER BY expires_at DESC LIMIT 1"
        ).fetchone()
    code = qr_picture(f"HTTPS://YITIAN.EXAMPLE/Q/{token}")
    return write_fake_camera(folder / "order.mjpeg", [code], seconds_blank=0)


def _cluttered(path: Path) -> Path:
    """A video of a packet's print, without a code: every attempt has to give up by itself."""
    picture = Image.new("RGB", (600, 440), (214, 208, 190))
    pen = ImageDraw.Draw(picture)
    for at in range(0, 440, 22):
        pen.line((20, at, 580 - (at * 7) % 300, at), fill=(40, 44, 60), width=7)
        pen.rectangle((420 + at % 60, at, 430 + at % 60, at + 14), fill=(120, 30, 30))
    return write_fake_camera(path, [picture], seconds_blank=0, share_of_height=0.9)


def sign_in(page: Page) -> None:
    """The demo's volunteer, as people do it."""
    page.goto("/sign-in")
    page.fill("[name=phone]", dict(SIGN_INS)["shop_staff"])
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/home")


def _signed_in(chromium: Chromium, url: str) -> list:
    page = chromium.new_page(*PHONE, base_url=url)
    sign_in(page)
    cookies = page.context.cookies()
    page.context.close()
    return cookies


def _page(chromium: Chromium, url: str, camera: Path, cookies: list) -> Page:
    page = chromium.new_page(*PHONE, base_url=url, camera=camera)
    page.context.add_cookies(cookies)
    page.add_init_script(f"({_MARKS})()")
    return page


def _loading(chromium: Chromium, url: str, camera: Path, cookies: list, rounds: int) -> Rounds:
    """First visit with an empty cache, and the next one, each until something was read."""
    print(f"  CPU {LOADING_CPU}x slower, 1.6 Mbit/s, 150 ms; milliseconds from asking for the page")
    loading = Rounds()
    for _ in range(rounds):
        page = _page(chromium, url, camera, cookies)
        debugger = page.context.new_cdp_session(page)
        debugger.send("Network.enable")
        debugger.send("Network.emulateNetworkConditions", SLOW_4G)
        debugger.send("Emulation.setCPUThrottlingRate", {"rate": LOADING_CPU})
        for visit in ("first", "later"):
            page.goto("/counter")
            marks = _marks_when(page, "window.marks.read && window.marks.live")
            loading.add({
                f"{visit}: field usable, ms": page.evaluate(_USABLE),
                f"{visit}: camera live, ms": marks["live"],
                f"{visit}: first code read, ms": marks["read"],
            })  # fmt: skip
            page.goto("about:blank")
        page.context.close()
    loading.print()
    return loading


def _verdict(chromium: Chromium, url: str, camera: Path, cookies: list) -> float:
    """Median of some scans of one visitor, in milliseconds: from the frame in which the code was found until the page
    that says what to hand over is painted. Here the server is the same machine; a network adds its round trip."""
    page = chromium.new_page(*PHONE, base_url=url, camera=camera)
    page.context.add_cookies(cookies)
    page.add_init_script(f"({_FRAME})()")
    took = []
    for _ in range(VERDICTS):
        page.goto("/counter")
        took.append(page.wait_for_function(_VERDICT).json_value())
        page.evaluate("sessionStorage.clear()")
    page.context.close()
    return median(took)


def _scanning(page: Page, scene: str, slower: int, seconds: int) -> dict[str, float]:
    """Frames that went through the reader in some seconds, and how long one took from the camera to the answer."""
    page.goto("/counter")
    _marks_when(page, "window.marks.took.length > 3")
    name = f"{scene}, {SLOW}" if slower > 1 else f"{scene}, CPU as it is"
    with _slowed(_renderers(), slower):
        time.sleep(1)
        before = page.evaluate("[performance.now(), window.marks.took.length]")
        time.sleep(seconds)
        after = page.evaluate("[performance.now(), window.marks.took.length]")
    took = page.evaluate("window.marks.took")[before[1] :]
    return {
        f"{name}: frames a second": (after[1] - before[1]) / (after[0] - before[0]) * 1000,
        f"{name}: frame to answer, ms": median(took) if took else float("inf"),
    }


def _marks_when(page: Page, truth: str) -> dict:
    for _ in range(600):
        if page.evaluate(f"Boolean({truth})"):
            return page.evaluate("window.marks")
        time.sleep(0.05)
    raise RuntimeError(f"the counter never came so far: {truth}")


def _renderers() -> list[int]:
    """The processes that show pages, among the children of this one."""
    found, waiting = [], [os.getpid()]
    while waiting:
        for child in children_of(waiting.pop()):
            waiting.append(child)
            if b"--type=renderer" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(child)
    return found


@contextmanager
def _slowed(processes: list[int], times: int) -> Iterator[None]:
    """Chromium slows only the page's own thread down, not its workers: here the whole process stands still for all but
    one part in ``times``."""
    done = threading.Event()

    def turns() -> None:
        while not done.is_set():
            for process in processes:
                os.kill(process, signal.SIGSTOP)
            time.sleep(_TURN * (times - 1) / times)
            for process in processes:
                os.kill(process, signal.SIGCONT)
            time.sleep(_TURN / times)

    thread = threading.Thread(target=turns)
    if times > 1:
        thread.start()
    try:
        yield
    finally:
        done.set()
        if times > 1:
            thread.join()
