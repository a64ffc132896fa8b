"""What each refusal says to a person: one sentence for each code, saying what to do. Facts fill the blanks."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from app.sentences import (
    backups,
    checkpoints,
    conduct,
    devices,
    fairness,
    files,
    gifts,
    groups,
    identity,
    ledger,
    notices,
    people,
    records,
    review,
    rules,
    shop,
    vouchers,
)
from app.sentences.facts import worded
from points.errors import Conflict, DomainError, Gone, Invalid, NotAllowed, NotFound

SENTENCES = {
    **identity.SENTENCES,
    **people.SENTENCES,
    **groups.SENTENCES,
    **files.SENTENCES,
    **backups.SENTENCES,
    **checkpoints.SENTENCES,
    **ledger.SENTENCES,
    **records.SENTENCES,
    **rules.SENTENCES,
    **review.SENTENCES,
    **notices.SENTENCES,
    **conduct.SENTENCES,
    **fairness.SENTENCES,
    **shop.SENTENCES,
    **devices.SENTENCES,
    **vouchers.SENTENCES,
    **gifts.SENTENCES,
}

# A last resort, so that nobody reads a code: tests see to it that every code has a sentence of its own.
BY_KIND = {
    NotFound: _("没有找到。"),
    NotAllowed: _("您不能做这一步。"),
    Conflict: _("现在不能这样做，请刷新页面再看。"),
    Invalid: _("填写的内容有问题，请改正后再提交。"),
    Gone: _("已经过期了。"),
}


def say(error: DomainError) -> str:
    """The sentence for an error, in the reader's language."""
    sentence = SENTENCES.get(error.code)
    if sentence is None:
        return str(next((text for kind, text in BY_KIND.items() if isinstance(error, kind)), error.code))
    return filled(sentence, error.code, error.facts)


def filled(sentence: object, code: str, facts: Mapping[str, object]) -> str:
    """A sentence with its facts in the blanks, each as a reader wants it."""
    return str(sentence) % _Facts(worded(code, facts))


class _Facts(dict[str, object]):
    """A fact that is not there reads as an ellipsis: an error page must not fail."""

    def __missing__(self, key: str) -> str:
        return "…"
