"""One way to read any of the four sheets: what can be taken, what cannot and why, what was noticed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy.orm import Session

from app.files.tables import Table, read_table
from points.people import relation_sheet as relations
from points.people import roster
from points.people.intake import check_roster
from points.people.relation_intake import check_relations
from points.people.relation_sheet import RelationRow
from points.people.roster import RosterRow
from points.rules import sheet as rules
from points.rules.lint import Finding, lint_book
from points.rules.sheet import RuleLine
from points.sheets import Note, RowError, RowWarning
from shop.catalogue import sheet as catalogue
from shop.catalogue.operations import check_catalogue
from shop.catalogue.sheet import CatalogueItem

Row = RosterRow | RuleLine | CatalogueItem | RelationRow


@dataclass(frozen=True)
class Reading:
    """``rows`` have no error; ``errors`` are in the order of the file. ``sheet`` is the one that was read of a workbook.

    Of a rule book ``refused`` are the rows that were understood and may not be adopted (a draft may hold them), and
    ``findings`` what its assembly should look at.
    """

    kind: str
    rows: tuple[Row, ...]
    errors: tuple[RowError, ...]
    warnings: tuple[RowWarning, ...]
    notes: tuple[Note, ...]
    sheet: str | None
    other_sheets: tuple[str, ...] = ()
    refused: tuple[RuleLine, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def refused_lines(self) -> list[int]:
        """Lines that cannot be taken, each once."""
        return sorted({error.line for error in self.errors})


@dataclass(frozen=True)
class Question:
    """What the reader of a file needs to know beside its bytes. ``grid``: for a roster that names none."""

    community_id: int
    today: date
    sheet: str | None = None
    grid: str | None = None


@dataclass(frozen=True)
class Kind:
    """One kind of sheet: its permission on the web, how its columns are called, and who reads its rows."""

    name: str
    permission: str
    columns: Mapping[str, Sequence[str]]
    known: frozenset[str]
    read: Callable[[Session, Table, Question], Reading] = field(repr=False)


def _read_roster(session: Session, table: Table, question: Question) -> Reading:
    read = roster.read_roster(
        table.header, table.rows, today=question.today, title=table.title, default_grid=question.grid
    )
    # What only the register knows stands beside what the file itself got wrong.
    clashes = check_roster(session, question.community_id, read.rows)
    rows = _without(read.rows, clashes)
    return Reading(
        "roster", rows, (*read.errors, *clashes), tuple(read.warnings), tuple(read.notes), table.sheet
    )


def _without(rows: Sequence[Row], errors: Sequence[RowError]) -> tuple[Row, ...]:
    refused = {error.line for error in errors}
    return tuple(row for row in rows if row.line not in refused)


def _read_rules(_session: Session, table: Table, _question: Question) -> Reading:
    read = rules.read_rules(table.header, table.rows)
    findings = lint_book(read.items)
    lines = {item.code: item for item in read.items}
    refusals = [finding for finding in findings if finding.is_refusal]
    errors = [_row_error(lines[finding.item], finding) for finding in refusals]
    bad = {finding.item for finding in refusals}
    return Reading(
        "rules", tuple(item for item in read.items if item.code not in bad), (*read.errors, *errors), (),
        tuple(read.notes), table.sheet, refused=tuple(item for item in read.items if item.code in bad),
        findings=tuple(finding for finding in findings if not finding.is_refusal and finding.item not in bad),
    )  # fmt: skip


def _row_error(line: RuleLine, finding: Finding) -> RowError:
    """A refusal of the rules about rules, as a row's: with the field, and what stands in it."""
    value = str(getattr(line, finding.field))[:60]
    return RowError(line.line, finding.field, finding.code, {"value": value, **finding.facts})


def _read_catalogue(session: Session, table: Table, question: Question) -> Reading:
    read = catalogue.read_catalogue(table.header, table.rows)
    clashes = check_catalogue(session, question.community_id, read.items)
    rows = _without(read.items, clashes)
    return Reading("catalogue", rows, (*read.errors, *clashes), (), tuple(read.notes), table.sheet)


def _read_relations(session: Session, table: Table, question: Question) -> Reading:
    read = relations.read_relations(table.header, table.rows)
    clashes = check_relations(session, question.community_id, read.rows)
    rows = _without(read.rows, clashes)
    return Reading("relations", rows, (*read.errors, *clashes), (), tuple(read.notes), table.sheet)


KINDS = {
    kind.name: kind
    for kind in (
        Kind("roster", "members.manage", roster.COLUMN_NAMES, roster.KNOWN_HEADERS, _read_roster),
        Kind("rules", "rules.manage", rules.COLUMN_NAMES, rules.KNOWN_HEADERS, _read_rules),
        Kind(
            "catalogue", "catalogue.manage", catalogue.COLUMN_NAMES, catalogue.KNOWN_HEADERS, _read_catalogue
        ),
        Kind(
            "relations", "relations.manage", relations.COLUMN_NAMES, relations.KNOWN_HEADERS, _read_relations
        ),
    )
}


def read_file(session: Session, kind: str, data: bytes, filename: str, question: Question) -> Reading:
    """Reads a file as ``kind`` (a name in ``KINDS``). Raises Invalid with the codes of ``read_table`` and of the reader."""
    table = read_table(data, filename, known=KINDS[kind].known, sheet=question.sheet)
    reading = KINDS[kind].read(session, table, question)
    others = next((note.facts["others"] for note in table.notes if note.code == "sheet_chosen"), [])
    return replace(
        reading,
        errors=tuple(sorted(reading.errors, key=lambda error: error.line)),
        notes=(*table.notes, *reading.notes),
        other_sheets=tuple(others),  # type: ignore[arg-type]
    )
