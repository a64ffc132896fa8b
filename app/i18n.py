"""Language, elder view, and how days and times are written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flask import Flask, g, has_request_context, request
from flask_babel import Babel, force_locale, get_locale
from flask_babel import gettext as _
from flask_login import current_user

LANGUAGES = ("zh", "en")
YEAR_SECONDS = 365 * 24 * 3600


def choose_language() -> str:
    """The visitor's choice (cookie), else Chinese; programs say it with Accept-Language."""
    chosen = request.cookies.get("lang")
    if chosen in LANGUAGES:
        return chosen
    if request.path.startswith("/api/"):
        return request.accept_languages.best_match(LANGUAGES, "zh")
    return "zh"


def is_elder() -> bool:
    """True in the elder view: bigger, and fewer things."""
    return request.cookies.get("view") == "elder"


def language() -> str:
    """``zh`` or ``en``, once for each request."""
    try:
        return g.language
    except AttributeError:
        # get_locale() asks choose_language() as well, by a long way round; outside a request it alone knows an answer
        found = choose_language() if has_request_context() else str(get_locale() or "zh")
        g.language = found if found in LANGUAGES else "zh"
        return g.language


@contextmanager
def written_in(chosen: str) -> Iterator[None]:
    """Inside, everything is said in one language: papers that are kept read the same, whoever asks for them."""
    before = language()
    g.language = chosen
    try:
        with force_locale(chosen):
            yield
    finally:
        g.language = before


def local(moment: datetime) -> datetime:
    """A moment in the viewer's zone; the demo's zone for visitors."""
    zone = current_user.zone if current_user.is_authenticated else g.get("zone", "Asia/Shanghai")
    return moment.astimezone(ZoneInfo(zone))


def day(value: date | datetime) -> str:
    """11月20日 / 20 Nov, with the year when it is not this one."""
    value = local(value) if isinstance(value, datetime) else value
    this_year = local_now().year
    if language() == "en":
        return f"{value.day} {value:%b}" + ("" if value.year == this_year else f" {value.year}")
    return ("" if value.year == this_year else f"{value.year}年") + f"{value.month}月{value.day}日"


def moment(value: datetime) -> str:
    """11月20日 08:30 / 20 Nov 08:30; 今天 and 昨天 by their names."""
    there = local(value)
    days = (local_now().date() - there.date()).days
    name = _("今天") if days == 0 else _("昨天") if days == 1 else day(there)
    return f"{name} {there:%H:%M}"


def stamp(value: datetime, *, with_year: bool = True) -> str:
    """For paper, which knows no today: 2026年11月20日 08:30 / 20 Nov 2026 08:30; the last moment of a day as 24:00."""
    there = local(value)
    at = "24:00" if there.time() == time.max else f"{there:%H:%M}"
    if language() == "en":
        return f"{there.day} {there:%b} " + (f"{there.year} " if with_year else "") + at
    return (f"{there.year}年" if with_year else "") + f"{there.month}月{there.day}日 {at}"


def month(value: date) -> str:
    """2026年11月 / Nov 2026."""
    return f"{value:%b %Y}" if language() == "en" else f"{value.year}年{value.month}月"


def local_now() -> datetime:
    """Now, where the viewer lives."""
    from app import clock

    return local(clock.now())


def named(thing: object, name: str = "name") -> str:
    """``name_zh`` or ``name_en`` of a thing, as the reader reads."""
    return getattr(thing, f"{name}_{language()}")


def init_i18n(site: Flask) -> None:
    """Languages and the template helpers that depend on them."""
    site.config["BABEL_DEFAULT_LOCALE"] = "zh"
    site.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(site, locale_selector=choose_language)
    site.jinja_env.filters.update(day=day, moment=moment, month=month, named=named, stamp=stamp)

    @site.context_processor
    def helpers() -> dict[str, object]:
        signed_in = current_user.is_authenticated
        return {
            "elder": is_elder(),
            "locale": language(),
            "viewer": current_user._get_current_object() if signed_in else None,
        }
