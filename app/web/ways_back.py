"""Where somebody goes on after a form: only ever to a page of this site that can be opened."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException

# A browser reads a backslash as a slash and drops tabs and line ends: "/\\evil.example" is another site.
_DANGEROUS = re.compile(r"[\x00-\x20\\\x7f]")
LONGEST = 5000


def local_path(text: str | None) -> str | None:
    """``text`` when it is the address of a page here (``/points?before=7``), else None."""
    if (
        not text
        or len(text) > LONGEST
        or not text.startswith("/")
        or text.startswith("//")
        or _DANGEROUS.search(text)
    ):
        return None
    parts = urlsplit(text)
    if parts.scheme or parts.netloc or not _can_be_opened(parts.path):
        return None
    return text


def _can_be_opened(path: str) -> bool:
    """A form that was refused may have been shown at an address that only takes forms."""
    adapter = current_app.create_url_adapter(request)
    try:
        adapter.match(path, method="GET")
    except HTTPException:
        return False
    return True


def wanted_path() -> str | None:
    """What ``next`` of the form or the address names, if it is a page here."""
    return local_path(request.form.get("next") or request.args.get("next"))


def way_on(default: str = "home.index") -> str:
    """Where to go after the door: what was wanted, unless that is the door itself."""
    wanted = wanted_path()
    doors = {url_for("identity.sign_in"), url_for("identity.password")}
    return url_for(default) if wanted is None or wanted.split("?")[0] in doors else wanted
