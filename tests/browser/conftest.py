"""A running site for the browser: real server threads over a real database, the demo village loaded once a run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import make_server

from app.demo.cast import PASSWORD, SIGN_INS
from tests.conftest import close_site, new_site
from tests.support.chromium import Chromium

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PHONE = (360, 740)
DESK = (1280, 800)
SMALLEST = (320, 640)


@dataclass
class Live:
    """A site that answers at ``url``."""

    url: str
    site: Flask
    chromium: Chromium

    def page(self, size: tuple[int, int] = PHONE, **options: object) -> Page:
        """A visitor's page."""
        return self.chromium.new_page(*size, base_url=self.url, **options)

    def signed_in(
        self, role: str, size: tuple[int, int] = PHONE, *, which: int = 0, **options: object
    ) -> Page:
        """The page of one of the demo's people, who signed in as people do."""
        phone = [phone for name, phone in SIGN_INS if name == role][which]
        page = self.page(size, **options)
        sign_in(page, phone, PASSWORD)
        return page


def sign_in(page: Page, phone: str, password: str) -> None:
    """Types phone and password and lands on the home page."""
    page.goto("/sign-in")
    page.fill("input[name=phone]", phone)
    page.fill("input[name=password]", password)
    page.locator("form[action*='sign-in'] button[type=submit], main form button[type=submit]").first.click()
    page.wait_for_url("**/home")


def _whole(site: Flask) -> WSGIApplication:
    """The site, whose answers are closed before they are sent: the test server leaves one open when a browser goes away in the
    middle of it, and a file that is never closed is an error of whichever test runs when it is swept up."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        parts = site(environ, start_response)
        try:
            return [b"".join(parts)]
        finally:
            if hasattr(parts, "close"):
                parts.close()

    return answer


@contextmanager
def serving(site: Flask) -> Iterator[str]:
    """Serves the site from threads of this process; yields its address."""
    server = make_server("127.0.0.1", 0, _whole(site), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def village_site(demo_copy: Callable[[], Path]) -> Iterator[tuple[Flask, str]]:
    """The demo village, served to the tests of one module; forms check their CSRF tokens as outside."""
    folder = demo_copy()
    site = new_site(f"sqlite:///{folder / 'demo.db'}", folder, WTF_CSRF_ENABLED=True)
    with serving(site) as url:
        yield site, url
    close_site(site)


@pytest.fixture
def live(village_site: tuple[Flask, str], chromium: Chromium) -> Live:
    """The served village with a browser in front of it."""
    site, url = village_site
    return Live(url, site, chromium)
