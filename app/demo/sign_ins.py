"""The ready sign-ins of the demo, shown only while the demo village is what the database holds."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from app.demo.cast import CODE, PASSWORD, SIGN_INS
from points.people.models import AdminAct, Community, Member, Phone

LOADED = "demo_loaded"


@dataclass(frozen=True)
class DemoSignIn:
    """A person somebody may try the site as."""

    role: str
    name: str
    phone: str
    password: str
    community: str


def demo_community(session: Session) -> sa.Row | None:
    """Id and name of the demo village when it was loaded to its end, else None."""
    village = session.execute(
        sa.select(Community.id, Community.name).where(Community.code == CODE)
    ).one_or_none()
    if village is None:
        return None
    loaded = session.scalar(
        sa.select(AdminAct.id).where(AdminAct.community_id == village.id, AdminAct.act == LOADED).limit(1)
    )
    return village if loaded else None


def demo_sign_ins(session: Session) -> list[DemoSignIn]:
    """One sign-in for each role, in the order of the walk; empty for a real community's database."""
    village = demo_community(session) if current_app.config["DEMO_SIGN_INS"] else None
    if village is None:
        return []
    names = dict(
        session.execute(
            sa.select(Phone.phone, Member.name)
            .join(Member, sa.and_(Member.community_id == Phone.community_id, Member.id == Phone.member_id))
            .where(Member.community_id == village.id, Phone.phone.in_([phone for _, phone in SIGN_INS]))
        ).all()
    )
    return [DemoSignIn(role, names[phone], phone, PASSWORD, village.name) for role, phone in SIGN_INS]
