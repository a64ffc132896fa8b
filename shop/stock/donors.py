"""Those who give goods."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Conflict, Invalid, NotFound
from shop.stock.delivery_models import DONOR_KINDS, Donor

donor = Donor.__table__


@dataclass(frozen=True)
class DonorView:
    """Somebody who gave, or may give, goods."""

    id: uuid.UUID
    name: str
    kind: str
    is_public: bool


@dataclass(frozen=True)
class SaveDonor:
    """A new donor, or (``donor_id``) another name, kind or consent of a known one."""

    community_id: int
    actor_id: uuid.UUID
    name: str
    kind: str
    is_public: bool
    donor_id: uuid.UUID | None = None


def save_donor(session: Session, command: SaveDonor, *, now: datetime) -> uuid.UUID:
    """Returns the donor. A consent taken back counts from now on everywhere.

    Raises Invalid ``donor_name_needed``, ``donor_kind_unknown``; NotFound ``donor_not_found``; Conflict ``donor_exists``.
    """
    name = command.name.strip()
    if not name:
        raise Invalid("donor_name_needed")
    if command.kind not in DONOR_KINDS:
        raise Invalid("donor_kind_unknown")
    same = session.scalar(
        sa.select(donor.c.id).where(donor.c.community_id == command.community_id, donor.c.name == name)
    )
    if same is not None and same != command.donor_id:
        raise Conflict("donor_exists")
    if command.donor_id is None:
        found = Donor(community_id=command.community_id, id=new_id(), added_at=now, added_by=command.actor_id)
        session.add(found)
    else:
        found = _donor(session, command.community_id, command.donor_id)
    found.name, found.kind, found.is_public = name, command.kind, command.is_public
    session.flush()
    return found.id


def donors_of(session: Session, community_id: int) -> list[DonorView]:
    """All donors of a community by name."""
    rows = session.execute(
        sa.select(donor).where(donor.c.community_id == community_id).order_by(donor.c.name)
    )
    return [DonorView(row.id, row.name, row.kind, row.is_public) for row in rows]


def _donor(session: Session, community_id: int, donor_id: uuid.UUID) -> Donor:
    found = session.get(Donor, (community_id, donor_id))
    if found is None:
        raise NotFound("donor_not_found")
    return found
