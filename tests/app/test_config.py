"""Settings are declared once, parsed at the start, and a wrong one stops it with its name."""

from __future__ import annotations

import stat

import pytest

from app import create_app
from app.config import SETTINGS, WrongSetting, read_settings


def read(**environ: str):
    """Settings of an environment that has a secret already."""
    return read_settings({"SECRET_KEY": "test"} | environ)


def test_every_setting_has_a_default_that_can_be_used():
    values = read()
    assert set(values) == {setting.name for setting in SETTINGS}
    assert all(setting.description for setting in SETTINGS)


@pytest.mark.parametrize("url", ["postgres://me:x@host/yitian", "postgresql://me:x@host/yitian"])
def test_a_postgresql_address_gets_our_driver(url: str):
    assert read(DATABASE_URL=url)["DATABASE_URL"] == "postgresql+psycopg://me:x@host/yitian"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("DATABASE_URL", "mysql://host/yitian"),
        ("DATABASE_URL", "yitian.db"),
        ("PROXY_HOPS", "-1"),
        ("PROXY_HOPS", "one"),
        ("PROXY_HOPS", "１"),
        ("HTTPS_ONLY", "maybe"),
        ("LOG_LEVEL", "LOUD"),
        ("SITE_URL", "points.example.org"),
        ("POOL_SIZE", "8.5"),
        ("POOL_SIZE", ""),
    ],
)
def test_a_wrong_setting_stops_the_start_and_is_named(name: str, text: str):
    with pytest.raises(WrongSetting, match=f"^{name}: expected"):
        read(**{name: text})


def test_a_wrong_setting_in_the_environment_stops_the_site(monkeypatch):
    monkeypatch.setenv("LOG_LEVEL", "LOUD")
    with pytest.raises(WrongSetting, match="LOG_LEVEL"):
        create_app(SECRET_KEY="test")


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path):
    path = tmp_path / "var" / "secret-key"
    first = read_settings({"SECRET_FILE": str(path)})["SECRET_KEY"]
    assert len(first) >= 43
    assert read_settings({"SECRET_FILE": str(path)})["SECRET_KEY"] == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_settings({"SECRET_FILE": str(path), "SECRET_KEY": "given"})["SECRET_KEY"] == "given"


def test_an_empty_secret_file_is_no_secret(tmp_path):
    path = tmp_path / "secret-key"
    path.touch()
    with pytest.raises(WrongSetting, match="SECRET_FILE"):
        read_settings({"SECRET_FILE": str(path)})
