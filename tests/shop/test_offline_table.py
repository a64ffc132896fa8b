"""The table that decides on the phone, put through what the server does with what it is told: the same but for a few
differences, each with its reason. What happened is booked more generously than it would be allowed."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from app.database import db
from app.schemas.commands import OfflineScanSchema
from app.schemas.fields import load_typed
from points.base import new_id
from points.codes import read_code
from points.errors import Invalid
from points.people.models import Card, CodeToken
from points.people.operations import IssueCard, issue_card
from shop.catalogue.models import Item, ItemPrice
from shop.catalogue.operations import OpenShop, open_shop
from shop.codes.keys import code_keys
from shop.codes.rotating import HANDLE, STEP_SECONDS, member_code, step_near
from shop.counter.scan import SaleLine
from shop.offline.models import Allowance
from shop.offline.policy import MOST_PIECES, code_mark
from shop.offline.upload import OfflineScan, take_in
from shop.orders.models import Order
from shop.stock.models import Stock
from tests.shop.phones import given_card, given_device, given_phone_key, reserve
from tests.shop.test_offline_verdict import CASES, TABLE
from tests.shop.till import Till, given_till

item, item_price, order, stock, allowance, card, token = (
    Item.__table__, ItemPrice.__table__, Order.__table__, Stock.__table__, Allowance.__table__, Card.__table__,
    CodeToken.__table__,
)  # fmt: skip
CODES = {row[0]: row[1] for row in TABLE["snapshot"]["items"]}
GENEROUS = {
    # what the phone said -> why the server need not say the same, and what it may say
    "no_snapshot": "which list a phone had is the phone's to watch; the time of the scan and the holds bind the server",
    "snapshot_old": "as above",
    "clock": "only the age of a scan is told, so a wrong clock changes nothing here",
    "unknown": "the server knows every code: an order is booked, a card without an allowance lacks the points",
    "sold_out": "the goods did leave: what was reserved pays, and the shelf is looked at",
    "needs_network": "what a phone gave by an older list is booked; a voucher then lasts from the upload on",
    "limited": "the server knows how many pieces the household may still have",
}
GENEROUS_CASES = {
    "61 seconds old: a screenshot": "the moment of a scan is known to ten seconds only",
    "one point more than the card's cap of the day leaves": "the cap keeps a phone from giving; what was reserved pays",
    "what was spent here since counts against the cap as well": "as above",
}


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


class Shop:
    """The table's shop, built by real operations; its codes are then written over by the table's."""

    def __init__(self) -> None:
        goods = [
            (row[1], row[5], 5 if row[7] else None, "week" if row[7] else None)
            for row in TABLE["snapshot"]["items"]
        ]
        self.till: Till = given_till(households=4, pieces=0, goods=tuple(goods))
        self.device = given_device(self.till)
        for row in TABLE["snapshot"]["items"]:
            self.till.receive(row[1], row[6] + 5)
        self._change(item, item.c.points == 0, is_offered=True)
        db.session.commit()
        self._place_orders()
        self._give_codes()
        for row in TABLE["snapshot"]["items"]:  # just so many are free as the list says
            here = (stock.c.shop_id == self.till.shop_id, stock.c.item_id == self.till.items[row[1]])
            self._change(stock, *here, on_hand=stock.c.held + row[6])
        self._announce("A07", 6, 1788746400)
        db.session.commit()

    def _announce(self, code: str, points: int, begins: int) -> None:
        values = {"community_id": self.till.community_id, "id": new_id(), "item_id": self.till.items[code], "points": points,
                  "reference_fen": 100 * points, "valid_from": at(begins), "announced_at": self.till.now, "reason": "",
                  "actor_id": self.till.keeper.id}  # fmt: skip
        db.session.execute(sa.insert(item_price).values(values))

    def _change(self, table: sa.Table, *which: Any, **values: Any) -> None:
        db.session.execute(
            sa.update(table).where(table.c.community_id == self.till.community_id, *which).values(**values)
        )

    def _place_orders(self) -> None:
        till, (one, two, three, four) = self.till, self.till.people
        elsewhere = till.run(open_shop, OpenShop(till.community_id, None, "河边店", "河边", "每天"))
        till.receive("A01", 5, elsewhere)
        waiting = {
            "0RDER10000000000000007": (till.order(one, ("A01", 2)), 1788829200),
            "0RDER2000000000000000F": (till.order(two, ("A02", 1)), 1788746400),
            "0RDER3000000000000000M": (till.order(three, ("A04", 1)), 1788832800),
            "0RDER4FREE00000000000W": (till.order(four, ("A05", 2)), 1788832800),
            "0RDER5SERVED000000000V": (till.order(four), None),
            "VSED000000000000000001": (till.order(four), None),
            "CANCE1ED0000000000000F": (till.order(four), None),
            "E1SEWHERE0000000000001": (till.order(four, ("A01", 1), shop_id=elsewhere), None),
        }
        till.scan(waiting["VSED000000000000000001"][0])
        till.cancel(four, waiting["CANCE1ED0000000000000F"][0])
        for code, (placed, ends) in waiting.items():
            ending = {"expires_at": at(ends)} if ends else {}
            self._change(order, order.c.id == placed.id, token=code, **ending)
        db.session.commit()

    def _give_codes(self) -> None:
        till, (one, two, three, four) = self.till, self.till.people
        old = given_card(till, four)
        till.run(issue_card, IssueCard(till.community_id, four.id, till.staff.id, replace=True))
        given_phone_key(till, one, "7ABCDEF")
        given_phone_key(till, two, "7GHJKMN")
        codes = {
            given_card(till, one): "CARD10000000000000000R",
            given_card(till, two): "CARD200000000000000008",
        }
        reserve(till, self.device, points=20, hours=10)
        codes |= {given_card(till, three): "CARD30000000000000000V", old: "0DCARD000000000000000F"}
        self._change(allowance, allowance.c.household_id == four.household_id, spend_until=till.now)
        small = allowance.c.household_id == two.household_id
        self._change(allowance, small, points=5, left=5, spend_until=at(1788750000))
        for ours, theirs in codes.items():
            self._change(card, card.c.token == ours, token=theirs)
            self._change(token, token.c.token == ours, token=theirs)
        db.session.commit()

    def told(self, case: dict[str, Any], text: str, lines: list[Any], now: int) -> Any:
        pieces = tuple(SaleLine(self.item_id(name), quantity) for name, quantity in lines)
        moment = at(now)
        command = OfflineScan(
            self.till.community_id, self.till.staff.id, self.till.shop_id, "phone-1", text, new_id().hex, offline=True,
            lines=pieces, device_id=self.device, scanned_at=moment, sent_at=moment,
        )  # fmt: skip
        return take_in(db.session(), command, now=moment)

    def item_id(self, name: str) -> uuid.UUID:
        return self.till.items.get(CODES.get(name, ""), uuid.UUID(int=7))

    def happened_before(self, case: dict[str, Any], text: str) -> None:
        """What the phone knows it has done since its list, and what the case changes in the list."""
        local, used = case["local"], case["local"]["used"]
        code = read_code(text)
        if code and code_mark(code) in used and text.startswith("0RDER"):
            assert self.told(case, text, [], TABLE["snapshot"]["made_at"]).status == "ok"
        elif code and any(mark.startswith(code[:HANDLE]) for mark in used) and "next one" not in case["name"]:
            assert self.told(case, text, [["salt", 1]], case["now"]).status == "ok"
        households = {"allow-1": self.till.people[0], "allow-2": self.till.people[1]}
        for name, points in local["spent"].items():
            whose = allowance.c.household_id == households[name].household_id
            self._change(allowance, whose, left=allowance.c.left - points)
        for name, pieces in local["taken"].items():
            self._change(stock, stock.c.item_id == self.item_id(name), on_hand=stock.c.on_hand - pieces)
        for row in (case["change"].get("items") or [])[:1]:
            self._announce(row[1], row[9], row[10])


def as_ours(text: str, case: dict[str, Any]) -> str:
    """A rotating code of the table, made by this site's own key."""
    code = read_code(text)
    if not code or code[:HANDLE] not in TABLE["snapshot"]["phones"] or case["expect"]["why"] == "forged":
        return text
    key = code_keys(db.session()).member_key(code[:HANDLE])
    return member_code(code[:HANDLE], key, at(step_near(code, case["now"]) * STEP_SECONDS))


def is_sendable(lines: list[Any]) -> bool:
    return all(type(quantity) is int and 1 <= quantity <= MOST_PIECES for _, quantity in lines)


def answer_of(shop: Shop, case: dict[str, Any]) -> tuple[str, str | None, int]:
    """What the server makes of it, in the table's words; nothing is kept."""
    text = as_ours(case["text"], case)
    try:
        shop.happened_before(case, text)
        outcome = shop.told(case, text, case["lines"], case["now"])
    finally:
        db.session.rollback()
    if outcome.status == "ok":
        return "give", None, outcome.body["redemption"]["points"]
    return "refuse", outcome.reason, 0


def expected(case: dict[str, Any]) -> tuple[str, str | None, int]:
    said = case["expect"]
    return said["verdict"], said["reason"], said["points"]


TOLD = [case for case in CASES if case["expect"]["verdict"] != "choose" and is_sendable(case["lines"])]


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"], indirect=True)
def test_what_is_told_is_booked_as_the_phone_decided_and_the_rest_is_named(session, backend: str) -> None:
    shop = Shop()
    different = {
        case["name"]: answer_of(shop, case) for case in TOLD if answer_of(shop, case) != expected(case)
    }
    by_name = {case["name"]: case for case in TOLD}
    unexplained = {
        name: (found, expected(by_name[name]))
        for name, found in different.items()
        if by_name[name]["expect"]["why"] not in GENEROUS and name not in GENEROUS_CASES
    }
    assert unexplained == {}
    assert set(GENEROUS) <= {by_name[name]["expect"]["why"] for name in different}
    assert set(GENEROUS_CASES) <= set(different)
    gives = [case["name"] for case in TOLD if case["expect"]["verdict"] == "give"]
    assert len(gives) >= 30
    assert not set(gives) & set(different)  # whatever the phone gives is booked, at the same price


@pytest.mark.parametrize(
    "case", [one for one in CASES if not is_sendable(one["lines"])], ids=lambda case: case["name"]
)
def test_pieces_that_are_no_number_of_pieces_are_never_taken_in(site, case: dict[str, Any]) -> None:
    moment = datetime.now(UTC).isoformat()
    lines = [{"item_id": str(uuid.UUID(int=7)), "quantity": quantity} for _, quantity in case["lines"]]
    sent = {"device_id": str(new_id()), "serial": 1, "code": case["text"], "nonce": "n", "scanned_at": moment,
            "sent_at": moment, "lines": lines}  # fmt: skip
    with site.test_request_context(), pytest.raises(Invalid):
        load_typed(OfflineScanSchema, sent)
