"""Roles given and taken by a steward's hand, beside elections: what an assembly decides, no steward does."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from points.errors import Conflict
from points.groups.policy import GROUP_OF_ROLE, SUPERVISED_ROLES
from points.groups.queries import has_elected, supervisors_on
from points.people.operations import GrantRole, RevokeRole, grant_role, revoke_role


def appoint(session: Session, command: GrantRole, *, now: datetime) -> None:
    """``grant_role`` for a role that no election gives.

    Raises what ``grant_role`` raises; Conflict ``role_is_elected`` once the community has elected that group,
    ``sits_in_supervision`` when an elected supervisor would run what the group looks at.
    """
    kind = GROUP_OF_ROLE.get(command.role)
    if kind is not None and has_elected(session, command.community_id, kind):
        raise Conflict("role_is_elected")
    if command.role in SUPERVISED_ROLES and has_elected(session, command.community_id, "supervision"):
        supervisors = supervisors_on(session, command.community_id, now)
        if command.member_id in {one.member_id for one in supervisors}:
            raise Conflict("sits_in_supervision")
    grant_role(session, command, now=now)


def dismiss(session: Session, command: RevokeRole, *, now: datetime) -> None:
    """``revoke_role`` for a role that no election gave.

    Raises what ``revoke_role`` raises; Conflict ``seat_ends_first``: the seat is ended, and the role goes with it.
    """
    kind = GROUP_OF_ROLE.get(command.role)
    if kind is not None and has_elected(session, command.community_id, kind):
        raise Conflict("seat_ends_first")
    revoke_role(session, command, now=now)
