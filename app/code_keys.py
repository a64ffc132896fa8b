"""The counter's keys, made from the site's secret: whoever copies the database can neither show a member code nor try PINs."""

from __future__ import annotations

import hmac
import uuid

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app


class SiteCodeKeys:
    """``shop.codes.keys.CodeKeys`` for whichever site is running."""

    def member_key(self, handle: str) -> bytes:
        """32 bytes."""
        return hmac.digest(_master("yitian member codes"), handle.encode(), "sha256")

    def pin_mark(self, member_id: uuid.UUID, pin: str) -> str:
        """A keyed hash and no slow one: four digits would fall to a slow one too, the key is what protects them."""
        return hmac.digest(_master("yitian counter pins"), member_id.bytes + pin.encode(), "sha256").hex()


def _master(purpose: str) -> bytes:
    masters = current_app.extensions.setdefault("code_masters", {})
    if purpose not in masters:
        secret = str(current_app.config["SECRET_KEY"]).encode()
        masters[purpose] = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(
            secret
        )
    return masters[purpose]
