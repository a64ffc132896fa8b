"""Debian's Chromium for tests and for the pictures of the README, driven by Playwright.

::

    with open_chromium() as chromium:
        page = chromium.new_page(base_url="http://127.0.0.1:8000")
        page.goto("/")
        assert axe_violations(page) == []
        assert no_horizontal_scroll(page)
        assert chromium.problems == []

As a pytest plugin (``pytest_plugins = ["tests.support.chromium"]``) it offers the session fixture ``chromium_launcher``
and the fixture ``chromium``, whose pages are closed and whose problems are empty for every test.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, wraps
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Playwright, expect, sync_playwright

EXECUTABLE = "/usr/bin/chromium"
AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]

PHONE = (390, 844)
SMALLEST_PHONE = (320, 568)
DESK = (1280, 800)

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Milliseconds after which something will not come any more. A machine that is busy with other things is no fault of a page,
# and how soon things come is measured in bench/.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)

_CAMERA_FLAGS = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]


class Chromium:
    """One browser, and one more for each fake camera; every page is a person of its own (own cookies)."""

    def __init__(self, playwright: Playwright) -> None:
        self._playwright = playwright
        self._browsers: dict[Path | None, Browser] = {}
        self.problems: list[str] = []

    def new_page(
        self,
        width: int = PHONE[0],
        height: int = PHONE[1],
        *,
        locale: str = "zh-CN",
        base_url: str | None = None,
        camera: Path | None = None,
        javascript: bool = True,
        **context_options: Any,
    ) -> Page:
        """A page in a fresh context of the given size in CSS pixels.

        ``camera`` is a video of tests.support.fake_camera, read when it is first used: write another file for
        another scene. ``context_options`` go to Playwright's ``new_context``. What scripts throw and what the
        console calls an error (a broken content policy among it) is collected in ``problems``.
        """
        context = self._browser(camera).new_context(
            viewport={"width": width, "height": height},
            locale=locale,
            timezone_id="Asia/Shanghai",
            base_url=base_url,
            java_script_enabled=javascript,
            permissions=["camera"] if camera else [],
            **context_options,
        )
        context.set_default_timeout(PATIENCE)
        context.on("weberror", lambda error: self.problems.append(f"script: {error.error}"))
        context.on("console", self._note_console)
        return context.new_page()

    def close_pages(self) -> None:
        """Close every page and forget what was collected."""
        for browser in self._browsers.values():
            for context in browser.contexts:
                context.close()
        self.problems.clear()

    def close(self) -> None:
        """End the browsers."""
        for browser in self._browsers.values():
            browser.close()
        self._browsers.clear()

    def _browser(self, camera: Path | None) -> Browser:
        if camera not in self._browsers:
            flags = [*_CAMERA_FLAGS, f"--use-file-for-fake-video-capture={camera}"] if camera else []
            self._browsers[camera] = self._playwright.chromium.launch(
                executable_path=EXECUTABLE, args=[*_FLAGS, *flags]
            )
        return self._browsers[camera]

    def _note_console(self, message: Any) -> None:
        # A 4xx that a test asked for is no fault of the page, and what a page breaks of its policy comes with its
        # address: a style that comes from nowhere is Playwright's own, put in while it takes a picture.
        url = message.location.get("url", "")
        is_own = message.text.startswith("Applying inline style") and not url
        if message.type == "error" and not is_own and not message.text.startswith("Failed to load resource"):
            self.problems.append(f"console: {message.text} ({url})")


def _once_loaded(kind: type[Page] | type[Locator], name: str) -> None:
    """Lets an act wait until the page is whole and its scripts have run.

    Words are there before the scripts at the end of the page. People are slower than that, tests are not: one that acts on
    the words sometimes left before the page had done its work.
    """
    act = getattr(kind, name)

    @wraps(act)
    def patient(target: Page | Locator, *args: Any, **options: Any) -> Any:
        (target.page if isinstance(target, Locator) else target).wait_for_load_state()
        return act(target, *args, **options)

    setattr(kind, name, patient)


for _name in ("goto", "reload", "evaluate", "fill", "set_input_files", "content", "pdf"):
    _once_loaded(Page, _name)
for _name in ("click", "fill", "check", "press", "select_option"):
    _once_loaded(Locator, _name)
for _name in ("count", "is_visible", "input_value", "inner_text", "get_attribute"):
    _once_loaded(Locator, _name)


@contextmanager
def open_chromium() -> Iterator[Chromium]:
    """Chromium for the length of a block. One at a time in a thread: Playwright allows no second."""
    if not Path(EXECUTABLE).exists():
        raise RuntimeError(f"{EXECUTABLE} is missing: run tools/install_test_needs.sh chromium fonts")
    with sync_playwright() as playwright:
        chromium = Chromium(playwright)
        try:
            yield chromium
        finally:
            chromium.close()


def axe_violations(page: Page, *, within: str | None = None) -> list[str]:
    """What axe finds wrong with a page, one line for each rule and its elements; empty when all is well.

    Evaluated through the debugger, so the page's content policy neither hinders it nor is loosened for it.
    """
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(_axe_source())
    found = page.evaluate(
        "async ([within, tags]) => (await axe.run(within ?? document, {runOnly: tags})).violations",
        [within, AXE_RULES],
    )
    return [_described(violation) for violation in found]


def no_horizontal_scroll(page: Page) -> bool:
    """Whether the whole page fits its width."""
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def until(page: Page, truth: str, wanted: bool = True) -> None:
    """Waits until the truth is as wanted, asked through the debugger: a page's content policy forbids waiting within.

    Raises AssertionError if it never is.
    """
    for _ in range(PATIENCE // 100):
        if bool(page.evaluate(truth)) == wanted:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never came: {truth}")


@cache
def _axe_source() -> str:
    if not AXE.exists():
        raise RuntimeError(f"{AXE} is missing: run make assets")
    return AXE.read_text(encoding="utf-8")


def _described(violation: dict[str, Any]) -> str:
    elements = "; ".join(" ".join(map(str, node["target"])) for node in violation["nodes"])
    return f"{violation['id']} ({violation['impact']}): {violation['help']}, at {elements}"


@pytest.fixture(scope="session")
def chromium_launcher() -> Iterator[Chromium]:
    """Chromium for the whole run of one test worker."""
    with open_chromium() as chromium:
        yield chromium


@pytest.fixture
def chromium(chromium_launcher: Chromium) -> Iterator[Chromium]:
    """Chromium without pages and without problems."""
    chromium_launcher.close_pages()
    yield chromium_launcher
    chromium_launcher.close_pages()
