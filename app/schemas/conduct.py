"""What is written into a case: words with a name under them, and the answer to an appeal."""

from __future__ import annotations

from app.schemas.fields import Command, OneOf, Text
from points.conduct.policy import LONGEST_TEXT


def _words() -> Text:
    return Text(required=True, shortest=2, longest=LONGEST_TEXT)


class ReplySchema(Command):
    """What the person says to it."""

    reply = _words()


class DropSchema(Command):
    """Why it may rest."""

    reason = _words()


class AppealSchema(Command):
    """Why the person disagrees."""

    appeal = _words()


class AppealAnswerSchema(Command):
    """The supervisor's answer."""

    decision = OneOf("uphold", "dismiss", required=True)
    answer = _words()
