"""What is said about the rows of a sheet that somebody handed over, and about the items of a rule book."""

from __future__ import annotations

from app.sentences import SENTENCES, filled
from app.sentences.columns import COLUMNS, WORDS
from app.sentences.facts import joined
from app.sentences.files import NOTES, WARNINGS
from app.sentences.rules import FINDINGS, REASONS
from points.rules.lint import Finding
from points.sheets import Note, RowError, RowWarning


def explain(error: RowError) -> str:
    """Why a row cannot be taken, in the reader's language."""
    if error.code in FINDINGS:
        return filled(FINDINGS[error.code], error.code, error.facts) + " " + reason(error.code)
    return filled(SENTENCES.get(error.code, error.code), error.code, error.facts)


def found(finding: Finding) -> str:
    """What the rules about rules found in a book."""
    return filled(FINDINGS[finding.code], finding.code, finding.facts)


def reason(code: str) -> str:
    """Why a finding matters, for those who wrote the item in good faith."""
    return str(REASONS[code])


def warn(warning: RowWarning) -> str:
    """What to look at in a row that is taken."""
    return filled(WARNINGS.get(warning.code, warning.code), warning.code, warning.facts)


def tell(note: Note) -> str:
    """What was done with the file as a whole."""
    return filled(NOTES.get(note.code, note.code), note.code, note.facts)


def column(kind: str, field: str) -> str:
    """The column's name as the village would write it; ``kind``: roster, rules or catalogue."""
    return str(COLUMNS[kind].get(field, field))


# Fields of a rule whose content is a word of ours, not the village's.
_CODED = ("score", "cap_unit", "cap_period", "photo", "reporters", "review_path")


def cell(field: str, value: object) -> str:
    """What stands in a field of a rule, in the reader's language; empty where nothing does."""
    if value is None:
        return ""
    if field not in _CODED:
        return str(value)
    return joined(WORDS[word] for word in ([value] if isinstance(value, str) else value))  # type: ignore
