"""What a community asks for at its counters: when a card needs a PIN, and on which phones staff may work."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import Invalid, NotFound
from points.people.models import Community
from points.people.operations import write_act

community = Community.__table__

# The bounds of the table's own checks.
MOST_CARD_CAP, MOST_CONFIRM, MOST_ALLOWANCE = 1000, 10_000, 200


@dataclass(frozen=True)
class CounterRules:
    """Points a card spends in a day without a PIN; points in one sale from which a PIN or the own phone is asked; points
    reserved for a card while a shop phone has no network; whether staff need an enrolled phone."""

    card_daily_cap: int
    confirm_above: int
    offline_allowance: int
    shop_phones_only: bool


_columns = tuple(community.c[name] for name in CounterRules.__dataclass_fields__)


def counter_rules(session: Session, community_id: int) -> CounterRules:
    """As they are now. NotFound ``community_not_found``."""
    row = session.execute(sa.select(*_columns).where(community.c.id == community_id)).one_or_none()
    if row is None:
        raise NotFound("community_not_found")
    return CounterRules(**row._mapping)


@dataclass(frozen=True)
class ChangeCounterRules:
    """The settings of ``CounterRules`` by the same names."""

    community_id: int
    actor_id: uuid.UUID
    card_daily_cap: int
    confirm_above: int
    offline_allowance: int
    shop_phones_only: bool
    reason: str


def change_counter_rules(session: Session, command: ChangeCounterRules, *, now: datetime) -> bool:
    """From the next sale on. True when something changed; the public line says what was and what is: ``30/50/20/no ->
    40/50/20/yes``. Raises Invalid ``reason_needed``, ``counter_rule_out_of_range``.
    """
    if not command.reason.strip():
        raise Invalid("reason_needed")
    rules = CounterRules(**{name: getattr(command, name) for name in CounterRules.__dataclass_fields__})
    if not (
        0 <= rules.card_daily_cap <= MOST_CARD_CAP
        and 0 <= rules.confirm_above <= MOST_CONFIRM
        and 0 <= rules.offline_allowance <= MOST_ALLOWANCE
    ):
        raise Invalid("counter_rule_out_of_range")
    row = session.scalars(
        sa.select(Community)
        .where(Community.id == command.community_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    before = CounterRules(**{name: getattr(row, name) for name in CounterRules.__dataclass_fields__})
    if before == rules:
        return False
    for name, value in asdict(rules).items():
        setattr(row, name, value)
    detail = f"{_in_short(before)} -> {_in_short(rules)}"
    write_act(session, command, "counter_rules_changed", detail, command.reason.strip(), now=now)
    return True


def _in_short(rules: CounterRules) -> str:
    phones = "yes" if rules.shop_phones_only else "no"
    return f"{rules.card_daily_cap}/{rules.confirm_above}/{rules.offline_allowance}/{phones}"
