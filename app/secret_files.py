"""Files that only their owner may read, written once and never half."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def keep_once(path: Path, content: str) -> None:
    """Writes ``path`` unless it is there already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, fresh = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")  # readable by the owner only
    try:
        with os.fdopen(handle, "w") as file:
            file.write(content)
        # Linked when it is whole: workers that start at the same moment must not read half a secret.
        with suppress(FileExistsError):
            os.link(fresh, path)
    finally:
        os.unlink(fresh)
