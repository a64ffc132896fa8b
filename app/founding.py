"""A whole new community in one transaction: its accounts, its people, its first shop, and a steward who can sign in."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.identity.first_passwords import IssueFirstPassword, issue_first_password
from points.errors import Conflict, Invalid
from points.people.intake import ImportRoster, import_roster
from points.people.models import Grid, Household, Member, Phone, Role
from points.people.operations import FoundCommunity, GrantRole, found_community, grant_role
from points.people.roster import RosterRow
from points.people.roster_fields import HEAD, name_of, phone_of
from shop.catalogue.operations import OpenShop, open_shop

AREA_KINDS = ("province", "city", "county", "town")
_CODE = re.compile(r"[a-z][a-z0-9-]{1,30}", re.ASCII)


@dataclass(frozen=True)
class Steward:
    """Who begins. In the roster already, known by phone; or in household ``number`` of ``grid``."""

    name: str
    phone: str
    number: str = "000"
    grid: str = "村委会"


@dataclass(frozen=True)
class FoundWithSteward:
    """``areas``: names from the province down. ``shop``: name of the first shop, or empty for none yet.

    ``is_operator``: the steward also runs the site. ``password_hash`` is made before the transaction.
    """

    code: str
    name: str
    areas: tuple[str, ...]
    steward: Steward
    password_hash: str
    rows: tuple[RosterRow, ...] = ()
    shop: str = ""
    wallet_kind: str = "household"
    notice_days: int = 3
    is_operator: bool = False
    reason: str = "setup"


@dataclass(frozen=True)
class Founded:
    """What there is now."""

    community_id: int
    steward_id: uuid.UUID
    members: int
    households: int


def check_founding(session: Session, code: str, areas: tuple[str, ...], steward: Steward) -> Steward:
    """The steward with a clean phone, before anything is written.

    Raises Invalid ``community_code_not_valid``, ``areas_not_valid`` and the codes of a roster's name and phone;
    Conflict ``phone_in_use``: the phone belongs to somebody in a community already.
    """
    if not _CODE.fullmatch(code):
        raise Invalid("community_code_not_valid")
    if not 1 <= len(areas) <= len(AREA_KINDS) or not all(area.strip() for area in areas):
        raise Invalid("areas_not_valid")
    phone = phone_of(steward.phone.strip())
    if phone is None:
        raise Invalid("phone_not_valid", digits=0)
    if session.get(Phone, phone) is not None:
        raise Conflict("phone_in_use", value=phone)
    return Steward(name_of(steward.name.strip()), phone, steward.number, steward.grid)


def found_with_steward(session: Session, command: FoundWithSteward, *, now: datetime) -> Founded:
    """Founds the community and everything it needs to begin; all or nothing.

    Raises what ``check_founding``, ``found_community`` and ``import_roster`` raise; Conflict
    ``steward_has_other_name`` (``name``): the roster knows the phone under another name.
    """
    steward = check_founding(session, command.code, command.areas, command.steward)
    areas = tuple(zip(AREA_KINDS, command.areas, strict=False))
    community_id = found_community(
        session,
        FoundCommunity(command.code, command.name, areas, command.wallet_kind, command.notice_days),
        now=now,
    )
    if command.rows:
        import_roster(session, ImportRoster(community_id, None, command.rows, command.reason), now=now)
    steward_id = _steward(session, community_id, steward, command.reason, now)
    for role in ("steward", "operator") if command.is_operator else ("steward",):
        grant_role(session, GrantRole(community_id, steward_id, role, command.reason), now=now)
    password = IssueFirstPassword(community_id, None, steward_id, command.password_hash, command.reason)
    issue_first_password(session, password, now=now)
    if command.shop.strip():
        open_shop(session, OpenShop(community_id, None, command.shop.strip()), now=now)
    session.flush()
    return Founded(community_id, steward_id, *_counts(session, community_id))


def has_operator(session: Session) -> bool:
    """Whether anybody runs the site, in whichever community."""
    return (
        session.scalar(
            sa.select(Role.id).where(Role.role == "operator").limit(1),
            execution_options={"across_communities": True},
        )
        is not None
    )


def _steward(session: Session, community_id: int, steward: Steward, reason: str, now: datetime) -> uuid.UUID:
    found = session.execute(
        sa.select(Member.id, Member.name).where(
            Member.community_id == community_id, Member.phone == steward.phone
        )
    ).one_or_none()
    if found is not None:
        if found.name != steward.name:
            raise Conflict("steward_has_other_name", name=found.name)
        return found.id
    row = RosterRow(
        line=1, household_number=steward.number, grid=_grid_of(session, community_id, steward), address=None,
        name=steward.name, relation=HEAD, gender=None, birth_year=None, phone=steward.phone, is_party_member=None,
        employer=None,
    )  # fmt: skip
    import_roster(session, ImportRoster(community_id, None, (row,), reason), now=now)
    return session.scalars(
        sa.select(Member.id).where(Member.community_id == community_id, Member.phone == steward.phone)
    ).one()


def _grid_of(session: Session, community_id: int, steward: Steward) -> str:
    """A household that is there already stays in its grid."""
    there = session.scalar(
        sa.select(Grid.name)
        .join(Household, sa.and_(Household.community_id == Grid.community_id, Household.grid_id == Grid.id))
        .where(Grid.community_id == community_id, Household.number == steward.number)
    )
    return there or steward.grid


def _counts(session: Session, community_id: int) -> tuple[int, int]:
    members, households = (
        session.scalar(
            sa.select(sa.func.count()).select_from(model).where(model.community_id == community_id)
        )
        for model in (Member, Household)
    )
    return members or 0, households or 0
