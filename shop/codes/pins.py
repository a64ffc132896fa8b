"""A resident's PIN: set with the person present, checked at the counter, locked by five wrong ones in a row."""

from __future__ import annotations

import hmac
import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import Invalid, NotFound
from points.people.helping import close_helpings_of
from points.people.models import Member
from points.people.operations import write_act
from shop.codes.keys import code_keys
from shop.codes.models import MemberPin

MOST_WRONG = 5
_SHAPE = re.compile(r"[0-9]{4,6}", re.ASCII)

member, member_pin = Member.__table__, MemberPin.__table__


@dataclass(frozen=True)
class SetPin:
    """A new PIN, which also unlocks. ``actor_id``: the member, or who keeps the register with the member present."""

    community_id: int
    actor_id: uuid.UUID
    member_id: uuid.UUID
    pin: str = field(repr=False)


def set_pin(session: Session, command: SetPin, *, now: datetime) -> None:
    """A line of the public list says what the desk did, without the name; residents' own PINs are their own affair.

    Raises NotFound ``member_not_found``; Invalid ``pin_not_valid`` (4 to 6 digits), ``pin_too_easy``.
    """
    birth_year = _birth_year(session, command.community_id, command.member_id)
    check_pin_rules(command.pin, birth_year)
    row = _locked(session, command.community_id, command.member_id)
    if row is None:
        row = MemberPin(community_id=command.community_id, id=command.member_id)
        session.add(row)
    row.pin_mark = code_keys(session).pin_mark(command.member_id, command.pin)
    row.failures, row.locked_at, row.set_at, row.set_by = 0, None, now, command.actor_id
    close_helpings_of(session, command.community_id, command.member_id, now=now)
    if command.actor_id != command.member_id:
        write_act(session, command, "pin_set", "", "", subject_id=command.member_id, now=now)


@dataclass(frozen=True)
class RemovePin:
    """The member wants none any more: the card pays up to its daily cap, and nothing above it."""

    community_id: int
    actor_id: uuid.UUID
    member_id: uuid.UUID


def remove_pin(session: Session, command: RemovePin, *, now: datetime) -> bool:
    """False when there was none. NotFound ``member_not_found``."""
    _birth_year(session, command.community_id, command.member_id)
    row = _locked(session, command.community_id, command.member_id)
    if row is None:
        return False
    session.delete(row)
    close_helpings_of(session, command.community_id, command.member_id, now=now)
    if command.actor_id != command.member_id:
        write_act(session, command, "pin_removed", "", "", subject_id=command.member_id, now=now)
    return True


def check_pin_rules(pin: str, birth_year: int | None) -> None:
    """Raises Invalid for what a finder of the card would try first: one digit over and over, digits in a row up or down,
    the year of birth."""
    if not _SHAPE.fullmatch(pin):
        raise Invalid("pin_not_valid")
    steps = {(int(later) - int(digit)) % 10 for digit, later in zip(pin, pin[1:], strict=False)}
    if steps in ({0}, {1}, {9}) or (birth_year is not None and str(birth_year) in pin):
        raise Invalid("pin_too_easy")


def check_pin(session: Session, community_id: int, member_id: uuid.UUID, pin: str, *, now: datetime) -> str:
    """``ok``, ``wrong``, ``locked`` or ``unset``; the try that locks is answered with ``locked``.

    Never raises, since a wrong try counts only when the caller commits. The row is locked: tries at the same moment are
    counted one after the other.
    """
    this = (member_pin.c.community_id == community_id, member_pin.c.id == member_id)
    row = session.execute(sa.select(member_pin).where(*this).with_for_update()).one_or_none()
    if row is None:
        return "unset"
    if row.locked_at is not None:
        return "locked"
    is_right = bool(_SHAPE.fullmatch(pin)) and hmac.compare_digest(
        row.pin_mark, code_keys(session).pin_mark(member_id, pin)
    )
    failures = 0 if is_right else row.failures + 1
    locked_at = now if failures == MOST_WRONG else None
    if failures != row.failures:
        session.execute(sa.update(member_pin).where(*this).values(failures=failures, locked_at=locked_at))
    if locked_at is not None:
        close_helpings_of(session, community_id, member_id, now=now)
        return "locked"
    return "ok" if is_right else "wrong"


@dataclass(frozen=True)
class PinState:
    """What pages may know of a PIN. ``state``: ``unset``, ``set`` or ``locked``; ``tries_left`` of those in a row."""

    state: str
    tries_left: int = 0
    set_at: datetime | None = None
    locked_at: datetime | None = None


def pin_state(session: Session, community_id: int, member_id: uuid.UUID) -> PinState:
    """Whether there is one and whether it is locked: a locked one also stops the member's card."""
    row = session.execute(
        sa.select(member_pin.c.failures, member_pin.c.set_at, member_pin.c.locked_at).where(
            member_pin.c.community_id == community_id, member_pin.c.id == member_id
        )
    ).one_or_none()
    if row is None:
        return PinState("unset")
    state = "set" if row.locked_at is None else "locked"
    return PinState(state, MOST_WRONG - row.failures, row.set_at, row.locked_at)


def _locked(session: Session, community_id: int, member_id: uuid.UUID) -> MemberPin | None:
    return session.scalar(
        sa.select(MemberPin)
        .where(MemberPin.community_id == community_id, MemberPin.id == member_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _birth_year(session: Session, community_id: int, member_id: uuid.UUID) -> int | None:
    row = session.execute(
        sa.select(member.c.birth_year).where(
            member.c.community_id == community_id, member.c.id == member_id, member.c.left_at.is_(None)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("member_not_found")
    return row.birth_year
