"""An uploaded file waits on the server while its owner reads what was understood of it: a day at most.

One file for each upload: a line of JSON about it, then its bytes. After the import only that line is left, with what
was answered, so that a second click gets the same answer and nobody's roster lies about.
"""

from __future__ import annotations

import json
import os
import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from points.base import new_id
from points.errors import Gone

LONGEST = timedelta(days=1)
_KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)


@dataclass(frozen=True)
class Kept:
    """An upload of one member. ``answer`` is what its import was answered, once it was done."""

    key: str
    kind: str
    filename: str
    data: bytes
    kept_at: datetime
    answer: str | None = None


class Keeper:
    """The uploads of one member, in ``folder``. A key of somebody else's is as good as none."""

    def __init__(self, folder: Path, member_id: uuid.UUID) -> None:
        self._folder, self._member_id = folder, member_id

    def keep(self, kind: str, filename: str, data: bytes, *, now: datetime) -> str:
        """Stores a file, readable by the site only; returns its key. What is older than a day goes."""
        sweep(self._folder, now=now)
        self._folder.mkdir(parents=True, exist_ok=True)
        key = new_id().hex
        handle = os.open(self._path(key), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(_head(kind, filename[:200], now) + data)
        return key

    def find(self, key: str, kind: str, *, now: datetime) -> Kept:
        """The upload. Raises Gone ``upload_gone``: unknown, somebody else's, another kind's, or older than a day."""
        path = self._path(key) if _KEY.fullmatch(key) else None
        if path is None or not path.is_file():
            raise Gone("upload_gone")
        head, _, data = path.read_bytes().partition(b"\n")
        about = json.loads(head)
        kept_at = datetime.fromisoformat(about["kept_at"])
        if about["kind"] != kind or kept_at + LONGEST < now:
            raise Gone("upload_gone")
        return Kept(key, kind, about["filename"], data, kept_at, about.get("answer"))

    def finish(self, kept: Kept, answer: str) -> None:
        """Drops the bytes and keeps the answer for a repeat."""
        path = self._path(kept.key)
        part = path.with_suffix(".part")
        part.write_bytes(_head(kept.kind, kept.filename, kept.kept_at, answer=answer))
        part.chmod(0o600)
        part.replace(path)

    def forget(self, key: str) -> None:
        """Drops an upload; unknown ones are none of our business."""
        if _KEY.fullmatch(key):
            self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}-{self._member_id.hex}.upload"


def sweep(folder: Path, *, now: datetime) -> int:
    """Deletes every upload older than a day, whoever's it is; returns how many."""
    gone = 0
    for path in folder.glob("*.upload"):
        with path.open("rb") as file:
            kept_at = _kept_at(file.readline())
        if kept_at is None or kept_at + LONGEST < now:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _head(kind: str, filename: str, kept_at: datetime, **more: str) -> bytes:
    about = {"kind": kind, "filename": filename, "kept_at": kept_at.isoformat(), **more}
    return json.dumps(about, ensure_ascii=False).encode() + b"\n"


def _kept_at(head: bytes) -> datetime | None:
    """When it was stored; None for a file that was cut off while it was written."""
    try:
        return datetime.fromisoformat(json.loads(head)["kept_at"])
    except (ValueError, KeyError, TypeError):
        return None
