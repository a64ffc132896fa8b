"""Where a list goes on: the key of the last line in an opaque text. It opens nothing: every page asks who is looking."""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from points.errors import Invalid

Reader = Callable[[str], Any]
_BIGGEST = 2**53
_FIRST_YEAR, _LAST_YEAR = 2000, 2200


def write_cursor(*parts: object) -> str:
    """An opaque text for the parts of a key."""
    texts = [part.isoformat() if isinstance(part, datetime) else str(part) for part in parts]
    return base64.urlsafe_b64encode(json.dumps(texts).encode()).decode().rstrip("=")


def read_cursor(text: str, *readers: Reader) -> list[Any]:
    """The parts again. Raises Invalid ``bad_cursor`` for anything ``write_cursor`` did not make for such a list."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        parts = json.loads(raw)
        if not isinstance(parts, list) or len(parts) != len(readers):
            raise Invalid("bad_cursor")
        return [reader(_as_text(part)) for reader, part in zip(readers, parts, strict=True)]
    except (ValueError, binascii.Error, RecursionError) as error:
        raise Invalid("bad_cursor") from error


def _as_text(part: object) -> str:
    if not isinstance(part, str) or len(part) > 100 or "\x00" in part:
        raise ValueError("not a part of a key")
    part.encode()  # a UnicodeEncodeError is a ValueError: half a character is no key
    return part


def as_id(text: str) -> uuid.UUID:
    """An id."""
    return uuid.UUID(text)


def as_number(text: str) -> int:
    """A whole number that every database can hold."""
    if not (text.isascii() and text.isdigit() and len(text) <= 16) or int(text) > _BIGGEST:
        raise ValueError("not a number of a line")
    return int(text)


def as_short_number(text: str) -> int:
    """A whole number that fits where the database keeps 32 bits: that of a slip."""
    number = as_number(text)
    if number >= 2**31:
        raise ValueError("not a number of a slip")
    return number


def as_moment(text: str) -> datetime:
    """An instant in UTC."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not _FIRST_YEAR <= moment.year < _LAST_YEAR:
        raise ValueError("not a moment")
    return moment.astimezone(UTC)


def as_text(text: str) -> str:
    """A text as it is."""
    return text
