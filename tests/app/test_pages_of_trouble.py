"""When the site itself fails, people read a sentence, in both languages, and the log has the rest."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import close_site, new_site

SIGNED_IN = "1:01a202d4-4f55-730a-9661-af7b51c6000e:1"


@pytest.fixture
def lost(tmp_path):
    """A site whose database is not there."""
    site = new_site(f"sqlite:///{tmp_path / 'nowhere' / 'site.db'}", tmp_path)
    yield site
    close_site(site)


def browser(site: Flask, *, signed_in: bool = False) -> FlaskClient:
    """A visitor, or somebody who was signed in before the trouble."""
    client = site.test_client()
    if signed_in:
        with client.session_transaction() as cookie:
            cookie["_user_id"] = SIGNED_IN
    return client


@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize("path", ["/", "/points", "/c/yitian/board", "/sign-in"])
def test_a_page_without_its_database_says_so_or_needs_none(
    lost: Flask, path: str, *, signed_in: bool
) -> None:
    answer = browser(lost, signed_in=signed_in).get(path)
    if answer.status_code in (200, 302, 303):
        assert not signed_in
        assert path in ("/sign-in", "/points")
        return
    assert answer.status_code == 503
    assert "暂时接不上账本" in answer.text
    assert "The ledger cannot be reached" in answer.text
    assert answer.headers["Retry-After"] == "5"


def test_a_fragment_of_a_page_fails_in_a_sentence_too(lost: Flask) -> None:
    answer = browser(lost, signed_in=True).get("/points", headers={"HX-Request": "true"})
    assert answer.status_code == 503
    assert "系统正忙" in answer.text
    assert "<html" not in answer.text


def test_a_program_gets_the_same_in_its_own_shape(lost: Flask) -> None:
    answer = browser(lost).get("/api/v1/rules", headers={"Authorization": "Bearer nothing"})
    assert (answer.status_code, answer.json["code"]) == (503, "unavailable")


def test_a_crash_is_a_page_with_a_number_and_no_trace(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_session: object) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr("app.web.home.communities", broken)
    answer = browser(site).get("/")
    assert answer.status_code == 500
    assert "这一下出错了" in answer.text
    assert "Something went wrong" in answer.text
    assert "secret of the house" not in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
