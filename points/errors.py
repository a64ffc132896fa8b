"""The five ways an operation can say no.

The domain speaks in codes and facts, never in sentences: a sentence needs a language, and only the
floor that knows the reader (``app/errors.py``) can choose one.
"""

from __future__ import annotations


class DomainError(Exception):
    """A rule said no. ``code`` names the rule, ``facts`` carry the plain values a sentence needs."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.code} {self.facts}" if self.facts else self.code


class NotFound(DomainError):
    """There is no such thing here; the same answer for another community's thing (404)."""


class NotAllowed(DomainError):
    """The person may not do this (403)."""


class Conflict(DomainError):
    """The state of things forbids it now (409)."""


class Invalid(DomainError):
    """The request itself cannot be understood or breaks a rule of form (422)."""


class Gone(DomainError):
    """It was here, and its time is over (410)."""
