"""English is complete: every sentence of the code and the pages has one, with the same blanks."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
METHODS = [("app/**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "N_": None}
BLANK = re.compile(r"%\(\w+\)[sd]")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@cache
def sources() -> dict[str, str]:
    """Every sentence with the place where it stands."""
    found = extract_from_dir(
        str(ROOT),
        METHODS,
        options_map={"templates/**.html": {"trimmed": "true"}},
        keywords=KEYWORDS,
        directory_filter=lambda path: not any(part in path for part in (".venv", "node_modules", "/var")),
    )
    return {
        (message if isinstance(message, str) else message[0]): f"{file}:{line}"
        for file, line, message, _comments, _context in found
    }


@cache
def english() -> Catalog:
    """The English catalogue."""
    with (ROOT / "app/translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="en")


def translation_of(source: str) -> Message | None:
    """The entry of a sentence."""
    return english().get(source)


def first_of(source: str | tuple[str, str] | list[str]) -> str:
    """The sentence itself, or of one with a plural the form for one."""
    return source if isinstance(source, str) else source[0]


def test_every_sentence_has_an_english_one() -> None:
    missing = [
        f"{place}: {source}"
        for source, place in sources().items()
        if source and not (translation_of(source) and translation_of(source).string)
    ]
    assert missing == []


def test_english_has_the_same_blanks_and_no_chinese() -> None:
    wrong = []
    for message in english():
        source = first_of(message.id)
        for text in [message.string] if isinstance(message.string, str) else message.string:
            if set(BLANK.findall(source)) != set(BLANK.findall(text)):
                wrong.append(f"blanks: {source}")
            if CHINESE.search(text.replace("中文", "").replace("义田", "")):
                wrong.append(f"Chinese: {text}")
    assert wrong == []


def test_no_english_sentence_is_left_over() -> None:
    left = [message.id for message in english() if message.id and first_of(message.id) not in sources()]
    assert left == []


# These two speak both languages at once, since they must not depend on anything that may fail.
BILINGUAL = ("500.html", "503.html")
PAGES = [page for page in sorted((ROOT / "templates").rglob("*.html")) if page.name not in BILINGUAL]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_no_page_speaks_chinese_past_the_catalogue(page: Path) -> None:
    """Chinese outside gettext would be Chinese in the English site as well."""
    text = re.sub(r"\{#.*?#\}", "", page.read_text(encoding="utf-8"), flags=re.S)
    text = re.sub(r"\{%-?\s*trans.*?endtrans\s*-?%\}", "", text, flags=re.S)
    text = re.sub(r"""_\(\s*("[^"]*"|'[^']*')""", "", text)
    text = text.replace("中文", "").replace("义田", "")
    assert CHINESE.findall(text) == []
