"""Reading places and people: small dataclasses, never rows of the ORM."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import Conflict, Invalid, NotFound
from points.people.models import Area, Card, CodeToken, Community, Grid, Household, Member, Role

member, household, grid, role = Member.__table__, Household.__table__, Grid.__table__, Role.__table__
community, area, card, code_token = Community.__table__, Area.__table__, Card.__table__, CodeToken.__table__

SHORTEST_SEARCH = 2


@dataclass(frozen=True)
class CommunityView:
    """A community and its settings; days are calendar days, ``expiry_years`` None means points never end."""

    id: int
    code: str
    name: str
    zone: str
    wallet_kind: str
    notice_days: int
    expiry_years: int | None
    order_days: int
    report_days: int
    cadence: str
    session_time: str
    session_day: int
    session_kind: str
    session_secrecy: str
    panel_seats: int
    panel_hours: int
    founded_at: datetime


@dataclass(frozen=True)
class MemberBrief:
    """What somebody who may look people up gets to see: no phone, no age."""

    id: uuid.UUID
    name: str
    household_id: uuid.UUID
    household_number: str
    grid: str


# Built once: every page of a community begins with one of them.
_by_id = sa.select(community).where(community.c.id == sa.bindparam("which"))
_by_code = sa.select(community).where(community.c.code == sa.bindparam("which"))
_settings = tuple(CommunityView.__dataclass_fields__)


def community_by_id(session: Session, community_id: int) -> CommunityView:
    """Settings of a community. NotFound ``community_not_found``."""
    return _community(session, _by_id, community_id)


def community_by_code(session: Session, code: str) -> CommunityView:
    """The same by the name in addresses."""
    return _community(session, _by_code, code)


def _community(session: Session, statement: sa.Select, which: int | str) -> CommunityView:
    row = session.execute(statement, {"which": which}).one_or_none()
    if row is None:
        raise NotFound("community_not_found")
    return CommunityView(**{name: getattr(row, name) for name in _settings})


def communities(session: Session) -> list[CommunityView]:
    """Every community, by name: for visitors and operators; names are public."""
    rows = session.execute(sa.select(community).order_by(community.c.name))
    return [
        CommunityView(**{name: getattr(row, name) for name in CommunityView.__dataclass_fields__})
        for row in rows
    ]


def area_path(session: Session, community_id: int) -> list[str]:
    """Names from the province down to the community's area."""
    names: list[str] = []
    next_id = session.scalar(sa.select(community.c.area_id).where(community.c.id == community_id))
    while next_id is not None:
        row = session.execute(sa.select(area.c.name, area.c.parent_id).where(area.c.id == next_id)).one()
        names.insert(0, row.name)
        next_id = row.parent_id
    return names


_brief = (
    sa.select(member.c.id, member.c.name, member.c.household_id, household.c.number, grid.c.name.label("grid"))
    .join(household, sa.and_(household.c.community_id == member.c.community_id,
                             household.c.id == member.c.household_id))
    .join(grid, sa.and_(grid.c.community_id == household.c.community_id, grid.c.id == household.c.grid_id))
    .where(member.c.left_at.is_(None))
)  # fmt: skip


def _briefs(rows: Iterable[sa.Row]) -> list[MemberBrief]:
    return [MemberBrief(row.id, row.name, row.household_id, row.number, row.grid) for row in rows]


def look_up_members(
    session: Session,
    community_id: int,
    text: str,
    *,
    after: tuple[str, uuid.UUID] | None = None,
    limit: int = 20,
) -> list[MemberBrief]:
    """Members whose name or household number begins with ``text``, by household number, after one of them.

    ``after``: household number and id of the last one seen. Raises Invalid ``search_too_short`` below 2 characters.
    """
    text = text.strip()
    if len(text) < SHORTEST_SEARCH:
        raise Invalid("search_too_short", least=SHORTEST_SEARCH)
    begins = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    query = _brief.where(
        member.c.community_id == community_id,
        sa.or_(member.c.name.like(begins, escape="\\"), household.c.number.like(begins, escape="\\")),
    )
    if after is not None:
        number, last = after
        query = query.where(
            sa.or_(household.c.number > number, sa.and_(household.c.number == number, member.c.id > last))
        )
    return _briefs(session.execute(query.order_by(household.c.number, member.c.id).limit(limit)))


def members_by_id(
    session: Session, community_id: int, ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, MemberBrief]:
    """Briefs of these members; unknown ids and other communities' are left out."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = session.execute(_brief.where(member.c.community_id == community_id, member.c.id.in_(wanted)))
    return {brief.id: brief for brief in _briefs(rows)}


def members_of_household(session: Session, community_id: int, household_id: uuid.UUID) -> list[MemberBrief]:
    """Who lives in a household, in the order they came in."""
    return _briefs(
        session.execute(
            _brief.where(member.c.community_id == community_id, member.c.household_id == household_id)
            .order_by(member.c.id)
        )
    )  # fmt: skip


def members_page(
    session: Session, community_id: int, *, after: str = "", limit: int = 50
) -> list[MemberBrief]:
    """The register by household number and name, from the one after ``after`` = "number/id"."""
    query = _brief.where(member.c.community_id == community_id)
    if after:
        number, _, last = after.partition("/")
        query = query.where(
            sa.or_(household.c.number > number,
                   sa.and_(household.c.number == number, member.c.id > uuid.UUID(last)))
        )  # fmt: skip
    return _briefs(session.execute(query.order_by(household.c.number, member.c.id).limit(limit)))


def holders_of(session: Session, community_id: int, *roles: str) -> dict[uuid.UUID, MemberBrief]:
    """Members who hold one of the roles."""
    rows = session.execute(
        _brief.where(
            member.c.community_id == community_id,
            sa.exists().where(
                role.c.community_id == community_id, role.c.member_id == member.c.id, role.c.role.in_(roles)
            ),
        ).order_by(household.c.number, member.c.id)
    )
    return {brief.id: brief for brief in _briefs(rows)}


def roles_of(session: Session, community_id: int, member_id: uuid.UUID) -> dict[str, uuid.UUID | None]:
    """Role -> scope of one member."""
    rows = session.execute(
        sa.select(role.c.role, role.c.scope_id).where(
            role.c.community_id == community_id, role.c.member_id == member_id
        )
    )
    return {row.role: row.scope_id for row in rows}


def phone_of_member(session: Session, community_id: int, member_id: uuid.UUID) -> str:
    """The whole number. NotFound ``member_not_found``, also for who has left; Conflict ``phone_missing``."""
    row = session.execute(
        sa.select(member.c.phone).where(
            member.c.community_id == community_id, member.c.id == member_id, member.c.left_at.is_(None)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("member_not_found")
    if not row.phone:
        raise Conflict("phone_missing")
    return row.phone


def member_of_card(session: Session, community_id: int, token: str) -> MemberBrief:
    """Whose card was scanned. NotFound ``card_not_found``, also for another community's; ``card_replaced`` for an old one."""
    row = session.execute(
        sa.select(card.c.member_id, card.c.revoked_at)
        .join(code_token, sa.and_(code_token.c.subject_id == card.c.id, code_token.c.token == card.c.token))
        .where(card.c.community_id == community_id, code_token.c.token == token, code_token.c.purpose == "card",
               code_token.c.community_id == community_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound("card_not_found")
    if row.revoked_at is not None:
        raise NotFound("card_replaced")
    briefs = members_by_id(session, community_id, [row.member_id])
    if not briefs:
        raise NotFound("member_not_found")
    return briefs[row.member_id]


@dataclass(frozen=True)
class CodeMeaning:
    """What a code points at."""

    community_id: int
    purpose: str
    subject_id: uuid.UUID


def meaning_of(session: Session, token: str) -> CodeMeaning | None:
    """Looks a code up over all communities."""
    row = session.execute(sa.select(code_token).where(code_token.c.token == token)).one_or_none()
    return CodeMeaning(row.community_id, row.purpose, row.subject_id) if row else None
