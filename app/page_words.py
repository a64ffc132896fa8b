"""The words of templates, looked up once for each language.

A page asks for fifty sentences, and flask_babel finds the locale, the domain and the catalogue anew for each of them:
a fifth of the time of a page. Here a sentence is found once in the life of a process.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, g
from flask_babel import get_translations
from markupsafe import Markup

from app.i18n import LANGUAGES, language

_known: dict[str, dict[str, tuple[Markup, Markup]]] = {name: {} for name in LANGUAGES}


def words(sentence: str, **values: Any) -> Markup:
    """``_("还剩 %(days)s 天", days=3)`` in the reader's language; values are escaped, ``%%`` is a per cent sign."""
    try:
        known = g.words
    except AttributeError:
        known = g.words = _known[language()]
    found = known.get(sentence)
    if found is None:
        text = Markup(get_translations().ugettext(sentence))
        found = known[sentence] = text, text if "%(" in text else text % {}
    return found[0] % values if values else found[1]


def init_page_words(site: Flask) -> None:
    """Takes the place of ``_`` and ``gettext`` in templates."""
    site.jinja_env.globals.update({"_": words, "gettext": words})
