"""Pages that many people open: the frame is drawn once, only the middle is drawn anew.

Head, ways and foot of a page are a hundred small macros, and the same for everybody with the same roles in the same
place. They are drawn once for each such kind of reader, with marks where readers differ (the name, the form token, the
page to come back to), and from then on only filled in. What comes out is, letter for letter, what ``render_template``
gives; a test holds it to that.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from flask import current_app, g, render_template, request, session
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from app.i18n import is_elder, language

MOST_FRAMES = 300
MOST_TOKENS = 2000
# No text of a page holds a NUL, so that a mark cannot be forged by a name.
_MARK = re.compile("\x00([a-z]+)\x00")
_CUT = Markup("\x00|\x00")


def framed(template: str, parts: str, blocks: tuple[str, ...], **context: Any) -> str:
    """Draws ``template``, which prints ``parts.<block>`` for each of ``blocks``.

    ``parts`` is the template that draws them all, in that order, with ``{{ cut }}`` between two. The frame may depend on
    the reader's roles, community, language and view and on nothing else of ``context``. While somebody is helped it also
    tells who and for how long, and is kept for nobody.
    """
    viewer = current_user._get_current_object() if current_user.is_authenticated else None
    own = context | {"viewer": viewer, "elder": is_elder(), "locale": language(), "cut": _CUT}
    drawn = dict(zip(blocks, current_app.jinja_env.get_template(parts).render(own).split(_CUT), strict=True))
    is_helped = viewer is not None and viewer.helping is not None
    if is_helped or "_flashes" in session or current_app.jinja_env.auto_reload:
        marked = {block: Markup(text) for block, text in drawn.items()}
        return render_template(template, parts=marked, **context)
    kind = _kind_of_reader(template, own)
    frames = current_app.extensions.setdefault("frames", {})
    pieces = frames.get(kind)
    if pieces is None:
        if len(frames) >= MOST_FRAMES:
            frames.clear()
        pieces = frames[kind] = _draw_frame(template, blocks, own)
    values = drawn | {
        "csrf": form_token(),
        "back": escape(request.full_path),
        "name": escape(viewer.name) if viewer else "",
    }
    return "".join([values[piece] if at % 2 else piece for at, piece in enumerate(pieces)])


def row_form(template: str, *fields: str) -> str:
    """A row of a list as text to be filled with ``%``: drawn once for each language, with ``fields`` in their order.

    The template prints each field once, in that order. What is filled in must be escaped by then.
    """
    forms = current_app.extensions.setdefault("row_forms", {})
    kind = template, language()
    form = forms.get(kind)
    if form is None:
        marks = {field: Markup(f"\x00{field}\x00") for field in fields}
        drawn = current_app.jinja_env.get_template(template).render(marks).replace("%", "%%")
        pieces = _MARK.split(drawn)
        if tuple(pieces[1::2]) != fields:
            raise ValueError(f"{template} prints {pieces[1::2]}, not {fields}")
        form = forms[kind] = "%s".join(pieces[::2])
    return form


def form_token() -> str:
    """The page's form token. It has no time limit, so that signing it anew for each page would only cost time."""
    signed = current_app.extensions.setdefault("form_tokens", {})
    secret = session.get("csrf_token")
    if secret in signed:
        g.csrf_token = signed[secret]
        return g.csrf_token
    token = generate_csrf()
    if len(signed) >= MOST_TOKENS:
        signed.clear()
    signed[session["csrf_token"]] = token
    return token


def _kind_of_reader(template: str, own: dict[str, Any]) -> tuple[object, ...]:
    viewer, community = own["viewer"], own.get("community")
    whose = (viewer.roles, viewer.community_code, viewer.community_name) if viewer else None
    place = (community.code, community.name) if community else None
    return template, own["locale"], own["elder"], whose, place


def _draw_frame(template: str, blocks: tuple[str, ...], own: dict[str, Any]) -> list[str]:
    """The frame cut at its marks: text, mark, text, mark ... text."""
    marks = {block: Markup(f"\x00{block}\x00") for block in blocks}
    viewer = replace(own["viewer"], name=Markup("\x00name\x00")) if own["viewer"] else None
    page = render_template(template, parts=marks, **(own | {"viewer": viewer}))
    page = page.replace(form_token(), "\x00csrf\x00")
    came_from = f'name="next" value="{escape(request.full_path)}"'
    page = page.replace(came_from, 'name="next" value="\x00back\x00"')
    return _MARK.split(page)
