"""Two villages as programs see them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app import clock
from tests.app.api.program import House, a_photo, upload
from tests.builders import (
    MONDAY,
    Village,
    given_open_session,
    given_order,
    given_points,
    given_record,
)
from tests.conftest import close_site, new_site
from tests.support.village import Villages

SHOPPING_DAY = MONDAY + timedelta(days=4)  # what was decided on Monday can be spent


@pytest.fixture
def house(own_villages: tuple[str, Villages], tmp_path: Path) -> Iterator[House]:
    """A site of its own with both villages; it is Monday morning."""
    url, villages = own_villages
    site = new_site(url, tmp_path, WTF_CSRF_ENABLED=True)
    with clock.at(MONDAY):
        yield House(site, *villages)
    close_site(site)


@pytest.fixture
def village(house: House) -> Village:
    """The village most tests are about."""
    return house.village


@pytest.fixture
def things(house: House, village: Village) -> dict[str, str]:
    """One of everything in the first village, by the name it has in addresses; the resident's own where it is owned."""
    resident = village.residents[0]
    house.do(given_points, village, resident, 10)
    order = house.do(given_order, village, resident)
    record = house.do(given_record, village, village.residents[1])
    own = house.as_(resident)
    notice_id = own.get("/notices").json["items"][0]["id"]
    with clock.at(SHOPPING_DAY):
        appeal = house.as_(village.residents[1]).post(
            f"/notices/{notice_id}/appeals", {"reason": "那天她不在村里"}
        )
    scan = {"code": house.do(given_order, village, resident).code, "nonce": "border-scan"}
    with clock.at(SHOPPING_DAY):
        house.as_(village.one("shop_staff")).call("POST", "/redemptions", scan)
    return {
        "nonce": "border-scan",
        "record_id": str(record.id),
        "session_id": str(house.do(given_open_session, village)),
        "notice_id": notice_id,
        "objection_id": appeal.json["id"],
        "order_id": str(order.id),
        "code": order.code,
        "wallet_id": own.get("/me").json["wallet"]["id"],
        "photo_id": upload(own, a_photo()).json["id"],
    }
