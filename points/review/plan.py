"""How a community meets to review: changed by the steward, with a reason on the public list."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import Invalid
from points.people.models import Community
from points.people.operations import write_act

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
SETTINGS = (
    "cadence", "session_time", "session_day", "session_kind", "session_secrecy", "panel_seats", "panel_hours",
)  # fmt: skip


@dataclass(frozen=True)
class ChangePlan:
    """The settings of ``points.people.models.Community`` by the same names."""

    community_id: int
    actor_id: uuid.UUID
    cadence: str
    session_time: str
    session_day: int
    session_kind: str
    session_secrecy: str
    panel_seats: int
    panel_hours: int
    reason: str


def change_plan(session: Session, command: ChangePlan, *, now: datetime) -> bool:
    """Holds for sessions that open from now on; those that are open keep their terms. True when something changed.

    The public line says what was and what is: ``weekly 08:30/1 -> monthly 09:00/5``. Raises Invalid ``time_not_valid``,
    ``reason_needed``.
    """
    if not _TIME.fullmatch(command.session_time):
        raise Invalid("time_not_valid")
    if not command.reason.strip():
        raise Invalid("reason_needed")
    community = session.scalars(
        sa.select(Community).where(Community.id == command.community_id).with_for_update(key_share=True)
    ).one()
    before = _in_short(community)
    for name in SETTINGS:
        setattr(community, name, getattr(command, name))
    after = _in_short(community)
    if before == after:
        return False
    write_act(
        session, command, "review_plan_changed", f"{before} -> {after}", command.reason.strip(), now=now
    )
    return True


def _in_short(community: Community) -> str:
    return (
        f"{community.cadence} {community.session_time}/{community.session_day} {community.session_kind} "
        f"{community.session_secrecy} {community.panel_seats}x{community.panel_hours}h"
    )
