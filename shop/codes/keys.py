"""Keys that no database holds: they come from the site's secret file (``app.code_keys``)."""

from __future__ import annotations

import uuid
from typing import Protocol

from sqlalchemy.orm import Session


class CodeKeys(Protocol):
    """What the counter needs to know a phone and a PIN again."""

    def member_key(self, handle: str) -> bytes:
        """The 32 bytes with which the phone of this handle makes its codes."""

    def pin_mark(self, member_id: uuid.UUID, pin: str) -> str:
        """What is stored of a PIN: 64 hexadecimal digits, worthless without the site's secret."""


def code_keys(session: Session) -> CodeKeys:
    """The keys of the running site."""
    return session.info["code_keys"]
