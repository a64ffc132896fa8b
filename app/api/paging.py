"""Lists: where a page begins and how long it is."""

from __future__ import annotations

from app.schemas.fields import Command, Text, Whole


class PageQuery(Command):
    """``after``: the ``next`` of the page before; ``limit``: lines on a page."""

    after = Text(
        shortest=1, longest=400, load_default=None, metadata={"description": "`next` of the page before"}
    )
    limit = Whole(least=1, most=100, load_default=20, metadata={"description": "lines on a page"})
