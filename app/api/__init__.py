"""The JSON interface."""

from __future__ import annotations

from importlib import import_module

from flask import Flask, Response, request

from app.web import csrf

AREAS = (
    "tokens",
    "me",
    "members",
    "rules",
    "evidence",
    "records",
    "sessions",
    "notices",
    "objections",
    "shop",
    "vouchers",
    "redemptions",
    "document",
)


def init_api(site: Flask) -> None:
    """Registers version 1. It needs no CSRF token, since no cookie opens anything below ``/api/``."""
    for area in AREAS:
        views = import_module(f"app.api.v1.{area}").views
        csrf.exempt(views)
        site.register_blueprint(views, url_prefix="/api/v1" + (views.url_prefix or ""))
    site.after_request(_for_nobody_else)


def _for_nobody_else(response: Response) -> Response:
    """What somebody was told with a token is kept by nobody on the way."""
    if request.path.startswith("/api/") and "Authorization" in request.headers:
        response.headers.setdefault("Cache-Control", "private, no-store")
    return response
