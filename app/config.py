"""Settings, each declared once: name, type, default, what it is for. The start fails on a wrong one."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.secret_files import keep_once

ROOT = Path(__file__).resolve().parent.parent


class WrongSetting(Exception):
    """A setting that cannot be used; the message names it and says what is expected."""


def _whole(text: str) -> int:
    if not text.strip().isascii() or not text.strip().isdigit():
        raise ValueError("a whole number")
    return int(text)


def _yes_no(text: str) -> bool:
    if text.lower() not in ("1", "0", "true", "false", "yes", "no"):
        raise ValueError("yes or no")
    return text.lower() in ("1", "true", "yes")


def _level(text: str) -> str:
    if text.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("DEBUG, INFO, WARNING or ERROR")
    return text.upper()


def _database_url(text: str) -> str:
    for short in ("postgres://", "postgresql://"):
        if text.startswith(short):
            return "postgresql+psycopg://" + text.removeprefix(short)
    if not text.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("sqlite:////path/file.db or postgresql://user:password@host/name")
    return text


def _site_url(text: str) -> str:
    if text and not text.startswith(("http://", "https://")):
        raise ValueError("an address like https://points.example.org")
    return text.rstrip("/")


@dataclass(frozen=True)
class Setting:
    """One setting as it is read from the environment."""

    name: str
    parse: Callable[[str], Any]
    default: str
    description: str


SETTINGS = (
    Setting("DATABASE_URL", _database_url, f"sqlite:///{ROOT}/var/yitian.db", "the database: SQLite file or PostgreSQL"),
    Setting("MEDIA_DIR", Path, f"{ROOT}/var/media", "folder of the photos"),
    Setting("SECRET_KEY", str, "", "signs cookies; empty: made once and kept in SECRET_FILE"),
    Setting("SECRET_FILE", Path, f"{ROOT}/var/secret-key", "where a made secret is kept, readable by the owner only"),
    Setting("SEAL_KEY_FILE", Path, f"{ROOT}/var/seal-key", "private key that signs the daily seals, readable by the owner only"),
    Setting("SITE_URL", _site_url, "", "address in QR codes and printed pages; empty: as the visitor typed it"),
    Setting("PROXY_HOPS", _whole, "0", "how many reverse proxies stand in front and set X-Forwarded-*"),
    Setting("HTTPS_ONLY", _yes_no, "no", "cookies are sent over HTTPS only"),
    Setting("LOG_LEVEL", _level, "INFO", "how much is written to the log"),
    Setting("DEMO_SIGN_INS", _yes_no, "yes", "show ready sign-ins when the demo village is loaded"),
    Setting("POOL_SIZE", _whole, "8", "PostgreSQL connections of one process"),
    Setting("PREPARED_STATEMENTS", _yes_no, "yes", "PostgreSQL keeps prepared statements; no: behind a pooler that loses them"),
)  # fmt: skip


def read_settings(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """All settings, parsed. Raises WrongSetting naming the first wrong one."""
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        text = environ.get(setting.name, setting.default)
        try:
            values[setting.name] = setting.parse(text)
        except ValueError as error:
            raise WrongSetting(f"{setting.name}: expected {error} ({setting.description})") from error
    values["SECRET_KEY"] = values["SECRET_KEY"] or _kept_secret(values["SECRET_FILE"])
    return values


def _kept_secret(path: Path) -> str:
    if not path.exists():
        keep_once(path, secrets.token_urlsafe(48))
    secret = path.read_text().strip()
    if not secret:
        raise WrongSetting(f"SECRET_FILE: {path} is empty; remove it, and a new secret is made")
    return secret
