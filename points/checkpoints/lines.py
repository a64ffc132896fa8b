"""From the facts of an entry to its line: canonical JSON, with people and free words behind commitments.

A line shows numbers, days, codes and ids of things. A person, a household or words that may have to be withdrawn one day
stand in it as ``HMAC(key, value)``, where ``key = HMAC(salt, entry and field)`` and the salt lies in ``seal_salt``. Who
gets the key (an *opening*) can check the value; without it, nobody can link two lines of one household. When the salt is
gone the commitment stays, from the copy beside the leaf, and the line is still the same.
"""

from __future__ import annotations

import base64
import hmac
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

VERSION = 1
COMMITMENT_BYTES = 32
# Fields of free text, in any kind of entry.
WORDS = frozenset({"reason", "answer", "detail", "second_level_reason"})
# What stands in place of words that were withdrawn, where a table does not allow none at all.
WITHDRAWN = ("", "\u2014")
# A commitment that fits nothing: for somebody who was never sealed, so that a line cannot be moved to them.
UNKNOWN = bytes(COMMITMENT_BYTES)
Salts = Mapping[uuid.UUID, bytes | None]


@dataclass(frozen=True)
class Hidden:
    """A value behind a commitment. ``subject``: whose salt hides it; ``public``: words that everybody may read as long
    as they are not withdrawn."""

    subject: uuid.UUID
    value: str
    public: bool = False


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


@dataclass(frozen=True)
class Line:
    """An entry as it is published.

    ``openings``: for everybody, of public words. ``own``: of every hidden field whose salt is there.
    ``unsalted``: fields with words in them although their salt was taken away, which no withdrawal leaves behind.
    """

    text: str
    commitments: bytes
    openings: dict[str, Opening] = field(default_factory=dict)
    own: dict[str, Opening] = field(default_factory=dict)
    unsalted: tuple[str, ...] = ()

    def openings_for(self, owner_id: uuid.UUID) -> dict[str, Opening]:
        """What the owner of one side may open: that it is theirs, and the words; not who else had a hand in it."""
        return {
            name: opening
            for name, opening in self.own.items()
            if name in WORDS or opening.value == str(owner_id)
        }


def subjects_of(facts: Mapping[str, object]) -> set[uuid.UUID]:
    """Whose salts a line needs."""
    return {value.subject for value in facts.values() if isinstance(value, Hidden)}


def line_of(
    kind: str, entry_id: uuid.UUID, facts: Mapping[str, object], salts: Salts, kept: bytes = b""
) -> Line:
    """The line of an entry; facts that are None are left out.

    ``salts``: None for a salt that was taken away, nothing for who never had one. ``kept``: the commitments stored at
    the sealing, for fields whose salt is gone; nothing fitting there gives a line that matches no leaf.
    """
    shown: dict[str, object] = {"v": VERSION, "kind": kind, "id": str(entry_id)}
    shown |= {
        name: _plain(value)
        for name, value in facts.items()
        if value is not None and not isinstance(value, Hidden)
    }
    hidden = sorted((name, value) for name, value in facts.items() if isinstance(value, Hidden))
    commitments, own, unsalted = [], {}, []
    for at, (name, value) in enumerate(hidden):
        salt = salts.get(value.subject, UNKNOWN)
        if salt is None:
            mac = kept[at * COMMITMENT_BYTES : (at + 1) * COMMITMENT_BYTES]
            if name in WORDS and value.value not in WITHDRAWN:
                unsalted.append(name)
        elif salt is UNKNOWN:
            mac = UNKNOWN
        else:
            key = hmac.digest(salt, f"{entry_id}\n{name}".encode(), "sha256")
            mac = hmac.digest(key, value.value.encode(), "sha256")
            own[name] = Opening(_base64(key), value.value)
        commitments.append(mac)
        shown[name] = _base64(mac)
    text = json.dumps(shown, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    public = {name: own[name] for name, value in hidden if value.public and name in own}
    return Line(text, b"".join(commitments), public, own, tuple(unsalted))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")[:19] + "Z"
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
