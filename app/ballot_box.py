"""The box of secret ballots: Fernet (AES and HMAC) with a key made from the site's secret, which no database holds."""

from __future__ import annotations

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app


class SiteBallotBox:
    """``points.review.secrecy.BallotBox`` for whichever site is running."""

    def seal(self, words: bytes) -> bytes:
        """Unreadable without the site's secret."""
        return _fernet().encrypt(words)

    def open(self, sealed: bytes) -> bytes:
        """Raises ValueError when this site's secret did not seal it, as after the secret file was lost."""
        try:
            return _fernet().decrypt(sealed)
        except InvalidToken as error:
            raise ValueError("a ballot that this site did not seal") from error


def _fernet() -> Fernet:
    found = current_app.extensions.get("ballot_box")
    if found is None:
        secret = str(current_app.config["SECRET_KEY"]).encode()
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"yitian secret ballots").derive(secret)
        found = current_app.extensions["ballot_box"] = Fernet(urlsafe_b64encode(key))
    return found
