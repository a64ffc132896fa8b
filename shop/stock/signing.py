"""Two signatures: who may sign as the second person, and what one person may book alone.

Goods are public property of the village: what comes in, and what goes out without a resident, is seen by four eyes (the
rule of two persons of village warehouses). The supervisor may sign for any shop, but enters nothing.
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import NotAllowed
from points.people.models import Role

# Pieces one person may write off, or correct after a count, with a reason and a line of the public list.
ALONE_PIECES = 3
role = Role.__table__


def check_second(
    session: Session, community_id: int, shop_id: uuid.UUID, *, first: uuid.UUID | None, second: uuid.UUID | None
) -> None:  # fmt: skip
    """The second person is another one, and is staff of this shop, a steward or a supervisor.

    Raises NotAllowed ``second_person_needed``, ``not_of_this_shop``.
    """
    if first is None or second is None or first == second:
        raise NotAllowed("second_person_needed")
    may = sa.or_(
        role.c.role.in_(("steward", "supervisor")),
        sa.and_(role.c.role == "shop_staff", role.c.scope_id == shop_id),
    )
    found = session.scalar(
        sa.select(role.c.id)
        .where(role.c.community_id == community_id, role.c.member_id == second, may)
        .limit(1)
    )
    if found is None:
        raise NotAllowed("not_of_this_shop")
