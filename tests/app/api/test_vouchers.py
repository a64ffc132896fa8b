"""A household's vouchers and borrowed things."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.transaction import transact
from points.people.operations import IssueCard, issue_card
from shop.catalogue.models import Item
from shop.counter.operations import RedeemCode, redeem_code
from shop.lending.operations import LendItem, TakeBack, lend_item, take_back
from tests.app.api.conftest import SHOPPING_DAY
from tests.app.api.program import House, same_moment
from tests.builders import Village, a_key, given_order, given_points


def make_soap(session: Session, what: tuple[int, str], *, now: datetime) -> None:
    """Soap becomes something else."""
    community_id, kind = what
    session.execute(
        sa.update(Item).where(Item.community_id == community_id, Item.code == "I01").values(kind=kind)
    )


def given_vouchers(village: Village, pieces: int) -> None:
    """Four points of soap made a service, paid for and handed over on shopping day."""
    transact(make_soap, (village.community_id, "service"))
    order = given_order(village, village.residents[0], quantity=pieces)
    scan = RedeemCode(
        village.community_id, village.one("shop_staff").id, village.shop_id, "d", order.code, a_key()
    )
    with clock.at(SHOPPING_DAY):
        assert transact(redeem_code, scan).status == "ok"


def given_loans(village: Village, pieces: int) -> None:
    """Soap lent out; the first piece is back at once."""
    person, staff = village.residents[0], village.one("shop_staff").id
    with clock.at(SHOPPING_DAY):
        transact(make_soap, (village.community_id, "loan"))
        card = transact(issue_card, IssueCard(village.community_id, person.id, staff))
        lent = [
            transact(
                lend_item,
                LendItem(
                    village.community_id, staff, a_key(), village.shop_id, "d", village.items["I01"], card,
                ),
            )
            for _piece in range(pieces)
        ]  # fmt: skip
        transact(take_back, TakeBack(village.community_id, staff, lent[0].id, village.shop_id))


def test_vouchers_are_listed_newest_first_for_their_household_alone(house: House, village: Village) -> None:
    own = house.as_(village.residents[0])
    house.do(given_points, village, village.residents[0], 10)
    house.do(given_vouchers, village, 2)
    with clock.at(SHOPPING_DAY):
        pages = own.pages("/vouchers", limit=1)
        assert [len(page) for page in pages] == [1, 1]
        found = [one for page in pages for one in page]
        assert [one["id"] for one in found] == sorted((one["id"] for one in found), reverse=True)
        first = found[0]
        assert (first["state"], first["kind"], first["used_at"]) == ("issued", "service", None)
        assert first["served_by"]["id"] == str(village.shop_id)
        assert same_moment(first["issued_at"], SHOPPING_DAY)
        for other in (house.as_(village.residents[1]), house.as_one("steward")):
            assert other.get("/vouchers").json == {"items": [], "next": None}
    with clock.at(SHOPPING_DAY + timedelta(days=100)):
        late = house.as_(village.residents[0]).get("/vouchers").json["items"]
    assert [one["state"] for one in late] == ["lapsed"] * 2


def test_borrowed_things_are_listed_newest_first_for_their_household_alone(
    house: House, village: Village
) -> None:
    own = house.as_(village.residents[0])
    house.do(given_points, village, village.residents[0], 10)
    house.do(given_loans, village, 2)
    with clock.at(SHOPPING_DAY + timedelta(days=8)):
        pages = own.pages("/loans", limit=1)
        (newest,), (first,) = pages
        assert (newest["state"], newest["is_late"], newest["ended_at"]) == ("out", True, None)
        assert (first["state"], first["is_late"], first["points"]) == ("returned", False, 4)
        assert newest["shop"] == {"id": str(village.shop_id), "name": "村口店"}
        assert same_moment(newest["due_at"], SHOPPING_DAY + timedelta(days=7))
        assert house.as_(village.residents[1]).get("/loans").json["items"] == []
        assert own.get("/loans", after="x").json["code"] == "bad_cursor"
        assert house.stranger().get("/loans").status_code == 401
