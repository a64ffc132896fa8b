"""Builders: a village in any state, reached only by calling real operations."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app import clock
from app.database import db
from app.files.tables import read_table
from app.identity.passwords import SetPassword, hasher, set_password
from app.transaction import transact
from points.base import new_id
from points.errors import DomainError
from points.people.intake import ImportRoster, import_roster
from points.people.operations import FoundCommunity, GrantBudget, GrantRole, found_community, grant_role
from points.people.queries import MemberBrief, members_page
from points.people.roster import RosterRow
from points.records.operations import FiledRecord, FileRecord, file_record
from points.review.ballots import CastBallot, cast_ballot
from points.review.closing import CloseSession, close_session
from points.review.funding import fund_budget
from points.review.sessions import (
    CallSession,
    JoinSession,
    OpenSession,
    call_session,
    join_session,
    open_session,
)
from points.rules.operations import AdoptRules, adopt_rules
from points.rules.sheet import KNOWN_HEADERS as RULE_HEADERS
from points.rules.sheet import RuleLine, read_rules
from shop.catalogue.models import VOUCHER_KINDS, Item
from shop.catalogue.operations import ImportCatalogue, OpenShop, import_catalogue, open_shop
from shop.catalogue.sheet import KNOWN_HEADERS as ITEM_HEADERS
from shop.catalogue.sheet import CatalogueItem, read_catalogue
from shop.orders.operations import OrderPlaced, PlaceOrder, Wanted, place_order
from shop.queries import items_at
from shop.stock.deliveries import ConfirmDelivery, EnterDelivery, LineIn, confirm_delivery, enter_delivery
from shop.stock.models import Stock
from shop.stock.places import SetPlaces, set_places
from shop.stock.takes import (
    BeginTake,
    CountItem,
    FinishTake,
    SignTake,
    begin_take,
    count_item,
    finish_take,
    sign_take,
)

DATA = Path(__file__).resolve().parent.parent / "app" / "demo" / "data"
MONDAY = datetime(2026, 9, 7, 0, 30, tzinfo=UTC)  # 08:30 in the village
PASSWORD = "lantian-2026"
# One cheap hash for all test people: hashing is slow on purpose, and not what these tests are about.
PASSWORD_HASH = hasher.hash(PASSWORD)
STAFF = (
    "chair",
    "reviewer",
    "reviewer",
    "reviewer",
    "grid_worker",
    "shop_staff",
    "steward",
    "supervisor",
    "operator",
)


def a_key() -> str:
    """A fresh request key."""
    return new_id().hex


def demo_rules() -> tuple[RuleLine, ...]:
    """The 46 items."""
    table = read_table((DATA / "rules.csv").read_bytes(), "rules.csv", known=RULE_HEADERS)
    return tuple(read_rules(table.header, table.rows).items)


def demo_items() -> tuple[CatalogueItem, ...]:
    """The 32 catalogue items."""
    table = read_table((DATA / "catalogue.csv").read_bytes(), "catalogue.csv", known=ITEM_HEADERS)
    return tuple(read_catalogue(table.header, table.rows).items)


@dataclass
class Village:
    """A small community: everyone lives alone in a household of the same number, staff first, then residents."""

    community_id: int
    code: str
    shop_id: uuid.UUID
    staff: dict[str, list[MemberBrief]]
    residents: list[MemberBrief]
    items: dict[str, uuid.UUID] = field(default_factory=dict)

    @property
    def chair(self) -> MemberBrief:
        """Who calls, opens and closes sessions."""
        return self.staff["chair"][0]

    @property
    def judges(self) -> list[MemberBrief]:
        """Chair and reviewers."""
        return [*self.staff["chair"], *self.staff["reviewer"]]

    def one(self, role: str) -> MemberBrief:
        """The first holder of a role."""
        return self.staff[role][0]


def phone_of(number: int, village: int = 1) -> str:
    """Phone of the person in household ``number``."""
    return f"139{village:04d}{number:04d}"


def given_village(
    *, residents: int = 6, budget: int = 5000, code: str = "yitian", village: int = 1, with_credentials: bool = True,
    at: datetime = MONDAY - timedelta(days=30), **settings: Any,
) -> Village:  # fmt: skip
    """A founded community with staff, residents, 46 rules in force, a stocked shop and a funded budget."""
    with clock.at(at):
        areas = (("province", "山东省"), ("city", "济南市"), ("town", "义田镇"))
        community_id = transact(found_community, FoundCommunity(code, f"{code}村", areas, **settings))
        count = len(STAFF) + residents
        rows = tuple(
            RosterRow(n + 1, f"{n:03d}", f"第{(n - 1) % 3 + 1}网格", f"{n}号", f"村民{n:02d}", "户主", "female", 1960,
                      phone_of(n, village), False, None)
            for n in range(1, count + 1)
        )  # fmt: skip
        transact(import_roster, ImportRoster(community_id, None, rows))
        people = members_page(db.session(), community_id, limit=1000)
        shop_id = transact(open_shop, OpenShop(community_id, None, "村口店", "村委会旁", "每天 8:00-18:00"))
        staff: dict[str, list[MemberBrief]] = {}
        for person, role in zip(people, STAFF, strict=False):
            scope = shop_id if role == "shop_staff" else None
            transact(grant_role, GrantRole(community_id, person.id, role, "村民代表会议推选", scope_id=scope))
            staff.setdefault(role, []).append(person)
        if with_credentials:
            for person in people:
                transact(set_password, SetPassword(community_id, person.id, PASSWORD_HASH, must_change=False))
        signers = staff["steward"][0].id, staff["shop_staff"][0].id
        _give_rules_and_goods(community_id, shop_id, at.date(), budget, signers)
        items = {item.code: item.id for item in items_at(db.session(), community_id, shop_id, now=at)}
        db.session.rollback()
    return Village(community_id, code, shop_id, staff, people[len(STAFF) :], items)


def _give_rules_and_goods(
    community_id: int, shop_id: uuid.UUID, day: date, budget: int, signers: tuple[uuid.UUID, uuid.UUID]
) -> None:
    transact(
        adopt_rules,
        AdoptRules(community_id, None, demo_rules(), "村民代表会议", day, day - timedelta(days=60), 30, 2, 1),
    )
    transact(import_catalogue, ImportCatalogue(community_id, None, demo_items()))
    if budget:
        transact(fund_budget, GrantBudget(community_id, None, a_key(), budget, "每户每月 10 分"))
    items = items_at(db.session(), community_id, shop_id, now=clock.now())
    db.session.rollback()
    given_delivery(community_id, shop_id, signers, *(LineIn(item.id, 20) for item in items))


def given_delivery(
    community_id: int, shop_id: uuid.UUID, signers: tuple[uuid.UUID, uuid.UUID], *lines: LineIn,
    source: str = "bought", **more: Any,
) -> uuid.UUID | None:  # fmt: skip
    """Goods that one person entered and another confirmed; returns the slip. What is promised (services, tickets) comes on
    none: the first of the two says how many more there are."""
    promised = _promised(community_id, shop_id)
    for line in lines:
        if line.item_id in promised:
            places = promised[line.item_id] + line.quantity
            transact(
                set_places,
                SetPlaces(community_id, signers[0], a_key(), shop_id, line.item_id, places, "新名额"),
            )
    goods = tuple(line for line in lines if line.item_id not in promised)
    slip = EnterDelivery(community_id, signers[0], a_key(), shop_id, source, goods, **more)
    if not goods:
        return None
    delivery_id = transact(enter_delivery, slip)
    transact(confirm_delivery, ConfirmDelivery(community_id, signers[1], delivery_id))
    return delivery_id


def _promised(community_id: int, shop_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """Places of each item that has no pieces."""
    item, stock = Item.__table__, Stock.__table__
    rows = db.session.execute(
        sa.select(item.c.id, sa.func.coalesce(stock.c.on_hand, 0))
        .outerjoin(stock, sa.and_(stock.c.community_id == item.c.community_id, stock.c.item_id == item.c.id,
                                  stock.c.shop_id == shop_id))
        .where(item.c.community_id == community_id, item.c.kind.in_(VOUCHER_KINDS))
    ).all()  # fmt: skip
    db.session.rollback()
    return dict(map(tuple, rows))


def given_counted(
    community_id: int, shop_id: uuid.UUID, signers: tuple[uuid.UUID, uuid.UUID], counted: dict[uuid.UUID, int]
) -> None:
    """A stock-take of some items that found so many pieces, closed with two signatures."""
    first, second = signers
    take_id = transact(begin_take, BeginTake(community_id, first, shop_id))
    for item_id, pieces in counted.items():
        transact(count_item, CountItem(community_id, first, take_id, item_id, pieces, reason="盘点"))
    if transact(finish_take, FinishTake(community_id, first, take_id)) == "counted":
        transact(sign_take, SignTake(community_id, second, take_id, agrees=True))


def given_record(
    village: Village, member: MemberBrief, *, rule: str = "AID-02", reporter: MemberBrief | None = None,
    done_on: date | None = None, at: datetime = MONDAY, **more: Any,
) -> FiledRecord:  # fmt: skip
    """A reported deed; by the member, or by a grid worker. AID-02 (4 points by default, 3 to 10) goes to the vote."""
    with clock.at(at):
        day = done_on or clock.today("Asia/Shanghai")
        command = FileRecord(
            village.community_id, (reporter or member).id, a_key(), rule, day, (member.id,), **more
        )
        return transact(file_record, command).records[0]


def given_open_session(
    village: Village, *, at: datetime = MONDAY, present: Sequence[MemberBrief] | None = None
) -> uuid.UUID:
    """A session opened by the chair with everybody (or ``present``) on the roll there."""
    with clock.at(at):
        session_id = transact(call_session, CallSession(village.community_id, village.chair.id, a_key(), at))
        transact(open_session, OpenSession(village.community_id, village.chair.id, session_id))
        for judge in village.judges if present is None else present:
            transact(join_session, JoinSession(village.community_id, judge.id, session_id))
    return session_id


def given_decided(
    village: Village, records: Sequence[FiledRecord], *, points: int = 5, at: datetime = MONDAY
) -> uuid.UUID:
    """A closed session in which every judge approved these records with ``points``."""
    session_id = given_open_session(village, at=at)
    with clock.at(at + timedelta(minutes=20)):
        for record in records:
            for judge in village.judges:
                ballot = CastBallot(
                    village.community_id, judge.id, session_id, record.id, "approve", points, "看过现场"
                )
                transact(cast_ballot, ballot)
        transact(close_session, CloseSession(village.community_id, village.chair.id, session_id))
    return session_id


def given_points(village: Village, member: MemberBrief, points: int = 10, *, at: datetime = MONDAY) -> None:
    """Points in a member's wallet that an award brought; the notice has ended four days after ``at``."""
    given_decided(village, [given_record(village, member, at=at)], points=points, at=at)


def given_order(
    village: Village,
    member: MemberBrief,
    *,
    code: str = "I01",
    quantity: int = 1,
    at: datetime = MONDAY + timedelta(days=4),
) -> OrderPlaced:
    """An order of one item, waiting at the counter."""
    with clock.at(at):
        lines = (Wanted(village.items[code], quantity),)
        return transact(
            place_order, PlaceOrder(village.community_id, member.id, a_key(), village.shop_id, lines)
        )


def refused(operation: Callable[..., Any], command: object) -> str:
    """The code of the refusal of an operation; fails when it is not refused."""
    try:
        transact(operation, command)
    except DomainError as error:
        return error.code
    raise AssertionError(f"{operation.__name__} was not refused")
