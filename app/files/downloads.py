"""Tables that are taken home as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response


def csv_answer(lines: Iterable[Sequence[str]], name: str) -> Response:
    """UTF-8 with a mark at the start, so that spreadsheet programs here read it; no cell begins a formula."""
    out = io.StringIO()
    csv.writer(out).writerows([_plain(cell) for cell in line] for line in lines)
    return Response(
        "\ufeff" + out.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _plain(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell
