"""A small shop with its households and a till, for the tests of the spending side; every state by real operations."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.database import db
from app.transaction import transact
from points.base import new_id
from points.ledger.check import check_ledger
from points.ledger.operations import account_id_of, make_transfer
from points.ledger.policy import WalletView
from points.ledger.queries import wallet
from points.ledger.results import NewTransfer
from points.people.intake import ImportRoster, import_roster
from points.people.operations import FoundCommunity, GrantRole, found_community, grant_role
from points.people.queries import MemberBrief, members_page
from points.people.roster import RosterRow
from shop.catalogue.operations import ImportCatalogue, OpenShop, import_catalogue, open_shop
from shop.catalogue.sheet import CatalogueItem
from shop.codes.keys import code_keys
from shop.codes.member_keys import AddPhone, add_phone
from shop.codes.rotating import member_code
from shop.counter.annulment import AnnulRedemption, annul_redemption
from shop.counter.models import Redemption
from shop.counter.operations import Outcome, RedeemCode, redeem_code
from shop.counter.refunds import Refunded, RefundGoods, Returned, refund_goods
from shop.counter.scan import SaleLine
from shop.orders.operations import CancelOrder, OrderPlaced, PlaceOrder, Wanted, cancel_order, place_order
from shop.queries import OrderView, items_at, order_by_id
from shop.stock.check import check_stock
from shop.stock.deliveries import LineIn
from shop.stock.models import Stock, StockMove
from tests.builders import given_counted, given_delivery

MONDAY = datetime(2026, 9, 7, 1, 0, tzinfo=UTC)  # nine in the morning in the village
ZONE = "Asia/Shanghai"
SOON, LATER = date(2026, 12, 31), date(2027, 12, 31)
redemption, stock, stock_move = Redemption.__table__, Stock.__table__, StockMove.__table__

GOODS = (
    # code, points, limit
    ("A01", 4, None, None),
    ("A02", 10, 2, "month"),
    ("A03", 1, None, None),
    ("A04", 7, 1, "week"),
)


def an_item(
    code: str, points: int, count: int | None = None, period: str | None = None, **more: Any
) -> CatalogueItem:
    """Goods as a sheet states them."""
    values = {
        "line": 2, "kind": "goods", "name_zh": f"货{code}", "name_en": f"goods {code}", "reference_fen": 100 * points,
        "unit_zh": "件", "unit_en": "piece", "icon": "package", "detail_zh": "", "detail_en": "",
    }  # fmt: skip
    return CatalogueItem(code=code, points=points, limit_count=count, limit_period=period, **(values | more))


@dataclass
class Till:
    """A community with a shop, ``staff`` at its till and the steward as its ``keeper``; the clock stands still until
    somebody moves it."""

    community_id: int
    shop_id: uuid.UUID
    staff: MemberBrief
    keeper: MemberBrief
    people: list[MemberBrief]
    items: dict[str, uuid.UUID]
    now: datetime = MONDAY
    keys: int = field(default=0)

    def run(self, operation: Callable[..., Any], command: object) -> Any:
        """One operation at the till's own time; each thread may do so."""
        with clock.at(self.now):
            return transact(operation, command)

    def wait(self, **span: float) -> None:
        """Time goes by."""
        self.now += timedelta(**span)

    def a_key(self) -> str:
        """A fresh request key or nonce."""
        self.keys += 1
        return f"key-{self.keys:06d}-{new_id().hex}"

    def give(self, person: MemberBrief, points: int, *, expires_on: date = LATER) -> None:
        """Points in a wallet, as an award brings them."""

        def award(session: Session, _command: object, *, now: datetime) -> None:
            new = NewTransfer(
                self.community_id, new_id(), "award", debit_account_id=account_id_of(session, self.community_id, "issue"),
                credit_account_id=self.wallet_id(person, session), amount=points, points_expire_on=expires_on,
            )  # fmt: skip
            make_transfer(session, new, now=now)

        self.run(award, None)

    def put_on_notice(self, person: MemberBrief, points: int, *, days: int = 3) -> None:
        """An award that is public for so many days before it can be spent."""

        def award(session: Session, _command: object, *, now: datetime) -> None:
            new = NewTransfer(
                self.community_id, new_id(), "award", "pending",
                debit_account_id=account_id_of(session, self.community_id, "issue"),
                credit_account_id=self.wallet_id(person, session), amount=points, points_expire_on=LATER,
                posts_at=now + timedelta(days=days),
            )  # fmt: skip
            make_transfer(session, new, now=now)

        self.run(award, None)

    def wallet_id(self, person: MemberBrief, session: Session | None = None) -> uuid.UUID:
        """The household's wallet."""
        return account_id_of(session or db.session(), self.community_id, "household", person.household_id)

    def receive(self, code: str, pieces: int, shop_id: uuid.UUID | None = None) -> None:
        """Goods come in."""
        self.deliver(LineIn(self.items[code], pieces), shop_id=shop_id)

    def deliver(self, *lines: LineIn, shop_id: uuid.UUID | None = None, **more: Any) -> uuid.UUID:
        """Goods come in, on a slip that staff enter and the keeper confirms."""
        with clock.at(self.now):
            signers = self.staff.id, self.keeper.id
            return given_delivery(self.community_id, shop_id or self.shop_id, signers, *lines, **more)

    def count(self, code: str, pieces: int) -> None:
        """A stock-take of one shelf, signed by two."""
        with clock.at(self.now):
            signers = self.staff.id, self.keeper.id
            given_counted(self.community_id, self.shop_id, signers, {self.items[code]: pieces})

    def wanted(
        self, person: MemberBrief, *lines: tuple[str, int], key: str = "", shop_id: uuid.UUID | None = None
    ) -> PlaceOrder:
        """The command of an order; lines as ``("A01", 2)``."""
        pieces = tuple(Wanted(self.items[code], quantity) for code, quantity in lines)
        return PlaceOrder(self.community_id, person.id, key or self.a_key(), shop_id or self.shop_id, pieces)

    def order(self, person: MemberBrief, *lines: tuple[str, int], **more: Any) -> OrderPlaced:
        """An order that must be taken."""
        return self.run(place_order, self.wanted(person, *(lines or (("A01", 1),)), **more))

    def cancel(self, person: MemberBrief, order: OrderPlaced) -> str:
        """Somebody of the household cancels."""
        return self.run(cancel_order, CancelOrder(self.community_id, person.id, order.id))

    def scan(self, order: OrderPlaced | str, nonce: str = "", **more: Any) -> Outcome:
        """A scan at the counter."""
        code = order if isinstance(order, str) else order.code
        values = {"actor_id": self.staff.id, "shop_id": self.shop_id, "device": "phone-1"} | more
        command = RedeemCode(self.community_id, code=code, nonce=nonce or self.a_key(), **values)
        return self.run(redeem_code, command)

    def phone_of(self, person: MemberBrief) -> Callable[[], str]:
        """The person's phone: whoever looks at it sees its code of that moment."""
        phone = self.run(add_phone, AddPhone(self.community_id, person.id))
        return lambda: member_code(phone.handle, code_keys(db.session()).member_key(phone.handle), self.now)

    def lines(self, *lines: tuple[str, int]) -> tuple[SaleLine, ...]:
        """Goods on the counter; lines as ``("A01", 2)``."""
        return tuple(SaleLine(self.items[code], quantity) for code, quantity in lines)

    def sell(self, code: str, *lines: tuple[str, int], nonce: str = "", **more: Any) -> Outcome:
        """A sale to whoever shows ``code``."""
        return self.scan(code, nonce, lines=self.lines(*(lines or (("A01", 1),))), **more)

    def refund(
        self, outcome: Outcome, *lines: tuple[str, int], key: str = "", to_shelf: bool = True,
        by: MemberBrief | None = None,
    ) -> Refunded:  # fmt: skip
        """A manager takes goods back: the keeper, unless another is named."""
        redemption_id = uuid.UUID(outcome.body["redemption"]["id"])
        back = tuple(Returned(self.items[code], quantity, to_shelf) for code, quantity in lines)
        command = RefundGoods(
            self.community_id, (by or self.keeper).id, key or self.a_key(), redemption_id, back, "坏了"
        )
        return self.run(refund_goods, command)

    def annul(self, nonce: str, device: str = "phone-1") -> dict[str, Any]:
        """Undoing a scan."""
        return self.run(annul_redemption, AnnulRedemption(self.community_id, self.staff.id, device, nonce))

    def state(self, order: OrderPlaced) -> str:
        """As its household reads it now."""
        return self.view(order).state

    def view(self, order: OrderPlaced) -> OrderView:
        """The order as it is read now."""
        db.session.rollback()
        return order_by_id(db.session(), self.community_id, order.id, now=self.now)

    def shelf(self, code: str) -> tuple[int, int]:
        """(on the shelf, of these set aside), as stored."""
        db.session.rollback()
        row = db.session.execute(
            sa.select(stock.c.on_hand, stock.c.held).where(
                stock.c.community_id == self.community_id, stock.c.shop_id == self.shop_id,
                stock.c.item_id == self.items[code],
            )
        ).one()  # fmt: skip
        return row.on_hand, row.held

    def free(self, code: str) -> int:
        """What the catalogue shows as there."""
        db.session.rollback()
        found = items_at(db.session(), self.community_id, self.shop_id, now=self.now, only_offered=False)
        return next(one.available for one in found if one.code == code)

    def purse(self, person: MemberBrief) -> WalletView:
        """A wallet as its owner sees it now."""
        db.session.rollback()
        return wallet(
            db.session(), self.community_id, self.wallet_id(person), now=self.now, today=day_of(self.now)
        ).view

    def stored(self, nonce: str) -> list[sa.Row]:
        """What the counter's book holds under a nonce."""
        db.session.rollback()
        return list(
            db.session.execute(
                sa.select(redemption).where(
                    redemption.c.community_id == self.community_id, redemption.c.nonce == nonce
                )
            )
        )

    def register(self, code: str) -> list[tuple[str, int]]:
        """The in and out register of an item."""
        db.session.rollback()
        rows = db.session.execute(
            sa.select(stock_move.c.move, stock_move.c.quantity)
            .where(stock_move.c.community_id == self.community_id, stock_move.c.shop_id == self.shop_id,
                   stock_move.c.item_id == self.items[code])
            .order_by(stock_move.c.moved_at, stock_move.c.id)
        )  # fmt: skip
        return [(row.move, row.quantity) for row in rows]

    def wrong_numbers(self) -> list[Any]:
        """What the ledger's count finds, and shelves that are not what the register says."""
        db.session.rollback()
        return [*check_ledger(db.session(), self.community_id), *check_stock(db.session(), self.community_id)]


def sold(till: Till, who: int, pieces: int = 1) -> str:
    """Goods handed over; the nonce of the scan."""
    nonce = till.a_key()
    assert till.scan(till.order(till.people[who], ("A03", pieces)), nonce).status == "ok"
    return nonce


def day_of(moment: datetime) -> date:
    """The calendar day in the village."""
    return (moment + timedelta(hours=8)).date()


def given_till(
    *, households: int = 4, points: int = 100, pieces: int = 20, code: str = "till", number: int = 1,
    goods: tuple[tuple[Any, ...], ...] = GOODS, at: datetime = MONDAY, **settings: Any,
) -> Till:  # fmt: skip
    """A community with a shop, staff of its own household, and households with ``points`` each."""
    with clock.at(at):
        areas = (("province", "山东省"), ("town", f"镇{number}"))
        community_id = transact(found_community, FoundCommunity(code, f"{code}村", areas, **settings))
        rows = tuple(
            RosterRow(n + 1, f"{n:03d}", "第1网格", f"{n}号", f"村民{n:02d}", "户主", "female", 1960,
                      f"138{number:04d}{n:04d}", False, None)
            for n in range(1, households + 3)
        )  # fmt: skip
        transact(import_roster, ImportRoster(community_id, None, rows))
        people = members_page(db.session(), community_id, limit=1000)
        shop_id = transact(open_shop, OpenShop(community_id, None, "村口店", "村委会旁", "每天 8:00-18:00"))
        staff, residents, keeper = people[0], people[1:-1], people[-1]
        transact(grant_role, GrantRole(community_id, staff.id, "shop_staff", "推选", scope_id=shop_id))
        transact(grant_role, GrantRole(community_id, keeper.id, "steward", "村委会分管"))
        lines = tuple(an_item(*one) for one in goods)
        transact(import_catalogue, ImportCatalogue(community_id, None, lines))
        items = {
            one.code: one.id
            for one in items_at(db.session(), community_id, shop_id, now=at, only_offered=False)
        }
        db.session.rollback()
    till = Till(community_id, shop_id, staff, keeper, residents, items, now=at)
    if pieces and items:
        till.deliver(*(LineIn(item_id, pieces) for item_id in items.values()))
    for person in residents if points else ():
        till.give(person, points)
    return till
