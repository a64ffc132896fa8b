"""Who is looking: everything a page needs to know of the signed-in member, read in one statement."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.identity.models import Credential
from app.permissions import HELPED, allows
from points.ledger.models import Account
from points.people.helping import Helping
from points.people.models import Community, Household, Member, Role
from points.prepared import Prepared

member, household, community = Member.__table__, Household.__table__, Community.__table__
credential, role, account = Credential.__table__, Role.__table__, Account.__table__


@dataclass(frozen=True)
class Viewer:
    """A signed-in member. ``wallet_id`` is the household's or the member's own, as the community chose.

    ``helping``: the member is helped, and the browser is the helper's.
    """

    community_id: int
    community_code: str
    community_name: str
    zone: str
    member_id: uuid.UUID
    name: str
    household_id: uuid.UUID
    household_number: str
    wallet_id: uuid.UUID | None
    epoch: int
    must_change: bool
    roles: frozenset[str]
    scopes: dict[str, uuid.UUID | None] = field(default_factory=dict)
    shop_phones_only: bool = False
    helping: Helping | None = None

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What the cookie holds: "sign out everywhere" raises the epoch, and the cookie is worth nothing."""
        return f"{self.community_id}:{self.member_id}:{self.epoch}"

    def can(self, permission: str) -> bool:
        """True when one of the roles carries the permission, and it is not the helper's to use."""
        return allows(self.roles, permission) and (self.helping is None or permission in HELPED)

    @property
    def today(self) -> date:
        """The calendar day where the viewer lives."""
        return clock.today(self.zone)

    @property
    def shop_id(self) -> uuid.UUID | None:
        """The shop at whose counter this member stands."""
        return self.scopes.get("shop_staff")

    @property
    def grid_id(self) -> uuid.UUID | None:
        """The grid this member walks."""
        return self.scopes.get("grid_worker")


def viewer_rows(who: sa.FromClause, *, isouter: bool = False) -> sa.Select:
    """All that is to be known of the members in ``who`` (by cookie or by token), in one statement; ``isouter``: also of
    those who never sign in.

    ``who`` stands first: PostgreSQL joins in the written order beyond four tables, and must begin with the one row.
    """
    return (
        sa.select(
            member.c.community_id, member.c.id, member.c.name, member.c.household_id, household.c.number, community.c.code,
            community.c.name.label("community_name"), community.c.zone, community.c.shop_phones_only,
            credential.c.epoch, credential.c.must_change,
            account.c.id.label("wallet_id"), role.c.role, role.c.scope_id,
        )
        .select_from(who)
        .join(community, community.c.id == member.c.community_id)
        .join(household, sa.and_(household.c.community_id == member.c.community_id,
                                 household.c.id == member.c.household_id))
        .join(credential, sa.and_(credential.c.community_id == member.c.community_id, credential.c.id == member.c.id),
              isouter=isouter)
        .outerjoin(account, sa.and_(
            account.c.community_id == member.c.community_id, account.c.kind == community.c.wallet_kind,
            account.c.owner_id == sa.case((community.c.wallet_kind == "household", member.c.household_id),
                                          else_=member.c.id)))
        .outerjoin(role, sa.and_(role.c.community_id == member.c.community_id, role.c.member_id == member.c.id))
        .where(member.c.left_at.is_(None))
    )  # fmt: skip


_viewer = Prepared(
    viewer_rows(member).where(
        member.c.community_id == sa.bindparam("community"), member.c.id == sa.bindparam("member")
    )
)


def load_viewer(session: Session, community_id: int, member_id: uuid.UUID, epoch: int) -> Viewer | None:
    """The member, unless gone or signed out everywhere since ``epoch``."""
    rows = _viewer.rows(session.connection(), {"community": community_id, "member": member_id})
    return viewer_of(rows) if rows and rows[0].epoch == epoch else None


def viewer_of(rows: Sequence[Any]) -> Viewer:
    """The member of ``viewer_rows``: one row for each role."""
    first = rows[0]
    scopes = {row.role: row.scope_id for row in rows if row.role}
    return Viewer(
        community_id=first.community_id,
        community_code=first.code,
        community_name=first.community_name,
        zone=first.zone,
        member_id=first.id,
        name=first.name,
        household_id=first.household_id,
        household_number=first.number,
        wallet_id=first.wallet_id,
        epoch=first.epoch,
        must_change=first.must_change,
        roles=frozenset(scopes) | {"resident"},
        scopes=scopes,
        shop_phones_only=first.shop_phones_only,
    )
