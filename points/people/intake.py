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
    """How many people and households came in, changed, or were as they are."""

    members_added: int
    members_changed: int
    members_unchanged: int
    households_added: int


def check_roster(session: Session, community_id: int, rows: Sequence[RosterRow]) -> list[RowError]:
    """What the register knows and the file cannot: a phone that is somebody else's (``phone_in_use``)."""
    phones = [row.phone for row in rows if row.phone]
    owners = {
        owner.phone: owner
        for owner in session.execute(sa.select(Phone.__table__).where(Phone.phone.in_(phones)))
    }
    known = _Known(session, community_id)
    errors = []
    for row in rows:
        owner = owners.get(row.phone)
        person = known.find(row)
        if owner is not None and (
            owner.community_id != community_id or person is None or owner.member_id != person.id
        ):
            errors.append(RowError(row.line, "phone", "phone_in_use", {"value": row.phone}))
    return errors


def import_roster(session: Session, command: ImportRoster, *, now: datetime) -> RosterImported:
    """Adds and updates grids, households, members, phones and wallets. People not in the file stay as they are.

    A person is known again by household number, name and birth year. Raises Conflict ``phone_in_use`` with the line.
    """
    errors = check_roster(session, command.community_id, command.rows)
    if errors:
        raise Conflict("phone_in_use", line=errors[0].line)
    community = session.get_one(Community, command.community_id)
    grids = _grids(session, command)
    households, added = _households(session, command, grids)
    known = _Known(session, command.community_id)
    counts = {"added": 0, "changed": 0, "unchanged": 0}
    for row in command.rows:
        member = known.find(row)
        if member is None:
            member = Member(
                community_id=command.community_id, id=new_id(), household_id=households[row.household_number].id,
                name=row.name, joined_at=now,
            )  # fmt: skip
            session.add(member)
            known.add(row.household_number, member)
            outcome = "added"
        else:
            outcome = "changed" if _differs(member, row) else "unchanged"
        counts[outcome] += 1
        if outcome != "unchanged":
            _write(session, member, row)
        if outcome == "added" and community.wallet_kind == "member":
            session.flush()
            open_account(session, command.community_id, "member", member.id, now=now)
    session.flush()
    if counts["added"] or counts["changed"] or added:
        detail = f"+{counts['added']} ~{counts['changed']}"
        write_act(session, command, "roster_imported", detail, command.reason, now=now)
    _open_wallets(session, community, added, now)
    return RosterImported(counts["added"], counts["changed"], counts["unchanged"], len(added))


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

    def find(self, row: RosterRow) -> Member | None:
        """The person of a row: same birth year, or the only one of that name when a year is not given."""
        people = self._people.get((row.household_number, row.name), [])
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
) -> tuple[dict[str, Household], list[Household]]:
    households = {
        household.number: household
        for household in session.scalars(
            sa.select(Household).where(Household.community_id == command.community_id)
        )
    }
    added = []
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
    session.flush()  # members point at them
    return households, added


def _open_wallets(session: Session, community: Community, added: Sequence[Household], now: datetime) -> None:
    if community.wallet_kind == "household":
        for household in added:
            open_account(session, community.id, "household", household.id, now=now)
