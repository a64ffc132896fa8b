"""Addresses of built files. Names carry a hash of the content, so that browsers may keep them for ever."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask

STATIC = Path(__file__).resolve().parent.parent / "static"


class AssetsNotBuilt(Exception):
    """``make assets`` has not run."""


def init_assets(site: Flask) -> None:
    """Gives templates ``asset('app.css')``."""
    manifest: dict[str, str] = {}

    def asset(name: str) -> str:
        if not manifest:
            manifest.update(read_manifest())
        return f"/static/vendor/{manifest[name]}"

    site.jinja_env.globals["asset"] = asset


def read_manifest() -> dict[str, str]:
    """Built name of each asset. Raises AssetsNotBuilt with the command that builds them."""
    path = STATIC / "vendor" / "manifest.json"
    if not path.exists():
        raise AssetsNotBuilt("static/vendor is missing: run `make assets`")
    return json.loads(path.read_text())
