"""What goes with every answer: nothing inline, nothing kept of what is private, no header a visitor could forge."""

from __future__ import annotations

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from tests.builders import Village, given_village
from tests.conftest import close_site, new_site

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
def village(site: Flask) -> Village:
    """A village with its staff."""
    with site.app_context():
        return given_village(residents=1)


def signed_in(site: Flask, village: Village, role: str) -> FlaskClient:
    """The browser of somebody of the village."""
    browser = site.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = f"{village.community_id}:{village.one(role).id}:1"
    return browser


def test_no_page_may_run_what_stands_in_it(site: Flask, village: Village) -> None:
    policy = site.test_client().get("/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_only_the_scanner_may_compile_its_reader_and_use_the_camera(site: Flask, village: Village) -> None:
    browser = signed_in(site, village, "shop_staff")
    scanner, home = browser.get("/counter"), browser.get("/home")
    assert "'wasm-unsafe-eval'" in scanner.headers["Content-Security-Policy"]
    assert "camera=(self)" in scanner.headers["Permissions-Policy"]
    assert "wasm" not in home.headers["Content-Security-Policy"]
    assert "camera=()" in home.headers["Permissions-Policy"]


@pytest.mark.parametrize("path", ["/home", "/points", "/desk", "/c/yitian/board", "/nothing-here"])
def test_what_a_signed_in_person_sees_stays_in_no_cache(site: Flask, village: Village, path: str) -> None:
    answer = signed_in(site, village, "steward").get(path)
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("path", ["/", "/sign-in", "/c/yitian/board"])
def test_public_pages_are_asked_for_anew_and_shared_by_no_cache(
    site: Flask, village: Village, path: str
) -> None:
    assert site.test_client().get(path).headers["Cache-Control"] == "private, no-cache"


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(site: Flask, village: Village) -> None:
    cookies = site.test_client().get("/sign-in").headers.getlist("Set-Cookie")
    assert cookies
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)


@pytest.mark.parametrize("hops", [0, 1])
def test_the_visitors_address_is_believed_only_behind_the_declared_proxy(
    backend, tmp_path, hops: int
) -> None:
    site = new_site(f"sqlite:///{tmp_path}/site.db", tmp_path, PROXY_HOPS=hops, HTTPS_ONLY=True)
    seen = []
    site.before_request(lambda: seen.append(request.remote_addr))
    answer = site.test_client().get("/healthz", headers={"X-Forwarded-For": "6.6.6.6, 9.9.9.9"})
    close_site(site)
    assert seen == ["9.9.9.9" if hops else "127.0.0.1"]
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
