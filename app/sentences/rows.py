"""What is said about the rows of a sheet that somebody handed over."""

from __future__ import annotations

from app.sentences import SENTENCES, filled
from app.sentences.columns import COLUMNS
from app.sentences.files import NOTES, WARNINGS
from points.sheets import Note, RowError, RowWarning


def explain(error: RowError) -> str:
    """Why a row cannot be taken, in the reader's language."""
    return filled(SENTENCES.get(error.code, error.code), error.code, error.facts)


def warn(warning: RowWarning) -> str:
    """What to look at in a row that is taken."""
    return filled(WARNINGS.get(warning.code, warning.code), warning.code, warning.facts)


def tell(note: Note) -> str:
    """What was done with the file as a whole."""
    return filled(NOTES.get(note.code, note.code), note.code, note.facts)


def column(kind: str, field: str) -> str:
    """The column's name as the village would write it; ``kind``: roster, rules or catalogue."""
    return str(COLUMNS[kind].get(field, field))
