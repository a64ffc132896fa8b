"""The key that signs snapshots for shop phones, made from the site's secret: its public half stands in the page."""

from __future__ import annotations

import base64
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

PURPOSE = b"yitian till snapshots"


def _key() -> Ed25519PrivateKey:
    kept = current_app.extensions.get("snapshot_key")
    if kept is None:
        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE)
        secret = str(current_app.config["SECRET_KEY"]).encode()
        kept = current_app.extensions["snapshot_key"] = Ed25519PrivateKey.from_private_bytes(
            derive.derive(secret)
        )
    return kept


def public_key() -> str:
    """32 bytes in base64, for the page."""
    return base64.b64encode(_key().public_key().public_bytes_raw()).decode()


def signed(snapshot: dict[str, Any]) -> dict[str, str]:
    """The snapshot as one text and the signature over exactly that text, in base64."""
    text = json.dumps(snapshot, ensure_ascii=False, separators=(",", ":"))
    return {"text": text, "signature": base64.b64encode(_key().sign(text.encode())).decode()}
