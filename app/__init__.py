"""The web site: HTTP, configuration, passwords and the clock around ``shop`` and ``points``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask

from app.api import init_api
from app.assets import init_assets
from app.cli import init_cli
from app.config import ROOT, read_settings
from app.cookies import Cookies
from app.database import init_database
from app.errors import init_errors
from app.files.serving import init_serving
from app.headers import init_headers
from app.health import init_health
from app.i18n import init_i18n
from app.identity.login import init_login
from app.logging import init_logging
from app.page_words import init_page_words
from app.permissions import init_permissions
from app.web import init_web


class Site(Flask):
    """Flask without coroutines: it need not look at every function of every request for one."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself."""
        return func


def create_app(**overrides: Any) -> Flask:
    """The site, ready to serve. Settings come from the environment; ``overrides`` win (tests).

    Raises ``app.config.WrongSetting`` when a setting cannot be used.
    """
    site = Site(__name__, static_folder=str(ROOT / "static"), template_folder=str(ROOT / "templates"))
    site.config.update(read_settings() | overrides)
    site.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=site.config["HTTPS_ONLY"],
        PERMANENT_SESSION_LIFETIME=60 * 60 * 24 * 90,
        MAX_CONTENT_LENGTH=32 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
    )
    site.session_interface = Cookies()
    init_logging(site)
    init_database(site)
    init_i18n(site)
    init_page_words(site)
    init_login(site)
    init_permissions(site)
    init_headers(site)
    init_errors(site)
    init_assets(site)
    init_serving(site)
    init_health(site)
    init_web(site)
    init_api(site)
    init_cli(site)
    return site
