"""Taking a roster in: new people come, known people are updated, running it twice changes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict
from points.ledger.operations import open_account
from points.people.models import Community, Grid, Household, Member, Phone
from points.people.operations import write_act
from points.people.roster import RosterRow
from points.sheets import RowError

_FIELDS = ("relation", "gender", "birth_year", "is_party_member", "employer", "phone")


@dataclass(frozen=True)
class ImportRoster:
    """Rows of a roster that were read without error. The caller decided whether bad rows may be left out."""

    community_id: int
    actor_id: uuid.UUID | None
    rows: tuple[RosterRow, ...]
    reason: str = "roster"


@dataclass(frozen=True)
class RosterImported:
    """How many people and households came in, changed (a household: another grid or address), or were as they are."""

    members_added: int
    members_changed: int
    members_unchanged: int
    households_added: int
    households_changed: int = 0

    @property
    def changed_nothing(self) -> bool:
        """The file said what the register already knew."""
        return not (
            self.members_added or self.members_changed or self.households_added or self.households_changed
        )


def check_roster(session: Session, community_id: int, rows: Sequence[RosterRow]) -> list[RowError]:
    """What the register knows and the file cannot.

    ``phone_of_another`` (``owner``, ``household``): a phone of somebody else here; ``phone_in_use``: of somebody in
    another community, who is not named; ``person_not_clear`` (``years``): several of that name live in the household
    and the row gives no year of birth.
    """
    owners = _owners(session, [row.phone for row in rows if row.phone])
    known = _Known(session, community_id)
    errors = []
    for row in rows:
        person = known.find(row)
        if person is None and row.birth_year is None and (others := known.of_name(row)):
            years = [str(other.birth_year) for other in others if other.birth_year]
            errors.append(RowError(row.line, "birth_year", "person_not_clear", {"value": "", "years": years}))
        owner = owners.get(row.phone)
        if owner is None or (person is not None and owner.member_id == person.id):
            continue
        holder = known.holder(owner.member_id) if owner.community_id == community_id else None
        if holder is None:
            errors.append(RowError(row.line, "phone", "phone_in_use", {"value": row.phone}))
        else:
            number, name = holder
            facts = {"value": row.phone, "owner": name, "household": number}
            errors.append(RowError(row.line, "phone", "phone_of_another", facts))
    return errors


def _owners(session: Session, phones: Sequence[str]) -> dict[str, sa.Row]:
    rows = session.execute(sa.select(Phone.__table__).where(Phone.phone.in_(phones)))
    return {owner.phone: owner for owner in rows}


def preview_roster(session: Session, community_id: int, rows: Sequence[RosterRow]) -> RosterImported:
    """What ``import_roster`` would do with these rows, without doing it."""
    known = _Known(session, community_id)
    outcomes = {"added": 0, "changed": 0, "unchanged": 0}
    for row in rows:
        outcomes[_outcome(known.find(row), row)] += 1
    wanted = {row.household_number: row for row in reversed(rows)}
    stored = {
        row.number: row
        for row in session.execute(
            sa.select(Household.number, Household.address, Grid.name.label("grid"))
            .join(Grid, sa.and_(Grid.community_id == Household.community_id, Grid.id == Household.grid_id))
            .where(Household.community_id == community_id)
        )
    }
    moved = [
        number
        for number, row in wanted.items()
        if number in stored
        and (stored[number].grid, stored[number].address) != (row.grid, row.address or stored[number].address)
    ]
    return RosterImported(
        outcomes["added"], outcomes["changed"], outcomes["unchanged"], len(wanted.keys() - stored.keys()), len(moved)
    )  # fmt: skip


def import_roster(session: Session, command: ImportRoster, *, now: datetime) -> RosterImported:
    """Adds and updates grids, households, members, phones and wallets. People not in the file stay as they are.

    A person is known again by household number, name and birth year. Raises Conflict with the first error of
    ``check_roster`` and its ``line``.
    """
    errors = check_roster(session, command.community_id, command.rows)
    if errors:
        raise Conflict(errors[0].code, line=errors[0].line, **errors[0].facts)
    community = session.get_one(Community, command.community_id)
    grids = _grids(session, command)
    households, added, moved = _households(session, command, grids)
    known = _Known(session, command.community_id)
    counts = {"added": 0, "changed": 0, "unchanged": 0}
    for row in command.rows:
        member = known.find(row)
        outcome = _outcome(member, row)
        if member is None:
            member = Member(
                community_id=command.community_id, id=new_id(), household_id=households[row.household_number].id,
                name=row.name, joined_at=now,
            )  # fmt: skip
            session.add(member)
            known.add(row.household_number, member)
        counts[outcome] += 1
        if outcome != "unchanged":
            _write(session, member, row)
        if outcome == "added" and community.wallet_kind == "member":
            session.flush()
            open_account(session, command.community_id, "member", member.id, now=now)
    session.flush()
    done = RosterImported(counts["added"], counts["changed"], counts["unchanged"], len(added), moved)
    if not done.changed_nothing:
        detail = f"+{counts['added']} ~{counts['changed']}"
        write_act(session, command, "roster_imported", detail, command.reason, now=now)
    _open_wallets(session, community, added, now)
    return done


def _outcome(member: Member | None, row: RosterRow) -> str:
    if member is None:
        return "added"
    return "changed" if _differs(member, row) else "unchanged"


def _differs(member: Member, row: RosterRow) -> bool:
    """A cell left empty says nothing: it does not erase what is known."""
    told = {field: getattr(row, field) for field in _FIELDS if getattr(row, field) not in (None, "")}
    return any(getattr(member, field) != value for field, value in told.items())


def _write(session: Session, member: Member, row: RosterRow) -> None:
    """The phone table is keyed by the number: an old number goes, the new one comes."""
    if row.phone and member.phone != row.phone:
        if member.phone:
            session.execute(sa.delete(Phone).where(Phone.phone == member.phone))
        session.add(Phone(phone=row.phone, community_id=member.community_id, member_id=member.id))
    for field in _FIELDS:
        if getattr(row, field) not in (None, ""):
            setattr(member, field, getattr(row, field))


class _Known:
    """People of the register by household number and name; two of one name in a household differ by birth year."""

    def __init__(self, session: Session, community_id: int) -> None:
        self._people: dict[tuple[str, str], list[Member]] = {}
        rows = session.execute(
            sa.select(Member, Household.number)
            .join(
                Household,
                sa.and_(Household.community_id == Member.community_id, Household.id == Member.household_id),
            )
            .where(Member.community_id == community_id, Member.left_at.is_(None))
        )
        for member, number in rows:
            self.add(number, member)

    def add(self, number: str, member: Member) -> None:
        """Notes somebody who came in."""
        self._people.setdefault((number, member.name), []).append(member)

    def of_name(self, row: RosterRow) -> list[Member]:
        """Everybody of that name in the household."""
        return self._people.get((row.household_number, row.name), [])

    def holder(self, member_id: uuid.UUID) -> tuple[str, str] | None:
        """Household number and name of a member."""
        for (number, name), people in self._people.items():
            if any(person.id == member_id for person in people):
                return number, name
        return None

    def find(self, row: RosterRow) -> Member | None:
        """The person of a row: same birth year, or the only one of that name when a year is not given."""
        people = self.of_name(row)
        same = [person for person in people if person.birth_year == row.birth_year]
        if same:
            return same[0]
        unsure = len(people) == 1 and None in (people[0].birth_year, row.birth_year)
        return people[0] if unsure else None


def _grids(session: Session, command: ImportRoster) -> dict[str, Grid]:
    grids = {
        grid.name: grid
        for grid in session.scalars(sa.select(Grid).where(Grid.community_id == command.community_id))
    }
    for name in dict.fromkeys(row.grid for row in command.rows):
        if name not in grids:
            grids[name] = Grid(community_id=command.community_id, id=new_id(), name=name)
            session.add(grids[name])
    session.flush()  # households point at them
    return grids


def _households(
    session: Session, command: ImportRoster, grids: dict[str, Grid]
) -> tuple[dict[str, Household], list[Household], int]:
    """All households by number, those that are new, and how many known ones moved to another grid or address."""
    households = {
        household.number: household
        for household in session.scalars(
            sa.select(Household).where(Household.community_id == command.community_id)
        )
    }
    added = []
    moved = set()
    for row in command.rows:
        household = households.get(row.household_number)
        if household is None:
            household = Household(
                community_id=command.community_id, id=new_id(), number=row.household_number,
                grid_id=grids[row.grid].id, address=row.address,
            )  # fmt: skip
            session.add(household)
            households[row.household_number] = household
            added.append(household)
        elif (household.grid_id, household.address) != (grids[row.grid].id, row.address or household.address):
            household.grid_id, household.address = grids[row.grid].id, row.address or household.address
            moved.add(household.number)
    session.flush()  # members point at them
    return households, added, len(moved)


def _open_wallets(session: Session, community: Community, added: Sequence[Household], now: datetime) -> None:
    if community.wallet_kind == "household":
        for household in added:
            open_account(session, community.id, "household", household.id, now=now)
