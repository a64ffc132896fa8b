"""What is changed about a shop: its name and place, its hours, its door."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.days import local_day
from points.errors import Conflict, Invalid, NotFound
from points.people.models import Community
from points.people.operations import write_act
from shop.catalogue.hours import Hours, check_hours
from shop.catalogue.models import DOORS, Opening, Shop

opening = Opening.__table__
MOST_OPENINGS = 14


@dataclass(frozen=True)
class EditShop:
    """Name and place as they shall be; the hours in words of a shop that has no rules stay as they were told at its opening."""

    community_id: int
    actor_id: uuid.UUID
    shop_id: uuid.UUID
    name: str
    place: str


def edit_shop(session: Session, command: EditShop, *, now: datetime) -> None:
    """Nothing happens when it is called so already. Invalid ``name_missing``; NotFound ``shop_not_found``; Conflict
    ``shop_name_taken``."""
    name, place = command.name.strip(), command.place.strip()
    if not name:
        raise Invalid("name_missing")
    shop = _locked_shop(session, command.community_id, command.shop_id)
    taken = sa.select(Shop.id).where(
        Shop.community_id == command.community_id, Shop.name == name, Shop.id != shop.id
    )
    if session.scalar(taken) is not None:
        raise Conflict("shop_name_taken")
    if (shop.name, shop.place) == (name, place):
        return
    shop.name, shop.place = name, place
    write_act(session, command, "shop_changed", f"{name} {place}".strip(), "", now=now)


@dataclass(frozen=True)
class SetOpenings:
    """The hours of a shop from now on; none: open at all hours."""

    community_id: int
    actor_id: uuid.UUID | None
    shop_id: uuid.UUID
    openings: tuple[Hours, ...]


def set_openings(session: Session, command: SetOpenings, *, now: datetime) -> None:
    """These and no others. Raises Invalid ``too_many_openings`` and what ``check_hours`` raises; NotFound
    ``shop_not_found``."""
    if len(command.openings) > MOST_OPENINGS:
        raise Invalid("too_many_openings", most=MOST_OPENINGS)
    zone = session.scalars(sa.select(Community.zone).where(Community.id == command.community_id)).one()
    for hours in command.openings:
        check_hours(hours, today=local_day(now, zone))
    shop = _locked_shop(session, command.community_id, command.shop_id)
    session.execute(
        sa.delete(opening).where(opening.c.community_id == command.community_id, opening.c.shop_id == shop.id)
    )
    rows = [
        {"community_id": command.community_id, "id": new_id(), "shop_id": shop.id, "rule": one.rule,
         "opens_at": one.opens_at, "closes_at": one.closes_at}
        for one in dict.fromkeys(command.openings)
    ]  # fmt: skip
    if rows:
        session.execute(sa.insert(opening), rows)
    write_act(session, command, "shop_hours_changed", shop.name, "", now=now)


@dataclass(frozen=True)
class SetDoor:
    """Hold the door ``open`` or ``closed``, or let the ``hours`` decide again."""

    community_id: int
    actor_id: uuid.UUID
    shop_id: uuid.UUID
    door: str
    reason: str = ""


def set_door(session: Session, command: SetDoor, *, now: datetime) -> None:
    """Nothing happens when it stands so already. Invalid ``door_wrong``; NotFound ``shop_not_found``."""
    if command.door not in DOORS:
        raise Invalid("door_wrong")
    shop = _locked_shop(session, command.community_id, command.shop_id)
    if shop.door == command.door:
        return
    shop.door = command.door
    write_act(session, command, "shop_door", f"{command.door} {shop.name}", command.reason.strip(), now=now)


def _locked_shop(session: Session, community_id: int, shop_id: uuid.UUID) -> Shop:
    shop = session.scalar(
        sa.select(Shop).where(Shop.community_id == community_id, Shop.id == shop_id).with_for_update()
    )
    if shop is None:
        raise NotFound("shop_not_found")
    return shop
