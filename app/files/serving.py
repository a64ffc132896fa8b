"""Static files with hashed names are kept for ever by browsers; what we send is compressed."""

from __future__ import annotations

import mimetypes

from flask import Flask
from flask_compress import Compress
from whitenoise import WhiteNoise

from app.assets import STATIC


def init_serving(site: Flask) -> None:
    """WhiteNoise in front of Flask for ``/static``; gzip for pages, fragments and JSON."""
    mimetypes.add_type("application/wasm", ".wasm")
    site.config.update(
        COMPRESS_ALGORITHM=["br", "gzip"], COMPRESS_LEVEL=5, COMPRESS_BR_LEVEL=4, COMPRESS_MIN_SIZE=800,
        COMPRESS_MIMETYPES=["text/html", "application/json", "text/plain", "text/csv"],
    )  # fmt: skip
    Compress(site)
    site.wsgi_app = WhiteNoise(
        site.wsgi_app,
        root=str(STATIC),
        prefix="static/",
        max_age=3600,
        immutable_file_test=lambda _path, url: "/vendor/" in url and not url.endswith("manifest.json"),
    )
