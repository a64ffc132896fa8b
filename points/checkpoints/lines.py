"""From the facts of an entry to its line: canonical JSON, with people and free words behind commitments.

A line shows numbers, days, codes and ids of things. A person, a household or words that may have to be withdrawn one day
stand in it as ``SHA-256(key, value)``, where ``key = HMAC(salt, entry and field)`` and the salt lies in ``seal_salt``. Who
gets the key (an *opening*) can check the value; without it, nobody can link two lines of one household. When the salt is
gone the commitment stays, from the copy beside the leaf, and the line is still the same.
"""

from __future__ import annotations

import base64
import hmac
import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

VERSION = 1
COMMITMENT_BYTES = 32
# Fields of free text, in any kind of entry.
WORDS = frozenset({"reason", "answer", "detail", "second_level_reason"})
# What stands in place of words that were withdrawn, where a table does not allow none at all.
WITHDRAWN = ("", "\u2014")
# A commitment that fits nothing: for somebody who was never sealed, so that a line cannot be moved to them.
UNKNOWN = bytes(COMMITMENT_BYTES)
Salts = Mapping[uuid.UUID, bytes | None]


class Hidden(NamedTuple):
    """A value behind a commitment. ``subject``: whose salt hides it; ``public``: words that everybody may read as long
    as they are not withdrawn."""

    subject: uuid.UUID
    value: str
    public: bool = False


class Facts(NamedTuple):
    """What a line says: fields that everybody reads, and fields that are hidden. Those that are None are left out."""

    shown: dict[str, object]
    hidden: dict[str, Hidden | None]


def person(subject_id: uuid.UUID | None) -> Hidden | None:
    """A member or a household, hidden under its own salt."""
    return None if subject_id is None else Hidden(subject_id, str(subject_id))


def words(entry_id: uuid.UUID, text: str | None, *, public: bool = False) -> Hidden | None:
    """Free text of an entry, hidden under the entry's salt."""
    return None if text is None else Hidden(entry_id, text, public)


@dataclass(frozen=True)
class Opening:
    """What shows that a commitment means a value: base64 key, and the value."""

    key: str
    value: str


class Line(NamedTuple):
    """An entry as it is published; ``hidden`` with the key of each field, None where the salt is gone."""

    text: str
    commitments: bytes
    hidden: tuple[tuple[str, Hidden, bytes | None], ...]

    @property
    def own(self) -> dict[str, Opening]:
        """Openings of every hidden field."""
        return {
            name: Opening(_base64(key), value.value) for name, value, key in self.hidden if key is not None
        }

    @property
    def openings(self) -> dict[str, Opening]:
        """Those for everybody: of public words."""
        public = {name for name, value, _ in self.hidden if value.public}
        return {name: opening for name, opening in self.own.items() if name in public}

    def openings_for(self, owner_id: uuid.UUID) -> dict[str, Opening]:
        """What the owner of one side may open: that it is theirs, and the words; not who else had a hand in it."""
        return {
            name: opening
            for name, opening in self.own.items()
            if name in WORDS or opening.value == str(owner_id)
        }

    @property
    def unsalted(self) -> tuple[str, ...]:
        """Fields with words in them although their salt was taken away, which no withdrawal leaves behind."""
        return tuple(
            name
            for name, value, key in self.hidden
            if key is None and name in WORDS and value.value not in WITHDRAWN
        )


def subjects_of(facts: Iterable[Facts]) -> set[uuid.UUID]:
    """Whose salts these lines need."""
    return {value.subject for one in facts for value in one.hidden.values() if value is not None}


def line_of(kind: str, entry_id: uuid.UUID, facts: Facts, salts: Salts, kept: bytes = b"") -> Line:
    """The line of an entry.

    ``salts``: None for a salt that was taken away, nothing for who never had one. ``kept``: the commitments stored at
    the sealing, for fields whose salt is gone; nothing fitting there gives a line that matches no leaf.
    """
    entry = str(entry_id)
    shown: dict[str, object] = {"v": VERSION, "kind": kind, "id": entry}
    for name, value in facts.shown.items():
        if value is not None:
            kind_of = type(value)
            shown[name] = value if kind_of is str or kind_of is int else _PLAIN[kind_of](value)
    commitments, hidden = [], []
    for name in sorted(name for name, value in facts.hidden.items() if value is not None):
        value = facts.hidden[name]
        salt, key = salts.get(value.subject, UNKNOWN), None
        if salt is None:
            mac = kept[len(hidden) * COMMITMENT_BYTES : (len(hidden) + 1) * COMMITMENT_BYTES]
        elif salt is UNKNOWN:
            mac = UNKNOWN
        else:
            key = hmac.digest(salt, f"{entry}\n{name}".encode(), "sha256")
            mac = sha256(key + value.value.encode()).digest()
        hidden.append((name, value, key))
        commitments.append(mac)
        shown[name] = _base64(mac)
    return Line(_CANONICAL.encode(shown), b"".join(commitments), tuple(hidden))


def _second(moment: datetime) -> str:
    moment = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return moment.isoformat(timespec="seconds")[:19] + "Z"


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
# How a type of column is written that is no text and no number; another is a mistake of the kind that names it.
_PLAIN: dict[type, Callable[[Any], object]] = {
    uuid.UUID: str,
    datetime: _second,
    date: date.isoformat,
}


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
