"""Checkpoints as signed notes of transparency logs (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), and as print.

::

    points.example.org/c/yitian        origin: whose tree it is
    1024                               how many entries
    b64...=                            root of the tree over them
    2026-09-08T16:00:07Z               when it was sealed (an extension line)
                                       (an empty line)
    — points.example.org/c/yitian b64...=

On paper stands the *mark*: the size and 160 bits of the root, ``1024-`` and 32 characters that no eye confuses. Fewer
bits would let whoever seals prepare two histories under one mark (a collision takes half the bits).
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from points.codes import ALPHABET, as_printed

ED25519 = b"\x01"
SIGNATURE = "\u2014 "
MARK_LENGTH, SHORTEST_MARK = 32, 16


@dataclass(frozen=True)
class Head:
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes
    sealed_at: datetime

    def text(self) -> str:
        """The signed text."""
        when = f"{self.sealed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n{when}\n"


@dataclass(frozen=True)
class Signer:
    """Signs in the name of an origin."""

    origin: str
    key: Ed25519PrivateKey

    def sign(self, head: Head) -> str:
        """The signed note."""
        text = head.text()
        public = self.key.public_key().public_bytes_raw()
        signature = base64.b64encode(_key_id(self.origin, public) + self.key.sign(text.encode())).decode()
        return f"{text}\n{SIGNATURE}{self.origin} {signature}\n"

    def verifier(self) -> str:
        """The public key as verifiers of notes take it: ``name+id+key``."""
        public = self.key.public_key().public_bytes_raw()
        return f"{self.origin}+{_key_id(self.origin, public).hex()}+{base64.b64encode(ED25519 + public).decode()}"


def _key_id(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def key_of(verifier: str) -> bytes:
    """The public key in ``name+id+key``. Raises ValueError for anything else."""
    return base64.b64decode(verifier.split("+", 2)[-1], validate=True)[1:]


def read_note(note: str, verifier: str) -> Head | None:
    """What a note says, when the key signed it; None for anything else, whatever is wrong with it."""
    text, _, signatures = note.partition("\n\n")
    text += "\n"
    try:
        name, _, _ = verifier.split("+", 2)
        public = key_of(verifier)
        key = Ed25519PublicKey.from_public_bytes(public)
        wanted = f"{SIGNATURE}{name} "
        (line,) = [line for line in signatures.splitlines() if line.startswith(wanted)]
        signature = base64.b64decode(line.removeprefix(wanted), validate=True)
        if signature[:4] != _key_id(name, public):
            return None
        key.verify(signature[4:], text.encode())
        origin, size, root, when = text.splitlines()[:4]
        sealed_at = datetime.strptime(when, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        return Head(origin, int(size), base64.b64decode(root, validate=True), sealed_at)
    except (ValueError, InvalidSignature):
        return None


def mark_of(size: int, root: bytes) -> str:
    """What is printed of a checkpoint."""
    number = int.from_bytes(root[: MARK_LENGTH * 5 // 8], "big")
    letters = [ALPHABET[number >> shift & 31] for shift in range((MARK_LENGTH - 1) * 5, -1, -5)]
    return f"{size}-{''.join(letters)}"


def read_mark(text: str) -> tuple[int, str] | None:
    """Size and beginning of the root in what was scanned or typed (small letters, gaps, O for 0); None when it is no mark.

    At least ``SHORTEST_MARK`` of the characters are needed.
    """
    size, dash, letters = text.strip().partition("-")
    code = as_printed(letters)
    size = size.replace(" ", "")
    if not dash or code is None or not SHORTEST_MARK <= len(code) <= MARK_LENGTH:
        return None
    return (int(size), code) if size.isascii() and size.isdigit() and len(size) <= 15 else None
