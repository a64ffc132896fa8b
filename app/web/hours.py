"""Opening hours in words: when a shop serves, whether it does now, and when next."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _

from app.database import db
from app.i18n import day, local_now
from shop.catalogue.doors import openings_of
from shop.catalogue.hours import WEEKDAYS, Hours, closes_next, is_open, next_opening, rule_parts
from shop.queries import ShopView, shops_of

RUN = 3  # so many days in a row are said as a span


@dataclass(frozen=True)
class Door:
    """A shop with its hours in words; ``says`` whether it is open and what comes next, empty where nobody said hours."""

    shop: ShopView
    openings: tuple[Hours, ...]
    is_open: bool
    says: str
    hours: list[str]


def doors_of(community_id: int) -> list[Door]:
    """All shops of a community as they stand now, the oldest first. Two statements."""
    openings = openings_of(db.session(), community_id)
    return [door_of(shop, openings.get(shop.id, ())) for shop in shops_of(db.session(), community_id)]


def door_at(community_id: int, shop: ShopView | uuid.UUID) -> Door:
    """One shop as it stands now; one statement for a shop that was read already."""
    if isinstance(shop, uuid.UUID):
        return next(door for door in doors_of(community_id) if door.shop.id == shop)
    return door_of(shop, openings_of(db.session(), community_id).get(shop.id, ()))


def door_of(shop: ShopView, openings: tuple[Hours, ...]) -> Door:
    """The shop with its hours."""
    now = local_now()
    hours = [hours_words(one) for one in openings] or ([shop.hours] if shop.hours else [])
    return Door(shop, openings, is_open(shop.door, openings, now), _now_words(shop, openings, now), hours)


def _now_words(shop: ShopView, openings: Sequence[Hours], now: datetime) -> str:
    if shop.door == "closed":
        return _("临时关门")
    if shop.door == "open":
        return _("现在开着门")
    closes = closes_next(shop.door, openings, now)
    if closes is not None:
        return _("现在开着门，%(time)s 关门", time=f"{closes:%H:%M}")
    opens = next_opening(shop.door, openings, now)
    if opens is None:
        return _("关着门") if openings else ""
    return _("关着门，%(day)s %(time)s 开门", day=_day_words(opens.date(), now.date()), time=f"{opens:%H:%M}")


def _day_words(coming: date, today: date) -> str:
    if coming == today:
        return _("今天")
    return _("明天") if coming == today + timedelta(days=1) else day(coming)


def weekday_words() -> dict[str, str]:
    """The days of the week by their names in rules."""
    words = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
    return dict(zip(WEEKDAYS, words, strict=True))


def hours_words(hours: Hours) -> str:
    """Such as 周一至周五 8:30–11:00 / Mon to Fri 8:30–11:00."""
    times = f"{hours.opens_at.removeprefix('0')}–{hours.closes_at.removeprefix('0')}"
    return f"{_rule_words(rule_parts(hours.rule))} {times}"


def _rule_words(parts: dict[str, str]) -> str:
    """Rules that no form of ours makes are named as arranged days: their next opening is told beside them."""
    if parts == {"FREQ": "DAILY"}:
        return _("每天")
    days = parts.get("BYDAY", "").split(",")
    if parts.keys() == {"FREQ", "BYDAY"} and parts["FREQ"] == "WEEKLY" and set(days) <= set(WEEKDAYS):
        return _run_words(days)
    if parts.keys() == {"FREQ", "BYMONTHDAY"} and parts["FREQ"] == "MONTHLY":
        return _("每月 %(days)s 日", days=_("、").join(parts["BYMONTHDAY"].split(",")))
    if parts.keys() == {"FREQ", "BYDAY"} and parts["FREQ"] == "MONTHLY" and len(days) == 1:
        nth, name = days[0][:-2], weekday_words().get(days[0][-2:], "")
        if nth == "-1":
            return _("每月最后一个%(day)s", day=name)
        if nth:
            return _("每月第 %(nth)s 个%(day)s", nth=nth, day=name)
    return _("约定的日子")


def _run_words(days: list[str]) -> str:
    names, places = weekday_words(), sorted(WEEKDAYS.index(one) for one in days)
    if len(places) >= RUN and places[-1] - places[0] == len(places) - 1:
        return _("%(first)s至%(last)s", first=names[WEEKDAYS[places[0]]], last=names[WEEKDAYS[places[-1]]])
    return _("、").join(names[WEEKDAYS[place]] for place in places)
