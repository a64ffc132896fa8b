"""The pages around the till without network: what a phone takes along and tells, what is reserved, what is settled."""

from __future__ import annotations

import json
import re
import uuid
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.database import db
from app.transaction import transact
from points.base import new_id
from points.people.operations import GrantRole, IssueCard, grant_role, issue_card
from shop.catalogue.limits import Limit, set_limits
from shop.catalogue.operations import OpenShop, open_shop
from shop.devices.operations import (
    EnrolDevice,
    InviteDevice,
    ReassignDevice,
    RevokeDevice,
    enrol_device,
    invite_device,
    reassign_device,
    revoke_device,
)
from shop.devices.queries import open_invite
from shop.offline.policy import code_mark
from tests.app.web.resident.street import Street, words
from tests.app.web.shop.test_counter import waiting
from tests.builders import MONDAY


@pytest.fixture
def phone(street: Street) -> tuple[str, FlaskClient]:
    """An enrolled phone with the staff signed in on it; its id and its browser."""
    village = street.village

    def invite() -> tuple[uuid.UUID, str]:
        invited = InviteDevice(village.community_id, village.one("steward").id, village.shop_id, "一号机")
        device_id = transact(invite_device, invited)
        code = open_invite(db.session(), village.community_id, device_id, now=MONDAY).code
        return device_id, transact(enrol_device, EnrolDevice(code)).token

    device_id, token = street.do(invite)
    browser = street.staff("shop_staff")
    browser.set_cookie("shop_phone", token)
    return str(device_id), browser


def snapshot(browser: FlaskClient) -> dict:
    return json.loads(browser.post("/counter/offline/snapshot", json={"queued": 0}).json["text"])


def tell(phone: tuple[str, FlaskClient], code: str, nonce: str = "n-1", **more):
    at = MONDAY.isoformat()
    sent = {"device_id": phone[0], "serial": 1, "code": code, "nonce": nonce, "scanned_at": at, "sent_at": at}
    return phone[1].post("/counter/offline/scans", json=sent | more)


def test_a_phone_takes_orders_along_and_tells_of_them_once(street: Street, phone) -> None:
    order = waiting(street)
    assert code_mark(order.code) in snapshot(phone[1])["orders"]
    answers = [tell(phone, order.code) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert {answer.json["redemption"]["id"] for answer in answers} == {answers[0].json["redemption"]["id"]}
    assert tell(phone, order.code, "n-2").status_code == 409
    assert tell(phone, "x" * 30).status_code == 409  # the same nonce for something else
    assert tell(phone, order.code, "n-3", lines=[{"item_id": phone[0], "quantity": 0}]).status_code == 400


def test_only_the_phone_of_the_shop_gets_a_snapshot_and_a_stranger_is_set_apart(
    street: Street, phone
) -> None:
    order, other = waiting(street), street.staff("shop_staff")
    answer = other.post("/counter/offline/snapshot", json={})
    assert (answer.status_code, answer.json["code"]) == (403, "device_unknown")
    told = tell((phone[0], other), order.code)
    assert (told.status_code, told.json["status"]) == (409, "quarantined")
    assert tell((str(new_id()), phone[1]), order.code, "n-2").json["code"] == "device_not_found"


@pytest.mark.parametrize("change", ["revoked", "moved"])
def test_a_phone_that_was_stopped_opens_its_page_and_tells_but_takes_nothing_along(
    street: Street, phone, change: str
) -> None:
    order, steward = waiting(street), street.village.one("steward").id
    this = (street.village.community_id, steward, uuid.UUID(phone[0]))
    with street.site.app_context():
        if change == "revoked":
            transact(revoke_device, RevokeDevice(*this, "丢了"))
        else:
            elsewhere = transact(open_shop, OpenShop(this[0], steward, "河边店", "河边", "每天"))
            transact(reassign_device, ReassignDevice(*this, elsewhere))
    page = phone[1].get("/counter/offline")
    assert (page.status_code, "data-till" in page.text) == (200, True)
    assert phone[1].get("/counter/offline/token").status_code == 200
    refused = phone[1].post("/counter/offline/snapshot", json={"queued": 1})
    assert (refused.status_code, refused.json["code"]) == (403, "device_revoked")
    told = tell(phone, order.code)
    assert (told.status_code, told.json["status"]) == (409, "quarantined")
    if change == "moved":
        with street.site.app_context():
            transact(grant_role, GrantRole(this[0], street.poor.id, "shop_staff", "换店", scope_id=elsewhere))
        new_staff = street.as_(street.poor)
        new_staff.set_cookie("shop_phone", phone[1].get_cookie("shop_phone").value)
        assert new_staff.get("/counter/offline").status_code == 200
        assert new_staff.post("/counter/offline/snapshot", json={}).json["code"] == "device_revoked"
        assert tell((phone[0], new_staff), order.code, "n-2").json["status"] == "quarantined"


def test_the_phone_learns_who_is_signed_in_and_says_who_handed_over(street: Street, phone) -> None:
    me = str(street.village.one("shop_staff").id)
    assert phone[1].get("/counter/offline/token").json["staff"] == snapshot(phone[1])["staff"] == me
    assert tell(phone, waiting(street).code, staff_id=str(street.poor.id)).status_code == 201
    assert tell(phone, "x", "n-2", staff_id="somebody").status_code == 400


def test_what_the_phone_refused_is_noted_once_and_a_made_up_reason_is_no_reason(
    street: Street, phone
) -> None:
    order = waiting(street)
    answers = [tell(phone, order.code, refused="invalid_time") for _ in range(2)]
    assert [(one.status_code, one.json) for one in answers] == [(201, {"status": "noted"})] * 2
    assert tell(phone, order.code, "n-2", refused="bad weather").status_code == 400
    assert tell(phone, order.code, "n-2").status_code == 201


def test_reserved_on_a_page_seen_on_the_own_page_and_given_back(street: Street, phone) -> None:
    with street.site.app_context():
        transact(
            issue_card, IssueCard(street.village.community_id, street.rich.id, street.rich.id, replace=False)
        )
    device_id, staff = phone
    form = {"device_id": device_id, "points_each": "12", "hours": "8"}
    assert "一号机" in words(staff.get("/stock/offline"))
    wrong = staff.post("/stock/offline", data=form | {"points_each": "21"})
    assert (wrong.status_code, "1 到 20 分" in words(wrong)) == (422, True)
    assert staff.post("/stock/offline", data=form).status_code == 303
    assert "1 户，还有 12 分" in words(staff.get("/stock/offline"))
    mine = street.as_(street.rich)
    page = mine.get("/points/held")
    assert "留给柜台没网时用的" in words(page)
    assert street.purse(street.rich).held == 12
    [allowance] = snapshot(staff)["allowances"]
    assert allowance[2] == 12
    assert mine.post(f"/points/reserved/{allowance[0]}/back").status_code == 303
    assert "您已经说要回来" in words(mine.get("/points/held"))
    assert street.as_(street.neighbour).post(f"/points/reserved/{allowance[0]}/back").status_code == 303
    snapshot(staff)
    assert street.purse(street.rich).held == 0


def test_the_steward_settles_what_could_not_be_booked(street: Street, phone) -> None:
    order = waiting(street)
    tell(phone, order.code)
    tell(phone, order.code, "n-2")
    tell((phone[0], street.staff("shop_staff")), order.code, "n-3")
    steward = street.staff("steward")
    page = words(steward.get("/stock/conflicts"))
    assert "这个码在别处先用了" in page
    assert "停用的手机补传的" in page
    with street.site.app_context():
        names = {"conflict": "redemption", "told": "uploaded_scan"}
        keys = {
            kind: db.session.scalar(sa.text(f"SELECT id FROM {table} WHERE community_id = :c AND nonce = :n"),
                                    {"c": street.village.community_id, "n": nonce})
            for (kind, table), nonce in zip(names.items(), ("n-2", "n-3"), strict=True)
        }  # fmt: skip
    for kind, raw in keys.items():
        key = raw.hex()
        assert steward.post(f"/stock/conflicts/{kind}/{key}", data={"note": ""}).status_code in (404, 422)
        path = f"/stock/conflicts/{kind}/{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"
        assert "怎么办的" in words(steward.post(path, data={"note": ""}))
        assert steward.post(path, data={"note": "已经查清"}).status_code == 303
        assert steward.post(path, data={"note": "再查"}).status_code == 409
    assert "已经查清" in words(steward.get("/stock/conflicts"))
    assert phone[1].get("/stock/conflicts").status_code == 403
    assert "没网时给出的一次货补办完了" in words(steward.get(f"/c/{street.village.code}/changes"))


def limit_to_one(street: Street, item_id: str) -> None:
    """One piece a week for a household."""

    def limit(session: Session, _command: object, *, now: datetime) -> None:
        set_limits(session, street.village.community_id, uuid.UUID(item_id), [Limit("household", "week", 1)])

    street.do(transact, limit, None)


def test_the_steward_is_led_to_what_waits_and_chooses_to_charge_or_to_waive(street: Street, phone) -> None:
    device_id, staff = phone
    community_id, rich, steward = street.village.community_id, street.rich, street.staff("steward")
    with street.site.app_context():
        card = transact(issue_card, IssueCard(community_id, rich.id, rich.id, replace=False))
    staff.post("/stock/offline", data={"device_id": device_id, "points_each": "20", "hours": "8"})
    goods = next(row for row in snapshot(staff)["items"] if row[6] > 4 and row[5] and not row[7])
    limit_to_one(street, goods[0])
    for nonce in ("n-1", "n-2"):
        lines = [{"item_id": goods[0], "quantity": 2}]
        assert tell(phone, card, nonce, lines=lines).json["reason"] == "rules"
    for page in ("/desk", "/stock"):
        answer = steward.get(page)
        assert ("没能上账 2 笔" in words(answer), 'href="/stock/conflicts"' in answer.text) == (True, True)
    assert "没能上账" not in words(staff.get("/stock"))
    for way, done in (("charge", "事后收了"), ("waive", "怎么办的")):
        page = steward.get("/stock/conflicts")
        path = re.findall(r'action="(/stock/conflicts/conflict/[^"]+)"', page.text)[0]
        assert re.findall(r'name="way" value="(\w+)"', page.text)[:2] == ["waive", "charge"], "Enter waives"
        assert steward.post(path, data={"note": "说好了", "way": way}).status_code == 303
        assert done in words(steward.get("/stock/conflicts"))
    assert "不收了" not in words(steward.get("/stock/conflicts"))
    assert street.purse(rich).held + street.purse(rich).available == 20 - 2 * goods[5]
    said = words(steward.get(f"/c/{street.village.code}/changes"))
    assert ("事后按价收了" in said, "没有收" in said) == (True, True)
    assert goods[3] in words(street.as_(rich).get("/points"))


def test_the_page_a_phone_keeps_names_nobody(street: Street, phone, clock_at) -> None:
    page = phone[1].get("/counter/offline")
    assert 'data-enrolled="yes"' in page.text
    assert street.village.one("shop_staff").name not in page.text
    assert 'data-enrolled="no"' in street.staff("shop_staff").get("/counter/offline").text
    assert "csrf" in phone[1].get("/counter/offline/token").json
    clock_at(MONDAY + timedelta(seconds=5))
    stranger = street.site.test_client()
    assert stranger.get("/counter/offline/pulse").json == {"now": int(MONDAY.timestamp()) + 5}
    worker = stranger.get("/sw.js")
    assert worker.text.startswith(
        'self.PAGE = "/counter/offline"; self.FOR = "/counter/"; self.KEPT = ["/static/'
    )
    assert stranger.get("/sw.js?of=code").text.startswith('self.PAGE = "/code/pocket"; self.FOR = "/code";')
    assert stranger.get("/sw.js?of=nothing").status_code == 404
    described = stranger.get("/manifest.webmanifest").json
    assert (described["start_url"], described["display"]) == ("/counter/offline", "standalone")
    with stranger.get(described["icons"][0]["src"]) as icon:
        assert icon.status_code == 200


def test_a_hand_over_that_was_given_up_on_line_is_told_all_the_same(street: Street, phone) -> None:
    order = waiting(street)
    phone[1].post("/counter/cancel", data={"nonce": "n-1"})
    answers = [tell(phone, order.code) for _ in range(2)]
    assert [(one.status_code, one.json["status"], one.json["reason"]) for one in answers] == [
        (409, "conflict", "canceled")
    ] * 2
    assert words(street.staff("steward").get("/stock/conflicts")).count("单已经取消了") == 1


@pytest.mark.parametrize("nonce", ["n\0", "\0", "n\n2"])
def test_a_number_that_no_database_takes_is_never_taken_in(street: Street, phone, nonce: str) -> None:
    assert tell(phone, waiting(street).code, nonce).status_code == 400


def test_the_own_affair_is_settled_by_another(street: Street, phone) -> None:
    order, community_id = waiting(street), street.village.community_id
    tell(phone, order.code)
    tell(phone, order.code, "n-2")
    with street.site.app_context():
        transact(grant_role, GrantRole(community_id, street.rich.id, "steward", "推选"))
    own, other = (
        browser.get("/stock/conflicts") for browser in (street.as_(street.rich), street.staff("steward"))
    )
    assert ("您自己不能办" in words(own), "/stock/conflicts/conflict/" in own.text) == (True, False)
    (path,) = re.findall(r'action="(/stock/conflicts/conflict/[^"]+)"', other.text)
    refused = street.as_(street.rich).post(path, data={"note": "算了吧"})
    assert (refused.status_code, "您自己不能办" in words(refused)) == (403, True)
    assert path in street.staff("supervisor").get("/stock/conflicts").text
    assert street.staff("supervisor").post(path, data={"note": "说好了"}).status_code == 303
