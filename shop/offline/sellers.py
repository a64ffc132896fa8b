"""Who handed over: the volunteer who was signed in on the phone then, who need not be the one who tells of it."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.people.models import Role
from shop.counter.models import Redemption

role, redemption = Role.__table__, Redemption.__table__


def seller_of(
    session: Session, community_id: int, shop_id: uuid.UUID, claimed: uuid.UUID | None, told_by: uuid.UUID
) -> uuid.UUID:
    """``claimed``, if that member is staff of the shop or has stood at its counter before (a role that was taken back
    leaves no scope behind, the counter's book does); else whoever tells."""
    if claimed is None or claimed == told_by:
        return told_by
    is_staff = sa.exists().where(
        role.c.community_id == community_id, role.c.member_id == claimed, role.c.role == "shop_staff",
        role.c.scope_id == shop_id,
    )  # fmt: skip
    has_stood = sa.exists().where(
        redemption.c.community_id == community_id,
        redemption.c.shop_id == shop_id,
        redemption.c.staff_id == claimed,
    )
    return claimed if session.scalar(sa.select(sa.or_(is_staff, has_stood))) else told_by
