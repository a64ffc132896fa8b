"""Founding communities, taking in people, giving roles and cards."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.codes import new_code
from points.errors import Conflict, Invalid, NotAllowed, NotFound
from points.ledger.operations import account_id_of, make_transfer, open_account
from points.ledger.results import NewTransfer
from points.people.models import ROLES, AdminAct, Area, Card, CodeToken, Community, Member, Role

MOST_REASON = 300
# Source of honour points: they are not covered by goods, so they need no budget.
HONOUR_SOURCE = uuid.UUID(int=1)


def new_shared_id() -> int:
    """A 63-bit id for the small shared tables, ordered by time like every other id.

    Milliseconds in front, and the low end of the UUID's own counter behind: it grows by one from id to id and begins
    anew at random every millisecond, so neither this process nor another is likely to make the same id again.
    """
    whole = new_id().int
    return (whole >> 80) << 21 | (whole >> 32) & 0x1FFFFF


@dataclass(frozen=True)
class FoundCommunity:
    """``areas``: (kind, name) from the province down; existing ones are found by name. Settings as in the model."""

    code: str
    name: str
    areas: tuple[tuple[str, str], ...]
    wallet_kind: str = "household"
    notice_days: int = 3
    expiry_years: int | None = 1
    order_days: int = 7
    cadence: str = "daily"


def found_community(session: Session, command: FoundCommunity, *, now: datetime) -> int:
    """Makes a community with its own accounts; returns its id. Conflict ``community_exists`` for a code in use."""
    if session.scalar(sa.select(Community.id).where(Community.code == command.code)):
        raise Conflict("community_exists", community=command.code)
    parent: int | None = None
    for kind, name in command.areas:
        parent = _area(session, parent, kind, name)
    community = Community(
        id=new_shared_id(),
        area_id=parent,
        code=command.code,
        name=command.name,
        wallet_kind=command.wallet_kind,
        notice_days=command.notice_days,
        expiry_years=command.expiry_years,
        order_days=command.order_days,
        cadence=command.cadence,
        founded_at=now,
    )
    session.add(community)
    session.flush()  # accounts point at it
    for kind in ("issue", "budget", "expired", "care_pool"):
        open_account(session, community.id, kind, now=now)
    open_account(session, community.id, "issue", HONOUR_SOURCE, unit="honour", now=now)
    return community.id


def _area(session: Session, parent: int | None, kind: str, name: str) -> int:
    found = session.scalar(
        sa.select(Area.id).where(Area.parent_id.is_not_distinct_from(parent), Area.name == name)
    )
    if found is not None:
        return found
    area = Area(id=new_shared_id(), parent_id=parent, kind=kind, name=name)
    session.add(area)
    session.flush()  # children point at it
    return area.id


@dataclass(frozen=True)
class GrantRole:
    """Give a member a role; ``scope_id`` names the shop of shop staff or the grid of a grid worker."""

    community_id: int
    member_id: uuid.UUID
    role: str
    reason: str
    actor_id: uuid.UUID | None = None
    scope_id: uuid.UUID | None = None


def grant_role(session: Session, command: GrantRole, *, now: datetime) -> None:
    """Gives the role, or moves it to another scope; a line of the public list says so. Held already: nothing happens.

    Raises NotFound ``member_not_found``; Invalid ``role_unknown``, ``reason_needed``; NotAllowed
    ``operators_choose_operators``.
    """
    if command.role not in ROLES:
        raise Invalid("role_unknown", role=command.role)
    if not command.reason.strip():
        raise Invalid("reason_needed")
    _check_operator(session, command)
    _member(session, command.community_id, command.member_id)
    role = session.scalar(
        sa.select(Role).where(
            Role.community_id == command.community_id,
            Role.member_id == command.member_id,
            Role.role == command.role,
        )
    )
    if role is not None and role.scope_id == command.scope_id:
        return
    if role is None:
        role = Role(
            community_id=command.community_id, member_id=command.member_id, role=command.role, granted_at=now
        )
        session.add(role)
    role.scope_id, role.granted_by, role.granted_at = command.scope_id, command.actor_id, now
    write_act(
        session, command, "role_granted", command.role, command.reason, subject_id=command.member_id, now=now
    )


@dataclass(frozen=True)
class RevokeRole:
    """Take a role back."""

    community_id: int
    member_id: uuid.UUID
    role: str
    reason: str
    actor_id: uuid.UUID | None = None


def revoke_role(session: Session, command: RevokeRole, *, now: datetime) -> None:
    """Takes the role away; nothing happens when the member does not hold it.

    Raises NotFound ``member_not_found``; Invalid ``reason_needed``; Conflict ``last_steward`` (nobody would be left to give
    roles); NotAllowed ``operators_choose_operators``.
    """
    if not command.reason.strip():
        raise Invalid("reason_needed")
    _check_operator(session, command)
    # Two stewards who dismiss each other at the same moment wait here for each other.
    holders = session.scalars(
        sa.select(Role.member_id)
        .where(Role.community_id == command.community_id, Role.role == command.role)
        .order_by(Role.id)
        .with_for_update()
    ).all()
    if command.member_id not in holders:
        _member(session, command.community_id, command.member_id)
        return
    if command.role == "steward" and len(holders) == 1:
        raise Conflict("last_steward")
    session.execute(
        sa.delete(Role).where(
            Role.community_id == command.community_id,
            Role.member_id == command.member_id,
            Role.role == command.role,
        )
    )
    write_act(
        session, command, "role_revoked", command.role, command.reason, subject_id=command.member_id, now=now
    )


def _check_operator(session: Session, command: GrantRole | RevokeRole) -> None:
    """An operator sees every community of the site, so only an operator (or the command line) makes or unmakes one."""
    if command.role != "operator" or command.actor_id is None:
        return
    if not is_operator(session, command.community_id, command.actor_id):
        raise NotAllowed("operators_choose_operators")


def is_operator(session: Session, community_id: int, member_id: uuid.UUID) -> bool:
    """Whether somebody runs the site."""
    return bool(
        session.scalar(
            sa.select(Role.id).where(
                Role.community_id == community_id, Role.member_id == member_id, Role.role == "operator"
            )
        )
    )


@dataclass(frozen=True)
class IssueCard:
    """Print a card for a member; ``replace`` when the old one is lost."""

    community_id: int
    member_id: uuid.UUID
    actor_id: uuid.UUID | None = None
    replace: bool = False


def issue_card(session: Session, command: IssueCard, *, now: datetime) -> str:
    """The code on the member's card: the card in use, or a new version that revokes it, with a line of the public list.

    NotFound ``member_not_found``.
    """
    _member(session, command.community_id, command.member_id)
    cards = session.scalars(
        sa.select(Card)
        .where(Card.community_id == command.community_id, Card.member_id == command.member_id)
        .order_by(Card.version)
        .with_for_update()
    ).all()
    if cards and cards[-1].revoked_at is None:
        if not command.replace:
            return cards[-1].token
        cards[-1].revoked_at = now
        write_act(session, command, "card_replaced", "", "", subject_id=command.member_id, now=now)
    card = Card(
        community_id=command.community_id, id=new_id(), member_id=command.member_id,
        version=len(cards) + 1, token=new_code(), issued_at=now,
    )  # fmt: skip
    session.add(card)
    write_code(session, card.token, command.community_id, "card", card.id, now=now)
    return card.token


@dataclass(frozen=True)
class IssueCards:
    """Cards for several members who have none yet."""

    community_id: int
    member_ids: tuple[uuid.UUID, ...]
    actor_id: uuid.UUID | None = None


def issue_cards(session: Session, command: IssueCards, *, now: datetime) -> int:
    """A card for everybody of the list who has none; all or none. Returns how many. NotFound ``member_not_found``."""
    has_one = set(
        session.scalars(
            sa.select(Card.member_id).where(
                Card.community_id == command.community_id, Card.member_id.in_(command.member_ids),
                Card.revoked_at.is_(None),
            )
        )
    )  # fmt: skip
    without = [member_id for member_id in dict.fromkeys(command.member_ids) if member_id not in has_one]
    for member_id in without:
        issue_card(session, IssueCard(command.community_id, member_id, command.actor_id), now=now)
    return len(without)


def write_code(
    session: Session, token: str, community_id: int, purpose: str, subject_id: uuid.UUID, *, now: datetime
) -> None:
    """Registers what a code means, over all communities."""
    session.add(
        CodeToken(
            token=token, community_id=community_id, purpose=purpose, subject_id=subject_id, created_at=now
        )
    )


@dataclass(frozen=True)
class GrantBudget:
    """Fund the period's budget, in points; the source in words ("10 for each household and month", a surplus, ...)."""

    community_id: int
    actor_id: uuid.UUID | None
    request_key: str
    points: int
    reason: str


def grant_budget(session: Session, command: GrantBudget, *, now: datetime) -> uuid.UUID:
    """Moves points from the source to the community's budget, with a line of the public list; once for each key.

    Returns the transfer. Raises Invalid ``budget_needs_reason`` and the form errors of the ledger.
    """
    if not command.reason.strip():
        raise Invalid("budget_needs_reason")
    transfer_id = uuid.uuid5(uuid.NAMESPACE_OID, f"grant:{command.community_id}:{command.request_key}")
    result = make_transfer(
        session,
        NewTransfer(
            command.community_id, transfer_id, "grant", amount=command.points,
            debit_account_id=account_id_of(session, command.community_id, "issue"),
            credit_account_id=account_id_of(session, command.community_id, "budget"),
            actor_id=command.actor_id, reason=command.reason,
        ),
        now=now,
    )  # fmt: skip
    if result.status == "created":
        write_act(session, command, "budget_granted", str(command.points), command.reason, now=now)
    return transfer_id


def write_act(
    session: Session, command: object, act: str, detail: str, reason: str, *, now: datetime,
    subject_id: uuid.UUID | None = None,
) -> None:  # fmt: skip
    """A line of the public list of what administrators changed (design: rules about rules); 300 characters of a reason.

    Each act has its kind in ``points.people.acts`` and its words in ``templates/components/acts.html``.
    """
    session.add(
        AdminAct(
            community_id=command.community_id,  # type: ignore[attr-defined]
            actor_id=command.actor_id,  # type: ignore[attr-defined]
            act=act, subject_id=subject_id, detail=detail, reason=reason[:MOST_REASON], done_at=now,
        )
    )  # fmt: skip


def lock_community(session: Session, community_id: int) -> None:
    """Two acts that must not both find the community as it was wait here for each other. Rows that only point at the
    community go on (FOR NO KEY UPDATE)."""
    session.execute(
        sa.select(Community.id).where(Community.id == community_id).with_for_update(key_share=True)
    ).one()


def _member(session: Session, community_id: int, member_id: uuid.UUID) -> Member:
    member = session.scalar(
        sa.select(Member).where(
            Member.community_id == community_id, Member.id == member_id, Member.left_at.is_(None)
        )
    )
    if member is None:
        raise NotFound("member_not_found")
    return member
