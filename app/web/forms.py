"""Forms: what was typed is never lost, what is wrong is said beside its field and at the top."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import Response, make_response, render_template, request
from marshmallow import Schema

from app.errors import status_of
from app.identity.login import is_secret, take_kept
from app.schemas.fields import load
from app.sentences import say
from points.base import new_id
from points.errors import DomainError

SHORTEST_KEY, LONGEST_KEY = 8, 60


@dataclass
class Form:
    """What a form template needs: ``form.value("note")``, ``form.values("member_ids")``, ``form.error_of("note")``."""

    typed: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    error: str | None = None

    def value(self, name: str, default: object = "") -> str:
        """The typed text of a field, else ``default``."""
        values = self.typed.get(name)
        return values[0] if values else str(default)

    def values(self, name: str) -> list[str]:
        """All typed texts of a field that comes several times."""
        return self.typed.get(name, [])

    def error_of(self, name: str) -> str | None:
        """The sentence beside a field."""
        messages = self.errors.get(name)
        return " ".join(map(str, messages)) if messages else None


def blank_form(**defaults: object) -> Form:
    """For GET: what was kept from before a sign-in, else the defaults."""
    kept = take_kept()
    return Form(kept or {name: [str(value)] for name, value in defaults.items() if value is not None})


def posted_form() -> Form:
    """For POST: everything typed, but no passwords and no PINs."""
    return Form({name: values for name, values in request.form.lists() if not is_secret(name)})


def load_form(schema: type[Schema], *lists: str, **more: Any) -> dict[str, Any]:
    """The posted form through a command's schema. ``lists`` names fields with several values; empty texts are left out
    so that defaults apply and required fields say so; ``more`` overrides. Raises Invalid ``form_invalid``."""
    data: dict[str, Any] = {
        name: text for name, text in request.form.items() if text != "" and name not in lists
    }
    data |= {name: [text for text in request.form.getlist(name) if text] for name in lists}
    return load(schema, data | more, strict=False)


def request_key() -> str:
    """The form's hidden key: a double click or a resend is the same request."""
    key = request.form.get("request_key", "")
    return key if SHORTEST_KEY <= len(key) <= LONGEST_KEY else new_id().hex


def show_again(template: str, form: Form, error: DomainError, **context: Any) -> Response:
    """The form with what was typed, the sentence of the refusal and its status."""
    form.error = say(error)
    errors = error.facts.get("errors")
    form.errors = errors if isinstance(errors, dict) else {}
    return make_response(render_template(template, form=form, **context), status_of(error))
