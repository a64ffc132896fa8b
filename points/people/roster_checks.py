"""What only a whole roster can tell: one head and one grid for a household, no person and no phone twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from points.people.roster_fields import HEAD
from points.sheets import Note, RowReader, RowWarning


@dataclass(slots=True)
class DraftRow:
    """A row while it is being checked; a field is None where it is empty or could not be read."""

    reader: RowReader
    household_number: str | None
    grid: str | None
    address: str | None
    name: str | None
    relation: str | None
    gender: str | None
    birth_year: int | None
    phone: str | None
    is_party_member: bool | None
    employer: str | None

    @property
    def line(self) -> int:
        """The row's number in the file."""
        return self.reader.row.line

    @property
    def is_head(self) -> bool:
        """Whether the row names the head of its household."""
        return self.relation == HEAD

    @property
    def has_own_number(self) -> bool:
        """Whether the household number was written for this row, not lent by a merged cell."""
        return self.household_number is not None and not self.reader.was_filled("household_number")

    def has_error_in(self, name: str) -> bool:
        """Whether the field was filled in and could not be read."""
        return any(error.field == name for error in self.reader.errors)


def fill_down(drafts: Sequence[DraftRow]) -> list[Note]:
    """Give members the number of the head above them where a whole sheet writes it once for each household.

    That is how a sheet with merged cells looks once it was saved as text, or where one merge was
    forgotten. One member with a number of their own, or one head without, and an empty number is taken
    for the mistake it then is. Note: ``household_filled_down`` (``lines``).
    """
    heads = [draft for draft in drafts if draft.is_head]
    others = [draft for draft in drafts if not draft.is_head]
    if not drafts[0].is_head or any(draft.household_number is None for draft in heads):
        return []
    if any(draft.has_own_number or draft.relation is None for draft in others):
        return []
    number = None
    lines = []
    for draft in drafts:
        if draft.household_number is None:
            draft.household_number = number
            lines.append(draft.line)
        number = draft.household_number
    return [Note("household_filled_down", {"lines": lines})] if lines else []


def check_households(
    drafts: Sequence[DraftRow], default_grid: str | None, *, has_relations: bool
) -> list[RowWarning]:
    """Settle grid and address of each household and note errors on the rows that contradict an earlier one.

    Errors noted: ``household_number_missing``, ``grid_missing``, ``grid_differs``, ``second_head``,
    ``person_twice``. Warnings returned: ``address_differs``, ``same_name_in_household``, ``no_head``,
    ``head_refused``, ``household_numbers_alike``.
    """
    households: dict[str, list[DraftRow]] = {}
    for draft in drafts:
        if draft.household_number is not None:
            households.setdefault(draft.household_number, []).append(draft)
        elif not draft.has_error_in("household_number"):
            draft.reader.refuse("household_number", "household_number_missing")
    warnings = _numbers_alike(households)
    for number, members in households.items():
        _settle_grid(members, default_grid)
        warnings += _settle_address(number, members)
        warnings += _same_names(number, members)
        if has_relations:
            _refuse_second_heads(members)
    for draft in drafts:
        if draft.household_number is None:
            _settle_grid([draft], default_grid)
    if has_relations:
        warnings += _households_without_head(households)
    return sorted(warnings, key=lambda warning: warning.line)


def check_phones(drafts: Sequence[DraftRow]) -> None:
    """Note ``phone_twice`` (``first_line``, ``first_name``) on every row whose phone an earlier row has."""
    first: dict[str, DraftRow] = {}
    for draft in drafts:
        if draft.phone is None:
            continue
        earlier = first.setdefault(draft.phone, draft)
        if earlier is not draft:
            draft.reader.refuse(
                "phone", "phone_twice", first_line=earlier.line, first_name=earlier.name, phone=draft.phone
            )


def _settle_grid(members: Sequence[DraftRow], default_grid: str | None) -> None:
    first = next((draft for draft in members if draft.grid), None)
    for draft in members:
        if draft.has_error_in("grid"):
            continue
        if first is not None and draft.grid not in (None, first.grid):
            draft.reader.refuse("grid", "grid_differs", first_line=first.line, first_grid=first.grid)
        draft.grid = draft.grid or (first.grid if first else default_grid)
        if draft.grid is None:
            draft.reader.refuse("grid", "grid_missing")


def _settle_address(number: str, members: Sequence[DraftRow]) -> list[RowWarning]:
    first = next((draft for draft in members if draft.address), None)
    if first is None:
        return []
    warnings = []
    for draft in members:
        if draft.address not in (None, first.address):
            facts = {"household": number, "first_line": first.line, "value": draft.address}
            warnings.append(RowWarning(draft.line, "address_differs", facts))
        draft.address = draft.address or first.address
    return warnings


def _same_names(number: str, members: Sequence[DraftRow]) -> list[RowWarning]:
    """Two of one name in a household are two people only if their years of birth say so."""
    warnings = []
    seen: dict[str, list[DraftRow]] = {}
    for draft in members:
        if draft.name is None:
            continue
        earlier = seen.setdefault(draft.name, [])
        same = next((one for one in earlier if _may_be_one_person(one, draft)), None)
        if same is not None:
            draft.reader.refuse("name", "person_twice", first_line=same.line, household=number)
        elif earlier:
            facts = {"household": number, "name": draft.name, "first_line": earlier[0].line}
            warnings.append(RowWarning(draft.line, "same_name_in_household", facts))
        earlier.append(draft)
    return warnings


def _may_be_one_person(one: DraftRow, other: DraftRow) -> bool:
    return one.birth_year is None or other.birth_year is None or one.birth_year == other.birth_year


def _refuse_second_heads(members: Sequence[DraftRow]) -> None:
    heads = [draft for draft in members if draft.is_head]
    for draft in heads[1:]:
        draft.reader.refuse("relation", "second_head", first_line=heads[0].line, first_name=heads[0].name)


def _households_without_head(households: dict[str, list[DraftRow]]) -> list[RowWarning]:
    warnings = []
    for number, members in households.items():
        heads = [draft for draft in members if draft.is_head]
        if not heads:
            warnings.append(RowWarning(members[0].line, "no_head", {"household": number}))
        elif heads[0].reader.errors and len(members) > 1:
            warnings.append(RowWarning(heads[0].line, "head_refused", {"household": number}))
    return warnings


def _numbers_alike(households: dict[str, list[DraftRow]]) -> list[RowWarning]:
    """Numbers such as 1 and 001 in one file: two households to us, perhaps one to the village."""
    warnings = []
    seen: dict[str, str] = {}
    for number, members in households.items():
        earlier = seen.setdefault(number.lstrip("0"), number)
        if earlier != number:
            facts = {"household": number, "other": earlier, "first_line": households[earlier][0].line}
            warnings.append(RowWarning(members[0].line, "household_numbers_alike", facts))
    return warnings
