"""The JSON interface."""

from __future__ import annotations

from flask import Flask


def init_api(site: Flask) -> None:
    """Registers version 1."""
