"""Files that only their owner may read, written once and never half."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def keep_once(path: Path, content: str) -> None:
    """Writes ``path`` unless it is there already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
        file.write(content)
    # Linked when it is whole: workers that start at the same moment must not read half a secret.
    with suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()
