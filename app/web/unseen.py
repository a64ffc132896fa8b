"""A character that no keyboard types and no database takes (NUL) is refused at the door, once for all forms and addresses."""

from __future__ import annotations

from collections.abc import Iterator

from flask import abort, request

from app.identity.login import keep_typed
from points.errors import Invalid

NUL = "\x00"


def refuse_unseen() -> None:
    """An address with one in it is no page; a question or a form is refused, and what was typed is kept.

    Invalid ``character_unseen``. JSON and the interface for programs are read by their schemas, which say it themselves.
    """
    if request.path.startswith("/api/"):
        return
    if NUL in request.path:
        abort(404)
    if any(NUL in text for text in _sent()):
        keep_typed()
        raise Invalid("character_unseen")


def _sent() -> Iterator[str]:
    for values in (request.args, request.form):
        for name, text in values.items(multi=True):
            yield name
            yield text
    for name, file in request.files.items(multi=True):
        yield name
        yield file.filename or ""
