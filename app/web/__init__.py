"""The HTML views: one module for each area, each with a blueprint called ``views``."""

from __future__ import annotations

from importlib import import_module

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from app.web import jinja

AREAS = ()

csrf = CSRFProtect()


def init_web(site: Flask) -> None:
    """Registers every area and the CSRF guard of forms."""
    csrf.init_app(site)
    jinja.init_jinja(site)
    for area in AREAS:
        site.register_blueprint(import_module(f"app.web.{area}").views)
