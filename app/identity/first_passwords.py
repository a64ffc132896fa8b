"""A password that somebody else hands over on paper: written down on the public list, and changed at the first sign-in."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.identity.models import Credential
from app.identity.passwords import SetPassword, set_password
from points.errors import Invalid, NotAllowed
from points.people.operations import is_operator, write_act
from points.people.queries import phone_of_member


@dataclass(frozen=True)
class IssueFirstPassword:
    """``password_hash`` is made before the transaction. ``actor_id`` None: the command line."""

    community_id: int
    actor_id: uuid.UUID | None
    member_id: uuid.UUID
    password_hash: str
    reason: str


def issue_first_password(session: Session, command: IssueFirstPassword, *, now: datetime) -> str:
    """Sets the password, ends every earlier sign-in of the member, and returns the phone to sign in with.

    Raises Invalid ``reason_needed``; NotFound ``member_not_found``; Conflict ``phone_missing``; NotAllowed
    ``operators_choose_operators``: who could set an operator's password could become one.
    """
    if not command.reason.strip():
        raise Invalid("reason_needed")
    phone = phone_of_member(session, command.community_id, command.member_id)
    if (
        command.actor_id is not None
        and is_operator(session, command.community_id, command.member_id)
        and not is_operator(session, command.community_id, command.actor_id)
    ):
        raise NotAllowed("operators_choose_operators")
    password = SetPassword(command.community_id, command.member_id, command.password_hash, must_change=True)
    set_password(session, password, now=now)
    write_act(session, command, "password_issued", "", command.reason, subject_id=command.member_id, now=now)
    return phone


def has_password(session: Session, community_id: int, member_id: uuid.UUID) -> bool:
    """Whether somebody can sign in already."""
    return (
        session.scalar(
            sa.select(Credential.id).where(
                Credential.community_id == community_id, Credential.id == member_id
            )
        )
        is not None
    )
