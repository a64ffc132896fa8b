"""The forms of a page as a browser would send them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

# What somebody types where nothing stands yet, by the kind of field.
TYPED = {"number": "1", "date": "2026-09-05", "month": "2026-09", "tel": "13900000000", "hidden": ""}


@dataclass
class PageForm:
    """``method`` in small letters; ``fields`` with what stands in them, one that comes several times as often."""

    method: str
    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """Every field once."""
        return list(dict.fromkeys(name for name, _ in self.fields))


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[PageForm] = []
        self._by_id: dict[str, PageForm] = {}
        self._form: PageForm | None = None
        self._choice: PageForm | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = PageForm(has.get("method", "get").lower(), has.get("action") or self.address)
            self.forms.append(self._form)
            self._by_id[has.get("id", "")] = self._form
        elif tag == "option" and self._choice:
            name, chosen = self._choice.fields[-1]
            self._choice.fields[-1] = (name, chosen or has.get("value", ""))
        elif tag in ("input", "select", "textarea", "button") and has.get("name"):
            self._add(tag, has)

    def _add(self, tag: str, has: dict[str, str]) -> None:
        form = self._by_id.get(has["form"]) if has.get("form") else self._form
        if form is None:
            return
        if has.get("type") == "file":
            form.files.append(has["name"])
            return
        typed = "" if tag == "select" else TYPED.get(has.get("type", ""), "试试")
        form.fields.append((has["name"], has.get("value") or typed))
        self._choice = form if tag == "select" else self._choice

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._choice = None


def forms_of(page: str, address: str) -> list[PageForm]:
    """The forms of a page in their order."""
    reader = _Reader(address)
    reader.feed(page)
    return reader.forms
