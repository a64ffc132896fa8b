"""A community of any size: founded by the real operations, its people multiplied by SQL."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from app.database import db
from app.files.tables import read_table
from app.identity.passwords import hasher
from app.transaction import transact
from bench.seed import Seeder, bench_id
from points.base import new_id
from points.ledger.operations import account_id_of
from points.people.operations import FoundCommunity, GrantBudget, found_community
from points.review.funding import fund_budget
from points.rules.models import RuleItem
from points.rules.operations import AdoptRules, adopt_rules
from points.rules.sheet import KNOWN_HEADERS as RULE_HEADERS
from points.rules.sheet import read_rules
from shop.catalogue.models import Item
from shop.catalogue.operations import ImportCatalogue, import_catalogue
from shop.catalogue.sheet import KNOWN_HEADERS as ITEM_HEADERS
from shop.catalogue.sheet import read_catalogue

DATA = Path(__file__).resolve().parent.parent / "app" / "demo" / "data"
CODE = "bench"
PASSWORD = "bench-2026"
MEMBERS_OF_HOUSEHOLD = 4
GRANTS = 10  # a grant has an upper limit


@dataclass(frozen=True)
class Village:
    """What the benches need to know of the community. Member ``n`` lives in household ``n // 4``."""

    id: int
    households: int
    shops: int
    budget_id: uuid.UUID
    items: tuple[uuid.UUID, ...]
    rule: uuid.UUID
    now: datetime

    @property
    def members(self) -> int:
        """How many people live there."""
        return self.households * MEMBERS_OF_HOUSEHOLD

    def staff(self, shop: int) -> uuid.UUID:
        """The member who stands at a shop's counter."""
        return bench_id("member", shop * MEMBERS_OF_HOUSEHOLD % self.members)


def found_village(site: Flask, *, households: int, shops: int) -> Village:
    """A migrated, empty database becomes a community with people, wallets, staffed and stocked shops, and a budget."""
    now = datetime.now(UTC).replace(microsecond=0)
    founded = now - timedelta(days=400)
    with site.app_context():
        community_id = transact(
            found_community, FoundCommunity(CODE, "量村", (("province", "山东省"), ("town", "义田镇")))
        )
        _give_rules_and_goods(community_id, founded)
        session = db.session()
        items = tuple(
            session.scalars(sa.select(Item.id).where(Item.community_id == community_id).order_by(Item.code))
        )
        rule = session.scalars(
            sa.select(RuleItem.id).where(RuleItem.community_id == community_id, RuleItem.code == "AID-02")
        ).one()
        budget_id = account_id_of(session, community_id, "budget")
        session.rollback()
        village = Village(community_id, households, shops, budget_id, items, rule, now)
        with Seeder(db.engine) as seeder:
            _seed_people(seeder, village, founded)
            _seed_shops(seeder, village, founded)
    return village


def _give_rules_and_goods(community_id: int, founded: datetime) -> None:
    rules = read_table((DATA / "rules.csv").read_bytes(), "rules.csv", known=RULE_HEADERS)
    lines = tuple(read_rules(rules.header, rules.rows).items)
    day = founded.date()
    transact(adopt_rules, AdoptRules(community_id, None, lines, "村民代表会议", day, day, 30, 2, 1))
    goods = read_table((DATA / "catalogue.csv").read_bytes(), "catalogue.csv", known=ITEM_HEADERS)
    items = tuple(read_catalogue(goods.header, goods.rows).items)
    transact(import_catalogue, ImportCatalogue(community_id, None, items))
    for _ in range(GRANTS):
        transact(fund_budget, GrantBudget(community_id, None, new_id().hex, 100_000_000, "每户每月 10 分"))


PEOPLE = (
    """INSERT INTO grid (community_id, id, name) SELECT :community, {grid: n}, CAST(n + 1 AS TEXT) || '网格'
       FROM {series} WHERE n < 6""",
    """INSERT INTO household (community_id, id, number, grid_id)
       SELECT :community, {household: n}, CAST(10000000 + n AS TEXT), {grid: n % 6} FROM {series}""",
    """INSERT INTO account (community_id, id, kind, owner_id, unit, credits_posted, debits_posted, credits_pending,
         debits_pending, debits_must_not_exceed_credits, entries, opened_at)
       SELECT :community, {wallet: n}, 'household', {household: n}, 'points', 0, 0, 0, 0, TRUE, 0, :at FROM {series}""",
)
MEMBERS = (
    """INSERT INTO member (community_id, id, household_id, name, relation, birth_year, phone, is_party_member, joined_at)
       SELECT :community, {member: n}, {household: n / 4}, '村民' || CAST(n AS TEXT), '户主', 1960,
         CAST(13000000000 + n AS TEXT), FALSE, :at FROM {series}""",
    """INSERT INTO phone (phone, community_id, member_id) SELECT CAST(13000000000 + n AS TEXT), :community, {member: n}
       FROM {series}""",
    """INSERT INTO credential (community_id, id, password_hash, must_change, epoch, changed_at)
       SELECT :community, {member: n}, :hash, FALSE, 1, :at FROM {series}""",
)
SHOPS = (
    """INSERT INTO shop (community_id, id, name, place, hours, kind, door)
       SELECT :community, {shop: n}, CAST(n + 1 AS TEXT) || '号超市', '村口', '每天', 'shop', 'hours' FROM {series}""",
    """INSERT INTO account (community_id, id, kind, owner_id, unit, credits_posted, debits_posted, credits_pending,
         debits_pending, debits_must_not_exceed_credits, entries, opened_at)
       SELECT :community, {shop_account: n}, 'shop', {shop: n}, 'points', 0, 0, 0, 0, FALSE, 0, :at FROM {series}""",
    """INSERT INTO role (community_id, id, member_id, role, scope_id, granted_at)
       SELECT :community, {role: n}, {member: n * 4 % :members}, 'shop_staff', {shop: n}, :at FROM {series}""",
    """INSERT INTO stock (community_id, id, shop_id, item_id, on_hand, held, is_sold)
       SELECT :community, {stock: n * 100 + i.number}, {shop: n}, i.id, 1000000, 0, TRUE FROM {series}
       CROSS JOIN (SELECT id, row_number() OVER (ORDER BY code) AS number FROM item WHERE community_id = :community) AS i""",
)


def _seed_people(seeder: Seeder, village: Village, founded: datetime) -> None:
    values = {"community": village.id, "at": founded, "hash": hasher.hash(PASSWORD)}
    for statement in PEOPLE:
        seeder.run(statement, count=village.households, **values)
    for statement in MEMBERS:
        seeder.run(statement, count=village.members, **values)


def _seed_shops(seeder: Seeder, village: Village, founded: datetime) -> None:
    for statement in SHOPS:
        seeder.run(statement, count=village.shops, community=village.id, at=founded, members=village.members)


def cookie_of(site: Flask, village: Village, household: int) -> str:
    """The session cookie with which the first member of a household is signed in."""
    member = bench_id("member", household * MEMBERS_OF_HOUSEHOLD)
    signer = site.session_interface.get_signing_serializer(site)
    value = signer.dumps({"_user_id": f"{village.id}:{member}:1", "_fresh": True})
    return f"{site.config['SESSION_COOKIE_NAME']}={value}"
