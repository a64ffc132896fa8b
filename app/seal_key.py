"""The key that signs the daily seals: a file of its own, never in the database, in a log or in a backup.

Only commands and jobs read it; pages show the public key that stands beside each checkpoint. Beside the file lies
``<name>.public`` with every public key this site has signed with, one on a line, so that a key of somebody else's shows.
"""

from __future__ import annotations

import base64
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from app.secret_files import keep_once
from points.errors import Conflict


def seal_key(path: Path) -> Ed25519PrivateKey | None:
    """The key, or None where none was made yet. Raises Conflict ``seal_key_unreadable``."""
    if not path.exists():
        return None
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, OSError) as error:
        raise Conflict("seal_key_unreadable", path=str(path)) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Conflict("seal_key_unreadable", path=str(path))
    return key


def make_seal_key(path: Path) -> Ed25519PrivateKey:
    """Makes the key unless it is there; of several that start at once one wins."""
    fresh = Ed25519PrivateKey.generate()
    pem = fresh.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    keep_once(path, pem.decode())
    key = seal_key(path)
    if key is None:
        raise Conflict("seal_key_unreadable", path=str(path))
    public = key.public_key().public_bytes_raw()
    if public not in known_keys(path):
        with _list_beside(path).open("a") as file:
            file.write(base64.b64encode(public).decode() + "\n")
    return key


def known_keys(path: Path) -> list[bytes]:
    """Public keys this site has signed with, oldest first."""
    listed = _list_beside(path)
    lines = listed.read_text().split() if listed.exists() else []
    return [base64.b64decode(line) for line in lines]


def _list_beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.public")
