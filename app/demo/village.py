"""Founding the demo communities: people, roles, rules, goods, budget."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from app import clock
from app.database import db
from app.demo.cast import CODE, PARTS, PASSWORD, SHOP, SIGN_INS, STATION
from app.files.tables import read_table
from app.identity.passwords import SetPassword, hash_password, set_password
from app.transaction import transact
from points.base import new_id
from points.people.intake import ImportRoster, import_roster
from points.people.models import Grid
from points.people.operations import (
    FoundCommunity,
    GrantBudget,
    GrantRole,
    IssueCard,
    found_community,
    grant_role,
    issue_card,
)
from points.people.queries import MemberBrief, members_page
from points.people.roster import KNOWN_HEADERS as PEOPLE_HEADERS
from points.people.roster import RosterRow, read_roster
from points.review.funding import fund_budget
from points.rules.drafts import PutDraftItem, StartDraft, put_draft_item, start_draft
from points.rules.operations import AdoptRules, adopt_rules
from points.rules.sheet import KNOWN_HEADERS as RULE_HEADERS
from points.rules.sheet import read_line, read_rules
from shop.catalogue.models import VOUCHER_KINDS
from shop.catalogue.operations import ImportCatalogue, OpenShop, import_catalogue, open_shop
from shop.catalogue.sheet import KNOWN_HEADERS as ITEM_HEADERS
from shop.catalogue.sheet import read_catalogue
from shop.queries import items_at
from shop.stock.deliveries import ConfirmDelivery, EnterDelivery, LineIn, confirm_delivery, enter_delivery
from shop.stock.places import SetPlaces, set_places

DATA = Path(__file__).resolve().parent / "data"
AREAS = (("province", "山东省"), ("city", "济南市"), ("town", "义田镇"))
SERVICES = ("I21", "I22", "I23", "I24", "I27")  # what the second counter hands out


@dataclass
class DemoVillage:
    """What the history needs to know of a founded village."""

    id: int
    rng: Random
    people: dict[str, MemberBrief] = field(default_factory=dict)
    adults: list[MemberBrief] = field(default_factory=list)
    roles: dict[str, list[MemberBrief]] = field(default_factory=dict)
    shops: dict[str, uuid.UUID] = field(default_factory=dict)

    @property
    def chair(self) -> MemberBrief:
        """Who leads the sessions."""
        return self.roles["chair"][0]

    @property
    def judges(self) -> list[MemberBrief]:
        """Who may vote."""
        return [*self.roles["chair"], *self.roles["reviewer"]]

    def key(self) -> str:
        """A request key out of the seed."""
        return f"demo-{self.rng.getrandbits(64):016x}"


def roster_rows(name: str) -> tuple[RosterRow, ...]:
    """The good rows of one of the demo's rosters."""
    table = read_table((DATA / name).read_bytes(), name, known=PEOPLE_HEADERS)
    return tuple(read_roster(table.header, table.rows, today=clock.now().date(), title=table.title).rows)


def found_village(moment: datetime, rng: Random) -> DemoVillage:
    """The main village as it stands at ``moment``: 120 households, everybody in a role, an empty book."""
    with clock.at(moment):
        community_id = transact(found_community, FoundCommunity(CODE, "义田村", AREAS))
        village = DemoVillage(community_id, rng)
        rows = roster_rows("roster.csv")
        transact(import_roster, ImportRoster(community_id, None, rows, "村委会户籍名册"))
        _know_people(village, rows)
        give_book(community_id, moment)
        for name, place in ((SHOP, "村委会东侧"), (STATION, "河西老年食堂旁")):
            shop_id = transact(open_shop, OpenShop(community_id, None, name, place, "每天 8:00 到 18:00"))
            village.shops[name] = shop_id
        _give_roles(village)
        stewards = village.roles["steward"]
        for staff, name, codes in zip(
            village.roles["shop_staff"], (SHOP, STATION), (None, SERVICES), strict=True
        ):
            fill_shelves(village.id, village.shops[name], (stewards[0].id, staff.id), rng, codes)
        _give_passwords(village)
        _give_cards(village)
        grant(village, 1200, "每户每月 10 分，共 120 户")
    return village


def _know_people(village: DemoVillage, rows: tuple[RosterRow, ...]) -> None:
    briefs = {(m.household_number, m.name): m for m in members_page(db.session(), village.id, limit=1000)}
    db.session.rollback()
    year = clock.now().year
    for row in rows:
        brief = briefs[row.household_number, row.name]
        if row.phone:
            village.people[row.phone] = brief
        if row.birth_year and 18 <= year - row.birth_year <= 82:
            village.adults.append(brief)


def give_book(community_id: int, moment: datetime) -> None:
    """The 46 rules as the first adopted version, and the 32 items of the catalogue."""
    rules = read_table((DATA / "rules.csv").read_bytes(), "rules.csv", known=RULE_HEADERS)
    items = tuple(read_rules(rules.header, rules.rows).items)
    day = moment.date()
    adopted = AdoptRules(
        community_id, None, items, "第十二届村民代表会议", day - timedelta(days=7), day, 31, 2, 1
    )
    transact(adopt_rules, adopted)
    goods = read_table((DATA / "catalogue.csv").read_bytes(), "catalogue.csv", known=ITEM_HEADERS)
    lines = tuple(read_catalogue(goods.header, goods.rows).items)
    transact(import_catalogue, ImportCatalogue(community_id, None, lines))


def begin_next_book(village: DemoVillage) -> None:
    """The steward is writing the next version: one rule more, and the example of it is still to come."""
    steward = village.roles["steward"][0].id
    draft_id = transact(start_draft, StartDraft(village.id, steward))
    line, _faults = read_line(
        {
            "code": "ENV-08", "category_zh": "环境", "category_en": "Environment", "name_zh": "捡拾旧地膜",
            "name_en": "collect old mulch film", "unit_zh": "每人每次", "unit_en": "person-session", "score": "redeemable",
            "points_default": "3", "cap_count": "4", "cap_unit": "times", "cap_period": "month", "photo": "required",
            "evidence_zh": "装袋后的照片", "evidence_en": "photo of the filled bag", "review_path": "panel",
        }
    )  # fmt: skip
    transact(put_draft_item, PutDraftItem(village.id, steward, draft_id, line))


def fill_shelves(
    community_id: int,
    shop_id: uuid.UUID,
    signers: tuple[uuid.UUID, uuid.UUID],
    rng: Random,
    codes: tuple[str, ...] | None,
    *,
    low: int = 12,
    high: int = 40,
) -> None:
    """Goods come in on one slip with two signatures; of services the steward says how many there are."""
    items = items_at(db.session(), community_id, shop_id, now=clock.now())
    db.session.rollback()
    wanted = [(item, rng.randint(low, high)) for item in items if codes is None or item.code in codes]
    lines = tuple(
        LineIn(item.id, pieces, item.reference_fen * 9 // 10)
        for item, pieces in wanted
        if item.kind not in VOUCHER_KINDS
    )
    key = f"demo-{rng.getrandbits(64):016x}"
    if lines:
        deliver(community_id, shop_id, signers, key, "bought", lines, note="首批进货")
    for item, pieces in wanted:
        if item.kind in VOUCHER_KINDS:
            places = (shop_id, item.id, pieces, "和服务的人说好的")
            transact(set_places, SetPlaces(community_id, signers[0], f"{key}-{item.code}", *places))


def deliver(
    community_id: int, shop_id: uuid.UUID, signers: tuple[uuid.UUID, uuid.UUID], key: str, source: str,
    lines: tuple[LineIn, ...], **more: Any,
) -> None:  # fmt: skip
    """Goods come: one person enters the slip, another confirms it."""
    slip = EnterDelivery(community_id, signers[0], key, shop_id, source, lines, **more)
    delivery_id = transact(enter_delivery, slip)
    transact(confirm_delivery, ConfirmDelivery(community_id, signers[1], delivery_id))


def _give_roles(village: DemoVillage) -> None:
    grids = {grid.name: grid.id for grid in db.session.query(Grid).filter_by(community_id=village.id)}
    db.session.rollback()
    for part in PARTS:
        person = village.people[part.phone]
        scope = {**grids, **village.shops}.get(part.scope or "")
        transact(grant_role, GrantRole(village.id, person.id, part.role, part.reason, scope_id=scope))
        village.roles.setdefault(part.role, []).append(person)


def _give_passwords(village: DemoVillage) -> None:
    hashed = hash_password(PASSWORD)
    for phone in {phone for _, phone in SIGN_INS}:
        transact(set_password, SetPassword(village.id, village.people[phone].id, hashed, must_change=False))


def _give_cards(village: DemoVillage) -> None:
    """A card for each household's first grown-up, and for the elder, who has a PIN."""
    first = {person.household_id: person for person in reversed(village.adults)}
    for person in (*first.values(), village.people[dict(SIGN_INS)["elder"]]):
        transact(issue_card, IssueCard(village.id, person.id))


def grant(village: DemoVillage, points: int, reason: str) -> None:
    """The steward funds a period."""
    steward = village.roles["steward"][0].id if "steward" in village.roles else None
    transact(fund_budget, GrantBudget(village.id, steward, village.key(), points, reason))


def found_neighbours(moment: datetime, rng: Random) -> None:
    """Two more communities, small, so that borders between communities are real."""
    with clock.at(moment):
        for code, name, roster, settings in (
            ("liuhe", "柳河村", "roster_willow.csv", {"cadence": "weekly", "notice_days": 5}),
            (
                "yangguang",
                "阳光家园社区",
                "roster_sunny.xlsx",
                {"wallet_kind": "member", "cadence": "monthly"},
            ),
        ):
            community_id = transact(found_community, FoundCommunity(code, name, AREAS, **settings))
            transact(import_roster, ImportRoster(community_id, None, roster_rows(roster), "名册"))
            give_book(community_id, moment)
            shop_id = transact(
                open_shop, OpenShop(community_id, None, f"{name}积分超市", "村委会院内", "周五 9:00 到 16:00")
            )
            signers = _neighbour_roles(community_id, shop_id)
            fill_shelves(community_id, shop_id, signers, rng, None, low=3, high=9)
            transact(fund_budget, GrantBudget(community_id, None, new_id().hex, 400, "每户每月 10 分"))


def _neighbour_roles(community_id: int, shop_id: uuid.UUID) -> tuple[uuid.UUID, uuid.UUID]:
    """Everybody's office; returns the steward and the shop's volunteer, who sign for goods."""
    people = members_page(db.session(), community_id, limit=400)
    db.session.rollback()
    heads = list({person.household_id: person for person in reversed(people)}.values())[:8]
    roles = (
        "chair",
        "reviewer",
        "reviewer",
        "reviewer",
        "grid_worker",
        "shop_staff",
        "steward",
        "supervisor",
    )
    for person, role in zip(heads, roles, strict=True):
        scope = shop_id if role == "shop_staff" else None
        transact(grant_role, GrantRole(community_id, person.id, role, "村民代表会议推选", scope_id=scope))
    holders = dict(zip(roles, heads, strict=True))
    return holders["steward"].id, holders["shop_staff"].id
